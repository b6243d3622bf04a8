/* What the pages on categories, tags, redirects and on the care of searching share. Private to desk. */
#ifndef KAIRAN_DESK_STRUCTURE_H
#define KAIRAN_DESK_STRUCTURE_H

#include "desk/page.h"

#define FORM_BOXES 40 /* articles to choose from on a page: each is a field, and a form has PARAMS_MAX */
#define ROWS_PAGE 50  /* of a list */

/* ---- care.c: lists, forms, answers ---- */

/* Which page of a list is asked for, by ?page=. */
struct paging {
	size_t page, offset, limit;
};
struct paging paging_of(const struct desk_page *, size_t limit);
/* The neighbouring pages and the number of rows under "previous_url", "next_url", "total", "total_text". `keep` are the
 * address's other parameters, by name; n of them. */
void paging_show(
    struct desk_page *, const struct paging *, size_t total, const char *path, const char *const *keep, size_t n);
/* A field of one line: controls are white space; trimmed. */
struct str form_line(const struct desk_page *, const char *name);
struct str form_state(struct desk_page *, struct str text);              /* a hash: what a form was made from */
bool form_do(const struct desk_page *, const char *what);                /* is it this button? */
struct str with_number(struct desk_page *, const char *path, int64_t n); /* "/desk/categories/" and 12 */
/* Was it only that the index is being made? Then the error is forgotten, and the page goes without what it would have shown. */
bool search_is_away(struct desk_page *);
/* Begins a transaction, or fills the error. Ends one with its entry in the audit log, and goes to `path`. */
bool finish(struct desk_page *, struct store_tx *, const char *action, struct str object, struct str path);
/* Ends one that failed. Gives *problem for what the editor can mend, else fills the error and returns false. */
struct mend {
	enum error_code code;
	const char *msgid;
};
bool undo(struct desk_page *, struct store_tx *, const struct error *why, const struct mend *, size_t n);
/* Categories as choices under `key`, by depth; without `but` and what stands below it. */
bool category_choices(struct desk_page *, const char *key, int64_t chosen, int64_t but);
struct str category_label(const struct desk_page *, const struct category *);
/* Where an address of the site leads: the status of what stands there, and where to it sends. */
bool probe(struct desk_page *, struct str path, int *status, struct str *location);
/* Which part of the desk this is: marks it in the small menu above the page. */
bool structure_render(struct desk_page *, const char *title, const char *template, const char *at);

/* ---- the handlers ---- */

bool categories_page(struct desk_page *); /* categories.c */
bool categories_send(struct desk_page *);
bool category_form(struct desk_page *); /* category.c */
bool category_send(struct desk_page *);
bool entries_page(struct desk_page *); /* entries.c */
bool entries_send(struct desk_page *);
bool tags_page(struct desk_page *); /* tags.c */
bool tag_form(struct desk_page *);
bool tag_send(struct desk_page *);
bool redirects_page(struct desk_page *); /* redirects.c */
bool redirect_form(struct desk_page *);  /* redirect.c */
bool redirect_send(struct desk_page *);
bool redirects_import(struct desk_page *); /* redirects.c */
bool synonyms_page(struct desk_page *);    /* synonyms.c */
bool synonyms_send(struct desk_page *);
bool synonym_form(struct desk_page *);
bool synonym_send(struct desk_page *);
bool pins_page(struct desk_page *); /* pins.c */
bool pin_form(struct desk_page *);
bool pin_send(struct desk_page *);
bool questions_page(struct desk_page *); /* questions.c */
bool questions_send(struct desk_page *);
bool searches_page(struct desk_page *);
bool searches_send(struct desk_page *);

#endif
