#include "store/inner.h"

#include <stdlib.h>
#include <string.h>

/* What readers look for in vain. A rare question may be about a person, so it is not written down: memory holds a hash
 * of it, keyed anew in each process, and only what came back in several separate hours gets its words kept. */

#define HOUR 3600
#define SECRET 16

struct seen {
	uint8_t hash[16];
	int64_t hour;     /* of the last time */
	int hours;        /* separate ones, up to UNANSWERED_HOURS */
	int64_t searches; /* not yet written */
	char *ripe;       /* the words, once they may be kept, until they are written */
	size_t ripe_n;
};

struct watched {
	uint8_t secret[SECRET];
	struct seen v[UNANSWERED_WATCHED];
	size_t n;
	size_t n_ripe;
};

void watched_free(struct watched *w)
{
	for (size_t i = 0; w && i < w->n; i++)
		free(w->v[i].ripe);
	free(w);
}

static void hash_query(const struct watched *w, struct str query, uint8_t out[16])
{
	struct buf text = { 0 };
	char hex[HASH_HEX_MAX] = "";
	buf_add(&text, str_of((const char *)w->secret, SECRET));
	buf_add(&text, query);
	hash_hex(buf_str(&text), 16, hex);
	buf_free(&text);
	for (size_t i = 0; i < 16; i++) {
		unsigned high = (unsigned char)hex[i * 2], low = (unsigned char)hex[i * 2 + 1];
		high = high <= '9' ? high - '0' : high - 'a' + 10;
		low = low <= '9' ? low - '0' : low - 'a' + 10;
		out[i] = (uint8_t)(high << 4 | low);
	}
}

/* The entry of this hash, or a new one; when all are taken, the one that was seen least and longest ago makes room. */
static struct seen *entry_of(struct watched *w, const uint8_t hash[16])
{
	struct seen *worst = NULL;
	for (size_t i = 0; i < w->n; i++) {
		struct seen *s = &w->v[i];
		if (memcmp(s->hash, hash, 16) == 0)
			return s;
		bool worse = !worst || s->hours < worst->hours || (s->hours == worst->hours && s->hour < worst->hour);
		if (!s->ripe && worse)
			worst = s;
	}
	if (w->n < UNANSWERED_WATCHED)
		worst = &w->v[w->n++];
	if (worst) {
		*worst = (struct seen){ .hour = -1 };
		memcpy(worst->hash, hash, 16);
	}
	return worst;
}

static void note(struct watched *w, struct str query, int64_t now)
{
	uint8_t hash[16];
	hash_query(w, query, hash);
	struct seen *s = entry_of(w, hash);
	if (!s)
		return;
	s->searches++;
	if (s->hour == now / HOUR)
		return;
	s->hour = now / HOUR;
	if (s->hours < UNANSWERED_HOURS)
		s->hours++;
	if (s->hours < UNANSWERED_HOURS || s->ripe)
		return;
	s->ripe = malloc(query.n);
	if (!s->ripe)
		return;
	memcpy(s->ripe, query.p, query.n);
	s->ripe_n = query.n;
	w->n_ripe++;
}

void unanswered_note(struct store *store, struct str query, int64_t now)
{
	struct arena *arena = arena_new();
	struct str normal = arena ? query_normal(query, arena) : STR("");
	if (normal.n) {
		pthread_mutex_lock(&store->readers);
		if (!store->watched && (store->watched = calloc(1, sizeof *store->watched)))
			random_bytes(store->watched->secret, SECRET);
		if (store->watched)
			note(store->watched, normal, now);
		pthread_mutex_unlock(&store->readers);
	}
	arena_free(arena);
}

/* ---- written ---- */

/* Takes what is ripe out of memory. */
static struct unanswered *take_ripe(struct watched *w, size_t *n, struct arena *arena)
{
	struct unanswered *out = arena_array(arena, w->n_ripe, sizeof *out);
	for (size_t i = 0; out && i < w->n; i++) {
		struct seen *s = &w->v[i];
		if (!s->ripe || *n == w->n_ripe)
			continue;
		struct unanswered *u = &out[(*n)++];
		u->query = arena_dup(arena, str_of(s->ripe, s->ripe_n));
		u->searches = s->searches;
		u->last_day = str_sub(time_rfc3339(arena, s->hour * HOUR), 0, 10);
		free(s->ripe);
		s->ripe = NULL;
		s->searches = 0;
	}
	w->n_ripe = 0;
	return out;
}

static bool write_all(struct store *store, const struct unanswered *all, size_t n, struct error *err)
{
	struct store_tx *tx = store_begin(store, err);
	bool ok = tx != NULL;
	for (size_t i = 0; ok && i < n; i++)
		ok = db_exec(tx->conn, err,
		    "INSERT INTO unanswered (query, searches, first_day, last_day) VALUES ($1, $2, $3, $3)"
		    " ON CONFLICT (query) DO UPDATE SET searches = unanswered.searches + $2, last_day = $3",
		    "sis", all[i].query, all[i].searches, all[i].last_day);
	ok = ok && db_exec(tx->conn, err,
	               "DELETE FROM unanswered WHERE query NOT IN"
	               " (SELECT query FROM unanswered ORDER BY last_day DESC, searches DESC, query LIMIT $1)",
	               "i", (int64_t)UNANSWERED_KEPT);
	if (ok)
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

bool unanswered_flush(struct store *store, struct error *err)
{
	size_t n = 0;
	struct unanswered *ripe = NULL;
	struct arena *arena = NULL;
	pthread_mutex_lock(&store->readers);
	if (store->watched && store->watched->n_ripe && (arena = arena_new()))
		ripe = take_ripe(store->watched, &n, arena);
	pthread_mutex_unlock(&store->readers);
	bool ok = n == 0 || write_all(store, ripe, n, err);
	arena_free(arena);
	return ok;
}

bool unanswered_list(struct store *store, struct unanswered **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, UNANSWERED_KEPT, sizeof **out);
	if (!*out || !conn)
		return conn ? error_memory(err) : false;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT query, searches, first_day, last_day FROM unanswered WHERE dismissed = 0"
	    " ORDER BY searches DESC, last_day DESC, query LIMIT $1",
	    "i", (int64_t)UNANSWERED_KEPT);
	while (rows && *n < UNANSWERED_KEPT && db_next(rows))
		(*out)[(*n)++] = (struct unanswered){ db_dup(rows, 0, arena), db_int(rows, 1), db_dup(rows, 2, arena),
			db_dup(rows, 3, arena) };
	return rows && db_done(rows);
}

bool unanswered_dismiss(struct store_tx *tx, struct str query, struct error *err)
{
	if (!db_exec(tx->conn, err, "UPDATE unanswered SET dismissed = 1 WHERE query = $1 AND dismissed = 0", "s", query))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no such search in vain");
}
