/* Private to campaign. */
#ifndef KAIRAN_CAMPAIGN_INNER_H
#define KAIRAN_CAMPAIGN_INNER_H

#include "campaign/campaign.h"

#include <jansson.h>
#include <pthread.h>
#include <semaphore.h>

static inline const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}
static inline struct str str_bytes(const unsigned char *p, size_t n)
{
	return str_of((const char *)p, n);
}

/* ---- keys (keys.c) ---- */

/* Without the look whether it is a good one, which costs as much as sealing: it had that when it was set. */
bool public_key_parse(struct str text, unsigned char out[SEAL_KEY_BYTES], struct error *);

/* ---- padding and boxes (box.c) ---- */

/* Adds a byte 0x80 and zeroes, up to a multiple of SIGNING_STEP (ISO/IEC 7816-4). */
struct str pad_text(struct str plain, struct arena *);
bool unpad_text(struct str padded, struct str *plain);
/* crypto_box_seal of the padded text. p NULL when memory is out. */
struct str box_seal(const unsigned char public_key[SEAL_KEY_BYTES], struct str plain, struct arena *);
/* SHA-256("kairan signature v1" ‖ nonce ‖ sealed_sha256) */
void commitment_of(const unsigned char nonce[32], const unsigned char sealed_sha256[32], unsigned char out[32]);

void sha256(struct str bytes, unsigned char out[32]);
/* A JSON value as text; takes it over. p NULL when memory is out. */
struct str json_text(json_t *, struct arena *);
json_t *path_json(const struct hash *path, size_t n);

/* ---- tokens (token.c) ---- */

#define TOKEN_TEXT 32 /* characters */
struct token {
	unsigned char id[PENDING_ID_BYTES], key[KEY_BYTES];
};
struct str token_new(struct token *, struct arena *);
bool token_read(struct str text, struct token *);
struct str token_seal(
    const struct token *, const unsigned char campaign[CAMPAIGN_ID_BYTES], struct str plain, struct arena *);
bool token_unseal(const struct token *, const unsigned char campaign[CAMPAIGN_ID_BYTES], struct str sealed,
    struct str *plain, struct arena *);

/* ---- who signs (signer.c) ---- */

/* BLAKE2b-256 of the campaign and the canonical address, keyed. */
void signer_hash(const unsigned char key[KEY_BYTES], const unsigned char campaign[CAMPAIGN_ID_BYTES],
    struct str canonical, unsigned char out[SIGNER_BYTES]);
bool signer_of(struct store *, const unsigned char campaign[CAMPAIGN_ID_BYTES], struct str address,
    unsigned char out[SIGNER_BYTES], struct error *);

/* ---- the tree of RFC 6962 (merkle.c, growth.c) ---- */

#define TREE_LEVELS 63
void merkle_leaf(struct str entry, struct hash *out);
void merkle_node(const struct hash *left, const struct hash *right, struct hash *out);
void merkle_empty(struct hash *out);
/* The root of n > 0 nodes of one level. */
void merkle_fold(struct hash *nodes, size_t n, struct hash *out); /* uses the array up */

/* What must be known of a tree so that it can grow: the roots of its whole subtrees, one for each bit of its size. */
struct frontier {
	uint64_t size;
	struct hash node[TREE_LEVELS];
};
void frontier_root(const struct frontier *, struct hash *out);
struct str frontier_write(const struct frontier *, struct arena *);
bool frontier_read(uint64_t size, struct str, struct frontier *out);

/* A tree that grows by some leaves: what is new on each level, so that tiles and the new leaves' paths need no reading. */
struct growth_level {
	uint64_t base; /* index of nodes[0] */
	struct hash *nodes;
	size_t n;
};
struct growth {
	uint64_t before;
	struct frontier after;
	struct growth_level levels[TREE_LEVELS];
	size_t n_levels;
};
bool growth_make(struct growth *, const struct frontier *before, const struct hash *leaves, size_t n, struct arena *);
/* From the leaf up; the leaf must be one of the new ones. At most TREE_LEVELS. */
size_t growth_path(const struct growth *, uint64_t leaf, struct hash *path);
/* Proofs, checked (RFC 9162, 2.1.3.2 and 2.1.4.2). */
bool inclusion_good(
    const struct hash *leaf, uint64_t index, uint64_t size, const struct hash *path, size_t n, const struct hash *root);
bool consistency_good(uint64_t from, uint64_t to, const struct hash *path, size_t n, const struct hash *old_root,
    const struct hash *new_root);

/* ---- entries and heads (checkpoint.c) ---- */

#define ENTRY_SIGNED 1
#define ENTRY_WITHDRAWN 2
size_t entry_signed(const unsigned char campaign[CAMPAIGN_ID_BYTES], const unsigned char commitment[32],
    unsigned char out[LEAF_ENTRY_MAX]);
size_t entry_withdrawn(
    const unsigned char campaign[CAMPAIGN_ID_BYTES], uint64_t leaf, unsigned char out[LEAF_ENTRY_MAX]);
/* ERR_INVALID: of no known form, or another campaign's. *leaf: of a withdrawal. */
bool entry_read(struct str entry, const unsigned char campaign[CAMPAIGN_ID_BYTES], int *type, uint64_t *leaf,
    unsigned char commitment[32], struct error *);

struct checkpoint {
	unsigned char campaign[CAMPAIGN_ID_BYTES];
	uint64_t size;
	struct hash root;
	int64_t count;
};
#define LOG_PUBLIC_KEY 32
struct log_key {
	unsigned char public_key[LOG_PUBLIC_KEY], secret_key[64];
};
bool log_key_of(struct store *, struct log_key *, struct error *);
struct str checkpoint_sign(const struct checkpoint *, const struct log_key *, struct arena *);
/* Takes the note apart and checks its signature by this key (NULL: does not). ERR_INVALID. */
bool checkpoint_read(
    struct str note, const unsigned char public_key[LOG_PUBLIC_KEY], struct checkpoint *, struct error *);
/* "kairan/campaign/HEX+keyid+base64"; log_key_read reads it. */
struct str log_key_text(
    const unsigned char campaign[CAMPAIGN_ID_BYTES], const unsigned char public_key[LOG_PUBLIC_KEY], struct arena *);

/* ---- proofs from the rows of the log (proof.c) ---- */

bool proof_inclusion(struct store *, int64_t campaign, uint64_t leaf, uint64_t size, struct hash path[64], size_t *n,
    struct arena *, struct error *);
bool proof_consistency(struct store *, int64_t campaign, uint64_t from, uint64_t to, struct hash path[130], size_t *n,
    struct arena *, struct error *);

/* ---- the committing thread (commit.c, job.c) ---- */

enum job_kind { JOB_BEGIN, JOB_DISCARD, JOB_CONFIRM, JOB_WITHDRAW, JOB_RELEASE, JOB_DROP, JOB_TEND };

struct job {
	enum job_kind kind;
	const struct campaign *campaign;
	const unsigned char *pending; /* PENDING_ID_BYTES */
	struct signature signature;   /* CONFIRM: what is added; WITHDRAW: its id */
	unsigned char commitment[32];
	const struct signing *signing;
	bool hold;
	int64_t now;
	struct receipt *receipt; /* CONFIRM; its checkpoint goes to: */
	struct arena *arena;     /* the waiting thread's, which does not use it meanwhile */
	size_t n;                /* RELEASE, DROP, TEND: how many */
	bool ok;
	struct error err;
	/* of the queue */
	sem_t done;
	struct job *next;
};

/* A campaign's end of the log and its counts, as they are on the disk. */
struct log_state {
	int64_t campaign;
	struct frontier frontier;
	struct campaign_counts counts;
	bool changed;
	struct log_state *next;
};

struct campaigns {
	struct letters_post post;
	struct store *store;
	struct log_key key;
	bool has_key;
	struct error key_error;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t work;
	struct job *first, **last;
	bool stop;
	struct log_state *states;
	int64_t pending; /* how many wait */
	pthread_t thread;
};

/* Hands it over and waits: job->ok, job->err. */
bool job_run(struct campaigns *, struct job *, struct error *);
void *commit_thread(void *campaigns);
/* Under the lock; reads it from the store where it is new. */
struct log_state *state_find(struct campaigns *, int64_t campaign, struct error *);

/* batch.c: all jobs of one transaction. On false nothing was written and err says why; each job's own outcome is in it. */
bool batch_commit(struct campaigns *, struct job *first, struct arena *, struct error *);

#endif
