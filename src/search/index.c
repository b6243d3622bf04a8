#include "search/search.h"

#include "search/inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The index is a SQLite file of its own. FTS5 holds, per article, the terms of its fields joined by spaces (text_tokenize
 * has cut them); `doc` holds what a hit shows. */

#define BATCH 200
#define ANALYSIS "2" /* moves when text_tokenize changes: an index cut otherwise is made anew */
#define TEXT_KEPT (16 * KIB) /* of an article, for snippets */

static const char *const MIGRATIONS[] = {
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
	/* The text last: what comes after it could be read only through all its pages. */
	"CREATE TABLE doc (article INTEGER PRIMARY KEY, lang TEXT NOT NULL, published_at INTEGER NOT NULL,"
	" category INTEGER NOT NULL, slug TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL, folded TEXT NOT NULL,"
	" text TEXT NOT NULL);"
	"CREATE TABLE doc_category (article INTEGER NOT NULL, category INTEGER NOT NULL, PRIMARY KEY (article, category))"
	" WITHOUT ROWID;"
	"CREATE VIRTUAL TABLE terms USING fts5 (title, headings, body, content='',"
	" tokenize=\"unicode61 remove_diacritics 0\");"
	"CREATE VIRTUAL TABLE vocabulary USING fts5vocab(terms, 'row');",
	/* What contentless FTS5 needs to forget an article: the very terms it was given. */
	"CREATE TABLE given (article INTEGER PRIMARY KEY, title TEXT NOT NULL, headings TEXT NOT NULL, body TEXT NOT NULL);",
	SUGGEST_SCHEMA,
	SPELL_SCHEMA,
};

static struct str joined(struct str text, struct str lang, struct arena *arena, struct error *err)
{
	struct text_tokens tokens;
	struct buf out = { 0 };
	if (!text_tokenize(&tokens, text, lang, arena, err))
		return STR("");
	for (size_t i = 0; i < tokens.n; i++) {
		if (i)
			buf_addc(&out, ' ');
		buf_add(&out, tokens.v[i].term);
	}
	struct str s = buf_take(&out, arena);
	return s.p ? s : STR("");
}

static bool forget(struct db_conn *conn, int64_t id, struct error *err)
{
	return db_exec(conn, err,
			   "INSERT INTO terms (terms, rowid, title, headings, body)"
			   " SELECT 'delete', article, title, headings, body FROM given WHERE article = $1",
			   "i", id) &&
		db_exec(conn, err, "DELETE FROM given WHERE article = $1", "i", id) &&
		db_exec(conn, err, "DELETE FROM doc_category WHERE article = $1", "i", id) &&
		db_exec(conn, err, "DELETE FROM doc WHERE article = $1", "i", id) &&
		suggest_forget(conn, id, err) && spell_forget(conn, id, err);
}

static bool add(struct search *s, struct db_conn *conn, const struct article_text *t, struct arena *arena, struct error *err)
{
	const struct article *a = &t->article;
	struct buf body = { 0 };
	buf_add(&body, t->rendered.preface_text);
	buf_addc(&body, '\n');
	buf_add(&body, a->summary);
	buf_addc(&body, '\n');
	buf_add(&body, t->rendered.text);
	for (size_t i = 0; i < t->rendered.n_citations; i++) {
		buf_addc(&body, '\n');
		buf_add(&body, t->rendered.citations[i].text);
	}
	struct str title = joined(a->title, a->lang, arena, err);
	struct str headings = joined(t->rendered.headings_text, a->lang, arena, err);
	struct str text = joined(buf_take(&body, arena), a->lang, arena, err);
	struct str kept = str_sub(t->rendered.text, 0, utf8_floor(t->rendered.text, TEXT_KEPT));
	if (!db_exec(conn, err, "INSERT INTO given (article, title, headings, body) VALUES ($1, $2, $3, $4)", "isss", a->id, title,
			headings, text) ||
		!db_exec(conn, err, "INSERT INTO terms (rowid, title, headings, body) VALUES ($1, $2, $3, $4)", "isss", a->id, title,
			headings, text) ||
		!db_exec(conn, err,
			"INSERT INTO doc (article, lang, slug, title, source, text, published_at, category, folded)"
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			"isssssiis", a->id, a->lang, a->slug, a->title, a->source, kept, a->published_at,
			a->n_categories ? a->categories[0] : (int64_t)0, text_fold(a->title, arena)))
		return false;
	for (size_t i = 0; i < a->n_categories; i++) {
		if (!db_exec(conn, err, "INSERT INTO doc_category (article, category) VALUES ($1, $2) ON CONFLICT DO NOTHING", "ii",
				a->id, a->categories[i]))
			return false;
	}
	return suggest_add(conn, s->reader, t, arena, err) && spell_add(conn, s->reader, t, arena, err);
}

static bool meta_int(struct db_conn *conn, const char *name, int64_t *out)
{
	struct error none = { 0 };
	*out = 0;
	return db_get_int(conn, &none, out, "SELECT CAST(value AS INTEGER) FROM meta WHERE name = $1", "s", str_from(name));
}

static bool set_meta(struct db_conn *conn, const char *name, struct str value, struct error *err)
{
	return db_exec(conn, err, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
		"ss", str_from(name), value);
}

static bool set_seq(struct db_conn *conn, int64_t seq, struct error *err)
{
	char text[32];
	snprintf(text, sizeof text, "%lld", (long long)seq);
	return set_meta(conn, "seq", str_from(text), err);
}

/* What an index must bear to be this very site's, cut as this program cuts. */
static struct str mark(struct search *s, struct arena *arena)
{
	struct str site = store_identity(s->store, arena);
	return arena_printf(arena, "%.*s/" ANALYSIS "%s", (int)site.n, site.p, s->reader ? "/read" : "");
}

/* Is this the index of this very site? */
static bool belongs(struct search *s, struct error *err)
{
	int64_t same = 0;
	struct arena *arena = arena_new();
	struct db_conn *conn = arena ? db_reader(s->db, err) : NULL;
	bool ok = conn &&
		db_get_int(conn, err, &same, "SELECT value = $1 FROM meta WHERE name = 'site'", "s", mark(s, arena));
	arena_free(arena);
	return ok && same;
}

static void remove_files(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char name[4200];
	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
}

static bool open_file(struct search *s, bool fresh, struct error *err)
{
	struct db_options options = { .create = true, .relaxed = true, .cache_kib = 4096 };
	if (fresh)
		remove_files(s->path);
	s->db = db_open(s->path, &options, err);
	if (!s->db || !db_migrate(s->db, MIGRATIONS, sizeof MIGRATIONS / sizeof *MIGRATIONS, err))
		return false;
	if (!fresh)
		return belongs(s, err);
	struct arena *arena = arena_new();
	struct db_conn *conn = arena ? db_begin(s->db, err) : NULL;
	bool ok = conn && set_meta(conn, "site", mark(s, arena), err);
	if (ok)
		ok = db_commit(conn, err);
	else if (conn)
		db_rollback(conn);
	arena_free(arena);
	atomic_store(&s->stale, true);
	return ok;
}

struct search *search_open(const char *path, struct store *store, struct error *err)
{
	struct search *s = calloc(1, sizeof *s);
	if (!s || !(s->path = strdup(path))) {
		free(s);
		error_memory(err);
		return NULL;
	}
	s->store = store;
	s->reader = text_reader_new();
	if (open_file(s, !file_exists(path), err))
		return s;
	/* Damaged, of another version or of another site: all of it can be made again. */
	db_close(s->db);
	s->db = NULL;
	*err = (struct error){ 0 };
	if (open_file(s, true, err))
		return s;
	error_context(err, "opening the search index %s", path);
	search_close(s);
	return NULL;
}

void search_close(struct search *s)
{
	if (!s)
		return;
	db_close(s->db);
	text_reader_free(s->reader);
	free(s->path);
	free(s);
}

bool search_stale(struct search *s)
{
	return atomic_load(&s->stale);
}

static bool index_all(struct search *s, struct db_conn *conn, size_t *n, void (*progress)(void *, size_t, size_t), void *user, struct error *err)
{
	struct arena *arena = arena_new();
	struct article_text *texts;
	struct article_filter all = { .status = ARTICLE_PUBLISHED, .limit = 1 };
	struct article_item *item;
	int64_t after = 0;
	size_t found = 1, ignored, total = 0;
	bool ok = arena != NULL && (!progress || article_list(s->store, &all, &item, &ignored, &total, arena, err));
	ok = ok && db_exec(conn, err, "INSERT INTO terms (terms) VALUES ('delete-all')", "") &&
		db_exec(conn, err, "DELETE FROM given", "") && db_exec(conn, err, "DELETE FROM doc", "") &&
		db_exec(conn, err, "DELETE FROM doc_category", "") && suggest_clear(conn, err) &&
		spell_clear(conn, err);
	while (ok && found) {
		arena_reset(arena);
		ok = article_texts(s->store, after, BATCH, &texts, &found, arena, err);
		for (size_t i = 0; ok && i < found; i++) {
			ok = add(s, conn, &texts[i], arena, err);
			after = texts[i].article.id;
			*n += 1;
		}
		if (ok && progress && found)
			progress(user, *n, total);
	}
	ok = ok && suggest_categories(conn, s->reader, s->store, err) && suggest_settle(conn, arena, err);
	arena_free(arena);
	return ok;
}

static bool apply(struct search *s, struct db_conn *conn, int64_t *seq, size_t *n, struct error *err)
{
	struct arena *arena = arena_new();
	struct change *changes;
	size_t found = BATCH;
	bool ok = arena != NULL, categories = false;
	while (ok && found == BATCH) {
		arena_reset(arena);
		ok = change_list(s->store, *seq, BATCH, &changes, &found, arena, err);
		for (size_t i = 0; ok && i < found; i++) {
			struct article_text text;
			bool published;
			*seq = changes[i].seq;
			categories = categories || changes[i].kind == CHANGE_CATEGORY;
			if (changes[i].kind != CHANGE_ARTICLE)
				continue;
			ok = article_text_by_id(s->store, changes[i].id, &text, &published, arena, err) &&
				forget(conn, changes[i].id, err) && (!published || add(s, conn, &text, arena, err));
			*n += 1;
		}
	}
	ok = ok && (!categories || suggest_categories(conn, s->reader, s->store, err));
	arena_free(arena);
	return ok;
}

static bool follow(struct search *s, bool anew, size_t *n, void (*progress)(void *, size_t, size_t), void *user, struct error *err)
{
	int64_t seq, last, first;
	struct db_conn *conn = db_reader(s->db, err);
	if (!conn || !change_last(s->store, &last, err) || !change_first(s->store, &first, err))
		return false;
	meta_int(conn, "seq", &seq);
	if (seq == last && !anew) {
		atomic_store(&s->stale, false);
		return true;
	}
	conn = db_begin(s->db, err);
	if (!conn)
		return false;
	/* Another process may have been here meanwhile. */
	meta_int(conn, "seq", &seq);
	bool all = anew || seq == 0 || seq > last || (first && seq < first - 1);
	bool ok = all ? index_all(s, conn, n, progress, user, err) : apply(s, conn, &seq, n, err);
	ok = ok && set_seq(conn, all ? last : seq, err);
	if (!ok) {
		db_rollback(conn);
		return false;
	}
	atomic_store(&s->stale, false);
	return db_commit(conn, err);
}

bool search_follow(struct search *s, size_t *applied, struct error *err)
{
	size_t n = 0;
	bool ok = follow(s, false, &n, NULL, NULL, err);
	if (applied)
		*applied = n;
	return ok;
}

/* Readers see the old index until the transaction that holds the new one commits. */
bool search_rebuild(struct search *s, void (*progress)(void *, size_t, size_t), void *user, struct error *err)
{
	size_t n = 0;
	return follow(s, true, &n, progress, user, err);
}

bool search_stats(struct search *s, struct search_stats *out, struct error *err)
{
	struct stat info;
	struct db_conn *conn = db_reader(s->db, err);
	*out = (struct search_stats){ .bytes = stat(s->path, &info) == 0 ? (int64_t)info.st_size : 0 };
	return conn && db_get_int(conn, err, &out->articles, "SELECT COUNT(*) FROM doc", "") &&
		(meta_int(conn, "seq", &out->seq) || true);
}
