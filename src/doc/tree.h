/* The small tree that every body becomes between parsing and writing. Private to doc; lives in the arena. */
#ifndef KAIRAN_DOC_TREE_H
#define KAIRAN_DOC_TREE_H

#include "doc/doc.h"

struct attr {
	const char *name;
	struct str value;
	struct attr *next;
};

/* An element when `tag` is set, else text. Tags are lower-case literals of the allow-list. */
struct node {
	const char *tag;
	struct str text;
	struct attr *attrs;
	struct node *parent, *first, *last, *next, *prev;
};

struct builder {
	struct arena *arena;
	const struct doc_options *options;
	struct doc_warning *warnings;
	size_t n_warnings, cap_warnings;
	bool failed; /* memory is out */
};

struct node *node_new(struct builder *, const char *tag);
struct node *node_text(struct builder *, struct str text);
void node_append(struct node *parent, struct node *child);
void node_before(struct node *at, struct node *added);
void node_remove(struct node *);
struct node *node_following(const struct node *at, const struct node *root); /* in document order; NULL at the end */
struct node *node_skip(const struct node *at, const struct node *root);      /* likewise, past what is inside `at` */
bool node_is(const struct node *, const char *tag);
struct str node_attr(const struct node *, const char *name);
void node_set(struct builder *, struct node *, const char *name, struct str value);
void node_unset(struct node *, const char *name);
bool node_is_block(const struct node *);
struct str node_plain(struct builder *, const struct node *); /* its text, white space folded */
void doc_warn(struct builder *, enum doc_warning_kind, struct str text);

/* markdown.c: to HTML, which is not yet clean. */
struct str markdown_to_html(struct str body, struct arena *, struct error *);
/* clean.c: parses and cleans; the root is an element without meaning. NULL when memory is out. */
struct node *html_clean(struct builder *, struct str html);
/* citations.c */
bool cite(struct builder *, struct node *root, struct doc *);
/* write.c */
void write_html(struct buf *, const struct node *root); /* what is inside */
void write_text(struct buf *, const struct node *root, bool with_marks);

#endif
