/* An empty site of its own for each test, gone after it; and what such tests say again and again. */
#ifndef KAIRAN_TESTS_STORE_SITE_H
#define KAIRAN_TESTS_STORE_SITE_H

#include "../unit.h"

#include "store/store.h"

#include <unistd.h>

struct site {
	struct store *store;
	struct arena *arena;
	char dir[64];
	const char *path, *key; /* of the database and of the key file */
};

static inline int open_site(void **state)
{
	struct error err = { 0 };
	struct site *s = calloc(1, sizeof *s);
	assert_non_null(s);
	strcpy(s->dir, "/tmp/kairan-store-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->arena = arena_new();
	s->path = arena_printf(s->arena, "%s/kairan.db", s->dir).p;
	s->key = arena_printf(s->arena, "%s/secret.key", s->dir).p;
	s->store = store_open(s->path, true, &err);
	assert_non_null(s->store);
	*state = s;
	return 0;
}

/* With a key file. */
static inline int open_keyed_site(void **state)
{
	struct error err = { 0 };
	open_site(state);
	struct site *s = *state;
	assert_true(store_use_key(s->store, s->key, &err));
	return 0;
}

static inline int close_site(void **state)
{
	static const char *const names[] = { "kairan.db", "kairan.db-wal", "kairan.db-shm", "secret.key" };
	struct site *s = *state;
	store_close(s->store);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlink(arena_printf(s->arena, "%s/%s", s->dir, names[i]).p);
	rmdir(s->dir);
	arena_free(s->arena);
	free(s);
	return 0;
}

static inline struct store_tx *begin(struct site *s)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_non_null(tx);
	return tx;
}

static inline void commit(struct store_tx *tx)
{
	struct error err = { 0 };
	assert_true(store_commit(tx, &err));
}

static inline struct person add_person(struct site *s, const char *login, const char *name, enum role role)
{
	struct error err = { 0 };
	struct person p = { .login = str_from(login), .name = str_from(name), .lang = STR(""), .role = role };
	struct store_tx *tx = begin(s);
	assert_true(person_add(tx, &p, &err));
	commit(tx);
	return p;
}

#endif
