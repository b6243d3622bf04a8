/*
 * search: finds. An index derived from the published articles, in a file of its own beside the truth, which may be
 * deleted at any time and is rebuilt.
 *
 * One process may follow the change feed with search_follow; any number of threads query meanwhile, each on its
 * own snapshot. A query never waits for an update.
 */
#ifndef KAIRAN_SEARCH_H
#define KAIRAN_SEARCH_H

#include "base/base.h"
#include "store/store.h"

struct search; /* the index of one site */

/* Opens or makes the index. One that is damaged, of another version or of another site is put aside and started
 * anew: search_stale then says true until search_follow has caught up. */
struct search *search_open(const char *path, struct store *, struct error *);
void search_close(struct search *);
bool search_stale(struct search *);
/* Applies the change feed up to its end; *applied (may be NULL) counts articles. Safe against other processes. */
bool search_follow(struct search *, size_t *applied, struct error *);
/* Builds a new index beside the live one and swaps; progress (may be NULL) is called now and then. */
bool search_rebuild(
    struct search *, void (*progress)(void *user, size_t done, size_t total), void *user, struct error *);

/* Reads all of the index; false when it is damaged, and then the next search_follow makes it anew. Slow: not for a reader's
 * path. */
bool search_verify(struct search *, struct error *err);

enum search_order { SEARCH_RELEVANCE, SEARCH_NEWEST };

/* Sees the features of each candidate that the second look took: for bench/relevance, which fits the weights. */
struct search_watch {
	void (*seen)(void *user, int64_t article, const double *features, size_t n);
	void *user;
};

struct search_request {
	struct str query;     /* as typed; over QUERY_MAX it is cut at a character */
	struct str lang;      /* the reader's: preferred, others follow */
	struct str only_lang; /* filters; empty or 0: none */
	int64_t category;     /* with its descendants */
	int year;
	enum search_order order;
	size_t offset, limit; /* limit at most 100 */
	bool snippets;        /* off for batch measurements */
	bool as_if;           /* with these pinned instead of what is: articles of any language */
	const int64_t *pinned;
	size_t n_pinned;
	const struct search_watch *watch; /* mostly NULL */
};

struct search_hit {
	int64_t article, group;
	double score;
	struct str lang, slug, title, source;
	struct str title_html;   /* clean, matches in <mark> */
	struct str snippet_html; /* clean, matches in <mark>; empty unless asked for */
	int64_t published_at;
	int64_t main_category; /* 0: none */
	bool relaxed;          /* only some of the question's words are in it */
	bool pinned;           /* an editor's answer to this question; stands first */
};

struct search_facet {
	struct str lang; /* or */
	int64_t category;
	int year;
	size_t count;
};

struct search_result {
	size_t total; /* matching articles; exact up to 1,000, then at least that */
	struct search_hit *hits;
	size_t n_hits;
	struct search_facet *langs, *categories, *years;
	size_t n_langs, n_categories, n_years;
	struct str did_you_mean;         /* a spelling that the site knows; empty: none */
	struct str did_you_mean_html;    /* the same as clean HTML, what differs in <em> */
	const int64_t *found_categories; /* whose names match, best first */
	size_t n_found_categories;
	double ms; /* spent inside */
};

/* Never a syntax error: every question is answered, if with nothing. */
bool search_query(
    struct search *, const struct search_request *, struct search_result *out, struct arena *, struct error *);

enum suggestion_kind { SUGGEST_ARTICLE, SUGGEST_HEADING, SUGGEST_CATEGORY, SUGGEST_TAG };
struct suggestion {
	enum suggestion_kind kind;
	struct str text;           /* what to show; of a tag its name */
	int64_t article, category; /* of an article or a heading, of a category; or 0 */
	struct str lang, slug;     /* slug: of the article or the category */
	struct str fragment;       /* of a heading: where it is in the article, without # */
	struct str context;        /* of a heading: the title of the article */
};
#define SUGGESTIONS_MAX 10
/* Titles, headings, categories and tags of which a word begins with what has been typed, as written or as read: in
 * kanji, in either kana, in romaji, or half of it converted by an input method. The reader's language first; of each
 * article and its translations one; at most limit, and SUGGESTIONS_MAX. */
bool search_suggest(struct search *, struct str typed, struct str lang, size_t limit, struct suggestion **out,
    size_t *n, struct arena *, struct error *);

/* Articles like this one, in its language: those that share the rarest terms of its title and headings, its categories,
 * and the sources it cites; at most 5. They are only read; *ready false: they have not been found yet. */
bool search_related(struct search *, int64_t article, struct article_item **out, size_t *n, bool *ready, struct arena *,
    struct error *);
/* Finds them: after search_follow, for about `ms`, first what changes have touched, then what only drifts with the rarity
 * of words. Names the articles whose list is another now. */
struct search_relating {
	int64_t *articles;
	size_t n;
	bool more; /* call again soon */
};
bool search_relate(struct search *, int ms, struct search_relating *out, struct arena *, struct error *);

struct search_stats {
	int64_t articles, bytes, seq;
};
bool search_stats(struct search *, struct search_stats *out, struct error *);

#endif
