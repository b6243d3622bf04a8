/* An article's way: the part of store.h on trash, undo, what happens by the clock, and review. */
#ifndef KAIRAN_STORE_FLOW_H
#define KAIRAN_STORE_FLOW_H

#include "store/store.h"

/* ---- an article's way: one-click actions with undo, trash, what happens by the clock ---------------------- */

/* Puts it where nobody but the trash page shows it; its address is free for another article. Leaves a
 * line in the audit log, as all here, but no revision: what it says stays. It goes for good TRASH_SECONDS later. No harm when it is there already. */
bool article_trash(
    struct store_tx *, int64_t id, const struct person *who, int64_t now, struct arena *, struct error *);
/* Gives it the status that it had, and its address where that is still free; what was to appear meanwhile becomes a
 * draft. ERR_NOT_FOUND: not in the trash. */
bool article_restore(
    struct store_tx *, int64_t id, const struct person *who, int64_t now, struct arena *, struct error *);
/* Deletes for good what is in the trash; ERR_NOT_FOUND: not there. */
bool trash_delete(struct store_tx *, int64_t id, const struct person *who, struct arena *, struct error *);
struct trashed {
	struct article_item item;
	int64_t at;
	struct str name; /* who did it; empty: from the shell */
	enum article_status before;
};
/* Newest first. `writer`: only what this person wrote (0: all). *total may be NULL. */
bool trash_list(struct store *, int64_t writer, size_t offset, size_t limit, struct trashed **out, size_t *n,
    size_t *total, struct arena *, struct error *);
bool trash_find(struct store *, int64_t id, struct trashed *out, struct arena *, struct error *); /* ERR_NOT_FOUND */

enum act { ACT_PUBLISH, ACT_ARCHIVE, ACT_TRASH, ACT_CATEGORY, ACTS };
struct act_article {
	int64_t id;
	enum article_status from; /* what the caller saw: one that has another status by now is left out */
};
/* Does it to all (at most ACT_ARTICLES_MAX). *n: to how many it made a difference; *undo: what act_undo takes, 0 when to
 * none. `category` is for ACT_CATEGORY. */
bool act_do(struct store_tx *, enum act, const struct act_article *, size_t n_articles, int64_t category,
    const struct person *who, int64_t now, int64_t *undo, size_t *n, struct arena *, struct error *);
struct act_done {
	enum act act;
	size_t n;
	struct str title; /* of the first */
};
/* What can be undone, by its doer alone, for UNDO_SECONDS; else ERR_NOT_FOUND. */
bool act_find(struct store *, int64_t undo, const struct person *who, int64_t now, struct act_done *out, struct arena *,
    struct error *);
/* Takes it back from all to which nothing else happened; *n: how many. */
bool act_undo(
    struct store_tx *, int64_t undo, const struct person *who, int64_t now, size_t *n, struct arena *, struct error *);

/* What happens by itself: publishes what is due, empties the trash of what lay there long enough. Takes a transaction only
 * where there is something to do; *n (may be NULL) says how much. For the follower, each second. */
bool store_tend(struct store *, int64_t now, size_t *n, struct error *);

/* ---- packed texts (pack.c), for revisions and for tests ---- */

/* A text as its difference from another, deflated. `mark` is a place in the text that is kept with it. ERR_TOO_LARGE past
 * PACKED_TEXT_MAX; ERR_DB for what is damaged, or of another base. */
bool text_pack(struct str base, struct str text, size_t mark, struct str *out, struct arena *, struct error *);
bool text_unpack(struct str base, struct str packed, struct str *text, size_t *mark, struct arena *, struct error *);

/* ---- review -------------------------------------------------------------------------------------------- */

enum review_state { REVIEW_NONE, REVIEW_OPEN, REVIEW_APPROVED, REVIEW_BACK };
struct review {
	enum review_state state;
	int64_t reviewer;                                 /* who is asked; 0: whoever may */
	struct str asker_name, reviewer_name, judge_name; /* empty: not known, nobody */
	int64_t asked_at, judged_at;
	bool changed; /* since it was approved */
};
/* Sends a draft for review, or anew; it gets ARTICLE_REVIEW. ERR_CONFLICT for what is no draft, ERR_NOT_FOUND for a
 * reviewer whom there is not. */
bool review_ask(struct store_tx *, int64_t article, const struct person *who, int64_t reviewer, int64_t now,
    struct arena *, struct error *);
/* Approves what the article says now, or sends it back: then it is a draft. ERR_CONFLICT: not in review. */
bool review_judge(struct store_tx *, int64_t article, const struct person *who, bool good, int64_t now, struct arena *,
    struct error *);
/* How its review stands; REVIEW_NONE is no error. The article with categories and tags. */
bool review_find(struct store *, const struct article *, struct review *out, struct arena *, struct error *);
/* For a line of a list: state and reviewer's name alone, and the number of open comments. */
bool review_brief(
    struct store *, const struct article_item *, struct review *out, size_t *open, struct arena *, struct error *);

struct comment {
	int64_t id, article, parent; /* parent: the comment that this answers; 0: none */
	int64_t person, at;
	struct str name;
	struct str quote;    /* the beginning of the passage that it is about; empty: all of the article */
	struct str text;     /* plain */
	int64_t resolved_at; /* 0: open; of an answer always */
	struct str resolved_name;
};
/* Sets the id. ERR_INVALID when it says nothing, ERR_TOO_LARGE past COMMENT_MAX, QUOTE_MAX or COMMENTS_MAX, ERR_NOT_FOUND
 * for an answer to what is no comment on this article. */
bool comment_add(
    struct store_tx *, struct comment *, const struct person *who, int64_t now, struct arena *, struct error *);
bool comment_resolve(struct store_tx *, int64_t article, int64_t id, bool resolved, const struct person *who,
    int64_t now, struct arena *, struct error *);
bool comment_list(struct store *, int64_t article, struct comment **out, size_t *n, struct arena *,
    struct error *); /* oldest first */

#endif
