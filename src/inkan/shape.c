#include "shape.h"

#include <math.h>
#include <stdio.h>

static void *
grown(struct arena *a, const void *old, size_t n, size_t cap, size_t size)
{
	void *p = arena_alloc(a, cap * size);

	if (n)
		memcpy(p, old, n * size);
	return p;
}

void
shape_add(struct arena *a, struct shape *s, double x, double y)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->at = grown(a, s->at, s->n, s->cap, sizeof *s->at);
	}
	s->at[s->n++] = (struct point){x, y};
}

void
shape_close(struct arena *a, struct shape *s)
{
	size_t from = s->rings ? s->end[s->rings - 1] : 0;

	while (s->n > from + 1 &&
	       hypot(s->at[s->n - 1].x - s->at[from].x, s->at[s->n - 1].y - s->at[from].y) < 1e-9)
		s->n--;
	if (s->n < from + 3) {
		s->n = from;
		return;
	}
	if (s->rings == s->rings_cap) {
		s->rings_cap = s->rings_cap ? s->rings_cap * 2 : 16;
		s->end = grown(a, s->end, s->rings, s->rings_cap, sizeof *s->end);
	}
	s->end[s->rings++] = s->n;
}

struct shape
shape_copy(struct arena *a, const struct shape *s)
{
	struct shape r = {0};

	shape_append(a, &r, s);
	return r;
}

void
shape_append(struct arena *a, struct shape *to, const struct shape *from)
{
	for (size_t i = 0, k = 0; i < from->rings; i++) {
		for (; k < from->end[i]; k++)
			shape_add(a, to, from->at[k].x, from->at[k].y);
		shape_close(a, to);
	}
}

struct box
shape_box(const struct shape *s)
{
	struct box b = {0};

	for (size_t i = 0; i < s->n; i++) {
		double x = s->at[i].x, y = s->at[i].y;
		b.x0 = i == 0 || x < b.x0 ? x : b.x0;
		b.x1 = i == 0 || x > b.x1 ? x : b.x1;
		b.y0 = i == 0 || y < b.y0 ? y : b.y0;
		b.y1 = i == 0 || y > b.y1 ? y : b.y1;
	}
	return b;
}

static double
ring_area(const struct point *p, size_t n)
{
	double sum = 0;

	for (size_t i = 0, j = n - 1; i < n; j = i++)
		sum += p[j].x * p[i].y - p[i].x * p[j].y;
	return sum / 2;
}

double
shape_area(const struct shape *s)
{
	double sum = 0;

	for (size_t i = 0, from = 0; i < s->rings; from = s->end[i++])
		sum += ring_area(s->at + from, s->end[i] - from);
	return sum;
}

struct shape
shape_subdivide(struct arena *a, const struct shape *s, double length)
{
	struct shape r = {0};

	for (size_t i = 0, from = 0; i < s->rings; from = s->end[i++]) {
		for (size_t k = from; k < s->end[i]; k++) {
			struct point p = s->at[k], q = s->at[k + 1 < s->end[i] ? k + 1 : from];
			int parts = (int)fmin(1000, ceil(hypot(q.x - p.x, q.y - p.y) / length));
			for (int m = 0; m < parts; m++)
				shape_add(
				    a, &r, p.x + (q.x - p.x) * m / parts, p.y + (q.y - p.y) * m / parts);
		}
		shape_close(a, &r);
	}
	return r;
}

/* Distance from c to the segment pq. */
static double
distance(struct point c, struct point p, struct point q)
{
	double dx = q.x - p.x, dy = q.y - p.y, len = dx * dx + dy * dy;
	double t = len > 0 ? fmin(1, fmax(0, ((c.x - p.x) * dx + (c.y - p.y) * dy) / len)) : 0;

	return hypot(c.x - p.x - t * dx, c.y - p.y - t * dy);
}

/* Marks what stays of the run p[from..to] (indices modulo n), with a stack of its own: depth may be the
 * number of points. */
static void
mark(const struct point *p, size_t n, size_t from, size_t to, double tolerance, bool *keep, size_t *stack)
{
	size_t top = 0;

	stack[top++] = from;
	stack[top++] = to;
	while (top) {
		size_t hi = stack[--top], lo = stack[--top], worst = lo;
		double far = tolerance;
		for (size_t i = lo + 1; i < hi; i++) {
			double d = distance(p[i % n], p[lo % n], p[hi % n]);
			if (d > far) {
				far = d;
				worst = i;
			}
		}
		if (worst == lo)
			continue;
		keep[worst % n] = true;
		stack[top++] = lo;
		stack[top++] = worst;
		stack[top++] = worst;
		stack[top++] = hi;
	}
}

struct shape
shape_simplify(struct arena *a, const struct shape *s, double tolerance)
{
	struct shape r = {0};

	for (size_t i = 0, from = 0; i < s->rings; from = s->end[i++]) {
		size_t n = s->end[i] - from, far = 0;
		const struct point *p = s->at + from;
		bool *keep = ARENA_ARRAY(a, bool, n);
		size_t *stack = ARENA_ARRAY(a, size_t, 4 * n + 8);
		double best = 0;
		for (size_t k = 1; k < n; k++) {
			double d = hypot(p[k].x - p[0].x, p[k].y - p[0].y);
			if (d > best) {
				best = d;
				far = k;
			}
		}
		if (far == 0)
			continue;
		keep[0] = keep[far] = true;
		mark(p, n, 0, far, tolerance, keep, stack);
		mark(p, n, far, n, tolerance, keep, stack);
		for (size_t k = 0; k < n; k++)
			if (keep[k])
				shape_add(a, &r, p[k].x, p[k].y);
		shape_close(a, &r);
	}
	return r;
}

/* Outward unit normal of the edge pq; side is +1 or -1 by the direction in which the outer rings run. */
static struct point
normal(struct point p, struct point q, double side)
{
	double dx = q.x - p.x, dy = q.y - p.y, len = hypot(dx, dy);

	return len > 0 ? (struct point){side * dy / len, -side * dx / len} : (struct point){0, 0};
}

static void
grow_corner(struct arena *a, struct shape *r, struct point p, struct point in, struct point out, double side,
    double d, double room)
{
	double turn = side * (in.x * out.y - in.y * out.x), dot = in.x * out.x + in.y * out.y;

	if (turn > 0 && dot < 0.9) { /* a convex corner: an arc about it */
		double from = atan2(in.y, in.x), sweep = acos(fmax(-1, fmin(1, dot)));
		int parts = (int)ceil(sweep / 0.45);
		for (int i = 0; i <= parts; i++) {
			double w = from + side * sweep * i / parts;
			shape_add(a, r, p.x + d * cos(w), p.y + d * sin(w));
		}
		return;
	}
	double nx = in.x + out.x, ny = in.y + out.y, len = hypot(nx, ny);
	if (len < 1e-6) {
		shape_add(a, r, p.x + d * in.x, p.y + d * in.y);
		return;
	}
	double reach = fmin(d * 2 / len, fmax(d, fmin(room, 2 * d)));
	shape_add(a, r, p.x + reach * nx / len, p.y + reach * ny / len);
}

struct shape
shape_grow(struct arena *a, const struct shape *s, double d)
{
	struct shape r = {0};
	double side = shape_area(s) > 0 ? 1 : -1;

	for (size_t i = 0, from = 0; i < s->rings; from = s->end[i++]) {
		size_t n = s->end[i] - from;
		const struct point *p = s->at + from;
		for (size_t k = 0; k < n; k++) {
			struct point before = p[(k + n - 1) % n], after = p[(k + 1) % n];
			double room = fmin(hypot(p[k].x - before.x, p[k].y - before.y),
			    hypot(p[k].x - after.x, p[k].y - after.y));
			grow_corner(a, &r, p[k], normal(before, p[k], side), normal(p[k], after, side), side,
			    d, room);
		}
		shape_close(a, &r);
	}
	return r;
}

/* A number without what says nothing: "3.5", not "3.500", and "0" for "-0.00". */
static void
print_number(struct buf *b, double v, int decimals)
{
	char s[32];
	int n = snprintf(s, sizeof s, "%.*f", decimals, v);

	while (n > 1 && s[n - 1] == '0' && memchr(s, '.', (size_t)n))
		n--;
	if (s[n - 1] == '.')
		n--;
	if (n == 2 && s[0] == '-' && s[1] == '0')
		buf_put_byte(b, '0');
	else
		buf_put(b, str_make(s, (size_t)n));
}

void
shape_print(struct buf *b, const struct shape *s, int decimals)
{
	for (size_t i = 0, k = 0; i < s->rings; i++) {
		for (bool first = true; k < s->end[i]; k++, first = false) {
			print_number(b, s->at[k].x, decimals);
			buf_put_byte(b, ' ');
			print_number(b, s->at[k].y, decimals);
			buf_put_c(b, first ? " m\n" : " l\n");
		}
		buf_put_c(b, "h\n");
	}
}
