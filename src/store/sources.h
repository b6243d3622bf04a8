/*
 * Part of store.h, to be included through it: what articles cite, one record for each work wherever it is cited, and whether
 * its address still answers.
 *
 * Records come by themselves when an article with citations is saved, and go when nothing cites them, unless somebody edited
 * them. What a record says shows on the pages of all that cite it.
 */
#ifndef KAIRAN_STORE_SOURCES_H
#define KAIRAN_STORE_SOURCES_H

#include "store/store.h"

enum source_state {
	SOURCE_UNCHECKED,
	SOURCE_ALIVE,
	SOURCE_MOVED,   /* answers from another address: `goal` */
	SOURCE_FAILING, /* did not answer well; asked again another day before anything is said */
	SOURCE_DEAD     /* failed on two days or more */
};

struct source_record {
	int64_t id;
	struct str url;
	struct str title, author, outlet;
	struct str published, accessed; /* ISO dates as far as known */
	struct str archive_url;         /* of a kept copy; empty: none is known */
	bool edited;                    /* by somebody at the desk: it stays, and saving an article does not fill it */
	enum source_state state;
	int status;         /* of the last answer; 0: none came */
	struct str goal;    /* where a redirect leads for good */
	int64_t checked_at; /* 0: never */
	int64_t articles;   /* that cite it; set by reads */
};

/* The one spelling of an address that sources are compared by: host in lower case, no default port, no fragment, no marks of
 * campaigns (utm_…), escapes decoded, http as https; of a copy in the Web Archive the address of what was copied. Empty for
 * what is no address of the web. */
struct str source_key(struct str url, struct arena *);
/* Of an address in the Web Archive: what was copied, or empty. */
struct str source_archived(struct str url);
/* Where the Web Archive keeps the page as it was around that day (ISO date, or empty: the newest). */
struct str source_archive_guess(struct str url, struct str day, struct arena *);

struct source_filter {
	struct str words; /* stand in address, title, author or outlet; empty: all */
	int state;        /* a source_state, or -1: all */
	bool uncited;     /* only those that no article cites */
	size_t offset, limit;
};
/* The newest record first; of those with a state the one checked last. */
bool source_list(struct store *, const struct source_filter *, struct source_record **out, size_t *n, size_t *total,
    struct arena *, struct error *);
bool source_get(struct store *, int64_t id, struct source_record *out, struct arena *, struct error *);
bool source_by_url(
    struct store *, struct str url, struct source_record *out, struct arena *, struct error *); /* ERR_NOT_FOUND */
/* Articles of any status that cite it, each once: id, lang, title and status are set. */
bool source_citers(struct store *, int64_t id, struct article_item **out, size_t *n, struct arena *, struct error *);
bool source_is_public(struct store *, int64_t id, bool *out, struct error *); /* a published article cites it */
struct cited_source {
	int number; /* of the citation */
	struct source_record source;
};
/* In order of number; citations without an address have none. */
bool source_of_article(
    struct store *, int64_t article, struct cited_source **out, size_t *n, struct arena *, struct error *);

/* Saves by hand: a new one (id 0) or a changed one. ERR_INVALID for no address of the web; ERR_EXISTS where another record
 * has this address, whose id is then set; ERR_TOO_LARGE over CREDIT_MAX, and URL_MAX for addresses. */
bool source_save(struct store_tx *, struct source_record *, struct arena *, struct error *);
/* `from` becomes part of `into`: its addresses and citations go over, its words where `into` has none. */
bool source_merge(struct store_tx *, int64_t into, int64_t from, struct error *);
bool source_delete(struct store_tx *, int64_t id, struct error *); /* ERR_CONFLICT: it is cited */

/* ---- the link check ---- */

/* The source that is to be asked next, the longest due first; *found. */
bool link_due(struct store *, int64_t now, struct source_record *out, bool *found, struct arena *, struct error *);
struct link_result {
	int status;             /* 0: no answer */
	struct str goal;        /* where it is now, when that is not its own address */
	int64_t next_at;        /* not before; 0: in due time */
	struct str archive_url; /* found; or empty */
};
/* Two failures of different days make a link dead; one good answer makes it alive again. */
bool link_note(struct store_tx *, int64_t id, const struct link_result *, int64_t now, struct error *);
/* All at once to be asked anew. */
bool link_check_again(struct store_tx *, int64_t id, struct error *);
struct link_counts {
	int64_t sources, unchecked, alive, moved, failing, dead; /* of cited ones */
};
bool link_counts(struct store *, struct link_counts *out, struct error *);
/* Dead ones that articles cite, those cited most first; *total of all. */
bool links_dead(
    struct store *, size_t limit, struct source_record **out, size_t *n, size_t *total, struct arena *, struct error *);

#endif
