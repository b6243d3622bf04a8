#include "store/inner.h"

#define ARTICLE_COLUMNS                                                                                                \
	"SELECT a.id, a.group_id, a.lang, a.slug, a.title, a.summary, a.status, a.sticky, a.author, a.translator,"         \
	" a.created_at, a.updated_at, a.published_at, a.source, a.import_key, a.import_hash, t.format, t.preface, t.body," \
	" t.original_title, t.original_author, t.original_publisher, t.original_url, t.original_date, t.original_licence," \
	" t.original_lang, t.other_title FROM article a JOIN article_text t ON t.article = a.id "

static void fill(struct db_rows *r, struct article *a, struct arena *arena)
{
	*a = (struct article){ .id = db_int(r, 0),
		.group_id = db_int(r, 1),
		.lang = db_dup(r, 2, arena),
		.slug = db_dup(r, 3, arena),
		.title = db_dup(r, 4, arena),
		.summary = db_dup(r, 5, arena),
		.status = (enum article_status)db_int(r, 6),
		.sticky = db_int(r, 7) != 0,
		.author = db_dup(r, 8, arena),
		.translator = db_dup(r, 9, arena),
		.created_at = db_int(r, 10),
		.updated_at = db_int(r, 11),
		.published_at = db_int(r, 12),
		.source = db_dup(r, 13, arena),
		.import_key = db_dup(r, 14, arena),
		.import_hash = db_dup(r, 15, arena),
		.format = (enum doc_format)db_int(r, 16),
		.preface = db_dup(r, 17, arena),
		.body = db_dup(r, 18, arena) };
	a->original = (struct original){ .title = db_dup(r, 19, arena),
		.author = db_dup(r, 20, arena),
		.publisher = db_dup(r, 21, arena),
		.url = db_dup(r, 22, arena),
		.date = db_dup(r, 23, arena),
		.licence = db_dup(r, 24, arena),
		.lang = db_dup(r, 25, arena) };
	a->other_title = db_dup(r, 26, arena);
}

bool article_load(
    struct db_conn *conn, struct db_rows *rows, struct article *out, struct arena *arena, struct error *err)
{
	(void)conn;
	bool found = rows && db_next(rows);
	if (found)
		fill(rows, out, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such article");
}

bool article_get(struct db_conn *conn, int64_t id, struct article *out, struct arena *arena, struct error *err)
{
	return article_load(conn, db_query(conn, err, ARTICLE_COLUMNS "WHERE a.id = $1", "i", id), out, arena, err);
}

bool article_by_id(struct store *store, int64_t id, struct article *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && article_get(conn, id, out, arena, err);
}

bool article_by_slug(
    struct store *store, struct str lang, struct str slug, struct article *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && article_load(conn,
	                   db_query(conn, err, ARTICLE_COLUMNS "WHERE a.lang = $1 AND a.slug = $2", "ss", lang, slug), out,
	                   arena, err);
}

bool article_by_import_key(
    struct store_tx *tx, struct str key, struct article *out, struct arena *arena, struct error *err)
{
	return article_load(tx->conn,
	           db_query(tx->conn, err, ARTICLE_COLUMNS "WHERE a.import_key = $1 AND a.import_key <> ''", "s", key), out,
	           arena, err) &&
	       article_relations(tx->conn, out, arena, err);
}

static bool read_tags(
    struct db_conn *conn, int64_t id, struct str **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	struct db_rows *rows =
	    db_query(conn, err, "SELECT tag FROM article_tag WHERE article = $1 ORDER BY position", "i", id);
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = db_dup(rows, 0, arena);
	}
	return rows && db_done(rows);
}

bool article_relations(struct db_conn *conn, struct article *a, struct arena *arena, struct error *err)
{
	int64_t *ids = NULL;
	size_t n = 0, cap = 0, n_tags;
	struct str *tags;
	struct db_rows *rows =
	    db_query(conn, err, "SELECT category FROM article_category WHERE article = $1 ORDER BY position", "i", a->id);
	while (rows && db_next(rows)) {
		ids = grow_array(arena, ids, n, &cap, sizeof *ids);
		if (!ids)
			break;
		ids[n++] = db_int(rows, 0);
	}
	if (!rows || !db_done(rows) || !read_tags(conn, a->id, &tags, &n_tags, arena, err))
		return false;
	a->categories = ids;
	a->n_categories = n;
	a->tags = tags;
	a->n_tags = n_tags;
	return true;
}

bool tags_of_article(
    struct store *store, int64_t id, struct str **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && read_tags(conn, id, out, n, arena, err);
}

bool tag_list(struct store *store, struct tag_count **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT t.tag, COUNT(DISTINCT a.group_id) FROM article_tag t JOIN article a ON a.id = t.article"
	               " WHERE a.status = $1 AND a.id NOT IN (SELECT article FROM page) GROUP BY t.tag ORDER BY 2 DESC, 1",
	               "i", (int64_t)ARTICLE_PUBLISHED)
	         : NULL;
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = (struct tag_count){ db_dup(rows, 0, arena), db_int(rows, 1) };
	}
	return rows && db_done(rows);
}

/* ---- for the index ---- */

static bool read_text(struct store *store, int64_t id, struct article_text *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn || !article_get(conn, id, &out->article, arena, err) ||
	    !article_relations(conn, &out->article, arena, err) || !article_rendered(store, id, &out->rendered, arena, err))
		return false;
	out->article.body = out->article.preface = STR("");
	return true;
}

bool article_text_by_id(
    struct store *store, int64_t id, struct article_text *out, bool *published, struct arena *arena, struct error *err)
{
	int64_t status;
	struct error none = { 0 };
	struct db_conn *conn = db_reader(store->db, err);
	*published = false;
	if (!conn)
		return false;
	/* A page that is not to be found is as good as not published. */
	if (!db_get_int(conn, &none, &status,
	        "SELECT CASE WHEN id IN (SELECT article FROM page WHERE found = 0) THEN -1 ELSE status END"
	        " FROM article WHERE id = $1",
	        "i", id))
		return none.code == ERR_NOT_FOUND || error_set(err, none.code, "%s", none.message);
	if (status != ARTICLE_PUBLISHED)
		return true;
	*published = true;
	return read_text(store, id, out, arena, err);
}

bool article_texts(struct store *store, int64_t after, size_t limit, struct article_text **out, size_t *n,
    struct arena *arena, struct error *err)
{
	int64_t *ids = arena_array(arena, limit, sizeof *ids);
	size_t found = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!ids || !*out || !conn)
		return conn ? error_memory(err) : false;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT id FROM article WHERE id > $1 AND status = $2"
	    " AND id NOT IN (SELECT article FROM page WHERE found = 0) ORDER BY id LIMIT $3",
	    "iii", after, (int64_t)ARTICLE_PUBLISHED, (int64_t)limit);
	while (rows && found < limit && db_next(rows))
		ids[found++] = db_int(rows, 0);
	if (!rows || !db_done(rows))
		return false;
	for (size_t i = 0; i < found; i++) {
		if (!read_text(store, ids[i], &(*out)[(*n)++], arena, err))
			return false;
	}
	return true;
}
