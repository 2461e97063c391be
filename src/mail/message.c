#include "message.h"
#include "clock.h"
#include "hex.h"
#include "id.h"
#include "utf8.h"

enum {
	ADDRESS_MAX = 254,
	ID_MAX = 200,
	HEADER_TEXT_MAX = 2000,
	BODY_MAX = 1024 * 1024,
	LINE = 76,
	/* =?UTF-8?B?...?= may have 75 characters: 63 of base64, of which 60 whole groups are 45 bytes */
	WORD_BYTES = 45
};

static bool
is_atom_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool
is_dot_atom(struct str s)
{
	bool after_dot = true;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' ? after_dot : !is_atom_char(s.p[i]))
			return false;
		after_dot = s.p[i] == '.';
	}
	return !after_dot;
}

bool
message_address_ok(struct str address)
{
	ptrdiff_t at = str_chr(address, '@');
#ifdef MUTANT_ANY_ADDRESS
	return at >= 0;
#endif
	if (at < 0 || address.n > ADDRESS_MAX)
		return false;
	return is_dot_atom(str_slice(address, 0, (size_t)at)) &&
	       is_dot_atom(str_slice(address, (size_t)at + 1, address.n));
}

/* A header under construction: knows how far its line has come. */
struct header {
	struct buf *out;
	size_t column;
};

static struct header
header_start(struct buf *out, const char *name)
{
	buf_put_c(out, name);
	buf_put(out, STR(":"));
	return (struct header){out, strlen(name) + 1};
}

/* A word after a space, on a new line where it would not fit. */
static void
header_word(struct header *h, struct str word)
{
	if (h->column + 1 + word.n > LINE) {
		buf_put(h->out, STR("\r\n"));
		h->column = 0;
	}
	buf_put(h->out, STR(" "));
	buf_put(h->out, word);
	h->column += 1 + word.n;
}

static void
header_end(struct header *h)
{
	buf_put(h->out, STR("\r\n"));
}

static void
encoded_word(struct header *h, struct arena *a, struct str bytes)
{
	struct str code = base64_encode(a, bytes, 0);
	header_word(h, arena_printf(a, "=?UTF-8?B?%.*s?=", STR_ARG(code)));
}

/* What an encoded word may hold to fit the line. Only in a header of one long address does it start a new
 * one. */
static size_t
word_room(const struct header *h)
{
	enum { FRAME = 12, USEFUL = 6 };
	size_t left = LINE > h->column + 1 + FRAME ? (LINE - h->column - 1 - FRAME) / 4 * 3 : 0;
	return left < USEFUL || left > WORD_BYTES ? WORD_BYTES : left;
}

/* Cut between characters, as RFC 2047 demands; white space between two encoded words is not part of the text.
 * The first word begins beside the header's name: some readers take a line break there for a space of the
 * text. */
static void
encoded_words(struct header *h, struct arena *a, struct str text)
{
	size_t from = 0, at = 0;
#ifdef MUTANT_LONG_LINES
	encoded_word(h, a, text);
	return;
#endif
	while (at < text.n) {
		size_t next = at;
		if (utf8_next(text, &next) < 0)
			break;
		if (next - from > word_room(h)) {
			encoded_word(h, a, str_slice(text, from, at));
			from = at;
		}
		at = next;
	}
	if (from < text.n)
		encoded_word(h, a, str_slice(text, from, text.n));
}

/* Letters, digits and single spaces need no encoding, neither as a phrase nor as free text. */
static bool
is_plain(struct str s)
{
	bool after_space = true;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && (c != ' ' || after_space))
			return false;
		after_space = c == ' ';
	}
	return s.n && !after_space && s.n <= WORD_BYTES;
}

static enum err
header_text(struct header *h, struct arena *a, struct str text)
{
	if (text.n > HEADER_TEXT_MAX || !utf8_valid(text))
		return ERR_INVALID;
	char *clean = arena_cstr(a, text);
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)clean[i] < ' ' || clean[i] == 0x7f)
			clean[i] = ' ';
	struct str s = str_trim(str_make(clean, text.n));
#ifdef MUTANT_RAW_HEADER
	s = text;
	header_word(h, s);
	return OK;
#endif
	if (is_plain(s))
		header_word(h, s);
	else
		encoded_words(h, a, s);
	return OK;
}

static enum err
mailbox(struct buf *out, struct arena *a, const char *name, struct str who, struct str address)
{
	if (!message_address_ok(address))
		return ERR_INVALID;
	struct header h = header_start(out, name);
	TRY(header_text(&h, a, who));
	header_word(&h, arena_printf(a, "<%.*s>", STR_ARG(address)));
	header_end(&h);
	return OK;
}

static enum err
message_id(struct buf *out, struct arena *a, struct str id, struct str from_address)
{
	size_t at = (size_t)str_chr(from_address, '@');
	bool bare = str_chr(id, '@') < 0;
	if (bare && !is_dot_atom(id))
		return ERR_INVALID;
	if (bare)
		id = arena_printf(
		    a, "%.*s%.*s", STR_ARG(id), STR_ARG(str_slice(from_address, at, from_address.n)));
	if (id.n > ID_MAX || !message_address_ok(id))
		return ERR_INVALID;
	buf_printf(out, "Message-ID: <%.*s>\r\n", STR_ARG(id));
	return OK;
}

static enum err
part(struct buf *out, struct arena *a, struct str boundary, const char *type, struct str text)
{
	struct buf lines = {0};
	if (text.n > BODY_MAX || !utf8_valid(text))
		return ERR_INVALID;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r'))
			buf_put_byte(&lines, '\r');
		buf_put_byte(&lines, (unsigned char)text.p[i]);
	}
	buf_printf(out,
	    "--%.*s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
	    STR_ARG(boundary), type);
	buf_put(out, base64_encode(a, buf_str(&lines), LINE));
	buf_put(out, STR("\r\n"));
	buf_free(&lines);
	return OK;
}

static enum err
headers(struct arena *a, const struct mail *m, struct str from_address, struct buf *out)
{
	buf_printf(out, "Date: %.*s\r\n", STR_ARG(clock_rfc5322(a, m->at_ms)));
	TRY(mailbox(out, a, "From", m->from_name, from_address));
	TRY(mailbox(out, a, "To", m->to_name, m->to));
	if (m->reply_to.n)
		TRY(mailbox(out, a, "Reply-To", m->reply_to_name, m->reply_to));
	struct header subject = header_start(out, "Subject");
	TRY(header_text(&subject, a, m->subject));
	header_end(&subject);
	TRY(message_id(out, a, m->message_id, from_address));
	buf_printf(out, "Auto-Submitted: auto-generated\r\nContent-Language: %s\r\nMIME-Version: 1.0\r\n",
	    str_eq(m->language, STR("en")) ? "en" : "ja");
	return OK;
}

static enum err
build(struct arena *a, const struct mail *m, struct str from_address, struct buf *out)
{
	if (!message_address_ok(from_address))
		return ERR_INVALID;
	TRY(headers(a, m, from_address, out));
	/* base64 has no "_", so that no part can hold the boundary */
	struct sha256 d = sha256_of(m->message_id);
	struct str boundary = arena_printf(a, "keiin_%.32s", sha256_hex(a, &d).p);
	buf_printf(
	    out, "Content-Type: multipart/alternative;\r\n boundary=\"%.*s\"\r\n\r\n", STR_ARG(boundary));
	TRY(part(out, a, boundary, "text/plain", m->text));
	TRY(part(out, a, boundary, "text/html", m->html));
	buf_printf(out, "--%.*s--\r\n", STR_ARG(boundary));
	return OK;
}

enum err
message_build(struct arena *a, const struct mail *m, struct str from_address, struct buf *ret)
{
	struct buf out = {0};
	enum err e = build(a, m, from_address, &out);
	if (e != OK) {
		buf_free(&out);
		return e;
	}
	*ret = out;
	return OK;
}
