/* What doc's quick reader takes must be what the HTML parser makes of it, node by node. */
#ifndef KAIRAN_FUZZ_SAME_TREE_H
#define KAIRAN_FUZZ_SAME_TREE_H

#include "doc/tree.h"

#include <gumbo.h>
#include <string.h>

static inline bool same_attributes(const GumboVector *a, const GumboVector *b)
{
	bool same = a->length == b->length;
	for (unsigned i = 0; same && i < a->length; i++) {
		const GumboAttribute *x = a->data[i], *y = b->data[i];
		same = strcmp(x->name, y->name) == 0 && strcmp(x->value, y->value) == 0;
	}
	return same;
}

/* Never deeper than the reader goes. */
static inline bool same_tree(const GumboNode *a, const GumboNode *b)
{
	if (a->type != b->type || a->index_within_parent != b->index_within_parent)
		return false;
	if (a->type != GUMBO_NODE_ELEMENT)
		return strcmp(a->v.text.text, b->v.text.text) == 0;
	const GumboElement *x = &a->v.element, *y = &b->v.element;
	bool same = x->tag == y->tag && x->tag_namespace == y->tag_namespace && x->children.length == y->children.length &&
	            same_attributes(&x->attributes, &y->attributes);
	for (unsigned i = 0; same && i < x->children.length; i++) {
		const GumboNode *child = x->children.data[i];
		same = child->parent == a && same_tree(child, y->children.data[i]);
	}
	return same;
}

/* *taken (may be NULL) says whether the quick reader took the text. */
static inline bool read_alike(struct str html, struct arena *arena, bool *taken)
{
	html = utf8_clean(arena, html);
	const GumboNode *quick = html_quick(html, arena);
	if (taken)
		*taken = quick != NULL;
	if (!quick)
		return true;
	GumboOutput *parsed = gumbo_parse_with_options(&kGumboDefaultOptions, html.p ? html.p : "", html.n);
	GumboNode *body = parsed->root->v.element.children.data[parsed->root->v.element.children.length - 1];
	((GumboNode *)(uintptr_t)quick)->index_within_parent = body->index_within_parent;
	bool same = same_tree(quick, body);
	gumbo_destroy_output(&kGumboDefaultOptions, parsed);
	return same;
}

#endif
