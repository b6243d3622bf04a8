#include "store/inner.h"

/* The log's entries, the roots of its whole subtrees of 256, 65536, …, and the heads that were published. */

#define HOUR 3600

bool leaf_add(struct store_tx *tx, int64_t campaign, int64_t n, struct str entry, struct error *err)
{
	return db_exec(
	    tx->conn, err, "INSERT INTO campaign_leaf (campaign, n, entry) VALUES ($1, $2, $3)", "iib", campaign, n, entry);
}

bool tile_add(struct store_tx *tx, int64_t campaign, int level, int64_t n, const unsigned char hash[LOG_HASH_BYTES],
    struct error *err)
{
	return db_exec(tx->conn, err, "INSERT INTO campaign_tile (campaign, level, n, hash) VALUES ($1, $2, $3, $4)",
	    "iiib", campaign, (int64_t)level, n, str_of((const char *)hash, LOG_HASH_BYTES));
}

static bool collect(
    struct db_rows *rows, size_t count, struct str **out, size_t *n, struct arena *arena, struct error *err)
{
	*n = 0;
	*out = arena_array(arena, count, sizeof **out);
	while (rows && *out && *n < count && db_next(rows))
		(*out)[(*n)++] = db_dup(rows, 0, arena);
	bool ok = rows && db_done(rows);
	return *out ? ok : error_memory(err);
}

bool leaf_list(struct store *store, int64_t campaign, int64_t from, size_t count, struct str **out, size_t *n,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT entry FROM campaign_leaf WHERE campaign = $1 AND n >= $2 AND n < $3 ORDER BY n", "iii",
	               campaign, from, from + (int64_t)count)
	         : NULL;
	return collect(rows, count, out, n, arena, err);
}

bool tile_list(struct store *store, int64_t campaign, int level, int64_t from, size_t count, struct str **out,
    size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT hash FROM campaign_tile WHERE campaign = $1 AND level = $2 AND n >= $3 AND n < $4"
	               " ORDER BY n",
	               "iiii", campaign, (int64_t)level, from, from + (int64_t)count)
	         : NULL;
	return collect(rows, count, out, n, arena, err);
}

bool head_put(struct store_tx *tx, int64_t campaign, const struct log_head *head, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM campaign_head WHERE campaign = $1 AND at >= $2", "ii", campaign,
	           head->at - head->at % HOUR) &&
	       db_exec(tx->conn, err,
	           "INSERT INTO campaign_head (campaign, size, at, note) VALUES ($1, $2, $3, $4)"
	           " ON CONFLICT (campaign, size) DO UPDATE SET at = excluded.at, note = excluded.note",
	           "iiis", campaign, head->size, head->at, head->note);
}

static struct log_head head_row(struct db_rows *r, struct arena *arena)
{
	return (struct log_head){ db_int(r, 0), db_int(r, 1), db_dup(r, 2, arena) };
}

bool head_list(struct store *store, int64_t campaign, size_t limit, struct log_head **out, size_t *n,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!*out)
		return error_memory(err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT size, at, note FROM campaign_head WHERE campaign = $1 ORDER BY size DESC LIMIT $2", "ii",
	               campaign, (int64_t)limit)
	         : NULL;
	while (rows && *n < limit && db_next(rows))
		(*out)[(*n)++] = head_row(rows, arena);
	return rows && db_done(rows);
}

bool head_last(struct store *store, int64_t campaign, struct log_head *out, struct arena *arena, struct error *err)
{
	struct log_head *heads;
	size_t n;
	if (!head_list(store, campaign, 1, &heads, &n, arena, err))
		return false;
	if (n == 0)
		return error_set(err, ERR_NOT_FOUND, "this log has no entry yet");
	*out = heads[0];
	return true;
}
