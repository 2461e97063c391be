#include "path.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\n';
}

static bool
take_word(struct str *s, struct str *ret)
{
	while (s->n && is_space(*s->p))
		*s = str_slice(*s, 1, s->n);
	size_t n = 0;
	while (n < s->n && !is_space(s->p[n]))
		n++;
	*ret = str_slice(*s, 0, n);
	*s = str_slice(*s, n, s->n);
	return n > 0;
}

static size_t
operands(char op)
{
	switch (op) {
	case 'm':
	case 'l': return 2;
	case 'c': return 6;
	default: return 0;
	}
}

enum err
path_next(struct str *s, struct path_op *ret)
{
	struct path_op o = {0};
	struct str word;
	size_t n = 0;

	while (take_word(s, &word)) {
		if (word.n == 1 && strchr("mlchf", word.p[0])) {
			if (operands(word.p[0]) != n)
				return ERR_INVALID;
			o.op = word.p[0];
			*ret = o;
			return OK;
		}
		if (n == 6 || word.n > 12 || !str_to_double(word, &o.v[n++]))
			return ERR_INVALID;
	}
	if (n)
		return ERR_INVALID;
	*ret = (struct path_op){0};
	return OK;
}

enum err
path_check(struct str s, double width_mm, double height_mm)
{
	struct path_op o;
	bool open = false, painted = false;

	if (s.n == 0 || s.n > PATH_BYTES_MAX)
		return ERR_INVALID;
	for (size_t ops = 0;; ops++) {
		TRY(path_next(&s, &o));
		if (o.op == 0)
			return painted ? OK : ERR_INVALID;
		if (painted || ops > PATH_OPERATORS_MAX || (o.op != 'm' && ops == 0) ||
		    ((o.op == 'l' || o.op == 'c') && !open))
			return ERR_INVALID;
		for (size_t i = 0; i < operands(o.op); i++) {
			double limit = i % 2 ? height_mm : width_mm;
			if (!(o.v[i] >= -1 && o.v[i] <= limit + 1))
				return ERR_INVALID;
		}
		open = o.op == 'm' || (open && o.op != 'h' && o.op != 'f');
		painted = o.op == 'f';
	}
}
