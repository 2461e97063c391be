/* Attacks on signed files, as tables: what is done to a good file, and what the verifier has to say about it.
 * Names of the classes are those of the literature: universal forgery, incremental saving and signature
 * wrapping (Mladenov et al. 2019), shadow attacks (2020), attacks on certified documents (2021). */
#ifndef TEST_ATTACK_H
#define TEST_ATTACK_H

#include "doc.h"
#include "forge.h"

enum level {
	LEVEL_B_B = 1,
	LEVEL_B_T = 2,
	LEVEL_LTA = 4,
	LEVEL_ALL = 7,
	HEALS = 8 /* harmless once somebody signs it */
};

/* A good file, about to be attacked. */
struct target {
	struct forge *f, *stranger; /* who signed it; somebody else with keys */
	enum level level;
	bool streams;
	struct buf file;
	struct str trust; /* for the verifier; empty at first */
};

struct attack {
	const char *name;
	void (*make)(struct target *t, const struct attack *how);
	const char *problem; /* part of what has to be said */
	unsigned levels;     /* where it makes sense; 0: everywhere */
	unsigned num;        /* of an object, or whatever the maker takes */
	const char *text;
};

struct attack_table {
	const char *name;
	const struct attack *attacks;
	size_t n;
};

extern const struct attack_table USF, INCREMENTAL, WRAPPING, SHADOW, CERTIFICATION, FORM, TOKEN, CONTAINER,
    STRUCTURE;
#define ATTACK_TABLE(name, list)                                                                             \
	{                                                                                                    \
		name, list, sizeof(list) / sizeof((list)[0])                                                 \
	}

/* Objects of the page that the attacks are about. */
enum {
	CATALOG = 1,
	PAGES = 2,
	PAGE = 3,
	CONTENT = 4,
	FONT = 5,
	PICTURE = 6,
	OVERLAY = 7,
	LAYER = 8,
	INFO = 9,
	ACROFORM = 10,
	AMOUNT = 11,
	AMOUNT_LOOK = 12,
	BLANK = 13, /* an empty visible signature field */
	NEVER = 14, /* free, and referred to */
	NEXT = 20,
	GHOST = 90 /* referred to, and nowhere */
};

/* Unsigned: a page with everything that attacks are about. */
void
scene(struct buf *file, bool streams);
/* The same in the shape that shadow attacks prepare: what may change is used for drawing, too. */
void
scene_with_traps(struct buf *file, bool streams);
/* A good file of that level. */
void
target_make(struct target *t);

/* One more revision in which an object has another text. */
void
redefine(struct target *t, const struct attack *how);
/* One in which a dictionary has further entries, or, "old=>new", other ones. */
void
amend(struct target *t, const struct attack *how);
/* The same, to a revision that is being made. */
void
amend_in(struct target *t, struct doc *d, unsigned num, const char *text);
/* Other bytes of the same length, in place; "old=>new". */
void
overwrite(struct target *t, const struct attack *how);
/* Puts text over the hole or range of the newest signature, padded with spaces. */
void
overwrite_at(struct target *t, size_t from, size_t to, const char *text);

#endif
