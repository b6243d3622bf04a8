#include "store/inner.h"

bool redirect_save(struct store_tx *tx, struct str from, int64_t article, int64_t category, struct str path, struct error *err)
{
	if (from.n == 0 || from.n > URL_MAX || from.p[0] != '/')
		return error_set(err, ERR_INVALID, "an old address starts with a slash and is not too long");
	return db_exec(tx->conn, err,
			   "INSERT INTO redirect (source, article, category, path) VALUES ($1, $2, $3, $4)"
			   " ON CONFLICT (source) DO UPDATE SET article = $2, category = $3, path = $4",
			   "siis", from, article, category, path) &&
		change_add(tx, CHANGE_REDIRECT, 0, err);
}

static bool find(struct db_conn *conn, struct str from, struct redirect *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, "SELECT article, category, path FROM redirect WHERE source = $1", "s", from);
	bool found = rows && db_next(rows);
	if (found)
		*out = (struct redirect){ db_int(rows, 0), db_int(rows, 1), db_dup(rows, 2, arena) };
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such redirect");
}

bool redirect_find(struct store *store, struct str from, struct redirect *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && find(conn, from, out, arena, err);
}

bool redirect_find_tx(struct store_tx *tx, struct str from, struct redirect *out, struct arena *arena, struct error *err)
{
	return find(tx->conn, from, out, arena, err);
}

bool article_public_path(
	struct db_conn *conn, struct str lang, struct str slug, struct str *path, struct arena *arena, struct error *err)
{
	struct settings s;
	if (!settings_read_on(conn, &s, arena, err))
		return false;
	*path = str_eq(lang, s.default_lang) ?
		arena_printf(arena, "/articles/%.*s", (int)slug.n, slug.p) :
		arena_printf(arena, "/%.*s/articles/%.*s", (int)lang.n, lang.p, (int)slug.n, slug.p);
	return path->p ? true : error_memory(err);
}
