/* Private to search. */
#ifndef KAIRAN_SEARCH_INNER_H
#define KAIRAN_SEARCH_INNER_H

#include "db/db.h"
#include "search/search.h"
#include "text/text.h"

#include <stdatomic.h>

struct search {
	struct store *store;
	struct db *db;
	char *path;
	atomic_bool stale;
};

struct candidate {
	int64_t article, published_at, category;
	double score;
	struct str lang;
};

/* The distinct terms of a question. */
struct terms {
	struct str v[QUERY_TERMS_MAX];
	size_t n;
};
/* Is this the last character of a run, which the pair before it has already? */
bool is_tail(const struct text_tokens *, size_t i);
bool terms_of(struct terms *, struct str query, struct str lang, struct arena *, struct error *);
/* An FTS5 expression: any of the terms. */
struct str terms_expression(const struct terms *, struct arena *);
/* Text with the terms in <mark>, the best `width` characters of it (0: all), as clean HTML. */
struct str snippet_make(struct str text, struct str lang, const struct terms *, size_t width, struct arena *);

/* rank.c: adds to the scores of the first RANKED_AGAIN candidates (best first) what a second look at them tells. */
#define RANKED_AGAIN 60
bool rank_again(struct search *, struct str query, const struct terms *, struct candidate *, size_t n, struct arena *, struct error *);

#endif
