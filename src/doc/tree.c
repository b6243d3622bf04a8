#include "doc/tree.h"

#include <string.h>

struct node *node_new(struct builder *b, const char *tag)
{
	struct node *n = arena_alloc(b->arena, sizeof *n);
	if (!n)
		b->failed = true;
	else
		n->tag = tag;
	return n;
}

struct node *node_text(struct builder *b, struct str text)
{
	struct node *n = node_new(b, NULL);
	if (n)
		n->text = text;
	return n;
}

void node_append(struct node *parent, struct node *child)
{
	if (!parent || !child)
		return;
	child->parent = parent;
	child->prev = parent->last;
	child->next = NULL;
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

void node_before(struct node *at, struct node *added)
{
	if (!at || !added)
		return;
	added->parent = at->parent;
	added->next = at;
	added->prev = at->prev;
	if (at->prev)
		at->prev->next = added;
	else
		at->parent->first = added;
	at->prev = added;
}

void node_remove(struct node *n)
{
	if (n->prev)
		n->prev->next = n->next;
	else if (n->parent)
		n->parent->first = n->next;
	if (n->next)
		n->next->prev = n->prev;
	else if (n->parent)
		n->parent->last = n->prev;
	n->parent = n->next = n->prev = NULL;
}

struct node *node_skip(const struct node *at, const struct node *root)
{
	while (at && at != root) {
		if (at->next)
			return at->next;
		at = at->parent;
	}
	return NULL;
}

struct node *node_following(const struct node *at, const struct node *root)
{
	return at->first ? at->first : node_skip(at, root);
}

bool node_is(const struct node *n, const char *tag)
{
	return n && n->tag && n->tag[0] == tag[0] && strcmp(n->tag, tag) == 0;
}

struct str node_attr(const struct node *n, const char *name)
{
	for (const struct attr *a = n->attrs; a; a = a->next) {
		if (strcmp(a->name, name) == 0)
			return a->value;
	}
	return STR("");
}

void node_set(struct builder *b, struct node *n, const char *name, struct str value)
{
	struct attr **at = &n->attrs;
	while (*at && strcmp((*at)->name, name) != 0)
		at = &(*at)->next;
	if (!*at)
		*at = arena_alloc(b->arena, sizeof **at);
	if (!*at)
		b->failed = true;
	else
		**at = (struct attr){ name, value, (*at)->next };
}

void node_unset(struct node *n, const char *name)
{
	for (struct attr **at = &n->attrs; *at; at = &(*at)->next) {
		if (strcmp((*at)->name, name) == 0) {
			*at = (*at)->next;
			return;
		}
	}
}

bool node_is_block(const struct node *n)
{
	static const char *const blocks[] = { "p", "li", "td", "th", "tr", "ul", "ol", "h2", "h3", "h4", "h5", "h6", "pre",
		"dl", "dt", "dd", "blockquote", "figure", "figcaption", "table", "caption", "thead", "tbody", "tfoot", "hr",
		"details", "summary", "div" };
	for (size_t i = 0; n->tag && i < sizeof blocks / sizeof *blocks; i++) {
		if (n->tag[0] == blocks[i][0] && strcmp(n->tag, blocks[i]) == 0)
			return true;
	}
	return false;
}

struct str node_plain(struct builder *b, const struct node *n)
{
	struct buf out = { 0 };
	write_text(&out, n, true);
	for (size_t i = 0; i < out.n; i++) {
		if (out.p[i] == '\n')
			out.p[i] = ' ';
	}
	if (out.failed)
		b->failed = true;
	return str_trim(buf_take(&out, b->arena));
}

void doc_warn(struct builder *b, enum doc_warning_kind kind, struct str text)
{
	for (size_t i = 0; i < b->n_warnings; i++) {
		if (b->warnings[i].kind == kind && str_eq(b->warnings[i].text, text)) {
			b->warnings[i].count++;
			return;
		}
	}
	if (b->n_warnings >= 200)
		return;
	if (b->n_warnings == b->cap_warnings) {
		size_t cap = b->cap_warnings ? b->cap_warnings * 2 : 8;
		struct doc_warning *more = arena_array(b->arena, cap, sizeof *more);
		if (!more) {
			b->failed = true;
			return;
		}
		if (b->n_warnings)
			memcpy(more, b->warnings, b->n_warnings * sizeof *more);
		b->warnings = more;
		b->cap_warnings = cap;
	}
	b->warnings[b->n_warnings++] = (struct doc_warning){ kind, text, 1 };
}
