/*
 * What is typed and not saved yet. Part of store.h, which includes it.
 */
#ifndef KAIRAN_STORE_DRAFT_H
#define KAIRAN_STORE_DRAFT_H

#include "base/base.h"

struct store;
struct store_tx;

/* A form as its sender left it. Seen by nobody else, and part of no article. */
struct draft_form {
	struct str token;  /* names the form it was typed into; draft_token_fits */
	int64_t article;   /* 0: a new one */
	int64_t at;        /* of the last change */
	struct str title;  /* to tell them apart */
	struct str base;   /* the article's state that it was made from */
	struct str fields; /* as the desk packs them; not set by lists */
};
bool draft_token_fits(struct str token); /* 16 to 64 of A-Z a-z 0-9 - _ */
/* Keeps it in the place of what that form had. A person has DRAFTS_EACH; the oldest make room. ERR_TOO_LARGE over
 * DRAFT_MAX, ERR_INVALID for another token. */
bool draft_keep(struct store_tx *, int64_t person, const struct draft_form *, struct error *);
bool draft_drop(struct store_tx *, int64_t person, struct str token, struct error *); /* none there is fine */
/* Newest first. */
bool draft_list(struct store *, int64_t person, int64_t article, struct draft_form **out, size_t *n, struct arena *,
    struct error *);
bool draft_get(
    struct store *, int64_t person, struct str token, struct draft_form *out, struct arena *, struct error *);

#endif
