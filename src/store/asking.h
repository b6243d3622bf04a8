/*
 * Part of store.h: synonyms and pinned answers, readers' questions, searches in vain.
 */
#ifndef KAIRAN_STORE_ASKING_H
#define KAIRAN_STORE_ASKING_H

#include "store/store.h"

/* ---- searching: synonyms, pinned answers --------------------------------------------------------------- */

/* The form in which questions are compared: folded as the index folds, white space made one space, marks at the end
 * off. Empty for what holds nothing but marks. */
struct str query_normal(struct str query, struct arena *);

/* Words that mean the same: each finds what any other of them finds. Or, one way, the first also finds what the others
 * find, but not the other way round (a narrower word finds the wider). */
struct synonym {
	int64_t id;      /* 0: new */
	struct str lang; /* of the questions it counts for; empty: all */
	bool one_way;
	const struct str *words; /* at least two, at most SYNONYM_WORDS_MAX; as written, trimmed */
	size_t n_words;
};
/* All, in the order of coming. */
bool synonym_list(struct store *, struct synonym **out, size_t *n, struct arena *, struct error *);
/* Saves a new or a changed one and sets its id. One that is there already writes nothing and gets the id of the other;
 * *changed (may be NULL) tells. ERR_INVALID for one word alone, ERR_TOO_LARGE past SYNONYMS_MAX. */
bool synonym_save(struct store_tx *, struct synonym *, bool *changed, struct arena *, struct error *);
bool synonym_delete(struct store_tx *, int64_t id, struct error *); /* ERR_NOT_FOUND */
/* Reads a line: "a, b, c" or, one way, "a => b, c"; commas may be Japanese ones. *found is false for an empty line and
 * a comment (#). Words are slices of the line; out->lang stays as it was. */
bool synonym_parse(struct str line, struct synonym *out, bool *found, struct arena *, struct error *);
struct str synonym_text(const struct synonym *, struct arena *); /* such a line */

/* Articles that editors put first for a question. */
struct pin {
	int64_t id;
	struct str query;        /* as written; compared by query_normal */
	const int64_t *articles; /* in their order, at most PIN_ARTICLES_MAX; any status */
	size_t n_articles;
};
bool pin_list(struct store *, struct pin **out, size_t *n, struct arena *, struct error *);
/* Takes the place of what was pinned to the same question, and sets pin->id. ERR_NOT_FOUND for an article that is not
 * there, ERR_INVALID for an empty question or list. */
bool pin_save(struct store_tx *, struct pin *, struct arena *, struct error *);
bool pin_delete(struct store_tx *, int64_t id, struct error *); /* ERR_NOT_FOUND */
/* What a reader of `lang` is shown for the question: of each pinned article the version in that language (as listings
 * choose it), published ones only. Nothing pinned is no error: *n is 0. */
bool pin_find(
    struct store *, struct str query, struct str lang, int64_t **articles, size_t *n, struct arena *, struct error *);
/* The same for articles that are not pinned yet. */
bool pin_versions(struct store *, const int64_t *articles, size_t n_articles, struct str lang, int64_t **out, size_t *n,
    struct arena *, struct error *);

/* ---- readers' questions, searches in vain -------------------------------------------------------------- */

/* A question that a reader sent to the editors. Nothing about the sender is kept, not even the hour. */
struct question {
	int64_t id;
	struct str lang; /* of the page it was sent from */
	struct str text;
	struct str day; /* "2026-05-01", UTC; of the last time it was sent */
	int64_t times;  /* it was sent, word for word */
};
/* Newest first. */
bool question_list(struct store *, struct question **out, size_t *n, struct arena *, struct error *);
/* Keeps one. ERR_INVALID when empty, ERR_TOO_LARGE over QUESTION_MAX, ERR_CONFLICT when too many come at once (all
 * senders share one allowance, so that none needs to be told apart) or QUESTIONS_KEPT are waiting. */
bool question_add(struct store_tx *, struct str text, struct str lang, int64_t now, struct error *);
bool question_delete(struct store_tx *, int64_t id, struct error *); /* ERR_NOT_FOUND */

/* A question that found nothing. It is kept once it came in UNANSWERED_HOURS separate hours; before that memory alone
 * holds a keyed hash of it. Never blocks, never fails: what does not fit is forgotten. */
void unanswered_note(struct store *, struct str query, int64_t now);
/* Writes what has come to be kept; nothing to write takes no transaction. For the follower, now and then. */
bool unanswered_flush(struct store *, struct error *);
struct unanswered {
	struct str query; /* normalised */
	int64_t searches; /* as far as they were counted: what memory held is lost at a restart */
	struct str first_day, last_day;
};
/* Takes one off the list for good, however often it comes back. ERR_NOT_FOUND. */
bool unanswered_dismiss(struct store_tx *, struct str query, struct error *);
/* Most searches first; without those that were dismissed. */
bool unanswered_list(struct store *, struct unanswered **out, size_t *n, struct arena *, struct error *);
/* The first `limit` of them into `out`: query and searches alone. */
bool unanswered_top(struct store *, size_t limit, struct unanswered *out, size_t *n, struct arena *, struct error *);

#endif
