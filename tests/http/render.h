/* What the two halves of the render program share. */
#ifndef TESTS_HTTP_RENDER_H
#define TESTS_HTTP_RENDER_H

#include "sender_pages.h"
#include "templates.h"

extern struct arena arena;
extern bool english;
extern struct tmpl tmpl;

#define NEW(type) ARENA_NEW(&arena, struct type)

/* Sample text in the language that is rendered now: the English screens hold no Japanese unless a template
 * leaves it there. */
struct str
say(const char *ja, const char *en);
/* What was rendered goes to its file. */
void
save(const char *name);
void
sender_screens(void);

#endif
