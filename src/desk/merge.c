#include "desk/merge.h"

#include "desk/desk.h"

#include <string.h>

/* For each line of the base, the line of the other text that it became, or -1; both ways rising. */
struct matched {
	struct str *lines; /* of the other text */
	int n;
	int *of; /* of each line of the base */
};

struct merging {
	diff_cutter cut;
	struct str *base;
	int n_base;
	struct matched mine, theirs;
	struct merge_part *parts;
	size_t n, cap, conflicts;
	struct arena *arena;
	struct error *err;
};

static struct str joined(const struct str *lines, int from, int to)
{
	return from == to ? STR("") : str_of(lines[from].p, (size_t)(lines[to - 1].p + lines[to - 1].n - lines[from].p));
}

static bool put(struct merging *m, struct merge_part part)
{
	struct merge_part *last = m->parts && m->n ? &m->parts[m->n - 1] : NULL;
	if (!part.conflict && part.text.n == 0)
		return true;
	if (!part.conflict && last && !last->conflict && last->text.p + last->text.n == part.text.p) {
		last->text.n += part.text.n;
		return true;
	}
	if (!m->parts || m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 16;
		struct merge_part *more = arena_array(m->arena, cap, sizeof *more);
		if (!more)
			return error_memory(m->err);
		if (m->parts)
			memcpy(more, m->parts, m->n * sizeof *more);
		m->parts = more;
		m->cap = cap;
	}
	m->parts[m->n++] = part;
	m->conflicts += part.conflict;
	return true;
}

static bool merge_by(diff_cutter cut, struct str base, struct str mine, struct str theirs, struct merging *m,
    struct arena *arena, struct error *err);

/* Lines that both changed: perhaps in different sentences. */
static bool put_sentences(struct merging *m, struct str base, struct str mine, struct str theirs, bool *done)
{
	struct merging inner;
	*done = false;
	if (m->cut != diff_cut_line)
		return true;
	if (!merge_by(diff_cut_sentence, base, mine, theirs, &inner, m->arena, m->err))
		return false;
	*done = inner.conflicts == 0;
	for (size_t i = 0; *done && i < inner.n; i++) {
		if (!put(m, inner.parts[i]))
			return false;
	}
	return true;
}

static bool put_chunk(struct merging *m, struct str base, struct str mine, struct str theirs)
{
	bool done;
	if (str_eq(mine, theirs) || str_eq(theirs, base))
		return put(m, (struct merge_part){ .text = mine });
	if (str_eq(mine, base))
		return put(m, (struct merge_part){ .text = theirs });
	if (!put_sentences(m, base, mine, theirs, &done))
		return false;
	return done || put(m, (struct merge_part){ .conflict = true, .base = base, .mine = mine, .theirs = theirs });
}

static bool match(struct str base, struct str other, struct merging *m, struct matched *out)
{
	int n_base;
	if (!diff_match(base, other, m->cut, &m->base, &n_base, &out->lines, &out->n, &out->of, m->arena, m->err))
		return false;
	m->n_base = n_base;
	return true;
}

static bool merge_by(diff_cutter cut, struct str base, struct str mine, struct str theirs, struct merging *m,
    struct arena *arena, struct error *err)
{
	int o = 0, a = 0, b = 0;
	*m = (struct merging){ .cut = cut, .arena = arena, .err = err };
	if (!match(base, mine, m, &m->mine) || !match(base, theirs, m, &m->theirs))
		return false;
	while (o < m->n_base || a < m->mine.n || b < m->theirs.n) {
		int stop = o;
		/* What all three share and where they stand together. */
		while (stop < m->n_base && m->mine.of[stop] == a + stop - o && m->theirs.of[stop] == b + stop - o)
			stop++;
		if (stop > o) {
			if (!put(m, (struct merge_part){ .text = joined(m->mine.lines, a, a + stop - o) }))
				return false;
			a += stop - o;
			b += stop - o;
			o = stop;
			continue;
		}
		/* Up to the next line that all three share. */
		while (stop < m->n_base && (m->mine.of[stop] < 0 || m->theirs.of[stop] < 0))
			stop++;
		int a_stop = stop < m->n_base ? m->mine.of[stop] : m->mine.n;
		int b_stop = stop < m->n_base ? m->theirs.of[stop] : m->theirs.n;
		if (!put_chunk(
		        m, joined(m->base, o, stop), joined(m->mine.lines, a, a_stop), joined(m->theirs.lines, b, b_stop)))
			return false;
		o = stop;
		a = a_stop;
		b = b_stop;
	}
	return true;
}

bool merge_texts(struct str base, struct str mine, struct str theirs, struct merge_part **out, size_t *n,
    struct arena *arena, struct error *err)
{
	struct merging m;
	if (!merge_by(diff_cut_line, base, mine, theirs, &m, arena, err))
		return false;
	if (m.conflicts > MERGE_CONFLICTS_MAX) {
		m.n = 0;
		if (!put(&m, (struct merge_part){ .conflict = true, .base = base, .mine = mine, .theirs = theirs }))
			return false;
	}
	*out = m.parts;
	*n = m.n;
	return true;
}

/* ---- sets ---- */

static bool has(const struct str *set, size_t n, struct str one)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(set[i], one))
			return true;
	}
	return false;
}

bool merge_sets(const struct str *base, size_t n_base, const struct str *mine, size_t n_mine, const struct str *theirs,
    size_t n_theirs, struct str **out, size_t *n_out, struct arena *arena, struct error *err)
{
	*out = arena_array(arena, n_mine + n_theirs + 1, sizeof **out);
	*n_out = 0;
	if (!*out)
		return error_memory(err);
	for (size_t i = 0; i < n_mine; i++) {
		if (has(theirs, n_theirs, mine[i]) || !has(base, n_base, mine[i]))
			(*out)[(*n_out)++] = mine[i];
	}
	for (size_t i = 0; i < n_theirs; i++) {
		if (!has(mine, n_mine, theirs[i]) && !has(base, n_base, theirs[i]))
			(*out)[(*n_out)++] = theirs[i];
	}
	return true;
}
