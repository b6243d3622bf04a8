/* Private to doc: what the files that write Markdown share. */
#ifndef KAIRAN_DOC_MD_H
#define KAIRAN_DOC_MD_H

#include "doc/tree.h"

struct md {
	struct builder *b;
	struct buf out;
	struct buf first, rest; /* before the next line; before those after it */
	bool gap;               /* an empty line is due before the next block */
	bool box;               /* a box of a task list may stand here */
	int depth;              /* of quotes and lists */
};

/* Where inline text goes. */
enum md_place { MD_PARAGRAPH, MD_HEADING, MD_CELL };

/* to_inline.c: the nodes from `from` to before `to` (NULL: the last), as one or more lines. Returns whether there was
 * anything to write. `strong`: as if it stood in <strong>. Before the first line `lead` is written. */
bool md_inline(
    struct md *, const struct node *from, const struct node *to, enum md_place, const char *lead, bool strong);
/* What a line is cut into. */
enum kind { TOKEN_TEXT, TOKEN_SPACE, TOKEN_BREAK, TOKEN_PARAGRAPH, TOKEN_OPEN, TOKEN_CLOSE };
enum mark { MARK_STRONG, MARK_EM, MARK_DEL, MARKS };

struct token {
	enum kind kind;
	enum mark mark;
	bool html;       /* of marks: tags must say it */
	bool literal;    /* of texts: as people wrote it, so that the start of a line must be guarded */
	size_t partner;  /* of marks */
	struct str text; /* ready to be written */
};

struct inline_md {
	struct md *m;
	enum md_place place;
	struct token *tokens;
	size_t n, cap;
	int within[MARKS]; /* emphasis inside its like says nothing */
	int open, links;   /* marks and links that a new paragraph would tear */
	size_t brackets;
};

/* to_emphasis.c: sets what spaces and pairs want in order, drops what surrounds nothing, and chooses how emphasis is said.
 * Whether anything is left to be written. */
bool md_settle(struct inline_md *);
void md_write_tokens(struct inline_md *);
/* to_blocks.c */
void md_gap(struct md *);
void md_line(struct md *); /* starts a line */
void md_nodes(struct md *, struct node *from, const struct node *to);
void md_blocks(struct md *, struct node *parent);
bool md_holds_block(const struct node *);
/* The tree (which is changed) and its notes (may be NULL); false when it is too large, or memory is out. */
bool md_write(struct builder *, struct node *root, const struct doc *notes, struct str *out);
/* to_table.c */
void md_table(struct md *, struct node *table);

#endif
