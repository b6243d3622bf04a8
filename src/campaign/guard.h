/*
 * Part of campaign.h, to be included through it: what keeps machines, and crowds that are one hand, out of a campaign, without
 * telling people apart.
 *
 * Who signs shows a little work: a script's (SHA-256 with so many zero bits in front) or a person's (a question answered). Both
 * are tickets that the server stamps and keeps nothing for; each is good once, for one campaign, for TICKET_SECONDS. How often a
 * network, an address or a domain came is counted under keyed hashes in sketches of a fixed size (count-min: it may count too
 * many, never too few), in memory alone; keys and counts are thrown away each hour. All may be called from any thread.
 */
#ifndef KAIRAN_CAMPAIGN_GUARD_H
#define KAIRAN_CAMPAIGN_GUARD_H

#include "base/base.h"

struct guard;
struct guard *guard_new(struct error *);
/* So many signatures of a campaign within an hour are no burst; without this BURST_HOUR. */
void guard_an_hour(struct guard *, unsigned n);
void guard_free(struct guard *); /* NULL is fine */

/* ---- work and questions ---- */

enum guard_verdict {
	GUARD_FINE,
	GUARD_LATE, /* too old, used, of another campaign or another start of the server: a new one is wanted */
	GUARD_WRONG /* and its ticket is used up */
};

/* The work to be done: a decimal number n, so that SHA-256(ticket "." n) starts with `bits` zero bits. More bits are asked when
 * many sign, and of a network that many come from. `network` empty: not known. */
struct guard_work {
	struct str ticket;
	unsigned bits;
};
bool guard_work(struct guard *, int64_t campaign, struct str network, int64_t now, struct guard_work *, struct arena *);
enum guard_verdict guard_worked(
    struct guard *, int64_t campaign, struct str ticket, struct str n, int64_t now, struct arena *);

/* A question for those without a script: one of the organiser's ("question|answer|other answer", a line each), drawn by lot, or
 * a sum of two numbers from 1 to 9 (text is empty then). The ticket does not tell the answer. */
struct guard_question {
	struct str ticket, text;
	int a, b;
};
bool guard_question(
    struct guard *, int64_t campaign, struct str own, int64_t now, struct guard_question *, struct arena *);
/* Width, case and spelling variants of an answer do not count; of a sum also kanji and words are read. */
enum guard_verdict guard_answered(struct guard *, int64_t campaign, struct str own, struct str ticket,
    struct str answer, int64_t now, struct arena *);

/* ---- counts ---- */

/* Notes that somebody of this network sends a form of the campaign. False: it has had its hour's share. */
bool guard_network(struct guard *, int64_t campaign, struct str network, int64_t now);
/* Notes that a mail is to go to this address (in the form in which addresses are compared). False: it was sent enough of them
 * this hour; nobody's mailbox is to be filled by others. */
bool guard_mail(struct guard *, struct str address, int64_t now);
/* Notes that somebody with an address of this domain has confirmed. True: it is one of an unusual lot, from one domain or at
 * all, and the organiser should look before it counts (bursts.c). */
bool guard_burst(struct guard *, int64_t campaign, struct str domain, int64_t now);

/* ---- domains (domains.c) ---- */

enum guard_domain { DOMAIN_FINE, DOMAIN_DISPOSABLE, DOMAIN_BLOCKED, DOMAIN_NOT_ALLOWED };
/* Lists are separated by white space or commas. A pattern is a domain, in which "*" stands for any characters; "*.ac.jp" is
 * whatever stands below ac.jp. `disposable`: what the site adds to the built-in list. */
enum guard_domain guard_domain(
    const struct guard *, struct str domain, struct str allowed, struct str blocked, struct str disposable);
bool guard_pattern(struct str pattern, struct str domain);

#endif
