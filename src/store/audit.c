#include "store/inner.h"

bool audit_add(struct store_tx *tx, const struct person *who, struct str action, struct str object, struct error *err)
{
	struct str name = !who ? STR("") : who->name.n ? who->name : who->login;
	return db_exec(tx->conn, err, "INSERT INTO audit (at, person, name, action, object) VALUES ($1, $2, $3, $4, $5)",
	           "iisss", clock_now(), who ? who->id : (int64_t)0, name, action, object) &&
	       db_exec(tx->conn, err, "DELETE FROM audit WHERE id <= $1", "i", db_last_id(tx->conn) - AUDIT_KEPT);
}

bool audit_list(struct store *store, int64_t before, size_t limit, struct audit **out, size_t *n, struct arena *arena,
    struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT id, at, name, action, object FROM audit WHERE $1 = 0 OR id < $1 ORDER BY id DESC LIMIT $2", "ii",
	    before, (int64_t)limit);
	while (rows && *n < limit && db_next(rows))
		(*out)[(*n)++] = (struct audit){ db_int(rows, 0), db_int(rows, 1), db_dup(rows, 2, arena),
			db_dup(rows, 3, arena), db_dup(rows, 4, arena) };
	return rows && db_done(rows);
}
