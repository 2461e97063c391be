#include "fakes.h"

#include "cover_page.h"
#include "documents.h"
#include "package.h"
#include "report.h"
#include "sealer.h"

#include <pthread.h>
#include <stdatomic.h>

enum { MAILS_MAX = 20000, CERTIFICATES_MAX = 4000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct arena memory;
static struct mail mails[MAILS_MAX];
static size_t mails_n;
static struct certificate certificates[CERTIFICATES_MAX];
static size_t certificates_n;
static struct str refused_to;
static enum err refused_with;
static atomic_uint seals[FAKE_SEALS], tsa_failures;
static int64_t renew_at_ms = INT64_MAX;

/* ---- the sandbox: three sheets of A4, the same bytes ---- */
enum err
documents_intake(struct pdfd *d, struct str pdf, struct str footer, struct arena *a,
    struct document_info *ret, struct str *ret_pdf)
{
	if (!str_starts(pdf, STR("%PDF-")))
		return ERR_NOT_PDF;
	*ret = (struct document_info){.pages_n = 3, .pages = ARENA_ARRAY(a, struct document_page, 3)};
	for (unsigned i = 0; i < 3; i++)
		ret->pages[i] = (struct document_page){210, 297, arena_printf(a, "第%u条", i + 1)};
	*ret_pdf = arena_printf(a, "%.*s\n%.*s\n", STR_ARG(pdf), STR_ARG(footer));
	return OK;
}

enum err
documents_cover(struct pdfd *d, struct str pdf, struct str name, struct str cover, struct str footer,
    struct arena *a, struct document_info *ret, struct str *ret_pdf)
{
	return ERR_PDF_SIGNED;
}

enum err
cover_page_draw(struct arena *a, const struct cover_page *c, struct buf *ret)
{
	return ERR_GLYPH;
}

enum err
documents_render(
    struct pdfd *d, struct str pdf, unsigned page, unsigned width_px, struct arena *a, struct str *ret_png)
{
	if (page < 1 || page > 3)
		return ERR_NOT_FOUND;
	struct sha256 digest = sha256_of(pdf);
	*ret_png = arena_printf(a, "png %u %u %.*s", page, width_px, STR_ARG(sha256_hex(a, &digest)));
	return OK;
}

enum err
sample_contract_draw(struct arena *a, struct str company_ko, struct str company_otsu, struct buf *ret,
    struct sample_place ret_places[2])
{
	buf_printf(ret, "%%PDF-1.7 %.*s %.*s", STR_ARG(company_ko), STR_ARG(company_otsu));
	ret_places[0] = (struct sample_place){3, 100, 200};
	ret_places[1] = (struct sample_place){3, 150, 200};
	return OK;
}

/* ---- the keys: a line for each signature ---- */
unsigned
fake_seals(enum fake_seal kind)
{
	return seals[kind];
}

void
fake_tsa_fail(unsigned n)
{
	tsa_failures = n;
}

enum err
sealer_certify(struct sealer *s, struct str job, const struct seal_place *places, size_t n, int64_t at_ms,
    struct buf *file)
{
	seals[FAKE_CERTIFY]++;
	buf_put_c(file, "certify");
	for (size_t i = 0; i < n; i++)
		buf_printf(file, " %.*s@%u", STR_ARG(places[i].field), places[i].page);
	buf_put_byte(file, '\n');
	return OK;
}

enum err
sealer_approve(struct sealer *s, struct str job, const struct seal_approval *what,
    struct sha256_prefix *hashed, struct buf *file)
{
	seals[FAKE_APPROVE]++;
	buf_printf(file, "approve field=%.*s name=%.*s reason=%.*s impression=%.*s at=%lld\n",
	    STR_ARG(what->field), STR_ARG(what->name), STR_ARG(what->reason), STR_ARG(what->impression),
	    (long long)what->at_ms);
	return OK;
}

enum err
sealer_timestamp(struct sealer *s, struct str job, struct str authority, struct sha256_prefix *hashed,
    struct buf *file, struct arena *a, struct seal_stamp *ret)
{
	unsigned left = tsa_failures;
	while (left > 0)
		if (atomic_compare_exchange_weak(&tsa_failures, &left, left - 1))
			return ERR_TSA;
	seals[FAKE_TIMESTAMP]++;
	if (authority.n)
		buf_printf(file, "by %.*s: ", STR_ARG(authority));
	buf_put_c(file, "timestamp\n");
	*ret = (struct seal_stamp){1900000000123, STR("Test TSA")};
	return OK;
}

void
fake_renew_at(int64_t ms)
{
	renew_at_ms = ms;
}

enum err
sealer_material(struct sealer *s, struct str job, struct buf *file)
{
	buf_put_c(file, "material\n");
	return OK;
}

enum err
sealer_archive(
    struct sealer *s, struct str job, struct str authority, struct buf *file, int64_t *ret_renew_ms)
{
	unsigned left = tsa_failures;
	while (left > 0)
		if (atomic_compare_exchange_weak(&tsa_failures, &left, left - 1))
			return ERR_TSA;
	seals[FAKE_ARCHIVE]++;
	buf_put_c(file, "archived\n");
	*ret_renew_ms = renew_at_ms;
	return OK;
}

enum err
sealer_seal(struct sealer *s, struct str job, struct str authority, struct str reason, int64_t at_ms,
    struct buf *file)
{
	seals[FAKE_SEAL]++;
	buf_put_c(file, "sealed\n");
	return OK;
}

enum err
sealer_note(struct sealer *s, struct str job, struct str text, struct arena *a, struct str *ret)
{
	*ret = STR("signed");
	return OK;
}

enum err
sealer_marks(struct arena *a, struct str file, struct seal_mark **ret, size_t *ret_n)
{
	*ret = NULL;
	*ret_n = 0;
	return OK;
}

enum err
sealer_identity(struct sealer *s, struct arena *a, struct sealer_identity *ret)
{
	*ret = (struct sealer_identity){STR("CN=Test"), STR("01"), STR("ab")};
	return OK;
}

/* ---- the certificate ---- */
static struct str
copy(struct str s)
{
	return s.p ? arena_str(&memory, s) : s;
}

static struct certificate_words
copy_words(struct certificate_words w)
{
	return (struct certificate_words){copy(w.ja), copy(w.en)};
}

static struct certificate_line *
copy_lines(const struct certificate_line *from, size_t n)
{
	struct certificate_line *to = ARENA_ARRAY(&memory, struct certificate_line, n + 1);
	for (size_t i = 0; i < n; i++)
		to[i] = (struct certificate_line){
		    from[i].at_ms, copy_words(from[i].what), copy(from[i].who), copy(from[i].detail)};
	return to;
}

static struct certificate_party
copy_party(const struct certificate_party *p)
{
	struct certificate_party to = *p;
	struct str *const texts[] = {&to.order, &to.sent_company, &to.sent_name, &to.sent_mail, &to.company,
	    &to.name, &to.title, &to.mail, &to.ip, &to.user_agent, &to.impression, &to.consent_text,
	    &to.event_hash};
	struct certificate_words *const words[] = {
	    &to.role, &to.entry, &to.authentication, &to.pages_viewed, &to.seal_method};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		*words[i] = copy_words(*words[i]);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = copy(*texts[i]);
	return to;
}

enum err
certificate_draw(struct arena *a, const struct certificate *c, struct buf *ret)
{
	pthread_mutex_lock(&lock);
	if (certificates_n < CERTIFICATES_MAX) {
		struct certificate *to = &certificates[certificates_n++];
		*to = *c;
		struct str *const texts[] = {&to->number, &to->document_id, &to->title, &to->issuer,
		    &to->operator_url, &to->qr_url, &to->sender, &to->checkpoint_root, &to->seal_subject,
		    &to->seal_serial, &to->seal_fingerprint, &to->tsa_name, &to->sent_sha256,
		    &to->concluded_sha256, &to->audit_head, &to->audit_json};
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			*texts[i] = copy(*texts[i]);
		to->parties = ARENA_ARRAY(&memory, struct certificate_party, c->parties_n + 1);
		for (size_t i = 0; i < c->parties_n; i++)
			to->parties[i] = copy_party(&c->parties[i]);
		to->files = copy_lines(c->files, c->files_n);
		to->history = copy_lines(c->history, c->history_n);
		to->mails = copy_lines(c->mails, c->mails_n);
		to->delegations = ARENA_ARRAY(&memory, struct certificate_delegation, c->delegations_n + 1);
		for (size_t i = 0; i < c->delegations_n; i++) {
			const struct certificate_delegation *d = &c->delegations[i];
			to->delegations[i] = (struct certificate_delegation){d->at_ms, copy(d->from),
			    copy(d->to), copy(d->reason), copy_words(d->authentication)};
		}
		to->seals = NULL; /* the fake sealer leaves no marks */
	}
	pthread_mutex_unlock(&lock);
	buf_printf(ret, "%%PDF-1.7 certificate of %.*s\n", STR_ARG(c->title));
	return OK;
}

const struct certificate *
fake_certificate(struct str title)
{
	for (size_t i = certificates_n; i-- > 0;)
		if (str_eq(certificates[i].title, title))
			return &certificates[i];
	return NULL;
}

/* ---- the mail server ---- */
enum err
mailer_send(struct mailer *m, const struct mail *mail, struct arena *a, struct str *ret_answer)
{
	enum err e = OK;
	pthread_mutex_lock(&lock);
	if (refused_to.n && str_eq(mail->to, refused_to)) {
		e = refused_with;
		*ret_answer = STR("550 no such user");
	} else if (mails_n < MAILS_MAX) {
		mails[mails_n++] = (struct mail){.message_id = copy(mail->message_id),
		    .to_name = copy(mail->to_name),
		    .to = copy(mail->to),
		    .reply_to = copy(mail->reply_to),
		    .subject = copy(mail->subject),
		    .text = copy(mail->text),
		    .html = copy(mail->html),
		    .language = copy(mail->language),
		    .at_ms = mail->at_ms};
	}
	pthread_mutex_unlock(&lock);
	return e;
}

void
fake_mail_refuse(const char *to, enum err e)
{
	refused_to = str_c(to);
	refused_with = e;
}

const struct mail *
fake_mail(const char *to, const char *word, unsigned back)
{
	for (size_t i = mails_n; i-- > 0;)
		if (str_eq(mails[i].to, str_c(to)) && str_find(mails[i].subject, str_c(word)) >= 0 &&
		    back-- == 0)
			return &mails[i];
	return NULL;
}

size_t
fake_mails_n(const char *to, const char *word)
{
	size_t n = 0;
	for (size_t i = 0; i < mails_n; i++)
		n += str_eq(mails[i].to, str_c(to)) && str_find(mails[i].subject, str_c(word)) >= 0;
	return n;
}

void
fakes_free(void)
{
	arena_free(&memory);
}

/* ---- package ---- */
enum err
package_plan(struct arena *a, struct package *p)
{
	return OK;
}

enum err
package_write(const struct package *p, struct str guide, int fd, size_t *ret_size)
{
	*ret_size = 0;
	return OK;
}

struct str
package_proof_line(
    struct arena *a, uint64_t position, struct str event_hash, const struct str *path, size_t path_n)
{
	return STR_NONE;
}

/* ---- report ---- */
enum err
report_draw(struct arena *a, const struct report *r, struct buf *ret)
{
	buf_put_c(ret, "report");
	return OK;
}
