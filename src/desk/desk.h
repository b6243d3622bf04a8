/*
 * desk: the pages of those who write, under /desk: signing in, one's account, the articles, an article's form with
 * preview, differences and revisions, the audit log.
 *
 * All pages are complete without script. Each route names the one right that it needs; a request meets session, right
 * and form token in one place (routes.c) before a handler sees it. Cookies are HttpOnly and SameSite=Strict, and live
 * under /desk alone; nothing here is ever cached. Passwords are hashed on a worker.
 */
#ifndef KAIRAN_DESK_H
#define KAIRAN_DESK_H

#include "base/base.h"
#include "fetch/fetch.h"
#include "store/store.h"
#include "web/web.h"

enum desk_right {
	DESK_ACCOUNT,   /* one's own account */
	DESK_SEE,       /* articles of any status, and their revisions */
	DESK_CREATE,    /* a new article */
	DESK_EDIT_OWN,  /* change an article one made */
	DESK_EDIT_ANY,  /* change any article */
	DESK_PUBLISH,   /* give an article a status that readers notice, and change one that has such a status */
	DESK_LOG,       /* read who did what */
	DESK_PEOPLE,    /* add, invite and remove people */
	DESK_REVIEW,    /* approve an article in review, or send it back */
	DESK_DELETE,    /* delete for good what is in the trash */
	DESK_STRUCTURE, /* categories, tags, redirects */
	DESK_SEARCH,    /* synonyms, pinned answers, what readers asked in vain */
	DESK_WEBHOOKS,  /* tell other servers what changes here */
	DESK_TRANSLATE, /* work on any translation, and on the glossary */
	DESK_SETTINGS,  /* what the site says and shows: settings, looks, menus */
	DESK_RIGHTS
};
bool desk_may(enum role, enum desk_right);
/* May somebody of this role change an article, theirs (`own`) or not, from one status to another? */
bool desk_may_edit(enum role, bool own, enum article_status from, enum article_status to);
/* Does that need the right to publish? */
bool desk_is_publishing(enum article_status from, enum article_status to);

/* May they put it into the trash, or take it out, where it has or had this status? */
bool desk_may_trash(enum role, bool own, enum article_status);
/* May they comment on it, and settle comments? */
bool desk_may_comment(enum role, bool own);

/* To stand before the site's routes in one table; `user` must be the site. */
const struct web_route *desk_routes(size_t *n);

/* ---- the link check (link_check.c): a thread of its own, which does nothing while the setting "link_check" is off ---- */

struct links;
struct links *links_start(struct store *, const struct fetch_policy *, struct error *); /* the policy must outlive it */
void links_stop(struct links *); /* NULL is fine; gives up the request that runs */

#include "desk/work.h"

/* ---- differences (diff.c), for the pages and for tests ---- */

enum diff_kind { DIFF_SAME, DIFF_OLD, DIFF_NEW, DIFF_GAP };
struct diff_part {
	enum diff_kind kind; /* a gap stands for lines that are the same */
	struct str text;
};
/* Cuts a text into what is compared: the end of the piece that starts at `from`. */
typedef size_t (*diff_cutter)(struct str, size_t from);
size_t diff_cut_line(struct str, size_t from);
size_t diff_cut_sentence(struct str, size_t from); /* a sentence within its line, or the marks that end one */
/* The pieces of both texts, and for each of a's the one of b that it matches, or -1. */
bool diff_match(struct str a, struct str b, diff_cutter, struct str **pieces_a, int *n_a, struct str **pieces_b,
    int *n_b, int **of, struct arena *, struct error *);
/* What turns one text into the other: by line, and within changed lines by word, in Japanese by run of one script. The
 * parts other than DIFF_NEW make up the old text and those other than DIFF_OLD the new one, but for gaps; with
 * `whole` there are none. Texts are borrowed. */
bool diff_texts(
    struct str old, struct str new_text, bool whole, struct diff_part **out, size_t *n, struct arena *, struct error *);

/* ---- comma-separated values (csv.c), for a list of redirects and for tests ---- */

char csv_separator(struct str text); /* of the first line: a comma, a semicolon or a tab */
/* Takes one row off the text: at most `max` of its fields. False where a quoted field does not end. */
bool csv_row(struct str *text, char separator, struct str *fields, size_t max, size_t *n, struct arena *);

#endif
