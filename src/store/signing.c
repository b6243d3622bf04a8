#include "store/inner.h"

/* What waits for its confirmation: ciphertexts whose keys stand in mailed links. */

static struct str id_of(const unsigned char id[PENDING_ID_BYTES])
{
	return str_of((const char *)id, PENDING_ID_BYTES);
}

bool pending_add(struct store_tx *tx, const unsigned char id[PENDING_ID_BYTES], int64_t campaign, struct str sealed,
    int64_t expires_at, struct error *err)
{
	return db_exec(tx->conn, err,
	    "INSERT INTO signing_pending (id, campaign, sealed, expires_at) VALUES ($1, $2, $3, $4)", "bibi", id_of(id),
	    campaign, sealed, expires_at);
}

bool pending_find(struct store *store, const unsigned char id[PENDING_ID_BYTES], int64_t campaign, int64_t now,
    struct str *sealed, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT sealed FROM signing_pending WHERE id = $1 AND campaign = $2 AND expires_at > $3", "bii",
	               id_of(id), campaign, now)
	         : NULL;
	bool found = rows && db_next(rows);
	if (found)
		*sealed = db_dup(rows, 0, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "this link was used, or has expired");
}

bool pending_remove(struct store_tx *tx, const unsigned char id[PENDING_ID_BYTES], bool *was_there, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM signing_pending WHERE id = $1", "b", id_of(id)))
		return false;
	*was_there = db_changes(tx->conn) > 0;
	return true;
}

bool pending_count(struct store *store, int64_t *n, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, n, "SELECT COUNT(*) FROM signing_pending", "");
}

bool pending_expire(struct store_tx *tx, int64_t now, size_t limit, size_t *n, struct error *err)
{
	if (!db_exec(tx->conn, err,
	        "DELETE FROM signing_pending WHERE id IN"
	        " (SELECT id FROM signing_pending WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
	        "ii", now, (int64_t)limit))
		return false;
	*n = (size_t)db_changes(tx->conn);
	return true;
}
