#include "search/inner.h"

#include <stdlib.h>

/* Articles like this one: those that share the rarest terms of its title and headings, and more so those that share its
 * categories and cite the same sources. */

#define ASKED_TERMS 10     /* the rarest that another article has too */
#define SAME_CATEGORY 0.15 /* of the best score, once */
#define SAME_SOURCE 0.2    /* for each source, at most twice */
#define SHARED_MOST 2
/* Sources that half the site cites tell nothing, and would cost: each is looked up among the first hundred that cite it. */
#define SOURCES_SQL                                                                                                \
	"SELECT b.article, COUNT(*) FROM (SELECT name FROM name WHERE article = $1 AND kind = 3 AND length(name) > 16" \
	" LIMIT 20) a JOIN name b ON b.kind = 3 AND b.name = a.name AND b.article <> $1 GROUP BY b.article"            \
	" ORDER BY 2 DESC, b.article LIMIT 50"

static int by_weight(const void *a, const void *b)
{
	const struct term *x = a, *y = b;
	return x->weight < y->weight ? 1 : x->weight > y->weight ? -1 : str_cmp(x->term, y->term);
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

static struct candidate *candidate_of(struct candidate *c, size_t *n, size_t max, int64_t article)
{
	for (size_t i = 0; i < *n; i++) {
		if (c[i].article == article)
			return &c[i];
	}
	if (*n == max)
		return NULL;
	c[*n] = (struct candidate){ .article = article };
	return &c[(*n)++];
}

/* Also brings those in that share nothing else; they must be in the article's language. */
static bool add_shared_sources(
    const struct view *v, int64_t article, struct candidate *c, size_t *n, double best, struct error *err)
{
	const struct docs *d = v->docs;
	struct db_rows *rows = db_query(v->conn, err, SOURCES_SQL, "i", article);
	while (rows && db_next(rows)) {
		int64_t other = db_int(rows, 0), shared = db_int(rows, 1);
		if (other < 0 || other >= d->n || !d->hot[other].live || d->hot[other].lang != d->hot[article].lang)
			continue;
		struct candidate *of = candidate_of(c, n, RELATED_NEAR, other);
		if (of)
			of->score += best * SAME_SOURCE * (double)(shared > SHARED_MOST ? SHARED_MOST : shared);
	}
	return rows && db_done(rows);
}

/* Those that share terms, best first. */
static bool alike(struct search *s, const struct view *v, int64_t article, struct candidate *found, size_t *n,
    struct arena *arena, struct error *err)
{
	struct terms *terms = arena_alloc(arena, sizeof *terms);
	struct filter filter = { .langs = (uint64_t)1 << v->docs->hot[article].lang };
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

/* Leaves out the article itself and its translations. */
static void only_others(const struct view *v, int64_t article, struct candidate *c, size_t *n)
{
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++) {
		if (v->docs->cold[c[i].article]->group != v->docs->cold[article]->group)
			c[kept++] = c[i];
	}
	*n = kept;
}

/* Of the best, those that stand in lists: a page that stands apart is no company. */
static bool choose(struct search *s, const struct candidate *c, size_t n, struct related_found *out,
    struct arena *arena, struct error *err)
{
	int64_t ids[ARTICLE_ITEMS_MAX];
	struct article_item *items;
	size_t n_ids = 0, n_items;
	for (; n_ids < n && n_ids < ARTICLE_ITEMS_MAX; n_ids++)
		ids[n_ids] = c[n_ids].article;
	if (!article_items(s->store, ids, n_ids, &items, &n_items, arena, err))
		return false;
	for (size_t i = 0; i < n_items && out->n < RELATED_KEPT; i++)
		out->list[out->n++] = items[i].id;
	return true;
}

bool related_find(struct search *s, const struct view *v, int64_t article, struct related_found *out,
    struct arena *arena, struct error *err)
{
	struct candidate *found = arena_array(arena, CANDIDATES_MAX, sizeof *found);
	size_t n = 0;
	*out = (struct related_found){ 0 };
	if (!found)
		return error_memory(err);
	if (article < 0 || article >= v->docs->n || !v->docs->hot[article].live)
		return true;
	if (!alike(s, v, article, found, &n, arena, err))
		return false;
	only_others(v, article, found, &n);
	double best = n ? found[0].score : 1;
	n = n > RELATED_ALIKE ? RELATED_ALIKE : n;
	for (size_t i = 0; i < n; i++)
		found[i].score += shares_category(v->docs, article, found[i].article) ? best * SAME_CATEGORY : 0;
	if (!add_shared_sources(v, article, found, &n, best, err))
		return false;
	only_others(v, article, found, &n);
	if (n)
		qsort(found, n, sizeof *found, candidate_by_score);
	for (; out->n_near < n; out->n_near++)
		out->near[out->n_near] = found[out->n_near].article;
	return choose(s, found, n, out, arena, err);
}
