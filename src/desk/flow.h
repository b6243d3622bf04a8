/* An article's way at the desk: the list with its filters and actions, trash, undo, review. Private to this module. */
#ifndef KAIRAN_DESK_FLOW_H
#define KAIRAN_DESK_FLOW_H

#include "desk/page.h"

/* What a list of articles was asked for; of an address, or of a form that goes back to it. */
struct list_asked {
	struct str title, status, lang, category, by, whose; /* whose: "mine", "waiting" or empty */
	size_t page;                                         /* from 1 */
};
void list_asked(
    struct list_asked *, struct str (*get)(const struct web_request *, const char *), const struct web_request *);
/* "/desk" with what was asked, and `extra` ("undo=12", or empty). */
struct str list_url(struct desk_page *, const struct list_asked *, size_t page, struct str extra);

/* What was just done or taken back, as `undo` and `undone` of the address say: for the notice above a page. */
bool flow_undo(struct desk_page *);
/* Above an article's form: how its review stands, its open comments, its actions. */
bool flow_state(struct desk_page *, const struct article *, bool own);
/* The state of its review in words; empty for none. */
struct str flow_review_text(struct desk_page *, const struct review *);

bool acts_send(struct desk_page *);
bool undo_send(struct desk_page *);
bool trash_page(struct desk_page *);
bool trash_send(struct desk_page *);
bool trash_delete_send(struct desk_page *);
bool review_page(struct desk_page *);
bool ask_send(struct desk_page *);
bool judge_send(struct desk_page *);
bool comment_send(struct desk_page *);
bool person_page(struct desk_page *);
bool person_send(struct desk_page *);

#endif
