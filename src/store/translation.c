#include "store/translating.h"

/* Translations in the making: rows, lists, what readers are told. */

struct str block_state_name(enum block_state state)
{
	static const char *const names[] = { "open", "draft", "done", "changed" };
	return str_from(names[state]);
}

/* ---- reading ---- */

#define COLUMNS                                                                                                    \
	"SELECT id, article, source_article, lang, source_lang, preface, author, translator, original_title,"          \
	" original_author, original_publisher, original_url, original_date, original_licence, title, made, behind_at," \
	" started_by, created_at, updated_at, blocks, blocks_done, blocks_changed FROM translation "

static void fill(struct db_rows *r, struct translation *t, struct arena *arena)
{
	*t = (struct translation){ .id = db_int(r, 0),
		.article = db_int(r, 1),
		.source_article = db_int(r, 2),
		.lang = db_dup(r, 3, arena),
		.preface = db_dup(r, 5, arena),
		.author = db_dup(r, 6, arena),
		.translator = db_dup(r, 7, arena),
		.title = db_dup(r, 14, arena),
		.made = db_dup(r, 15, arena),
		.behind_at = db_int(r, 16),
		.started_by = db_dup(r, 17, arena),
		.created_at = db_int(r, 18),
		.updated_at = db_int(r, 19),
		.blocks = db_int(r, 20),
		.done = db_int(r, 21),
		.changed = db_int(r, 22) };
	t->original = (struct original){ .lang = db_dup(r, 4, arena),
		.title = db_dup(r, 8, arena),
		.author = db_dup(r, 9, arena),
		.publisher = db_dup(r, 10, arena),
		.url = db_dup(r, 11, arena),
		.date = db_dup(r, 12, arena),
		.licence = db_dup(r, 13, arena) };
}

static bool fill_all(struct db_rows *rows, struct translation **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		fill(rows, &(*out)[(*n)++], arena);
	}
	if (!rows || !db_done(rows))
		return false;
	return *out || *n == 0 ? true : error_memory(err);
}

bool translation_on(struct db_conn *conn, int64_t id, struct translation *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, COLUMNS "WHERE id = $1", "i", id);
	bool found = rows && db_next(rows);
	if (found)
		fill(rows, out, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no translation %lld", (long long)id);
}

bool translation_get(struct store *store, int64_t id, struct translation *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && translation_on(conn, id, out, arena, err);
}

bool translation_list(struct store *store, size_t offset, size_t limit, struct translation **out, size_t *n,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && fill_all(db_query(conn, err, COLUMNS "ORDER BY updated_at DESC, id DESC LIMIT $1 OFFSET $2", "ii",
	                            (int64_t)limit, (int64_t)offset),
	                   out, n, arena, err);
}

bool translations_behind(
    struct store *store, size_t limit, struct translation **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && fill_all(db_query(conn, err, COLUMNS "WHERE behind_at <> 0 ORDER BY behind_at, id LIMIT $1", "i",
	                            (int64_t)limit),
	                   out, n, arena, err);
}

bool translation_of_article(struct store *store, int64_t article, int64_t *id, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn &&
	       db_get_int(conn, err, id, "SELECT COALESCE(MAX(id), 0) FROM translation WHERE article = $1 AND article <> 0",
	           "i", article);
}

bool translation_blocks_on(
    struct db_conn *conn, int64_t id, struct translation_block **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	struct db_rows *r = db_query(conn, err,
	    "SELECT id, kind, level, gap, lead, rest, source, html, source_key, was, target, target_key, state"
	    " FROM translation_block WHERE translation = $1 ORDER BY position, id",
	    "i", id);
	while (r && db_next(r)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		struct translation_block *b = &(*out)[(*n)++];
		*b = (struct translation_block){ .id = db_int(r, 0),
			.source_key = db_dup(r, 8, arena),
			.was = db_dup(r, 9, arena),
			.target = db_dup(r, 10, arena),
			.target_key = db_dup(r, 11, arena),
			.state = (enum block_state)db_int(r, 12) };
		b->source = (struct doc_block){ .kind = (enum doc_block_kind)db_int(r, 1),
			.level = (int)db_int(r, 2),
			.before = db_dup(r, 3, arena),
			.lead = db_dup(r, 4, arena),
			.rest = db_dup(r, 5, arena),
			.markdown = db_dup(r, 6, arena),
			.html = db_dup(r, 7, arena) };
	}
	if (!r || !db_done(r))
		return false;
	return *out || *n == 0 ? true : error_memory(err);
}

bool translation_blocks(
    struct store *store, int64_t id, struct translation_block **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && translation_blocks_on(conn, id, out, n, arena, err);
}

bool translation_blocks_in(
    struct store_tx *tx, int64_t id, struct translation_block **out, size_t *n, struct arena *arena, struct error *err)
{
	return translation_blocks_on(tx->conn, id, out, n, arena, err);
}

bool article_version(struct store *store, int64_t group_id, struct str lang, int64_t *id, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn &&
	       db_get_int(conn, err, id, "SELECT COALESCE(MIN(id), 0) FROM article WHERE group_id = $1 AND lang = $2", "is",
	           group_id, lang);
}

static void fill_copy(struct db_rows *r, struct original_copy *c, struct arena *arena)
{
	*c = (struct original_copy){ .id = db_int(r, 0),
		.at = db_int(r, 1),
		.url = db_dup(r, 2, arena),
		.type = db_dup(r, 3, arena),
		.name = db_dup(r, 4, arena),
		.hash = db_dup(r, 5, arena),
		.size = db_int(r, 6) };
	c->about = (struct original){ .title = db_dup(r, 7, arena),
		.author = db_dup(r, 8, arena),
		.publisher = db_dup(r, 9, arena),
		.date = db_dup(r, 10, arena),
		.licence = db_dup(r, 11, arena),
		.lang = db_dup(r, 12, arena) };
}

#define COPY_COLUMNS "SELECT id, at, url, type, name, hash, size, title, author, publisher, date, licence, lang"

bool translation_copies(
    struct store *store, int64_t id, struct original_copy **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, TRANSLATION_COPIES + 1, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	struct db_rows *r =
	    db_query(conn, err, COPY_COLUMNS " FROM translation_copy WHERE translation = $1 ORDER BY id DESC LIMIT $2",
	        "ii", id, (int64_t)TRANSLATION_COPIES);
	while (r && *n < TRANSLATION_COPIES && db_next(r))
		fill_copy(r, &(*out)[(*n)++], arena);
	return r && db_done(r);
}

bool translation_copy_get(
    struct store *store, int64_t id, int64_t copy, struct original_copy *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *r =
	    !conn ? NULL
	          : db_query(conn, err, COPY_COLUMNS ", data FROM translation_copy WHERE translation = $1 AND id = $2",
	                "ii", id, copy);
	bool found = r && db_next(r);
	if (found) {
		fill_copy(r, out, arena);
		out->data = db_dup(r, 13, arena);
	}
	if (!r || !db_done(r))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such copy");
}

/* ---- writing ---- */

/* Counts and the title that lists show: those of the blocks. The title is the first of them. */
bool translation_count(struct store_tx *tx, int64_t id, struct error *err)
{
	return db_exec(tx->conn, err,
	    "UPDATE translation SET blocks = (SELECT COUNT(*) FROM translation_block WHERE translation = $1),"
	    " blocks_done = (SELECT COUNT(*) FROM translation_block WHERE translation = $1 AND state = $2),"
	    " blocks_changed = (SELECT COUNT(*) FROM translation_block WHERE translation = $1 AND state = $3),"
	    " title = COALESCE((SELECT CASE target WHEN '' THEN source ELSE target END FROM translation_block"
	    " WHERE translation = $1 AND kind = $4 LIMIT 1), ''), updated_at = $5 WHERE id = $1",
	    "iiiii", id, (int64_t)BLOCK_DONE, (int64_t)BLOCK_CHANGED, (int64_t)DOC_TITLE, clock_now());
}

bool translation_new(struct store_tx *tx, struct translation *t, const struct original_copy *copy,
    const struct doc_block *blocks, size_t n, struct arena *arena, struct error *err)
{
	const struct original *o = &t->original;
	int64_t now = clock_now();
	if (t->lang.n == 0 || o->lang.n == 0)
		return error_set(
		    err, ERR_INVALID, "a translation has a language that it is made from, and one that it is made in");
	struct db_rows *rows = db_query(tx->conn, err,
	    "INSERT INTO translation (article, source_article, lang, source_lang, preface, author, translator, original_title,"
	    " original_author, original_publisher, original_url, original_date, original_licence, hash, upto, made, behind_at,"
	    " started_by, created_at, updated_at, title, blocks, blocks_done, blocks_changed) VALUES ($1, $2, $3, $4, $5, $6, $7,"
	    " $8, $9, $10, $11, $12, $13, '', '', '', 0, $14, $15, $15, '', 0, 0, 0) RETURNING id",
	    "iissssssssssssi", (int64_t)0, t->source_article, t->lang, o->lang, t->preface, t->author, t->translator,
	    o->title, o->author, o->publisher, o->url, o->date, o->licence, t->started_by, now);
	if (rows && db_next(rows))
		t->id = db_int(rows, 0);
	return rows && db_done(rows) && translation_renew(tx, t->id, copy, blocks, n, arena, err);
}

bool translation_delete(struct store_tx *tx, int64_t id, struct error *err)
{
	int64_t article;
	struct error none = { 0 };
	if (!db_get_int(tx->conn, &none, &article, "SELECT article FROM translation WHERE id = $1", "i", id))
		return error_set(err, none.code, "there is no translation %lld", (long long)id);
	/* Its readers are told nothing any more. */
	return db_exec(tx->conn, err, "DELETE FROM translation WHERE id = $1", "i", id) &&
	       (article == 0 || change_add(tx, CHANGE_ARTICLE, article, err));
}

/* ---- the article ---- */

/* Is the article's text of an older original? */
static bool set_behind(struct store_tx *tx, int64_t id, bool behind, struct error *err)
{
	int64_t article;
	if (!db_get_int(tx->conn, err, &article, "SELECT article FROM translation WHERE id = $1", "i", id))
		return false;
	bool ok = behind
	              ? db_exec(tx->conn, err, "UPDATE translation SET behind_at = $1 WHERE id = $2 AND behind_at = 0",
	                    "ii", clock_now(), id)
	              : db_exec(tx->conn, err, "UPDATE translation SET behind_at = 0, upto = hash WHERE id = $1", "i", id);
	return ok && (article == 0 || change_add(tx, CHANGE_ARTICLE, article, err));
}

bool translation_judge(struct store_tx *tx, int64_t id, struct error *err)
{
	int64_t follows;
	if (!db_get_int(
	        tx->conn, err, &follows, "SELECT article = 0 OR hash = upto FROM translation WHERE id = $1", "i", id))
		return false;
	return set_behind(tx, id, !follows, err);
}

bool translation_settle(struct store_tx *tx, int64_t id, struct error *err)
{
	return db_exec(tx->conn, err,
	           "DELETE FROM translation_block WHERE translation = $1 AND source = '' AND target = ''", "i", id) &&
	       db_exec(tx->conn, err,
	           "UPDATE translation_block SET was = '', state = CASE state WHEN $2 THEN $3 ELSE state END WHERE translation = $1",
	           "iii", id, (int64_t)BLOCK_CHANGED, (int64_t)BLOCK_DONE) &&
	       translation_count(tx, id, err) && set_behind(tx, id, false, err);
}

bool translation_put(struct store_tx *tx, int64_t id, int64_t article, struct str made, struct error *err)
{
	int64_t behind, left;
	if (!db_exec(
	        tx->conn, err, "UPDATE translation SET article = $1, made = $2 WHERE id = $3", "isi", article, made, id) ||
	    !db_get_int(tx->conn, err, &behind, "SELECT behind_at FROM translation WHERE id = $1", "i", id) ||
	    !db_get_int(tx->conn, err, &left,
	        "SELECT COUNT(*) FROM translation_block WHERE translation = $1 AND (state = $2 OR was <> '' OR (state = $3 AND $4 <> 0))",
	        "iiii", id, (int64_t)BLOCK_CHANGED, (int64_t)BLOCK_OPEN, behind))
		return false;
	return left ? true : set_behind(tx, id, false, err);
}

bool translation_notice(
    struct store *store, int64_t article, struct translation_notice *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*out = (struct translation_notice){ 0 };
	struct db_rows *r =
	    !conn ? NULL
	          : db_query(conn, err,
	                "SELECT t.behind_at, t.source_article, t.original_url, COALESCE(a.lang, ''), COALESCE(a.slug, '')"
	                " FROM translation t LEFT JOIN article a ON a.id = t.source_article AND a.status = $2"
	                " WHERE t.article = $1 AND t.article <> 0 AND t.behind_at <> 0 ORDER BY t.id DESC LIMIT 1",
	                "ii", article, (int64_t)ARTICLE_PUBLISHED);
	if (r && db_next(r))
		*out = (struct translation_notice){ .behind_at = db_int(r, 0),
			.source_article = db_int(r, 1),
			.url = db_dup(r, 2, arena),
			.source_lang = db_dup(r, 3, arena),
			.source_slug = db_dup(r, 4, arena) };
	return r && db_done(r);
}
