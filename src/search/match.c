#include "search/inner.h"

#include <stdlib.h>
#include <string.h>

/* The candidates, by BM25F (Robertson, Zaragoza, Taylor 2004): the fields' frequencies, each against the usual length of
 * its field, are added with the fields' weights, and saturate once. Terms are taken rarest first. As soon as what is left
 * of them could not lift a new article among the best (the bound of MaxScore, Turtle and Flood 1995: a term gives at most
 * its weight), they only add to articles already found. */

#define K1 1.2
#define WEAKEST 0.15  /* of the best score: what is weaker is no answer */
#define KEPT_BEST 300 /* so many must stay right */
#define SPARSE 16     /* entries a found article from which skipping pays */

/* In the order of enum field: title, headings, links to it, summary and preface, body, citations. */
static const double WEIGHT[FIELDS] = { 8.0, 3.0, 2.0, 1.0, 1.0, 0.5 };
static const double NORM[FIELDS] = { 0.4, 0.5, 0.4, 0.3, 0.6, 0.5 };

struct matching {
	const struct view *view;
	const struct filter *filter;
	int reader_lang;
	float *score; /* an article each; 0: not found, below 0: refused by the filter */
	int64_t *found;
	size_t n_found;
	double norm[FIELDS]; /* b / average length */
};

static double frequency(const struct matching *m, const struct doc_hot *d, struct str bytes, bool title_only)
{
	struct segments s = segments_of(bytes);
	uint32_t count[FIELDS] = { 0 };
	int f = FIELD_TITLE;
	double sum = 0;
	while (segments_next(&s)) {
		while (f < FIELD_CITATIONS && s.at >= d->shape.end[f])
			f++;
		count[f]++;
	}
	for (f = 0; f < (title_only ? 1 : FIELDS); f++) {
		if (count[f])
			sum += WEIGHT[f] * count[f] / (1 - NORM[f] + m->norm[f] * d->shape.tokens[f]);
	}
	return sum;
}

static void add_entry(struct matching *m, const struct term *t, const struct posting *p, bool only_found)
{
	const struct docs *docs = m->view->docs;
	if (p->doc < 0 || p->doc >= docs->n || !docs->hot[p->doc].live)
		return;
	const struct doc_hot *d = &docs->hot[p->doc];
	float *score = &m->score[p->doc];
	if (*score < 0 || (only_found && *score == 0))
		return;
	double tf = frequency(m, d, p->segments, t->title_only);
	if (tf <= 0)
		return;
	if (*score == 0) {
		if (!filter_lets(m->filter, docs, p->doc)) {
			*score = -1;
			return;
		}
		m->found[m->n_found++] = p->doc;
	}
	double gain = t->weight * tf / (K1 + tf);
	if (m->reader_lang >= 0 && d->lang != m->reader_lang)
		gain *= OTHER_LANGUAGE;
	*score += (float)gain + 1e-9f;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* Is one of the found articles in [from, to)? *at moves along the sorted list. */
static bool found_between(const struct matching *m, size_t *at, int64_t from, int64_t to)
{
	while (*at < m->n_found && m->found[*at] < from)
		++*at;
	return *at < m->n_found && m->found[*at] < to;
}

static void add_term(struct matching *m, const struct term *t, bool only_found)
{
	bool skip = only_found && (int64_t)m->n_found * SPARSE < t->df;
	size_t at = 0;
	if (skip)
		qsort(m->found, m->n_found, sizeof *m->found, by_id);
	for (size_t i = 0; i < t->n_chunks; i++) {
		struct posting p;
		int64_t next = i + 1 < t->n_chunks ? t->chunks[i + 1].first : INT64_MAX;
		if (skip && !found_between(m, &at, t->chunks[i].first, next))
			continue;
		posting_start(&p, t->chunks[i].data, t->chunks[i].first);
		while (posting_next(&p))
			add_entry(m, t, &p, only_found);
	}
}

static void swap(float *v, size_t a, size_t b)
{
	float x = v[a];
	v[a] = v[b];
	v[b] = x;
}

/* The k-th largest (from 0); reorders v. */
static float kth(float *v, size_t n, size_t k)
{
	size_t low = 0, high = n - 1;
	while (low < high) {
		float pivot = v[low + (high - low) / 2];
		size_t i = low, j = high;
		while (i <= j) {
			while (v[i] > pivot)
				i++;
			while (v[j] < pivot)
				j--;
			if (i <= j) {
				swap(v, i++, j);
				if (j == 0)
					break;
				j--;
			}
		}
		if (k <= j)
			high = j;
		else if (k >= i)
			low = i;
		else
			break;
	}
	return v[k];
}

/* The score that the KEPT_BEST-th article has by now. */
static float threshold(const struct matching *m, float *room)
{
	if (m->n_found <= KEPT_BEST)
		return 0;
	for (size_t i = 0; i < m->n_found; i++)
		room[i] = m->score[m->found[i]];
	return kth(room, m->n_found, KEPT_BEST - 1);
}

static int by_rarity(const void *a, const void *b)
{
	const struct term *x = *(const struct term *const *)a, *y = *(const struct term *const *)b;
	return x->df < y->df ? -1 : x->df > y->df;
}

int candidate_by_score(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->article < y->article ? -1 : x->article > y->article;
}

static void collect(struct matching *m, float *room, struct candidate *out, size_t *n, size_t *total)
{
	float best = 0, least;
	*n = *total = 0;
	for (size_t i = 0; i < m->n_found; i++)
		best = m->score[m->found[i]] > best ? m->score[m->found[i]] : best;
	least = best * (float)WEAKEST;
	for (size_t i = 0; i < m->n_found; i++) {
		if (m->score[m->found[i]] >= least)
			room[(*total)++] = m->score[m->found[i]];
	}
	if (*total > CANDIDATES_MAX)
		least = kth(room, *total, CANDIDATES_MAX - 1);
	for (size_t i = 0; i < m->n_found && *n < CANDIDATES_MAX; i++) {
		int64_t id = m->found[i];
		if (m->score[id] >= least)
			out[(*n)++] = (struct candidate){ .article = id,
				.score = m->score[id],
				.published_at = m->view->docs->hot[id].published_at,
				.group = m->view->docs->cold[id]->group };
	}
	qsort(out, *n, sizeof *out, candidate_by_score);
}

bool match(const struct view *v, const struct terms *terms, const struct filter *filter, int reader_lang,
    struct candidate *out, size_t *n, size_t *total, struct arena *arena, struct error *err)
{
	struct matching m = { .view = v, .filter = filter, .reader_lang = reader_lang };
	const struct term **order = arena_array(arena, TERMS_MAX, sizeof(struct term *));
	size_t docs = (size_t)v->docs->n + 1, n_terms = 0;
	double left = 0;
	float *room = arena_array(arena, docs, sizeof *room);
	m.score = arena_array(arena, docs, sizeof *m.score);
	m.found = arena_array(arena, docs, sizeof *m.found);
	if (!order || !room || !m.score || !m.found)
		return error_memory(err);
	for (int f = 0; f < FIELDS; f++)
		m.norm[f] = NORM[f] / v->docs->average[f];
	for (size_t i = 0; i < terms->n; i++) {
		if (terms->v[i].weight <= 0 || terms->v[i].df == 0)
			continue;
		order[n_terms++] = &terms->v[i];
		left += terms->v[i].weight;
	}
	if (n_terms)
		qsort(order, n_terms, sizeof(struct term *), by_rarity);
	bool only_found = false;
	for (size_t i = 0; i < n_terms; i++) {
		/* Looking for the bound costs a pass over what is found, so only before terms that cost more. */
		if (!only_found && i > 0 && order[i]->df > KEPT_BEST)
			only_found = threshold(&m, room) > left;
		add_term(&m, order[i], only_found);
		left -= order[i]->weight;
	}
	collect(&m, room, out, n, total);
	return true;
}
