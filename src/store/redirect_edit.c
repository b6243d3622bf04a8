#include "store/inner.h"

/* Redirects as editors see and change them: none leads away from the site, to another redirect, or back to itself. */

/* ---- reading ---- */

#define FROM_REDIRECTS "FROM redirect r WHERE ($1 = '' OR r.source LIKE $1 ESCAPE '!' OR r.path LIKE $1 ESCAPE '!') "
/* $1 pattern, $2 limit, $3 offset */
static const char PAGE[] = "SELECT r.source, r.article, r.category, r.path,"
                           " COALESCE((SELECT a.title FROM article a WHERE a.id = r.article), '') " FROM_REDIRECTS
                           "ORDER BY r.source LIMIT $2 OFFSET $3";
static const char TOTAL[] = "SELECT COUNT(*) " FROM_REDIRECTS;
static const char TOTAL_PLAIN[] = "SELECT COUNT(*) FROM redirect";

bool redirect_list(struct store *store, struct str text, size_t offset, size_t limit, struct redirect_row **out,
    size_t *n, size_t *total, struct arena *arena, struct error *err)
{
	int64_t count = 0;
	struct db_conn *conn = db_reader(store->db, err);
	struct str pattern = like_pattern(text, arena);
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!conn || !*out || !pattern.p)
		return conn ? error_memory(err) : false;
	struct db_rows *rows = db_query(conn, err, PAGE, "sii", pattern, (int64_t)limit, (int64_t)offset);
	while (rows && *n < limit && db_next(rows))
		(*out)[(*n)++] = (struct redirect_row){ .from = db_dup(rows, 0, arena),
			.to = { db_int(rows, 1), db_int(rows, 2), db_dup(rows, 3, arena) },
			.title = db_dup(rows, 4, arena) };
	if (!rows || !db_done(rows))
		return false;
	bool ok =
	    pattern.n ? db_get_int(conn, err, &count, TOTAL, "s", pattern) : db_get_int(conn, err, &count, TOTAL_PLAIN, "");
	*total = (size_t)count;
	return ok;
}

/* ---- addresses ---- */

/* "https://HOST/a/b" and "HOST/…" without what names the host. */
static struct str without_host(struct str url)
{
	if (!str_starts_ci(url, STR("https://")) && !str_starts_ci(url, STR("http://")))
		return url;
	url = str_skip(url, url.p[4] == ':' ? 7 : 8);
	while (url.n && url.p[0] != '/' && url.p[0] != '?')
		url = str_skip(url, 1);
	return url.n ? url : STR("/");
}

static bool no_controls(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < ' ' || c == 127 || c == '\\')
			return false;
	}
	return true;
}

struct str redirect_source(struct str address, struct arena *arena)
{
	struct str url = without_host(str_trim(address)), query = str_split(&url, '#');
	struct str path = uri_decode(arena, str_split(&query, '?')), key = redirect_key(arena, path, query);
	if (key.n == 0)
		key = redirect_key(arena, path, STR(""));
	bool fine =
	    key.n > 1 && key.n <= URL_MAX && key.p[0] == '/' && key.p[1] != '/' && no_controls(key) && utf8_valid(key);
	return fine ? key : STR("");
}

bool redirect_path_is_safe(struct str path)
{
	return path.n && path.n <= URL_MAX && path.p[0] == '/' && (path.n == 1 || path.p[1] != '/') && no_controls(path) &&
	       utf8_valid(path);
}

static bool category_at(struct db_conn *conn, struct str path, int64_t *id, struct error *err)
{
	struct str folder = STR("/categories/");
	if (!str_starts(path, folder))
		return error_set(err, ERR_NOT_FOUND, "this is no category's address");
	return db_get_int(conn, err, id, "SELECT id FROM category WHERE slug = $1", "s", str_skip(path, folder.n));
}

static struct str cut_slash(struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

bool redirect_target(
    struct store_tx *tx, struct str address, struct redirect *out, struct arena *arena, struct error *err)
{
	const struct settings *s = tx_settings(tx, err);
	struct error none = { 0 };
	address = str_trim(address);
	*out = (struct redirect){ .path = STR("") };
	if (!s)
		return false;
	if (s->base_url.n && str_starts(address, s->base_url) &&
	    (address.n == s->base_url.n || address.p[s->base_url.n] == '/'))
		address = address.n == s->base_url.n ? STR("/") : str_skip(address, s->base_url.n);
	if (!redirect_path_is_safe(address))
		return error_set(err, ERR_INVALID, "a redirect leads to an address of this site, which starts with one slash");
	struct str rest = address, path = uri_decode(arena, cut_slash(str_split(&rest, '?')));
	if (str_find(address, STR("?")) < 0 && str_find(address, STR("#")) < 0) {
		if (article_at(tx->conn, path, &out->article, arena, &none) ||
		    (none.code == ERR_NOT_FOUND && category_at(tx->conn, path, &out->category, &none)))
			return true;
		if (none.code != ERR_NOT_FOUND)
			return error_set(err, none.code, "%s", none.message);
	}
	out->article = out->category = 0;
	out->path = address;
	return true;
}

/* ---- checking ---- */

/* The source that a path would be looked up by; the default language has no prefix. */
static struct str key_of(const struct settings *s, struct str url, struct arena *arena)
{
	struct str rest = str_skip(url, 1), first = str_split(&rest, '/');
	if (str_eq_ci(first, s->default_lang))
		url = arena_printf(arena, "/%.*s", (int)rest.n, rest.p);
	struct str key = redirect_source(url, arena);
	return key.n ? key : url;
}

static bool own_path(
    struct store_tx *tx, const struct redirect *to, struct str *out, struct arena *arena, struct error *err)
{
	struct str lang = STR(""), slug = STR("");
	*out = to->path;
	if (!to->article && !to->category)
		return true;
	struct db_rows *rows =
	    to->article ? db_query(tx->conn, err, "SELECT slug, lang FROM article WHERE id = $1", "i", to->article)
	                : db_query(tx->conn, err, "SELECT slug, '' FROM category WHERE id = $1", "i", to->category);
	bool found = rows && db_next(rows);
	if (found) {
		slug = db_dup(rows, 0, arena);
		lang = db_dup(rows, 1, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	if (!found)
		return error_set(err, ERR_NOT_FOUND, "what the redirect leads to is gone");
	if (to->article)
		return article_public_path(tx->conn, lang, slug, out, arena, err);
	*out = arena_printf(arena, "/categories/%.*s", (int)slug.n, slug.p);
	return true;
}

/* An address that leads to this one by its path. */
static bool leads_here(struct store_tx *tx, struct str from, struct str *who, struct arena *arena, struct error *err)
{
	struct buf encoded = { 0 };
	buf_add_uri(&encoded, from, STR("/"));
	struct str other = buf_take(&encoded, arena);
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT source FROM redirect WHERE path <> '' AND (path = $1 OR path = $2) AND source <> $1 LIMIT 1", "ss",
	    from, other);
	*who = rows && db_next(rows) ? db_dup(rows, 0, arena) : STR("");
	return rows && db_done(rows);
}

bool redirect_check(struct store_tx *tx, struct str from, const struct redirect *to, enum redirect_fault *fault,
    struct str *where, struct arena *arena, struct error *err)
{
	struct str path;
	struct redirect other;
	struct error none = { 0 };
	const struct settings *s = tx_settings(tx, err);
	*fault = REDIRECT_FINE;
	*where = STR("");
	if (!s || !own_path(tx, to, &path, arena, err))
		return false;
	struct str key = key_of(s, path, arena);
	if (str_eq(key, from)) {
		*fault = REDIRECT_LOOP;
		return true;
	}
	if (to->path.n && redirect_find_tx(tx, key, &other, arena, &none)) {
		struct str goal = STR("");
		*fault = REDIRECT_CHAIN;
		if (!own_path(tx, &other, &goal, arena, &none))
			goal = STR("");
		if (goal.n && str_eq(key_of(s, goal, arena), from))
			*fault = REDIRECT_LOOP;
		*where = goal;
		return true;
	}
	if (!leads_here(tx, from, where, arena, err))
		return false;
	if (where->n)
		*fault = REDIRECT_LINKED;
	return true;
}

bool redirect_delete(struct store_tx *tx, struct str from, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM redirect WHERE source = $1", "s", from))
		return false;
	if (db_changes(tx->conn) == 0)
		return error_set(err, ERR_NOT_FOUND, "there is no redirect from this address");
	return change_add(tx, CHANGE_REDIRECT, 0, err);
}
