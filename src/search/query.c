#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

#define FACETS_MAX 64
#define PHRASE_CHECKS_MAX 200 /* texts read for phrases */
#define TITLES_SCANNED 20000  /* above so many articles titles are not looked through for the bare question */
#define TITLE_HOLDERS_MAX 40
#define YEAR_OF(t) (civil_from_unix(t).year)

static int by_date(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->published_at != y->published_at)
		return x->published_at < y->published_at ? 1 : -1;
	return x->article < y->article ? -1 : x->article > y->article;
}

/* ---- facets ---- */

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

/* Languages of all that was found; the others of what is shown, one a group of translations. */
static bool lang_facets(
    const struct view *v, const struct candidate *c, size_t n, struct search_result *out, struct arena *arena)
{
	size_t counts[LANGS_MAX] = { 0 };
	out->langs = arena_array(arena, LANGS_MAX, sizeof *out->langs);
	for (size_t i = 0; i < n; i++)
		counts[v->docs->hot[c[i].article].lang]++;
	if (!out->langs)
		return false;
	for (size_t i = 0; i < v->docs->n_langs; i++) {
		if (counts[i])
			out->langs[out->n_langs++] =
			    (struct search_facet){ .lang = arena_dup(arena, str_from(v->docs->langs[i])), .count = counts[i] };
	}
	qsort(out->langs, out->n_langs, sizeof *out->langs, by_count);
	return true;
}

static bool facets(
    const struct view *v, const struct candidate *c, size_t n, struct search_result *out, struct arena *arena)
{
	const struct docs *d = v->docs;
	out->categories = arena_array(arena, FACETS_MAX, sizeof *out->categories);
	out->years = arena_array(arena, FACETS_MAX, sizeof *out->years);
	if (!out->categories || !out->years)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct doc_cold *cold = d->cold[c[i].article];
		for (size_t k = 0; k < cold->n_categories; k++)
			count(out->categories, &out->n_categories, (struct search_facet){ .category = cold->categories[k] });
		count(out->years, &out->n_years, (struct search_facet){ .year = YEAR_OF(c[i].published_at) });
	}
	qsort(out->categories, out->n_categories, sizeof *out->categories, by_count);
	qsort(out->years, out->n_years, sizeof *out->years, by_count);
	return true;
}

/* ---- phrases and what must not be there ---- */

static bool stands_in(const struct doc_texts *folded, struct str phrase)
{
	for (int f = 0; f < FIELDS; f++) {
		if (f != FIELD_NAMES && str_find(folded->field[f], phrase) >= 0)
			return true;
	}
	return false;
}

static bool phrases_hold(const struct terms *t, const struct doc_texts *texts, struct arena *arena)
{
	struct doc_texts folded;
	for (int f = 0; f < FIELDS; f++)
		folded.field[f] = text_fold(texts->field[f], arena);
	for (size_t i = 0; i < t->n_phrases; i++) {
		if (!stands_in(&folded, t->phrases[i]))
			return false;
	}
	for (size_t i = 0; i < t->n_not_phrases; i++) {
		if (stands_in(&folded, t->not_phrases[i]))
			return false;
	}
	return true;
}

static bool keep_phrases(const struct view *v, const struct terms *t, struct candidate *c, size_t *n, struct error *err)
{
	struct arena *arena = arena_new();
	size_t kept = 0;
	bool ok = arena != NULL;
	for (size_t i = 0; ok && i < *n && i < PHRASE_CHECKS_MAX; i++) {
		struct doc_texts texts;
		arena_reset(arena);
		ok = texts_read(v->conn, c[i].article, &texts, arena, err);
		if (ok && phrases_hold(t, &texts, arena))
			c[kept++] = c[i];
	}
	arena_free(arena);
	*n = kept;
	return ok;
}

/* ---- titles that hold the question as it was typed: also the inside of a word finds its title ---- */

static size_t title_holders(const struct view *v, const struct terms *t, const struct filter *filter, int64_t *out)
{
	const struct docs *d = v->docs;
	size_t n = 0;
	if (d->live > TITLES_SCANNED || t->folded.n == 0)
		return 0;
	for (int64_t id = 0; id < d->n; id++) {
		if (!d->hot[id].live || !title_holds(d->cold[id], t->folded, t->written) || !filter_lets(filter, d, id))
			continue;
		if (n == TITLE_HOLDERS_MAX)
			return 0; /* so common that it tells nothing */
		out[n++] = id;
	}
	return n;
}

/* Brings them among those that are looked at again. */
static void add_title_holders(
    const struct view *v, const struct terms *t, const struct filter *filter, struct candidate *c, size_t *n)
{
	int64_t ids[TITLE_HOLDERS_MAX];
	size_t found = t->n_phrases || t->n_without || t->n_not_phrases ? 0 : title_holders(v, t, filter, ids);
	for (size_t i = 0; i < found; i++) {
		struct candidate new = {
			.article = ids[i], .published_at = v->docs->hot[ids[i]].published_at, .group = v->docs->cold[ids[i]]->group
		};
		size_t at = 0;
		while (at < *n && c[at].article != ids[i])
			at++;
		if (at < RANKED_AGAIN - TITLE_HOLDERS_MAX && at < *n)
			continue;
		if (at < *n)
			new.score = c[at].score;
		else if (*n < CANDIDATES_MAX)
			at = (*n)++;
		else
			at = *n - 1;
		/* What gives way goes where it came from. */
		size_t place = *n > RANKED_AGAIN ? RANKED_AGAIN - 1 - i : at;
		c[at] = c[place];
		c[place] = new;
	}
}

/* ---- the answer ---- */

static bool has_without(const struct terms *t)
{
	return t->n_without > 0;
}

/* Articles with a passage in which all of a left-out word stands: found as candidates of their own. */
static bool keep_without(
    const struct view *v, const struct terms *t, struct candidate *c, size_t *n, struct arena *arena, struct error *err)
{
	size_t kept = 0;
	bool *out = arena_array(arena, *n + 1, sizeof *out);
	if (!out || !marks_any(v, t, t->without, t->n_without, c, *n, out, arena, err))
		return false;
	for (size_t i = 0; i < *n; i++) {
		if (!out[i])
			c[kept++] = c[i];
	}
	*n = kept;
	return true;
}

/* One entry a group of translations: the best, which is the reader's language where it matches alike. */
static size_t one_a_group(struct candidate *c, size_t n, struct arena *arena)
{
	size_t size = 64, kept = 0;
	while (size < n * 2)
		size *= 2;
	int64_t *seen = arena_array(arena, size, sizeof *seen);
	for (size_t i = 0; seen && i < n; i++) {
		size_t at = (size_t)((uint64_t)c[i].group * 0x9E3779B97F4A7C15u >> 20) & (size - 1);
		while (seen[at] && seen[at] != c[i].group)
			at = (at + 1) & (size - 1);
		if (seen[at])
			continue;
		seen[at] = c[i].group;
		c[kept++] = c[i];
	}
	return seen ? kept : n;
}

/* What editors have pinned to the question stands first, if nothing narrows the answer. */
static bool put_pinned(struct search *s, const struct view *v, const struct search_request *r, struct candidate *c,
    size_t *n, struct arena *arena, struct error *err)
{
	int64_t *pinned;
	size_t n_pinned = 0;
	bool narrowed = r->only_lang.n || r->category || r->year || r->order != SEARCH_RELEVANCE;
	if (narrowed)
		return true;
	if (r->as_if ? !pin_versions(s->store, r->pinned, r->n_pinned, r->lang, &pinned, &n_pinned, arena, err)
	             : !pin_find(s->store, r->query, r->lang, &pinned, &n_pinned, arena, err))
		return false;
	for (size_t i = n_pinned; i-- > 0;) {
		int64_t id = pinned[i];
		size_t at = 0;
		if (id < 0 || id >= v->docs->n || !v->docs->hot[id].live)
			continue;
		while (at < *n && c[at].group != v->docs->cold[id]->group)
			at++;
		if (at == *n && *n < CANDIDATES_MAX)
			++*n;
		else if (at == *n)
			at = *n - 1;
		memmove(&c[1], &c[0], at * sizeof *c);
		c[0] = (struct candidate){ .article = id,
			.published_at = v->docs->hot[id].published_at,
			.group = v->docs->cold[id]->group,
			.score = *n > 1 ? c[1].score : 1,
			.pinned = true };
	}
	return true;
}

/* How a category's name and the question go together: 0 the same, 1 the name is in it, 2 it is in the name, 3 not at all. */
static int name_fits(const struct category *c, struct str asked, struct arena *arena)
{
	int best = 3;
	for (size_t k = 0; k < c->n_names; k++) {
		struct str name = query_normal(c->names[k].name, arena);
		int how = str_eq(name, asked)                                       ? 0
		          : utf8_count(name) >= 2 && synonym_stands_in(asked, name) ? 1
		          : synonym_stands_in(name, asked)                          ? 2
		                                                                    : 3;
		best = how < best ? how : best;
	}
	return best;
}

static bool find_categories(
    struct search *s, struct str query, struct search_result *out, struct arena *arena, struct error *err)
{
	struct category *all;
	size_t n;
	struct str asked = query_normal(query, arena);
	if (utf8_count(asked) < 2)
		return true;
	if (!category_list(s->store, &all, &n, arena, err))
		return false;
	int64_t *ids = arena_array(arena, n + 1, sizeof *ids);
	int *fits = arena_array(arena, n + 1, sizeof *fits);
	if (!ids || !fits)
		return error_memory(err);
	for (size_t i = 0; i < n; i++)
		fits[i] = name_fits(&all[i], asked, arena);
	for (int best = 0; best < 3; best++) {
		for (size_t i = 0; i < n; i++) {
			if (fits[i] == best)
				ids[out->n_found_categories++] = all[i].id;
		}
	}
	out->found_categories = ids;
	return true;
}

static bool fill_hit(const struct view *v, const struct search_request *r, const struct terms *terms,
    const struct candidate *c, struct search_hit *hit, struct arena *arena, struct error *err)
{
	const struct doc_cold *cold = v->docs->cold[c->article];
	*hit = (struct search_hit){ .article = c->article,
		.group = c->group,
		.score = c->score,
		.published_at = c->published_at,
		.relaxed = c->relaxed,
		.pinned = c->pinned,
		.lang = arena_dup(arena, docs_lang(v->docs, c->article)),
		.main_category = cold->n_categories ? cold->categories[0] : 0 };
	struct db_rows *rows =
	    db_query(v->conn, err, "SELECT slug, title, source, texts FROM doc WHERE article = $1", "i", c->article);
	bool ok = true;
	if (rows && db_next(rows)) {
		struct doc_texts texts;
		hit->slug = db_dup(rows, 0, arena);
		hit->title = db_dup(rows, 1, arena);
		hit->source = db_dup(rows, 2, arena);
		if (r->snippets && (ok = texts_unpack(db_str(rows, 3), &texts, arena, err))) {
			hit->title_html = mark_title(hit->title, texts.lang, terms, arena);
			hit->snippet_html = snippet_make(&texts, c->segment, terms, arena);
		}
	}
	return rows && db_done(rows) && ok;
}

static bool names_only(const struct query *q)
{
	return q->n == 0 && (q->n_filters || q->after || q->before);
}

/* A question of filters alone: all that they let through, newest first. */
static void list_all(const struct view *v, const struct filter *filter, struct candidate *c, size_t *n, size_t *total)
{
	for (int64_t id = v->docs->n; id-- > 0;) {
		if (!v->docs->hot[id].live || !filter_lets(filter, v->docs, id))
			continue;
		++*total;
		if (*n < CANDIDATES_MAX)
			c[(*n)++] = (struct candidate){
				.article = id, .published_at = v->docs->hot[id].published_at, .group = v->docs->cold[id]->group
			};
	}
	if (*n)
		qsort(c, *n, sizeof *c, by_date);
}

static bool find(struct search *s, const struct view *v, const struct search_request *r, const struct query *q,
    struct terms *terms, struct candidate *found, size_t *n, size_t *total, struct arena *arena, struct error *err)
{
	struct filter filter;
	int lang = reader_lang_number(v->docs, r->lang);
	if (!terms_of(terms, q, s, v, r->lang, arena, err) || !filter_make(&filter, s, v, r, q, arena, err))
		return false;
	if (names_only(q)) {
		list_all(v, &filter, found, n, total);
		return true;
	}
	if (!match(v, terms, &filter, lang, found, n, total, arena, err))
		return false;
	size_t before = *n;
	if (has_without(terms) && !keep_without(v, terms, found, n, arena, err))
		return false;
	if ((terms->n_phrases || terms->n_not_phrases) && !keep_phrases(v, terms, found, n, err))
		return false;
	if (*n < before)
		*total = *n;
	add_title_holders(v, terms, &filter, found, n);
	if (*total < *n)
		*total = *n;
	return rank_again(v, terms, lang, r->watch, found, *n, arena, err);
}

static bool answer(struct search *s, const struct view *v, const struct search_request *r, const struct query *q,
    struct search_result *out, struct arena *arena, struct error *err)
{
	struct terms *terms = arena_alloc(arena, sizeof *terms);
	struct candidate *found = arena_array(arena, CANDIDATES_MAX, sizeof *found);
	size_t n = 0, all, limit = r->limit && r->limit < 100 ? r->limit : 100;
	out->hits = arena_array(arena, limit, sizeof *out->hits);
	if (!terms || !found || !out->hits)
		return error_memory(err);
	if (!find(s, v, r, q, terms, found, &n, &out->total, arena, err))
		return false;
	all = n;
	if (!lang_facets(v, found, n, out, arena))
		return error_memory(err);
	n = one_a_group(found, n, arena);
	out->total -= all - n;
	if (r->order == SEARCH_NEWEST && n)
		qsort(found, n, sizeof *found, by_date);
	if (!facets(v, found, n, out, arena))
		return error_memory(err);
	if (!put_pinned(s, v, r, found, &n, arena, err) || (r->snippets && !find_categories(s, r->query, out, arena, err)))
		return false;
	if (out->total < n)
		out->total = n;
	for (size_t i = r->offset; i < n && out->n_hits < limit; i++) {
		if (!fill_hit(v, r, terms, &found[i], &out->hits[out->n_hits++], arena, err))
			return false;
	}
	return true;
}

bool search_query(
    struct search *s, const struct search_request *r, struct search_result *out, struct arena *arena, struct error *err)
{
	uint64_t started = clock_mono_us();
	struct query query;
	struct view v;
	*out = (struct search_result){ 0 };
	query_parse(&query, r->query, arena);
	if (!view_open(s, &v, err))
		return false;
	bool ok = answer(s, &v, r, &query, out, arena, err);
	view_close(&v);
	/* For a page, and where the answer is poor. */
	bool poor = out->n_hits == 0 || (out->hits[0].relaxed && !out->hits[0].pinned);
	if (ok && r->snippets && r->offset == 0 && poor)
		ok = spell_suggest(s, r->query, r->lang, &out->did_you_mean, &out->did_you_mean_html, arena, err);
	/* A damaged index is made anew by the next search_follow. */
	if (!ok && err->code == ERR_DB)
		atomic_store(&s->damaged, true);
	out->ms = (double)(clock_mono_us() - started) / 1000.0;
	return ok;
}
