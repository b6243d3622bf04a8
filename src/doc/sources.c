#include "doc/cite.h"

#include <stdlib.h>
#include <string.h>

/* Finds the sources of an article: what cmark makes of footnotes, else what follows a heading such as 出典 or References,
 * else the blocks that the marks' own links lead to, else numbered notes at the very end. */

#define HEADING_MAX 120

static struct str strip(struct str s)
{
	static const char *const around[] = { ":", "：", "【", "】", "［", "］", "[", "]", "＜", "＞", "<", ">", "■", "●",
		"◆", "▼", "※", "〈", "〉", "《", "》", "（", "）", "(", ")", "*", ".", "-", "—" };
	for (bool again = true; again;) {
		again = false;
		s = str_trim(s);
		for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
			struct str mark = str_from(around[i]);
			if (str_starts(s, mark)) {
				s = str_skip(s, mark.n);
				again = true;
			} else if (str_ends(s, mark)) {
				s.n -= mark.n;
				again = true;
			}
		}
	}
	return s;
}

static bool is_sources_word(struct str s)
{
	static const char *const words[] = { "出典", "出典一覧", "脚注", "注", "注釈", "註", "註釈", "注記", "補注", "後注",
		"参考", "参考文献", "参考資料", "参考サイト", "参考リンク", "参考記事", "参考url", "参照", "参照文献",
		"参照資料", "引用", "引用元", "引用文献", "情報源", "典拠", "文献", "ソース", "資料", "sources", "source",
		"notes", "note", "references", "reference", "footnotes", "footnote", "citations", "endnotes", "bibliography",
		"works cited", "literature", "further references", "sources cited", "references cited", "end notes",
		"foot notes" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq_ci(s, str_from(words[i])))
			return true;
	}
	return false;
}

/* Its text when that is short enough for a heading. */
static struct str short_text(struct builder *b, const struct node *n)
{
	size_t bytes = 0;
	for (const struct node *in = n->first; in; in = node_following(in, n)) {
		bytes += in->tag ? 0 : in->text.n;
		if (bytes > 2 * HEADING_MAX)
			return STR("");
	}
	return node_plain(b, n);
}

/* 出典・参考文献, "Notes and references", "5. References", 出典（References）. */
static bool is_sources_heading(struct str text)
{
	static const char *const joints[] = { "・", "／", "/", "、", "と", "および", " and ", " & ", "＆", "（", "(" };
	size_t taken;
	enum cite_style style;
	if (text.n > HEADING_MAX)
		return false;
	text = strip(text);
	if (cite_leading(text, &taken, &style) && style == STYLE_PLAIN)
		text = strip(str_skip(text, taken));
	if (is_sources_word(text))
		return true;
	for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
		ptrdiff_t at = str_find(text, str_from(joints[i]));
		if (at > 0 && is_sources_word(strip(str_sub(text, 0, (size_t)at))) &&
		    is_sources_heading(str_skip(text, (size_t)at + strlen(joints[i]))))
			return true;
	}
	return false;
}

struct str sources_title(struct builder *b, const struct node *heading)
{
	return strip(node_plain(b, heading));
}

static bool add_item(struct builder *b, struct sources *l, struct node *item, int label)
{
	if (l->n >= DOC_CITATIONS_MAX)
		return true;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 16;
		struct node **items = arena_array(b->arena, cap, sizeof(struct node *));
		struct str *anchors = arena_array(b->arena, cap, sizeof *anchors);
		int *labels = arena_array(b->arena, cap, sizeof *labels);
		if (!items || !anchors || !labels) {
			b->failed = true;
			return false;
		}
		for (size_t i = 0; i < l->n; i++) {
			items[i] = l->items[i];
			anchors[i] = l->anchors[i];
			labels[i] = l->labels[i];
		}
		l->items = items;
		l->anchors = anchors;
		l->labels = labels;
		l->cap = cap;
	}
	struct str id = node_attr(item, "id");
	for (const struct node *n = item->first; n && id.n == 0; n = node_following(n, item))
		id = n->tag ? node_attr(n, "id") : id;
	l->anchors[l->n] = id;
	l->labels[l->n] = label;
	l->items[l->n++] = item;
	return true;
}

static int attr_number(const struct node *n, const char *name)
{
	int64_t value;
	return str_to_int(node_attr(n, name), &value) && value > 0 && value <= DOC_CITATIONS_MAX ? (int)value : 0;
}

static void add_list(struct builder *b, struct sources *l, struct node *list)
{
	int next = node_is(list, "ol") ? attr_number(list, "start") : 0;
	if (node_is(list, "ol") && !next)
		next = l->n ? (int)l->n + 1 : 1;
	for (struct node *li = list->first; li; li = li->next) {
		if (!node_is(li, "li"))
			continue;
		int value = attr_number(li, "value");
		next = value ? value : next;
		add_item(b, l, li, next);
		next += next > 0;
	}
}

/* cmark puts its footnotes last, and each item's id starts with "fn-". */
static bool find_footnotes(struct builder *b, struct node *root, struct sources *l)
{
	struct node *last = root->last;
	while (last && (!last->tag || node_is(last, "a")))
		last = last->prev;
	if (!last || !node_is(last, "ol"))
		return false;
	struct node *li = last->first;
	while (li && !node_is(li, "li"))
		li = li->next;
	if (!li || !str_starts(node_attr(li, "id"), STR("fn-")))
		return false;
	add_list(b, l, last);
	l->footnotes = true;
	return l->n > 0;
}

/* The paragraph that asks for footnotes without a reference goes again. */
static void drop_unused(struct node *root, struct sources *l)
{
	struct node *p = root->first;
	while (p && !p->tag)
		p = p->next;
	if (!p || !node_is(p, "p") || !node_is(p->first, "i") || !str_eq(node_attr(p->first, "id"), STR(UNUSED_NOTES)))
		return;
	for (const struct node *n = p->first; n; n = node_following(n, p)) {
		struct str anchor = sources_anchor(n);
		if (anchor.n && l->unused < l->n && str_eq(anchor, l->anchors[l->unused]))
			l->unused++;
	}
	node_remove(p);
}

static bool starts_like_source(struct builder *b, const struct node *p)
{
	size_t taken;
	enum cite_style style;
	return node_is(p, "p") && cite_leading(node_plain(b, p), &taken, &style);
}

/* "[1] …<br>[2] …": each line is a source of its own. */
static void split_lines(struct builder *b, struct node *p)
{
	for (struct node *br = p->first, *next; br; br = next) {
		size_t taken;
		enum cite_style style;
		next = br->next;
		if (!node_is(br, "br") || !next)
			continue;
		struct str text = next->tag ? node_plain(b, next) : next->text;
		if (!cite_leading(text, &taken, &style) && !node_is(next, "sup") && !node_is(next, "a"))
			continue;
		struct node *rest = node_new(b, "p");
		if (!rest)
			return;
		for (struct node *moved = next, *after; moved; moved = after) {
			after = moved->next;
			node_remove(moved);
			node_append(rest, moved);
		}
		node_remove(br);
		if (p->next)
			node_before(p->next, rest);
		else
			node_append(p->parent, rest);
		return;
	}
}

static void add_following(struct builder *b, struct sources *l, struct node *from)
{
	for (struct node *n = from; n && !node_is_heading(n); n = n->next) {
		if (starts_like_source(b, n)) {
			split_lines(b, n);
			add_item(b, l, n, 0);
		} else if (node_is(n, "ol") || node_is(n, "ul")) {
			add_list(b, l, n);
		} else if (n->tag && !node_is(n, "hr") && !node_is(n, "a")) {
			break;
		}
	}
}

/* <p>出典：<br>[1] …</p> holds its heading in its first line. */
static struct node *heading_in_paragraph(struct builder *b, struct node *p)
{
	struct buf line = { 0 };
	struct node *n = p->first;
	for (; n && !node_is(n, "br") && line.n < HEADING_MAX; n = n->next)
		buf_add(&line, n->tag ? short_text(b, n) : n->text);
	bool found = n && node_is(n, "br") && n->next && line.n < HEADING_MAX / 2 && is_sources_heading(buf_str(&line));
	buf_free(&line);
	if (!found)
		return NULL;
	struct node *heading = node_new(b, "p");
	while (heading && p->first && p->first != n) {
		struct node *moved = p->first;
		node_remove(moved);
		node_append(heading, moved);
	}
	node_remove(n);
	node_before(p, heading);
	return heading;
}

static bool find_under_heading(struct builder *b, struct node *root, struct sources *l)
{
	for (struct node *n = root->last; n && l->n == 0; n = n->prev) {
		bool heading = node_is_heading(n) || node_is(n, "p");
		if (node_is(n, "details") && node_is(n->first, "summary") && is_sources_heading(node_plain(b, n->first))) {
			l->heading = n->first;
			add_following(b, l, n->first->next);
		} else if (heading && is_sources_heading(short_text(b, n))) {
			l->heading = n;
			add_following(b, l, n->next);
		} else if (node_is(n, "p") && (l->heading = heading_in_paragraph(b, n)) != NULL) {
			add_following(b, l, n);
		}
	}
	l->heading = l->n ? l->heading : NULL;
	return l->n > 0;
}

struct str sources_anchor(const struct node *a)
{
	struct str href = node_is(a, "a") ? node_attr(a, "href") : STR("");
	return href.n > 1 && href.p[0] == '#' ? str_skip(href, 1) : STR("");
}

/* A link inside the page whose text reads as a number of a source. */
static bool is_mark_link(struct builder *b, const struct node *a)
{
	struct cite_mark m;
	return sources_anchor(a).n && cite_read(node_plain(b, a), true, &m) &&
	       (m.style != STYLE_PLAIN || node_is(a->parent, "sup"));
}

struct wanted {
	struct str id; /* that a mark's link leads to */
	bool seen;     /* the mark stands before: a link back leads the other way */
};

static int by_id(const void *a, const void *b)
{
	return str_cmp(((const struct wanted *)a)->id, ((const struct wanted *)b)->id);
}

static struct wanted *wanted_of(struct wanted *v, size_t n, struct str id)
{
	struct wanted key = { .id = id };
	return id.n && n ? bsearch(&key, v, n, sizeof *v, by_id) : NULL;
}

static struct wanted *mark_links(struct builder *b, struct node *root, size_t *n)
{
	size_t links = 0;
	for (struct node *a = root->first; a; a = node_following(a, root))
		links += node_is(a, "a");
	struct wanted *v = links ? arena_array(b->arena, links, sizeof *v) : NULL;
	for (struct node *a = root->first; v && a; a = node_following(a, root)) {
		if (is_mark_link(b, a))
			v[(*n)++].id = sources_anchor(a);
	}
	if (*n)
		qsort(v, *n, sizeof *v, by_id);
	return v;
}

/* The paragraph or list item around what a mark leads to. */
static struct node *source_around(struct node *n, const struct node *root)
{
	while (n != root && !node_is(n, "li") && !node_is(n, "p") && !node_is(n, "dd") && !node_is(n, "td") &&
	       !node_is_heading(n))
		n = n->parent;
	return n != root && !node_is(n, "td") && !node_is_heading(n) ? n : NULL;
}

static bool find_by_anchor(struct builder *b, struct node *root, struct sources *l)
{
	size_t n = 0;
	struct wanted *v = mark_links(b, root, &n);
	for (struct node *at = root->first; n && at; at = node_following(at, root)) {
		struct wanted *here = wanted_of(v, n, at->tag ? node_attr(at, "id") : STR(""));
		struct wanted *there = node_is(at, "a") ? wanted_of(v, n, sources_anchor(at)) : NULL;
		struct node *block = here && here->seen ? source_around(at, root) : NULL;
		if (block && (l->n == 0 || l->items[l->n - 1] != block)) {
			add_item(b, l, block, 0);
			l->anchors[l->n - 1] = here->id;
		}
		if (there)
			there->seen = true;
	}
	return l->n > 0;
}

/* Paragraphs at the very end that start with ※1, [1], 注1: notes without a heading. */
static bool find_at_end(struct builder *b, struct node *root, struct sources *l)
{
	struct node *first = NULL;
	size_t taken, found = 0;
	enum cite_style style = STYLE_NONE, this;
	for (struct node *n = root->last; n && found < DOC_CITATIONS_MAX; n = n->prev) {
		if (!n->tag)
			continue;
		struct str text = node_is(n, "p") ? node_plain(b, n) : STR("");
		if (!cite_leading(text, &taken, &this) || this <= STYLE_PLAIN || this == STYLE_PAREN ||
		    (style && this != style))
			break;
		style = this;
		first = n;
		found++;
	}
	if (!first || cite_leading(node_plain(b, first), &taken, &this) != 1)
		return false;
	for (struct node *n = first->prev; n; n = n->prev) {
		if (n->tag) {
			add_following(b, l, first);
			return l->n > 0;
		}
	}
	return false;
}

bool sources_is_back_link(struct builder *b, const struct node *a)
{
	static const char *const to[] = { "fnref", "cite-", "_ftnref", "_ednref", "cite_ref", "cite-ref", "ref", "back",
		"footnote-ref", "rf" };
	struct str id = sources_anchor(a), text = id.n ? node_plain(b, a) : STR("");
	if (id.n == 0)
		return false;
	for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
		if (str_starts_ci(id, str_from(to[i])))
			return true;
	}
	size_t at = 0;
	uint32_t cp = text.n ? utf8_next(text, &at) : 0;
	bool arrow =
	    cp == '^' || (cp >= 0x2190 && cp <= 0x21FF) || (cp >= 0x2B00 && cp <= 0x2B4F) || cp == 0x23CE || cp == 0x1F519;
	return (arrow && text.n <= 12) || str_ends(id, STR("-link")) || str_ends(id, STR("-back"));
}

/* What goes before the sources' own text is told once, by the first that shows it. */
static void tell_style(struct builder *b, struct sources *l)
{
	size_t taken;
	enum cite_style style = STYLE_NONE;
	for (size_t i = 0; i < l->n && i < 3 && !l->style; i++) {
		if (cite_leading(node_plain(b, l->items[i]), &taken, &style))
			l->style = style;
	}
}

bool sources_find(struct builder *b, struct node *root, struct sources *l)
{
	bool found = find_footnotes(b, root, l);
	if (found)
		drop_unused(root, l);
	else if (find_under_heading(b, root, l) || find_by_anchor(b, root, l) || find_at_end(b, root, l))
		tell_style(b, l);
	return l->n > 0 && !b->failed;
}
