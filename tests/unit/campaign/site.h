/* A store with a key file and one campaign, in a folder of its own; for the tests of this module. */
#ifndef KAIRAN_TESTS_CAMPAIGN_SITE_H
#define KAIRAN_TESTS_CAMPAIGN_SITE_H

#include "../unit.h"

#include "campaign/campaign.h"
#include "../../../src/campaign/inner.h"

#include <stdio.h>
#include <unistd.h>

struct site {
	struct store *store;
	struct campaigns *campaigns;
	struct arena *arena;
	struct campaign campaign;
	unsigned char public_key[SEAL_KEY_BYTES], secret_key[SEAL_KEY_BYTES];
	char dir[64], key_text[CAMPAIGN_KEY_TEXT];
	const char *path, *key;
};

static inline void start_site(struct site *s)
{
	struct error err = { 0 };
	s->store = store_open(s->path, true, &err);
	assert_non_null(s->store);
	assert_true(store_use_key(s->store, s->key, &err));
	s->campaigns = campaigns_new(s->store, &err);
	assert_non_null(s->campaigns);
}

static inline void end_site(struct site *s)
{
	campaigns_free(s->campaigns);
	store_close(s->store);
}

static inline int open_site(void **state)
{
	struct site *s = calloc(1, sizeof *s);
	assert_non_null(s);
	strcpy(s->dir, "/tmp/kairan-campaign-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->arena = arena_new();
	s->path = arena_printf(s->arena, "%s/kairan.db", s->dir).p;
	s->key = arena_printf(s->arena, "%s/secret.key", s->dir).p;
	key_pair_new(s->public_key, s->secret_key);
	public_key_write(s->public_key, s->key_text);
	s->campaign = (struct campaign){ .id = 7, .slug = STR("water"), .public_key = str_from(s->key_text) };
	random_bytes(s->campaign.public_id, sizeof s->campaign.public_id);
	start_site(s);
	*state = s;
	return 0;
}

static inline int close_site(void **state)
{
	static const char *const names[] = { "kairan.db", "kairan.db-wal", "kairan.db-shm", "secret.key" };
	struct site *s = *state;
	end_site(s);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlink(arena_printf(s->arena, "%s/%s", s->dir, names[i]).p);
	rmdir(s->dir);
	arena_free(s->arena);
	free(s);
	return 0;
}

#endif
