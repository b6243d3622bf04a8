/*
 * campaign: petitions and letters: sealing, tokens, the log that can be checked, the one thread that commits signatures.
 *
 * What a person types is kept only as a ciphertext whose key stands in the link that was mailed, and from the confirmation
 * on in a box that only the organiser opens. docs/campaign-formats.md has every format to the byte, docs/threat-model.md
 * what follows from it. Nothing here writes personal data into an error, a log or a row.
 *
 * What wakes a caller is on the disk: signing_begin, signing_confirm and the like hand their work to one thread, which
 * commits all that waits in one transaction. They block; call them on the WEB_COMMIT lane or a worker.
 */
#ifndef KAIRAN_CAMPAIGN_H
#define KAIRAN_CAMPAIGN_H

#include "base/base.h"
#include "store/store.h"

#include "campaign/guard.h" /* against fraud */

/* ---- keys of organisers (keys.c) ------------------------------------------------------------------------- */

#define SEAL_KEY_BYTES 32
#define CAMPAIGN_KEY_TEXT 64 /* bytes that "kcp1.…" or "kcs1.…" take, with the NUL, at the most */

/* X25519 as base64url with a checksum. ERR_INVALID says what is wrong with a typed key. */
bool public_key_read(struct str text, unsigned char out[SEAL_KEY_BYTES], struct error *);
bool secret_key_read(struct str text, unsigned char out[SEAL_KEY_BYTES], struct error *);
void public_key_write(const unsigned char key[SEAL_KEY_BYTES], char out[CAMPAIGN_KEY_TEXT]);
void secret_key_write(const unsigned char key[SEAL_KEY_BYTES], char out[CAMPAIGN_KEY_TEXT]);
void key_pair_new(unsigned char public_key[SEAL_KEY_BYTES], unsigned char secret_key[SEAL_KEY_BYTES]);
void key_public_of(const unsigned char secret_key[SEAL_KEY_BYTES], unsigned char out[SEAL_KEY_BYTES]);
/* The secret key's file: "#" lines and the key. Written with mode 0600; ERR_EXISTS. */
bool key_file_write(const char *path, const unsigned char secret_key[SEAL_KEY_BYTES], struct error *);
bool key_file_read(const char *path, unsigned char secret_key[SEAL_KEY_BYTES], struct error *);

/* Opens what was sealed to a campaign's key. False: it is not for this key, or damaged. */
bool box_open(const unsigned char public_key[SEAL_KEY_BYTES], const unsigned char secret_key[SEAL_KEY_BYTES],
    struct str sealed, struct str *plain, struct arena *);

/* ---- what a person signs with (signing.c) ------------------------------------------------------------------ */

struct signing_field {
	struct str name, value;
};
struct signing_consent {
	struct str name;
	int64_t version;
};
struct signing_letter {
	int64_t target;
	struct str subject, text;
};
struct signing {
	struct str lang, mail;
	struct signing_field *fields;
	size_t n_fields;
	struct signing_consent *consents;
	size_t n_consents;
	bool has_public;
	struct str public_name, public_town, public_comment;
	struct str region; /* empty: none */
	struct signing_letter *letters;
	size_t n_letters;
};
/* JSON, at most SIGNING_MAX bytes (ERR_TOO_LARGE). What is decoded is checked in form, not in meaning. */
bool signing_encode(const struct signing *, struct str *out, struct arena *, struct error *);
bool signing_decode(struct str, struct signing *, struct arena *, struct error *);

/* The form in which addresses count as the same person's: docs/campaign-formats.md. */
struct str address_canonical(struct str address, struct arena *);

/* ---- the log (merkle.c, checkpoint.c, proof.c, receipt.c) --------------------------------------------------- */

struct hash {
	unsigned char b[LOG_HASH_BYTES];
};
struct receipt {
	unsigned char campaign[CAMPAIGN_ID_BYTES];
	int64_t index; /* LEAF_NONE: held, there is no proof yet */
	unsigned char nonce[32], sealed_sha256[32];
	int64_t size;
	struct hash path[64];
	size_t n_path;
	struct str checkpoint;
};
struct str receipt_json(const struct receipt *, struct arena *);
bool receipt_read(struct str json, struct receipt *, struct arena *, struct error *);
bool receipt_is_entry(const struct receipt *, struct str entry); /* of the log: does it commit to the same box? */
/* By the log's public key: is it in the log whose head it carries? ERR_DENIED: no; ERR_INVALID: it cannot be told. */
bool receipt_good(const struct receipt *, const unsigned char public_key[32], struct error *);

/* ---- signing (campaigns.c, commit.c) ------------------------------------------------------------------------ */

struct campaigns; /* one a process; owns the thread that commits */
struct campaigns *campaigns_new(struct store *, struct error *);
void campaigns_free(struct campaigns *); /* what waits is committed first; NULL is fine */

/* Keeps what was typed, encrypted under the token, until it is confirmed or PENDING_SECONDS are over. The token goes into the
 * mail and nowhere else. ERR_TOO_LARGE: too much is typed; ERR_UNAVAILABLE: too many wait. */
bool signing_begin(struct campaigns *, const struct campaign *, const struct signing *, struct str *token,
    struct arena *, struct error *);
/* For the page that asks for the last click. ERR_NOT_FOUND: expired, used or wrong. */
bool signing_open(
    struct campaigns *, const struct campaign *, struct str token, struct signing *, struct arena *, struct error *);
/* Seals, counts, and returns when it is on the disk. `hold`: neither in the log nor counted until it is released.
 * ERR_NOT_FOUND as above; ERR_EXISTS: this address has signed already (what was pending is gone then too). */
bool signing_confirm(struct campaigns *, const struct campaign *, struct str token, bool hold, struct receipt *,
    struct arena *, struct error *);
bool signing_discard(struct campaigns *, const struct campaign *, struct str token, struct error *);

/* The signature of this address, by its keyed hash. ERR_NOT_FOUND. */
bool signature_of(struct campaigns *, const struct campaign *, struct str address, int64_t *id, struct error *);
/* For the link "what is held of me": p NULL and an error without a key file. */
struct str signature_ticket(
    struct campaigns *, const struct campaign *, int64_t id, int64_t expires, struct arena *, struct error *);
bool signature_from_ticket(struct campaigns *, const struct campaign *, struct str ticket, int64_t now, int64_t *id,
    struct arena *, struct error *);

struct held {
	int64_t id, leaf; /* LEAF_NONE: held for review */
	struct str lang;
	int64_t day;
	size_t sealed_bytes;
	bool has_public;
	struct public_signature shown;
};
bool signature_held(struct campaigns *, int64_t id, struct held *, struct arena *, struct error *); /* ERR_NOT_FOUND */
bool signature_withdraw(struct campaigns *, const struct campaign *, int64_t id, struct error *);

/* What was held, whole: counted and put into the log, or removed. *n: how many. */
bool signatures_release_held(struct campaigns *, const struct campaign *, size_t *n, struct error *);
bool signatures_drop_held(struct campaigns *, const struct campaign *, size_t *n, struct error *);

struct campaign_counts {
	int64_t size, signed_, withdrawn, held;
	int64_t count; /* signed − withdrawn */
};
/* From memory after the first time. */
bool campaign_counts(struct campaigns *, int64_t campaign, struct campaign_counts *, struct error *);
/* Those whose counts changed since the last call: at most `max` ids. For the pages that show them. */
size_t campaigns_changed(struct campaigns *, int64_t *ids, size_t max);
/* What happens by the clock: expired links, retention. Call each minute or so. */
bool campaigns_tend(struct campaigns *, int64_t now, struct error *);

/* ---- public data of the log (log.c): the bytes that are served ------------------------------------------------ */

bool log_checkpoint(struct campaigns *, const struct campaign *, struct str *note, struct arena *, struct error *);
bool log_key(struct campaigns *, const struct campaign *, struct str *text, struct arena *, struct error *);
/* Hex, an entry a line, at most LOG_ENTRIES. */
bool log_leaves(
    struct campaigns *, const struct campaign *, int64_t from, struct str *text, struct arena *, struct error *);
/* JSON. ERR_USAGE where there is no such leaf or size. */
bool log_proof(struct campaigns *, const struct campaign *, int64_t leaf, int64_t size, struct str *json,
    struct arena *, struct error *);
bool log_consistency(struct campaigns *, const struct campaign *, int64_t from, int64_t to, struct str *json,
    struct arena *, struct error *);

/* ---- checking a log by its public data (verify.c) ---------------------------------------------------------------- */

/* The key that a log is signed with, as log_key gives it. ERR_INVALID. */
bool log_key_read(
    struct str text, unsigned char campaign[CAMPAIGN_ID_BYTES], unsigned char public_key[32], struct error *);
/* What a head says, once its signature is good. */
bool log_head_size(struct str note, const unsigned char public_key[32], unsigned char campaign[CAMPAIGN_ID_BYTES],
    int64_t *size, int64_t *count, struct error *);
struct log_check;
struct log_check *log_check_new(const unsigned char campaign[CAMPAIGN_ID_BYTES]); /* NULL when memory is out */
void log_check_free(struct log_check *);                                          /* NULL is fine */
/* The next entry. ERR_INVALID: of no known form; ERR_DENIED: it withdraws what was not there. */
bool log_check_add(struct log_check *, struct str entry, struct error *);
uint64_t log_check_size(const struct log_check *);
bool log_check_withdrawn(const struct log_check *, uint64_t leaf);
/* Is this head, or an earlier one met on the way, of the entries that were added up to now? ERR_DENIED. */
bool log_check_head(const struct log_check *, struct str note, const unsigned char public_key[32], struct error *);

/* ---- sealed signatures as a file (sealed_file.c) ------------------------------------------------------------------ */

struct sealed_field {
	struct str name;
	enum campaign_field_kind kind;
};
struct sealed_head {
	unsigned char campaign[CAMPAIGN_ID_BYTES];
	struct str slug, public_key;
	struct sealed_field *fields;
	size_t n_fields;
	int64_t count;
};
void sealed_head_write(const struct sealed_head *, struct buf *);
bool sealed_head_read(struct str text, struct sealed_head *, struct arena *, struct error *); /* up to the empty line */
/* Of a signature leaf, day, language and box. */
void sealed_line_write(const struct signature *, struct buf *);
bool sealed_line_read(struct str line, struct signature *, struct arena *);

/* ---- letters (letters.c, letter_mail.c) ----------------------------------------------------------------------- */

#include "campaign/letters.h"

/* The site's mail address, from which letters come; it must outlive this. Without one none are made. Call it before the
 * first signature. */
void campaigns_mail(struct campaigns *, struct str from);

#endif
