#include "store/inner.h"

#include <string.h>

/* Sources, made from what articles cite, and changed by hand. */

#define DAY 86400
#define ALIVE_DAYS 30 /* a good link is asked again after so long, */
#define FAILED_DAYS 2 /* a failing one, */
#define DEAD_DAYS 14  /* and a dead one, which may come back */

static bool announce(struct store_tx *tx, int64_t id, struct error *err)
{
	struct db_rows *rows =
	    db_query(tx->conn, err, "SELECT DISTINCT article FROM citation_source WHERE source = $1", "i", id);
	bool ok = rows != NULL;
	while (ok && db_next(rows))
		ok = change_add(tx, CHANGE_ARTICLE, db_int(rows, 0), err);
	return rows && db_done(rows) && ok;
}

/* ---- from citations ---- */

/* What a link says, where that is more than the address itself. */
static struct str title_in(const struct doc_citation *c, struct arena *arena)
{
	ptrdiff_t open = str_find(c->html, STR("<a "));
	struct str rest = open >= 0 ? str_skip(c->html, (size_t)open) : STR(""), tag = str_split(&rest, '>');
	ptrdiff_t end = str_find(rest, STR("</a>"));
	if (tag.n == 0 || end <= 0)
		return STR("");
	struct str text = str_trim(doc_plain(str_sub(rest, 0, (size_t)end), arena));
	bool address = str_starts_ci(text, STR("http")) || str_starts_ci(text, STR("www.")) || str_find(c->url, text) >= 0;
	return address || text.n > CREDIT_MAX ? STR("") : text;
}

static struct str copy_in(struct str html)
{
	static const struct str starts[] = { { "href=\"https://web.archive.org/web/", 34 },
		{ "href=\"http://web.archive.org/web/", 33 } };
	for (size_t i = 0; i < 2; i++) {
		ptrdiff_t at = str_find(html, starts[i]);
		if (at < 0)
			continue;
		struct str url = str_skip(html, (size_t)at + 6);
		url = str_split(&url, '"');
		return str_find(url, STR("&")) < 0 && url.n <= URL_MAX ? url : STR("");
	}
	return STR("");
}

static bool make(struct store_tx *tx, struct str key, const struct source_record *s, int64_t *id, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err,
	    "INSERT INTO source (url, title, author, outlet, published, accessed, archive_url, edited)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
	    "sssssssi", s->url, s->title, s->author, s->outlet, s->published, s->accessed, s->archive_url,
	    (int64_t)s->edited);
	if (rows && db_next(rows))
		*id = db_int(rows, 0);
	return rows && db_done(rows) &&
	       db_exec(tx->conn, err, "INSERT INTO source_key (key, source) VALUES ($1, $2)", "si", key, *id);
}

/* What the record does not say yet, and nobody edited, is taken from the citation. */
static bool fill(struct store_tx *tx, int64_t id, const struct source_record *s, struct error *err)
{
	return db_exec(tx->conn, err,
	    "UPDATE source SET title = CASE WHEN title = '' THEN $2 ELSE title END, outlet = CASE WHEN outlet = '' THEN $3 ELSE outlet"
	    " END, published = CASE WHEN published = '' THEN $4 ELSE published END, accessed = CASE WHEN accessed = '' THEN $5 ELSE"
	    " accessed END, archive_url = CASE WHEN archive_url = '' THEN $6 ELSE archive_url END WHERE id = $1 AND edited = 0 AND"
	    " ((title = '' AND $2 <> '') OR (outlet = '' AND $3 <> '') OR (published = '' AND $4 <> '') OR (accessed = '' AND $5 <> '')"
	    " OR (archive_url = '' AND $6 <> ''))",
	    "isssss", id, s->title, s->outlet, s->published, s->accessed, s->archive_url);
}

static bool derive_one(
    struct store_tx *tx, int64_t article, const struct doc_citation *c, struct arena *arena, struct error *err)
{
	struct error none = { 0 };
	struct str key = source_key(c->url, arena), inner = source_archived(c->url);
	int64_t id = 0;
	if (key.n == 0)
		return true;
	struct source_record s = { .url = inner.n ? inner : c->url,
		.title = title_in(c, arena),
		.author = STR(""),
		.outlet = c->outlet,
		.published = c->published,
		.accessed = c->accessed,
		.archive_url = inner.n ? c->url : copy_in(c->html) };
	bool there = db_get_int(tx->conn, &none, &id, "SELECT source FROM source_key WHERE key = $1", "s", key);
	if (!there && none.code != ERR_NOT_FOUND)
		return error_set(err, none.code, "%s", none.message);
	return (there ? fill(tx, id, &s, err) : make(tx, key, &s, &id, err)) &&
	       db_exec(tx->conn, err,
	           "INSERT INTO citation_source (article, number, source) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
	           "iii", article, (int64_t)c->number, id);
}

static bool sweep(struct store_tx *tx, const int64_t *ids, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!db_exec(tx->conn, err,
		        "DELETE FROM source WHERE id = $1 AND edited = 0 AND NOT EXISTS (SELECT 1 FROM citation_source WHERE source = $1)",
		        "i", ids[i]))
			return false;
	}
	return true;
}

bool sources_derive(
    struct store_tx *tx, int64_t article, const struct doc_citation *citations, size_t n, struct error *err)
{
	struct arena *arena = arena_new();
	int64_t *old = NULL;
	size_t n_old = 0, cap = 0;
	if (!arena)
		return error_memory(err);
	struct db_rows *rows =
	    db_query(tx->conn, err, "SELECT DISTINCT source FROM citation_source WHERE article = $1", "i", article);
	while (rows && db_next(rows)) {
		old = grow_array(arena, old, n_old, &cap, sizeof *old);
		if (!old)
			break;
		old[n_old++] = db_int(rows, 0);
	}
	bool ok = rows && db_done(rows) && (n_old == 0 || old) &&
	          db_exec(tx->conn, err, "DELETE FROM citation_source WHERE article = $1", "i", article);
	for (size_t i = 0; ok && i < n; i++)
		ok = derive_one(tx, article, &citations[i], arena, err);
	ok = ok && sweep(tx, old, n_old, err);
	arena_free(arena);
	return ok;
}

/* A database of before has citations and no sources. */
static bool derive_all(struct store_tx *tx, struct arena *arena, struct error *err)
{
	int64_t *ids = NULL;
	size_t n = 0, cap = 0;
	struct rendered r;
	struct db_rows *rows = db_query(tx->conn, err, "SELECT DISTINCT article FROM citation WHERE url <> ''", "");
	while (rows && db_next(rows)) {
		ids = grow_array(arena, ids, n, &cap, sizeof *ids);
		if (!ids)
			break;
		ids[n++] = db_int(rows, 0);
	}
	bool ok = rows && db_done(rows) && (n == 0 || ids);
	struct arena *one = ok ? arena_new() : NULL;
	for (size_t i = 0; one && ok && i < n; i++) {
		r = (struct rendered){ 0 };
		ok = rendered_citations(tx->conn, ids[i], &r, one, err) &&
		     sources_derive(tx, ids[i], r.citations, r.n_citations, err);
		arena_reset(one);
	}
	ok = ok && (one || error_memory(err));
	arena_free(one);
	return ok && db_exec(tx->conn, err, "DELETE FROM meta WHERE name = 'sources'", "");
}

bool sources_begin(struct store *store, struct error *err)
{
	int64_t due;
	struct error none = { 0 };
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn)
		return false;
	if (!db_get_int(conn, &none, &due, "SELECT 1 FROM meta WHERE name = 'sources'", ""))
		return none.code == ERR_NOT_FOUND || error_set(err, none.code, "%s", none.message);
	struct arena *arena = arena_new();
	struct store_tx *tx = arena ? store_begin(store, err) : NULL;
	bool ok = tx && derive_all(tx, arena, err);
	if (ok)
		ok = store_commit(tx, err);
	else
		store_rollback(tx);
	arena_free(arena);
	return ok;
}

/* ---- by hand ---- */

static bool fits(const struct source_record *s, struct error *err)
{
	const struct str texts[] = { s->title, s->author, s->outlet, s->published, s->accessed };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i].n > CREDIT_MAX)
			return error_set(err, ERR_TOO_LARGE, "a field of a source has more than %zu bytes", CREDIT_MAX);
	}
	if (s->url.n > URL_MAX || s->archive_url.n > URL_MAX)
		return error_set(err, ERR_TOO_LARGE, "an address has more than %zu bytes", URL_MAX);
	return true;
}

bool source_save(struct store_tx *tx, struct source_record *s, struct arena *arena, struct error *err)
{
	struct error none = { 0 };
	int64_t other;
	if (!fits(s, err))
		return false;
	struct str key = source_key(s->url, arena);
	if (key.n == 0 || (s->archive_url.n && source_key(s->archive_url, arena).n == 0))
		return error_set(err, ERR_INVALID, "a source has an address that starts with https:// or http://");
	bool known = db_get_int(tx->conn, &none, &other, "SELECT source FROM source_key WHERE key = $1", "s", key);
	if (!known && none.code != ERR_NOT_FOUND)
		return error_set(err, none.code, "%s", none.message);
	if (known && other != s->id) {
		s->id = other;
		return error_set(err, ERR_EXISTS, "another source has this address");
	}
	s->edited = true;
	if (s->id == 0)
		return make(tx, key, s, &s->id, err);
	if (!known && !db_exec(tx->conn, err, "INSERT INTO source_key (key, source) VALUES ($1, $2)", "si", key, s->id))
		return false;
	/* What the check knows is of the address. */
	return db_exec(tx->conn, err,
	           "UPDATE source SET state = 0, status = 0, goal = '', checked_at = 0, next_at = 0, failures = 0"
	           " WHERE id = $1 AND url <> $2",
	           "is", s->id, s->url) &&
	       db_exec(tx->conn, err,
	           "UPDATE source SET url = $2, title = $3, author = $4, outlet = $5, published = $6, accessed = $7, archive_url = $8,"
	           " edited = 1 WHERE id = $1",
	           "isssssss", s->id, s->url, s->title, s->author, s->outlet, s->published, s->accessed, s->archive_url) &&
	       announce(tx, s->id, err);
}

bool source_merge(struct store_tx *tx, int64_t into, int64_t from, struct error *err)
{
	int64_t n = 0;
	if (into == from)
		return error_set(err, ERR_INVALID, "a source cannot be merged with itself");
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM source WHERE id IN ($1, $2)", "ii", into, from))
		return false;
	if (n != 2)
		return error_set(err, ERR_NOT_FOUND, "there is no such source");
	return announce(tx, from, err) && announce(tx, into, err) &&
	       db_exec(tx->conn, err, "UPDATE source_key SET source = $1 WHERE source = $2", "ii", into, from) &&
	       db_exec(tx->conn, err, "UPDATE citation_source SET source = $1 WHERE source = $2", "ii", into, from) &&
	       db_exec(tx->conn, err,
	           "UPDATE source SET edited = 1, title = CASE WHEN title = '' THEN (SELECT title FROM source WHERE id = $2) ELSE title END,"
	           " author = CASE WHEN author = '' THEN (SELECT author FROM source WHERE id = $2) ELSE author END,"
	           " outlet = CASE WHEN outlet = '' THEN (SELECT outlet FROM source WHERE id = $2) ELSE outlet END,"
	           " published = CASE WHEN published = '' THEN (SELECT published FROM source WHERE id = $2) ELSE published END,"
	           " accessed = CASE WHEN accessed = '' THEN (SELECT accessed FROM source WHERE id = $2) ELSE accessed END,"
	           " archive_url = CASE WHEN archive_url = '' THEN (SELECT archive_url FROM source WHERE id = $2) ELSE archive_url END"
	           " WHERE id = $1",
	           "ii", into, from) &&
	       db_exec(tx->conn, err, "DELETE FROM source WHERE id = $1", "i", from);
}

bool source_delete(struct store_tx *tx, int64_t id, struct error *err)
{
	int64_t cited = 0;
	if (!db_get_int(tx->conn, err, &cited, "SELECT COUNT(*) FROM citation_source WHERE source = $1", "i", id))
		return false;
	if (cited)
		return error_set(err, ERR_CONFLICT, "articles cite this source");
	if (!db_exec(tx->conn, err, "DELETE FROM source WHERE id = $1", "i", id))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no such source");
}

/* ---- the link check ---- */

static bool is_gone(int status)
{
	/* Forbidden, asked too often, unavailable by law: something is there, which does not want us. */
	return status == 0 || status == 404 || status == 410 || (status >= 500 && status != 503);
}

bool link_note(struct store_tx *tx, int64_t id, const struct link_result *r, int64_t now, struct error *err)
{
	int64_t failures = 0, last = 0, was = 0;
	struct db_rows *rows =
	    db_query(tx->conn, err, "SELECT failures, checked_at, state FROM source WHERE id = $1", "i", id);
	if (rows && db_next(rows)) {
		failures = db_int(rows, 0);
		last = db_int(rows, 1);
		was = db_int(rows, 2);
	}
	if (!rows || !db_done(rows))
		return false;
	bool bad = is_gone(r->status);
	/* Two failures within one day are one outage. */
	if (!bad)
		failures = 0;
	else if (failures == 0 || now / DAY > last / DAY)
		failures++;
	enum source_state state = !bad            ? (r->goal.n ? SOURCE_MOVED : SOURCE_ALIVE)
	                          : failures >= 2 ? SOURCE_DEAD
	                                          : SOURCE_FAILING;
	int64_t next = now + DAY * (int64_t)(state == SOURCE_FAILING ? FAILED_DAYS
	                                     : state == SOURCE_DEAD  ? DEAD_DAYS
	                                                             : ALIVE_DAYS);
	if (r->next_at > next)
		next = r->next_at;
	return db_exec(tx->conn, err,
	           "UPDATE source SET state = $2, status = $3, goal = $4, checked_at = $5, next_at = $6, failures = $7,"
	           " archive_url = CASE WHEN archive_url = '' THEN $8 ELSE archive_url END WHERE id = $1",
	           "iiisiiis", id, (int64_t)state, (int64_t)r->status, r->goal, now, next, failures, r->archive_url) &&
	       (((state == SOURCE_DEAD) == (was == SOURCE_DEAD) && r->archive_url.n == 0) || announce(tx, id, err));
}

bool link_check_again(struct store_tx *tx, int64_t id, struct error *err)
{
	return db_exec(tx->conn, err, "UPDATE source SET next_at = 0 WHERE id = $1", "i", id);
}
