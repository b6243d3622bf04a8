#include "doc/tree.h"

#include <string.h>

static bool is_void(const struct node *n)
{
	return node_is(n, "br") || node_is(n, "hr") || node_is(n, "img") || node_is(n, "wbr") || node_is(n, "input");
}

static void open_tag(struct buf *out, const struct node *n)
{
	buf_addc(out, '<');
	buf_adds(out, n->tag);
	for (const struct attr *a = n->attrs; a; a = a->next) {
		buf_addc(out, ' ');
		buf_adds(out, a->name);
		buf_adds(out, "=\"");
		buf_add_html(out, a->value);
		buf_addc(out, '"');
	}
	buf_addc(out, '>');
	/* A parser drops a line break right after <pre>: one that is meant must be doubled. */
	if (node_is(n, "pre") && n->first && !n->first->tag && str_starts(n->first->text, STR("\n")))
		buf_addc(out, '\n');
}

static void close_tag(struct buf *out, const struct node *n)
{
	if (is_void(n))
		return;
	buf_adds(out, "</");
	buf_adds(out, n->tag);
	buf_addc(out, '>');
}

void write_html(struct buf *out, const struct node *root)
{
	const struct node *n = root->first;
	while (n) {
		if (n->tag)
			open_tag(out, n);
		else
			buf_add_html(out, n->text);
		if (n->first) {
			n = n->first;
			continue;
		}
		if (n->tag)
			close_tag(out, n);
		while (!n->next && n->parent != root) {
			n = n->parent;
			close_tag(out, n);
		}
		n = n->next;
	}
}

/* Text with runs of white space as one space, none at the start of a line. */
static void add_folded(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t from = i;
		while (i < text.n && !(text.p[i] == ' ' || (text.p[i] >= '\t' && text.p[i] <= '\r')))
			i++;
		buf_add(out, str_sub(text, from, i));
		if (i == text.n)
			break;
		if (out->n && out->p[out->n - 1] != ' ' && out->p[out->n - 1] != '\n')
			buf_addc(out, ' ');
	}
}

static void new_line(struct buf *out)
{
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
	if (out->n && out->p[out->n - 1] != '\n')
		buf_addc(out, '\n');
}

void write_text(struct buf *out, const struct node *root, bool with_marks)
{
	const struct node *n = root->first;
	while (n) {
		bool skip = node_is(n, "rt") || node_is(n, "rp") ||
			(!with_marks && node_is(n, "sup") && str_eq(node_attr(n, "class"), STR("cite")));
		if (n->tag && (node_is_block(n) || node_is(n, "br")))
			new_line(out);
		if (!n->tag)
			add_folded(out, n->text);
		else if (node_is(n, "img"))
			add_folded(out, node_attr(n, "alt"));
		if (n->first && !skip) {
			n = n->first;
			continue;
		}
		while (!n->next && n->parent != root) {
			n = n->parent;
			if (node_is_block(n))
				new_line(out);
		}
		if (node_is_block(n))
			new_line(out);
		if (node_is(n, "td") || node_is(n, "th"))
			buf_addc(out, ' ');
		n = n->next;
	}
	new_line(out);
}
