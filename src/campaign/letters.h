/*
 * Part of campaign.h, to be included through it: the letters that supporters send. Which targets somebody writes to, which
 * of the campaign's letters they are shown, how a whole letter is put together, and how it gets into the mail.
 *
 * A letter is made once for each target and signer, when the signature is confirmed, sealed in the queue until its
 * target's turn comes (store/outbox.h), and taken back when the signature is withdrawn before that.
 */
#ifndef KAIRAN_CAMPAIGN_LETTERS_H
#define KAIRAN_CAMPAIGN_LETTERS_H

#include "base/base.h"
#include "mail/mail.h"
#include "store/store.h"

struct signing;

/* Whom somebody from there writes to: all targets without areas, and of the others those whose areas fit best: the longest
 * beginning of the postcode, else the prefecture ("13"). Either may be empty. At most SIGNING_LETTERS_MAX, drawn by lot
 * where there are more. `out` has room for so many. */
void letter_targets(const struct campaign *, struct str prefecture, struct str postcode, uint32_t lot,
    const struct campaign_target **out, size_t *n);
/* The letter for a target: of its group, in its language where there is one; of several variants the one that the lot
 * says. NULL: there is none. */
const struct campaign_letter *letter_for(const struct campaign *, const struct campaign_target *, uint32_t lot);

/* What somebody made of a letter that they were shown. */
struct letter_edit {
	int64_t letter;
	struct str subject, text; /* LETTER_FREE; LETTER_ABOVE: text stands above the letter. Empty: as it was shown */
};
/* Sets signing->letters to what is to be sent: an entry a target; one with neither subject nor text is as the entry before
 * it. `lot` is the one by which the letters were shown. */
bool letters_choose(const struct campaign *, struct signing *, struct str prefecture, struct str postcode, uint32_t lot,
    const struct letter_edit *, size_t n_edits, struct arena *, struct error *);

/* A whole letter: salutation, text, sign-off and name, with {target}, {office}, {name} and {town} filled in. */
struct letter_whole {
	struct str subject, text;
};
bool letter_whole(const struct campaign *, const struct campaign_target *, const struct signing *, struct str subject,
    struct str text, struct letter_whole *, struct arena *, struct error *);

struct letters_post {
	struct store *store;
	struct str from; /* the site's mail address */
};
/* Within the transaction that keeps the signature. What cannot be sent (the target is gone, its address came back, it was
 * written to before) is left out; that is no failure. `hold`: not before letters_release. */
bool letters_queue(const struct letters_post *, struct store_tx *, const struct campaign *, struct str signer,
    const struct signing *, bool hold, struct error *);
/* Within the transaction of a withdrawal: what is not out yet is not sent. */
bool letters_cancel(
    const struct letters_post *, struct store_tx *, const struct campaign *, struct str signer, struct error *);
/* What was held goes its way, or is dropped. */
bool letters_release(struct store_tx *, int64_t campaign, struct error *);
bool letters_drop(struct store_tx *, int64_t campaign, struct error *);

#endif
