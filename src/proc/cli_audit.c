/* keiin audit: the log of all events, taken out of a data folder, and checked by anybody without one. */
#include "app.h"
#include "cli_audit.h"
#include "cli_file.h"
#include "cli_say.h"
#include "clock.h"
#include "hex.h"
#include "ledger.h"
#include "note.h"
#include "store_open.h"
#include "verify.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

static const char usage[] = "usage: keiin audit export [--data DIR] -o FILE\n"
                            "       keiin audit verify FILE [--trust PEM] [--checkpoint OLDER-FILE]\n";

struct arguments {
	const char *data, *out, *trust, *older;
};

static int
take_option(int c, void *user)
{
	struct arguments *arg = user;
	switch (c) {
	case 'd': arg->data = optarg; break;
	case 'o': arg->out = optarg; break;
	case 't': arg->trust = optarg; break;
	case 'c': arg->older = optarg; break;
	default: break;
	}
	return CLI_GO_ON;
}

/* ---- export ---- */
static enum err
put(void *self, struct str text)
{
	return fwrite(text.p ? text.p : "", 1, text.n, self) == text.n ? OK : ERR_IO;
}

static int
export_log(const struct arguments *arg)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct app app = {.arena = &a};
	char *folder = arena_cstr(&a, arena_printf(&a, "%s/store", arg->data));
	char *part = arena_cstr(&a, arena_printf(&a, "%s.part", arg->out));
	if (access(arena_cstr(&a, arena_printf(&a, "%s/keiin.db", folder)), R_OK)) {
		fprintf(stderr, "keiin: %s: %m\n", folder);
		return 2;
	}
	if (store_open(folder, &app.store) != OK)
		return 2;
	FILE *f = fopen(part, "we");
	enum err e = f ? app_ledger_export(&app, put, f) : ERR_IO;
	if (f && (fflush(f) || fsync(fileno(f))))
		e = ERR_IO;
	if (f && fclose(f))
		e = ERR_IO;
	store_close(app.store);
	if (e == OK && rename(part, arg->out) == 0)
		return 0;
	fprintf(stderr, "keiin: cannot write %s: %m\n", arg->out);
	unlink(part);
	return 2;
}

/* ---- verify ---- */
enum { LINE_MAX_BYTES = 1 << 20 };

/* A log is read line by line: it may be of any length. */
struct checking {
	struct arena a, line; /* what is kept, and what this line says */
	struct ledger_check log;
	struct str trust;
	struct checkpoint {
		uint64_t size;
		struct str root;
	} * older; /* of the file given with --checkpoint, ascending */
	size_t older_n, older_cap, older_at;
	uint64_t largest, checkpoints;
	int64_t last_ms;
	char problem[300];
};

static bool
wrong(struct checking *c, size_t line, const char *en, const char *ja)
{
	bool japanese = cli_speaks_japanese();
	snprintf(c->problem, sizeof(c->problem), japanese ? "%zu行目：%s" : "line %zu: %s", line,
	    japanese ? ja : en);
	return false;
}

/* Text in the arena; empty when it is absent. */
static struct str
text_of(struct checking *c, json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);
	return json_is_string(v) ? arena_str(&c->line, str_make(json_string_value(v), json_string_length(v)))
	                         : STR_NONE;
}

static bool
take_event(struct checking *c, json_t *o, size_t line)
{
	json_t *e = json_object_get(o, "event");
	json_int_t position = json_integer_value(json_object_get(o, "position"));
	struct audit_event event = {text_of(c, e, "envelope"), json_integer_value(json_object_get(e, "seq")),
	    json_integer_value(json_object_get(e, "at_ms")), text_of(c, e, "event"),
	    text_of(c, e, "participant"), text_of(c, e, "actor"), text_of(c, e, "detail"),
	    text_of(c, e, "entry"), text_of(c, e, "authentication"), text_of(c, e, "ip"),
	    text_of(c, e, "user_agent"), text_of(c, e, "prev")};
	if (position <= 0 || event.seq <= 0 || json_object_size(e) != 12)
		return wrong(c, line, "this is no event", "記録として読めません");
	if (!ledger_check_event(&c->log, (uint64_t)position, &event, text_of(c, o, "hash")))
		return false;
	for (; c->older_at < c->older_n && c->older[c->older_at].size <= c->log.tree.size; c->older_at++)
		if (!ledger_check_root(&c->log, c->older[c->older_at].size, c->older[c->older_at].root))
			return false;
	return true;
}

static bool
decode(struct checking *c, struct str base64, struct str *ret)
{
	return base64.n && base64.n < (1 << 20) && base64_decode(&c->line, base64, ret) == OK;
}

/* Its signature fits, and what is signed is what it says. */
static bool
read_checkpoint(struct checking *c, json_t *o, size_t line, struct checkpoint *ret)
{
	struct str note = text_of(c, o, "note"), der;
	const char *why = "";
	if (!ledger_note_read(note, &ret->size, &ret->root) || !decode(c, text_of(c, o, "signature"), &der))
		return wrong(c, line, "this is no checkpoint", "チェックポイントとして読めません");
	if (note_check(&c->line, note, der, c->trust, &c->last_ms, &why) == OK)
		return true;
	return wrong(c, line, why, arena_cstr(&c->line, verify_words(&c->line, str_c(why), false)));
}

static bool
take_checkpoint(struct checking *c, json_t *o, size_t line)
{
	struct checkpoint p;
	if (!read_checkpoint(c, o, line, &p))
		return false;
	if (p.size != c->log.tree.size)
		return wrong(c, line, "the checkpoint stands after another event than it was made for",
		    "チェックポイントが別の記録の後に置かれています");
	c->checkpoints++;
	return ledger_check_root(&c->log, p.size, p.root);
}

static bool
take_older(struct checking *c, json_t *o, size_t line)
{
	struct checkpoint p;
	if (json_object_get(o, "event"))
		return true;
	if (!read_checkpoint(c, o, line, &p))
		return false;
	if (c->older_n && p.size <= c->older[c->older_n - 1].size)
		return wrong(c, line, "the checkpoints are out of order", "チェックポイントの順番が違います");
	p.root = arena_str(&c->a, p.root);
	if (c->older_n == c->older_cap) {
		struct checkpoint *more = ARENA_ARRAY(&c->a, struct checkpoint, c->older_cap * 2 + 64);
		if (c->older_n)
			memcpy(more, c->older, c->older_n * sizeof(*more));
		c->older = more;
		c->older_cap = c->older_cap * 2 + 64;
	}
	c->older[c->older_n++] = p;
	c->largest = p.size;
	return true;
}

static bool
take_line(struct checking *c, json_t *o, size_t line)
{
	return json_object_get(o, "event") ? take_event(c, o, line) : take_checkpoint(c, o, line);
}

/* The next line without its end. False at the end of the file, or when the line is too long to be one of
 * ours. */
static bool
next_line(struct checking *c, FILE *f, struct str *ret)
{
	struct buf b CLEANUP(buf_free) = {.limit = LINE_MAX_BYTES};
	int byte;
	while ((byte = getc_unlocked(f)) != EOF && byte != '\n')
		buf_put_byte(&b, (char)byte);
	arena_reset(&c->line);
	*ret = b.overflow ? STR("too long") : arena_str(&c->line, buf_str(&b));
	return byte != EOF || b.n;
}

static bool
each_line(struct checking *c, FILE *f, bool (*take)(struct checking *c, json_t *o, size_t line))
{
	struct str line;
	for (size_t n = 1; next_line(c, f, &line); n++) {
		json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
		bool good = json_is_object(o)
		                ? take(c, o, n)
		                : wrong(c, n, "this is no JSON object", "JSONオブジェクトとして読めません");
		json_decref(o);
		if (!good)
			return false;
	}
	return true;
}

static void
say_fault(const struct ledger_check *l)
{
	static const char *const words[][2] = {
	    [LEDGER_ALTERED] = {"was altered", "内容が書き換えられています"},
	    [LEDGER_MISSING] = {"stands where earlier ones are missing", "これより前の記録が欠けています"},
	    [LEDGER_REORDERED] = {"stands in the wrong place, or twice",
	        "順番が入れ替わっているか、重複しています"},
	    [LEDGER_UNCHAINED] = {"does not follow the event before it: one of the two was replaced",
	        "直前の記録とつながりません。どちらかが差し替えられています"},
	    [LEDGER_ROOT] = {"", ""},
	    [LEDGER_TRUNCATED] = {"", ""}};
	bool ja = cli_speaks_japanese();
	unsigned long long position = l->position, anchored = l->anchored;
	if (l->fault == LEDGER_ROOT)
		printf(ja ? "問題があります：%llu番目までの記録がチェックポイントと一致しません。%"
		            "llu番目より後の記録が差し替えられています。\n"
		          : "NOT SOUND: the log up to event %llu does not fit its checkpoint: an event after "
		            "number %llu was replaced.\n",
		    position, anchored);
	else if (l->fault == LEDGER_TRUNCATED)
		printf(ja ? "問題があります：%"
		            "llu番目以降の記録がありません（以前のチェックポイントには含まれています）。\n"
		          : "NOT SOUND: event %llu and what followed are missing, though a checkpoint "
		            "counted them.\n",
		    position);
	else
		printf(ja ? "問題があります：%llu番目の記録（契約または組織 %.*s、%lld番）：%s。\n"
		          : "NOT SOUND: event %llu (contract or organisation %.*s, its number %lld) %s.\n",
		    position, STR_ARG(l->envelope), (long long)l->seq, words[l->fault][ja]);
}

static int
say_verdict(struct checking *c, bool good)
{
	bool ja = cli_speaks_japanese();
	if (c->problem[0]) {
		printf(ja ? "問題があります：%s。\n" : "NOT SOUND: %s.\n", c->problem);
		return 1;
	}
	if (!good) {
		say_fault(&c->log);
		return 1;
	}
	printf(ja ? "問題ありません：記録%llu件、チェックポイント%llu件。%"
	            "llu番目までは署名とタイムスタンプで守られています。\n"
	          : "SOUND: %llu events, %llu checkpoints; up to event %llu under signature and timestamp.\n",
	    (unsigned long long)c->log.tree.size, (unsigned long long)c->checkpoints,
	    (unsigned long long)c->log.anchored);
	if (!c->trust.n)
		puts(ja ? "チェックポイントの証明書の発行元は照合していません。--trust "
		          "でルート証明書を指定してください。"
		        : "Whose certificates signed the checkpoints was not checked: give the root with "
		          "--trust.");
	return 0;
}

static void
close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

static int
verify_log(const struct arguments *arg, const char *path)
{
	static struct checking c;
	FILE *log CLEANUP(close_file) = fopen(path, "re");
	FILE *older CLEANUP(close_file) = arg->older ? fopen(arg->older, "re") : NULL;
	if (!log || (arg->older && !older)) {
		fprintf(stderr, "keiin: cannot read %s: %m\n", log ? arg->older : path);
		return 2;
	}
	c.log.a = &c.a;
	if (arg->trust && cli_file_read(&c.a, arg->trust, &c.trust) != OK)
		return 2;
	bool good = (!older || each_line(&c, older, take_older)) && each_line(&c, log, take_line) &&
	            ledger_check_end(&c.log, c.largest);
	if (ferror(log) || (older && ferror(older))) {
		fprintf(stderr, "keiin: cannot read %s: %m\n", ferror(log) ? path : arg->older);
		return 2;
	}
	int status = say_verdict(&c, good);
	arena_free(&c.line);
	arena_free(&c.a);
	return status;
}

int
cli_audit(int argc, char **argv)
{
	static const struct option options[] = {{"data", required_argument, NULL, 'd'},
	    {"output", required_argument, NULL, 'o'}, {"trust", required_argument, NULL, 't'},
	    {"checkpoint", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {0}};
	struct arguments arg = {.data = "data"};
	int status =
	    cli_options_read(&(struct cli_options){usage, ":o:h", options, take_option}, argc, argv, &arg);
	if (status != CLI_GO_ON)
		return status;
	struct str what = optind < argc ? str_c(argv[optind]) : STR_NONE;
	if (str_eq(what, STR("export")) && optind == argc - 1)
		return arg.out ? export_log(&arg) : cli_misused(usage, "where to? -o FILE is missing");
	if (str_eq(what, STR("verify")) && optind == argc - 2)
		return verify_log(&arg, argv[optind + 1]);
	return cli_misused(usage, "export or verify?");
}
