/* An empty site of its own for each test of the store, gone after it. */
#ifndef KAIRAN_TESTS_STORE_SITE_H
#define KAIRAN_TESTS_STORE_SITE_H

#include "../unit.h"

#include "store/store.h"

#include <unistd.h>

struct site {
	struct store *store;
	struct arena *arena;
	char dir[64];
};

static inline int open_site(void **state)
{
	struct error err = { 0 };
	struct site *s = calloc(1, sizeof *s);
	assert_non_null(s);
	strcpy(s->dir, "/tmp/kairan-store-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->arena = arena_new();
	s->store = store_open(arena_cstr(s->arena, arena_printf(s->arena, "%s/kairan.db", s->dir)), true, &err);
	assert_non_null(s->store);
	*state = s;
	return 0;
}

static inline int close_site(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	struct site *s = *state;
	store_close(s->store);
	for (size_t i = 0; i < 3; i++)
		unlink(arena_cstr(s->arena, arena_printf(s->arena, "%s/kairan.db%s", s->dir, ends[i])));
	rmdir(s->dir);
	arena_free(s->arena);
	free(s);
	return 0;
}

#endif
