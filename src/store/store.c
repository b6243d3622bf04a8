#include "store/store.h"

#include "store/inner.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MS 50 /* how soon another process's commit is noticed */

static bool make_identity(struct store *store, struct error *err)
{
	int64_t there;
	struct db_conn *reader = db_reader(store->db, err);
	if (!reader)
		return false;
	if (db_get_int(reader, err, &there, "SELECT 1 FROM meta WHERE name = 'identity'", ""))
		return true;
	if (err->code != ERR_NOT_FOUND)
		return false;
	*err = (struct error){ 0 };
	struct arena *arena = arena_new();
	struct db_conn *conn = arena ? db_begin(store->db, err) : NULL;
	bool ok =
	    conn && db_exec(conn, err, "INSERT INTO meta (name, value) VALUES ('identity', $1) ON CONFLICT DO NOTHING", "s",
	                random_token(arena, 18));
	if (ok)
		ok = db_commit(conn, err);
	else if (conn)
		db_rollback(conn);
	arena_free(arena);
	return ok;
}

struct store *store_open(const char *path, bool create, struct error *err)
{
	struct store *store = calloc(1, sizeof *store);
	struct db_options options = { .create = create, .cache_kib = 4096 };
	pthread_condattr_t attributes;
	if (!store) {
		error_memory(err);
		return NULL;
	}
	pthread_mutex_init(&store->lock, NULL);
	pthread_mutex_init(&store->readers, NULL);
	pthread_mutex_init(&store->doors, NULL);
	pthread_cond_init(&store->hashed, NULL);
	store->questions_left = QUESTIONS_AT_ONCE;
	store->signins_left = SIGNINS_AT_ONCE;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&store->committed, &attributes);
	pthread_condattr_destroy(&attributes);
	store->db = db_open(path, &options, err);
	if (store->db && db_migrate(store->db, STORE_MIGRATIONS, STORE_MIGRATIONS_COUNT, err) &&
	    make_identity(store, err) && sources_begin(store, err))
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	db_close(store->db);
	pthread_cond_destroy(&store->committed);
	pthread_mutex_destroy(&store->lock);
	watched_free(store->watched);
	pthread_mutex_destroy(&store->readers);
	pthread_mutex_destroy(&store->doors);
	pthread_cond_destroy(&store->hashed);
	store_forget_key(store);
	free(store);
}

/* ---- transactions ---- */

struct store_tx *store_begin(struct store *store, struct error *err)
{
	struct store_tx *tx = calloc(1, sizeof *tx);
	if (!tx) {
		error_memory(err);
		return NULL;
	}
	tx->store = store;
	tx->conn = db_begin(store->db, err);
	if (tx->conn)
		return tx;
	free(tx);
	return NULL;
}

static void tx_free(struct store_tx *tx)
{
	id_set_free(&tx->categories);
	id_set_free(&tx->changes);
	arena_free(tx->arena);
	free(tx);
}

static bool write_changes(struct store_tx *tx, struct error *err)
{
	const uint64_t id_mask = ((uint64_t)1 << 56) - 1;
	for (size_t i = 0; i < tx->changes.n; i++) {
		uint64_t item = tx->changes.items[i];
		if (!db_exec(tx->conn, err, "INSERT INTO change (kind, id) VALUES ($1, $2)", "ii", (int64_t)(item >> 56),
		        (int64_t)(item & id_mask)))
			return false;
	}
	if (tx->changes.n == 0)
		return true;
	return db_exec(tx->conn, err, "DELETE FROM change WHERE seq <= (SELECT MAX(seq) FROM change) - $1", "i",
	    (int64_t)CHANGES_KEPT);
}

bool store_commit(struct store_tx *tx, struct error *err)
{
	struct store *store = tx->store;
	bool ok = counts_update(tx, err) && write_changes(tx, err);
	if (!ok)
		db_rollback(tx->conn);
	else
		ok = db_commit(tx->conn, err);
	tx_free(tx);
	pthread_mutex_lock(&store->lock);
	pthread_cond_broadcast(&store->committed);
	pthread_mutex_unlock(&store->lock);
	return ok;
}

void store_rollback(struct store_tx *tx)
{
	if (!tx)
		return;
	db_rollback(tx->conn);
	tx_free(tx);
}

const struct settings *tx_settings(struct store_tx *tx, struct error *err)
{
	if (!tx->arena && !(tx->arena = arena_new())) {
		error_memory(err);
		return NULL;
	}
	if (!tx->has_settings && !settings_read_on(tx->conn, &tx->settings, tx->arena, err))
		return NULL;
	tx->has_settings = true;
	return &tx->settings;
}

/* ---- the change feed ---- */

bool change_add(struct store_tx *tx, enum change_kind kind, int64_t id, struct error *err)
{
	return id_set_add(&tx->changes, (uint64_t)kind << 56 | (uint64_t)id, err);
}

bool change_list(struct store *store, int64_t after, size_t limit, struct change **out, size_t *n, struct arena *arena,
    struct error *err)
{
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	struct db_conn *conn = *out ? db_reader(store->db, err) : NULL;
	if (!conn)
		return *out ? false : error_memory(err);
	struct db_rows *rows = db_query(conn, err, "SELECT seq, kind, id FROM change WHERE seq > $1 ORDER BY seq LIMIT $2",
	    "ii", after, (int64_t)limit);
	while (rows && *n < limit && db_next(rows))
		(*out)[(*n)++] = (struct change){ db_int(rows, 0), (enum change_kind)db_int(rows, 1), db_int(rows, 2) };
	return rows && db_done(rows);
}

bool change_last(struct store *store, int64_t *seq, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, seq, "SELECT COALESCE(MAX(seq), 0) FROM change", "");
}

bool change_first(struct store *store, int64_t *seq, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, seq, "SELECT COALESCE(MIN(seq), 0) FROM change", "");
}

int64_t store_signal(struct store *store)
{
	return db_signal(store->db);
}

int64_t store_wait(struct store *store, int64_t last, int ms)
{
	int64_t now = store_signal(store);
	for (int waited = 0; now == last && waited < ms; waited += POLL_MS) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += POLL_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_mutex_lock(&store->lock);
		pthread_cond_timedwait(&store->committed, &store->lock, &until);
		pthread_mutex_unlock(&store->lock);
		now = store_signal(store);
	}
	return now;
}

struct str store_identity(struct store *store, struct arena *arena)
{
	struct error ignored = { 0 };
	struct str identity = STR("");
	struct db_conn *conn = db_reader(store->db, &ignored);
	struct db_rows *rows = conn ? db_query(conn, &ignored, "SELECT value FROM meta WHERE name = 'identity'", "") : NULL;
	if (rows && db_next(rows))
		identity = db_dup(rows, 0, arena);
	if (rows)
		db_done(rows);
	return identity;
}

bool store_backup(struct store *store, const char *path, struct error *err)
{
	struct error noted = { 0 };
	if (!db_backup(store->db, path, err))
		return false;
	/* The copy is there and good, whether its time could be noted or not. */
	if (!backup_noted(store, clock_now(), &noted))
		log_error(&noted, "noting the time of the backup");
	return true;
}

/* ---- small things ---- */

static size_t slot_of(const struct id_set *set, uint64_t item)
{
	size_t at = (size_t)((item * 0x9E3779B97F4A7C15u) >> 32) & (set->n_slots - 1);
	while (set->slots[at] && set->slots[at] != item + 1)
		at = (at + 1) & (set->n_slots - 1);
	return at;
}

static bool id_set_grow(struct id_set *set)
{
	struct id_set bigger = { .cap = set->cap ? set->cap * 2 : 32 };
	bigger.n_slots = bigger.cap * 2;
	bigger.items = malloc(bigger.cap * sizeof *bigger.items);
	bigger.slots = calloc(bigger.n_slots, sizeof *bigger.slots);
	if (!bigger.items || !bigger.slots) {
		id_set_free(&bigger);
		return false;
	}
	for (size_t i = 0; i < set->n; i++) {
		bigger.items[bigger.n++] = set->items[i];
		bigger.slots[slot_of(&bigger, set->items[i])] = set->items[i] + 1;
	}
	id_set_free(set);
	*set = bigger;
	return true;
}

bool id_set_add(struct id_set *set, uint64_t item, struct error *err)
{
	if (set->n == set->cap && !id_set_grow(set))
		return error_memory(err);
	size_t at = slot_of(set, item);
	if (set->slots[at])
		return true;
	set->slots[at] = item + 1;
	set->items[set->n++] = item;
	return true;
}

void id_set_free(struct id_set *set)
{
	free(set->items);
	free(set->slots);
	*set = (struct id_set){ 0 };
}

void *grow_array(struct arena *arena, void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	size_t bigger = *cap ? *cap * 2 : 16;
	void *copy = arena_array(arena, bigger, size);
	if (!copy)
		return NULL;
	if (n)
		memcpy(copy, items, n * size);
	*cap = bigger;
	return copy;
}
