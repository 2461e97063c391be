#include "documents.h"

struct str
document_note_words(enum document_note note, bool english)
{
	static const char *const words[DOCUMENT_NOTES][2] = {
#define NOTE(name, ja, en) [name] = {ja, en},
#include "document_notes.def"
#undef NOTE
	};
	return str_c(words[note][english]);
}
