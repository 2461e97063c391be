/* What the signer's handlers share: the top of every screen, who is at the other end, faults in words. */
#ifndef WEB_PAGE_PAGE_H
#define WEB_PAGE_PAGE_H

#include "http.h"
#include "pages.h"
#include "tmpl.h"

/* A template's ground: writes into the response, speaks the reader's language. */
struct tmpl
page_tmpl(struct http_ctx *c);
struct str
page_pick(const struct http_ctx *c, struct str ja, struct str en);

/* Top of a screen that belongs to no contract. */
void
page_top_plain(struct http_ctx *c, struct page_top *ret);
/* Top of a screen reached by a link, before there is a session. */
void
page_top_link(struct http_ctx *c, struct str token, const struct link_view *v, struct page_top *ret);
/* Top of a signing screen: steps that do not apply are absent and the numbers close up. */
void
page_top_sign(struct http_ctx *c, const struct sign_view *v, enum page_step now, struct page_top *ret);

/* The signer of /s/{id}/...: ERR_LOGIN unless the session is that participant's. ret lives in the arena. */
MUST_CHECK enum err
page_signer(struct http_ctx *c, struct sign_view **ret);
/* The same, at a step. When the step may not be shown now (not reached, absent, concluded) a redirect to the
 * right one is answered and *ret is NULL. */
MUST_CHECK enum err
page_signer_at(struct http_ctx *c, enum sign_step step, struct sign_view **ret);
/* Path segment of a step, and the step before it that applies. */
const char *
page_step_path(enum sign_step step);
enum sign_step
page_step_before(const struct sign_view *v, enum sign_step step);
enum sign_step
page_step_current(const struct sign_view *v);

/* Rows of all pages with the signer's impressions on them, and the list of these. */
void
page_rows(struct http_ctx *c, const struct sign_view *v, struct page_row **ret, size_t *ret_n);
void
page_marks(struct http_ctx *c, const struct sign_view *v, struct page_mark **ret, size_t *ret_n);
unsigned
page_height_px(double width_mm, double height_mm);

void
page_faults_from(const struct http_ctx *c, const struct faults *f, struct page_faults *ret);
/* Puts the session into its cookie and goes to the contract. */
MUST_CHECK enum err
page_sign_enter(struct http_ctx *c, struct str session);

/* Who asks for a kept contract: by a link (/l/{token}/keep...), or by the session of a signer
 * (/s/{id}/keep...).
 */
struct keep_who {
	struct str base, token, session; /* token or session, the other is empty */
};
MUST_CHECK enum err
keep_who(struct http_ctx *c, struct keep_who *ret);

void
page_fault_add(struct page_faults *f, struct str field, struct str message);
/* An error in the reader's language. */
struct str
page_err_text(const struct http_ctx *c, enum err e);

/* "12.png" -> 12, ?w= -> one of 720, 1080, 1440. ERR_NOT_FOUND. */
MUST_CHECK enum err
page_image_args(const struct http_ctx *c, struct str segment, unsigned *ret_page, unsigned *ret_width);
/* Answers an image that the browser may keep and ask about again. */
void
page_image_answer(struct http_ctx *c, struct str mime, struct str bytes);

#endif
