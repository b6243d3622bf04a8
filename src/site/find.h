/* What the files of the search page share. Private to site. */
#ifndef KAIRAN_SITE_FIND_H
#define KAIRAN_SITE_FIND_H

#include "site/page.h"

/* A search as its address says it; what is not understood there is empty. */
struct asked {
	struct str query, lang, category, year, order;
	struct category *all;
	size_t n_all;
};

/* The same as parameters of an address. */
enum asked_pair { PAIR_QUERY, PAIR_LANG, PAIR_CATEGORY, PAIR_YEAR, PAIR_ORDER, PAIRS };
void asked_pairs(const struct asked *, struct url_pair out[PAIRS]);

bool asked_read(struct page *, struct asked *, struct search_request *);            /* find.c */
bool hits_set(struct page *, const struct asked *, const struct search_result *);   /* hits.c */
void facets_set(struct page *, const struct asked *, const struct search_result *); /* facets.c */
void way_out_set(struct page *, const struct asked *);                              /* question.c */

#endif
