#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

/* A batch of changed articles, turned over: for each term the entries that come and go, kept in memory until there are
 * enough of them, and then merged into the rows of the term in order of terms. So a whole site is built in one sweep over
 * the table, and one edit touches only the rows that really differ. */

#define MEMORY_MAX (96 * MIB)
#define NAMES_MAX 200 /* an article */

/* Entries of a term, in rising order of articles. Each: article (8 bytes), length (4), passages; a length of GONE says that
 * the article is to be left out. */
#define GONE UINT32_MAX

struct list {
	struct str term;
	struct buf ops;
	int64_t first, last;
};

struct writer {
	struct search *search;
	struct db_conn *conn;
	bool empty;
	struct arena *terms; /* the terms' bytes, until the flush */
	struct list *table;
	size_t size, n;
	size_t memory;
};

static bool start_table(struct writer *w)
{
	w->size = 1 << 12;
	w->n = w->memory = 0;
	w->table = calloc(w->size, sizeof *w->table);
	return w->table != NULL;
}

struct writer *writer_new(struct search *s, struct db_conn *conn, bool empty, struct error *err)
{
	struct writer *w = calloc(1, sizeof *w);
	if (w)
		w->terms = arena_new();
	if (!w || !w->terms || !start_table(w)) {
		writer_free(w);
		error_memory(err);
		return NULL;
	}
	w->search = s;
	w->conn = conn;
	w->empty = empty;
	return w;
}

static void free_table(struct writer *w)
{
	for (size_t i = 0; w->table && i < w->size; i++)
		buf_free(&w->table[i].ops);
	free(w->table);
	w->table = NULL;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	free_table(w);
	arena_free(w->terms);
	free(w);
}

static bool grow(struct writer *w)
{
	size_t size = w->size * 2;
	struct list *bigger = calloc(size, sizeof *bigger);
	if (!bigger)
		return false;
	for (size_t i = 0; i < w->size; i++) {
		if (!w->table[i].term.n)
			continue;
		size_t at = str_hash(w->table[i].term) & (size - 1);
		while (bigger[at].term.n)
			at = (at + 1) & (size - 1);
		bigger[at] = w->table[i];
	}
	free(w->table);
	w->table = bigger;
	w->size = size;
	return true;
}

static struct list *list_of(struct writer *w, struct str term)
{
	if (w->n * 2 >= w->size && !grow(w))
		return NULL;
	size_t at = str_hash(term) & (w->size - 1);
	while (w->table[at].term.n && !str_eq(w->table[at].term, term))
		at = (at + 1) & (w->size - 1);
	struct list *l = &w->table[at];
	if (!l->term.n) {
		l->term = arena_dup(w->terms, term);
		if (!l->term.p)
			return NULL;
		l->first = -1;
		w->n++;
	}
	return l;
}

static bool add_op(struct writer *w, struct str term, int64_t article, uint32_t length, struct str segments)
{
	struct list *l = list_of(w, term);
	if (!l)
		return false;
	/* An article's new entry stands after its old one's removal, and replaces it. */
	if (l->last == article && l->first >= 0)
		l->ops.n -= 12; /* a removal has no passages */
	if (l->first < 0)
		l->first = article;
	l->last = article;
	buf_add(&l->ops, str_of((const char *)&article, sizeof article));
	buf_add(&l->ops, str_of((const char *)&length, sizeof length));
	buf_add(&l->ops, segments);
	w->memory += 12 + segments.n;
	return !l->ops.failed;
}

/* ---- the article's own rows ---- */

static bool forget(struct writer *w, int64_t article, struct arena *arena, struct error *err)
{
	struct doc_texts texts;
	struct analysed old;
	struct db_rows *rows = db_query(w->conn, err, "SELECT texts FROM doc WHERE article = $1", "i", article);
	bool there = rows && db_next(rows);
	bool ok = rows && (!there || texts_unpack(db_str(rows, 0), &texts, arena, err));
	if (!rows || !db_done(rows) || !ok)
		return false;
	if (!there)
		return true;
	if (!analyse(&old, &texts, arena, err))
		return false;
	for (size_t i = 0; i < old.n; i++) {
		if (!add_op(w, old.terms[i].term, article, GONE, STR("")))
			return error_memory(err);
	}
	return db_exec(w->conn, err, "DELETE FROM doc WHERE article = $1", "i", article) &&
	       addresses_forget(w->conn, article, arena, err) &&
	       db_exec(w->conn, err, "DELETE FROM name WHERE article = $1", "i", article) &&
	       suggest_forget(w->conn, article, err) && spell_forget(w->conn, article, err);
}

static bool add_name(
    struct writer *w, enum name_kind kind, struct str name, int64_t article, struct arena *arena, struct error *err)
{
	struct str folded = text_fold(str_trim(name), arena);
	return folded.n == 0 ||
	       db_exec(w->conn, err, "INSERT INTO name (kind, name, article) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
	           "isi", (int64_t)kind, folded, article);
}

static bool add_names(struct writer *w, const struct article_text *t, struct arena *arena, struct error *err)
{
	const struct article *a = &t->article;
	bool ok = add_name(w, NAME_AUTHOR, a->author, a->id, arena, err) &&
	          add_name(w, NAME_AUTHOR, a->original.author, a->id, arena, err) &&
	          add_name(w, NAME_TRANSLATOR, a->translator, a->id, arena, err) &&
	          add_name(w, NAME_SOURCE, a->original.publisher, a->id, arena, err) &&
	          add_name(w, NAME_SOURCE, a->original.url, a->id, arena, err);
	for (size_t i = 0; ok && i < a->n_tags && i < NAMES_MAX; i++)
		ok = add_name(w, NAME_TAG, a->tags[i], a->id, arena, err);
	for (size_t i = 0; ok && i < t->rendered.n_citations && i < NAMES_MAX; i++)
		ok = add_name(w, NAME_SOURCE, t->rendered.citations[i].outlet, a->id, arena, err) &&
		     add_name(w, NAME_SOURCE, t->rendered.citations[i].url, a->id, arena, err);
	return ok;
}

static struct str categories_of(const struct article *a, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < a->n_categories; i++)
		buf_printf(&out, "%lld ", (long long)a->categories[i]);
	return out.n ? buf_take(&out, arena) : STR("");
}

static bool add_doc(struct writer *w, const struct article_text *t, struct arena *arena, struct error *err)
{
	const struct article *a = &t->article;
	struct doc_texts texts;
	struct analysed made;
	struct str packed, links;
	if (!links_to(w->search, w->conn, a, &links, arena, err))
		return false;
	texts_of(&texts, t, links, arena);
	if (!analyse(&made, &texts, arena, err) || !texts_pack(&texts, &packed, arena, err))
		return false;
	for (size_t i = 0; i < made.n; i++) {
		if (!add_op(w, made.terms[i].term, a->id, (uint32_t)made.terms[i].segments.n, made.terms[i].segments))
			return error_memory(err);
	}
	struct str shape = str_of((const char *)&made.shape, sizeof made.shape);
	return db_exec(w->conn, err,
	           "INSERT INTO doc (article, group_id, lang, published_at, categories, shape, slug, title, source, texts)"
	           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
	           "iisisbsssb", a->id, a->group_id, a->lang, a->published_at, categories_of(a, arena), shape, a->slug,
	           a->title, a->source, packed) &&
	       add_names(w, t, arena, err) && suggest_add(w->conn, w->search->reader, t, arena, err) &&
	       spell_add(w->conn, w->search->reader, t, arena, err);
}

bool writer_put(
    struct writer *w, int64_t article, const struct article_text *text, struct arena *arena, struct error *err)
{
	if (!w->empty && !forget(w, article, arena, err))
		return false;
	if (text && !add_doc(w, text, arena, err))
		return false;
	return w->memory < MEMORY_MAX || writer_flush(w, err);
}

/* ---- merging into the rows ---- */

/* Rows of a term being written: entries come in rising order. */
struct rows_out {
	struct writer *w;
	struct str term;
	struct buf chunk;
	int64_t first, last, n;
	struct error *err;
};

static bool write_row(struct rows_out *o)
{
	bool ok =
	    o->n == 0 || (!o->chunk.failed && db_exec(o->w->conn, o->err,
	                                          "INSERT INTO posting (term, first, n, data) VALUES ($1, $2, $3, $4)",
	                                          "siib", o->term, o->first, o->n, buf_str(&o->chunk)));
	buf_clear(&o->chunk);
	o->n = 0;
	return ok;
}

static bool write_entry(struct rows_out *o, int64_t doc, struct str segments)
{
	if (o->n && o->chunk.n + segments.n > CHUNK_BYTES && !write_row(o))
		return false;
	if (o->n == 0)
		o->first = o->last = doc;
	posting_add(&o->chunk, doc - o->last, segments);
	o->last = doc;
	o->n++;
	return true;
}

struct op {
	int64_t doc;
	uint32_t length;
	struct str segments;
};

static bool next_op(struct str *ops, struct op *out)
{
	if (ops->n < 12)
		return false;
	memcpy(&out->doc, ops->p, 8);
	memcpy(&out->length, ops->p + 8, 4);
	size_t n = out->length == GONE ? 0 : out->length;
	out->segments = str_sub(*ops, 12, 12 + n);
	*ops = str_skip(*ops, 12 + n);
	return true;
}

static bool write_new(struct writer *w, const struct list *l, struct error *err)
{
	struct rows_out out = { .w = w, .term = l->term, .err = err };
	struct str ops = buf_str(&l->ops);
	struct op op;
	bool ok = true;
	while (ok && next_op(&ops, &op))
		ok = op.length == GONE || write_entry(&out, op.doc, op.segments);
	ok = ok && write_row(&out);
	buf_free(&out.chunk);
	return ok;
}

/* The rows that the list touches, whole; *from is the first of them. */
static bool rows_touched(
    struct writer *w, const struct list *l, struct chunk **out, size_t *n, struct arena *arena, struct error *err)
{
	int64_t from = l->first;
	size_t cap = 16;
	*n = 0;
	*out = arena_array(arena, cap, sizeof **out);
	struct db_rows *rows =
	    db_query(w->conn, err, "SELECT first FROM posting WHERE term = $1 AND first <= $2 ORDER BY first DESC LIMIT 1",
	        "si", l->term, l->first);
	if (rows && db_next(rows))
		from = db_int(rows, 0);
	if (!rows || !db_done(rows) || !*out)
		return false;
	rows = db_query(w->conn, err,
	    "SELECT first, data FROM posting WHERE term = $1 AND first >= $2 AND first <= $3 ORDER BY first", "sii",
	    l->term, from, l->last);
	while (rows && db_next(rows)) {
		if (*n == cap) {
			struct chunk *more = arena_array(arena, cap * 2, sizeof *more);
			if (!more)
				break;
			memcpy(more, *out, cap * sizeof *more);
			*out = more;
			cap *= 2;
		}
		(*out)[(*n)++] = (struct chunk){ db_int(rows, 0), db_dup(rows, 1, arena) };
	}
	return rows && db_done(rows);
}

static bool merge_rows(struct rows_out *out, const struct list *l, const struct chunk *chunks, size_t n)
{
	struct str ops = buf_str(&l->ops);
	struct op op;
	bool more = next_op(&ops, &op), ok = true;
	for (size_t i = 0; ok && i < n; i++) {
		struct posting p;
		posting_start(&p, chunks[i].data, chunks[i].first);
		while (ok && posting_next(&p)) {
			for (; ok && more && op.doc < p.doc; more = next_op(&ops, &op))
				ok = op.length == GONE || write_entry(out, op.doc, op.segments);
			/* What the list says of this very article holds, and comes in the next turn. */
			if (!more || op.doc != p.doc)
				ok = ok && write_entry(out, p.doc, p.segments);
		}
	}
	for (; ok && more; more = next_op(&ops, &op))
		ok = op.length == GONE || write_entry(out, op.doc, op.segments);
	return ok && write_row(out);
}

/* Does the list say only what the rows say already? True after most edits of an article, for most of its terms. */
static bool says_nothing_new(const struct list *l, const struct chunk *chunks, size_t n)
{
	struct str ops = buf_str(&l->ops);
	struct op op;
	size_t i = 0;
	struct posting p;
	bool have = n > 0;
	if (have) {
		posting_start(&p, chunks[0].data, chunks[0].first);
		have = posting_next(&p);
	}
	while (next_op(&ops, &op)) {
		while (have && p.doc < op.doc) {
			have = posting_next(&p);
			while (!have && ++i < n) {
				posting_start(&p, chunks[i].data, chunks[i].first);
				have = posting_next(&p);
			}
		}
		bool same = have && p.doc == op.doc;
		if (op.length == GONE ? same : !same || !str_eq(p.segments, op.segments))
			return false;
	}
	return true;
}

static bool merge(struct writer *w, const struct list *l, struct arena *arena, struct error *err)
{
	struct rows_out out = { .w = w, .term = l->term, .err = err };
	struct chunk *chunks;
	size_t n;
	arena_reset(arena);
	if (!rows_touched(w, l, &chunks, &n, arena, err))
		return err->code ? false : error_memory(err);
	if (says_nothing_new(l, chunks, n))
		return true;
	bool ok = n == 0 || db_exec(w->conn, err, "DELETE FROM posting WHERE term = $1 AND first >= $2 AND first <= $3",
	                        "sii", l->term, chunks[0].first, chunks[n - 1].first);
	ok = ok && merge_rows(&out, l, chunks, n);
	buf_free(&out.chunk);
	return ok;
}

static int by_term(const void *a, const void *b)
{
	const struct list *const *x = a, *const *y = b;
	return str_cmp((*x)->term, (*y)->term);
}

bool writer_flush(struct writer *w, struct error *err)
{
	struct list **sorted = calloc(w->n + 1, sizeof(struct list *));
	struct arena *arena = arena_new();
	size_t n = 0;
	bool ok = sorted && arena;
	if (!ok)
		error_memory(err);
	for (size_t i = 0; ok && i < w->size; i++) {
		if (w->table[i].term.n)
			sorted[n++] = &w->table[i];
	}
	if (n)
		qsort(sorted, n, sizeof(struct list *), by_term);
	for (size_t i = 0; ok && i < n; i++)
		ok = w->empty ? write_new(w, sorted[i], err) : merge(w, sorted[i], arena, err);
	arena_free(arena);
	free(sorted);
	free_table(w);
	arena_reset(w->terms);
	w->empty = false;
	if (!start_table(w))
		return error_memory(err);
	return ok;
}
