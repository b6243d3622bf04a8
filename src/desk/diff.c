#include "desk/desk.h"

#include <stdlib.h>
#include <string.h>

/*
 * E. W. Myers, An O(ND) Difference Algorithm and Its Variations (1986): the greedy form, with the furthest points of
 * every round kept to walk back along. First by line, then within each run of changed lines by word.
 */

#define CONTEXT_LINES 2 /* kept before and after a change */

struct tokens {
	struct str *items;
	bool *kept; /* stands in both */
	int n;
};

static bool is_word(uint32_t cp)
{
	return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
	       (cp >= 0xC0 && cp < 0x2000);
}

/* Characters of one kind make one word; 0: each stands alone. */
static int kind_of(uint32_t cp)
{
	if (is_word(cp))
		return 1;
	if (cp == ' ' || cp == '\t')
		return 2;
	if (cp_is_han(cp))
		return 3;
	if (cp >= 0x3041 && cp <= 0x309F)
		return 4;
	return cp_is_kana(cp) ? 5 : 0;
}

static uint32_t cp_at(struct str s, size_t at)
{
	return utf8_next(s, &at);
}

static size_t word_end(struct str s, size_t from)
{
	size_t at = from;
	int kind = kind_of(utf8_next(s, &at));
	while (kind && at < s.n) {
		size_t next = at;
		if (kind_of(utf8_next(s, &next)) != kind)
			break;
		at = next;
	}
	return at;
}

size_t diff_cut_line(struct str s, size_t from)
{
	const char *at = memchr(s.p + from, '\n', s.n - from);
	return at ? (size_t)(at - s.p) + 1 : s.n;
}

static bool ends_sentence(uint32_t cp)
{
	return cp == '.' || cp == '!' || cp == '?' || cp == 0x3002 || cp == 0xFF0E || cp == 0xFF01 || cp == 0xFF1F;
}

static bool closes(uint32_t cp)
{
	return cp == ')' || cp == '"' || cp == '\'' || cp == ']' || cp == 0x201D || cp == 0x2019 || cp == 0x300D ||
	       cp == 0x300F || cp == 0xFF09 || cp == 0x3011 || cp == 0x300B;
}

/* The end of the mark, with what closes after it and the space: 0 when none is at `from`. A Western one ends only before
 * a space, so that 2.5 and example.org stay whole. */
static size_t sentence_mark(struct str s, size_t from, size_t line)
{
	size_t at = from;
	uint32_t cp = utf8_next(s, &at);
	if (!ends_sentence(cp))
		return 0;
	while (at < line && (closes(cp_at(s, at)) || ends_sentence(cp_at(s, at))))
		utf8_next(s, &at);
	if (cp < 0x80 && at < line && s.p[at] != ' ' && s.p[at] != '\n')
		return 0;
	while (at < line && (s.p[at] == ' ' || s.p[at] == '\n'))
		at++;
	return at;
}

/* The mark is a piece of its own: it stands still between two sentences that both change. */
size_t diff_cut_sentence(struct str s, size_t from)
{
	size_t line = diff_cut_line(s, from), at = from, end = sentence_mark(s, from, line);
	while (!end && at < line) {
		utf8_next(s, &at);
		if (at < line && sentence_mark(s, at, line))
			break;
	}
	return end ? end : at;
}

static bool cut(struct str s, diff_cutter end, struct tokens *out, struct arena *arena, struct error *err)
{
	size_t n = 0;
	for (size_t at = 0; at < s.n; at = end(s, at))
		n++;
	out->items = arena_array(arena, n + 1, sizeof *out->items);
	out->kept = arena_array(arena, n + 1, sizeof *out->kept);
	out->n = (int)n;
	if (!out->items || !out->kept)
		return error_memory(err);
	n = 0;
	for (size_t at = 0; at < s.n;) {
		size_t stop = end(s, at);
		out->items[n++] = str_sub(s, at, stop);
		at = stop;
	}
	return true;
}

/* Round d's furthest x on the diagonals -d … d stands at rounds[d][k + d]. */
static int walk(const struct tokens *a, const struct tokens *b, int from, int n, int m, int **rounds, int d)
{
	for (int k = -d; k <= d; k += 2) {
		int x = 0;
		if (d > 0) {
			const int *before = rounds[d - 1] + d - 1;
			bool down = k == -d || (k != d && before[k - 1] < before[k + 1]);
			x = down ? before[k + 1] : before[k - 1] + 1;
		}
		int y = x - k;
		while (x < n && y < m && x >= 0 && y >= 0 && str_eq(a->items[from + x], b->items[from + y])) {
			x++;
			y++;
		}
		rounds[d][k + d] = x;
		if (x >= n && y >= m)
			return k;
	}
	return INT32_MAX;
}

static void walk_back(struct tokens *a, struct tokens *b, int from, int **rounds, int d, int x, int y)
{
	for (; d >= 0; d--) {
		int k = x - y, before_x = 0, before_y = 0;
		if (d > 0) {
			const int *before = rounds[d - 1] + d - 1;
			bool down = k == -d || (k != d && before[k - 1] < before[k + 1]);
			before_x = down ? before[k + 1] : before[k - 1];
			before_y = before_x - (down ? k + 1 : k - 1);
		}
		while (x > before_x && y > before_y) {
			x--;
			y--;
			a->kept[from + x] = b->kept[from + y] = true;
		}
		x = before_x;
		y = before_y;
	}
}

/* Marks what both have in the same order; beyond DIFF_EDITS_MAX differences all in the middle counts as changed. */
static bool match(struct tokens *a, struct tokens *b, struct arena *arena, struct error *err)
{
	int from = 0, n = a->n, m = b->n;
	int **rounds = arena_array(arena, DIFF_EDITS_MAX + 1, sizeof *rounds);
	if (!rounds)
		return error_memory(err);
	while (from < n && from < m && str_eq(a->items[from], b->items[from])) {
		a->kept[from] = b->kept[from] = true;
		from++;
	}
	while (n > from && m > from && str_eq(a->items[n - 1], b->items[m - 1])) {
		a->kept[--n] = true;
		b->kept[--m] = true;
	}
	n -= from;
	m -= from;
	for (int d = 0; d <= DIFF_EDITS_MAX && d <= n + m; d++) {
		rounds[d] = arena_array(arena, 2 * (size_t)d + 1, sizeof **rounds);
		if (!rounds[d])
			return error_memory(err);
		if (walk(a, b, from, n, m, rounds, d) != INT32_MAX) {
			walk_back(a, b, from, rounds, d, n, m);
			return true;
		}
	}
	return true;
}

bool diff_match(struct str a, struct str b, diff_cutter end, struct str **pieces_a, int *n_a, struct str **pieces_b,
    int *n_b, int **of, struct arena *arena, struct error *err)
{
	struct tokens x, y;
	if (!cut(a, end, &x, arena, err) || !cut(b, end, &y, arena, err) || !match(&x, &y, arena, err))
		return false;
	*of = arena_array(arena, (size_t)x.n + 1, sizeof **of);
	if (!*of)
		return error_memory(err);
	for (int i = 0, j = 0; i < x.n; i++) {
		while (x.kept[i] && !y.kept[j])
			j++;
		(*of)[i] = x.kept[i] ? j++ : -1;
	}
	*pieces_a = x.items;
	*n_a = x.n;
	*pieces_b = y.items;
	*n_b = y.n;
	return true;
}

/* ---- the parts ---- */

struct parts {
	struct diff_part *items;
	size_t n, cap;
	struct arena *arena;
	bool failed;
};

/* Texts that follow each other in memory and are of one kind are one part. */
static void put(struct parts *out, enum diff_kind kind, struct str text)
{
	struct diff_part *last = out->n ? &out->items[out->n - 1] : NULL;
	if (out->failed || (text.n == 0 && kind != DIFF_GAP))
		return;
	if (last && last->kind == kind && kind != DIFF_GAP && last->text.p + last->text.n == text.p) {
		last->text.n += text.n;
		return;
	}
	if (out->n == out->cap) {
		size_t cap = out->cap ? out->cap * 2 : 32;
		struct diff_part *bigger = arena_array(out->arena, cap, sizeof *bigger);
		out->failed = !bigger;
		if (!bigger)
			return;
		if (out->n)
			memcpy(bigger, out->items, out->n * sizeof *bigger);
		out->items = bigger;
		out->cap = cap;
	}
	out->items[out->n++] = (struct diff_part){ kind, text };
}

static struct str joined(const struct tokens *t, int from, int to)
{
	return from == to ? STR("")
	                  : str_of(t->items[from].p, (size_t)(t->items[to - 1].p + t->items[to - 1].n - t->items[from].p));
}

static bool put_words(struct parts *out, struct str old, struct str new_text, struct error *err)
{
	struct tokens a, b;
	if (!cut(old, word_end, &a, out->arena, err) || !cut(new_text, word_end, &b, out->arena, err) ||
	    !match(&a, &b, out->arena, err))
		return false;
	for (int i = 0, j = 0; i < a.n || j < b.n;) {
		if (i < a.n && !a.kept[i])
			put(out, DIFF_OLD, a.items[i++]);
		else if (j < b.n && !b.kept[j])
			put(out, DIFF_NEW, b.items[j++]);
		else {
			put(out, DIFF_SAME, a.items[i++]);
			j++;
		}
	}
	return true;
}

static void put_same(struct parts *out, const struct tokens *t, int from, int to, bool first, bool last, bool whole)
{
	int head = first ? 0 : CONTEXT_LINES, tail = last ? 0 : CONTEXT_LINES;
	if (whole || to - from <= head + tail + 1) {
		put(out, DIFF_SAME, joined(t, from, to));
		return;
	}
	put(out, DIFF_SAME, joined(t, from, from + head));
	put(out, DIFF_GAP, STR(""));
	put(out, DIFF_SAME, joined(t, to - tail, to));
}

bool diff_texts(struct str old, struct str new_text, bool whole, struct diff_part **out, size_t *n, struct arena *arena,
    struct error *err)
{
	struct tokens a, b;
	struct parts parts = { .arena = arena };
	if (!cut(old, diff_cut_line, &a, arena, err) || !cut(new_text, diff_cut_line, &b, arena, err) ||
	    !match(&a, &b, arena, err))
		return false;
	for (int i = 0, j = 0; i < a.n || j < b.n;) {
		int from = i, new_from = j;
		while (i < a.n && j < b.n && a.kept[i] && b.kept[j]) {
			i++;
			j++;
		}
		if (i > from) {
			put_same(&parts, &a, from, i, from == 0, i == a.n && j == b.n, whole);
			continue;
		}
		while (i < a.n && !a.kept[i])
			i++;
		while (j < b.n && !b.kept[j])
			j++;
		if (!put_words(&parts, joined(&a, from, i), joined(&b, new_from, j), err))
			return false;
	}
	*out = parts.items;
	*n = parts.n;
	return parts.failed ? error_memory(err) : true;
}
