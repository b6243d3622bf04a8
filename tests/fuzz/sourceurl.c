#include "store/store.h"

#include <assert.h>

/* One spelling of an address: spelling it again changes nothing. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct str url = arena_dup(arena, str_of((const char *)data, size));
	struct str key = source_key(url, arena);
	assert(key.n == 0 || str_starts(key, STR("https://")));
	source_archived(url);
	source_archive_guess(url, url, arena);
	arena_free(arena);
	return 0;
}
