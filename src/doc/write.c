#include "doc/tree.h"

#include <string.h>

static bool is_void(const struct node *n)
{
	return node_is(n, "br") || node_is(n, "hr") || node_is(n, "img") || node_is(n, "wbr") || node_is(n, "input") ||
	       node_is(n, "source");
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

/* Lines of code stay lines. */
static void add_lines(struct buf *out, struct str text)
{
	while (text.n) {
		add_folded(out, str_split(&text, '\n'));
		if (text.n)
			new_line(out);
	}
}

static bool is_cell(const struct node *n)
{
	return node_is(n, "td") || node_is(n, "th");
}

/* The cells of a row share a line. */
static void next_cell(struct buf *out)
{
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
	if (out->n && out->p[out->n - 1] != '\n')
		buf_adds(out, " | ");
}

static bool is_silent(const struct node *n, bool with_marks)
{
	return node_is(n, "rt") || node_is(n, "rp") ||
	       (!with_marks && node_is(n, "sup") && str_eq(node_attr(n, "class"), STR("cite")));
}

static void before_node(struct buf *out, const struct node *n, bool in_pre)
{
	if (is_cell(n))
		next_cell(out);
	else if (n->tag && (node_is_block(n) || node_is(n, "br")))
		new_line(out);
	if (!n->tag && in_pre)
		add_lines(out, n->text);
	else if (!n->tag)
		add_folded(out, n->text);
	else if (node_is(n, "img"))
		add_folded(out, node_attr(n, "alt"));
}

static void after_node(struct buf *out, const struct node *n)
{
	if (node_is_block(n) && !is_cell(n))
		new_line(out);
}

void write_text(struct buf *out, const struct node *root, bool with_marks)
{
	const struct node *n = root->first, *pre = node_is(root, "pre") ? root : NULL;
	while (n) {
		before_node(out, n, pre != NULL);
		if (n->first && !is_silent(n, with_marks)) {
			pre = !pre && node_is(n, "pre") ? n : pre;
			n = n->first;
			continue;
		}
		after_node(out, n);
		while (n && !n->next && n->parent != root) {
			n = n->parent;
			pre = pre == n ? NULL : pre;
			after_node(out, n);
		}
		n = n ? n->next : NULL;
	}
	new_line(out);
}
