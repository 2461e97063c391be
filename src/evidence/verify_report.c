/* The verdict for people and for programs. */
#include "buf.h"
#include "verify.h"

#include <jansson.h>
#include <utf8proc.h>

static const struct {
	const char *en, *ja;
} WORDS_OF_VERDICTS[] = {
#define WORDS(en, ja) {en, ja},
#include "verify_words.def"
#undef WORDS
#define REMARK(name, en, ja) {en, ja},
#include "verify_remarks.def"
#undef REMARK
};

struct str
verify_words(struct arena *a, struct str s, bool english)
{
	static const struct str changed = {VERIFY_CHANGED, sizeof(VERIFY_CHANGED) - 1};

	if (english)
		return s;
	if (str_starts(s, changed))
		return arena_printf(a, "署名後に変更されています（%.*s）",
		    STR_ARG(verify_words(a, str_slice(s, changed.n, s.n), false)));
	for (size_t i = 0; i < sizeof(WORDS_OF_VERDICTS) / sizeof(WORDS_OF_VERDICTS[0]); i++)
		if (str_eq(s, str_c(WORDS_OF_VERDICTS[i].en)))
			return str_c(WORDS_OF_VERDICTS[i].ja);
	for (int e = OK + 1; e < ERR_COUNT; e++) /* why a file is unreadable */
		if (str_eq(s, str_c(err_info((enum err)e)->en)))
			return str_c(err_info((enum err)e)->ja);
	return s;
}

/* Text from the file: nothing in it may command the terminal. */
static void
put_plain(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n =
		    utf8proc_iterate((const utf8proc_uint8_t *)s.p + i, (utf8proc_ssize_t)(s.n - i), &c);
		utf8proc_category_t kind = n > 0 ? utf8proc_category(c) : UTF8PROC_CATEGORY_CC;

		if (n <= 0 || kind == UTF8PROC_CATEGORY_CC || kind == UTF8PROC_CATEGORY_CF ||
		    kind == UTF8PROC_CATEGORY_CS)
			buf_put_c(b, "\xEF\xBF\xBD");
		else
			buf_put(b, str_slice(s, i, i + (size_t)n));
		i += n > 0 ? (size_t)n : 1;
	}
}

struct str
verify_plain(struct arena *a, struct str s)
{
	struct buf b CLEANUP(buf_free) = {0};

	put_plain(&b, s);
	return arena_str(a, buf_str(&b));
}

static void
put_line(struct buf *b, const char *label, struct str value)
{
	int width = 0;

	if (value.n == 0)
		return;
	buf_printf(b, "   %s", label);
	for (const char *p = label; *p;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &c);

		width += utf8proc_charwidth(c);
		p += n > 0 ? n : 1;
	}
	for (; width < 16; width++)
		buf_put_byte(b, ' ');
	put_plain(b, value);
	buf_put_byte(b, '\n');
}

static struct str
sound_headline(struct arena *a, const struct verification *v, bool english)
{
	size_t signatures = 0, timestamps = 0;

	for (size_t i = 0; i < v->signatures_n; i++) {
		bool is_timestamp = str_eq(v->signatures[i].kind, STR("timestamp"));

		signatures += !is_timestamp;
		timestamps += is_timestamp || v->signatures[i].has_own_timestamp;
	}
	if (english)
		return arena_printf(a,
		    "SOUND: %zu signature%s and %zu timestamp%s fit, and nothing else was changed.",
		    signatures, signatures == 1 ? "" : "s", timestamps, timestamps == 1 ? "" : "s");
	return arena_printf(a,
	    "問題ありません：署名%zu件・タイムスタンプ%zu件が正しく、ほかの変更はありません。", signatures,
	    timestamps);
}

struct str
verify_headline(struct arena *a, const struct verification *v, bool english)
{
	struct str problem = verify_words(a, v->problem, english);

	switch (v->verdict) {
	case VERDICT_SOUND: return sound_headline(a, v, english);
	case VERDICT_UNSOUND:
		return arena_printf(
		    a, english ? "NOT SOUND: %.*s." : "問題があります：%.*s。", STR_ARG(problem));
	case VERDICT_UNREADABLE: break;
	}
	return arena_printf(a, english ? "UNREADABLE: %.*s" : "読み取れません：%.*s", STR_ARG(problem));
}

static void
put_signature(struct buf *b, struct arena *a, const struct verified_signature *s, size_t number, bool english)
{
	struct str kind = verify_words(a, s->kind, english);

	buf_printf(b, "\n%zu. %.*s  %s\n", number, STR_ARG(kind),
	    s->sound ? (english ? "[sound]" : "［正しい］") : (english ? "[NOT SOUND]" : "［問題あり］"));
	put_line(b, english ? "problem" : "問題", verify_words(a, s->problem, english));
	put_line(b, english ? "signer" : "署名者", s->signer);
	put_line(b, english ? "reason" : "内容", s->reason);
	put_line(b, english ? "claimed time" : "申告時刻", s->claimed_time);
	put_line(b, english ? "timestamp" : "タイムスタンプ", s->timestamp);
	put_line(b, english ? "followed by" : "その後", verify_words(a, s->followed_by, english));
	put_line(b, english ? "level" : "形式", s->level);
	put_line(b, english ? "valid until" : "有効期限", s->valid_until);
	put_line(b, english ? "certificate" : "証明書", s->certificate_subject);
	put_line(b, english ? "issued by" : "発行者", s->issuer);
	put_line(b, "SHA-256", s->fingerprint_sha256);
	put_line(b, english ? "trusted" : "信頼",
	    s->trusted ? (english ? STR("yes: the chain ends in a given anchor")
	                          : STR("指定された信頼点まで確認済み"))
	               : (english ? STR("not checked against an anchor")
	                          : STR("信頼点との照合なし（自己完結の確認のみ）")));
	put_line(b, english ? "field" : "署名欄", s->field);
	put_line(b, english ? "covers" : "対象範囲",
	    arena_printf(a, english ? "revision %zu, %zu bytes" : "第%zu版、%zuバイト", s->revision,
	        s->covered_bytes));
}

static void
put_remarks(struct buf *b, struct arena *a, const struct verification *v, bool english)
{
	if (v->remarks_n)
		buf_put_c(b, english ? "\nWorth knowing (it makes no signature unsound)\n"
		                     : "\n知っておきたいこと（署名の正しさとは別です）\n");
	for (size_t i = 0; i < v->remarks_n; i++)
		buf_printf(b, "   - %.*s\n", STR_ARG(verify_words(a, v->remarks[i], english)));
}

struct str
verify_advice(bool english)
{
	return str_c(english ? "Whose certificates these are was not checked: give the issuer's root with "
	                       "--trust.\n"
	                     : "証明書の発行元は照合していません。--trust "
	                       "で発行元のルート証明書を指定してください。\n");
}

struct str
verify_report(struct arena *a, const struct verification *v, bool english)
{
	struct buf b CLEANUP(buf_free) = {0};

	put_plain(&b, verify_headline(a, v, english));
	buf_put_byte(&b, '\n');
	if (v->verdict == VERDICT_SOUND && !v->anchored)
		buf_put(&b, verify_advice(english));
	for (size_t i = 0; i < v->signatures_n; i++)
		put_signature(&b, a, &v->signatures[i], i + 1, english);
	put_remarks(&b, a, v, english);
	buf_put_c(&b, english ? "\nThe file\n" : "\nファイル\n");
	put_line(&b, "SHA-256", v->sha256);
	put_line(&b, english ? "size" : "大きさ",
	    arena_printf(
	        a, english ? "%zu bytes, %zu revisions" : "%zuバイト、%zu版", v->bytes, v->revisions));
	return arena_str(a, buf_str(&b));
}

static void
set(json_t *o, const char *key, struct str s)
{
	json_t *text = json_stringn(s.p ? s.p : "", s.n);

	json_object_set_new(o, key, text ? text : json_null());
}

static json_t *
signature_json(const struct verified_signature *s)
{
	json_t *o = json_object();

	set(o, "kind", s->kind);
	json_object_set_new(o, "sound", json_boolean(s->sound));
	json_object_set_new(o, "trusted", json_boolean(s->trusted));
	set(o, "problem", s->problem);
	set(o, "field", s->field);
	set(o, "signer", s->signer);
	set(o, "reason", s->reason);
	set(o, "claimed_time", s->claimed_time);
	set(o, "timestamp", s->timestamp);
	set(o, "level", s->level);
	set(o, "valid_until", s->valid_until);
	set(o, "followed_by", s->followed_by);
	set(o, "certificate", s->certificate_subject);
	set(o, "issuer", s->issuer);
	set(o, "certificate_sha256", s->fingerprint_sha256);
	json_object_set_new(o, "revision", json_integer((json_int_t)s->revision));
	json_object_set_new(o, "covered_bytes", json_integer((json_int_t)s->covered_bytes));
	return o;
}

struct str
verify_json(struct arena *a, const struct verification *v)
{
	static const char *const verdicts[] = {"sound", "unsound", "unreadable"};
	json_t *o = json_object(), *all = json_array(), *remarks = json_array();
	struct str answer;
	char *text;

	json_object_set_new(o, "verdict", json_string(verdicts[v->verdict]));
	set(o, "problem", v->problem);
	set(o, "sha256", v->sha256);
	json_object_set_new(o, "bytes", json_integer((json_int_t)v->bytes));
	json_object_set_new(o, "revisions", json_integer((json_int_t)v->revisions));
	for (size_t i = 0; i < v->signatures_n; i++)
		json_array_append_new(all, signature_json(&v->signatures[i]));
	json_object_set_new(o, "signatures", all);
	for (size_t i = 0; i < v->remarks_n; i++)
		json_array_append_new(remarks, json_stringn(v->remarks[i].p, v->remarks[i].n));
	json_object_set_new(o, "remarks", remarks);
	text = json_dumps(o, JSON_INDENT(2));
	answer = arena_printf(a, "%s\n", text ? text : "{}");
	free(text);
	json_decref(o);
	return answer;
}
