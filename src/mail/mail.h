/*
 * mail: addresses, composing, the queue, delivery, bounces.
 *
 * A message is composed by GMime when it is queued, and lies in the store sealed under a key of the key file until a server
 * has taken it; then its content is wiped. Each is given to the server at least once, and generated at most once for a
 * `once` key. Where one stands in the queue no address can be read: recipients and domains are keyed hashes.
 *
 * Nothing that comes from people reaches a header unchecked: an address is of the strict form below, and a name or a subject
 * with a control character is refused, never repaired.
 */
#ifndef KAIRAN_MAIL_H
#define KAIRAN_MAIL_H

#include "base/base.h"
#include "store/store.h"

#include <stdatomic.h>

/* ---- addresses (address.c) ---- */

/* Takes an address as people type it: ASCII, a domain with a dot (or localhost), no comments, no quotes, no address
 * literals. A local part may have dots anywhere, as old Japanese mobile addresses do; it is quoted where the RFCs want it.
 * *out is that form, the domain in lower case. ERR_INVALID says what is wrong. */
bool mail_address(struct str typed, struct str *out, struct arena *, struct error *);
struct str mail_domain(struct str address);
/* The form in which addresses are compared: without quotes, all in lower case. */
struct str mail_same(struct str address, struct arena *);

/* ---- composing (compose.c, flowed.c) ---- */

struct mail_party {
	struct str name; /* may be empty */
	struct str address;
};
struct mail_message {
	struct mail_party from, to, reply_to; /* reply_to.address empty: none */
	struct str subject, text, lang;       /* UTF-8; text with \n */
	struct str unsubscribe;               /* an https address that unsubscribes by one POST (RFC 8058); empty: none */
	int64_t at;
};
/* RFC 5322 with CRLF: text as format=flowed with delsp, so that Japanese flows too. ERR_INVALID, ERR_TOO_LARGE. The caller
 * frees. */
bool mail_compose(const struct mail_message *, struct buf *out, struct error *);
/* RFC 3676: soft breaks at 72 columns, where a wide character is two. */
void mail_flow(struct str text, struct buf *out);

/* ---- delivery (deliver.c, sendmail.c) ---- */

struct mail_settings {
	const char *from;          /* the site's address; empty: no mail is sent */
	const char *bounces;       /* where bounces come in, with "+TOKEN" before the @; empty: `from` */
	const char *smtp;          /* smtp://[USER@]HOST[:PORT] (STARTTLS, but to this machine) or smtps://…; empty: */
	const char *sendmail;      /* a command's path */
	const char *password_file; /* of USER */
	int64_t rate;              /* a minute to one domain; 0: MAIL_RATE */
};
bool mail_settings_check(const struct mail_settings *, struct error *);

enum mail_result { MAIL_SENT, MAIL_LATER, MAIL_REFUSED };
struct mail_report {
	enum mail_result result;
	int code;        /* the server's, or the command's exit status; 0: it did not come to that */
	char status[12]; /* RFC 3463, where the server says one */
	char why[200];   /* for a person; no address in it */
};
struct mailer; /* a connection that is kept between messages; one thread at a time */
struct mailer *mailer_new(const struct mail_settings *, struct error *);
void mailer_free(struct mailer *);                          /* NULL is fine */
void mailer_obey(struct mailer *, const atomic_bool *stop); /* breaks off when it becomes true */
/* False only when it could not be tried at all. */
bool mailer_send(struct mailer *, struct str return_path, struct str to, struct str message, struct mail_report *,
    struct arena *, struct error *);

/* ---- the queue (queue.c) ---- */

/* Composes and queues. `once` as outbox_add has it, in readable form. */
bool mail_queue(
    struct store *, struct store_tx *, const struct mail_message *, struct str once, struct arena *, struct error *);
/* Of a letter of a campaign: it waits until its target's turn comes. */
struct mail_turn {
	int64_t target;
	struct str tag; /* of campaign and signer, in readable form: mail_cancel finds it by that */
	bool held;
};
/* Composes and parks (outbox_park has the errors). `once` in readable form, not empty. */
bool mail_park(struct store *, struct store_tx *, const struct mail_message *, const struct mail_turn *,
    struct str once, struct arena *, struct error *);
bool mail_cancel(struct store *, struct store_tx *, struct str tag, struct arena *, struct error *);
struct mail_sum {
	size_t sent, later, refused;
};
/* Queues the letters whose turn has come, and tries all that is due, one after the other, until *stop (may be NULL) is
 * true. */
bool mail_deliver(struct store *, struct mailer *, const struct mail_settings *, const atomic_bool *stop,
    struct mail_sum *, struct error *);

/* A thread that does so while the site is served (worker.c). Store and the strings of the settings must outlive it. */
struct mail_worker;
struct mail_worker *mail_start(struct store *, const struct mail_settings *, struct error *);
void mail_stop(struct mail_worker *); /* NULL is fine */

/* ---- bounces (bounce.c) ---- */

/* The token that a return path carries, "b-12-0123456789abcdef", and whose it is. */
bool mail_return_path(
    struct store *, const struct mail_settings *, int64_t id, struct str *out, struct arena *, struct error *);
struct mail_bounce {
	int64_t id;
	struct str status; /* "5.1.1" */
	bool final;        /* failed for good; else a delay, which means nothing */
};
/* Reads a bounce (RFC 3464, or any message that came to a return path, which counts as final when its report says
 * "failed"). `to` is the address that it came to; empty: what the headers say. ERR_INVALID, ERR_NOT_FOUND for a forged or
 * absent token. */
bool mail_bounce_read(
    struct store *, struct str message, struct str to, struct mail_bounce *, struct arena *, struct error *);

#endif
