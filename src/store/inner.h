/* What the files of the store share. Private to this module. */
#ifndef KAIRAN_STORE_INNER_H
#define KAIRAN_STORE_INNER_H

#include "db/db.h"
#include "store/store.h"

#include <pthread.h>

struct watched; /* searches in vain, in memory: unanswered.c */

struct door { /* of one account, or one browser */
	int failures;
	int64_t until, last;
};

struct store {
	struct db *db;
	pthread_mutex_t lock; /* of the wake-up of this process's commits */
	pthread_cond_t committed;
	pthread_mutex_t readers; /* of what readers leave: */
	struct watched *watched; /* NULL: none yet */
	int64_t questions_at;    /* when questions_left was right */
	int questions_left;
	pthread_mutex_t doors; /* of the sign-in throttle: throttle.c */
	pthread_cond_t hashed;
	struct door strangers[SIGNIN_SLOTS], known[SIGNIN_SLOTS];
	int64_t signins_at;
	int signins_left, hashing_strangers, hashing_known;
	unsigned char key[KEY_BYTES]; /* key.c; set before threads use the store */
	bool has_key;
	struct error key_error; /* why not */
};
void watched_free(struct watched *); /* NULL is fine */

/* A set of 64-bit numbers, in the order of coming. */
struct id_set {
	uint64_t *items;
	size_t n, cap;
	uint64_t *slots; /* open addressing; an item plus one, 0 is free */
	size_t n_slots;
};
bool id_set_add(struct id_set *, uint64_t item, struct error *); /* no harm when there already */
void id_set_free(struct id_set *);

struct store_tx {
	struct store *store;
	struct db_conn *conn;
	struct id_set categories; /* to be counted anew before the commit */
	struct id_set changes;    /* kind << 56 | id, for the feed */
	struct arena *arena;      /* for what is read once a transaction: */
	struct settings settings;
	bool has_settings;
};
/* The settings as this transaction sees them. */
const struct settings *tx_settings(struct store_tx *, struct error *); /* NULL on failure */

extern const char *const STORE_MIGRATIONS[];
extern const size_t STORE_MIGRATIONS_COUNT;

#define CHANGES_KEPT 100000 /* rows of the feed */

bool change_add(struct store_tx *, enum change_kind, int64_t id, struct error *);

/* ---- listed.c: what readers are shown, and counts ---- */
bool listed_update(struct store_tx *, int64_t group, struct error *); /* after any change of a group */
bool listed_rebuild(struct store_tx *, struct error *);               /* after a change of tree or languages */
bool counts_update(struct store_tx *, struct error *);                /* at the commit */
/* After something was put into or taken out of a category, or one below it; one that is gone is emptied. */
bool listed_place(struct store_tx *, int64_t category, struct error *);

/* ---- tree.c ---- */
/* Would a category and all below it stand in no circle, and not too deep, under this parent? id 0: a new one. */
bool tree_may_stand(struct store_tx *, int64_t id, int64_t parent, struct error *);
/* Something went from below one category to below another (0: nowhere): lists anew what changed hands and announces it. */
bool tree_moved(struct store_tx *, int64_t old_parent, int64_t parent, struct error *);

/* ---- redirect.c ---- */
/* The article at "/articles/SLUG" or "/LANG/articles/SLUG"; ERR_NOT_FOUND. */
bool article_at(struct db_conn *, struct str path, int64_t *id, struct arena *, struct error *);

/* ---- listing.c ---- */
struct str like_pattern(struct str words, struct arena *); /* for LIKE … ESCAPE '!'; empty for no words */

/* ---- tag.c ---- */
bool tags_announce(struct store_tx *, int64_t article, struct error *); /* the pages of an article's tags */

/* ---- settings ---- */
bool settings_read_on(struct db_conn *, struct settings *, struct arena *, struct error *);

/* ---- articles ---- */
bool article_load(struct db_conn *, struct db_rows *key, struct article *, struct arena *, struct error *);
bool article_get(struct db_conn *, int64_t id, struct article *, struct arena *, struct error *);
bool article_relations(struct db_conn *, struct article *, struct arena *, struct error *);
bool article_public_path(
    struct db_conn *, struct str lang, struct str slug, struct str *path, struct arena *, struct error *);

/* Sets a->slug to one that nobody else has; `old` NULL: as for a new one. */
bool slug_choose(struct store_tx *, struct article *, const struct article *old, struct arena *, struct error *);
/* `a` as it was before. */
bool status_write(struct store_tx *, const struct article *a, enum article_status, int64_t published, struct error *);

/* ---- revision.c ---- */
bool article_whole_on(struct db_conn *, int64_t id, struct article *, struct arena *, struct error *);
/* Keeps what it says as a revision; `who` NULL: somebody outside the desk. */
bool revision_keep(
    struct store_tx *, const struct article *, int64_t at, const struct person *who, struct arena *, struct error *);
/* The same, where the last revision says something else. */
bool revision_keep_new(
    struct store_tx *, const struct article *, int64_t at, const struct person *who, struct arena *, struct error *);
/* Before a change: keeps what came from outside the desk. */
bool revision_keep_outside(struct store_tx *, const struct article *, struct arena *, struct error *);

/* ---- revision_text.c, pack.c ---- */
/* Preface and body as the columns `packed` and `base` have them; and back: an empty `packed` leaves them as they are. */
bool revision_text_pack(
    struct store_tx *, const struct article *, struct str *packed, int64_t *base, struct arena *, struct error *);
bool revision_text_unpack(
    struct db_conn *, int64_t base, struct str packed, struct article *, struct arena *, struct error *);

/* ---- review.c ---- */
bool review_open(
    struct store_tx *, int64_t article, const struct person *who, int64_t reviewer, int64_t now, struct error *);

/* ---- act.c ---- */
/* Changes the status with revisions and a line in the log. */
bool article_move(struct store_tx *, struct article *, enum article_status, int64_t published, const struct person *who,
    struct str action, struct arena *, struct error *);

/* ---- rendering.c ---- */
bool article_render(struct store_tx *, struct article *, struct rendered *, struct arena *, struct error *);
bool rendered_write(struct store_tx *, int64_t article, const struct rendered *, struct error *);

/* ---- translation_renew.c ---- */
/* After an article was saved: what is translated from it says something else now. */
bool translation_follow(struct store_tx *, const struct article *, struct arena *, struct error *);
bool translation_forget(struct store_tx *, int64_t article, struct error *); /* it is deleted */

/* ---- source_write.c ---- */
bool sources_begin(struct store *, struct error *); /* makes them once, in a database from before there were any */
bool sources_derive(struct store_tx *, int64_t article, const struct doc_citation *, size_t n, struct error *);
bool rendered_citations(struct db_conn *, int64_t article, struct rendered *, struct arena *, struct error *);

/* ---- library.c ---- */
bool media_info_add(struct store_tx *, struct str hash, enum media_state, struct error *);
/* What the page of an article in `lang` shows of it; `name` is its file name. False: nothing is known. */
bool media_picture(struct db_conn *, struct str hash, struct str name, struct str lang, struct doc_picture *out,
    struct arena *, struct error *);
bool media_used(struct store_tx *, int64_t article, const struct rendered *, struct error *);
struct str media_clean_name(struct str name, struct arena *);

/* ---- outbox.c ---- */
/* ERR_EXISTS, ERR_DENIED, ERR_TOO_LARGE as outbox_add has them. */
bool outbox_not_suppressed(struct store_tx *, struct str recipient, struct error *);
bool outbox_use_once(struct store_tx *, struct str once, int64_t now, struct error *);

/* ---- people ---- */
void token_hash(struct str token, char out[HASH_HEX_MAX]);
/* Columns that person_fill reads, from the first on. */
#define PERSON_COLUMNS                                                                     \
	"p.id, p.login, p.name, p.lang, p.role, p.password <> '', p.totp <> '', p.created_at," \
	" EXISTS (SELECT 1 FROM passkey k WHERE k.person = p.id)"
#define PERSON_COLUMNS_N 9
void person_fill(struct db_rows *, int first, struct person *, struct arena *);
bool session_start(struct store_tx *, int64_t person, int64_t now, struct str *token, struct arena *, struct error *);

/* ---- throttle.c: who may try a password, and when ---- */
struct pass {
	struct door *door;
};
/* Counts the try before it is made; false: too many. device empty: a stranger. */
bool door_try(struct store *, struct str login, struct str device, int64_t now, struct pass *);
void door_good(struct store *, const struct pass *); /* takes the count back */
/* One password of a stranger is hashed at a time (false: busy), SIGNIN_HASHES of those who are known (waited for). */
bool hash_enter(struct store *, bool known);
void hash_leave(struct store *, bool known);

/* ---- signin_second.c: after the password ---- */
struct entry {
	const struct person *who;
	struct str password; /* the hash that was right: it may be changed meanwhile */
	struct str code;
	struct pass pass;
};
bool pending_make(struct store *, const struct entry *, struct str binding, int64_t now, struct str *out,
    struct arena *, struct error *);
bool enter_by_code(
    struct store *, const struct entry *, int64_t now, struct signin_done *, struct arena *, struct error *);
/* The device if it is a browser of this login's that was in, else empty. */
struct str device_known(const struct store *, struct str login, struct str device, int64_t now, struct arena *);

/* ---- ticket.c: what is said to a browser and believed when it comes back: "EXPIRES.NONCE.STAMP" ---- */
/* `what` is a word for the purpose, `about` what it was made for. p NULL and an error without a key. */
struct str ticket_make(
    const struct store *, const char *what, struct str about, int64_t expires, struct arena *, struct error *);
bool ticket_good(
    const struct store *, const char *what, struct str about, struct str ticket, int64_t now, struct arena *);

/* ---- key.c ---- */
bool totp_seal(
    const struct store *, int64_t person, struct str secret, struct str *out, struct arena *, struct error *);
bool totp_unseal(
    const struct store *, int64_t person, struct str kept, struct str *out, struct arena *, struct error *);
void store_forget_key(struct store *);

/* ---- totp.c ---- */
bool recovery_make(struct store_tx *, int64_t person, struct str **codes, size_t *n, struct arena *, struct error *);

bool backup_noted(struct store *, int64_t now, struct error *); /* overview.c */

/* ---- passkey.c ---- */
bool challenge_use(struct store_tx *, struct str challenge, int64_t now, struct error *); /* ERR_DENIED: used */

/* Doubles an array of the arena when it is full. */
void *grow_array(struct arena *, void *items, size_t n, size_t *cap, size_t size);

#endif
