#include "doc/tree.h"

/* "{{campaign SLUG}}", alone in a paragraph, becomes an empty element that names the campaign; who serves the page fills it. Only
 * this makes the attribute: the allow-list drops it from what people bring. */

static struct str slug_of(struct str text)
{
	struct str open = STR("{{campaign "), close = STR("}}");
	if (!str_starts(text, open) || !str_ends(text, close) || text.n < open.n + close.n + 1)
		return STR("");
	struct str slug = str_trim(str_sub(text, open.n, text.n - close.n));
	for (size_t i = 0; i < slug.n; i++) {
		if ((unsigned char)slug.p[i] <= ' ' || slug.p[i] == '{' || slug.p[i] == '}')
			return STR("");
	}
	return slug.n <= SLUG_MAX ? slug : STR("");
}

void shortcodes(struct builder *b, struct node *root)
{
	for (struct node *n = root->first; n && !b->failed; n = n->next) {
		if (!node_is(n, "p"))
			continue;
		struct str slug = slug_of(str_trim(node_plain(b, n)));
		if (slug.n == 0)
			continue;
		n->tag = "div";
		n->attrs = NULL;
		n->first = n->last = NULL;
		node_set(b, n, "data-campaign", slug);
	}
}
