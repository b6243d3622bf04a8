#include "search/inner.h"

#include <stdlib.h>

/* Articles like this one: those that share the rarest terms of its title and headings, and more so those that share its
 * categories and cite the same sources. */

#define ASKED_TERMS 10 /* the rarest that another article has too */
#define LOOKED_AT 40
#define SAME_CATEGORY 0.15 /* of the best score, once */
#define SAME_SOURCE 0.2    /* for each source, at most twice */
#define SOURCES_SQL                                                                                                        \
	"SELECT b.article, COUNT(*) FROM name a JOIN name b ON b.kind = a.kind AND b.name = a.name AND b.article <> a.article" \
	" WHERE a.article = $1 AND a.kind = 3 AND length(a.name) > 16 GROUP BY b.article ORDER BY 2 DESC LIMIT 50"

static int by_weight(const void *a, const void *b)
{
	const struct term *x = a, *y = b;
	return x->weight < y->weight ? 1 : x->weight > y->weight ? -1 : 0;
}

/* Of the question made of the whole title and headings: the rarest terms that more than one article has. */
static void keep_rarest(struct terms *t)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].df > 1)
			t->v[kept++] = t->v[i];
	}
	t->n = kept;
	if (kept)
		qsort(t->v, kept, sizeof *t->v, by_weight);
	if (t->n > ASKED_TERMS)
		t->n = ASKED_TERMS;
}

static bool shares_category(const struct docs *d, int64_t a, int64_t b)
{
	const struct doc_cold *x = d->cold[a], *y = d->cold[b];
	for (size_t i = 0; i < x->n_categories; i++) {
		for (size_t j = 0; j < y->n_categories; j++) {
			if (x->categories[i] == y->categories[j])
				return true;
		}
	}
	return false;
}

static bool add_shared_sources(
    const struct view *v, int64_t article, struct candidate *c, size_t n, double best, struct error *err)
{
	struct db_rows *rows = db_query(v->conn, err, SOURCES_SQL, "i", article);
	while (rows && db_next(rows)) {
		int64_t other = db_int(rows, 0), shared = db_int(rows, 1);
		for (size_t i = 0; i < n; i++) {
			if (c[i].article == other)
				c[i].score += best * SAME_SOURCE * (double)(shared > 2 ? 2 : shared);
		}
	}
	return rows && db_done(rows);
}

static bool find(struct search *s, const struct view *v, int64_t article, struct candidate *found, size_t *n,
    struct arena *arena, struct error *err)
{
	const struct docs *d = v->docs;
	struct terms *terms = arena_alloc(arena, sizeof *terms);
	struct filter filter = { .lang = d->hot[article].lang };
	struct query q = { .n = 1 };
	size_t total;
	struct doc_texts texts = { 0 };
	if (!terms || !texts_read(v->conn, article, &texts, arena, err))
		return terms ? false : error_memory(err);
	struct str headings =
	    str_sub(texts.field[FIELD_HEADINGS], 0, utf8_floor(texts.field[FIELD_HEADINGS], SEGMENT_BYTES));
	q.words[0].text = arena_printf(
	    arena, "%.*s\n%.*s", (int)texts.field[FIELD_TITLE].n, texts.field[FIELD_TITLE].p, (int)headings.n, headings.p);
	if (!terms_of(terms, &q, s, v, texts.lang, arena, err))
		return false;
	keep_rarest(terms);
	return match(v, terms, &filter, -1, found, n, &total, arena, err);
}

static bool item_of(struct search *s, int64_t id, struct article_item *out, struct arena *arena)
{
	struct article a;
	struct error none = { 0 };
	if (!article_by_id(s->store, id, &a, arena, &none) || a.status != ARTICLE_PUBLISHED)
		return false;
	*out = (struct article_item){ .id = a.id,
		.group_id = a.group_id,
		.lang = a.lang,
		.slug = a.slug,
		.title = a.title,
		.summary = a.summary,
		.author = a.author,
		.translator = a.translator,
		.published_at = a.published_at,
		.updated_at = a.updated_at,
		.status = a.status };
	return true;
}

static bool related(struct search *s, const struct view *v, int64_t id, size_t limit, struct article_item *out,
    size_t *n, struct arena *arena, struct error *err)
{
	struct candidate *found = arena_array(arena, CANDIDATES_MAX, sizeof *found);
	size_t n_found = 0;
	if (!found)
		return error_memory(err);
	if (id < 0 || id >= v->docs->n || !v->docs->hot[id].live)
		return true;
	if (!find(s, v, id, found, &n_found, arena, err))
		return false;
	double best = 0;
	for (size_t i = 0; i < n_found; i++) {
		if (found[i].group != v->docs->cold[id]->group && found[i].score > best)
			best = found[i].score;
	}
	n_found = n_found > LOOKED_AT ? LOOKED_AT : n_found;
	for (size_t i = 0; i < n_found; i++)
		found[i].score += shares_category(v->docs, id, found[i].article) ? best * SAME_CATEGORY : 0;
	if (!add_shared_sources(v, id, found, n_found, best, err))
		return false;
	if (n_found)
		qsort(found, n_found, sizeof *found, candidate_by_score);
	for (size_t i = 0; i < n_found && *n < limit; i++) {
		if (found[i].group != v->docs->cold[id]->group && item_of(s, found[i].article, &out[*n], arena))
			++*n;
	}
	return true;
}

bool search_related(struct search *s, int64_t id, struct str lang, size_t limit, struct article_item **out, size_t *n,
    struct arena *arena, struct error *err)
{
	struct view v;
	(void)lang;
	*n = 0;
	*out = arena_array(arena, limit + 1, sizeof **out);
	if (!*out)
		return error_memory(err);
	if (!view_open(s, &v, err))
		return false;
	bool ok = related(s, &v, id, limit, *out, n, arena, err);
	view_close(&v);
	return ok;
}
