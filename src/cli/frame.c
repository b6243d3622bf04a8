#include "cli/cli.h"

/* What the commands on the site's own knowledge have in common: an open store, and changes that are whole or not at all. */

int on_store(struct cli *cli, size_t left, int (*run)(const struct on_store *, const void *), const void *options)
{
	struct error err = { 0 };
	struct place place;
	struct on_store at = { .cli = cli, .left = left, .arena = arena_new() };
	at.store = at.arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	int status = at.store ? run(&at, options) : fail(&err, NULL);
	store_close(at.store);
	arena_free(at.arena);
	return status;
}

bool in_one(const struct on_store *at,
    bool (*change)(const struct on_store *, struct store_tx *, void *, struct error *), void *what, struct error *err)
{
	struct store_tx *tx = store_begin(at->store, err);
	if (tx && change(at, tx, what, err))
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

int remove_one(const struct on_store *at, int64_t id, bool (*remove)(struct store_tx *, int64_t, struct error *))
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(at->store, &err);
	if (!tx || !remove(tx, id, &err)) {
		store_rollback(tx);
		return fail(&err, NULL);
	}
	return store_commit(tx, &err) ? EXIT_DONE : fail(&err, NULL);
}
