/* 合意証明書: blocks C1 to C11 of the product's specification, as far as there is something to say. */
#include "certificate.h"

#include "clock.h"
#include "flow.h"
#include "inkan.h"
#include "log.h"

enum { JST_AHEAD_MS = 9 * 3600 * 1000 };

enum word {
#define WORD(name, ja, en) W_##name,
#include "certificate_words.def"
#undef WORD
	WORDS
};

static const struct {
	const char *ja, *en;
} words[WORDS] = {
#define WORD(name, ja, en) {ja, en},
#include "certificate_words.def"
#undef WORD
};

/* One certificate being drawn. */
struct drawing {
	struct flow f;
	struct arena *a;
	const struct certificate *c;
	unsigned section; /* the last one's number */
};

bool
certificate_language_read(struct str name, enum certificate_language *ret)
{
	static const struct str names[] = {{"ja", 2}, {"en", 2}, {"both", 4}};

	for (int i = 0; i < 3; i++)
		if (str_eq(name, names[i])) {
			*ret = (enum certificate_language)i;
			return true;
		}
	return false;
}

/* ---- languages ---- */
static struct flow_label
word(const struct drawing *d, enum word w)
{
	struct str ja = str_c(words[w].ja), en = str_c(words[w].en);

	switch (d->c->language) {
	case CERTIFICATE_EN: return (struct flow_label){en, STR_NONE};
	case CERTIFICATE_BOTH: return (struct flow_label){ja, en};
	case CERTIFICATE_JA: break;
	}
	return (struct flow_label){ja, STR_NONE};
}

/* Between values: the first language of the two. */
static struct str
inline_word(const struct drawing *d, enum word w)
{
	return word(d, w).main;
}

static struct str
say(const struct drawing *d, struct certificate_words w)
{
	switch (d->c->language) {
	case CERTIFICATE_EN: return w.en.n ? w.en : w.ja;
	case CERTIFICATE_BOTH:
		if (w.ja.n && w.en.n && !str_eq(w.ja, w.en))
			return arena_printf(d->a, "%.*s / %.*s", STR_ARG(w.ja), STR_ARG(w.en));
		break;
	case CERTIFICATE_JA: break;
	}
	return w.ja.n ? w.ja : w.en;
}

static struct str
moment(const struct drawing *d, int64_t ms)
{
	return d->c->language == CERTIFICATE_EN ? clock_en(d->a, ms) : clock_ja(d->a, ms);
}

static struct str
at(const struct drawing *d, int64_t ms)
{
	if (!ms)
		return STR_NONE;
	struct str local = moment(d, ms), iso = clock_iso(d->a, ms);
	return arena_printf(d->a,
	    d->c->language == CERTIFICATE_EN ? "%.*s JST (UTC+9)   %.*s" : "%.*s JST（UTC+9）　%.*s",
	    STR_ARG(local), STR_ARG(iso));
}

/* Short, for a column: the section's title says where on earth that is. */
static struct str
column_moment(const struct drawing *d, int64_t ms)
{
	struct str iso = clock_iso(d->a, ms + JST_AHEAD_MS);
	return arena_printf(
	    d->a, "%.*s %.*s", STR_ARG(str_slice(iso, 0, 10)), STR_ARG(str_slice(iso, 11, 16)));
}

/* ---- rows ---- */
static void
section(struct drawing *d, enum word title)
{
	flow_section(&d->f, ++d->section, word(d, title));
}

static void
put(struct drawing *d, enum word label, struct str value)
{
	flow_row(&d->f, word(d, label), value);
}

static void
put_if(struct drawing *d, enum word label, struct str value)
{
	if (value.n)
		put(d, label, value);
}

static void
put_mono(struct drawing *d, enum word label, struct str value)
{
	flow_row_mono(&d->f, word(d, label), value);
}

/* The parts that there are, with something between them. */
static struct str
joined(struct arena *a, const char *between, const struct str *parts, size_t n)
{
	struct str s = STR("");

	for (size_t i = 0; i < n; i++)
		if (parts[i].n)
			s = arena_printf(a, "%.*s%s%.*s", STR_ARG(s), s.n ? between : "", STR_ARG(parts[i]));
	return s;
}
#define JOINED(a, between, ...)                                                                              \
	joined(a, between, (const struct str[]){__VA_ARGS__},                                                \
	    sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))

/* ---- blocks ---- */
static void
centred(
    struct sheet *s, double y, enum typeface t, double size, unsigned rgb, struct str text, double spacing)
{
	struct text r = sheet_read(s, t, text);
	double width = text_width(&r, 0, r.n, size) + spacing * (double)(r.n ? r.n - 1 : 0),
	       x = (SHEET_WIDTH - width) / 2;

	for (size_t i = 0; i < r.n; i++) {
		sheet_glyphs(s, x, y, size, rgb, &r, i, i + 1);
		x += text_width(&r, i, i + 1, size) + spacing;
	}
}

static void
draw_head(struct drawing *d)
{
	struct flow *f = &d->f;
	struct flow_label title = word(d, W_TITLE), text = word(d, W_DECLARES);

	sheet_fill(f->s, FLOW_LEFT, f->y, FLOW_WIDTH, 2, FLOW_NAVY);
	sheet_fill(f->s, FLOW_LEFT, f->y + 3.5, FLOW_WIDTH, 0.6, FLOW_NAVY);
	centred(f->s, f->y + (title.under.n ? 36 : 42), TYPEFACE_MINCHO, 26, FLOW_NAVY, title.main,
	    d->c->language == CERTIFICATE_EN ? 1 : 10);
	if (title.under.n)
		centred(f->s, f->y + 51, TYPEFACE_MINCHO, 11, FLOW_NAVY, title.under, 0.5);
	sheet_fill(f->s, FLOW_LEFT, f->y + 58, FLOW_WIDTH, 0.6, FLOW_NAVY);
	f->y += 68;
	text.main = arena_printf(d->a, "%.*s%.*s", STR_ARG(d->c->issuer), STR_ARG(text.main));
	if (text.under.n)
		text.under = arena_printf(d->a, "%.*s%.*s", STR_ARG(d->c->issuer), STR_ARG(text.under));
	flow_paragraph(f, 9.5, text);
}

/* A long text of our own as a value: both languages one after the other. */
static struct str
told(struct drawing *d, enum word w)
{
	struct flow_label l = word(d, w);

	return l.under.n ? arena_printf(d->a, "%.*s\n%.*s", STR_ARG(l.main), STR_ARG(l.under)) : l.main;
}

static enum err
draw_issuer(struct drawing *d)
{
	const struct certificate *c = d->c;

	section(d, W_SECTION_ISSUER);
	put(d, W_NUMBER, c->number);
	put(d, W_ISSUED, at(d, c->issued_ms));
	put(d, W_ISSUER, c->issuer);
	if (c->qr_url.n)
		TRY(flow_row_qr(&d->f, word(d, W_CHECK), c->qr_url,
		    arena_printf(
		        d->a, "%.*s\n%.*s", STR_ARG(c->operator_url), STR_ARG(told(d, W_CHECK_HERE)))));
	put(d, W_OFFLINE, told(d, W_OFFLINE_HOW));
	put(d, W_CERTIFICATE, c->seal_subject);
	put_mono(d, W_SERIAL, c->seal_serial);
	put_mono(d, W_FINGERPRINT, c->seal_fingerprint);
	put(d, W_TSA, c->tsa_name);
	return OK;
}

/* A word with a number in the place of {n}. */
static struct str
counted(struct drawing *d, enum word w, size_t n)
{
	const struct str from[] = {str_c(words[w].ja), str_c(words[w].en)};
	struct certificate_words both = {0};
	struct str *const to[] = {&both.ja, &both.en};

	for (int i = 0; i < 2; i++) {
		ptrdiff_t mark = str_find(from[i], STR("{n}"));
		struct str before = str_slice(from[i], 0, (size_t)mark),
		           after = str_slice(from[i], (size_t)mark + 3, from[i].n);
		*to[i] = arena_printf(d->a, "%.*s%zu%.*s", STR_ARG(before), n, STR_ARG(after));
	}
	return say(d, both);
}

static void
put_digest(struct drawing *d, enum word label, struct str sha256, size_t bytes)
{
	put_mono(d, label, sha256);
	if (bytes)
		flow_row(&d->f, (struct flow_label){0}, counted(d, W_DIGEST_OF, bytes));
}

static void
draw_contract(struct drawing *d)
{
	const struct certificate *c = d->c;

	section(d, W_SECTION_CONTRACT);
	put(d, W_CONTRACT_TITLE, c->title);
	put(d, W_DOCUMENT_ID,
	    arena_printf(
	        d->a, "%.*s%.*s", STR_ARG(c->document_id), STR_ARG(inline_word(d, W_DOCUMENT_ID_NOTE))));
	put_if(d, W_CONTRACT_NUMBER, c->contract_number);
	put_if(d, W_SENDER, c->sender);
	put(d, W_VERSION,
	    JOINED(d->a, "　", counted(d, W_VERSION_IS, c->version), counted(d, W_PAGES_ARE, c->pages)));
	put_digest(d, W_SENT_DIGEST, c->sent_sha256, c->sent_bytes);
	put_digest(d, W_CONCLUDED_DIGEST, c->concluded_sha256, c->concluded_bytes);
	for (size_t i = 0; i < c->files_n; i++) {
		const struct certificate_line *l = c->files + i;
		put(d, W_SUBMITTED, JOINED(d->a, "\n", say(d, l->what), l->who, at(d, l->at_ms)));
		put_mono(d, W_SUBMITTED_DIGEST, l->detail);
	}
}

static void
draw_dates(struct drawing *d)
{
	const struct certificate *c = d->c;

	section(d, W_SECTION_DATES);
	put(d, W_SENT, at(d, c->sent_ms));
	for (size_t i = 0; i < c->parties_n; i++) {
		const struct certificate_party *p = c->parties + i;
		if (p->consented_ms)
			put(d, W_AGREED,
			    JOINED(
			        d->a, "\n", at(d, p->consented_ms), JOINED(d->a, "　", p->company, p->name)));
	}
	put(d, W_CONCLUDED, at(d, c->concluded_ms));
}

static struct str
person(struct drawing *d, struct str company, struct str title, struct str name, struct str mail)
{
	return JOINED(d->a, "\n", JOINED(d->a, "　", company, title, name), mail);
}

static enum err
draw_party(struct drawing *d, const struct certificate_party *p)
{
	struct arena *a = d->a;
	struct str order = p->order.n ? arena_printf(a, "%.*s.", STR_ARG(p->order)) : STR_NONE;

	flow_heading(&d->f, JOINED(a, "　", order, say(d, p->role), p->company, p->name));
	put(d, W_AS_ENTERED, person(d, p->sent_company, STR_NONE, p->sent_name, p->sent_mail));
	put(d, W_AS_CONFIRMED, person(d, p->company, p->title, p->name, p->mail));
	put_if(d, W_ENTRY, say(d, p->entry));
	put_if(d, W_AUTHENTICATION, say(d, p->authentication));
	put_if(d, W_CODE_SENT, at(d, p->code_sent_ms));
	put_if(d, W_CODE_VERIFIED, at(d, p->code_verified_ms));
	put_if(d, W_OPENED, at(d, p->opened_ms));
	put_if(d, W_VIEWED_ALL, at(d, p->viewed_all_ms));
	put_if(d, W_PAGES_VIEWED, say(d, p->pages_viewed));
	put_if(d, W_IP, p->ip);
	put_if(d, W_USER_AGENT, p->user_agent);
	put_if(d, W_SEAL_METHOD, say(d, p->seal_method));
	if (p->impression.n) {
		struct inkan *k = ARENA_NEW(a, struct inkan);
		TRY(inkan_decode(a, p->impression, k));
		flow_row_impression(&d->f, word(d, W_SEAL), k);
	}
	put_if(d, W_CONSENT_TEXT, p->consent_text);
	put(d, W_CONSENTED, at(d, p->consented_ms));
	if (p->event_hash.n)
		put_mono(d, W_EVENT_HASH, p->event_hash);
	return OK;
}

static enum err
draw_parties(struct drawing *d)
{
	section(d, W_SECTION_PARTIES);
	for (size_t i = 0; i < d->c->parties_n; i++)
		TRY(draw_party(d, d->c->parties + i));
	return OK;
}

/* "label value", or nothing without a value. */
static struct str
pair(struct drawing *d, enum word label, struct str value)
{
	struct str name = inline_word(d, label);

	return value.n ? arena_printf(d->a, "%.*s %.*s", STR_ARG(name), STR_ARG(value)) : STR_NONE;
}

static void
draw_seals(struct drawing *d)
{
	const struct certificate *c = d->c;

	if (!c->seals_n)
		return;
	section(d, W_SECTION_SEALS);
	for (size_t i = 0; i < c->seals_n; i++) {
		const struct certificate_seal *s = c->seals + i;
		struct flow_label label = {
		    arena_printf(d->a, "%zu　%.*s", i + 1,
		        STR_ARG(c->language == CERTIFICATE_EN ? s->kind.en : s->kind.ja)),
		    c->language == CERTIFICATE_BOTH ? s->kind.en : STR_NONE};
		flow_row(&d->f, label,
		    JOINED(d->a, "\n", s->signer, at(d, s->at_ms),
		        JOINED(d->a, "　", pair(d, W_FIELD, s->field), pair(d, W_LEVEL, s->level),
		            pair(d, W_DIGEST, s->digest)),
		        pair(d, W_TSA, s->tsa), pair(d, W_TOKEN_SERIAL, s->token_serial)));
	}
	d->f.y += 4;
	flow_paragraph(&d->f, 8.5, word(d, W_SEALS_LATER));
}

static void
draw_delegations(struct drawing *d)
{
	const struct certificate *c = d->c;

	if (!c->delegations_n)
		return;
	section(d, W_SECTION_DELEGATIONS);
	for (size_t i = 0; i < c->delegations_n; i++) {
		const struct certificate_delegation *l = c->delegations + i;
		flow_heading(&d->f, arena_printf(d->a, "%zu.　%.*s", i + 1, STR_ARG(at(d, l->at_ms))));
		put(d, W_DELEGATED_FROM, JOINED(d->a, "\n", l->from, say(d, l->authentication)));
		put(d, W_DELEGATED_TO, l->to);
		put(d, W_DELEGATED_WHY, l->reason);
	}
	d->f.y += 4;
	flow_paragraph(&d->f, 8.5, word(d, W_DELEGATED_NOTE));
}

static void
draw_lines(struct drawing *d, enum word title, const struct certificate_line *lines, size_t n)
{
	if (!n)
		return;
	section(d, title);
	for (size_t i = 0; i < n; i++) {
		struct flow_label when = {
		    lines[i].at_ms ? column_moment(d, lines[i].at_ms) : STR("―"), STR_NONE};
		flow_row(&d->f, when,
		    JOINED(d->a, "\n", JOINED(d->a, "　", say(d, lines[i].what), lines[i].who),
		        lines[i].detail));
	}
}

static void
draw_audit(struct drawing *d)
{
	const struct certificate *c = d->c;

	if (!c->audit_head.n)
		return;
	section(d, W_SECTION_AUDIT);
	put(d, W_AUDIT_COUNT, arena_printf(d->a, "%zu", c->audit_n));
	put_mono(d, W_AUDIT_HEAD, c->audit_head);
	if (c->checkpoint_size) {
		put(d, W_CHECKPOINT,
		    JOINED(d->a, "\n", at(d, c->checkpoint_ms),
		        counted(d, W_CHECKPOINT_OVER, (size_t)c->checkpoint_size)));
		put_mono(d, W_CHECKPOINT_ROOT, c->checkpoint_root);
	} else {
		put(d, W_CHECKPOINT, told(d, W_CHECKPOINT_NONE));
	}
	put(d, W_ATTACHED, told(d, W_ATTACHED_NOTE));
}

static void
draw_note(struct drawing *d)
{
	static const enum word notes[] = {W_PROVES, W_PROVES_NOT, W_NO_ADVICE};

	section(d, W_SECTION_NOTE);
	d->f.y += 6;
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		flow_paragraph(&d->f, 9, word(d, notes[i]));
		d->f.y += 3;
	}
}

static void
draw_footers(struct drawing *d)
{
	struct sheet *s = d->f.s;
	unsigned pages = sheet_pages(s);
	struct str what = arena_printf(d->a, "%.*s　%.*s %.*s", STR_ARG(inline_word(d, W_TITLE)),
	    STR_ARG(inline_word(d, W_NUMBER)), STR_ARG(d->c->number));

	for (unsigned i = 1; i <= pages; i++) {
		sheet_turn_to(s, i);
		double y = SHEET_HEIGHT - 13 * MM;
		sheet_fill(s, FLOW_LEFT, y - 11, FLOW_WIDTH, 0.5, FLOW_NAVY);
		sheet_line(s, FLOW_LEFT, y, TYPEFACE_GOTHIC, 8, FLOW_GREY, what);
		struct text t = sheet_read(s, TYPEFACE_GOTHIC, arena_printf(d->a, "%u／%u", i, pages));
		sheet_glyphs(
		    s, FLOW_LEFT + FLOW_WIDTH - text_width(&t, 0, t.n, 8), y, 8, FLOW_GREY, &t, 0, t.n);
	}
}

static enum err
draw_blocks(struct drawing *d)
{
	const struct certificate *c = d->c;

	flow_page(&d->f);
	draw_head(d);
	TRY(draw_issuer(d));
	draw_contract(d);
	draw_dates(d);
	TRY(draw_parties(d));
	draw_seals(d);
	draw_delegations(d);
	draw_lines(d, W_SECTION_HISTORY, c->history, c->history_n);
	draw_lines(d, W_SECTION_MAILS, c->mails, c->mails_n);
	draw_audit(d);
	draw_note(d);
	draw_footers(d);
	return OK;
}

static void
log_missing(const struct sheet *s)
{
	struct str field;
	int code = sheet_missing(s, &field);

	log_event(
	    LOG_ERROR, "certificate", "no typeface has U+%04X of \"%.*s\"", (unsigned)code, STR_ARG(field));
}

enum err
certificate_draw(struct arena *a, const struct certificate *c, struct buf *ret)
{
	struct sheet *s CLEANUP(sheet_drop) = sheet_new(a);
	struct drawing d = {.a = a, .c = c, .f = {.a = a, .s = s}};
	struct str title = inline_word(&d, W_TITLE);

	d.f.running_head = arena_printf(a, "%.*s　%.*s", STR_ARG(title), STR_ARG(c->title));
	TRY(draw_blocks(&d));
	struct sheet_info info = {.title = arena_printf(a, "%.*s %.*s", STR_ARG(title), STR_ARG(c->title)),
	    .subject = arena_printf(a, "%.*s %.*s", STR_ARG(inline_word(&d, W_NUMBER)), STR_ARG(c->number)),
	    .english = c->language == CERTIFICATE_EN,
	    .at_ms = c->issued_ms,
	    .attachment = c->audit_json,
	    .attachment_name = STR("audit.json"),
	    .attachment_note = inline_word(&d, W_ATTACHMENT)};
	enum err e = sheet_finish(s, &info, ret);
	if (e == ERR_GLYPH)
		log_missing(s);
	return e;
}
