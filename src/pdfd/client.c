#include "client.h"
#include "ipc.h"
#include "pdfd.h"
#include "utf8.h"

#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct pdfd {
	int sock;
};

enum {
	ANSWER_WAIT_MS = 120000,
	PAGES_MAX = 1000,
	SIDE_MAX = 20000,
	SIGNATURES_MAX = 10000,
	REMARKS_MAX = 100,
	ANCHORS_MAX = 256 << 10,
	TEXT_LINE_MAX = 1000,
	NAME_MAX_BYTES = 1000,
	COVER_MAX = 8 << 20
};

enum err
pdfd_client_new(struct arena *a, int sock, struct pdfd **ret)
{
	struct pdfd *d = ARENA_NEW(a, struct pdfd);
	d->sock = sock;
	*ret = d;
	return OK;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The output, copied into the arena: the server's word on its length is not believed but checked. */
static enum err
copy_output(int fd, uint64_t length, struct arena *a, struct str *ret)
{
	struct stat st;
	void *p;
	if (length > PDFD_OUTPUT_MAX || fstat(fd, &st) || (uint64_t)st.st_size != length)
		return ERR_PEER;
	TRY(arena_try(a, (size_t)length + 1, 1, &p));
	for (size_t at = 0; at < length;) {
		ssize_t n = pread(fd, (char *)p + at, (size_t)length - at, (off_t)at);
		if (n <= 0)
			return ERR_PEER;
		at += (size_t)n;
	}
	*ret = str_make(p, (size_t)length);
	return OK;
}

static enum err
ask_about(struct pdfd *d, const struct pdfd_question *q, const struct str input[3], struct arena *a,
    struct str *ret)
{
	int memory CLEANUP(close_fd) = -1, pair[2];
	size_t left = PDFD_INPUT_MAX;
	if (input[2].n == 0)
		return ERR_NOT_PDF;
	for (int i = 0; i < 3; left -= input[i++].n)
		if (input[i].n > left)
			return ERR_TOO_LARGE;
	TRY(ipc_memfd(input, 3, &memory));
	TRY(ipc_pair(pair));
	int mine CLEANUP(close_fd) = pair[0], theirs CLEANUP(close_fd) = pair[1];
	struct ipc_frame f = {
	    .kind = IPC_PDF_ASK, .payload = str_make(q, sizeof(*q)), .fds = {memory, theirs}, .fds_n = 2};
	TRY(ipc_send(d->sock, &f));
	close(theirs);
	theirs = -1; /* if the server dies now, reading ends instead of waiting */
	struct pdfd_answer answer;
	TRY(ipc_recv(mine, a, ANSWER_WAIT_MS, &f));
	int output CLEANUP(close_fd) = f.fds_n ? f.fds[0] : -1;
	if (f.kind != IPC_PDF_ANSWER || f.payload.n != sizeof(answer))
		return ERR_PEER;
	memcpy(&answer, f.payload.p, sizeof(answer));
	if (answer.error >= ERR_COUNT)
		return ERR_PEER;
	if (answer.error != OK)
		return (enum err)answer.error;
	return output < 0 ? ERR_PEER : copy_output(output, answer.length, a, ret);
}

static enum err
ask(struct pdfd *d, const struct pdfd_question *q, struct str input, struct arena *a, struct str *ret)
{
	return ask_about(d, q, (const struct str[3]){STR_NONE, STR_NONE, input}, a, ret);
}

/* ---- reading an output that may be hostile ---- */
static const int64_t TIME_MAX_MS = 253402300800000; /* the end of the year 9999 */

static bool
take(struct str *s, void *ret, size_t n)
{
	if (s->n < n)
		return false;
	memcpy(ret, s->p, n);
	*s = str_slice(*s, n, s->n);
	return true;
}

static bool
take_str(struct str *s, struct str *ret)
{
	uint64_t n;
	if (!take(s, &n, sizeof(n)) || n > s->n)
		return false;
	*ret = str_slice(*s, 0, (size_t)n);
	*s = str_slice(*s, (size_t)n, s->n);
	return true;
}

static bool
take_length_mm(struct str *s, double *ret)
{
	return take(s, ret, sizeof(*ret)) && isfinite(*ret) && *ret > 0 && *ret < SIDE_MAX;
}

static bool
take_info(struct str *s, struct arena *a, struct document_info *info)
{
	uint32_t pages, place;
	if (!take(s, &pages, sizeof(pages)) || pages == 0 || pages > PAGES_MAX)
		return false;
	info->pages_n = pages;
	info->pages = ARENA_ARRAY(a, struct document_page, pages);
	for (uint32_t i = 0; i < pages; i++) {
		struct document_page *p = &info->pages[i];
		if (!take_length_mm(s, &p->width_mm) || !take_length_mm(s, &p->height_mm) ||
		    !take_str(s, &p->text))
			return false;
	}
	if (!take(s, &place, sizeof(place)) || !take(s, &info->place_x_mm, sizeof(double)) ||
	    !take(s, &info->place_y_mm, sizeof(double)))
		return false;
	bool sane = place <= pages && isfinite(info->place_x_mm) && isfinite(info->place_y_mm) &&
	            info->place_x_mm >= 0 && info->place_x_mm < SIDE_MAX && info->place_y_mm >= 0 &&
	            info->place_y_mm < SIDE_MAX;
	info->place_page = sane ? place : 0;
	return true;
}

static bool
take_flag(struct str *s, bool *ret)
{
	uint32_t v;
	if (!take(s, &v, sizeof(v)) || v > 1)
		return false;
	*ret = v;
	return true;
}

/* What others wrote, for one line; what cannot be shown as such is not shown at all. */
static bool
take_line(struct str *s, struct arena *a, struct str *ret)
{
	if (!take_str(s, ret) || ret->n > TEXT_LINE_MAX)
		return false;
	if (utf8_line(a, *ret, TEXT_LINE_MAX, ret) != OK)
		*ret = STR("?");
	return true;
}

static bool
take_original(struct str *s, struct arena *a, struct document_original *ret)
{
	uint32_t n;
	if (!take_line(s, a, &ret->title) || !take(s, &n, sizeof(n)))
		return false;
	ret->signatures_n = n;
	ret->listed_n = n < DOCUMENT_LISTED_MAX ? n : DOCUMENT_LISTED_MAX;
	ret->signatures = ARENA_ARRAY(a, struct document_original_signature, ret->listed_n + 1);
	for (unsigned i = 0; i < ret->listed_n; i++) {
		struct document_original_signature *one = &ret->signatures[i];
		if (!take_line(s, a, &one->field) || !take_line(s, a, &one->name) ||
		    !take_line(s, a, &one->time) || !take_flag(s, &one->is_timestamp))
			return false;
	}
	return s->n == 0;
}

/* With cover and name, or neither. */
static enum err
intake(struct pdfd *d, struct str pdf, struct str footer, struct str cover, struct str name, struct arena *a,
    struct document_info *ret, struct str *ret_pdf)
{
	struct pdfd_question q = {
	    .kind = PDFD_INTAKE, .first_n = (uint32_t)name.n, .second_n = (uint32_t)cover.n};
	struct document_info info = {0};
	struct str out, normal;
	bool is_signed;
	snprintf(q.footer, sizeof(q.footer), "%.*s", STR_ARG(footer));
	TRY(ask_about(d, &q, (const struct str[3]){name, cover, pdf}, a, &out));
	uint32_t notes;
	if (!take_flag(&out, &is_signed))
		return ERR_PEER;
	if (is_signed) {
		*ret = info;
		return !cover.n && take_original(&out, a, &ret->original) ? ERR_PDF_SIGNED : ERR_PEER;
	}
	if (!take_str(&out, &normal) || !take_info(&out, a, &info) || !take(&out, &notes, sizeof(notes)) ||
	    notes >> DOCUMENT_NOTES)
		return ERR_PEER;
	info.notes = notes;
	*ret = info;
	*ret_pdf = normal;
	return OK;
}

enum err
documents_intake(struct pdfd *d, struct str pdf, struct str footer, struct arena *a,
    struct document_info *ret, struct str *ret_pdf)
{
	return intake(d, pdf, footer, STR_NONE, STR_NONE, a, ret, ret_pdf);
}

enum err
documents_cover(struct pdfd *d, struct str pdf, struct str name, struct str cover, struct str footer,
    struct arena *a, struct document_info *ret, struct str *ret_pdf)
{
	if (cover.n == 0 || cover.n > COVER_MAX || name.n == 0 || name.n > NAME_MAX_BYTES ||
	    !utf8_valid(name))
		return ERR_INVALID;
	return intake(d, pdf, footer, cover, name, a, ret, ret_pdf);
}

/* 0, or a moment that a calendar has. */
static bool
take_time(struct str *s, int64_t *ret)
{
	return take(s, ret, sizeof(*ret)) && *ret >= 0 && *ret < TIME_MAX_MS;
}

static bool
take_signature(struct str *s, struct document_signature *ret)
{
	struct str *const texts[] = {&ret->kind, &ret->problem, &ret->signer, &ret->reason, &ret->level,
	    &ret->followed_by, &ret->certificate, &ret->issuer, &ret->certificate_sha256, &ret->valid_until};
	uint32_t revision;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!take_str(s, texts[i]))
			return false;
		if (!utf8_valid(*texts[i]))
			*texts[i] = STR("?");
	}
	if (!take_time(s, &ret->claimed_ms) || !take_time(s, &ret->timestamp_ms) ||
	    !take_flag(s, &ret->is_timestamp) || !take_flag(s, &ret->sound) || !take_flag(s, &ret->trusted) ||
	    !take(s, &revision, sizeof(revision)))
		return false;
	ret->revision = revision;
	return true;
}

static bool
take_remarks(struct str *s, struct arena *a, struct document_verdict *ret)
{
	uint32_t n;
	if (!take(s, &n, sizeof(n)) || n > REMARKS_MAX)
		return false;
	ret->remarks = ARENA_ARRAY(a, struct str, n);
	for (ret->remarks_n = 0; ret->remarks_n < n; ret->remarks_n++)
		if (!take_str(s, &ret->remarks[ret->remarks_n]) || !utf8_valid(ret->remarks[ret->remarks_n]))
			return false;
	return true;
}

static bool
take_verdict(struct str *s, struct arena *a, struct document_verdict *ret)
{
	uint32_t kind, revisions, n;
	if (!take(s, &kind, sizeof(kind)) || kind > DOCUMENT_UNREADABLE || !take_str(s, &ret->headline) ||
	    !take_str(s, &ret->sha256) || !take(s, &revisions, sizeof(revisions)) ||
	    !take(s, &n, sizeof(n)) || n > SIGNATURES_MAX || !utf8_valid(ret->headline))
		return false;
	ret->kind = (enum document_verdict_kind)kind;
	ret->revisions = revisions;
	ret->signatures = ARENA_ARRAY(a, struct document_signature, n + 1);
	for (ret->signatures_n = 0; ret->signatures_n < n; ret->signatures_n++)
		if (!take_signature(s, &ret->signatures[ret->signatures_n]))
			return false;
	return take_remarks(s, a, ret);
}

static bool
take_pair(struct str *s, struct arena *a, struct document_pair *ret)
{
	return take_flag(s, &ret->fits) && take_flag(s, &ret->swapped) && take_str(s, &ret->sentence) &&
	       take_str(s, &ret->document_id) && utf8_valid(ret->sentence) && utf8_valid(ret->document_id) &&
	       take_verdict(s, a, &ret->contract) && take_verdict(s, a, &ret->certificate);
}

enum err
documents_verify(struct pdfd *d, struct str pdf, struct str anchors_pem, bool english, struct arena *a,
    struct document_verdict *ret)
{
	struct pdfd_question q = {
	    .kind = PDFD_VERIFY, .first_n = (uint32_t)anchors_pem.n, .english = english};
	struct document_verdict v = {0};
	struct str out;
	if (pdf.n == 0 || anchors_pem.n > ANCHORS_MAX)
		return ERR_INVALID;
	TRY(ask_about(d, &q, (const struct str[3]){anchors_pem, STR_NONE, pdf}, a, &out));
	if (!take_verdict(&out, a, &v) || out.n)
		return ERR_PEER;
	*ret = v;
	return OK;
}

enum err
documents_pair(struct pdfd *d, struct str first, struct str second, struct str anchors_pem, bool english,
    struct arena *a, struct document_pair *ret)
{
	struct pdfd_question q = {.kind = PDFD_VERIFY,
	    .first_n = (uint32_t)anchors_pem.n,
	    .second_n = (uint32_t)second.n,
	    .english = english};
	struct document_pair p = {0};
	struct str out;
	if (first.n == 0 || second.n == 0 || anchors_pem.n > ANCHORS_MAX)
		return ERR_INVALID;
	TRY(ask_about(d, &q, (const struct str[3]){anchors_pem, second, first}, a, &out));
	if (!take_pair(&out, a, &p) || out.n)
		return ERR_PEER;
	*ret = p;
	return OK;
}

enum err
documents_render(
    struct pdfd *d, struct str pdf, unsigned page, unsigned width_px, struct arena *a, struct str *ret_png)
{
	struct pdfd_question q = {.kind = PDFD_RENDER, .page = page, .width_px = width_px};
	struct str out;
	if (page == 0 || page > PAGES_MAX || width_px < 200 || width_px > 2000)
		return ERR_INVALID;
	TRY(ask(d, &q, pdf, a, &out));
	if (!str_starts(out, STR("\x89PNG\r\n\x1a\n")))
		return ERR_PEER;
	*ret_png = out;
	return OK;
}

enum err
documents_image(
    struct pdfd *d, struct str image, struct arena *a, struct str *ret_rgba, unsigned *ret_w, unsigned *ret_h)
{
	struct pdfd_question q = {.kind = PDFD_IMAGE};
	struct str out;
	uint32_t w, h;
	enum err e = ask(d, &q, image, a, &out);
	if (e == ERR_NOT_PDF || e == ERR_PDF_BROKEN || e == ERR_PDF_LIMIT || e == ERR_PDF_TIMEOUT)
		return ERR_IMAGE;
	TRY(e);
	if (!take(&out, &w, sizeof(w)) || !take(&out, &h, sizeof(h)) || w == 0 || h == 0 || w > 2000 ||
	    h > 2000 || out.n != (size_t)w * h * 4)
		return ERR_PEER;
	*ret_rgba = out;
	*ret_w = w;
	*ret_h = h;
	return OK;
}
