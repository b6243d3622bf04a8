/*
 * Part of store.h, to be included through it: what is known of images beside their bytes, and where they are shown.
 */
#ifndef KAIRAN_STORE_LIBRARY_H
#define KAIRAN_STORE_LIBRARY_H

#include "store/store.h"

/* ---- the library: what is known of images (library.c) ---- */

enum media_state {
	MEDIA_RAW,   /* as it was brought */
	MEDIA_CLEAN, /* bare; its narrower forms are to be made */
	MEDIA_READY,
	MEDIA_BROKEN /* it cannot be decoded, and is served as it was brought */
};

struct media_words {
	struct str lang, alt, caption;
};
struct media_size {
	struct str type;
	int width, height;
	int64_t bytes;
};

struct media_about {
	struct media media; /* without data */
	enum media_state state;
	int64_t created_at, bytes;
	int64_t articles; /* that show it; set by reads */
	bool decorative;  /* it says nothing that the text around it does not say */
	struct str credit, licence;
	struct media_words *words; /* one a language */
	size_t n_words;
	struct media_size *sizes; /* by type, narrowest first */
	size_t n_sizes;
};

struct media_filter {
	struct str words; /* stand in its name, texts or credit; empty: all */
	bool unused;      /* shown by no article */
	bool wordless;    /* without alternative text in `lang`, though it needs some */
	struct str lang;
	size_t offset, limit; /* limit 0: all */
};
/* Newest first. */
bool media_list(struct store *, const struct media_filter *, struct media_about **out, size_t *n, size_t *total,
    struct arena *, struct error *);
bool media_about(struct store *, struct str hash, struct media_about *out, struct arena *, struct error *);
/* The alternative text in a language, or empty. */
struct str media_alt(const struct media_about *, struct str lang);
/* Articles of any status that show it: id, lang, title and status are set. */
bool media_users(struct store *, struct str hash, struct article_item **out, size_t *n, struct arena *, struct error *);
/* Does a published article show it? */
bool media_is_public(struct store *, struct str hash, bool *out, struct error *);
/* A narrower form; ERR_NOT_FOUND. */
bool media_size_find(
    struct store *, struct str hash, int width, struct str type, struct str *data, struct arena *, struct error *);

/* The following render the articles that show the image again, in the same transaction. */

/* Keeps what image_make made of an upload, under the hash of what was brought. */
bool media_add(struct store_tx *, struct str name, struct str brought, const struct image_set *made, struct media *out,
    struct arena *, struct error *);
/* Puts the re-encoded image (where `made` has a whole one) and its narrower forms in place; it is ready then. */
bool media_set_pictures(struct store_tx *, struct str hash, const struct image_set *made, struct error *);
bool media_set_broken(struct store_tx *, struct str hash, struct error *);
/* Sets words, credit, licence and decorative. ERR_TOO_LARGE over MEDIA_TEXT_MAX. */
bool media_describe(struct store_tx *, const struct media_about *, struct error *);
/* `hash` goes, its bytes are forgotten, and whatever names it shows `with` from now on. Words and credit go over where
 * `with` has none. */
bool media_replace(struct store_tx *, struct str hash, struct str with, struct error *);
/* ERR_CONFLICT where an article, a setting or a category's description shows it. */
bool media_delete(struct store_tx *, struct str hash, struct error *);
/* The next image whose forms are to be made; *found. Uploads come before imports. */
bool media_waiting(
    struct store *, struct str *hash, enum media_state *state, bool *found, struct arena *, struct error *);
bool media_waiting_count(struct store *, int64_t *n, struct error *);

#endif
