#include "search/inner.h"

#include <stdlib.h>

#define CANDIDATES 1000
#define WEAKEST 0.15        /* of the best score: what is weaker is no answer */
#define OTHER_LANGUAGE 0.7  /* articles in other languages than the reader's follow */
#define SNIPPET_BYTES 300
#define FACETS_MAX 64
#define RELATED_TERMS 4
#define CHOOSING_TERMS 10 /* of a long question: the rarest choose the candidates */
#define DAY_YEAR(t) (civil_from_unix(t).year)

/* bm25: a match in the title says most, then headings. Any term may match; what matches more of them ranks higher. */
static const char QUERY[] =
	"SELECT d.article, bm25(terms, 5.0, 2.0, 1.0), d.lang, d.published_at, d.category FROM terms"
	" JOIN doc d ON d.article = terms.rowid WHERE terms MATCH $1 AND ($2 = '' OR d.lang = $2)"
	" AND ($3 = 0 OR EXISTS (SELECT 1 FROM doc_category c WHERE c.article = d.article AND c.category IN"
	"  (SELECT value FROM json_each($4))))"
	" ORDER BY 2 LIMIT $5";

static int by_score(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->article < y->article ? -1 : x->article > y->article;
}

static int by_date(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->published_at != y->published_at)
		return x->published_at < y->published_at ? 1 : -1;
	return by_score(a, b);
}

/* The category and all below it, as a JSON list. */
static bool descendants(struct search *s, int64_t id, struct str *out, struct arena *arena, struct error *err)
{
	struct category *all;
	size_t n;
	struct buf list = { 0 };
	if (!category_list(s->store, &all, &n, arena, err))
		return false;
	buf_printf(&list, "[%lld", (long long)id);
	/* Parents stand before their children, so one pass is enough. */
	bool *in = arena_array(arena, n + 1, sizeof *in);
	for (size_t i = 0; in && i < n; i++) {
		in[i] = all[i].id == id;
		for (size_t j = 0; j < i && !in[i]; j++)
			in[i] = in[j] && all[j].id == all[i].parent;
		if (in[i] && all[i].id != id)
			buf_printf(&list, ",%lld", (long long)all[i].id);
	}
	buf_addc(&list, ']');
	*out = buf_take(&list, arena);
	return in && out->p ? true : error_memory(err);
}

static bool candidates(struct search *s, const struct search_request *r, const struct terms *terms, struct candidate *out, size_t *n,
	struct arena *arena, struct error *err)
{
	struct str places = STR("[]");
	struct db_conn *conn = db_reader(s->db, err);
	if (!conn || (r->category && !descendants(s, r->category, &places, arena, err)))
		return false;
	struct db_rows *rows = db_query(conn, err, QUERY, "ssisi", terms_expression(terms, arena), r->only_lang, r->category, places,
		(int64_t)CANDIDATES);
	double best = 0;
	while (rows && *n < CANDIDATES && db_next(rows)) {
		struct candidate c = { .article = db_int(rows, 0), .score = -db_double(rows, 1), .lang = db_dup(rows, 2, arena),
			.published_at = db_int(rows, 3), .category = db_int(rows, 4) };
		if (r->lang.n && !str_eq(c.lang, r->lang))
			c.score *= OTHER_LANGUAGE;
		best = c.score > best ? c.score : best;
		if (c.score < best * WEAKEST)
			continue;
		out[(*n)++] = c;
	}
	return rows && db_done(rows);
}

static void count(struct search_facet *facets, size_t *n, struct search_facet f)
{
	for (size_t i = 0; i < *n; i++) {
		if (facets[i].category == f.category && facets[i].year == f.year && str_eq(facets[i].lang, f.lang)) {
			facets[i].count++;
			return;
		}
	}
	if (*n < FACETS_MAX) {
		f.count = 1;
		facets[(*n)++] = f;
	}
}

static int by_count(const void *a, const void *b)
{
	const struct search_facet *x = a, *y = b;
	return x->count < y->count ? 1 : x->count > y->count ? -1 : 0;
}

static bool facets(const struct candidate *c, size_t n, struct search_result *out, struct arena *arena)
{
	out->langs = arena_array(arena, FACETS_MAX, sizeof *out->langs);
	out->categories = arena_array(arena, FACETS_MAX, sizeof *out->categories);
	out->years = arena_array(arena, FACETS_MAX, sizeof *out->years);
	if (!out->langs || !out->categories || !out->years)
		return false;
	for (size_t i = 0; i < n; i++) {
		count(out->langs, &out->n_langs, (struct search_facet){ .lang = c[i].lang });
		if (c[i].category)
			count(out->categories, &out->n_categories, (struct search_facet){ .category = c[i].category });
		count(out->years, &out->n_years, (struct search_facet){ .year = DAY_YEAR(c[i].published_at) });
	}
	qsort(out->langs, out->n_langs, sizeof *out->langs, by_count);
	qsort(out->categories, out->n_categories, sizeof *out->categories, by_count);
	qsort(out->years, out->n_years, sizeof *out->years, by_count);
	return true;
}

static bool fill_hit(struct search *s, const struct search_request *r, const struct terms *terms, const struct candidate *c,
	struct search_hit *hit, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(s->db, err);
	*hit = (struct search_hit){ .article = c->article, .score = c->score, .lang = c->lang, .published_at = c->published_at,
		.main_category = c->category };
	struct db_rows *rows = conn ?
		db_query(conn, err, "SELECT slug, title, source, CASE WHEN $2 = 1 THEN text ELSE '' END FROM doc WHERE article = $1",
			"it", c->article, r->snippets) :
		NULL;
	if (rows && db_next(rows)) {
		hit->slug = db_dup(rows, 0, arena);
		hit->title = db_dup(rows, 1, arena);
		hit->source = db_dup(rows, 2, arena);
		if (r->snippets) {
			hit->title_html = snippet_make(hit->title, hit->lang, terms, 0, arena);
			hit->snippet_html = snippet_make(db_dup(rows, 3, arena), hit->lang, terms, SNIPPET_BYTES, arena);
		}
	}
	return rows && db_done(rows);
}

static bool answer(struct search *s, const struct search_request *r, struct terms *terms, bool again, struct search_result *out,
	struct arena *arena, struct error *err)
{
	struct candidate *found = arena_array(arena, CANDIDATES, sizeof *found);
	size_t n = 0, kept = 0, limit = r->limit && r->limit < 100 ? r->limit : 100;
	if (!found)
		return error_memory(err);
	if (terms->n && !candidates(s, r, terms, found, &n, arena, err))
		return false;
	if (again && r->order == SEARCH_RELEVANCE) {
		qsort(found, n, sizeof *found, by_score);
		if (!rank_again(s, r->query, terms, found, n, arena, err))
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!r->year || DAY_YEAR(found[i].published_at) == r->year)
			found[kept++] = found[i];
	}
	qsort(found, kept, sizeof *found, r->order == SEARCH_NEWEST ? by_date : by_score);
	out->total = kept;
	out->hits = arena_array(arena, limit, sizeof *out->hits);
	if (!out->hits || !facets(found, kept, out, arena))
		return error_memory(err);
	for (size_t i = r->offset; i < kept && out->n_hits < limit; i++) {
		if (!fill_hit(s, r, terms, &found[i], &out->hits[out->n_hits++], arena, err))
			return false;
	}
	return true;
}

/* Leaves the rarest terms that at least so many articles have: common ones tell little, and cost most. */
static bool keep_rarest(struct search *s, struct terms *terms, size_t keep, int64_t least, struct error *err)
{
	int64_t articles[QUERY_TERMS_MAX];
	size_t n = 0;
	struct db_conn *conn = db_reader(s->db, err);
	for (size_t i = 0; conn && i < terms->n; i++) {
		struct db_rows *rows = db_query(conn, err, "SELECT doc FROM vocabulary WHERE term = $1", "s", terms->v[i]);
		int64_t in = rows && db_next(rows) ? db_int(rows, 0) : 0;
		if (!rows || !db_done(rows))
			return false;
		if (in < least)
			continue;
		if (n == keep && articles[n - 1] <= in)
			continue;
		size_t at = n < keep ? n++ : n - 1;
		struct str term = terms->v[i];
		for (; at > 0 && articles[at - 1] > in; at--) {
			articles[at] = articles[at - 1];
			terms->v[at] = terms->v[at - 1];
		}
		articles[at] = in;
		terms->v[at] = term;
	}
	terms->n = n;
	return conn != NULL;
}

bool search_query(
	struct search *s, const struct search_request *r, struct search_result *out, struct arena *arena, struct error *err)
{
	uint64_t started = clock_mono_us();
	struct terms *terms = arena_alloc(arena, sizeof *terms);
	struct search_request clean = *r;
	*out = (struct search_result){ 0 };
	clean.query = utf8_clean(arena, str_sub(r->query, 0, utf8_floor(r->query, QUERY_MAX)));
	if (!terms)
		return error_memory(err);
	bool ok = terms_of(terms, clean.query, r->lang, arena, err) &&
		(terms->n <= CHOOSING_TERMS || keep_rarest(s, terms, CHOOSING_TERMS, 1, err)) &&
		answer(s, &clean, terms, true, out, arena, err);
	out->ms = (double)(clock_mono_us() - started) / 1000.0;
	return ok;
}

/* ---- related articles ---- */

/* What its own title finds, without itself and its translations. */
bool search_related(struct search *s, int64_t id, struct str lang, size_t limit, struct article_item **out, size_t *n,
	struct arena *arena, struct error *err)
{
	struct article a;
	struct search_result found;
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!*out)
		return error_memory(err);
	if (!article_by_id(s->store, id, &a, arena, err))
		return false;
	struct terms *terms = arena_alloc(arena, sizeof *terms);
	struct search_request ask = { .query = a.title, .lang = lang, .only_lang = a.lang, .limit = limit + 4 };
	found = (struct search_result){ 0 };
	if (!terms)
		return error_memory(err);
	if (!terms_of(terms, a.title, a.lang, arena, err) || !keep_rarest(s, terms, RELATED_TERMS, 2, err) ||
		!answer(s, &ask, terms, false, &found, arena, err))
		return false;
	for (size_t i = 0; i < found.n_hits && *n < limit; i++) {
		struct article other;
		struct error none = { 0 };
		if (found.hits[i].article == id || !article_by_id(s->store, found.hits[i].article, &other, arena, &none) ||
			other.group_id == a.group_id || other.status != ARTICLE_PUBLISHED)
			continue;
		(*out)[(*n)++] = (struct article_item){ .id = other.id, .group_id = other.group_id, .lang = other.lang,
			.slug = other.slug, .title = other.title, .summary = other.summary, .author = other.author,
			.translator = other.translator, .published_at = other.published_at, .updated_at = other.updated_at };
	}
	return true;
}
