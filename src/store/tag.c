#include "store/inner.h"

/* Tags have no rows of their own: a tag is there as long as an article bears it. */

int64_t tag_change_id(struct str tag)
{
	/* The same in every process, since the feed is read by others too. */
	char hex[HASH_HEX_MAX];
	int64_t id = 0;
	hash_hex(tag, 16, hex);
	for (size_t i = 0; i < 13; i++)
		id = id << 4 | (hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
	return id;
}

bool tags_announce(struct store_tx *tx, int64_t article, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err, "SELECT tag FROM article_tag WHERE article = $1", "i", article);
	bool ok = rows != NULL;
	while (ok && db_next(rows))
		ok = change_add(tx, CHANGE_TAG, tag_change_id(db_str(rows, 0)), err);
	return rows && db_done(rows) && ok;
}

/* ---- reading ---- */

/* $1 pattern, $2 limit, $3 offset; from an index alone */
static const char BY_NAME[] = "SELECT tag, COUNT(*) FROM article_tag WHERE ($1 = '' OR tag LIKE $1 ESCAPE '!')"
                              " GROUP BY tag ORDER BY tag LIMIT $2 OFFSET $3";
static const char BY_USE[] = "SELECT tag, COUNT(*) FROM article_tag WHERE ($1 = '' OR tag LIKE $1 ESCAPE '!')"
                             " GROUP BY tag ORDER BY 2 DESC, 1 LIMIT $2 OFFSET $3";
static const char TOTAL[] = "SELECT COUNT(DISTINCT tag) FROM article_tag WHERE ($1 = '' OR tag LIKE $1 ESCAPE '!')";

static bool count_published(struct db_conn *conn, struct tag_use *t, struct error *err)
{
	return db_get_int(conn, err, &t->articles,
	    "SELECT COUNT(DISTINCT a.group_id) FROM article_tag t JOIN article a ON a.id = t.article"
	    " WHERE t.tag = $1 AND a.status = $2 AND a.id NOT IN (SELECT article FROM page)",
	    "si", t->name, (int64_t)ARTICLE_PUBLISHED);
}

bool tag_find(struct store *store, const struct tag_filter *f, struct tag_use **out, size_t *n, size_t *total,
    struct arena *arena, struct error *err)
{
	int64_t count = 0;
	struct db_conn *conn = db_reader(store->db, err);
	struct str pattern = like_pattern(f->text, arena);
	*n = 0;
	*out = arena_array(arena, f->limit, sizeof **out);
	if (!conn || !*out || !pattern.p)
		return conn ? error_memory(err) : false;
	struct db_rows *rows =
	    db_query(conn, err, f->by_use ? BY_USE : BY_NAME, "sii", pattern, (int64_t)f->limit, (int64_t)f->offset);
	while (rows && *n < f->limit && db_next(rows))
		(*out)[(*n)++] = (struct tag_use){ .name = db_dup(rows, 0, arena), .uses = db_int(rows, 1) };
	if (!rows || !db_done(rows) || !db_get_int(conn, err, &count, TOTAL, "s", pattern))
		return false;
	*total = (size_t)count;
	for (size_t i = 0; i < *n; i++) {
		if (!count_published(conn, &(*out)[i], err))
			return false;
	}
	return true;
}

bool tag_get(struct store *store, struct str name, struct tag_use *out, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*out = (struct tag_use){ .name = name };
	if (!conn || !db_get_int(conn, err, &out->uses, "SELECT COUNT(*) FROM article_tag WHERE tag = $1", "s", name))
		return false;
	if (out->uses == 0)
		return error_set(err, ERR_NOT_FOUND, "no article has this tag");
	return count_published(conn, out, err);
}

/* ---- changing ---- */

static bool is_tag(struct str name)
{
	bool fine = name.n > 0 && name.n <= ARTICLE_TAG_MAX && utf8_valid(name) && str_eq(name, str_trim(name));
	for (size_t at = 0; fine && at < name.n;) {
		uint32_t cp = utf8_next(name, &at);
		/* A form writes tags with commas between them. */
		fine = cp >= ' ' && cp != 127 && cp != ',' && cp != 0x3001 && cp != 0xFF0C;
	}
	return fine;
}

static struct str page_path(struct str tag, struct arena *arena)
{
	struct buf out = { 0 };
	buf_adds(&out, "/tags/");
	buf_add_uri(&out, tag, STR(""));
	return buf_take(&out, arena);
}

/* Readers' pages that show the tag: its own, and those of the articles. *n counts articles of any status. */
static bool announce_tag(struct store_tx *tx, struct str name, bool *published, size_t *n, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT a.id, a.status FROM article_tag t JOIN article a ON a.id = t.article WHERE t.tag = $1", "s", name);
	bool ok = rows != NULL;
	*n = 0;
	*published = false;
	while (ok && db_next(rows)) {
		*n += 1;
		if (db_int(rows, 1) != ARTICLE_PUBLISHED)
			continue;
		*published = true;
		ok = change_add(tx, CHANGE_ARTICLE, db_int(rows, 0), err);
	}
	ok = rows && db_done(rows) && ok;
	if (ok && *n == 0)
		return error_set(err, ERR_NOT_FOUND, "no article has this tag");
	return ok && change_add(tx, CHANGE_TAG, tag_change_id(name), err);
}

/* The old page, if it was one, and all that led to it lead to `goal`. */
static bool lead_on(
    struct store_tx *tx, struct str name, struct str goal, bool had_page, struct arena *arena, struct error *err)
{
	struct str from = arena_printf(arena, "/tags/%.*s", (int)name.n, name.p), path = page_path(name, arena);
	if (!from.p || !path.p || !goal.p)
		return error_memory(err);
	return db_exec(tx->conn, err, "UPDATE redirect SET path = $2 WHERE path = $1 AND path <> ''", "ss", path, goal) &&
	       (!had_page || redirect_save(tx, from, 0, 0, goal, err));
}

bool tag_rename(struct store_tx *tx, struct str from, struct str to, bool merge, size_t *articles, struct arena *arena,
    struct error *err)
{
	int64_t there;
	size_t ignored;
	bool published, ignored_too;
	*articles = 0;
	if (!is_tag(to))
		return error_set(
		    err, ERR_INVALID, "a tag is of one line without commas, %d bytes at the most", ARTICLE_TAG_MAX);
	if (str_eq(from, to))
		return error_set(err, ERR_INVALID, "the tag is called so already");
	if (!announce_tag(tx, from, &published, articles, err) ||
	    !db_get_int(tx->conn, err, &there, "SELECT COUNT(*) FROM article_tag WHERE tag = $1", "s", to))
		return false;
	if (there && !merge)
		return error_set(err, ERR_EXISTS, "there is a tag of this name");
	if (there && !announce_tag(tx, to, &ignored_too, &ignored, err))
		return false;
	/* What the new name's page led to is past: it is a page again. */
	return db_exec(tx->conn, err, "DELETE FROM redirect WHERE source = $1", "s",
	           arena_printf(arena, "/tags/%.*s", (int)to.n, to.p)) &&
	       db_exec(tx->conn, err,
	           "DELETE FROM article_tag WHERE tag = $1 AND article IN (SELECT article FROM article_tag WHERE tag = $2)",
	           "ss", from, to) &&
	       db_exec(tx->conn, err, "UPDATE article_tag SET tag = $2 WHERE tag = $1", "ss", from, to) &&
	       change_add(tx, CHANGE_TAG, tag_change_id(to), err) &&
	       lead_on(tx, from, page_path(to, arena), published, arena, err);
}

bool tag_delete(struct store_tx *tx, struct str name, size_t *articles, struct arena *arena, struct error *err)
{
	struct buf goal = { 0 };
	bool published;
	buf_adds(&goal, "/search?q=");
	buf_add_uri(&goal, name, STR(""));
	return announce_tag(tx, name, &published, articles, err) &&
	       db_exec(tx->conn, err, "DELETE FROM article_tag WHERE tag = $1", "s", name) &&
	       lead_on(tx, name, buf_take(&goal, arena), published, arena, err);
}
