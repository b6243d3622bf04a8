/*
 * Part of store.h: translations in the making, and the glossary.
 *
 * A translation is written block by block beside a frozen copy of its original. What is written is put into an ordinary
 * article, whose readers are told when the original has moved on since.
 */
#ifndef KAIRAN_STORE_TRANSLATIONS_H
#define KAIRAN_STORE_TRANSLATIONS_H

#include "store/store.h"

enum block_state {
	BLOCK_OPEN,
	BLOCK_DRAFT,
	BLOCK_DONE,   /* without text: left out on purpose */
	BLOCK_CHANGED /* was done, and then the original said something else */
};
struct str block_state_name(enum block_state); /* "open" */

struct translation_block {
	int64_t id;
	struct doc_block source; /* markdown empty: the original has it no longer. text is not set by reads */
	struct str was;          /* what the original said when this was written, where it says something else now */
	struct str target;       /* Markdown, without the block's lead */
	enum block_state state;
	struct str source_key, target_key; /* term_key of their plain texts */
};

struct translation {
	int64_t id;
	int64_t article;        /* what is made of it; 0: nothing yet */
	int64_t source_article; /* of this site, that it is made from; 0: from elsewhere */
	struct str lang;
	struct str preface, author, translator;
	struct original original; /* its lang is the language translated from */
	/* set by reads: */
	struct str title;      /* of the translation, else of the original */
	struct str made;       /* names the text that was put into the article last; empty: none */
	int64_t behind_at;     /* since when readers are told that the original moved on; 0: they are not */
	struct str started_by; /* name */
	int64_t created_at, updated_at;
	int64_t blocks, done, changed; /* counts */
};

/* An original as it came. */
struct original_copy {
	int64_t id, at;
	struct str url, type, name; /* name: of the file; empty: none */
	struct str hash;            /* BLAKE2b of 32 bytes as hex; set when it is saved */
	int64_t size;
	struct str data;       /* of a list: empty */
	struct original about; /* what its metadata says; url is not used */
};

/* What the blocks and the copy of an article of this site are. */
bool translation_source(
    const struct article *, struct original_copy *, struct doc_block **, size_t *n, struct arena *, struct error *);
/* Starts one and sets t->id; it has no article yet. The original's title becomes the first block. ERR_TOO_LARGE over TRANSLATION_BLOCKS_MAX. */
bool translation_new(struct store_tx *, struct translation *t, const struct original_copy *, const struct doc_block *,
    size_t n, struct arena *, struct error *);
bool translation_get(struct store *, int64_t id, struct translation *out, struct arena *, struct error *);
bool translation_blocks(
    struct store *, int64_t id, struct translation_block **out, size_t *n, struct arena *, struct error *);
bool translation_blocks_in(
    struct store_tx *, int64_t id, struct translation_block **out, size_t *n, struct arena *, struct error *);
/* The version of a group in a language, of any status; *id 0: there is none. */
bool article_version(struct store *, int64_t group_id, struct str lang, int64_t *id, struct error *);
/* The one that makes an article; *id 0: there is none. */
bool translation_of_article(struct store *, int64_t article, int64_t *id, struct error *);
bool translation_list(struct store *, size_t offset, size_t limit, struct translation **out, size_t *n, struct arena *,
    struct error *); /* latest change first */
/* Those whose readers are told that the original moved on, longest first. */
bool translations_behind(
    struct store *, size_t limit, struct translation **out, size_t *n, struct arena *, struct error *);
bool translation_copies(struct store *, int64_t id, struct original_copy **out, size_t *n, struct arena *,
    struct error *); /* newest first */
bool translation_copy_get(
    struct store *, int64_t id, int64_t copy, struct original_copy *out, struct arena *, struct error *);
bool translation_delete(struct store_tx *, int64_t id, struct error *); /* the article stays */

/* What a form says of a block. `stamp` is block_stamp of what the form was made from. */
struct block_edit {
	int64_t id;
	struct str stamp, target;
	bool done;
};
struct str block_stamp(const struct translation_block *, struct arena *);
struct str translation_stamp(const struct translation *, struct arena *); /* of its own fields */
/* Saves what the form changed, and only that: what it left as it was stays as others have it by now. Where both changed a
 * block nothing is written to it and its id is among the conflicts. `t` has the fields and `stamp` that of the form; with
 * stamp empty they are not looked at. *changed: anything was written. */
bool translation_save(struct store_tx *, const struct translation *t, struct str stamp, const struct block_edit *,
    size_t n, int64_t *conflicts, size_t *n_conflicts, bool *changed, struct arena *, struct error *);
/* The original says something else: takes in the copy and its blocks. Blocks keep their translations. */
bool translation_renew(struct store_tx *, int64_t id, const struct original_copy *, const struct doc_block *, size_t n,
    struct arena *, struct error *);
/* Declares that what changed in the original does not matter: nothing is marked any more, readers are told nothing. */
bool translation_settle(struct store_tx *, int64_t id, struct error *);
/* Notes what was put into which article. Readers are told nothing more when nothing is left to do. */
bool translation_put(struct store_tx *, int64_t id, int64_t article, struct str made, struct error *);

/* What readers of an article are told; *behind_at 0: nothing. */
struct translation_notice {
	int64_t behind_at, source_article;
	struct str url;                      /* of an original elsewhere */
	struct str source_lang, source_slug; /* of a published one of this site; empty: none */
};
bool translation_notice(
    struct store *, int64_t article, struct translation_notice *out, struct arena *, struct error *);

/* Which old text each new one continues: from[j] is an index of `old`, each at most once, or ALIGN_NEW. Equal texts first,
 * in their order; between them the likest; then what moved. */
#define ALIGN_NEW SIZE_MAX
bool align_texts(const struct str *old, size_t n, const struct str *new_texts, size_t m, size_t *from, struct arena *,
    struct error *);

/* ---- glossary ------------------------------------------------------------------------------------------- */

struct glossary_term {
	int64_t id; /* 0: new */
	struct str source_lang, lang;
	struct str term;
	struct str word;      /* the agreed translation; several that will do have "|" between them, the best first */
	struct str forbidden; /* likewise: what must not be written for it; may be empty */
	struct str note, category;
	struct str key, word_keys, forbidden_keys; /* set by reads; of several, one a line */
};
/* The form in which terms are compared with texts: for scripts that write spaces the stems with a space before and after
 * each, else the folded text without spaces. A term occurs in a text when its key stands in the text's. */
struct str term_key(struct str text, struct str lang, struct arena *);
/* The same, and which bytes of the text each of its bytes stands for: text[from[i], to[i]). What stands at [a, b) of the key
 * stands at [from[a], to[b - 1]) of the text. */
struct term_places {
	struct str key;
	uint32_t *from, *to;
};
bool term_key_places(struct str text, struct str lang, struct term_places *out, struct arena *, struct error *);
/* ERR_INVALID without term, word or languages; ERR_TOO_LARGE over a limit; ERR_EXISTS when another has this term. */
bool term_save(struct store_tx *, struct glossary_term *, struct arena *, struct error *);
/* Takes the place of what has the same term and languages; sets *changed. */
bool term_import(struct store_tx *, struct glossary_term *, bool *changed, struct arena *, struct error *);
bool term_get(struct store *, int64_t id, struct glossary_term *out, struct arena *, struct error *);
bool term_delete(struct store_tx *, int64_t id, struct error *); /* ERR_NOT_FOUND */
struct term_filter {
	struct str source_lang, lang; /* empty: all */
	struct str words;             /* stand in term, word or note */
	size_t offset, limit;         /* limit 0: all */
};
bool term_list(struct store *, const struct term_filter *, struct glossary_term **out, size_t *n, size_t *total,
    struct arena *, struct error *); /* by term */

#endif
