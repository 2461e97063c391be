/* Outlines as closed polygons, and what a seal needs done to them. */
#ifndef INKAN_SHAPE_H
#define INKAN_SHAPE_H

#include "arena.h"
#include "buf.h"

struct point {
	double x, y;
};

/* Closed rings one after the other: ring i holds the points from end[i - 1] (0 for the first) up to end[i].
 */
struct shape {
	struct point *at;
	size_t n, cap;
	size_t *end;
	size_t rings, rings_cap;
};

struct box {
	double x0, y0, x1, y1;
};

void
shape_add(struct arena *a, struct shape *s, double x, double y);
/* Closes the ring that the points added last form; a ring of fewer than three points is dropped. */
void
shape_close(struct arena *a, struct shape *s);
struct shape
shape_copy(struct arena *a, const struct shape *s);
void
shape_append(struct arena *a, struct shape *to, const struct shape *from);
struct box
shape_box(const struct shape *s);
/* Sum of the signed areas of the rings: holes count against what holds them. */
double
shape_area(const struct shape *s);
/* New points so that no edge is longer than length. */
struct shape
shape_subdivide(struct arena *a, const struct shape *s, double length);
/* Fewer points, none of the dropped ones further than tolerance from the new outline (Ramer, Douglas,
 * Peucker). */
struct shape
shape_simplify(struct arena *a, const struct shape *s, double tolerance);
/* The ink grown by distance on every side, with round corners; for nonzero filling. */
struct shape
shape_grow(struct arena *a, const struct shape *s, double distance);
/* Operators m, l and h; decimals 2 or 3. */
void
shape_print(struct buf *b, const struct shape *s, int decimals);

#endif
