#include "view/view.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The input is a template, data and partials, with a zero byte between. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str rest = str_of((const char *)data, n);
	struct str template = str_split(&rest, '\0'), json = str_split(&rest, '\0');
	struct buf out = { .max = 1 << 20 };
	struct error err = { 0 };
	view_render_text(template, json, rest, &out, &err);
	buf_free(&out);
	return 0;
}
