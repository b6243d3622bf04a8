#include "search/inner.h"

/* Gradient-boosted decision trees, grown by LambdaMART (C. Burges: From RankNet to LambdaRank to LambdaMART, 2010) on top of
 * the weighted sum of rank.c. bench/fit.py grows them from what bench/relevance saw, and writes forest_trees.inc. */

#define LEAF (-1)

struct split {
	short feature;        /* or LEAF */
	unsigned short right; /* the node taken where the feature is over `value`; the next one where it is not */
	float value;          /* of a leaf: what it adds to the score */
};

#include "search/forest_trees.inc"

double forest_score(const double features[FOREST_FEATURES])
{
	double sum = 0;
	for (size_t i = 0; i < sizeof ROOTS / sizeof *ROOTS; i++) {
		const struct split *at = &NODES[ROOTS[i]];
		while (at->feature != LEAF)
			at = features[at->feature] > (double)at->value ? &NODES[at->right] : at + 1;
		sum += (double)at->value;
	}
	return sum;
}
