/* What the files of the store share. Private to this module. */
#ifndef KAIRAN_STORE_INNER_H
#define KAIRAN_STORE_INNER_H

#include "db/db.h"
#include "store/store.h"

#include <pthread.h>

struct watched; /* searches in vain, in memory: unanswered.c */

struct store {
	struct db *db;
	pthread_mutex_t lock; /* of the wake-up of this process's commits */
	pthread_cond_t committed;
	pthread_mutex_t readers; /* of what readers leave: */
	struct watched *watched; /* NULL: none yet */
	int64_t questions_at;    /* when questions_left was right */
	int questions_left;
	pthread_mutex_t doors; /* of the sign-in throttle: signin.c */
	struct {
		int failures;
		int64_t until, last;
	} signin_slots[SIGNIN_SLOTS];
	int64_t signins_at;
	int signins_left;
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

/* ---- settings ---- */
bool settings_read_on(struct db_conn *, struct settings *, struct arena *, struct error *);

/* ---- articles ---- */
bool article_load(struct db_conn *, struct db_rows *key, struct article *, struct arena *, struct error *);
bool article_get(struct db_conn *, int64_t id, struct article *, struct arena *, struct error *);
bool article_relations(struct db_conn *, struct article *, struct arena *, struct error *);
bool article_public_path(struct db_conn *, struct str lang, struct str slug, struct str *path, struct arena *, struct error *);

/* ---- rendering.c ---- */
bool article_render(struct store_tx *, struct article *, struct rendered *, struct arena *, struct error *);
bool rendered_write(struct store_tx *, int64_t article, const struct rendered *, struct error *);

/* ---- translation_renew.c ---- */
/* After an article was saved: what is translated from it says something else now. */
bool translation_follow(struct store_tx *, const struct article *, struct arena *, struct error *);
bool translation_forget(struct store_tx *, int64_t article, struct error *); /* it is deleted */

/* ---- people ---- */
void token_hash(struct str token, char out[HASH_HEX_MAX]);
/* Columns that person_fill reads, from the first on. */
#define PERSON_COLUMNS "p.id, p.login, p.name, p.lang, p.role, p.password <> '', p.totp <> '', p.created_at"
void person_fill(struct db_rows *, int first, struct person *, struct arena *);
bool session_start(struct store_tx *, int64_t person, int64_t now, struct str *token, struct arena *, struct error *);

/* ---- image.c ---- */
/* Type and size by content; false for anything but PNG, JPEG, GIF, WebP and AVIF. */
bool image_read(struct str data, struct str *type, int *width, int *height);

/* Doubles an array of the arena when it is full. */
void *grow_array(struct arena *, void *items, size_t n, size_t *cap, size_t size);

#endif
