#include "json.h"

void
json_put_string(struct buf *b, struct str s)
{
	buf_put_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		switch (c) {
		case '"': buf_put_c(b, "\\\""); break;
		case '\\': buf_put_c(b, "\\\\"); break;
		case '\b': buf_put_c(b, "\\b"); break;
		case '\f': buf_put_c(b, "\\f"); break;
		case '\n': buf_put_c(b, "\\n"); break;
		case '\r': buf_put_c(b, "\\r"); break;
		case '\t': buf_put_c(b, "\\t"); break;
		default:
			if (c < 0x20)
				buf_printf(b, "\\u%04x", c);
			else
				buf_put_byte(b, c);
		}
	}
	buf_put_byte(b, '"');
}
