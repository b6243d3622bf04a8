#include "search/inner.h"

#include <string.h>

/* The lists of related articles are kept, so that a page only reads one. A change makes the lists due that it may touch:
 * the article's own, those that it stands in, and those of the articles that it is like. They are made anew a little at a
 * time, after what readers wait for. What no change names, because only the rarity of terms has moved, is renewed in
 * turns: each change lets all lists be looked at once more, a few each time. */

#define AT_ONCE 256     /* lists in one transaction */
#define LISTERS_MAX 200 /* lists that one article stands in, as far as a change of it makes them due */
#define SWEEP_PART 10   /* of the time that may be spent */

/* quiet 0: the article itself changed; 1: only its list may have. */
const char RELATED_SCHEMA[] =
    "CREATE TABLE related (article INTEGER PRIMARY KEY, others TEXT NOT NULL);"
    "CREATE TABLE related_in (other INTEGER PRIMARY KEY, articles BLOB NOT NULL);"
    "CREATE TABLE related_due (quiet INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (quiet, article)) WITHOUT ROWID;"
    /* Of an index that was made before there were lists. */
    "INSERT INTO related_due (quiet, article) SELECT 1, article FROM doc";

static bool make_due(struct db_conn *conn, bool quiet, int64_t article, struct error *err)
{
	return db_exec(conn, err, "INSERT INTO related_due (quiet, article) VALUES ($1, $2) ON CONFLICT DO NOTHING", "ii",
	    (int64_t)quiet, article);
}

bool related_changed(struct db_conn *conn, const int64_t *articles, size_t n, struct error *err)
{
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++)
		ok = make_due(conn, false, articles[i], err);
	return ok;
}

bool related_all_due(struct db_conn *conn, struct error *err)
{
	return db_exec(conn, err, "INSERT INTO related_due (quiet, article) SELECT 1, article FROM doc", "");
}

/* ---- one list ---- */

static struct str list_text(const int64_t *ids, size_t n, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s%lld", i ? " " : "", (long long)ids[i]);
	return out.n ? buf_take(&out, arena) : STR("");
}

static size_t list_ids(struct str text, int64_t out[RELATED_KEPT])
{
	size_t n = 0;
	while (text.n && n < RELATED_KEPT) {
		if (str_to_int(str_split(&text, ' '), &out[n]))
			n++;
	}
	return n;
}

/* *there false: it has none. */
static bool read_list(
    struct db_conn *conn, int64_t article, struct str *out, bool *there, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, "SELECT others FROM related WHERE article = $1", "i", article);
	*there = rows && db_next(rows);
	*out = *there ? db_dup(rows, 0, arena) : STR("");
	return rows && db_done(rows);
}

/* The articles in whose lists this one stands, as far as they are kept. */
static bool read_listers(
    struct db_conn *conn, int64_t other, int64_t out[LISTERS_MAX], size_t *n, struct arena *arena, struct error *err)
{
	int64_t id = 0;
	struct db_rows *rows = db_query(conn, err, "SELECT articles FROM related_in WHERE other = $1", "i", other);
	struct str packed = rows && db_next(rows) ? db_dup(rows, 0, arena) : STR("");
	for (*n = 0; *n < LISTERS_MAX && ids_next(&packed, &id);)
		out[(*n)++] = id;
	return rows && db_done(rows);
}

static bool set_lister(
    struct db_conn *conn, int64_t other, int64_t article, bool lists, struct arena *arena, struct error *err)
{
	int64_t ids[LISTERS_MAX];
	size_t n, i = 0;
	if (!read_listers(conn, other, ids, &n, arena, err))
		return false;
	while (i < n && ids[i] != article)
		i++;
	if ((i < n) == lists || (lists && n == LISTERS_MAX))
		return true;
	if (lists)
		ids[n++] = article;
	else
		ids[i] = ids[--n];
	if (n == 0)
		return db_exec(conn, err, "DELETE FROM related_in WHERE other = $1", "i", other);
	return db_exec(conn, err,
	    "INSERT INTO related_in (other, articles) VALUES ($1, $2) ON CONFLICT (other) DO UPDATE SET articles = $2",
	    "ib", other, ids_pack(ids, n, arena));
}

/* ---- a slice of the work ---- */

struct relating {
	struct search *search;
	const struct view *view;
	struct db_conn *conn; /* writes */
	struct arena *scratch;
	int64_t *changed; /* room for AT_ONCE */
	size_t n_changed;
	uint64_t until;
	struct error *err;
};

static bool time_is_up(const struct relating *r)
{
	return r->n_changed == AT_ONCE || clock_mono_us() >= r->until;
}

/* `live` false: the article is gone, and its list with it. */
static bool write_list(
    struct relating *r, int64_t article, bool live, struct str old, const struct related_found *found)
{
	int64_t before[RELATED_KEPT];
	size_t n = list_ids(old, before);
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++)
		ok = set_lister(r->conn, before[i], article, false, r->scratch, r->err);
	for (size_t i = 0; ok && i < found->n; i++)
		ok = set_lister(r->conn, found->list[i], article, true, r->scratch, r->err);
	if (!live)
		return ok && db_exec(r->conn, r->err, "DELETE FROM related WHERE article = $1", "i", article);
	return ok && db_exec(r->conn, r->err,
	                 "INSERT INTO related (article, others) VALUES ($1, $2)"
	                 " ON CONFLICT (article) DO UPDATE SET others = $2",
	                 "is", article, list_text(found->list, found->n, r->scratch));
}

/* Makes one list anew. */
static bool renew(struct relating *r, int64_t article, struct related_found *found)
{
	struct str old;
	bool there, live = article >= 0 && article < r->view->docs->n && r->view->docs->hot[article].live;
	if (!related_find(r->search, r->view, article, found, r->scratch, r->err) ||
	    !read_list(r->conn, article, &old, &there, r->scratch, r->err))
		return false;
	if (there == live && str_eq(old, list_text(found->list, found->n, r->scratch)))
		return true;
	r->changed[r->n_changed++] = article;
	return write_list(r, article, live, old, found);
}

static bool touch(struct relating *r, int64_t article, const struct related_found *found)
{
	int64_t listers[LISTERS_MAX];
	size_t n;
	bool ok = read_listers(r->conn, article, listers, &n, r->scratch, r->err);
	for (size_t i = 0; ok && i < n; i++)
		ok = make_due(r->conn, true, listers[i], r->err);
	for (size_t i = 0; ok && i < found->n_near; i++)
		ok = make_due(r->conn, true, found->near[i], r->err);
	return ok;
}

/* The articles themselves stand before those that they touch. *n 0: nothing is due. */
static bool read_due(struct relating *r, int64_t *articles, bool *quiet, size_t *n)
{
	*n = 0;
	struct db_rows *rows = db_query(r->conn, r->err,
	    "SELECT article, quiet FROM related_due ORDER BY quiet, article LIMIT $1", "i", (int64_t)AT_ONCE);
	while (rows && db_next(rows)) {
		quiet[*n] = db_int(rows, 1) != 0;
		articles[(*n)++] = db_int(rows, 0);
	}
	return rows && db_done(rows);
}

static bool renew_due(struct relating *r, bool *more)
{
	int64_t articles[AT_ONCE];
	bool quiet[AT_ONCE], ok;
	size_t n, i = 0;
	ok = read_due(r, articles, quiet, &n);
	for (; ok && i < n && !time_is_up(r); i++) {
		struct related_found found;
		arena_reset(r->scratch);
		ok = renew(r, articles[i], &found) && (quiet[i] || touch(r, articles[i], &found)) &&
		     db_exec(r->conn, r->err, "DELETE FROM related_due WHERE quiet = $1 AND article = $2", "ii",
		         (int64_t)quiet[i], articles[i]);
	}
	*more = n > 0;
	return ok;
}

static bool renew_in_turn(struct relating *r)
{
	struct search *s = r->search;
	bool ok = true;
	while (ok && s->sweep_left > 0 && !time_is_up(r)) {
		struct related_found found;
		arena_reset(r->scratch);
		if (s->sweep_at >= r->view->docs->n)
			s->sweep_at = 0;
		if (r->view->docs->hot[s->sweep_at].live)
			ok = renew(r, s->sweep_at, &found);
		s->sweep_at++;
		s->sweep_left--;
	}
	return ok;
}

static bool slice(
    struct search *s, int ms, struct search_relating *out, struct db_conn *conn, struct arena *arena, struct error *err)
{
	struct view v;
	struct relating r = { .search = s, .view = &v, .conn = conn, .scratch = arena_new(), .err = err };
	r.changed = arena_array(arena, AT_ONCE, sizeof *r.changed);
	bool ok = r.scratch && r.changed;
	if (!ok)
		error_memory(err);
	if (ok && (ok = view_open(s, &v, err))) {
		r.until = clock_mono_us() + (uint64_t)ms * 1000;
		ok = renew_due(&r, &out->more);
		if (ok && !out->more) {
			r.until = clock_mono_us() + (uint64_t)ms * 1000 / SWEEP_PART;
			ok = renew_in_turn(&r);
		}
		view_close(&v);
	}
	arena_free(r.scratch);
	out->articles = r.changed;
	out->n = r.n_changed;
	return ok;
}

/* Nothing due, and no turn to take: told without the writer. */
static bool at_rest(struct search *s, struct index_file *f)
{
	struct error none = { 0 };
	int64_t due = 1;
	struct db_conn *conn = db_reader(f->db, &none);
	return s->sweep_left == 0 && conn &&
	       db_get_int(conn, &none, &due, "SELECT EXISTS (SELECT 1 FROM related_due)", "") && !due;
}

static bool relate(struct search *s, int ms, struct search_relating *out, struct arena *arena, struct error *err)
{
	struct index_file *f = atomic_load(&s->file);
	if (!f || atomic_load(&s->damaged) || at_rest(s, f))
		return true;
	struct db_conn *conn = db_begin(f->db, err);
	if (!conn)
		return false;
	if (!slice(s, ms, out, conn, arena, err)) {
		db_rollback(conn);
		return false;
	}
	bool ok = db_commit(conn, err);
	f->signal = db_signal(f->db);
	return ok;
}

bool search_relate(struct search *s, int ms, struct search_relating *out, struct arena *arena, struct error *err)
{
	*out = (struct search_relating){ 0 };
	pthread_mutex_lock(&s->writing);
	bool ok = relate(s, ms, out, arena, err);
	pthread_mutex_unlock(&s->writing);
	if (!ok && err->code == ERR_DB)
		atomic_store(&s->damaged, true);
	return ok;
}

bool search_related(struct search *s, int64_t article, struct article_item **out, size_t *n, bool *ready,
    struct arena *arena, struct error *err)
{
	struct view v;
	struct str text = { 0 };
	int64_t ids[RELATED_KEPT];
	*n = 0;
	*out = NULL;
	if (!view_open(s, &v, err))
		return false;
	bool ok = read_list(v.conn, article, &text, ready, arena, err);
	view_close(&v);
	return ok && article_items(s->store, ids, list_ids(text, ids), out, n, arena, err);
}
