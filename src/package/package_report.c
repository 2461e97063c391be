#include "package_verify.h"

#include "buf.h"
#include "clock.h"

#include <jansson.h>

static const struct {
	const char *en, *ja;
} FAULT_WORDS[PACKAGE_FAULTS] = {
#define FAULT(code, en, ja) [code] = {en, ja},
#include "package_faults.def"
#undef FAULT
};

/* Names come from outside: nothing in them may command the terminal. */
static struct str
plain(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7F)
			p[i] = '?';
	return str_make(p, s.n);
}

static struct str
fault_words(struct arena *a, const struct package_verification *v, bool english)
{
	struct str words = str_c(english ? FAULT_WORDS[v->fault].en : FAULT_WORDS[v->fault].ja);
	ptrdiff_t at = str_find(words, STR("%s"));
	struct str subject = plain(a, verify_words(a, v->subject, english));
	if (at < 0)
		return words;
	return arena_printf(a, "%.*s%.*s%s", (int)at, words.p, STR_ARG(subject), words.p + at + 2);
}

static struct str
headline(struct arena *a, const struct package_verification *v, bool english)
{
	struct str words = fault_words(a, v, english);
	switch (v->verdict) {
	case VERDICT_SOUND:
		return arena_printf(a,
		    english
		        ? "SOUND: the evidence package is whole: contract, certificate, submitted documents "
		          "(%zu) and events (%zu) fit together, under signatures and timestamps."
		        : "問題ありません：証拠一式は完全です。契約書、合意証明書、提出書類%zu件、操作の記録%"
		          "zu件が、署名とタイムスタンプのもとで互いに一致します。",
		    v->documents_n, v->events_n);
	case VERDICT_UNSOUND:
		return arena_printf(
		    a, english ? "NOT SOUND: %.*s." : "問題があります：%.*s。", STR_ARG(words));
	case VERDICT_UNREADABLE: break;
	}
	return arena_printf(a, english ? "UNREADABLE: %.*s." : "読み取れません：%.*s。", STR_ARG(words));
}

static void
put_pdf(struct buf *b, struct arena *a, const char *name, const struct verification *v, bool english)
{
	buf_printf(b, "\n== %s ==\n", name);
	buf_put(b, verify_report(a, v, english));
}

/* Not the reason for certain; but what to do when it is. */
static void
put_roots_needed(struct buf *b, struct arena *a, const struct package_verification *v, bool english)
{
	buf_put_c(b,
	    english
	        ? "Where a chain of certificates is said not to be complete, or not to end in a given "
	          "anchor, that is no sign of a change: give all root certificates, in one PEM file, with "
	          "--trust. Those of the package are in certificates/roots.pem; compare their fingerprints "
	          "first.\n"
	        : "証明書の連鎖が完結しない、または信頼点に至らないと表示されるときは、変更を意味するもので"
	          "はありません。必要なルート証明書をすべて1つのPEMファイルにまとめ、--trust "
	          "で指定してください。この一式に入っているものは certificates/roots.pem "
	          "にあります（先に指紋を確かめてください）。\n");
	for (size_t i = 0; i < v->missing_n; i++)
		buf_printf(b,
		    english ? "Not in the package, to be had from the authority: %.*s\n"
		            : "この一式に入っておらず、認証局から入手が必要なもの：%.*s\n",
		    STR_ARG(plain(a, v->missing[i])));
}

struct str
package_report(struct arena *a, const struct package_verification *v, bool english)
{
	struct buf b CLEANUP(buf_free) = {0};
	buf_put(&b, headline(a, v, english));
	buf_put_byte(&b, '\n');
	if (v->verdict == VERDICT_SOUND && !v->anchored)
		buf_put(&b, verify_advice(english));
	if (v->fault == PACKAGE_PDF_UNSOUND && (v->missing_n || !v->anchored))
		put_roots_needed(&b, a, v, english);
	if (v->checkpoint_ms) {
		struct str at = english ? clock_en(a, v->checkpoint_ms) : clock_ja(a, v->checkpoint_ms);
		buf_printf(&b,
		    english ? "Checkpoint: %llu events of the whole log, timestamped %.*s.\n"
		            : "チェックポイント：全体の記録%llu件、タイムスタンプ %.*s。\n",
		    (unsigned long long)v->checkpoint_size, STR_ARG(at));
	}
	if (v->files_n)
		buf_printf(&b,
		    english
		        ? "Files: %zu. The page on how to check them is no evidence and was not judged.\n"
		        : "ファイル：%zu件。確かめ方の説明のページは証拠ではないため、判定していません。\n",
		    v->files_n);
	if (v->has_contract)
		put_pdf(&b, a, "contract.pdf", &v->contract, english);
	if (v->has_certificate)
		put_pdf(&b, a, "certificate.pdf", &v->certificate, english);
	return arena_str(a, buf_str(&b));
}

static void
set(json_t *o, const char *key, struct str s)
{
	json_t *text = json_stringn(s.p ? s.p : "", s.n);
	json_object_set_new(o, key, text ? text : json_null());
}

static void
set_pdf(json_t *o, const char *key, struct arena *a, bool is_there, const struct verification *v)
{
	struct str text = is_there ? verify_json(a, v) : STR("null");
	json_t *pdf = json_loadb(text.p, text.n, JSON_DECODE_ANY, NULL);
	json_object_set_new(o, key, pdf ? pdf : json_null());
}

struct str
package_json(struct arena *a, const struct package_verification *v)
{
	static const char *const verdicts[] = {"sound", "unsound", "unreadable"};
	json_t *o = json_object();
	json_object_set_new(o, "verdict", json_string(verdicts[v->verdict]));
	set(o, "problem", v->fault ? fault_words(a, v, true) : STR_NONE);
	set(o, "sha256", v->sha256);
	json_object_set_new(o, "anchored", json_boolean(v->anchored));
	json_object_set_new(o, "files", json_integer((json_int_t)v->files_n));
	json_object_set_new(o, "documents", json_integer((json_int_t)v->documents_n));
	json_object_set_new(o, "events", json_integer((json_int_t)v->events_n));
	json_object_set_new(o, "checkpoint_size", json_integer((json_int_t)v->checkpoint_size));
	set(o, "checkpoint_time", v->checkpoint_ms ? clock_iso(a, v->checkpoint_ms) : STR_NONE);
	set_pdf(o, "contract", a, v->has_contract, &v->contract);
	set_pdf(o, "certificate", a, v->has_certificate, &v->certificate);
	json_t *missing = json_array();
	for (size_t i = 0; i < v->missing_n; i++)
		json_array_append_new(missing, json_stringn(v->missing[i].p, v->missing[i].n));
	json_object_set_new(o, "missing_roots", missing);
	char *text = json_dumps(o, JSON_INDENT(2));
	struct str answer = arena_printf(a, "%s\n", text ? text : "{}");
	free(text);
	json_decref(o);
	return answer;
}

enum err
package_judge(struct arena *a, struct str zip, struct str trust_pem, bool json, bool english,
    struct str *ret_text, int *ret_status)
{
	struct package_verification *v = ARENA_NEW(a, struct package_verification);
	TRY(package_verify(a, zip, trust_pem, v));
	*ret_text = json ? package_json(a, v) : package_report(a, v, english);
	*ret_status = (int)v->verdict;
	return OK;
}
