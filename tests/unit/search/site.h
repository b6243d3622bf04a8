/* A site of its own for a test of search: a store and an index in a folder that goes with it. */
#ifndef KAIRAN_TESTS_SEARCH_SITE_H
#define KAIRAN_TESTS_SEARCH_SITE_H

#include "../unit.h"

#include "search/search.h"

#include <stdio.h>
#include <unistd.h>

struct site {
	char dir[64], store_path[96], index_path[96];
	struct store *store;
	struct search *search;
	struct arena *arena;
	struct error err;
};

static inline void site_open(struct site *s)
{
	*s = (struct site){ .dir = "/tmp/kairan-search-XXXXXX" };
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->store_path, sizeof s->store_path, "%s/kairan.db", s->dir);
	snprintf(s->index_path, sizeof s->index_path, "%s/index.db", s->dir);
	s->arena = arena_new();
	s->store = store_open(s->store_path, true, &s->err);
	assert_non_null(s->store);
	s->search = search_open(s->index_path, s->store, &s->err);
	assert_non_null(s->search);
}

static inline void site_close(struct site *s)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char name[128];
	search_close(s->search);
	store_close(s->store);
	arena_free(s->arena);
	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "%s%s", s->store_path, ends[i]);
		unlink(name);
		snprintf(name, sizeof name, "%s%s", s->index_path, ends[i]);
		unlink(name);
	}
	rmdir(s->dir);
}

/* Saves what is given and has the index follow; the id. */
static inline int64_t site_save(struct site *s, struct article a)
{
	struct store_tx *tx = store_begin(s->store, &s->err);
	if (a.status == ARTICLE_DRAFT)
		a.status = ARTICLE_PUBLISHED;
	assert_non_null(tx);
	assert_true(article_save(tx, &a, NULL, s->arena, &s->err));
	assert_true(store_commit(tx, &s->err));
	assert_true(search_follow(s->search, NULL, &s->err));
	return a.id;
}

static inline int64_t site_article(struct site *s, const char *lang, const char *title, const char *body)
{
	return site_save(s, (struct article){ .lang = str_from(lang), .title = str_from(title), .body = str_from(body) });
}

#endif
