/* The seal form's state: what was chosen before, or what has just been typed. */
#ifndef WEB_PAGE_SEAL_DRAFT_H
#define WEB_PAGE_SEAL_DRAFT_H

#include "app.h"
#include "inkan.h"

/* The cards: the four typefaces with the family name (enum inkan_face), then the full name in 古印体風. */
enum { SEAL_CHOICE_FULL = INKAN_MINCHO + 1, SEAL_CHOICES };

struct seal_draft {
	struct str method; /* "text", "image", "ink" */
	struct str family, given;
	unsigned choice;
};

/* From what the signer chose before, else from the name on record. */
void
seal_draft_start(struct arena *a, const struct sign_view *v, struct seal_draft *ret);
/* From a posted form; anything strange becomes a default. */
void
seal_draft_typed(struct arena *a, struct str method, struct str family, struct str given, struct str face,
    struct seal_draft *ret);
/* The text of a card; empty when nothing was typed. */
struct str
seal_draft_text(struct arena *a, const struct seal_draft *d, unsigned choice);
enum inkan_face
seal_choice_face(unsigned choice);
/* A size that inkan_kojin() takes. */
double
seal_clamp_mm(double size_mm);

#endif
