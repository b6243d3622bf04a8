#include "store/inner.h"

bool redirect_save(
    struct store_tx *tx, struct str from, int64_t article, int64_t category, struct str path, struct error *err)
{
	if (from.n == 0 || from.n > URL_MAX || from.p[0] != '/')
		return error_set(err, ERR_INVALID, "an old address starts with a slash and is not too long");
	if (path.n && !redirect_path_is_safe(path))
		return error_set(err, ERR_INVALID, "a redirect leads to an address of this site");
	return db_exec(tx->conn, err,
	           "INSERT INTO redirect (source, article, category, path) VALUES ($1, $2, $3, $4)"
	           " ON CONFLICT (source) DO UPDATE SET article = $2, category = $3, path = $4",
	           "siis", from, article, category, path) &&
	       change_add(tx, CHANGE_REDIRECT, 0, err);
}

static bool find(struct db_conn *conn, struct str from, struct redirect *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows =
	    db_query(conn, err, "SELECT article, category, path FROM redirect WHERE source = $1", "s", from);
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

bool redirect_find_tx(
    struct store_tx *tx, struct str from, struct redirect *out, struct arena *arena, struct error *err)
{
	return find(tx->conn, from, out, arena, err);
}

static bool names_entry(struct str field)
{
	static const char *const names[] = { "p", "page_id", "attachment_id", "cat" };
	struct str value = field, name = str_split(&value, '=');
	int64_t id;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq(name, str_from(names[i])))
			return str_to_int(value, &id) && id > 0;
	}
	return false;
}

struct str redirect_key(struct arena *arena, struct str path, struct str query)
{
	if (str_ends(path, STR("/index.php")))
		path.n -= 9;
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	if (query.n == 0)
		return path;
	while (query.n) {
		struct str field = str_split(&query, '&');
		if (names_entry(field))
			return arena_printf(
			    arena, "%.*s%s?%.*s", (int)path.n, path.p, path.n > 1 ? "/" : "", (int)field.n, field.p);
	}
	return STR("");
}

bool redirect_find_url(
    struct store_tx *tx, struct str url, struct redirect *out, struct arena *arena, struct error *err)
{
	struct str address = str_split(&url, '#'), query = address, path = uri_decode(arena, str_split(&query, '?'));
	struct str key = query.n ? redirect_key(arena, path, query) : STR("");
	if (key.n && find(tx->conn, key, out, arena, err))
		return true;
	if (key.n && err->code != ERR_NOT_FOUND)
		return false;
	return find(tx->conn, redirect_key(arena, path, STR("")), out, arena, err);
}

bool article_public_path(
    struct db_conn *conn, struct str lang, struct str slug, struct str *path, struct arena *arena, struct error *err)
{
	struct settings s;
	if (!settings_read_on(conn, &s, arena, err))
		return false;
	*path = str_eq(lang, s.default_lang)
	            ? arena_printf(arena, "/articles/%.*s", (int)slug.n, slug.p)
	            : arena_printf(arena, "/%.*s/articles/%.*s", (int)lang.n, lang.p, (int)slug.n, slug.p);
	return path->p ? true : error_memory(err);
}

bool article_paths(
    struct store *store, const struct article *a, struct str **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, ARTICLE_PATHS_MAX, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	if (!article_public_path(conn, a->lang, a->slug, &(*out)[(*n)++], arena, err))
		return false;
	struct db_rows *rows =
	    db_query(conn, err, "SELECT source FROM redirect WHERE article = $1 ORDER BY source LIMIT $2", "ii", a->id,
	        (int64_t)ARTICLE_PATHS_MAX - 1);
	while (rows && *n < ARTICLE_PATHS_MAX && db_next(rows))
		(*out)[(*n)++] = db_dup(rows, 0, arena);
	return rows && db_done(rows);
}

/* "/articles/SLUG" or "/LANG/articles/SLUG". */
bool article_at(struct db_conn *conn, struct str path, int64_t *id, struct arena *arena, struct error *err)
{
	struct settings s;
	struct str rest = str_skip(path, 1), first = str_split(&rest, '/'), lang = STR("");
	if (!str_eq(first, STR("articles"))) {
		lang = first;
		first = str_split(&rest, '/');
	}
	if (!str_eq(first, STR("articles")) || rest.n == 0)
		return error_set(err, ERR_NOT_FOUND, "this is no article's address");
	if (lang.n == 0 && !settings_read_on(conn, &s, arena, err))
		return false;
	return db_get_int(conn, err, id, "SELECT id FROM article WHERE lang = $1 AND slug = $2", "ss",
	    lang.n ? lang : s.default_lang, rest);
}

bool article_of_path(struct store *store, struct str path, int64_t *id, struct arena *arena, struct error *err)
{
	struct redirect r = { 0 };
	struct error none = { 0 };
	struct db_conn *conn = db_reader(store->db, err);
	*id = 0;
	if (!conn)
		return false;
	if (article_at(conn, path, id, arena, &none))
		return true;
	if (none.code != ERR_NOT_FOUND)
		return error_set(err, none.code, "%s", none.message);
	if (!find(conn, path, &r, arena, err))
		return false;
	*id = r.article;
	return r.article ? true : error_set(err, ERR_NOT_FOUND, "this is no article's address");
}
