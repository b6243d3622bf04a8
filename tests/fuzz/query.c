#include "web/web.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct str offered[] = { STR("ja"), STR("en") };
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct str text = str_of((const char *)data, n), path;
	struct web_param *params;
	size_t count;
	if (!arena)
		return 0;
	if (web_parse_params(text, &params, &count, arena, &err)) {
		for (size_t i = 0; i < count; i++) {
			if (!utf8_valid(params[i].name) || !utf8_valid(params[i].value))
				abort();
		}
	}
	if (web_parse_path(text, &path, arena, &err) &&
	    (!utf8_valid(path) || path.p[0] != '/' || str_find(path, STR("/../")) >= 0))
		abort();
	web_accept_language(text, offered, 2);
	arena_free(arena);
	return 0;
}
