#include "importing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_site *site = fuzz_site("in", "page.md");
	char folder[320];
	struct arena *arena = arena_new();
	struct import_options options = { 0 };
	struct import_summary *sum = calloc(1, sizeof *sum);
	struct error err = { 0 };
	fuzz_write(site, data, n);
	snprintf(folder, sizeof folder, "%.60s/in", site->dir);
	if (arena && sum && !import_markdown(site->store, folder, &options, sum, arena, &err) && err.message[0] == '\0')
		abort();
	free(sum);
	arena_free(arena);
	return 0;
}
