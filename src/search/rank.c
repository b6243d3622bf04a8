#include "search/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The second look at the best candidates. BM25 counts terms, and cannot tell an article that is about the question from one
 * that holds its parts strewn about. What tells them apart is where the terms stand together: in the title, in one heading,
 * in one passage. A sum of features with fixed weights, fitted on the development queries of bench/relevance by coordinate
 * ascent, is corrected by a small forest of decision trees (forest.c), which knows what the features are worth together. */

enum feature {
	F_BM25,          /* against the best candidate's */
	F_TITLE,         /* how much of the question stands in the title */
	F_TITLE_ALONE,   /* how much of the title is of the question, whatever it leaves out */
	F_TITLE_HOLDS,   /* the question stands in the title as it was typed */
	F_HEADING,       /* how much of the question the best heading holds */
	F_PASSAGE,       /* … the best passage */
	F_LEAD,          /* … the beginning */
	F_WORDS,         /* words of the question that stand whole in some passage */
	F_WORDS_TITLE,   /* … in the title */
	F_WORDS_PASSAGE, /* … in one passage */
	F_OFTEN,         /* how often its words stand whole, as BM25F counts terms */
	F_LENGTH,        /* BM25 takes too much off long articles */
	F_PROSE,         /* tokens a passage: lists of links hold everything and tell nothing */
	/* For the forest alone: */
	F_WORDS_HEADING,  /* words of the question that stand whole in one heading */
	F_PASSAGES,       /* passages that hold most of the question */
	F_PASSAGES_WHOLE, /* … all of its words */
	F_SECOND,         /* how much of the question the second best passage holds */
	F_WORDS_TWO,      /* words that stand whole in two passages that follow each other */
	F_QUESTION,       /* words of the question */
	FEATURES
};
_Static_assert(FEATURES == FOREST_FEATURES, "the forest was grown on these features");

static const double WEIGHT[FEATURES] = { [F_BM25] = 1.0,
	[F_TITLE] = 0.6,
	[F_TITLE_ALONE] = 0.2,
	[F_TITLE_HOLDS] = 1.2,
	[F_HEADING] = 0.09,
	[F_PASSAGE] = 0.49,
	[F_LEAD] = 0.3,
	[F_WORDS] = 0.47,
	[F_WORDS_TITLE] = 0.2,
	[F_WORDS_PASSAGE] = 0.23,
	[F_OFTEN] = 0.47,
	[F_LENGTH] = 0.1,
	[F_PROSE] = 0.17 };

#define RECENT 0.03 /* what a new article has before an old one */
#define RECENT_YEARS 3.0
#define OTHER_NAME 0.8 /* of what the title itself is worth */
#define LEAD_PASSAGES 3
#define USUAL_LENGTH 1000.0 /* tokens */
#define MOST 0.7            /* of a question */
#define ALL_BUT_ROUNDING 0.99
#define LOWEST 0.001 /* scores stay above 0, so that a factor below 1 always lowers them */

struct looked_at {
	struct candidate *c;
	const struct doc_hot *doc;
	uint64_t *masks; /* which terms stand in each passage */
	size_t n;        /* passages */
};

struct looking {
	const struct view *view;
	const struct terms *terms;
	double worth[8][256]; /* of the bits of each byte of a mask */
	double words;         /* sum of the slots' weights */
};

static void weigh_bits(struct looking *l)
{
	for (unsigned byte = 0; byte < 8; byte++) {
		for (unsigned value = 0; value < 256; value++) {
			double sum = 0;
			for (unsigned bit = 0; bit < 8; bit++) {
				if (value >> bit & 1)
					sum += l->terms->bit_weight[byte * 8 + bit];
			}
			l->worth[byte][value] = sum;
		}
	}
	for (size_t i = 0; i < l->terms->n_slots; i++)
		l->words += l->terms->slots[i].weight;
}

/* How much of the question these bits are, 0 to 1. */
static double part(const struct looking *l, uint64_t mask)
{
	double sum = 0;
	for (unsigned byte = 0; mask; byte++, mask >>= 8)
		sum += l->worth[byte][mask & 255];
	return l->terms->mass > 0 ? sum / l->terms->mass : 0;
}

static bool is_whole(const struct slot *s, uint64_t mask)
{
	for (size_t i = 0; i < s->n; i++) {
		if ((s->alternatives[i] & mask) == s->alternatives[i])
			return true;
	}
	return false;
}

static double whole_words(const struct looking *l, uint64_t mask)
{
	double sum = 0;
	for (size_t i = 0; i < l->terms->n_slots && mask; i++) {
		if (is_whole(&l->terms->slots[i], mask))
			sum += l->terms->slots[i].weight;
	}
	return l->words > 0 ? sum / l->words : 0;
}

static int by_article(const void *a, const void *b)
{
	const struct looked_at *x = a, *y = b;
	return x->c->article < y->c->article ? -1 : x->c->article > y->c->article;
}

static void mark_entry(const struct term *t, const struct posting *p, struct looked_at *a)
{
	struct segments s = segments_of(p->segments);
	while (segments_next(&s) && s.at < (int64_t)a->n) {
		if (t->title_only && s.at > 0)
			return;
		a->masks[s.at] |= t->bits;
	}
}

/* One walk along the term's posting and the articles, both in order. */
static void mark_term(const struct term *t, struct looked_at *v, size_t n)
{
	size_t at = 0;
	for (size_t i = 0; i < t->n_chunks && at < n; i++) {
		struct posting p;
		int64_t next = i + 1 < t->n_chunks ? t->chunks[i + 1].first : INT64_MAX;
		while (at < n && v[at].c->article < t->chunks[i].first)
			at++;
		if (at == n || v[at].c->article >= next)
			continue;
		posting_start(&p, t->chunks[i].data, t->chunks[i].first);
		while (at < n && posting_next(&p)) {
			while (at < n && v[at].c->article < p.doc)
				at++;
			if (at < n && v[at].c->article == p.doc)
				mark_entry(t, &p, &v[at++]);
		}
	}
}

/* Of the title, or of what the article is called elsewhere. */
static double title_of(
    const struct looking *l, const struct looked_at *a, double (*measure)(const struct looking *, uint64_t))
{
	double best = measure(l, a->masks[0]);
	for (size_t s = a->doc->shape.end[FIELD_HEADINGS]; s < a->doc->shape.end[FIELD_NAMES]; s++) {
		double named = OTHER_NAME * measure(l, a->masks[s]);
		best = named > best ? named : best;
	}
	return best;
}

static double title_alone(const struct looked_at *a)
{
	unsigned bits = (unsigned)__builtin_popcountll(a->masks[0]);
	uint32_t tokens = a->doc->shape.tokens[FIELD_TITLE];
	double exact = tokens ? (double)bits / tokens : 0;
	return exact > 1 ? 1 : exact;
}

/* BM25F once more, over words instead of terms. */
static double often(const struct looking *l, const struct looked_at *a, double tokens)
{
	const struct shape *shape = &a->doc->shape;
	double sum = 0, norm = 0.5 + 0.5 * tokens / USUAL_LENGTH;
	for (size_t i = 0; i < l->terms->n_slots; i++) {
		double tf = 0;
		for (size_t s = 0; s < a->n; s++) {
			if (a->masks[s] && is_whole(&l->terms->slots[i], a->masks[s]))
				tf += s == 0 ? 4 : s < shape->end[FIELD_HEADINGS] ? 2 : 1;
		}
		sum += l->terms->slots[i].weight * tf / (tf + 2 * norm);
	}
	return l->words > 0 ? sum / l->words : 0;
}

static void best_of(double *best, double value)
{
	if (value > *best)
		*best = value;
}

/* The features of one passage alone. */
static void look_at_passage(const struct looking *l, struct looked_at *a, size_t s, double f[FEATURES])
{
	double covered = part(l, a->masks[s]), words = whole_words(l, a->masks[s]);
	double held = f[F_PASSAGE] < covered ? f[F_PASSAGE] : covered;
	best_of(&f[F_SECOND], held);
	best_of(&f[F_PASSAGE], covered);
	best_of(&f[F_WORDS_PASSAGE], words);
	f[F_PASSAGES] += covered > MOST;
	f[F_PASSAGES_WHOLE] += words > ALL_BUT_ROUNDING;
	if (s >= 1 && s < a->doc->shape.end[FIELD_HEADINGS]) {
		best_of(&f[F_HEADING], covered);
		best_of(&f[F_WORDS_HEADING], words);
	}
	if (s + 1 < a->n)
		best_of(&f[F_WORDS_TWO], whole_words(l, a->masks[s] | a->masks[s + 1]));
}

static void look_at_passages(const struct looking *l, struct looked_at *a, double f[FEATURES])
{
	const struct shape *shape = &a->doc->shape;
	uint64_t lead = 0;
	double shown = 0;
	for (size_t s = 0; s < a->n; s++) {
		uint64_t mask = a->masks[s];
		if (!mask)
			continue;
		if (s >= shape->end[FIELD_HEADINGS] && s < shape->end[FIELD_META] + LEAD_PASSAGES)
			lead |= mask;
		look_at_passage(l, a, s, f);
		/* What shows best: a passage of the text, not the title again. */
		if (s >= shape->end[FIELD_NAMES] && part(l, mask) + whole_words(l, mask) > shown) {
			shown = part(l, mask) + whole_words(l, mask);
			a->c->segment = (uint32_t)s;
		}
	}
	f[F_LEAD] = part(l, lead);
}

/* A word is whole in the article when some passage holds it whole. */
static double words_somewhere(const struct looking *l, const struct looked_at *a, size_t *missing)
{
	double sum = 0;
	*missing = 0;
	for (size_t i = 0; i < l->terms->n_slots; i++) {
		size_t s = 0;
		while (s < a->n && !is_whole(&l->terms->slots[i], a->masks[s]))
			s++;
		if (s < a->n)
			sum += l->terms->slots[i].weight;
		else
			++*missing;
	}
	return l->words > 0 ? sum / l->words : 0;
}

static void look_at(const struct looking *l, struct looked_at *a, double best, double f[FEATURES])
{
	size_t missing;
	double tokens = 1;
	for (int i = 0; i < FIELDS; i++)
		tokens += a->doc->shape.tokens[i];
	f[F_BM25] = best > 0 ? a->c->score / best : 0;
	f[F_TITLE] = title_of(l, a, part);
	f[F_TITLE_ALONE] = title_alone(a);
	f[F_OFTEN] = often(l, a, tokens);
	f[F_PROSE] = log(tokens / ((double)a->n + 1));
	f[F_WORDS_TITLE] = title_of(l, a, whole_words);
	look_at_passages(l, a, f);
	f[F_WORDS] = words_somewhere(l, a, &missing);
	f[F_LENGTH] = log(1 + tokens / USUAL_LENGTH);
	f[F_TITLE_HOLDS] = title_holds(l->view->docs->cold[a->c->article], l->terms->folded, l->terms->written);
	f[F_QUESTION] = (double)l->terms->n_slots;
	a->c->relaxed = missing > 0;
}

static double weighed(const double f[FEATURES])
{
	double score = forest_score(f);
	for (int k = 0; k < FEATURES; k++)
		score += WEIGHT[k] * f[k];
	return score > LOWEST ? score : LOWEST;
}

/* Light: enough to put the newer of two alike first. */
static double recency(int64_t published_at)
{
	double years = (double)(clock_now() - published_at) / (365.25 * 86400);
	return RECENT * exp(-(years > 0 ? years : 0) / RECENT_YEARS);
}

/* The articles with room for their masks, filled by all terms; in order of articles. */
static struct looked_at *mark_all(
    const struct view *v, const struct terms *terms, struct candidate *c, size_t n, struct arena *arena)
{
	struct looked_at *at = arena_array(arena, n + 1, sizeof *at);
	for (size_t i = 0; at && i < n; i++) {
		at[i].c = &c[i];
		at[i].doc = &v->docs->hot[c[i].article];
		at[i].n = at[i].doc->shape.end[FIELD_CITATIONS];
		at[i].masks = arena_array(arena, at[i].n + 1, sizeof *at[i].masks);
		if (!at[i].masks)
			return NULL;
	}
	if (at && n)
		qsort(at, n, sizeof *at, by_article);
	for (size_t i = 0; at && i < terms->n; i++)
		mark_term(&terms->v[i], at, n);
	return at;
}

bool marks_any(const struct view *v, const struct terms *terms, const uint64_t *masks, size_t n_masks,
    const struct candidate *c, size_t n, bool *out, struct arena *arena, struct error *err)
{
	struct candidate *copy = arena_array(arena, n + 1, sizeof *copy);
	if (copy && n)
		memcpy(copy, c, n * sizeof *copy);
	struct looked_at *at = copy ? mark_all(v, terms, copy, n, arena) : NULL;
	if (!at)
		return error_memory(err);
	for (size_t i = 0; i < n; i++) {
		for (size_t s = 0; s < at[i].n; s++) {
			for (size_t k = 0; k < n_masks; k++) {
				if (masks[k] && (at[i].masks[s] & masks[k]) == masks[k])
					out[at[i].c - copy] = true;
			}
		}
	}
	return true;
}

bool rank_again(const struct view *v, const struct terms *terms, int reader_lang, const struct search_watch *watch,
    struct candidate *c, size_t n, struct arena *arena, struct error *err)
{
	struct looking *l = arena_alloc(arena, sizeof *l);
	size_t again = n < RANKED_AGAIN ? n : RANKED_AGAIN;
	struct looked_at *at = mark_all(v, terms, c, again, arena);
	double best = 0, lowest = 0;
	if (!l || !at)
		return error_memory(err);
	for (size_t i = 0; i < again; i++)
		best_of(&best, c[i].score);
	l->view = v;
	l->terms = terms;
	weigh_bits(l);
	for (size_t i = 0; i < again; i++) {
		double f[FEATURES] = { 0 };
		look_at(l, &at[i], best, f);
		double score = weighed(f) + recency(at[i].c->published_at);
		if (watch)
			watch->seen(watch->user, at[i].c->article, f, FEATURES);
		at[i].c->score = reader_lang >= 0 && at[i].doc->lang != reader_lang ? score * OTHER_LANGUAGE : score;
		if (i == 0 || at[i].c->score < lowest)
			lowest = at[i].c->score;
	}
	/* Those not looked at again stay behind, in their order. */
	for (size_t i = again; i < n; i++)
		c[i].score = lowest * c[i].score / (best > 0 ? best : 1);
	if (n)
		qsort(c, n, sizeof *c, candidate_by_score);
	return true;
}
