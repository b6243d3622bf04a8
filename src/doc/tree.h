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
	bool made; /* by Kairan: its ids and links are its own */
};

struct builder {
	struct arena *arena;
	const struct doc_options *options;
	const struct doc_page *page; /* that the body is part of, or NULL */
	struct doc_warning *warnings;
	size_t n_warnings, cap_warnings;
	struct str id; /* of an element that lost its tag, for the next block */
	bool pasted;   /* from a word processor, perhaps: what its styles say counts */
	bool failed;   /* memory is out */
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

bool node_is_heading(const struct node *);

/* cjk.c */
bool cjk_wide(uint32_t cp);
bool cjk_selector(uint32_t cp);                /* a variation selector */
bool cjk_joins(uint32_t left, uint32_t right); /* a line break between them is no space */
uint32_t cp_before(struct str s, size_t at);   /* 0 at the start */
uint32_t cp_after(struct str s, size_t at);    /* 0 at the end */
/* What must stand beside a run of delimiters, so that cmark reads it as the CJK-friendly amendment wants. */
enum run_mark { RUN_AS_IT_IS, RUN_LETTER_BEFORE, RUN_LETTER_AFTER, RUN_PUNCTUATION_BEFORE };
enum run_mark cjk_run(struct str s, size_t from, size_t to);

/* Does a run of * or ~ between these characters open or close emphasis for sure? 0: a space or nothing. */
bool cjk_sure_to_open(uint32_t previous, uint32_t next);
bool cjk_sure_to_close(uint32_t previous, uint32_t next);

/* inline.c */
struct str inline_source(struct str s, struct arena *);  /* without the noncharacters that are used inside */
struct str inline_prepare(struct str s, struct arena *); /* for cmark */
void inline_literal(struct buf *out, char c);            /* a [ or @ that is only text */
bool inline_has_marks(struct str s);
struct str inline_restore(struct str s, struct arena *); /* what was written */
struct str inline_plain(struct str s, struct arena *);   /* likewise, of ruby the base */
struct str inline_html(struct str s, struct arena *);    /* of a text: with ruby and superscripts */

/* markdown.c: to HTML, which is not yet clean. */
struct str markdown_to_html(struct str body, struct arena *, struct error *);
/* bound.c: without the tags that would nest deeper than any person writes; *cut says whether there were any. */
struct str html_bounded(struct str html, bool *cut, struct arena *);
/* quick.c: the parser's body element of a text that needs no mending (a GumboNode), or NULL: then the parser must read it. */
const void *html_quick(struct str html, struct arena *);
/* clean.c: parses and cleans; the root is an element without meaning. NULL when memory is out. */
struct node *html_clean(struct builder *, struct str html);
/* An element as the allow-list has it, appended; NULL when it may not be. */
struct node *clean_add(struct builder *, struct node *parent, const void *element, const char *tag);
struct node *html_clean_page(struct builder *); /* likewise, of the page's main part */
/* page.c: is this node of the page's tree none of the article? */
bool page_skips(const struct doc_page *, const void *node);
/* pasted.c: of word processors. An element (a GumboElement) whose style says what its tag should; *inside: what is in it
 * stays. */
bool pasted_has_style(const void *element);
struct node *pasted_add(struct builder *, struct node *parent, const void *element, const char *tag, bool *inside);
void pasted_tidy(struct builder *, struct node *root);
/* lines.c */
void lines_join(struct builder *, struct node *root);    /* no space at a line break between CJK characters */
void lines_figures(struct builder *, struct node *root); /* images with a title become figures */
/* pictures.c */
void pictures(struct builder *, struct node *root); /* what the resolver knows of each image */
/* shortcodes.c */
void shortcodes(struct builder *, struct node *root); /* {{campaign SLUG}} */
/* citations.c */
bool cite(struct builder *, struct node *root, struct doc *);
/* ids.c: unique ids, none of them the page's own; headings listed in d. */
bool ids_and_outline(struct builder *, struct node *root, struct doc *d);
/* to_markdown.c: what is inside a node, as Markdown. Marks of doc's citations are written as [^label]. */
enum markdown_place { MARKDOWN_PARAGRAPH, MARKDOWN_HEADING, MARKDOWN_CELL };
struct str markdown_inline(struct builder *, const struct node *parent, const struct doc *doc, enum markdown_place);
struct str markdown_table(struct builder *, const struct node *table, const struct doc *doc); /* empty: it cannot be */
void markdown_image(struct builder *, struct buf *out, const struct node *img, struct str title);
struct str cite_label(const struct doc *, size_t i, struct arena *); /* unique in the document */
/* write.c */
void write_html(struct buf *, const struct node *root); /* what is inside */
void write_text(struct buf *, const struct node *root, bool with_marks);

#endif
