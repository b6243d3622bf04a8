/* Private to doc: what the files about citations share. */
#ifndef KAIRAN_DOC_CITE_H
#define KAIRAN_DOC_CITE_H

#include "doc/tree.h"

/* How a number is written: a list marked "（1）" is what makes "（1）" in the text a mark. */
enum cite_style {
	STYLE_NONE,
	STYLE_PLAIN,   /* 1. 1) 1: */
	STYLE_RAISED,  /* ¹ */
	STYLE_BRACKET, /* [1] ［１］ */
	STYLE_PAREN,   /* (1) （1） */
	STYLE_KOME,    /* ※1 */
	STYLE_NOTE,    /* 注1 (注1) */
	STYLE_STAR     /* *1 */
};

#define CITE_NUMBERS_MAX 64

struct cite_mark {
	enum cite_style style;
	int numbers[CITE_NUMBERS_MAX]; /* ranges written out */
	size_t n, taken;               /* bytes */
	bool bare;                     /* 注1 without brackets around it */
};

struct sources {
	struct node *heading;
	struct node **items;
	struct str *anchors; /* id of an item in the source, or of an anchor in it */
	int *labels;         /* number in the source; 0: its place in the list */
	size_t n, cap;
	size_t unused;         /* the first of them: footnotes without a reference */
	enum cite_style style; /* of the first item that shows one */
	bool footnotes;        /* cmark's: only links are marks */
};

/* cite_read.c: a mark at the start of s, as it may stand in a text; `alone` when s is all there is (in <sup>, a link), where a
 * number needs no brackets. */
bool cite_read(struct str s, bool alone, struct cite_mark *);
/* "1. ", "[1] ", "※1 " … at the start of a source: the number, 0 when there is none. */
int cite_leading(struct str s, size_t *taken, enum cite_style *style);
/* sources.c */
bool sources_find(struct builder *, struct node *root, struct sources *);
bool sources_is_back_link(struct builder *, const struct node *a);
struct str sources_title(struct builder *, const struct node *heading); /* without ornaments */
struct str sources_anchor(const struct node *mark_link);                /* the id that a link leads to, or empty */
/* cite_fields.c: outlet and dates from the item's text */
void cite_fields(struct builder *, const struct node *item, struct doc_citation *);
/* Markdown without references for some of its footnotes would lose those: they are asked for at its start. */
#define UNUSED_NOTES "unused-notes"
struct str cite_keep_unused(struct str markdown, struct arena *);

#endif
