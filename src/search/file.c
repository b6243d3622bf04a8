#include "search/inner.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The index is a SQLite file of its own, one a generation: index-N.db. The link index.db names the one in use, so that a
 * new one can be built beside it and swapped in by one rename, for other processes too. */

#define ANALYSIS 6 /* moves when the analysis or the layout changes: an index cut otherwise is made anew */
#define PATH_LONGEST 4096

static const char *const MIGRATIONS[] = {
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL);"
	/* The texts last: what stood after them could be read only through all their pages. */
	"CREATE TABLE doc (article INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, lang TEXT NOT NULL,"
	" published_at INTEGER NOT NULL, categories TEXT NOT NULL, shape BLOB NOT NULL, slug TEXT NOT NULL,"
	" title TEXT NOT NULL, source TEXT NOT NULL, texts BLOB NOT NULL);"
	"CREATE TABLE posting (term TEXT NOT NULL, first INTEGER NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL,"
	" PRIMARY KEY (term, first)) WITHOUT ROWID;"
	"CREATE TABLE name (kind INTEGER NOT NULL, name TEXT NOT NULL, article INTEGER NOT NULL,"
	" PRIMARY KEY (kind, name, article)) WITHOUT ROWID;"
	"CREATE INDEX name_article ON name (article);"
	/* Paths are kept as hashes: here they are only compared. */
	"CREATE TABLE link (path INTEGER NOT NULL, source INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (path, source, text))"
	" WITHOUT ROWID;"
	"CREATE TABLE links_of (source INTEGER PRIMARY KEY, paths BLOB NOT NULL);"
	"CREATE TABLE address (path INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (path, article)) WITHOUT ROWID;"
	"CREATE TABLE addresses_of (article INTEGER PRIMARY KEY, paths BLOB NOT NULL);",
	SUGGEST_SCHEMA,
	SPELL_SCHEMA,
	RELATED_SCHEMA,
};

bool meta_get(struct db_conn *conn, const char *name, int64_t *out)
{
	struct error none = { 0 };
	*out = 0;
	return db_get_int(conn, &none, out, "SELECT value FROM meta WHERE name = $1", "s", str_from(name));
}

bool meta_set(struct db_conn *conn, const char *name, int64_t value, struct error *err)
{
	return db_exec(conn, err,
	    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2", "si",
	    str_from(name), value);
}

/* ---- opening ---- */

static struct index_file *open_path(const char *path, bool create, struct error *err)
{
	struct db_options options = { .create = create, .relaxed = true, .cache_kib = 4096 };
	struct index_file *f = calloc(1, sizeof *f);
	if (!f || !(f->path = strdup(path))) {
		free(f);
		error_memory(err);
		return NULL;
	}
	f->db = db_open(path, &options, err);
	if (f->db && db_migrate(f->db, MIGRATIONS, sizeof MIGRATIONS / sizeof *MIGRATIONS, err))
		return f;
	index_file_close(f);
	return NULL;
}

/* Is this the index of this very site, whole, and cut as this program cuts, with readings if they are to be had? */
static bool belongs(struct search *s, struct db_conn *conn, struct error *err)
{
	int64_t analysis, complete, readings, same = 0;
	struct arena *arena = arena_new();
	bool ok = arena && meta_get(conn, "analysis", &analysis) && meta_get(conn, "complete", &complete) &&
	          meta_get(conn, "readings", &readings) && analysis == ANALYSIS && complete &&
	          readings == (s->reader != NULL) &&
	          db_get_int(conn, err, &same, "SELECT value = $1 FROM meta WHERE name = 'site'", "s",
	              store_identity(s->store, arena));
	arena_free(arena);
	return (ok && same) || error_set(err, ERR_INVALID, "this is the index of another site or another version");
}

struct index_file *index_file_open(struct search *s, const char *path, struct error *err)
{
	struct index_file *f = open_path(path, false, err);
	if (!f)
		return NULL;
	f->signal = db_signal(f->db);
	struct db_conn *conn = db_reader(f->db, err);
	struct docs *docs = conn && belongs(s, conn, err) ? docs_load(conn, err) : NULL;
	atomic_store(&f->docs, docs);
	if (docs)
		return f;
	index_file_close(f);
	return NULL;
}

void index_file_close(struct index_file *f)
{
	if (!f)
		return;
	docs_free(atomic_load(&f->docs));
	db_close(f->db);
	free(f->path);
	free(f);
}

static void remove_files(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char name[PATH_LONGEST + 8];
	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
}

void index_file_discard(struct index_file *f)
{
	char *path = f ? strdup(f->path) : NULL;
	index_file_close(f);
	if (path)
		remove_files(path);
	free(path);
}

/* ---- generations ---- */

/* What the link points to, as a path; false when there is no link. */
static bool linked(const struct search *s, char out[PATH_LONGEST])
{
	char target[NAME_MAX + 1];
	ssize_t n = readlink(s->path, target, NAME_MAX);
	if (n <= 0)
		return false;
	target[n] = '\0';
	const char *slash = strrchr(s->path, '/');
	int dir = slash ? (int)(slash - s->path) + 1 : 0;
	return strchr(target, '/') == NULL && snprintf(out, PATH_LONGEST, "%.*s%s", dir, s->path, target) < PATH_LONGEST;
}

/* The numbers of the generations that lie there; what is none is passed over. Calls `each` for the files of each. */
static int64_t last_generation(const struct search *s)
{
	char dir[PATH_LONGEST];
	int64_t last = 0, n;
	snprintf(dir, sizeof dir, "%s", s->path);
	DIR *d = opendir(dirname(dir));
	for (struct dirent *entry; d && (entry = readdir(d));) {
		struct str name = str_from(entry->d_name);
		if (!str_starts(name, STR("index-")) || !str_ends(name, STR(".db")))
			continue;
		if (str_to_int(str_sub(name, 6, name.n - 3), &n) && n > last)
			last = n;
	}
	if (d)
		closedir(d);
	return last;
}

static void generation_path(const struct search *s, int64_t n, char out[PATH_LONGEST])
{
	size_t stem = strlen(s->path);
	if (stem > 3 && strcmp(s->path + stem - 3, ".db") == 0)
		stem -= 3;
	snprintf(out, PATH_LONGEST, "%.*s-%lld.db", (int)stem, s->path, (long long)n);
}

struct index_file *index_file_make(struct search *s, struct error *err)
{
	char path[PATH_LONGEST];
	generation_path(s, last_generation(s) + 1, path);
	struct index_file *f = open_path(path, true, err);
	struct arena *arena = arena_new();
	struct db_conn *conn = f && arena ? db_begin(f->db, err) : NULL;
	bool ok =
	    conn && meta_set(conn, "analysis", ANALYSIS, err) && meta_set(conn, "readings", s->reader != NULL, err) &&
	    db_exec(conn, err, "INSERT INTO meta (name, value) VALUES ('site', $1)", "s", store_identity(s->store, arena));
	if (conn && !ok)
		db_rollback(conn);
	else if (conn)
		ok = db_commit(conn, err);
	arena_free(arena);
	if (ok)
		return f;
	index_file_discard(f);
	return NULL;
}

static bool link_to(const struct search *s, const char *path, struct error *err)
{
	char temporary[PATH_LONGEST + 8];
	const char *name = strrchr(path, '/');
	snprintf(temporary, sizeof temporary, "%s.tmp", s->path);
	unlink(temporary);
	if (symlink(name ? name + 1 : path, temporary) == 0 && rename(temporary, s->path) == 0)
		return true;
	return error_set(err, ERR_IO, "cannot put the new search index in its place (%s): %s", s->path, strerror(errno));
}

/* ---- swapping, under readers ---- */

/* Returns when every reader that came before has gone. */
static void wait_for_readers(struct search *s)
{
	unsigned parity = atomic_fetch_add(&s->epoch, 1) & 1;
	while (atomic_load(&s->readers[parity]) > 0)
		usleep(200);
}

static void swap(struct search *s, struct index_file *f, bool remove_old)
{
	struct index_file *old = atomic_exchange(&s->file, f);
	wait_for_readers(s);
	if (old && remove_old && (!f || strcmp(old->path, f->path) != 0))
		index_file_discard(old);
	else
		index_file_close(old);
}

bool index_file_use(struct search *s, struct index_file *f, struct error *err)
{
	char before[PATH_LONGEST] = "";
	if (!linked(s, before)) {
		/* An index of an earlier version lay here as a plain file. */
		remove_files(s->path);
		before[0] = '\0';
	}
	if (!link_to(s, f->path, err))
		return false;
	swap(s, f, true);
	if (before[0] && strcmp(before, f->path) != 0)
		remove_files(before);
	return true;
}

void index_docs_use(struct search *s, struct docs *docs)
{
	struct index_file *f = atomic_load(&s->file);
	struct docs *old = atomic_exchange(&f->docs, docs);
	wait_for_readers(s);
	if (old && docs->dead)
		docs_forget(old, docs);
	else
		docs_free(old);
}

void synonyms_use(struct search *s, struct synonyms *synonyms)
{
	struct synonyms *old = atomic_exchange(&s->synonyms, synonyms);
	wait_for_readers(s);
	synonyms_free(old);
}

bool index_file_refresh(struct search *s, struct error *err)
{
	char path[PATH_LONGEST];
	struct index_file *f = atomic_load(&s->file);
	bool there = linked(s, path);
	if (there && (!f || strcmp(path, f->path) != 0)) {
		struct index_file *other = index_file_open(s, path, err);
		if (!other)
			return false;
		swap(s, other, false);
		return true;
	}
	if (!f || !there)
		return error_set(err, ERR_NOT_FOUND, "there is no search index at %s", s->path);
	int64_t signal = db_signal(f->db);
	if (signal == f->signal)
		return true;
	struct db_conn *conn = db_reader(f->db, err);
	struct docs *docs = conn ? docs_load(conn, err) : NULL;
	if (!docs)
		return false;
	f->signal = signal;
	index_docs_use(s, docs);
	return true;
}

bool view_open(struct search *s, struct view *v, struct error *err)
{
	*v = (struct view){ .search = s };
	for (;;) {
		unsigned epoch = atomic_load(&s->epoch);
		v->parity = epoch & 1;
		atomic_fetch_add(&s->readers[v->parity], 1);
		if (atomic_load(&s->epoch) == epoch)
			break;
		atomic_fetch_sub(&s->readers[v->parity], 1);
	}
	v->file = atomic_load(&s->file);
	v->docs = v->file ? atomic_load(&v->file->docs) : NULL;
	v->synonyms = atomic_load(&s->synonyms);
	v->conn = v->file ? db_reader(v->file->db, err) : NULL;
	if (v->docs && v->conn && db_hold(v->conn, err))
		return true;
	v->conn = NULL;
	view_close(v);
	return error_set(err, ERR_UNAVAILABLE, "the search index is being built; try again in a moment");
}

void view_close(struct view *v)
{
	if (v->conn)
		db_release(v->conn);
	atomic_fetch_sub(&v->search->readers[v->parity], 1);
}

/* ---- care ---- */

static bool chunk_sound(struct db_rows *rows)
{
	struct posting p;
	int64_t n = 0;
	posting_start(&p, db_str(rows, 3), db_int(rows, 1));
	while (posting_next(&p))
		n++;
	return n == db_int(rows, 2) && p.p == p.end;
}

bool index_file_sound(struct index_file *f, struct error *err)
{
	struct db_conn *conn = db_reader(f->db, err);
	struct db_rows *rows = conn ? db_query(conn, err, "SELECT term, first, n, data FROM posting", "") : NULL;
	bool ok = rows != NULL;
	while (rows && db_next(rows))
		ok = ok && chunk_sound(rows);
	if (rows && !db_done(rows))
		return false;
	struct arena *arena = arena_new();
	rows = ok && arena ? db_query(conn, err, "SELECT texts FROM doc", "") : NULL;
	while (rows && db_next(rows)) {
		struct doc_texts texts;
		ok = ok && texts_unpack(db_str(rows, 0), &texts, arena, err);
		arena_reset(arena);
	}
	if (rows && !db_done(rows))
		ok = false;
	arena_free(arena);
	return ok;
}
