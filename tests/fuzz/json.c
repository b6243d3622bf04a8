#include "api/api.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The first byte chooses the action whose body the rest is; all faults that are told must be well-formed text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t actions = 0;
	if (n == 0)
		return 0;
	while (api_action_name(actions))
		actions++;
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct str body = str_of((const char *)data + 1, n - 1);
	if (arena && !api_check_body(api_action_name(data[0] % actions), body, arena, &err)) {
		if (err.code != ERR_INVALID && err.code != ERR_TOO_LARGE && err.code != ERR_NOT_FOUND)
			abort();
		if (err.message[0] == '\0')
			abort();
		/* What jansson says of a text that is none is cut by bytes. */
		if (err.message[0] == '/' &&
		    !utf8_valid(str_of(err.message, utf8_floor(str_from(err.message), strlen(err.message)))))
			abort();
	}
	arena_free(arena);
	return 0;
}
