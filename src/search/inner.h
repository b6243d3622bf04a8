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
	struct text_reader *reader; /* NULL where no dictionary is installed */
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

/* Ids as a short run of bytes; they are sorted. */
struct str ids_pack(int64_t *ids, size_t n, struct arena *);
/* Takes the next one off; *id starts with 0. False at the end. */
bool ids_next(struct str *packed, int64_t *id);

/* ---- suggestions: suggest_index.c keeps them, suggest.c answers ---- */

/* The tables of both, for the migrations. */
extern const char SUGGEST_SCHEMA[];

/* Before and after all articles are added anew, in one transaction: in between, nothing is found. */
bool suggest_clear(struct db_conn *, struct error *);
bool suggest_settle(struct db_conn *, struct arena *, struct error *);
/* An article that is not in there. Its title, headings and tags. */
bool suggest_add(struct db_conn *, struct text_reader *, const struct article_text *, struct arena *, struct error *);
bool suggest_forget(struct db_conn *, int64_t article, struct error *);
/* The names of the categories that hold articles; cheap when they are what they were. */
bool suggest_categories(struct db_conn *, struct text_reader *, struct store *, struct error *);

enum entry_kind { ENTRY_CATEGORY, ENTRY_TITLE, ENTRY_TAG, ENTRY_HEADING };
#define KEY_MAX 18        /* bytes of a text that it is found by; a longer beginning is compared with the text itself */
#define HOT_MORE_THAN 128 /* beginnings that so many keys have keep a list of their best entries */
#define HOT_KEPT 32

/* A word of an entry: as written, and as read (the same where they do not differ); both as keys. */
struct entry_word {
	struct str surface, reading;
	bool start; /* is found by its beginning */
};
#define ENTRY_WORDS_MAX 32
struct entry_words {
	struct entry_word v[ENTRY_WORDS_MAX];
	size_t n;
};
/* What must be kept of an entry's words beside its (folded) text. */
bool entry_pack(struct str *out, struct text_reader *, struct str folded, struct arena *, struct error *);
/* From what is kept of an entry; packed empty: what the text shows without a reader. */
bool entry_words(struct entry_words *, struct str text, struct str packed, struct arena *, struct error *);
/* The key from word `from` on, at most `max` bytes. */
struct str entry_key(const struct entry_words *, size_t from, bool reading, size_t max, struct arena *);
/* The first text after all that begin with this one. */
struct str key_end(struct str prefix, struct arena *);

/* suggest_hot.c: a key that has been put in, or taken out. All of an entry's keys first, then this for each. */
struct hot_key {
	struct str lang, key;
	int64_t rank, entry;
};
bool hot_add(struct db_conn *, const struct hot_key *, struct arena *, struct error *);
bool hot_remove(struct db_conn *, const struct hot_key *, struct arena *, struct error *);
/* All lists of a language below a beginning (empty: all), of which there are none yet. */
bool hot_build(struct db_conn *, struct str lang, struct str prefix, struct arena *, struct error *);

/* ---- did you mean: spell_index.c keeps the site's words, spell.c corrects ---- */

extern const char SPELL_SCHEMA[];

bool spell_clear(struct db_conn *, struct error *);
/* An article that is not in there: the words of its title, headings and tags, and those that its text has often. */
bool spell_add(struct db_conn *, struct text_reader *, const struct article_text *, struct arena *, struct error *);
bool spell_forget(struct db_conn *, int64_t article, struct error *);

/* A question without its mistakes, in the site's own words: *out is all of it, *out_html the same with what was changed
 * in <em>; both empty when nothing that is known to find more comes to mind. For when a search finds little. */
bool spell_suggest(struct search *, struct str query, struct str lang, struct str *out, struct str *out_html, struct arena *,
	struct error *);

#endif
