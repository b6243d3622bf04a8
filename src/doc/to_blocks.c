#include "doc/md.h"

#include <stdio.h>
#include <string.h>

/* A cleaned tree as Markdown: its blocks. */

#define NESTED_MAX 20 /* quotes and lists inside each other; deeper ones keep their text */

static void append(struct buf *to, struct str s)
{
	buf_add(to, s);
}

void md_line(struct md *m)
{
	append(&m->out, buf_str(&m->first));
	buf_clear(&m->first);
	append(&m->first, buf_str(&m->rest));
	m->gap = false;
}

/* An empty line, with the marks of the quotes around it. */
void md_gap(struct md *m)
{
	if (!m->gap)
		return;
	struct str prefix = buf_str(&m->rest);
	while (prefix.n && prefix.p[prefix.n - 1] == ' ')
		prefix.n--;
	append(&m->out, prefix);
	buf_addc(&m->out, '\n');
	m->gap = false;
}

static void end_block(struct md *m)
{
	buf_addc(&m->out, '\n');
	m->gap = true;
}

bool md_holds_block(const struct node *n)
{
	if (node_is_block(n))
		return true;
	for (const struct node *in = n->first; in; in = node_following(in, n)) {
		if (node_is_block(in))
			return true;
	}
	return false;
}

static bool holds_blocks(const struct node *n)
{
	for (const struct node *c = n->first; c; c = c->next) {
		if (md_holds_block(c))
			return true;
	}
	return false;
}

/* Lines between are those of a container: what was before them stands before all. */
struct mark_of {
	size_t rest;
};

static struct mark_of enter(struct md *m, struct str first, struct str rest)
{
	struct mark_of before = { m->rest.n };
	append(&m->first, first);
	append(&m->rest, rest);
	m->depth++;
	return before;
}

static void leave(struct md *m, struct mark_of before)
{
	m->rest.n = before.rest;
	buf_clear(&m->first);
	append(&m->first, buf_str(&m->rest));
	m->depth--;
}

static void quote(struct md *m, struct node *n)
{
	if (m->depth >= NESTED_MAX) {
		md_blocks(m, n);
		return;
	}
	md_gap(m);
	struct mark_of before = enter(m, STR("> "), STR("> "));
	md_blocks(m, n);
	leave(m, before);
}

static void heading(struct md *m, const struct node *n)
{
	static const char *const marks[] = { "## ", "### ", "#### ", "##### ", "###### " };
	if (md_inline(m, n->first, NULL, MD_HEADING, marks[n->tag[1] - '2'], false))
		end_block(m);
}

static size_t longest_run(struct str s, char c)
{
	size_t longest = 0, run = 0;
	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == c ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* Its lines as they are: no white space is folded. */
static void raw_text(struct buf *out, const struct node *pre)
{
	for (const struct node *n = pre->first; n; n = node_following(n, pre)) {
		if (!n->tag)
			append(out, n->text);
		if (node_is(n, "br") || (node_is_block(n) && out->n && out->p[out->n - 1] != '\n'))
			buf_addc(out, '\n');
		if (node_is(n, "img"))
			append(out, node_attr(n, "alt"));
	}
}

static struct str language_of(const struct node *pre)
{
	struct str class = node_is(pre->first, "code") ? node_attr(pre->first, "class") : STR("");
	struct str name = str_starts(class, STR("language-")) ? str_skip(class, 9) : STR("");
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i], low = (char)(c | 32);
		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') && c != '+' && c != '#' && c != '-')
			return STR("");
	}
	return name;
}

static void code(struct md *m, const struct node *pre)
{
	struct buf raw = { .max = m->out.max };
	raw_text(&raw, pre);
	m->out.failed = m->out.failed || raw.failed;
	struct str text = buf_str(&raw);
	while (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	size_t fence = longest_run(text, '`') + 1;
	struct str language = language_of(pre);
	if (str_trim(text).n) {
		md_gap(m);
		md_line(m);
		for (size_t i = 0; i < (fence < 3 ? 3 : fence); i++)
			buf_addc(&m->out, '`');
		append(&m->out, language);
		while (text.n) {
			buf_addc(&m->out, '\n');
			md_line(m);
			append(&m->out, str_split(&text, '\n'));
		}
		buf_addc(&m->out, '\n');
		md_line(m);
		for (size_t i = 0; i < (fence < 3 ? 3 : fence); i++)
			buf_addc(&m->out, '`');
		end_block(m);
	}
	buf_free(&raw);
}

/* ---- lists ---- */

/* An item of several blocks wants empty lines in it; a list in an item does not. */
static bool is_loose(const struct node *list)
{
	for (const struct node *item = list->first; item; item = item->next) {
		int blocks = 0;
		bool line = false;
		for (const struct node *c = item->first; c; c = c->next) {
			bool block = c->tag && md_holds_block(c) && !node_is(c, "ul") && !node_is(c, "ol");
			line = !block && (c->tag ? !node_is_block(c) : str_trim(c->text).n > 0);
			blocks += block || line;
			while (line && c->next && !md_holds_block(c->next))
				c = c->next;
		}
		if (blocks > 1)
			return true;
	}
	return false;
}

static void item(struct md *m, struct node *from, struct node *to, const char *marker)
{
	struct str spaces = str_of("          ", strlen(marker));
	struct mark_of before = enter(m, str_from(marker), spaces);
	m->box = true;
	md_nodes(m, from, to);
	m->box = false;
	leave(m, before);
}

/* Two lists that stand together are told apart by their marks. */
static bool follows_list(const struct node *list)
{
	const struct node *before = list->prev;
	while (before && !before->tag && str_trim(before->text).n == 0)
		before = before->prev;
	return before && node_is(before, list->tag) && !follows_list(before);
}

static void write_marker(char out[16], bool ordered, bool other, int64_t number)
{
	if (ordered)
		snprintf(out, 16, "%d%c ", (int)(number % 1000000), other ? ')' : '.');
	else
		snprintf(out, 16, "%c ", other ? '*' : '-');
}

static void list(struct md *m, struct node *n)
{
	bool loose = is_loose(n), ordered = node_is(n, "ol"), other = follows_list(n);
	struct node *item_of = node_is(n->parent, "li") ? n->parent : NULL;
	int64_t number = 1;
	if (m->depth >= NESTED_MAX) {
		md_blocks(m, n);
		return;
	}
	if (!ordered || !str_to_int(node_attr(n, "start"), &number) || number < 0)
		number = 1;
	/* Only a list that starts at 1 may follow a line of text at once. */
	if (item_of && number == 1 && !(item_of->parent && is_loose(item_of->parent)))
		m->gap = false;
	md_gap(m);
	for (struct node *c = n->first, *next; c; c = next) {
		char marker[16];
		bool is_item = node_is(c, "li");
		next = c->next;
		if (!c->tag && str_trim(c->text).n == 0)
			continue;
		write_marker(marker, ordered, other, number++);
		m->gap = m->gap && loose;
		md_gap(m);
		item(m, is_item ? c->first : c, is_item ? NULL : next, marker);
	}
	m->gap = true;
}

/* ---- all ---- */

static void block(struct md *m, struct node *n)
{
	if (node_is_heading(n) && !holds_blocks(n)) {
		heading(m, n);
	} else if (node_is(n, "ul") || node_is(n, "ol")) {
		list(m, n);
	} else if (node_is(n, "blockquote")) {
		quote(m, n);
	} else if (node_is(n, "pre")) {
		code(m, n);
	} else if (node_is(n, "table")) {
		md_table(m, n);
	} else if (node_is(n, "hr")) {
		md_gap(m);
		md_line(m);
		buf_adds(&m->out, "___");
		end_block(m);
	} else if ((node_is(n, "dt") || node_is(n, "summary")) && !holds_blocks(n)) {
		if (md_inline(m, n->first, NULL, MD_PARAGRAPH, "", true))
			end_block(m);
	} else {
		md_blocks(m, n);
	}
}

void md_nodes(struct md *m, struct node *from, const struct node *to)
{
	for (struct node *c = from, *next; c && c != to && !m->out.failed; c = next) {
		next = c->next;
		if (md_holds_block(c)) {
			block(m, c);
			continue;
		}
		while (next && next != to && !md_holds_block(next))
			next = next->next;
		if (md_inline(m, c, next, MD_PARAGRAPH, "", false))
			end_block(m);
	}
}

void md_blocks(struct md *m, struct node *parent)
{
	md_nodes(m, parent->first, NULL);
}

/* ---- footnotes ---- */

static void footnotes(struct md *m, const struct doc *d)
{
	for (size_t i = 0; i < d->n_citations; i++) {
		struct builder inner = { .arena = m->b->arena, .options = m->b->options };
		struct node *root = html_clean(&inner, d->citations[i].html);
		m->b->failed = m->b->failed || !root;
		if (!root)
			return;
		struct str label = arena_printf(m->b->arena, "[^%d]: ", d->citations[i].number);
		md_gap(m);
		struct mark_of before = enter(m, label, STR("    "));
		md_blocks(m, root);
		leave(m, before);
		m->gap = true;
	}
}

/* A link around blocks is a link in each of them; one inside it keeps its own goal. */
static void push_link(struct builder *b, struct node *a)
{
	for (struct node *c = a->first, *next; c; c = next) {
		next = c->next;
		if (!c->tag || !md_holds_block(c) || node_is(c, "a") || node_is(c, "table") || node_is(c, "hr"))
			continue;
		struct node *inner = node_new(b, "a");
		if (!inner)
			return;
		node_set(b, inner, "href", node_attr(a, "href"));
		while (c->first) {
			struct node *child = c->first;
			node_remove(child);
			node_append(inner, child);
		}
		node_append(c, inner);
	}
	a->attrs = NULL;
}

static void push_links(struct builder *b, struct node *root)
{
	for (struct node *n = root->first; n && !b->failed; n = node_following(n, root)) {
		if (node_is(n, "a") && node_attr(n, "href").n && md_holds_block(n))
			push_link(b, n);
	}
}

bool md_write(struct builder *b, struct node *root, const struct doc *notes, struct str *out)
{
	struct md m = { .b = b, .out.max = ARTICLE_BODY_MAX };
	push_links(b, root);
	md_blocks(&m, root);
	if (notes)
		footnotes(&m, notes);
	bool fits = !m.out.failed;
	*out = buf_take(&m.out, b->arena);
	buf_free(&m.first);
	buf_free(&m.rest);
	return fits;
}

/* The line that stood between the text and its notes. */
static void drop_line(struct node *root)
{
	for (struct node *last; (last = root->last);) {
		bool blank =
		    last->tag ? node_is(last, "br") || (node_is(last, "p") && !last->first) : str_trim(last->text).n == 0;
		bool line = node_is(last, "hr");
		if (blank || line)
			node_remove(last);
		if (!blank)
			return;
	}
}

bool doc_to_markdown(
    struct str html, const struct doc_options *options, struct str *out, struct arena *arena, struct error *err)
{
	struct builder b = { .arena = arena, .options = options, .pasted = true };
	struct doc notes = { 0 };
	if (html.n > ARTICLE_BODY_MAX)
		return error_set(err, ERR_TOO_LARGE, "the text is larger than %zu MiB", ARTICLE_BODY_MAX / MIB);
	struct node *root = html_clean(&b, utf8_clean(arena, html));
	if (!root)
		return error_memory(err);
	pasted_tidy(&b, root);
	lines_join(&b, root);
	if (!options->no_citations && !cite(&b, root, &notes))
		return error_memory(err);
	if (notes.n_citations)
		drop_line(root);
	if (!md_write(&b, root, &notes, out))
		return error_set(err, ERR_TOO_LARGE, "as Markdown the text is larger than %zu MiB", ARTICLE_BODY_MAX / MIB);
	return b.failed || !out->p ? error_memory(err) : true;
}
