#include "pair.h"

#include "hex.h"
#include "id.h"
#include "reader.h"

#include <jansson.h>

enum { JSON_BYTES_MAX = 16 << 20, FILES_MAX = 16, ID_BYTES_MAX = 64 };

/* The field that only a certificate's seal has: a contract, whatever is attached to it, cannot pose as one.
 */
static const struct str SEAL_FIELD = {"keiin-seal", 10};

/* What a certificate says of its contract. */
struct statement {
	bool attached; /* there is something that may be a statement */
	bool stated;
	struct str document_id;
	struct sha256 sha256;
	size_t bytes;
};

/* ---- the certificate's side ---- */
static enum err
file_name(struct pdf *p, const struct pdf_obj *specification, struct str *ret)
{
	const struct pdf_obj *name;

	TRY(pdf_get(p, specification, "F", &name));
	*ret = name && name->kind == PDF_STRING ? name->u.text : STR_NONE;
	return OK;
}

/* ISO 32000-2 14.13: the catalog's associated files. *ret is NULL when there is none of that name. */
static enum err
find_attachment(struct pdf *p, const struct pdf_obj **ret)
{
	const struct pdf_obj *catalog, *files, *one, *embedded;
	struct str name;
	uint32_t num;

	*ret = NULL;
	TRY(pdf_catalog(p, &catalog, &num));
	TRY(pdf_get(p, catalog, "AF", &files));
	if (!files || files->kind != PDF_ARRAY)
		return OK;
	for (size_t i = 0; i < files->u.array.n && i < FILES_MAX; i++) {
		TRY(pdf_resolve(p, &files->u.array.items[i], &one));
		if (one->kind != PDF_DICT)
			continue;
		TRY(file_name(p, one, &name));
		if (!str_eq(name, STR("audit.json")))
			continue;
		TRY(pdf_get(p, one, "EF", &embedded));
		return embedded && embedded->kind == PDF_DICT ? pdf_get(p, embedded, "F", ret) : OK;
	}
	return OK;
}

static bool
read_member(const json_t *o, const char *key, struct arena *a, struct str *ret)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_string(v))
		return false;
	*ret = arena_str(a, str_make(json_string_value(v), json_string_length(v)));
	return true;
}

/* Version 1 of the format, and later ones that still have these members. */
static bool
read_members(struct arena *a, const json_t *root, struct statement *ret)
{
	const json_t *contract = json_object_get(root, "contract"),
	             *concluded = json_object_get(contract, "concluded"),
	             *bytes = json_object_get(concluded, "bytes");
	struct str format, sha256;

	if (!read_member(root, "format", a, &format) || !str_eq(format, STR("keiin-certificate")) ||
	    !read_member(contract, "document_id", a, &ret->document_id) ||
	    !read_member(concluded, "sha256", a, &sha256) || sha256.n != 2 * SHA256_LENGTH ||
	    !hex_decode(sha256, ret->sha256.b, sizeof(ret->sha256.b)) || !json_is_integer(bytes) ||
	    json_integer_value(bytes) <= 0 || ret->document_id.n > ID_BYTES_MAX)
		return false;
	ret->bytes = (size_t)json_integer_value(bytes);
	return true;
}

static void
read_json(struct arena *a, struct str text, struct statement *ret)
{
	json_t *root =
	    text.n <= JSON_BYTES_MAX ? json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL) : NULL;

	ret->stated = root && read_members(a, root, ret);
	json_decref(root);
}

static enum err
read_attachment(struct arena *a, struct str file, struct statement *ret)
{
	const struct pdf_obj *data;
	struct pdf *p;
	struct str text;

	TRY(pdf_open(a, file, &PDF_LIMITS_DEFAULT, &p));
	TRY(find_attachment(p, &data));
	if (!data)
		return OK;
	ret->attached = true;
	if (data->kind == PDF_STREAM && pdf_stream_data(p, data, &text) == OK)
		read_json(a, text, ret);
	return OK;
}

static struct statement
statement_of(struct arena *a, struct str file)
{
	struct statement s = {0};

	if (read_attachment(a, file, &s) != OK)
		s.stated = false; /* the verifier says what is wrong with the file */
	return s;
}

static bool
is_sealed_as_certificate(const struct verification *v)
{
	return v->signatures_n && str_eq(v->signatures[0].field, SEAL_FIELD);
}

/* ---- the contract's side ---- */
/* The document ID as it is printed at the foot of the first page: the last piece of the page's content. */
static enum err
printed_id(struct arena *a, struct str file, struct str *ret)
{
	const struct pdf_obj *page, *content;
	const struct pdf_page *pages;
	struct pdf *p;
	struct str text;
	size_t n;

	*ret = STR_NONE;
	TRY(pdf_open(a, file, &PDF_LIMITS_DEFAULT, &p));
	TRY(pdf_pages(p, &pages, &n));
	if (!n)
		return OK;
	TRY(pdf_object(p, pages[0].num, &page));
	TRY(pdf_get(p, page, "Contents", &content));
	if (content && content->kind == PDF_ARRAY && content->u.array.n)
		TRY(pdf_resolve(p, &content->u.array.items[content->u.array.n - 1], &content));
	if (!content || content->kind != PDF_STREAM)
		return OK;
	TRY(pdf_stream_data(p, content, &text));
	ptrdiff_t at = str_find_last(text, STR("(KEIIN "));
	if (at < 0)
		return OK;
	text = str_slice(text, (size_t)at + 7, text.n);
	ptrdiff_t end = str_chr(text, ')');
	if (end > 0 && end <= ID_BYTES_MAX)
		*ret = str_slice(text, 0, (size_t)end);
	return OK;
}

static bool
has_stated_bytes(struct str contract, const struct statement *s)
{
	if (contract.n < s->bytes)
		return false;
	struct sha256 d = sha256_of(str_slice(contract, 0, s->bytes));
#ifdef MUTANT_PAIR_DIGEST
	return true; /* for the test that must notice it */
#endif
	return memcmp(d.b, s->sha256.b, sizeof(d.b)) == 0;
}

/* ---- both ---- */
static enum pair_verdict
compare(struct arena *a, struct str contract, const struct statement *s)
{
	struct str id;

	if (printed_id(a, contract, &id) != OK)
		id = STR_NONE; /* the bytes decide */
	if (id.n && !str_eq(id, s->document_id))
		return PAIR_OTHER_CONTRACT;
	if (has_stated_bytes(contract, s))
		return PAIR_FITS;
	return id.n ? PAIR_OTHER_VERSION : PAIR_OTHER_CONTRACT;
}

static void
judge(struct arena *a, struct str contract, const struct statement *s, struct pair *ret)
{
	if (ret->certificate.verdict != VERDICT_SOUND) {
		ret->verdict = PAIR_CERTIFICATE_UNSOUND;
		ret->problem = ret->certificate.problem;
	} else if (!is_sealed_as_certificate(&ret->certificate) || !s->stated) {
		ret->verdict = PAIR_CERTIFICATE_UNSOUND;
		ret->problem = STR("it is not sealed as a certificate, or does not state its contract");
	} else if (ret->contract.verdict != VERDICT_SOUND) {
		ret->verdict = PAIR_CONTRACT_UNSOUND;
	} else {
		ret->verdict = compare(a, contract, s);
	}
	if (s->stated)
		ret->document_id = s->document_id;
}

enum err
pair_check(struct arena *a, struct str first, struct str second, struct str trust_pem, struct pair *ret)
{
	struct statement of_first = statement_of(a, first), of_second = statement_of(a, second);
	struct pair p = {.swapped = of_first.attached && !of_second.attached};
	struct str contract = p.swapped ? second : first, certificate = p.swapped ? first : second;

	TRY(verify_pdf(a, contract, trust_pem, &p.contract));
	TRY(verify_pdf(a, certificate, trust_pem, &p.certificate));
	if (of_first.attached && of_second.attached)
		p.verdict = PAIR_NO_CONTRACT;
	else if (!of_first.attached && !of_second.attached)
		p.verdict = PAIR_NO_CERTIFICATE;
	else
		judge(a, contract, p.swapped ? &of_first : &of_second, &p);
	*ret = p;
	return OK;
}

const char *
pair_name(enum pair_verdict v)
{
	static const char *const names[] = {"fits", "no_certificate", "no_contract", "certificate_unsound",
	    "contract_unsound", "other_version", "other_contract"};

	return names[v];
}

struct str
pair_sentence(struct arena *a, const struct pair *p, bool english)
{
	struct str why = STR_NONE;

	switch (p->verdict) {
	case PAIR_FITS:
		return english ? STR("This contract and this certificate belong together: both are sound, "
		                     "and the "
		                     "certificate states exactly this contract.")
		               : STR("この契約書と合意証明書は組です：どちらも正しく、証明書はこの契約書の内"
		                     "容を示してい"
		                     "ます。");
	case PAIR_NO_CERTIFICATE:
		return english
		           ? STR("Neither of the two files is a certificate of agreement that can be read.")
		           : STR("二つのファイルのどちらも、読み取れる合意証明書ではありません。");
	case PAIR_NO_CONTRACT:
		return english ? STR("Both files are certificates of agreement: the contract is missing.")
		               : STR("二つのファイルはどちらも合意証明書です。契約書を選んでください。");
	case PAIR_CERTIFICATE_UNSOUND: why = p->problem; break;
	case PAIR_CONTRACT_UNSOUND: why = p->contract.problem; break;
	case PAIR_OTHER_VERSION:
		return english ? STR("The document ID fits, but this is not the contract as it was "
		                     "concluded: the "
		                     "contract does not fit the certificate.")
		               : STR("文書IDは同じですが、締結された契約書そのものではありません。契約書が合"
		                     "意証明書に合いま"
		                     "せん。");
	case PAIR_OTHER_CONTRACT:
		return english ? STR("The certificate is for another contract than this one.")
		               : STR("この合意証明書は、別の契約書のものです。");
	}
	why = verify_words(a, why, english);
	if (p->verdict == PAIR_CERTIFICATE_UNSOUND)
		return arena_printf(a,
		    english ? "The certificate cannot be relied upon: %.*s."
		            : "合意証明書に問題があります：%.*s。",
		    STR_ARG(why));
	return arena_printf(a,
	    english ? "The contract cannot be relied upon: %.*s." : "契約書に問題があります：%.*s。",
	    STR_ARG(why));
}

int
pair_status(const struct pair *p)
{
	if (p->verdict == PAIR_FITS)
		return 0;
	return p->contract.verdict == VERDICT_UNREADABLE || p->certificate.verdict == VERDICT_UNREADABLE ? 2
	                                                                                                 : 1;
}
