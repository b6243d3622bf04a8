/* What the pages about translating share. Private to the desk. */
#ifndef KAIRAN_DESK_TRANSLATE_H
#define KAIRAN_DESK_TRANSLATE_H

#include "desk/page.h"

/* ---- translations.c ---- */

/* What a form says about where the original comes from: a file, a text, or an address to be asked. */
struct original_asked original_sent(const struct desk_page *);

/* ---- taking_in.c: what an article's text became elsewhere, laid back to the blocks ---- */

/* texts[i] is what block i says by now; *changed says of how many it differs. */
bool take_in(const struct translation_block *, size_t n, struct str body, struct str *texts, size_t *changed,
    struct arena *, struct error *);
/* The article's text that the blocks make; those without a translation are left out, the title too. */
struct str blocks_text(const struct translation_block *, size_t n, struct arena *);

/* ---- pieces of the pages ---- */

/* What a block's side shows: state, terms, what is missing. */
void show_block(struct desk_page *, struct view_value *object, const struct translation_block *, const struct terms *);
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
