#include "store/inner.h"

#include <stdlib.h>
#include <string.h>

/* Which block of an original became which when it was edited: the longest run of equal ones in order, then by likeness
 * between them, then what was moved as it is. */

#define LIKE_ENOUGH 0.35 /* of 1: less is another text */

struct side {
	const struct str *texts;
	uint64_t *hashes;
	uint32_t **pairs; /* of characters, sorted, with repetitions; NULL: not yet needed */
	size_t *n_pairs;
	size_t n;
};

struct align {
	struct side old, new_side;
	size_t *from; /* of the new ones */
	bool *taken;  /* of the old ones */
	struct arena *arena;
	bool failed;
};

static bool begin_side(struct side *s, const struct str *texts, size_t n, struct arena *arena)
{
	*s = (struct side){ .texts = texts,
		.n = n,
		.hashes = arena_array(arena, n + 1, sizeof *s->hashes),
		.pairs = arena_array(arena, n + 1, sizeof *s->pairs),
		.n_pairs = arena_array(arena, n + 1, sizeof *s->n_pairs) };
	for (size_t i = 0; s->hashes && i < n; i++)
		s->hashes[i] = str_hash(texts[i]);
	return s->hashes && s->pairs && s->n_pairs;
}

static bool same(const struct align *a, size_t i, size_t j)
{
	return a->old.hashes[i] == a->new_side.hashes[j] && str_eq(a->old.texts[i], a->new_side.texts[j]);
}

static void take(struct align *a, size_t i, size_t j)
{
	a->from[j] = i;
	a->taken[i] = true;
}

/* ---- likeness: Dice's coefficient over pairs of characters ---- */

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static void cut_pairs(struct align *a, struct side *s, size_t i)
{
	struct str text = s->texts[i];
	uint32_t *v = arena_array(a->arena, text.n + 1, sizeof *v), last = 0;
	size_t n = 0;
	a->failed |= !v;
	for (size_t at = 0; v && at < text.n;) {
		uint32_t cp = utf8_next(text, &at);
		if (last)
			v[n++] = last * 0x9E3779B1u ^ cp;
		last = cp;
	}
	if (v)
		qsort(v, n, sizeof *v, by_value);
	s->pairs[i] = v;
	s->n_pairs[i] = n;
}

static double likeness(struct align *a, size_t i, size_t j)
{
	if (!a->old.pairs[i])
		cut_pairs(a, &a->old, i);
	if (!a->new_side.pairs[j])
		cut_pairs(a, &a->new_side, j);
	const uint32_t *x = a->old.pairs[i], *y = a->new_side.pairs[j];
	size_t n = a->old.n_pairs[i], m = a->new_side.n_pairs[j], common = 0;
	if (a->failed || n + m == 0)
		return 0;
	for (size_t p = 0, q = 0; p < n && q < m;) {
		if (x[p] == y[q]) {
			common++;
			p++;
			q++;
		} else if (x[p] < y[q]) {
			p++;
		} else {
			q++;
		}
	}
	return 2.0 * (double)common / (double)(n + m);
}

/* ---- between two equal blocks ---- */

/* best[i][j]: what the first i and j give together. */
static void pair_likest(struct align *a, size_t i0, size_t n, size_t j0, size_t m)
{
	size_t width = m + 1;
	double *best = arena_array(a->arena, (n + 1) * width, sizeof *best);
	double *like = arena_array(a->arena, n * m + 1, sizeof *like);
	a->failed |= !best || !like;
	for (size_t i = 1; i <= n && !a->failed; i++) {
		for (size_t j = 1; j <= m; j++) {
			double l = likeness(a, i0 + i - 1, j0 + j - 1);
			double skip = best[(i - 1) * width + j] > best[i * width + j - 1] ? best[(i - 1) * width + j]
			                                                                  : best[i * width + j - 1];
			double both = best[(i - 1) * width + j - 1] + l;
			like[(i - 1) * m + j - 1] = l;
			best[i * width + j] = l >= LIKE_ENOUGH && both > skip ? both : skip;
		}
	}
	for (size_t i = n, j = m; i > 0 && j > 0 && !a->failed;) {
		double here = best[i * width + j];
		if (here <= best[(i - 1) * width + j]) {
			i--;
		} else if (here <= best[i * width + j - 1]) {
			j--;
		} else {
			take(a, i0 + i - 1, j0 + j - 1);
			i--;
			j--;
		}
	}
}

static void fill_gap(struct align *a, size_t i0, size_t i1, size_t j0, size_t j1)
{
	size_t n = i1 - i0, m = j1 - j0;
	if (n == 0 || m == 0)
		return;
	if (n * m <= ALIGN_PAIRS_MAX) {
		pair_likest(a, i0, n, j0, m);
		return;
	}
	/* Another text altogether: place for place, where they are alike at all. */
	for (size_t k = 0; k < n && k < m && !a->failed; k++) {
		if (likeness(a, i0 + k, j0 + k) >= LIKE_ENOUGH)
			take(a, i0 + k, j0 + k);
	}
}

/* ---- equal ones, in their order ---- */

/* The longest common run between the equal starts and the equal ends. */
static void match_equal(struct align *a)
{
	size_t i0 = 0, j0 = 0, n = a->old.n, m = a->new_side.n;
	while (i0 < n && j0 < m && same(a, i0, j0)) {
		take(a, i0, j0);
		i0++;
		j0++;
	}
	while (n > i0 && m > j0 && same(a, n - 1, m - 1))
		take(a, --n, --m);
	size_t width = m - j0 + 1;
	uint16_t *length = arena_array(a->arena, (n - i0 + 1) * width, sizeof *length);
	a->failed |= !length;
	for (size_t i = n; i-- > i0 && !a->failed;) {
		for (size_t j = m; j-- > j0;) {
			uint16_t down = length[(i + 1 - i0) * width + j - j0], right = length[(i - i0) * width + j + 1 - j0];
			uint16_t both = (uint16_t)(length[(i + 1 - i0) * width + j + 1 - j0] + 1);
			length[(i - i0) * width + j - j0] = same(a, i, j) ? both : down > right ? down : right;
		}
	}
	for (size_t i = i0, j = j0; i < n && j < m && !a->failed;) {
		if (same(a, i, j))
			take(a, i++, j++);
		else if (length[(i + 1 - i0) * width + j - j0] >= length[(i - i0) * width + j + 1 - j0])
			i++;
		else
			j++;
	}
}

static void fill_gaps(struct align *a)
{
	size_t i0 = 0, j0 = 0;
	for (size_t j = 0; j <= a->new_side.n; j++) {
		bool end = j == a->new_side.n;
		if (!end && a->from[j] == ALIGN_NEW)
			continue;
		size_t i = end ? a->old.n : a->from[j];
		fill_gap(a, i0, i, j0, j);
		i0 = i + 1;
		j0 = j + 1;
	}
}

static void match_moved(struct align *a)
{
	for (size_t j = 0; j < a->new_side.n; j++) {
		for (size_t i = 0; i < a->old.n && a->from[j] == ALIGN_NEW; i++) {
			if (!a->taken[i] && same(a, i, j))
				take(a, i, j);
		}
	}
}

bool align_texts(const struct str *old, size_t n, const struct str *new_texts, size_t m, size_t *from,
    struct arena *arena, struct error *err)
{
	struct align a = { .from = from, .taken = arena_array(arena, n + 1, sizeof *a.taken), .arena = arena };
	if (n > UINT16_MAX / 2 || m > UINT16_MAX / 2)
		return error_set(err, ERR_TOO_LARGE, "too many blocks to compare");
	if (!a.taken || !begin_side(&a.old, old, n, arena) || !begin_side(&a.new_side, new_texts, m, arena))
		return error_memory(err);
	for (size_t j = 0; j < m; j++)
		from[j] = ALIGN_NEW;
	match_equal(&a);
	if (!a.failed)
		fill_gaps(&a);
	match_moved(&a);
	return a.failed ? error_memory(err) : true;
}
