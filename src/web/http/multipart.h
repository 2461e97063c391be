/* multipart/form-data (RFC 7578) read piece by piece: fields and small files into memory, larger files into
 * an unlinked temporary file. */
#ifndef WEB_HTTP_MULTIPART_H
#define WEB_HTTP_MULTIPART_H

#include "buf.h"
#include "http.h"

enum { MULTIPART_PARTS = 64, MULTIPART_FIELD_MAX = 256 * 1024, MULTIPART_MEMORY_MAX = 256 * 1024 };

struct multipart {
	struct arena *arena;
	const char *temp_dir;
	struct buf boundary; /* "\r\n--boundary" */
	struct buf pending;  /* bytes not yet decided about */
	enum { MULTIPART_PREAMBLE, MULTIPART_HEADERS, MULTIPART_BODY, MULTIPART_END, MULTIPART_BAD } state;
	struct http_part parts[MULTIPART_PARTS];
	unsigned parts_n;
	struct buf value;
	bool is_file;
};

/* content_type: the whole header. ERR_INVALID without a usable boundary. */
MUST_CHECK enum err
multipart_begin(struct multipart *m, struct arena *a, const char *temp_dir, struct str content_type);
MUST_CHECK enum err
multipart_feed(struct multipart *m, struct str bytes);
/* After the last byte: the parts, files rewound. ERR_INVALID when it was cut short. */
MUST_CHECK enum err
multipart_end(struct multipart *m);
/* Closes the files and frees what is not the arena's. */
void
multipart_free(struct multipart *m);

#endif
