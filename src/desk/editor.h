/* What the files about an article's form share: collisions, drafts, forms that outlive their session. Private to desk. */
#ifndef KAIRAN_DESK_EDITOR_H
#define KAIRAN_DESK_EDITOR_H

#include "desk/page.h"

enum kept { KEPT_FOR_CHOICES, KEPT_TO_SEND };

/* ---- collide.c: two people at one article ---- */

/* What both changed differently, and what was chosen. */
struct overlap {
	const char *label; /* a msgid */
	struct str base, mine, theirs;
	bool text;        /* both may stand, one after the other */
	bool shown_as_is; /* no difference by word: a name, a date */
};
#define OVERLAPS_MAX (2 * MERGE_CONFLICTS_MAX + 32)
struct collision {
	struct overlap overlaps[OVERLAPS_MAX];
	size_t n, open;        /* open: not chosen yet */
	bool choices;          /* the form holds choices made for just this collision */
	struct article merged; /* with `mine` where it is open */
};
/* `state` is that of `theirs`. Choices are read from the request's form. */
bool collide(struct desk_page *, const struct article *base, const struct article *mine, const struct article *theirs,
    struct str state, struct collision *out);
/* The page on which a person chooses (409). */
bool collision_page(struct desk_page *, const struct collision *, struct str state);

/* ---- drafts.c: what is typed and not saved yet ---- */

/* Names this form's draft: as the form says, else anew. */
struct str draft_token(struct desk_page *);
/* What this person left unsaved of an article (0: of new ones), in the page. */
bool drafts_offer(struct desk_page *, int64_t article);
/* The draft that the address asks for ("?draft="), in the place of *a and *base; nothing asked for is fine. */
bool draft_take(struct desk_page *, const struct article *old, struct article *a, struct str *base);
bool draft_saved(struct desk_page *, struct store_tx *); /* the form's draft goes */
bool draft_autosave(struct desk_page *);
bool draft_drop_send(struct desk_page *);

/* ---- keep.c: forms that outlive their session ---- */

/* All that was sent, as hidden fields, but what is secret or belongs to the sending page: "kept" in the page. */
void desk_keep_fields(struct desk_page *, enum kept);
/* A form came without a session, or with the token of another: nothing is done, and what was typed stays. 403. */
bool desk_hold(struct desk_page *);
/* Signs in and gives the form back, to be sent again. No token is asked for: it changes nothing but who is in. */
bool again_send(struct desk_page *);

/* ---- preview.c, paste.c ---- */

bool preview_show(struct desk_page *, const struct article *);
bool article_preview(struct desk_page *);
bool paste_add(struct desk_page *, struct article *);
bool paste_send(struct desk_page *);

#endif
