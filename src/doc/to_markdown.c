#include "doc/tree.h"

#include <string.h>

/* A cleaned tree back to Markdown, as a person would write it: what comes of it, read again, is the same text. */

struct out {
	struct builder *b;
	struct buf buf;
	const struct doc *doc; /* whose citations the marks name */
	bool one_line;         /* a heading or a cell: a line break is <br> */
	bool in_cell;
	bool inside; /* emphasis: its start is not the block's */
};

static void put_children(struct out *o, const struct node *parent);

static bool is_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static bool starts_entity(struct str s)
{
	size_t i = 1;
	while (i < s.n && i < 12 && (is_word((unsigned char)s.p[i]) || s.p[i] == '#') && (unsigned char)s.p[i] < 0x80)
		i++;
	return i > 1 && i < s.n && s.p[i] == ';';
}

/* Would this character mean something where it stands? */
static bool means(const struct out *o, struct str s, size_t i)
{
	unsigned char before = i ? (unsigned char)s.p[i - 1] : ' ', after = i + 1 < s.n ? (unsigned char)s.p[i + 1] : ' ';
	switch (s.p[i]) {
	case '\\':
	case '`':
	case '*':
		return true;
	case '<':
		return is_word(after) || after == '/' || after == '!' || after == '?';
	case '_':
		return !(is_word(before) && is_word(after));
	case '[':
		return after == '^' || str_find(str_skip(s, i), STR("](")) >= 0;
	case '&':
		return starts_entity(str_skip(s, i));
	case '~':
		return before == '~' || after == '~';
	case '|':
		return o->in_cell;
	default:
		return false;
	}
}

/* At the start of a block these would make it a heading, a quote, a list. */
static bool starts_block(struct str s)
{
	size_t digits = 0;
	while (digits < s.n && digits < 10 && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	if (digits)
		return digits + 1 < s.n && (s.p[digits] == '.' || s.p[digits] == ')') && s.p[digits + 1] == ' ';
	return s.n &&
	       (s.p[0] == '>' || (s.p[0] == '#' && s.n > 1 && (s.p[1] == ' ' || s.p[1] == '#')) ||
	           ((s.p[0] == '-' || s.p[0] == '+' || s.p[0] == '=') && s.n > 1 && (s.p[1] == ' ' || s.p[1] == s.p[0])));
}

static void put_text(struct out *o, struct str s)
{
	bool fresh = o->buf.n ? o->buf.p[o->buf.n - 1] == '\n' : !o->inside;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i] == '\n' || s.p[i] == '\t' || s.p[i] == '\r' ? ' ' : s.p[i];
		if (c == ' ' && (fresh || (o->buf.n && o->buf.p[o->buf.n - 1] == ' ')))
			continue;
		if (fresh && starts_block(str_skip(s, i))) {
			size_t digits = i;
			while (s.p[digits] >= '0' && s.p[digits] <= '9')
				buf_addc(&o->buf, s.p[digits++]);
			i = digits;
			buf_addc(&o->buf, '\\');
			c = s.p[i];
		} else if (means(o, s, i)) {
			buf_addc(&o->buf, '\\');
		}
		fresh = false;
		buf_addc(&o->buf, c);
	}
}

/* Marks of emphasis must touch what they mark: spaces inside go outside. */
static void put_wrapped(struct out *o, const struct node *n, const char *open, const char *close)
{
	struct out inner = { .b = o->b, .doc = o->doc, .one_line = o->one_line, .in_cell = o->in_cell, .inside = true };
	put_children(&inner, n);
	struct str text = buf_take(&inner.buf, o->b->arena), bare = str_trim(text);
	if (text.n && text.p[0] == ' ' && (o->buf.n ? o->buf.p[o->buf.n - 1] != ' ' : o->inside))
		buf_addc(&o->buf, ' ');
	if (bare.n) {
		buf_adds(&o->buf, open);
		buf_add(&o->buf, bare);
		buf_adds(&o->buf, close);
	}
	if (text.n > bare.n && text.p[text.n - 1] == ' ')
		buf_addc(&o->buf, ' ');
}

static void put_code(struct out *o, const struct node *n)
{
	struct buf raw = { 0 };
	for (const struct node *at = n->first; at; at = node_following(at, n)) {
		for (size_t i = 0; !at->tag && i < at->text.n; i++)
			buf_addc(&raw, at->text.p[i] == '\n' ? ' ' : at->text.p[i]);
	}
	struct str text = buf_take(&raw, o->b->arena);
	size_t run = 0, longest = 0;
	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	bool pad = text.n && (text.p[0] == '`' || text.p[text.n - 1] == '`');
	if (text.n == 0)
		return;
	for (size_t i = 0; i <= longest; i++)
		buf_addc(&o->buf, '`');
	buf_adds(&o->buf, pad ? " " : "");
	buf_add(&o->buf, text);
	buf_adds(&o->buf, pad ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		buf_addc(&o->buf, '`');
}

static void put_url(struct out *o, struct str url)
{
	bool odd = url.n == 0;
	for (size_t i = 0; i < url.n; i++)
		odd |= url.p[i] == ' ' || url.p[i] == '(' || url.p[i] == ')' || url.p[i] == '<' || url.p[i] == '>';
	if (odd)
		buf_addc(&o->buf, '<');
	for (size_t i = 0; i < url.n; i++) {
		if (url.p[i] == '<' || url.p[i] == '>' || url.p[i] == '\\' || (o->in_cell && url.p[i] == '|'))
			buf_printf(&o->buf, "%%%02X", (unsigned)(unsigned char)url.p[i]);
		else
			buf_addc(&o->buf, url.p[i]);
	}
	if (odd)
		buf_addc(&o->buf, '>');
}

static void put_title(struct out *o, struct str title)
{
	if (title.n == 0)
		return;
	buf_adds(&o->buf, " \"");
	for (size_t i = 0; i < title.n; i++) {
		if (title.p[i] == '"' || title.p[i] == '\\')
			buf_addc(&o->buf, '\\');
		buf_addc(&o->buf, title.p[i] == '\n' ? ' ' : title.p[i]);
	}
	buf_addc(&o->buf, '"');
}

static bool is_web(struct str url)
{
	return str_starts_ci(url, STR("https://")) || str_starts_ci(url, STR("http://")) ||
	       str_starts_ci(url, STR("mailto:"));
}

static void put_link(struct out *o, const struct node *n)
{
	struct str url = node_attr(n, "href"), text = node_plain(o->b, n);
	if (url.n == 0 || url.p[0] == '#') {
		put_children(o, n);
		return;
	}
	if (is_web(url) && str_eq(text, url) && str_find(url, STR(" ")) < 0) {
		buf_addc(&o->buf, '<');
		buf_add(&o->buf, url);
		buf_addc(&o->buf, '>');
		return;
	}
	size_t from = o->buf.n;
	put_wrapped(o, n, "[", "](");
	if (o->buf.n <= from + 1)
		return;
	/* A space that came out behind the mark goes behind the address. */
	bool space = o->buf.p[o->buf.n - 1] == ' ';
	o->buf.n -= space;
	put_url(o, url);
	put_title(o, node_attr(n, "title"));
	buf_adds(&o->buf, space ? ") " : ")");
}

void markdown_image(struct builder *b, struct buf *out, const struct node *img, struct str title)
{
	struct out o = { .b = b, .buf = *out };
	struct str alt = node_attr(img, "alt");
	buf_adds(&o.buf, "![");
	for (size_t i = 0; i < alt.n; i++) {
		if (alt.p[i] == '[' || alt.p[i] == ']' || alt.p[i] == '\\')
			buf_addc(&o.buf, '\\');
		buf_addc(&o.buf, alt.p[i] == '\n' ? ' ' : alt.p[i]);
	}
	buf_adds(&o.buf, "](");
	put_url(&o, node_attr(img, "src"));
	put_title(&o, title);
	buf_addc(&o.buf, ')');
	*out = o.buf;
}

/* {漢字|かんじ}, of the simple form alone: else the reading is left out. */
static void put_ruby(struct out *o, const struct node *n)
{
	struct buf base = { 0 }, reading = { 0 };
	for (const struct node *c = n->first; c; c = c->next) {
		if (node_is(c, "rp"))
			continue;
		struct buf *to = node_is(c, "rt") ? &reading : &base;
		if (node_is(c, "rt") && reading.n)
			buf_addc(to, '|');
		if (c->tag)
			buf_add(to, node_plain(o->b, c));
		else
			buf_add(to, str_trim(c->text));
	}
	struct str word = buf_take(&base, o->b->arena), kana = buf_take(&reading, o->b->arena);
	bool simple = word.n && kana.n && str_find(word, STR("|")) < 0 && str_find(word, STR("}")) < 0 && !o->in_cell;
	if (simple) {
		buf_addc(&o->buf, '{');
		buf_add(&o->buf, word);
		buf_addc(&o->buf, '|');
		buf_add(&o->buf, kana);
		buf_addc(&o->buf, '}');
	} else {
		put_text(o, word);
	}
}

struct str cite_label(const struct doc *doc, size_t i, struct arena *arena)
{
	struct str label = doc->citations[i].label;
	bool fit = label.n > 0 && label.n < 60;
	for (size_t k = 0; k < label.n; k++)
		fit = fit && (unsigned char)label.p[k] > ' ' && !strchr("[]\\<>&`*", label.p[k]);
	for (size_t k = 0; k < i && fit; k++)
		fit = !str_eq_ci(doc->citations[k].label, label);
	return fit ? label : arena_printf(arena, "source-%d", doc->citations[i].number);
}

/* True when it was a mark. */
static bool put_mark(struct out *o, const struct node *sup)
{
	int64_t number;
	if (!o->doc || !sup->made || !str_eq(node_attr(sup, "class"), STR("cite")) || !sup->first)
		return false;
	struct str id = node_attr(sup->first, "href");
	id = str_starts(id, STR("#cite-")) ? str_skip(id, 6) : STR("");
	if (!str_to_int(id, &number) || number < 1 || (size_t)number > o->doc->n_citations)
		return false;
	buf_adds(&o->buf, "[^");
	buf_add(&o->buf, cite_label(o->doc, (size_t)number - 1, o->b->arena));
	buf_addc(&o->buf, ']');
	return true;
}

static void put_sup(struct out *o, const struct node *n)
{
	struct str text = node_plain(o->b, n);
	bool simple = text.n > 0 && text.n <= 8 && o->buf.n && o->buf.p[o->buf.n - 1] != ' ';
	for (size_t i = 0; i < text.n; i++)
		simple = simple && is_word((unsigned char)text.p[i]) && (unsigned char)text.p[i] < 0x80;
	if (put_mark(o, n))
		return;
	put_wrapped(o, n, simple ? "^" : "<sup>", simple ? "^" : "</sup>");
}

static bool is_checked(const struct node *box)
{
	for (const struct attr *a = box->attrs; a; a = a->next) {
		if (strcmp(a->name, "checked") == 0)
			return true;
	}
	return false;
}

static void put_element(struct out *o, const struct node *n)
{
	static const struct {
		const char *tag, *open, *close;
	} pairs[] = { { "strong", "**", "**" }, { "b", "**", "**" }, { "em", "*", "*" }, { "i", "*", "*" },
		{ "cite", "*", "*" }, { "s", "~~", "~~" }, { "del", "~~", "~~" }, { "q", "“", "”" },
		{ "sub", "<sub>", "</sub>" }, { "kbd", "<kbd>", "</kbd>" }, { "mark", "<mark>", "</mark>" },
		{ "u", "<u>", "</u>" }, { "ins", "<ins>", "</ins>" }, { "small", "<small>", "</small>" } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (node_is(n, pairs[i].tag)) {
			put_wrapped(o, n, pairs[i].open, pairs[i].close);
			return;
		}
	}
	if (node_is(n, "a"))
		put_link(o, n);
	else if (node_is(n, "img"))
		markdown_image(o->b, &o->buf, n, node_attr(n, "title"));
	else if (node_is(n, "br"))
		buf_adds(&o->buf, o->one_line ? "<br>" : "\\\n");
	else if (node_is(n, "code") || node_is(n, "samp") || node_is(n, "var"))
		put_code(o, n);
	else if (node_is(n, "sup"))
		put_sup(o, n);
	else if (node_is(n, "ruby"))
		put_ruby(o, n);
	else if (node_is(n, "input"))
		buf_adds(&o->buf, is_checked(n) ? "[x] " : "[ ] ");
	else if (!node_is(n, "rp"))
		put_children(o, n);
}

/* Depth is bounded by the cleaner. */
static void put_children(struct out *o, const struct node *parent)
{
	for (const struct node *n = parent->first; n; n = n->next) {
		if (n->tag)
			put_element(o, n);
		else
			put_text(o, n->text);
	}
}

struct str markdown_inline(
    struct builder *b, const struct node *parent, const struct doc *doc, enum markdown_place place)
{
	struct out o = { .b = b, .doc = doc, .one_line = place != MARKDOWN_PARAGRAPH, .in_cell = place == MARKDOWN_CELL };
	put_children(&o, parent);
	struct str text = str_trim(buf_take(&o.buf, b->arena));
	while (str_ends(text, STR("\\")) && !str_ends(text, STR("\\\\")))
		text = str_trim(str_sub(text, 0, text.n - 1));
	return text;
}

/* ---- tables ---- */

static bool is_cell(const struct node *n)
{
	return node_is(n, "td") || node_is(n, "th");
}

/* Rows of cells that hold no blocks and span nothing can be written with bars. */
static bool is_plain_table(const struct node *table)
{
	for (const struct node *n = table->first; n; n = node_following(n, table)) {
		if (is_cell(n) && (node_attr(n, "colspan").n || node_attr(n, "rowspan").n))
			return false;
		if (n->tag && node_is_block(n) && !is_cell(n) && !node_is(n, "tr") && !node_is(n, "thead") &&
		    !node_is(n, "tbody") && !node_is(n, "tfoot"))
			return false;
	}
	return table->first != NULL;
}

struct str markdown_table(struct builder *b, const struct node *table, const struct doc *doc)
{
	struct buf out = { 0 };
	size_t rows = 0;
	if (!is_plain_table(table))
		return STR("");
	for (const struct node *tr = table->first; tr; tr = node_following(tr, table)) {
		size_t cells = 0;
		if (!node_is(tr, "tr"))
			continue;
		buf_adds(&out, rows ? "\n|" : "|");
		for (const struct node *c = tr->first; c; c = c->next) {
			if (!is_cell(c))
				continue;
			buf_addc(&out, ' ');
			buf_add(&out, markdown_inline(b, c, doc, MARKDOWN_CELL));
			buf_adds(&out, " |");
			cells++;
		}
		if (rows++ == 0) {
			buf_adds(&out, "\n|");
			for (size_t i = 0; i < cells; i++)
				buf_adds(&out, " --- |");
		}
	}
	return buf_take(&out, b->arena);
}
