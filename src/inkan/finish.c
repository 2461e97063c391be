/* Ink finish: blurred, pooled at the joints, uneven in tone, with pinholes (screens.md 4.3 step 5). */
#include "raster.h"

#include "id.h"

#include <math.h>
#include <stdint.h>

static const double BLUR_MM = 0.045, THRESHOLD = 0.46, RAMP = 0.16, PINHOLE = 2.55;

struct noise {
	uint32_t seed;
	double per_px; /* lattice cells a pixel */
};

static float
lattice(uint32_t seed, uint32_t x, uint32_t y)
{
	uint32_t h = seed ^ x * 0x8DA6B343u ^ y * 0xD8163841u;

	h = (h ^ h >> 15) * 0x2C1B3C6Du;
	h = (h ^ h >> 12) * 0x297A2D39u;
	return (float)((h ^ h >> 15) >> 8) * (1.0f / 8388608.0f) - 1.0f;
}

/* Value noise in [-1, 1], smooth between the points of a lattice; one row at a time. */
static void
noise_row(const struct noise *n, unsigned y, unsigned w, float *ret)
{
	double fy = y * n->per_px;
	uint32_t iy = (uint32_t)fy, last = UINT32_MAX;
	float ty = (float)(fy - iy), left = 0, right = 0;

	ty = ty * ty * (3 - 2 * ty);
	for (unsigned x = 0; x < w; x++) {
		double fx = x * n->per_px;
		uint32_t ix = (uint32_t)fx;
		if (ix != last) {
			float a = lattice(n->seed, ix, iy), b = lattice(n->seed, ix, iy + 1);
			float c = lattice(n->seed, ix + 1, iy), d = lattice(n->seed, ix + 1, iy + 1);
			left = a + (b - a) * ty;
			right = c + (d - c) * ty;
			last = ix;
		}
		float tx = (float)(fx - ix);
		ret[x] = left + (right - left) * tx * tx * (3 - 2 * tx);
	}
}

/* A Gaussian of this sigma, first along the rows, then along the columns. */
static void
blur(struct arena *a, const struct raster *r, double sigma, float *ret)
{
	int reach = (int)ceil(3 * sigma);
	float *k = ARENA_ARRAY(a, float, 2 * reach + 1), sum = 0;
	float *rows = ARENA_ARRAY(a, float, (size_t)r->w * r->h);

	for (int i = -reach; i <= reach; i++)
		sum += k[i + reach] = (float)exp(-i * i / (2 * sigma * sigma));
	for (int i = 0; i <= 2 * reach; i++)
		k[i] /= sum * 255.0f;
	for (int y = 0; y < (int)r->h; y++)
		for (int x = 0; x < (int)r->w; x++) {
			float v = 0;
			int lo = x < reach ? -x : -reach,
			    hi = x + reach >= (int)r->w ? (int)r->w - 1 - x : reach;
			for (int i = lo; i <= hi; i++)
				v += k[i + reach] * r->at[(size_t)y * r->w + (size_t)(x + i)];
			rows[(size_t)y * r->w + (size_t)x] = v;
		}
	for (int i = 0; i <= 2 * reach; i++)
		k[i] *= 255.0f;
	for (int y = 0; y < (int)r->h; y++)
		for (int i = -reach; i <= reach; i++) {
			if (y + i < 0 || y + i >= (int)r->h)
				continue;
			const float *from = rows + (size_t)(y + i) * r->w;
			float *to = ret + (size_t)y * r->w;
			for (unsigned x = 0; x < r->w; x++)
				to[x] += k[i + reach] * from[x];
		}
}

enum { EDGE_FINE, EDGE_COARSE, TONE_WIDE, TONE_FINE, GRAIN, GRAIN_WIDE, NOISES };

static unsigned char
inked(float covered, float *const n[NOISES], unsigned x)
{
	float at = (float)THRESHOLD + 0.045f * n[EDGE_FINE][x] + 0.05f * n[EDGE_COARSE][x];
	float v = fminf(1, fmaxf(0, (covered - at) / (float)RAMP + 0.5f));
	float tone = fminf(1, fmaxf(0.6f, 0.93f + 0.06f * n[TONE_WIDE][x] + 0.035f * n[TONE_FINE][x]));

	/* In units of the spread of value noise, about 0.42. */
	if ((n[GRAIN][x] + 0.5f * n[GRAIN_WIDE][x]) / 0.42f > (float)PINHOLE)
		v *= 0.15f;
	return (unsigned char)(255 * v * tone + 0.5f);
}

void
raster_ink(struct arena *a, struct raster *r, double px_per_mm, struct str seed)
{
	static const double cell_mm[NOISES] = {0.09, 0.30, 3.2, 0.22, 0.07, 0.5};
	struct sha256 d = sha256_of(seed);
	struct noise noise[NOISES];
	float *rows[NOISES], *soft = ARENA_ARRAY(a, float, (size_t)r->w * r->h);

	for (int i = 0; i < NOISES; i++) {
		memcpy(&noise[i].seed, d.b + 4 * i, 4);
		noise[i].per_px = fmin(1, 1 / (cell_mm[i] * px_per_mm));
		rows[i] = ARENA_ARRAY(a, float, r->w);
	}
	blur(a, r, BLUR_MM * px_per_mm, soft);
	for (unsigned y = 0; y < r->h; y++) {
		for (int i = 0; i < NOISES; i++)
			noise_row(&noise[i], y, r->w, rows[i]);
		for (unsigned x = 0; x < r->w; x++)
			r->at[(size_t)y * r->w + x] = inked(soft[(size_t)y * r->w + x], rows, x);
	}
}
