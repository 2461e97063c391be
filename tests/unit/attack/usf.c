/* Universal signature forgery: a signature that says nothing. */
#include "attack.h"

#include <stdio.h>

static void
range(struct target *t, const struct attack *how)
{
	struct pdf_signature s = forge_newest(t->f, &t->file);
	size_t from =
	    (size_t)str_find_last(str_slice(buf_str(&t->file), 0, s.contents_at), STR("/ByteRange["));

	overwrite_at(t, from + strlen("/ByteRange"), s.contents_at - strlen("/Contents"), how->text);
}

/* What the newest signature's field holds. */
static void
value(struct target *t, const struct attack *how)
{
	size_t at = (size_t)str_find_last(buf_str(&t->file), STR("/V ")) + strlen("/V"),
	       n = (size_t)str_chr(str_slice(buf_str(&t->file), at, t->file.n), 'R') + 1;

	overwrite_at(t, at, at + n, how->text);
}

static void
contents(struct target *t, const struct attack *how)
{
	struct pdf_signature s = forge_newest(t->f, &t->file);

	overwrite_at(t, s.contents_at, s.contents_end, how->text);
}

/* Numbers beside the right ones. */
static void
range_beside(struct target *t, const struct attack *how)
{
	struct pdf_signature s = forge_newest(t->f, &t->file);
	char text[128];
	long long v[4];

	for (int i = 0; i < 4; i++)
		v[i] = (long long)s.range[i];
	v[how->num] += strtol(how->text, NULL, 10);
	snprintf(text, sizeof(text), "[%lld %lld %lld %lld]", v[0], v[1], v[2], v[3]);
	range(t, &(struct attack){.text = text});
}

/* The same, signed again by the key itself: what is left out is signed by nobody. */
static void
short_range_signed(struct target *t, const struct attack *how)
{
	range_beside(t, how);
	forge_container(t->f, &(struct container){.signers = 1}, &t->file);
}

static void
odd_digits(struct target *t, const struct attack *how)
{
	struct pdf_signature s = forge_newest(t->f, &t->file);

	t->file.p[s.contents_end - 1] = ' ';
	t->file.p[s.contents_end - 2] = '>';
}

static void
padding(struct target *t, const struct attack *how)
{
	struct pdf_signature s = forge_newest(t->f, &t->file);

	t->file.p[s.contents_end - 2] = '1';
}

static void
never_signed(struct target *t, const struct attack *how)
{
	t->file.n = 0;
	scene(&t->file, t->streams);
}

#define MALFORMED "is missing or malformed"
#define LEAVES "leaves the file"
#define MORE "leaves out more than the container"
#define CONTAINER_BAD "malformed or followed by other bytes"
static const struct attack attacks[] = {
    {"no signature at all", never_signed, "the document is not signed", HEALS, 0, 0},
    {"no range", overwrite, MALFORMED, 0, 0, "/ByteRange[=>/ByteRangf["},
    {"value true", value, MALFORMED, 0, 0, " true"},
    {"value a string", value, MALFORMED, 0, 0, "(a)"},
    {"value an array", value, MALFORMED, 0, 0, "[1]"},
    {"range null", range, MALFORMED, 0, 0, " null"},
    {"range empty", range, MALFORMED, 0, 0, "[]"},
    {"range of three", range, MALFORMED, 0, 0, "[0 1 2]"},
    {"range of five", range, MALFORMED, 0, 0, "[0 1 2 3 4]"},
    {"range of two pairs more", range, MALFORMED, 0, 0, "[0 1 2 3 4 5 6 7]"},
    {"range nested", range, MALFORMED, 0, 0, "[[0 1 2 3]]"},
    {"range of reals", range, MALFORMED, 0, 0, "[0.0 1.0 2.0 3.0]"},
    {"range of strings", range, MALFORMED, 0, 0, "[(0)(1)(2)(3)]"},
    {"range a name", range, MALFORMED, 0, 0, "/All"},
    {"range a dictionary", range, MALFORMED, 0, 0, "<</A 1>>"},
    {"range indirect", range, MALFORMED, 0, 0, " 4 0 R"},
    {"numbers indirect", range, MALFORMED, 0, 0, "[0 4 0 R 4 0 R 4 0 R]"},
    {"range of huge numbers", range, MALFORMED, 0, 0, "[0 99999999999999999999 1 1]"},
    {"range of zeros", range, MORE, 0, 0, "[0 0 0 0]"},
    {"range negative", range, LEAVES, 0, 0, "[0 -1 10 10]"},
    {"range from before the file", range, LEAVES, 0, 0, "[-5 10 20 10]"},
    {"range negative at its end", range, LEAVES, 0, 0, "[0 10 20 -20]"},
    {"range adds up past the file", range, LEAVES, 0, 0, "[0 1 2 99999999999]"},
    {"range overflows", range, MALFORMED, 0, 0, "[0 1 2 9223372036854775807]"},
    {"range overflows twice", range, MALFORMED, 0, 0, "[0 9223372036854775807 9223372036854775807 1]"},
    {"range past the end", range_beside, LEAVES, 0, 3, "100000000"},
    {"range one too short", range_beside, "does not cover a whole revision", 0, 3, "-1"},
    {"range without the tail", short_range_signed, "does not cover a whole revision", 0, 3, "-6"},
    {"range begins late", range_beside, MORE, 0, 0, "1"},
    {"first part short", range_beside, MORE, 0, 1, "-1"},
    {"first part long", range_beside, MORE, 0, 1, "1"},
    {"second part late", range_beside, MORE, 0, 2, "1"},
    {"second part early", range_beside, MORE, 0, 2, "-1"},
    {"no container", overwrite, MALFORMED, 0, 0, "/Contents<=>/Contentz<"},
    {"container null", contents, MALFORMED, 0, 0, " null"},
    {"container empty", contents, MALFORMED, 0, 0, "<>"},
    {"container a name", contents, MALFORMED, 0, 0, "/Signed"},
    {"container a literal string", contents, MALFORMED, 0, 0, "(0)"},
    {"container an array", contents, MALFORMED, 0, 0, "[<30>]"},
    {"container indirect", contents, MALFORMED, 0, 0, " 4 0 R"},
    {"container with two digits", contents, MORE, 0, 0, "<00>"},
    {"container odd", odd_digits, MORE, 0, 0, 0},
    {"something behind the container", padding, CONTAINER_BAD, 0, 0, 0},
};
const struct attack_table USF = ATTACK_TABLE("universal forgery", attacks);
