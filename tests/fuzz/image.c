#include "image/inner.h"

#include <assert.h>

/* What this process itself reads of a picture: its type and size, and the chunks of a WebP file that go. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct str s = arena_dup(arena, str_of((const char *)data, size)), type;
	int width = 0, height = 0;
	if (image_read(s, &type, &width, &height))
		assert(width > 0 && height > 0 && image_extension(type)[0] != 'b');
	image_other_kind(s);
	struct str bare = webp_bare(s, arena);
	assert(bare.n <= s.n);
	assert(webp_bare(bare, arena).n == bare.n);
	arena_free(arena);
	return 0;
}
