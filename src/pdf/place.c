#include "place.h"

#include <math.h>

static const double TOLERANCE_MM = 0.01;

struct pdf_matrix
page_matrix(const struct pdf_page *page)
{
	const double *box = page->crop;
	const struct pdf_matrix m[4] = {{{1, 0, 0, 1, box[0], box[1]}}, {{0, 1, -1, 0, box[2], box[1]}},
	    {{-1, 0, 0, -1, box[2], box[3]}}, {{0, -1, 1, 0, box[0], box[3]}}};

	return m[page->rotate / 90 % 4];
}

enum err
place_rect(const struct pdf_page *page, const struct pdf_place *place, double ret[4])
{
	double unit = 72 / 25.4 / page->user_unit, w = page->crop[2] - page->crop[0],
	       h = page->crop[3] - page->crop[1];
	double width = page->rotate % 180 ? h : w, height = page->rotate % 180 ? w : h;
	double x0 = place->x_mm * unit, y0 = height - (place->y_mm + place->h_mm) * unit,
	       x1 = x0 + place->w_mm * unit, y1 = height - place->y_mm * unit, slack = TOLERANCE_MM * unit;
	struct pdf_matrix m = page_matrix(page);

	if (!isfinite(x0 + y0 + x1 + y1) || place->w_mm <= 0 || place->h_mm <= 0 || x0 < -slack ||
	    y0 < -slack || x1 > width + slack || y1 > height + slack)
		return ERR_INVALID;
	double ux0 = m.v[0] * x0 + m.v[2] * y0 + m.v[4], uy0 = m.v[1] * x0 + m.v[3] * y0 + m.v[5];
	double ux1 = m.v[0] * x1 + m.v[2] * y1 + m.v[4], uy1 = m.v[1] * x1 + m.v[3] * y1 + m.v[5];
	ret[0] = fmin(ux0, ux1);
	ret[1] = fmin(uy0, uy1);
	ret[2] = fmax(ux0, ux1);
	ret[3] = fmax(uy0, uy1);
	return OK;
}
