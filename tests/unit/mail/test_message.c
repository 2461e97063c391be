/* One mail as bytes: nothing a person typed may add a header, a recipient or a line the standards forbid. */
#include "message.h"
#include "unmessage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define RAW(s)                                                                                               \
	{                                                                                                    \
		s, sizeof(s) - 1                                                                             \
	}

enum { LINE_WANTED = 78, LINE_LIMIT = 998 };

struct world {
	struct arena arena;
	struct mail mail;
	struct buf bytes;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->mail = (struct mail){.message_id = STR("job-7.mail"),
	    .from_name = STR("株式会社青空商事（契印 Keiin）"),
	    .to_name = STR("山田 太郎"),
	    .to = STR("yamada@mirai.example"),
	    .reply_to_name = STR("佐藤 花子"),
	    .reply_to = STR("sato@aozora.example"),
	    .subject = STR("【署名依頼】「業務委託基本契約書」のご確認をお願いします（株式会社青空商事）"),
	    .text = STR("山田 太郎 様\n\n次のURLを開いてください。\nhttps://keiin.example/l/abc\n"),
	    .html = STR("<p>山田 太郎 様</p>\n"),
	    .language = STR("ja"),
	    .at_ms = 1795401909000};
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	buf_free(&w->bytes);
	arena_free(&w->arena);
	free(w);
	return 0;
}

static enum err
build(struct world *w)
{
	buf_free(&w->bytes);
	w->bytes = (struct buf){0};
	return message_build(&w->arena, &w->mail, STR("no-reply@keiin.example"), &w->bytes);
}

static void
assert_str(struct str s, struct str expected)
{
	assert_int_equal(s.n, expected.n);
	assert_memory_equal(s.p, expected.p, expected.n);
}

/* CRLF everywhere, no line too long, and exactly the headers we write, each once. */
static void
assert_sound(struct world *w, bool reply_to)
{
	static const char *const names[] = {"Date", "From", "To", "Reply-To", "Subject", "Message-ID",
	    "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"};
	struct str rest = buf_str(&w->bytes), line;
	unsigned next = 0;
	bool head = true;

	for (size_t i = 0; i < rest.n; i++) {
		unsigned char c = (unsigned char)rest.p[i];
		assert_true(c == '\r' || c == '\n' || (c >= ' ' && c < 0x7f));
		assert_true((c == '\n') == (i > 0 && rest.p[i - 1] == '\r'));
	}
	while (str_split(&rest, '\n', &line)) {
		line = str_slice(line, 0, line.n - (line.n > 0));
		assert_true(line.n <= LINE_LIMIT);
		if (head && line.n > 0 && line.p[0] != ' ') {
			if (next == 3 && !reply_to)
				next++;
			assert_true(next < sizeof(names) / sizeof(names[0]));
			assert_true(str_starts(line, str_c(names[next])));
			assert_int_equal(line.p[strlen(names[next])], ':');
			next++;
		}
		head = head && line.n > 0;
	}
	assert_int_equal(next, sizeof(names) / sizeof(names[0]));
}

static size_t
longest_line(struct str rest)
{
	size_t longest = 0;
	struct str line;

	while (str_split(&rest, '\n', &line))
		longest = line.n > longest + 1 ? line.n - 1 : longest;
	return longest;
}

static struct str
header(struct world *w, const char *name)
{
	struct str value;

	assert_int_equal(unmessage_header(&w->arena, buf_str(&w->bytes), str_c(name), &value), OK);
	return value;
}

static void
a_mail_reads_back_as_it_was_written(void **state)
{
	struct world *w = *state;
	struct str part;

	assert_int_equal(build(w), OK);
	assert_sound(w, true);
	assert_true(longest_line(buf_str(&w->bytes)) <= LINE_WANTED);
	assert_str(header(w, "Subject"), w->mail.subject);
	assert_str(header(w, "From"), STR("株式会社青空商事（契印 Keiin） <no-reply@keiin.example>"));
	assert_str(header(w, "To"), STR("山田 太郎 <yamada@mirai.example>"));
	assert_str(header(w, "Reply-To"), STR("佐藤 花子 <sato@aozora.example>"));
	assert_str(header(w, "Message-ID"), STR("<job-7.mail@keiin.example>"));
	assert_str(header(w, "Date"), STR("Mon, 23 Nov 2026 11:45:09 +0900"));
	assert_str(header(w, "Auto-Submitted"), STR("auto-generated"));
	assert_str(header(w, "Content-Language"), STR("ja"));
	assert_int_equal(unmessage_part(&w->arena, buf_str(&w->bytes), STR("text/plain"), &part), OK);
	assert_str(part, str_trim(w->mail.text));
	assert_int_equal(unmessage_part(&w->arena, buf_str(&w->bytes), STR("text/html"), &part), OK);
	assert_str(part, str_trim(w->mail.html));
}

/* What RFC 2047 is for: names in kanji, astral characters at every offset, quotes and commas that would
 * otherwise split the address list, words that look encoded already. */
static void
names_survive(void **state)
{
	struct world *w = *state;
	static const char *const names[] = {"髙橋 﨑子", "𠮷野家 𠮷田", "葛\U000e0100城",
	    "O'Brien, \"Bob\" <evil@example.com>", "=?UTF-8?B?aGVsbG8=?=", "a", "Taro Yamada", "(comment)",
	    "semi;colon: group:;", "back\\slash",
	    "長い名前の株式会社長い名前の株式会社長い名前の株式会社長い名前の株式会社長い名前の株式会社"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		w->mail.to_name = w->mail.subject = str_c(names[i]);
		assert_int_equal(build(w), OK);
		assert_sound(w, true);
		assert_true(longest_line(buf_str(&w->bytes)) <= LINE_WANTED);
		assert_str(header(w, "Subject"), str_c(names[i]));
		assert_str(header(w, "To"), arena_printf(&w->arena, "%s <yamada@mirai.example>", names[i]));
	}
}

/* Characters of one to four bytes at every place of a line: none may be cut in two. */
static void
no_character_is_cut(void **state)
{
	struct world *w = *state;
	static const char *const units[] = {"é", "あ", "𠮷", "aあ", "é𠮷a"};

	for (size_t unit = 0; unit < sizeof(units) / sizeof(units[0]); unit++) {
		struct buf text = {0};
		while (text.n < 400) {
			buf_put_c(&text, units[unit]);
			w->mail.subject = buf_str(&text);
			assert_int_equal(build(w), OK);
			assert_sound(w, true);
			assert_true(longest_line(buf_str(&w->bytes)) <= LINE_WANTED);
			assert_str(header(w, "Subject"), w->mail.subject);
		}
		buf_free(&text);
	}
}

/* CR, LF and NUL in everything that becomes a header: the mail keeps its headers or is refused. */
static void
nothing_can_add_a_header(void **state)
{
	static const struct str attacks[] = {RAW("x\r\nBcc: all@example.com"), RAW("x\nBcc: all@example.com"),
	    RAW("x\rBcc: all@example.com"), RAW("\r\n\r\n<script>"), RAW("x\0y"), RAW("x\r\n Bcc: y"),
	    RAW("x\x0b\x0c\x7f\x1b[2J"), RAW("\r\n.\r\n")};
	struct world *w = *state;
	struct str *const texts[] = {
	    &w->mail.from_name, &w->mail.to_name, &w->mail.reply_to_name, &w->mail.subject};
	struct str *const addresses[] = {&w->mail.to, &w->mail.reply_to, &w->mail.message_id};

	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
			struct str before = *texts[j];
			*texts[j] = attacks[i];
			assert_int_equal(build(w), OK);
			assert_sound(w, true);
			assert_int_equal(str_find(buf_str(&w->bytes), STR("Bcc")), -1);
			*texts[j] = before;
		}
		for (size_t j = 0; j < sizeof(addresses) / sizeof(addresses[0]); j++) {
			struct str before = *addresses[j];
			*addresses[j] = attacks[i];
			assert_int_equal(build(w), ERR_INVALID);
			struct buf longer = {0};
			buf_put(&longer, before);
			buf_put(&longer, attacks[i]);
			*addresses[j] = buf_str(&longer);
			assert_int_equal(build(w), ERR_INVALID);
			buf_free(&longer);
			*addresses[j] = before;
		}
		struct buf out = {0};
		assert_int_equal(message_build(&w->arena, &w->mail, attacks[i], &out), ERR_INVALID);
		w->mail.language = attacks[i];
		assert_int_equal(build(w), OK);
		assert_str(header(w, "Content-Language"), STR("ja"));
	}
}

static void
an_address_is_one_address(void **state)
{
	static const char *const bad[] = {"", "@", "a@", "@b", "a", "a b@c", "a@b c", "a@b,c@d", "<a@b>",
	    "a@b>", "a@@b", "a..b@c", ".a@b", "a.@b", "a@b.", "a@.b", "\"a b\"@c", "a@[127.0.0.1]",
	    "a@b\r\nRCPT TO:<x@y>", "あ@b", "a@b SIZE=1"};
	static const char *const good[] = {
	    "a@b", "a.b+c@d.example", "o'brien@example.com", "x_y-z@sub.example.co.jp"};
	struct world *w = *state;
	char long_one[256 + 1];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(message_address_ok(str_c(bad[i])));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(message_address_ok(str_c(good[i])));
	memset(long_one, 'a', sizeof(long_one));
	long_one[1] = '@';
	assert_true(message_address_ok(str_make(long_one, 254)));
	assert_false(message_address_ok(str_make(long_one, 255)));
	w->mail.to = str_make(long_one, 254);
	assert_int_equal(build(w), OK);
	assert_sound(w, true);
}

/* Bodies come back byte for byte (line ends aside), whatever they hold. */
static void
bodies_round_trip(void **state)
{
	struct world *w = *state;
	struct buf text = {0};
	struct str part;

	for (size_t i = 0; i < 3000; i++)
		buf_put_c(&text, i % 700 == 699 ? "\n.\n--keiin_\nFrom x\n" : "長い行 and more ");
	w->mail.text = w->mail.html = str_trim(buf_str(&text));
	assert_int_equal(build(w), OK);
	assert_sound(w, true);
	assert_true(longest_line(buf_str(&w->bytes)) <= LINE_WANTED);
	assert_int_equal(unmessage_part(&w->arena, buf_str(&w->bytes), STR("text/html"), &part), OK);
	assert_str(part, w->mail.html);
	buf_free(&text);

	w->mail.html = STR("<p>a</p>");
	w->mail.text = STR("a\r\nb\nc\rd");
	assert_int_equal(build(w), OK);
	assert_sound(w, true);
	w->mail.text = STR_NONE;
	assert_int_equal(build(w), OK);
	assert_sound(w, true);
}

static void
what_is_no_text_is_refused(void **state)
{
	struct world *w = *state;
	struct str *const all[] = {
	    &w->mail.from_name, &w->mail.to_name, &w->mail.subject, &w->mail.text, &w->mail.html};
	char *huge = malloc(2 * 1024 * 1024);

	memset(huge, 'x', 2 * 1024 * 1024);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct str before = *all[i];
		*all[i] = STR("\xff\xfe");
		assert_int_equal(build(w), ERR_INVALID);
		*all[i] = STR("\xed\xa0\x80");
		assert_int_equal(build(w), ERR_INVALID);
		*all[i] = str_make(huge, 2 * 1024 * 1024);
		assert_int_equal(build(w), ERR_INVALID);
		*all[i] = before;
	}
	free(huge);
	assert_int_equal(build(w), OK);
}

static void
without_reply_to_there_is_no_such_header(void **state)
{
	struct world *w = *state;

	w->mail.reply_to = w->mail.reply_to_name = STR_NONE;
	w->mail.to_name = w->mail.from_name = STR_NONE;
	assert_int_equal(build(w), OK);
	assert_sound(w, false);
	assert_str(header(w, "To"), STR("<yamada@mirai.example>"));
}

/* A retry must be the same mail to the byte, so that the receiver can tell it is one. */
static void
the_same_mail_gives_the_same_bytes(void **state)
{
	struct world *w = *state;
	struct buf again = {0};

	assert_int_equal(build(w), OK);
	assert_int_equal(message_build(&w->arena, &w->mail, STR("no-reply@keiin.example"), &again), OK);
	assert_str(buf_str(&again), buf_str(&w->bytes));
	buf_free(&again);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_mail_reads_back_as_it_was_written),
	    CASE(names_survive),
	    CASE(no_character_is_cut),
	    CASE(nothing_can_add_a_header),
	    CASE(an_address_is_one_address),
	    CASE(bodies_round_trip),
	    CASE(what_is_no_text_is_refused),
	    CASE(without_reply_to_there_is_no_such_header),
	    CASE(the_same_mail_gives_the_same_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
