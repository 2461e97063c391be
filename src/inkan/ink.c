/* Handwriting (screens.md 4.5): strokes smoothed, given a width by pressure and speed, and outlined. */
#include "inkan.h"

#include "path.h"
#include "shape.h"

#include <jansson.h>
#include <math.h>

enum { JSON_MAX = 200 * 1024, STROKES_MAX = 200, POINTS_MAX = 20000, INK_RGB = 0x1A1A1A };

struct sample {
	double x, y, t, p;
};

struct stroke {
	struct sample *at;
	size_t n;
};

struct hand {
	struct stroke *strokes;
	size_t n;
	double w, h;
};

static bool
number(const json_t *v, double lo, double hi, double *ret)
{
	double d;

	if (!json_is_number(v))
		return false;
	d = json_number_value(v);
	if (!(d >= lo && d <= hi))
		return false;
	*ret = d;
	return true;
}

static enum err
read_sample(const json_t *v, const struct hand *h, struct sample *ret)
{
	struct sample s = {.p = 0.5};
	size_t n = json_array_size(v);

	if (n < 2 || n > 4 || !number(json_array_get(v, 0), -0.5, 1.5, &s.x) ||
	    !number(json_array_get(v, 1), -0.5, 1.5, &s.y) ||
	    (n > 2 && !number(json_array_get(v, 2), 0, 1e15, &s.t)) ||
	    (n > 3 && !number(json_array_get(v, 3), 0, 1, &s.p)))
		return ERR_INVALID;
	s.x *= h->w;
	s.y *= h->h;
	*ret = s;
	return OK;
}

static enum err
read_hand(struct arena *a, const json_t *root, struct hand *ret)
{
	struct hand h = {0};
	const json_t *strokes = json_object_get(root, "strokes");
	size_t total = 0;

	if (!json_is_array(strokes) || !number(json_object_get(root, "w"), 1, 20000, &h.w) ||
	    !number(json_object_get(root, "h"), 1, 20000, &h.h))
		return ERR_INVALID;
	h.n = json_array_size(strokes);
	if (h.n == 0 || h.n > STROKES_MAX)
		return ERR_INVALID;
	h.strokes = ARENA_ARRAY(a, struct stroke, h.n);
	for (size_t i = 0; i < h.n; i++) {
		const json_t *points = json_array_get(strokes, i);
		struct stroke *s = &h.strokes[i];
		size_t n = json_array_size(points);
		total += n;
		if (n == 0 || total > POINTS_MAX)
			return ERR_INVALID;
		s->at = ARENA_ARRAY(a, struct sample, n);
		for (size_t k = 0; k < n; k++) {
			TRY(read_sample(json_array_get(points, k), &h, &s->at[s->n]));
			/* Samples that did not move say nothing about direction. */
			if (s->n == 0 ||
			    hypot(s->at[s->n].x - s->at[s->n - 1].x, s->at[s->n].y - s->at[s->n - 1].y) > 0.3)
				s->n++;
		}
	}
	*ret = h;
	return OK;
}

/* Refuses dots and one straight line: neither is anybody's signature. */
static enum err
check_shape(const struct hand *h)
{
	double n = 0, mx = 0, my = 0, xx = 0, yy = 0, xy = 0, length = 0;

	for (size_t i = 0; i < h->n; i++)
		for (size_t k = 0; k < h->strokes[i].n; k++) {
			const struct sample *s = h->strokes[i].at + k;
			n++;
			mx += s->x;
			my += s->y;
			if (k)
				length += hypot(s->x - s[-1].x, s->y - s[-1].y);
		}
	for (size_t i = 0; i < h->n; i++)
		for (size_t k = 0; k < h->strokes[i].n; k++) {
			double dx = h->strokes[i].at[k].x - mx / n, dy = h->strokes[i].at[k].y - my / n;
			xx += dx * dx / n;
			yy += dy * dy / n;
			xy += dx * dy / n;
		}
	double across = (xx + yy) / 2 - sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);
	if (length < 0.10 * fmin(h->w, h->h) + 10 || sqrt(fmax(0, across)) < 0.004 * length)
		return ERR_INVALID;
	return OK;
}

/* Corner cutting (Chaikin), twice, keeping the ends. */
static struct stroke
smooth(struct arena *a, const struct stroke *s)
{
	struct stroke from = *s;

	for (int turn = 0; turn < 2 && from.n > 2; turn++) {
		struct stroke to = {.at = ARENA_ARRAY(a, struct sample, 2 * from.n)};
		to.at[to.n++] = from.at[0];
		for (size_t i = 0; i + 1 < from.n; i++)
			for (int half = 0; half < 2; half++) {
				double q = half ? 0.75 : 0.25;
				const struct sample *p = from.at + i;
				if ((i == 0 && !half) || (i + 2 == from.n && half))
					continue;
				to.at[to.n++] = (struct sample){p[0].x + (p[1].x - p[0].x) * q,
				    p[0].y + (p[1].y - p[0].y) * q, p[0].t + (p[1].t - p[0].t) * q,
				    p[0].p + (p[1].p - p[0].p) * q};
			}
		to.at[to.n++] = from.at[from.n - 1];
		from = to;
	}
	return from;
}

static void
add_disc(struct arena *a, struct shape *out, double x, double y, double r)
{
	for (int i = 0; i < 12; i++)
		shape_add(a, out, x + r * cos(i * M_PI / 6), y + r * sin(i * M_PI / 6));
	shape_close(a, out);
}

/* Half the width of the pen at each sample: slow and hard is thick, and it changes gradually. */
static double *
pen(struct arena *a, const struct stroke *s, double unit)
{
	double *half = ARENA_ARRAY(a, double, s->n), w = unit;

	for (size_t i = 0; i < s->n; i++) {
		const struct sample *p = s->at + (i ? i - 1 : 0), *q = s->at + (i ? i : s->n > 1 ? 1 : 0);
		double ms = q->t - p->t, speed = ms > 0 ? hypot(q->x - p->x, q->y - p->y) / ms : 0.6;
		double want = unit * (0.55 + 0.9 * s->at[i].p) / (0.75 + 0.5 * fmin(2.5, speed));
		w += 0.25 * (want - w);
		half[i] = w;
	}
	return half;
}

/* A ribbon between samples from and to; the caller cuts strokes where they turn sharply. */
static void
add_ribbon(
    struct arena *a, struct shape *out, const struct stroke *s, const double *half, size_t from, size_t to)
{
	for (int back = 0; back < 2; back++)
		for (size_t j = from; j <= to; j++) {
			size_t i = back ? to - (j - from) : j;
			const struct sample *p = s->at + (i > from ? i - 1 : i),
			                    *q = s->at + (i < to ? i + 1 : i);
			double dx = q->x - p->x, dy = q->y - p->y, len = hypot(dx, dy),
			       w = back ? half[i] : -half[i];
			if (len > 0)
				shape_add(a, out, s->at[i].x - w * dy / len, s->at[i].y + w * dx / len);
		}
	shape_close(a, out);
	add_disc(a, out, s->at[from].x, s->at[from].y, half[from]);
	add_disc(a, out, s->at[to].x, s->at[to].y, half[to]);
}

static void
add_stroke(struct arena *a, struct shape *out, const struct stroke *raw, double unit)
{
	struct stroke s = smooth(a, raw);
	double *half = pen(a, &s, unit);
	size_t from = 0;

	if (s.n == 1) {
		add_disc(a, out, s.at[0].x, s.at[0].y, half[0] * 1.3);
		return;
	}
	for (size_t i = 1; i < s.n; i++) {
		bool cut = i + 1 == s.n;
		if (!cut) {
			double ax = s.at[i].x - s.at[i - 1].x, ay = s.at[i].y - s.at[i - 1].y;
			double bx = s.at[i + 1].x - s.at[i].x, by = s.at[i + 1].y - s.at[i].y;
			cut = ax * bx + ay * by < 0.5 * hypot(ax, ay) * hypot(bx, by);
		}
		if (cut) {
			add_ribbon(a, out, &s, half, from, i);
			from = i;
		}
	}
}

/* All rings in one direction, so that strokes that cross add up instead of cancelling out. */
static void
align_rings(struct shape *s)
{
	for (size_t i = 0, from = 0; i < s->rings; from = s->end[i++]) {
		struct shape ring = {.at = s->at + from,
		    .n = s->end[i] - from,
		    .end = &(size_t){s->end[i] - from},
		    .rings = 1};
		if (shape_area(&ring) < 0)
			for (size_t k = 0; k < ring.n / 2; k++) {
				struct point p = ring.at[k];
				ring.at[k] = ring.at[ring.n - 1 - k];
				ring.at[ring.n - 1 - k] = p;
			}
	}
}

static enum err
print_hand(struct arena *a, struct shape *s, double width_mm, struct inkan *ret)
{
	struct box ink = shape_box(s);
	double w = ink.x1 - ink.x0, h = ink.y1 - ink.y0, scale = width_mm / fmax(w, h);

	for (size_t i = 0; i < s->n; i++)
		s->at[i] = (struct point){(s->at[i].x - ink.x0) * scale, (ink.y1 - s->at[i].y) * scale};
	align_rings(s);
	for (double tolerance = 0.01; tolerance < 1; tolerance *= 1.5) {
		struct buf b = {0};
		struct shape small = shape_simplify(a, s, tolerance);
		shape_print(&b, &small, 2);
		buf_put_c(&b, "f\n");
		struct inkan k = {.width_mm = fmax(1, w * scale),
		    .height_mm = fmax(1, h * scale),
		    .rgb = INK_RGB,
		    .path = arena_str(a, buf_str(&b))};
		buf_free(&b);
		if (k.path.n < 24 * 1024 ||
		    (tolerance > 0.3 && path_check(k.path, k.width_mm, k.height_mm) == OK)) {
			*ret = k;
			return OK;
		}
	}
	return ERR_INVALID;
}

enum err
inkan_from_strokes(struct arena *a, struct str json, double width_mm, struct inkan *ret)
{
	struct hand h;
	struct shape s = {0};

	if (json.n > JSON_MAX || !(width_mm >= 5 && width_mm <= 100))
		return ERR_INVALID;
	json_t *root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	enum err e = root ? read_hand(a, root, &h) : ERR_INVALID;
	json_decref(root);
	TRY(e);
	TRY(check_shape(&h));
	for (size_t i = 0; i < h.n; i++)
		add_stroke(a, &s, &h.strokes[i], 0.0055 * sqrt(h.w * h.h) + 0.4);
	return print_hand(a, &s, width_mm, ret);
}
