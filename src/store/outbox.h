/*
 * Part of store.h, to be included through it: the queue of mail, as rows. What a message is, who it is for and how it is
 * sent, `mail` knows; here are sealed bytes, and keyed hashes of recipients and domains.
 */
#ifndef KAIRAN_STORE_OUTBOX_H
#define KAIRAN_STORE_OUTBOX_H

#include "base/base.h"

struct store;
struct store_tx;

struct campaign;
struct settings;

enum outbox_state { OUTBOX_WAITING, OUTBOX_SENT, OUTBOX_REFUSED, OUTBOX_GIVEN_UP, OUTBOX_BOUNCED, OUTBOX_STATES };
struct str outbox_state_name(enum outbox_state); /* "waiting" */

struct outbox_item {
	int64_t id;
	enum outbox_state state;
	struct str recipient, domain; /* keyed hashes */
	struct str sealed;            /* empty once it is not waiting any more; not set by lists */
	int64_t created_at, next_at;  /* next_at: when it is tried again */
	int64_t tries, tried_at;
	int64_t code;      /* of the last try: the server's, or 0 */
	struct str status; /* RFC 3463, "5.1.1", or empty */
};

/* Queues one and sets its id. `once` empty, or the hash of what must never be generated twice: ERR_EXISTS when it was, even
 * if that message is out and forgotten. ERR_DENIED: mail to the recipient came back before. ERR_TOO_LARGE: the queue is
 * full. */
bool outbox_add(struct store_tx *, struct outbox_item *, struct str once, int64_t now, struct error *);
/* The next one that is due, no domain getting more than `rate` a minute; it is this caller's for MAIL_LEASE_SECONDS.
 * ERR_NOT_FOUND when nothing is due. */
bool outbox_claim(struct store *, int64_t now, int64_t rate, struct outbox_item *, struct arena *, struct error *);
/* How a try ended; a state other than WAITING wipes the content. next_at, code and status are taken from the item. */
bool outbox_tried(struct store *, const struct outbox_item *, enum outbox_state, struct error *);
/* A bounce of a message that is out: nothing is sent to its recipient any more. ERR_NOT_FOUND when it is not known. */
bool outbox_bounced(struct store *, int64_t id, struct str status, int64_t now, struct error *);
/* When the next one is due, or the turn of a target with letters comes; 0: nothing waits. */
bool outbox_next(struct store *, int64_t *at, struct error *);
/* Newest first, at most limit; counts is by state. */
bool outbox_list(struct store *, size_t limit, struct outbox_item **, size_t *n, int64_t counts[OUTBOX_STATES],
    struct arena *, struct error *);
/* Makes all that waits due now. */
bool outbox_hurry(struct store_tx *, int64_t now, struct error *);
/* ---- letters of campaigns (parked.c): they wait apart, until their target's turn comes ---- */

struct outbox_parking {
	int64_t target;  /* a campaign's */
	struct str tag;  /* a keyed hash of campaign and signer, by which they are found again */
	bool held;       /* not before parked_release_held */
	struct str once; /* as outbox_add has it, not empty */
};
/* As outbox_add, ERR_TOO_LARGE when LETTERS_PARKED_MAX wait for the target. ERR_DENIED counts as failed. */
bool outbox_park(
    struct store_tx *, const struct outbox_item *, const struct outbox_parking *, int64_t now, struct error *);
/* What bears the tag and is not out yet goes away, unsent. */
bool parked_cancel(struct store_tx *, struct str tag, struct error *);
bool parked_release_held(struct store_tx *, int64_t campaign, struct error *);
bool parked_drop_held(struct store_tx *, int64_t campaign, struct error *);
/* Puts those whose turn has come into the queue, by their campaigns' days, hours and rates. */
bool parked_release(struct store *, int64_t now, struct error *);
/* The earliest time, at or after t, at which a campaign's letters may go out; and when the next may follow one that went
 * out at t to the same target. */
int64_t letter_time(const struct campaign *, const struct settings *, int64_t t);
int64_t letter_time_after(const struct campaign *, const struct settings *, int64_t t);

/* Forgets what is out for MAIL_KEPT_SECONDS. */
bool outbox_tidy(struct store *, int64_t now, struct error *);

#endif
