#include "doc/md.h"

#include <string.h>

/* A table: as Markdown where all rows are of one length and cells hold lines of text, else as the HTML it was. */

struct grid {
	const struct node **rows;
	size_t n, columns;
	bool simple;
};

static bool is_cell(const struct node *n)
{
	return node_is(n, "td") || node_is(n, "th");
}

static bool is_joined(const struct node *cell)
{
	struct str columns = node_attr(cell, "colspan"), rows = node_attr(cell, "rowspan");
	return (columns.n && !str_eq(columns, STR("1"))) || (rows.n && !str_eq(rows, STR("1")));
}

/* Lines of text: paragraphs count as lines. */
static bool holds_lines(const struct node *cell)
{
	for (const struct node *c = cell->first; c; c = c->next) {
		if (!c->tag || !md_holds_block(c))
			continue;
		if (!node_is(c, "p"))
			return false;
		for (const struct node *in = c->first; in; in = node_following(in, c)) {
			if (node_is_block(in))
				return false;
		}
	}
	return true;
}

static void read_row(struct grid *g, const struct node *row)
{
	size_t cells = 0;
	for (const struct node *c = row->first; c; c = c->next) {
		if (!c->tag && str_trim(c->text).n == 0)
			continue;
		g->simple = g->simple && is_cell(c) && !is_joined(c) && holds_lines(c);
		cells++;
	}
	if (cells == 0)
		return;
	g->simple = g->simple && (g->n == 0 || cells == g->columns);
	g->columns = cells;
	g->rows[g->n++] = row;
}

static bool is_first_caption(const struct node *n)
{
	return node_is(n, "caption") && !(n->prev && n->prev->tag);
}

static bool read_grid(struct builder *b, const struct node *table, struct grid *g)
{
	size_t rows = 0;
	for (const struct node *n = table->first; n; n = node_following(n, table))
		rows += node_is(n, "tr");
	*g = (struct grid){ .rows = arena_array(b->arena, rows + 1, sizeof(struct node *)), .simple = true };
	if (!g->rows)
		return false;
	for (const struct node *n = table->first, *next; n; n = next) {
		next = node_following(n, table);
		bool group = node_is(n, "thead") || node_is(n, "tbody") || node_is(n, "tfoot");
		if (group)
			continue;
		next = node_skip(n, table);
		if (node_is(n, "tr"))
			read_row(g, n);
		else if (n->tag ? !is_first_caption(n) : str_trim(n->text).n > 0)
			g->simple = false;
	}
	return true;
}

static void cell(struct md *m, const struct node *c)
{
	bool any = false;
	for (struct node *from = c->first, *next; from; from = next) {
		next = from->next;
		bool p = node_is(from, "p");
		while (!p && next && !node_is(next, "p"))
			next = next->next;
		any |= md_inline(m, p ? from->first : from, p ? NULL : next, MD_CELL, any ? "<br>" : "", false);
	}
}

static void row(struct md *m, const struct node *r)
{
	md_line(m);
	buf_addc(&m->out, '|');
	for (const struct node *c = r->first; c; c = c->next) {
		if (!is_cell(c))
			continue;
		buf_addc(&m->out, ' ');
		cell(m, c);
		buf_adds(&m->out, " |");
	}
	buf_addc(&m->out, '\n');
}

static void rule(struct md *m, size_t columns)
{
	md_line(m);
	buf_addc(&m->out, '|');
	for (size_t i = 0; i < columns; i++)
		buf_adds(&m->out, " --- |");
	buf_addc(&m->out, '\n');
}

/* On one line, since an empty one would end it. */
static void as_html(struct md *m, struct node *table)
{
	struct node copy = *table, around = { .tag = "div", .first = &copy, .last = &copy };
	struct buf html = { .max = ARTICLE_BODY_MAX };
	copy.next = copy.prev = NULL;
	copy.parent = &around;
	for (struct node *n = table->first; n; n = n->next)
		n->parent = &copy;
	write_html(&html, &around);
	for (struct node *n = table->first; n; n = n->next)
		n->parent = table;
	md_gap(m);
	md_line(m);
	for (size_t i = 0; i < html.n; i++) {
		if (html.p[i] == '\n')
			buf_adds(&m->out, "&#10;");
		else
			buf_addc(&m->out, html.p[i]);
	}
	buf_addc(&m->out, '\n');
	m->gap = true;
	m->out.failed = m->out.failed || html.failed;
	buf_free(&html);
}

void md_table(struct md *m, struct node *table)
{
	struct grid g;
	if (!read_grid(m->b, table, &g)) {
		m->b->failed = true;
		return;
	}
	if (!g.simple) {
		as_html(m, table);
		return;
	}
	for (struct node *n = table->first; n; n = n->next) {
		if (node_is(n, "caption"))
			md_blocks(m, n);
	}
	if (g.n == 0)
		return;
	md_gap(m);
	row(m, g.rows[0]);
	rule(m, g.columns);
	for (size_t i = 1; i < g.n; i++)
		row(m, g.rows[i]);
	m->gap = true;
}
