/*
 * Merging what two people made of one text. Part of the desk, apart from its pages, for tests too.
 *
 * diff3 as S. Khanna, K. Kunal and B. C. Pierce describe it (A Formal Investigation of Diff3, 2007): both changes are
 * matched with the text that both began with; where one of them left it alone the other's counts, where both say the
 * same it counts once, and where both changed it differently a person must choose. By line (a paragraph of prose is
 * one), and within lines that both changed by sentence.
 */
#ifndef KAIRAN_DESK_MERGE_H
#define KAIRAN_DESK_MERGE_H

#include "base/base.h"

struct merge_part {
	bool conflict;
	struct str text;               /* where it is none */
	struct str base, mine, theirs; /* where it is one */
};

/* The parts in order; the plain ones and, of each conflict, one side make up the whole. Every line of `mine` and `theirs`
 * that the other did not take out is in a part. Texts are borrowed. A text with more than MERGE_CONFLICTS_MAX conflicts
 * is one. */
bool merge_texts(struct str base, struct str mine, struct str theirs, struct merge_part **out, size_t *n,
    struct arena *, struct error *);

/* Of sets: what both have or one added, without what one took out; in the order of `mine`, then of `theirs`. *n_out is at
 * most n_mine + n_theirs. */
bool merge_sets(const struct str *base, size_t n_base, const struct str *mine, size_t n_mine, const struct str *theirs,
    size_t n_theirs, struct str **out, size_t *n_out, struct arena *, struct error *);

#endif
