#include "store/inner.h"

/* Sealed boxes, each with the keyed hash of its address. */

#define COLUMNS "id, campaign, leaf, signer, sealed, nonce, lang, day"

static struct signature row(struct db_rows *r, struct arena *arena)
{
	return (struct signature){ .id = db_int(r, 0),
		.campaign = db_int(r, 1),
		.leaf = db_null(r, 2) ? LEAF_NONE : db_int(r, 2),
		.signer = db_dup(r, 3, arena),
		.sealed = db_dup(r, 4, arena),
		.nonce = db_dup(r, 5, arena),
		.lang = db_dup(r, 6, arena),
		.day = db_int(r, 7) };
}

bool signature_add(struct store_tx *tx, struct signature *s, bool *added, struct error *err)
{
	bool held = s->leaf == LEAF_NONE;
	bool ok = held ? db_exec(tx->conn, err,
	                     "INSERT INTO signature (campaign, leaf, signer, sealed, nonce, lang, day)"
	                     " VALUES ($1, NULL, $2, $3, $4, $5, $6) ON CONFLICT (campaign, signer) DO NOTHING",
	                     "ibbbsi", s->campaign, s->signer, s->sealed, s->nonce, s->lang, s->day)
	               : db_exec(tx->conn, err,
	                     "INSERT INTO signature (campaign, leaf, signer, sealed, nonce, lang, day)"
	                     " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (campaign, signer) DO NOTHING",
	                     "iibbbsi", s->campaign, s->leaf, s->signer, s->sealed, s->nonce, s->lang, s->day);
	*added = ok && db_changes(tx->conn) > 0;
	if (*added)
		s->id = db_last_id(tx->conn);
	return ok;
}

bool signature_place(struct store_tx *tx, int64_t id, int64_t leaf, struct error *err)
{
	return db_exec(tx->conn, err, "UPDATE signature SET leaf = $1 WHERE id = $2", "ii", leaf, id);
}

bool signature_remove(struct store_tx *tx, int64_t id, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM signature WHERE id = $1", "i", id);
}

static bool get_on(struct db_conn *conn, int64_t id, struct signature *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, "SELECT " COLUMNS " FROM signature WHERE id = $1", "i", id);
	bool found = rows && db_next(rows);
	if (found)
		*out = row(rows, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "no such signature is held");
}

bool signature_get(struct store *store, int64_t id, struct signature *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && get_on(conn, id, out, arena, err);
}

bool signature_get_tx(struct store_tx *tx, int64_t id, struct signature *out, struct arena *arena, struct error *err)
{
	return get_on(tx->conn, id, out, arena, err);
}

bool signature_find(struct store *store, int64_t campaign, struct str signer, int64_t *id, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, id, "SELECT id FROM signature WHERE campaign = $1 AND signer = $2", "ib",
	                   campaign, signer);
}

static bool collect(
    struct db_rows *rows, size_t limit, struct signature **out, size_t *n, struct arena *arena, struct error *err)
{
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	while (rows && *out && *n < limit && db_next(rows))
		(*out)[(*n)++] = row(rows, arena);
	bool ok = rows && db_done(rows);
	return *out ? ok : error_memory(err);
}

bool signature_list(struct store *store, int64_t campaign, int64_t after, size_t limit, struct signature **out,
    size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT " COLUMNS " FROM signature WHERE id > $1 AND +campaign = $2 ORDER BY id LIMIT $3", "iii",
	               after, campaign, (int64_t)limit)
	         : NULL;
	return collect(rows, limit, out, n, arena, err);
}

bool signature_list_held(struct store_tx *tx, int64_t campaign, int64_t after, size_t limit, struct signature **out,
    size_t *n, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT " COLUMNS " FROM signature WHERE campaign = $1 AND id > $2 AND leaf IS NULL ORDER BY id LIMIT $3",
	    "iii", campaign, after, (int64_t)limit);
	return collect(rows, limit, out, n, arena, err);
}

bool signature_forget(struct store_tx *tx, int64_t campaign, size_t limit, size_t *n, struct error *err)
{
	if (!db_exec(tx->conn, err,
	        "DELETE FROM signature WHERE id IN (SELECT id FROM signature WHERE campaign = $1 LIMIT $2)", "ii", campaign,
	        (int64_t)limit))
		return false;
	*n = (size_t)db_changes(tx->conn);
	return true;
}

bool signature_any(struct store *store, int64_t campaign, bool *any, struct error *err)
{
	int64_t one;
	struct error none = { 0 };
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn)
		return false;
	*any = db_get_int(conn, &none, &one, "SELECT 1 FROM signature WHERE campaign = $1 LIMIT 1", "i", campaign);
	if (*any || none.code == ERR_NOT_FOUND)
		return true;
	if (err)
		*err = none;
	return false;
}

bool signature_count(struct store *store, int64_t campaign, int64_t *n, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, n, "SELECT COUNT(*) FROM signature WHERE campaign = $1", "i", campaign);
}
