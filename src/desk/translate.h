/* What the pages about translating share. Private to the desk. */
#ifndef KAIRAN_DESK_TRANSLATE_H
#define KAIRAN_DESK_TRANSLATE_H

#include "desk/page.h"

/* ---- checks.c: what a translation lost of a block ---- */

enum missing_kind { MISSING_NUMBER, MISSING_LINK, MISSING_MARK };
struct missing {
	enum missing_kind kind;
	struct str text; /* as the original has it */
};
/* Numbers are compared by what they say (5 million = 500万), links by their address (those of this site by their number,
 * since a translation links to translations), marks of sources by their names. At most MISSING_MAX. An empty target lacks
 * nothing: the block is left out. */
#define MISSING_MAX 8
size_t missing_in(struct str source, struct str target, struct missing out[MISSING_MAX]);

/* ---- terms.c: agreed words in a block ---- */

struct terms; /* the terms of a language pair, made ready to be found */
struct terms *terms_new(const struct glossary_term *, size_t n, struct arena *);
struct term_hit {
	const struct glossary_term *term;
	bool missing;         /* the translation has none of its words */
	struct str forbidden; /* and this word, which it should not; empty: none */
};
#define TERM_HITS_MAX 24
/* The terms that occur in a block, by its keys (see term_key), in the order of their first places. */
size_t terms_in(const struct terms *, struct str source_key, struct str target_key, struct term_hit out[TERM_HITS_MAX]);

/* ---- original.c: originals as they come ---- */

struct source_text {
	struct original_copy copy;
	struct doc_block *blocks;
	size_t n;
	struct str title; /* as its text has it; empty: none */
};
enum source_format { SOURCE_GUESS, SOURCE_MARKDOWN, SOURCE_HTML, SOURCE_PLAIN };
/* Reads bytes from outside. `name` of the file and `url` may be empty. ERR_INVALID: there is no text in it. */
bool original_read(struct str bytes, struct str name, struct str url, enum source_format, int64_t now,
    struct source_text *out, struct arena *, struct error *);
/* An address within a page, made absolute by the page's own (RFC 3986, 5.2); `url` itself where it cannot be. */
struct str address_in(struct str base, struct str url, struct arena *);
/* What a form says about where the original comes from: a file, a text, or an address to be asked. *given false: none of
 * them. Problems are told as a msgid. */
bool original_sent(struct desk_page *, struct source_text *out, bool *given, const char **problem);

/* ---- taking_in.c: what an article's text became elsewhere, laid back to the blocks ---- */

/* texts[i] is what block i says by now; *changed says of how many it differs. */
bool take_in(const struct translation_block *, size_t n, struct str body, struct str *texts, size_t *changed,
    struct arena *, struct error *);
/* The article's text that the blocks make; those without a translation are left out, the title too. */
struct str blocks_text(const struct translation_block *, size_t n, struct arena *);

/* ---- pieces of the pages ---- */

/* What a block's side shows: state, terms, what is missing. */
void show_block(struct desk_page *, struct view_value *object, const struct translation_block *, const struct terms *);
bool terms_for(struct desk_page *, const struct translation *, struct terms **out);
/* The workbench. `edits` (of a form that could not be saved) stand in the place of what is stored; may be NULL. */
struct workbench {
	struct translation t;
	struct translation_block *blocks;
	size_t n;
	const struct block_edit *edits;
	size_t n_edits;
	const int64_t *conflicts;
	size_t n_conflicts;
	struct str head; /* the stamp of the fields that the form was made from; empty: of what they are */
};
bool workbench_load(struct desk_page *, struct workbench *);
bool workbench_show(struct desk_page *, const struct workbench *);
struct str lang_name(const struct desk_page *, struct str lang); /* in the language of the desk: 英語 */
/* Names what an article says, as far as the blocks and the preface make it. */
struct str article_made(const struct article *, struct arena *);

/* ---- handlers ---- */

bool translations_page(struct desk_page *);
bool translate_new_form(struct desk_page *);
bool translate_new_send(struct desk_page *);
bool translate_page(struct desk_page *);
bool translate_send(struct desk_page *);
bool translate_block_send(struct desk_page *);
bool translate_original_form(struct desk_page *);
bool translate_original_send(struct desk_page *);
bool translate_copy(struct desk_page *);
bool translate_article_send(struct desk_page *);
bool glossary_page(struct desk_page *);
bool glossary_send(struct desk_page *);
bool glossary_export(struct desk_page *);
bool glossary_import(struct desk_page *);

#endif
