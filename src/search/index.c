#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

/* The index follows the change feed of the truth. */

#define BATCH 200
#define CHANGES_AT_ONCE 2000
#define TOUCHED_MAX (20 * CHANGES_AT_ONCE) /* with those they link to */

/* Calls `put` for each published article, in order of ids. */
static bool each_article(struct search *s,
    bool (*put)(void *to, const struct article_text *, struct arena *, struct error *), void *to,
    void (*progress)(void *, size_t, size_t), void *user, size_t total, struct error *err)
{
	struct arena *arena = arena_new();
	struct article_text *texts;
	int64_t after = 0;
	size_t found = 1, n = 0;
	bool ok = arena != NULL;
	while (ok && found) {
		arena_reset(arena);
		ok = article_texts(s->store, after, BATCH, &texts, &found, arena, err);
		for (size_t i = 0; ok && i < found; i++) {
			after = texts[i].article.id;
			ok = put(to, &texts[i], arena, err);
			n++;
		}
		if (ok && progress && found)
			progress(user, n, total);
	}
	arena_free(arena);
	return ok;
}

static bool put_links(void *to, const struct article_text *text, struct arena *arena, struct error *err)
{
	return links_put(to, text->article.id, text, arena, err);
}

static bool put_article(void *to, const struct article_text *text, struct arena *arena, struct error *err)
{
	return writer_put(to, text->article.id, text, arena, err);
}

/* Links first: what an article is called by others is part of it. */
static bool index_all(
    struct search *s, struct db_conn *conn, void (*progress)(void *, size_t, size_t), void *user, struct error *err)
{
	struct arena *arena = arena_new();
	struct article_filter all = { .status = ARTICLE_PUBLISHED, .limit = 1 };
	struct article_item *item;
	size_t ignored, total = 0;
	struct writer *w = arena ? writer_new(s, conn, true, err) : NULL;
	bool ok = w && suggest_clear(conn, err) && spell_clear(conn, err) &&
	          (!progress || article_list(s->store, &all, &item, &ignored, &total, arena, err)) &&
	          each_article(s, put_links, conn, NULL, NULL, 0, err) &&
	          each_article(s, put_article, w, progress, user, total, err) && writer_flush(w, err) &&
	          suggest_categories(conn, s->reader, s->store, err) && suggest_settle(conn, arena, err) &&
	          related_all_due(conn, err);
	writer_free(w);
	arena_free(arena);
	return ok;
}

/* A whole new index, beside the one in use, and then in its place. The change feed is read before the articles, so that
 * what changes meanwhile is seen again afterwards. */
static bool build(struct search *s, void (*progress)(void *, size_t, size_t), void *user, struct error *err)
{
	int64_t last;
	struct index_file *f = change_last(s->store, &last, err) ? index_file_make(s, err) : NULL;
	struct db_conn *conn = f ? db_begin(f->db, err) : NULL;
	if (!conn) {
		index_file_discard(f);
		return false;
	}
	bool ok = index_all(s, conn, progress, user, err) && meta_set(conn, "seq", last, err) &&
	          meta_set(conn, "complete", 1, err);
	if (!ok)
		db_rollback(conn);
	else
		ok = db_commit(conn, err) && db_compact(f->db, err);
	f->signal = db_signal(f->db);
	conn = ok ? db_reader(f->db, err) : NULL;
	struct docs *docs = conn ? docs_load(conn, err) : NULL;
	atomic_store(&f->docs, docs);
	if (docs && index_file_use(s, f, err))
		return true;
	index_file_discard(f);
	return false;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void sort_out(int64_t *ids, size_t *n)
{
	size_t kept = 0;
	if (*n)
		qsort(ids, *n, sizeof *ids, by_id);
	for (size_t i = 0; i < *n; i++) {
		if (kept == 0 || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	}
	*n = kept;
}

/* What a batch of changes touches beside articles. */
struct also_changed {
	bool categories, synonyms;
};

/* The articles that changes with seq > *seq touch, and those that they link to, each once, in order; moves *seq on. */
static bool changed_articles(struct search *s, struct db_conn *conn, int64_t *seq, int64_t *ids, size_t *n,
    size_t *read, struct also_changed *also, struct arena *arena, struct error *err)
{
	struct change *changes;
	struct arena *scratch = arena_new();
	bool ok = scratch && change_list(s->store, *seq, CHANGES_AT_ONCE, &changes, read, arena, err);
	*n = 0;
	for (size_t i = 0; ok && i < *read; i++) {
		*seq = changes[i].seq;
		also->categories = also->categories || changes[i].kind == CHANGE_CATEGORY || changes[i].kind == CHANGE_LISTING;
		also->synonyms = also->synonyms || changes[i].kind == CHANGE_SYNONYMS;
		if (changes[i].kind == CHANGE_ARTICLE)
			ids[(*n)++] = changes[i].id;
	}
	sort_out(ids, n);
	size_t edited = *n;
	for (size_t i = 0; ok && i < edited; i++) {
		struct article_text text;
		bool published;
		arena_reset(scratch);
		ok = article_text_by_id(s->store, ids[i], &text, &published, scratch, err) &&
		     links_changed(conn, ids[i], published ? &text : NULL, ids, n, TOUCHED_MAX, scratch, err);
	}
	arena_free(scratch);
	sort_out(ids, n);
	return ok;
}

static bool put_changed(struct search *s, struct writer *w, const int64_t *ids, size_t n, struct error *err)
{
	struct arena *arena = arena_new();
	bool ok = arena != NULL;
	for (size_t i = 0; ok && i < n; i++) {
		struct article_text text;
		bool published;
		arena_reset(arena);
		ok = article_text_by_id(s->store, ids[i], &text, &published, arena, err) &&
		     writer_put(w, ids[i], published ? &text : NULL, arena, err);
	}
	arena_free(arena);
	return ok;
}

static bool read_synonyms(struct search *s, struct error *err)
{
	struct synonyms *synonyms = synonyms_load(s->store, err);
	if (synonyms)
		synonyms_use(s, synonyms);
	return synonyms != NULL;
}

/* One transaction of the index: at most CHANGES_AT_ONCE changes. *read says how many there were. */
static bool apply(struct search *s, size_t *applied, size_t *read, struct error *err)
{
	struct index_file *f = atomic_load(&s->file);
	struct arena *arena = arena_new();
	int64_t *ids = arena ? arena_array(arena, TOUCHED_MAX, sizeof *ids) : NULL, seq = 0;
	struct db_conn *conn = ids ? db_begin(f->db, err) : NULL;
	struct writer *w = conn ? writer_new(s, conn, false, err) : NULL;
	size_t n = 0;
	struct also_changed also = { 0 };
	/* Another process may have been here meanwhile: what is already in is read from the writer's own view. */
	bool ok = w && meta_get(conn, "seq", &seq) && changed_articles(s, conn, &seq, ids, &n, read, &also, arena, err) &&
	          put_changed(s, w, ids, n, err) && writer_flush(w, err) && related_changed(conn, ids, n, err) &&
	          (!also.categories || suggest_categories(conn, s->reader, s->store, err)) &&
	          meta_set(conn, "seq", seq, err);
	writer_free(w);
	if (conn && !ok)
		db_rollback(conn);
	else if (conn)
		ok = db_commit(conn, err);
	conn = ok ? db_reader(f->db, err) : NULL;
	struct docs *docs = conn ? docs_update(atomic_load(&f->docs), conn, ids, n, err) : NULL;
	if (docs) {
		f->signal = db_signal(f->db);
		index_docs_use(s, docs);
		s->sweep_left = n ? docs->n : s->sweep_left;
		*applied += n;
	}
	arena_free(arena);
	return docs && (!also.synonyms || read_synonyms(s, err));
}

static bool catch_up(struct search *s, size_t *applied, struct error *err)
{
	int64_t seq, last, first;
	size_t read = CHANGES_AT_ONCE;
	struct index_file *f = atomic_load(&s->file);
	struct db_conn *conn = db_reader(f->db, err);
	if (!conn || !change_last(s->store, &last, err) || !change_first(s->store, &first, err))
		return false;
	if (!meta_get(conn, "seq", &seq) || seq > last || (first && seq < first - 1))
		return build(s, NULL, NULL, err);
	while (seq < last && read == CHANGES_AT_ONCE) {
		if (!apply(s, applied, &read, err))
			return false;
		seq += (int64_t)read;
	}
	return true;
}

static bool follow(struct search *s, size_t *applied, struct error *err)
{
	struct error why = { 0 };
	if (!atomic_load(&s->damaged) && index_file_refresh(s, &why) && catch_up(s, applied, &why))
		return true;
	if (why.code && why.code != ERR_DB && why.code != ERR_NOT_FOUND && why.code != ERR_INVALID) {
		*err = why;
		return false;
	}
	/* Damaged, gone, of another version or of another site: all of it can be made again. */
	if (why.code && why.code != ERR_NOT_FOUND)
		log_error(&why, "the search index is made anew");
	return build(s, NULL, NULL, err);
}

bool search_follow(struct search *s, size_t *applied, struct error *err)
{
	size_t n = 0;
	pthread_mutex_lock(&s->writing);
	bool ok = (atomic_load(&s->synonyms) || read_synonyms(s, err)) && follow(s, &n, err);
	if (ok) {
		atomic_store(&s->stale, false);
		atomic_store(&s->damaged, false);
	}
	pthread_mutex_unlock(&s->writing);
	if (applied)
		*applied = n;
	return ok;
}

bool search_rebuild(
    struct search *s, void (*progress)(void *user, size_t done, size_t total), void *user, struct error *err)
{
	pthread_mutex_lock(&s->writing);
	bool ok = build(s, progress, user, err);
	if (ok)
		atomic_store(&s->stale, false);
	pthread_mutex_unlock(&s->writing);
	return ok;
}

bool search_verify(struct search *s, struct error *err)
{
	struct error why = { 0 };
	struct view v;
	if (!view_open(s, &v, err))
		return false;
	bool ok = index_file_sound(v.file, &why);
	view_close(&v);
	if (ok)
		return true;
	atomic_store(&s->damaged, true);
	atomic_store(&s->stale, true);
	return error_set(err, ERR_DB, "the search index is damaged%s%s", why.code ? ": " : "", why.message);
}

/* ---- open and close ---- */

struct search *search_open(const char *path, struct store *store, struct error *err)
{
	struct error none = { 0 };
	struct search *s = calloc(1, sizeof *s);
	if (!s || !(s->path = strdup(path))) {
		free(s);
		error_memory(err);
		return NULL;
	}
	s->store = store;
	s->reader = text_reader_new();
	pthread_mutex_init(&s->writing, NULL);
	/* What cannot be opened is made anew by search_follow. */
	if (!index_file_refresh(s, &none)) {
		if (none.code != ERR_NOT_FOUND)
			log_error(&none, "opening the search index");
		atomic_store(&s->stale, true);
	}
	return s;
}

void search_close(struct search *s)
{
	if (!s)
		return;
	index_file_close(atomic_load(&s->file));
	synonyms_free(atomic_load(&s->synonyms));
	text_reader_free(s->reader);
	pthread_mutex_destroy(&s->writing);
	free(s->path);
	free(s);
}

bool search_stale(struct search *s)
{
	return atomic_load(&s->stale);
}

bool search_stats(struct search *s, struct search_stats *out, struct error *err)
{
	struct view v;
	int64_t pages = 0, size = 0;
	*out = (struct search_stats){ 0 };
	if (!view_open(s, &v, err))
		return false;
	out->articles = v.docs->live;
	bool ok = meta_get(v.conn, "seq", &out->seq) && db_get_int(v.conn, err, &pages, "PRAGMA page_count", "") &&
	          db_get_int(v.conn, err, &size, "PRAGMA page_size", "");
	out->bytes = pages * size;
	view_close(&v);
	return ok;
}
