#include "doc/tree.h"

#include <string.h>

/* A line break between two CJK characters is no space, be it inside a paragraph's text or at the edge of emphasis, a link
 * or ruby (CSS Text 3, 4.1.3: but for Hangul). */

struct joint {
	uint32_t last;     /* the character that a reader sees before */
	struct node *open; /* a text that ends in a break which the next text decides on */
};

static bool is_raised(uint32_t cp)
{
	return cp == 0xB9 || cp == 0xB2 || cp == 0xB3 || (cp >= 0x2070 && cp <= 0x2079);
}

/* The last character of s that stands on the line: not a mark of a citation, not a selector. */
static uint32_t last_seen(struct str s, uint32_t before)
{
	while (s.n) {
		size_t from = utf8_floor(s, s.n - 1), at = from;
		uint32_t cp = utf8_next(s, &at);
		if (!is_raised(cp) && !cjk_selector(cp))
			return cp;
		s.n = from;
	}
	return before;
}

static void join_text(struct builder *b, struct joint *j, struct node *n)
{
	struct str s = n->text, rest = s;
	struct buf out = { 0 };
	if (s.n == 0)
		return;
	if (j->open && cjk_joins(j->last, cp_after(s, 0)))
		j->open->text.n--;
	j->open = NULL;
	if (!memchr(s.p, '\n', s.n)) {
		j->last = last_seen(s, j->last);
		return;
	}
	while (rest.n) {
		const char *found = memchr(rest.p, '\n', rest.n);
		struct str line = found ? str_sub(rest, 0, (size_t)(found - rest.p)) : rest;
		buf_add(&out, line);
		j->last = last_seen(line, j->last);
		rest = str_skip(rest, line.n);
		if (rest.n == 0)
			break;
		if (rest.n == 1)
			j->open = n;
		if (rest.n == 1 || !cjk_joins(j->last, cp_after(rest, 1)))
			buf_addc(&out, '\n');
		rest = str_skip(rest, 1);
	}
	n->text = buf_take(&out, b->arena);
	b->failed = b->failed || !n->text.p;
}

void lines_join(struct builder *b, struct node *root)
{
	struct joint j = { 0 };
	for (struct node *n = root->first, *next; n; n = next) {
		next = node_following(n, root);
		if (!n->tag) {
			join_text(b, &j, n);
			continue;
		}
		if (node_is(n, "rt") || node_is(n, "rp") || node_is(n, "pre") || node_is(n, "sup"))
			next = node_skip(n, root);
		if (node_is_block(n) || node_is(n, "br") || node_is(n, "img") || node_is(n, "input"))
			j = (struct joint){ 0 };
	}
}

/* An image with a title that has a paragraph to itself is a figure, and the title its caption. */
static struct node *only_image(struct node *p)
{
	struct node *image = NULL;
	for (struct node *n = p->first; n; n = node_following(n, p)) {
		if ((!n->tag && str_trim(n->text).n) || (n->tag && !node_is(n, "a") && !node_is(n, "img")) || (image && n->tag))
			return NULL;
		if (node_is(n, "img"))
			image = n;
	}
	return image && node_attr(image, "title").n ? image : NULL;
}

void lines_figures(struct builder *b, struct node *root)
{
	for (struct node *p = root->first; p; p = node_following(p, root)) {
		struct node *image = node_is(p, "p") ? only_image(p) : NULL;
		if (!image)
			continue;
		struct node *caption = node_new(b, "figcaption");
		node_append(caption, node_text(b, node_attr(image, "title")));
		node_unset(image, "title");
		p->tag = "figure";
		node_append(p, caption);
	}
}
