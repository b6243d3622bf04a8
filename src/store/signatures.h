/*
 * Part of store.h, to be included through it: signatures as rows. Here are sealed bytes, keyed hashes and counts; what they
 * mean, and the log that commits to them, the module `campaign` knows. Nothing here tells who signed.
 *
 * Functions that take a store_tx are for the one thread that commits (campaign) and for tests.
 */
#ifndef KAIRAN_STORE_SIGNATURES_H
#define KAIRAN_STORE_SIGNATURES_H

#include "base/base.h"

struct store;
struct store_tx;

#define PENDING_ID_BYTES 16
#define SIGNER_BYTES 32
#define LEAF_ENTRY_MAX 64
#define LOG_HASH_BYTES 32

/* ---- what waits for its confirmation (signing.c) -------------------------------------------------------- */

bool pending_add(struct store_tx *, const unsigned char id[PENDING_ID_BYTES], int64_t campaign, struct str sealed,
    int64_t expires_at, struct error *);
/* ERR_NOT_FOUND: none, another campaign's, or expired. */
bool pending_find(struct store *, const unsigned char id[PENDING_ID_BYTES], int64_t campaign, int64_t now,
    struct str *sealed, struct arena *, struct error *);
bool pending_remove(struct store_tx *, const unsigned char id[PENDING_ID_BYTES], bool *was_there, struct error *);
bool pending_count(struct store *, int64_t *n, struct error *);
/* Removes at most `limit` that have expired; *n: how many. */
bool pending_expire(struct store_tx *, int64_t now, size_t limit, size_t *n, struct error *);

/* ---- signatures (signature.c) ------------------------------------------------------------------------------- */

#define LEAF_NONE ((int64_t)-1) /* held: not in the log, not counted */

struct signature {
	int64_t id, campaign;
	int64_t leaf;      /* its index in the campaign's log, or LEAF_NONE */
	struct str signer; /* SIGNER_BYTES: the keyed hash of the address */
	struct str sealed; /* to the campaign's public key */
	struct str nonce;  /* of its commitment */
	struct str lang;
	int64_t day; /* since 1970, UTC */
};

/* Sets the id. *added false: this signer's is there already. */
bool signature_add(struct store_tx *, struct signature *, bool *added, struct error *);
bool signature_place(struct store_tx *, int64_t id, int64_t leaf, struct error *); /* a held one gets its leaf */
bool signature_remove(struct store_tx *, int64_t id, struct error *);
bool signature_get(struct store *, int64_t id, struct signature *, struct arena *, struct error *); /* ERR_NOT_FOUND */
bool signature_get_tx(struct store_tx *, int64_t id, struct signature *, struct arena *, struct error *);
bool signature_find(struct store *, int64_t campaign, struct str signer, int64_t *id, struct error *);
/* Those with id > after, in order, at most limit: for the export. */
bool signature_list(struct store *, int64_t campaign, int64_t after, size_t limit, struct signature **, size_t *n,
    struct arena *, struct error *);
/* The held ones with id > after, likewise. */
bool signature_list_held(struct store_tx *, int64_t campaign, int64_t after, size_t limit, struct signature **,
    size_t *n, struct arena *, struct error *);
/* What retention removes: at most `limit` rows of one campaign; the log and the counts stay. */
bool signature_forget(struct store_tx *, int64_t campaign, size_t limit, size_t *n, struct error *);
bool signature_any(struct store *, int64_t campaign, bool *any, struct error *);
bool signature_count(struct store *, int64_t campaign, int64_t *n, struct error *); /* rows, held ones too */

/* ---- counts (tally.c) ----------------------------------------------------------------------------------------- */

struct tally {
	int64_t size; /* entries of the log */
	int64_t signed_, withdrawn, held;
	struct str frontier; /* a hash for each bit that is set in size, lowest first */
};
/* All zero where there is none yet. */
bool tally_get(struct store *, int64_t campaign, struct tally *, struct arena *, struct error *);
bool tally_get_tx(struct store_tx *, int64_t campaign, struct tally *, struct arena *, struct error *);
bool tally_put(struct store_tx *, int64_t campaign, const struct tally *, struct error *);

/* How many signed on a day in a language; and in a region, where `held` waits to be counted. */
struct day_count {
	int64_t day;
	struct str lang;
	int64_t n;
};
struct region_count {
	struct str region;
	int64_t n;
};
bool day_add(struct store_tx *, int64_t campaign, int64_t day, struct str lang, int64_t n, struct error *);
bool region_add(struct store_tx *, int64_t campaign, struct str region, int64_t n, int64_t held, struct error *);
bool region_release(
    struct store_tx *, int64_t campaign, bool count, struct error *); /* held ones are counted, or not */
bool day_list(struct store *, int64_t campaign, struct day_count **, size_t *n, struct arena *, struct error *);
bool region_list(struct store *, int64_t campaign, struct region_count **, size_t *n, struct arena *, struct error *);

/* ---- the log (campaign_log.c) ----------------------------------------------------------------------------------- */

bool leaf_add(struct store_tx *, int64_t campaign, int64_t n, struct str entry, struct error *);
bool tile_add(struct store_tx *, int64_t campaign, int level, int64_t n, const unsigned char hash[LOG_HASH_BYTES],
    struct error *);
/* The entries from..from+count-1, as many of them as there are. */
bool leaf_list(struct store *, int64_t campaign, int64_t from, size_t count, struct str **, size_t *n, struct arena *,
    struct error *);
bool tile_list(struct store *, int64_t campaign, int level, int64_t from, size_t count, struct str **, size_t *n,
    struct arena *, struct error *);

struct log_head {
	int64_t size, at;
	struct str note;
};
/* Replaces the one of the same hour. */
bool head_put(struct store_tx *, int64_t campaign, const struct log_head *, struct error *);
bool head_last(struct store *, int64_t campaign, struct log_head *, struct arena *, struct error *); /* ERR_NOT_FOUND */
/* Newest first, at most limit. */
bool head_list(
    struct store *, int64_t campaign, size_t limit, struct log_head **, size_t *n, struct arena *, struct error *);

/* ---- names that were given to be shown (public_signature.c) --------------------------------------------------- */

enum public_state { PUBLIC_WAITING, PUBLIC_SHOWN, PUBLIC_HIDDEN };
struct public_signature {
	int64_t signature; /* goes with it */
	int64_t campaign;
	struct str name, town, comment;
	enum public_state state;
	int64_t at; /* day */
};
bool public_add(struct store_tx *, const struct public_signature *, struct error *);
bool public_set(struct store_tx *, int64_t signature, enum public_state, struct error *); /* ERR_NOT_FOUND */
bool public_get(struct store *, int64_t signature, struct public_signature *, struct arena *, struct error *);
/* Those of a state that are in the log, newest first, with signature < before (0: from the newest). */
bool public_list(struct store *, int64_t campaign, enum public_state, int64_t before, size_t limit,
    struct public_signature **, size_t *n, struct arena *, struct error *);
bool public_count(struct store *, int64_t campaign, enum public_state, int64_t *n, struct error *);

#endif
