#include "doc/cite.h"

#include <stdlib.h>
#include <string.h>

/* Ties the marks in a text to the sources at its end, both ways. A mark that has no source stays as it was written. */

struct anchor {
	struct str id;
	struct doc_citation *citation;
};

struct tie {
	struct builder *b;
	struct sources *l;
	struct doc *out;
	struct anchor *anchors;         /* sorted */
	struct doc_citation **by_label; /* the source with this number, up to max_label */
	int max_label;
};

/* Takes "1. ", "[1] ", <sup>1</sup> or a mark's link off the start of a source. */
static int take_number(struct builder *b, struct node *item, int label)
{
	size_t taken;
	enum cite_style style;
	struct cite_mark m;
	struct node *first = item->first;
	while (first && ((!first->tag && str_trim(first->text).n == 0) || (node_is(first, "p") && first->first)))
		first = first->tag ? first->first : first->next;
	if (first && first->tag) {
		struct str text = node_plain(b, first);
		bool mark = node_is(first, "sup") || node_is(first, "a") || node_is(first, "b") || node_is(first, "strong");
		if (!mark || !cite_read(text, true, &m) || m.n != 1 || (m.style == STYLE_PLAIN && !node_is(first, "sup")))
			return 0;
		struct node *after = first->next;
		node_remove(first);
		if (after && !after->tag)
			after->text = str_trim(after->text);
		return m.numbers[0];
	}
	int n = first ? cite_leading(first->text, &taken, &style) : 0;
	/* In a list "2. " may be the beginning of a title; in brackets, or when the list says the same, it is a number. */
	if (!n || (node_is(item, "li") && style == STYLE_PLAIN && n != label))
		return 0;
	first->text = str_skip(first->text, taken);
	return n;
}

static bool is_empty(const struct node *n)
{
	for (const struct node *c = n->first; c; c = c->next) {
		if (c->tag || str_trim(c->text).n)
			return false;
	}
	return true;
}

/* A link back goes, with what was only around it and the space before it. */
static void drop_back_link(struct node *a, const struct node *item)
{
	struct node *gone = a;
	for (struct node *around = a->parent; around != item; around = around->parent) {
		node_remove(gone);
		if (!is_empty(around))
			return;
		gone = around;
	}
	struct node *before = gone->prev;
	node_remove(gone);
	while (before && !before->tag && !before->next && before->text.n && before->text.p[before->text.n - 1] == ' ')
		before->text.n--;
}

static void tidy_item(struct builder *b, struct node *item)
{
	for (struct node *n = item->first; n;) {
		struct node *next = node_following(n, item);
		if (node_is(n, "a") && sources_is_back_link(b, n)) {
			next = node_skip(n, item);
			drop_back_link(n, item);
		} else if (n->tag) {
			node_unset(n, "id");
		}
		n = next;
	}
}

static struct str first_link(const struct node *item)
{
	for (const struct node *n = item->first; n; n = node_following(n, item)) {
		struct str href = node_is(n, "a") ? node_attr(n, "href") : STR("");
		if (str_starts_ci(href, STR("http://")) || str_starts_ci(href, STR("https://")))
			return href;
	}
	return STR("");
}

static bool make_citation(struct builder *b, struct sources *l, size_t i, struct doc *out)
{
	struct buf html = { 0 };
	struct doc_citation *c = &out->citations[out->n_citations++];
	int number = l->footnotes ? 0 : take_number(b, l->items[i], l->labels[i]);
	struct str own = l->footnotes && str_starts(l->anchors[i], STR("fn-"))
	                     ? uri_decode(b->arena, str_skip(l->anchors[i], 3))
	                     : STR("");
	tidy_item(b, l->items[i]);
	c->number = (int)out->n_citations;
	if (!number)
		number = l->labels[i] ? l->labels[i] : c->number;
	l->labels[i] = number;
	c->label = own.n ? own : arena_printf(b->arena, "%d", number);
	c->id = arena_printf(b->arena, "cite-%d", c->number);
	write_html(&html, l->items[i]);
	c->html = str_trim(buf_take(&html, b->arena));
	c->text = node_plain(b, l->items[i]);
	c->url = first_link(l->items[i]);
	cite_fields(b, l->items[i], c);
	return c->html.p != NULL;
}

/* Footnotes that nothing refers to go to the end. */
static void rotate(struct builder *b, struct sources *l)
{
	struct node **items = l->unused ? arena_array(b->arena, l->n, sizeof(struct node *)) : NULL;
	struct str *anchors = items ? arena_array(b->arena, l->n, sizeof *anchors) : NULL;
	if (!anchors)
		return;
	for (size_t i = 0; i < l->n; i++) {
		items[i] = l->items[(i + l->unused) % l->n];
		anchors[i] = l->anchors[(i + l->unused) % l->n];
	}
	l->items = items;
	l->anchors = anchors;
	for (size_t i = 0; i < l->n; i++)
		l->labels[i] = 0;
}

static bool make_citations(struct tie *t)
{
	struct builder *b = t->b;
	rotate(b, t->l);
	t->out->citations = arena_array(b->arena, t->l->n, sizeof *t->out->citations);
	t->by_label = arena_array(b->arena, DOC_CITATIONS_MAX + 1, sizeof(struct doc_citation *));
	if (!t->out->citations || !t->by_label)
		return false;
	for (size_t i = 0; i < t->l->n; i++) {
		if (!make_citation(b, t->l, i, t->out))
			return false;
		int label = t->l->labels[i];
		if (label <= DOC_CITATIONS_MAX && !t->by_label[label])
			t->by_label[label] = &t->out->citations[i];
		if (label > t->max_label)
			t->max_label = label;
	}
	return !b->failed;
}

static int by_id(const void *a, const void *b)
{
	return str_cmp(((const struct anchor *)a)->id, ((const struct anchor *)b)->id);
}

static bool sort_anchors(struct tie *t)
{
	t->anchors = arena_array(t->b->arena, t->l->n, sizeof *t->anchors);
	for (size_t i = 0; t->anchors && i < t->l->n; i++)
		t->anchors[i] = (struct anchor){ t->l->anchors[i], &t->out->citations[i] };
	if (t->anchors)
		qsort(t->anchors, t->l->n, sizeof *t->anchors, by_id);
	return t->anchors != NULL;
}

static struct doc_citation *by_anchor(const struct tie *t, struct str id)
{
	struct anchor key = { .id = id };
	const struct anchor *found = id.n ? bsearch(&key, t->anchors, t->l->n, sizeof key, by_id) : NULL;
	return found ? found->citation : NULL;
}

static struct node *make_mark(struct builder *b, struct doc_citation *c)
{
	struct node *sup = node_new(b, "sup"), *a = node_new(b, "a");
	if (!sup || !a)
		return NULL;
	c->marks++;
	sup->made = a->made = true;
	node_set(b, sup, "class", STR("cite"));
	node_set(b, a, "href", arena_printf(b->arena, "#%.*s", (int)c->id.n, c->id.p));
	node_set(b, a, "id", arena_printf(b->arena, "%.*s-ref-%d", (int)c->id.n, c->id.p, c->marks));
	node_append(a, node_text(b, arena_printf(b->arena, "%d", c->number)));
	node_append(sup, a);
	return sup;
}

static bool has_source(const struct tie *t, const struct cite_mark *m)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->numbers[i] <= DOC_CITATIONS_MAX && t->by_label[m->numbers[i]])
			return true;
	}
	return false;
}

/* Puts the marks before `at`; a number that has no source stays as text. */
static void put_marks(struct tie *t, struct node *at, const struct cite_mark *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct doc_citation *c = t->by_label[m->numbers[i]];
		struct str text = c ? STR("") : arena_printf(t->b->arena, "%d", m->numbers[i]);
		struct node *sup = c ? make_mark(t->b, c) : node_new(t->b, "sup");
		if (!c) {
			node_append(sup, node_text(t->b, text));
			doc_warn(t->b, DOC_WARN_MARK_WITHOUT_SOURCE, text);
		}
		node_before(at, sup);
	}
}

static void warn_missing(struct tie *t, const struct cite_mark *m)
{
	for (size_t i = 0; i < m->n; i++)
		doc_warn(t->b, DOC_WARN_MARK_WITHOUT_SOURCE, arena_printf(t->b->arena, "%d", m->numbers[i]));
}

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "10²", "m²", "x^2": a power, not a mark. */
static bool after_unit(struct str before)
{
	size_t letters = 0;
	while (letters < before.n && is_letter(before.p[before.n - 1 - letters]))
		letters++;
	return before.n &&
	       (is_digit(before.p[before.n - 1]) || (letters > 0 && letters <= 2) || str_ends(before, STR("㎡")));
}

/* The text that stands directly before a node. */
static struct str text_before(const struct node *n)
{
	return n->prev && !n->prev->tag ? n->prev->text : STR("");
}

/* A <sup>, or a link inside the page that reads as a mark. Returns where to go on. */
static struct node *tie_element(struct tie *t, struct node *n, struct node *root)
{
	struct node *next = node_skip(n, root), *a = node_is(n, "a") ? n : NULL;
	struct cite_mark m;
	for (struct node *in = n->first; in && !a; in = node_following(in, n))
		a = node_is(in, "a") ? in : NULL;
	struct doc_citation *c = by_anchor(t, a ? sources_anchor(a) : STR(""));
	bool reads = cite_read(node_plain(t->b, n), true, &m);
	if (c && (t->l->footnotes || reads || node_is(n, "sup"))) {
		node_before(n, make_mark(t->b, c));
		node_remove(n);
		return next;
	}
	if (node_is(n, "a"))
		return node_following(n, root);
	if (t->l->footnotes || !reads || (!a && m.style == STYLE_PLAIN && m.n == 1 && after_unit(text_before(n))))
		return next;
	if (!has_source(t, &m)) {
		warn_missing(t, &m);
		return next;
	}
	put_marks(t, n, &m);
	node_remove(n);
	return next;
}

/* Is what reads as a mark in a running text one? What stands before it, and how the sources are numbered, decide. */
static bool is_mark(const struct tie *t, struct str before, const struct cite_mark *m)
{
	enum cite_style list = t->l->style;
	char last = before.n ? before.p[before.n - 1] : ' ';
	switch (m->style) {
	case STYLE_RAISED:
		return !after_unit(before);
	case STYLE_BRACKET:
		/* a[1], list[0][1] are code that was not marked as such. */
		return !(is_letter(last) && (before.n == 1 || !is_letter(before.p[before.n - 2]))) && last != ']' &&
		       last != '_';
	case STYLE_PAREN:
		return list == STYLE_PAREN && before.n > 0;
	case STYLE_KOME:
		return before.n > 0 || list == STYLE_KOME;
	case STYLE_NOTE:
		return (!m->bare || list == STYLE_NOTE) && !str_ends(before, STR("訳")) && !str_ends(before, STR("脚")) &&
		       !str_ends(before, STR("補"));
	case STYLE_STAR:
		return !is_digit(last) && last != ' ' && last != '*' && before.n > 0;
	default:
		return false;
	}
}

static bool may_start_mark(unsigned char c)
{
	return c == '[' || c == '(' || c == '*' || c == 0xC2 || c >= 0xE2;
}

static void tie_text(struct tie *t, struct node *text)
{
	struct str s = text->text;
	struct cite_mark m;
	size_t from = 0;
	for (size_t at = 0; at < s.n; at++) {
		if (!may_start_mark((unsigned char)s.p[at]) || !cite_read(str_skip(s, at), false, &m) ||
		    !is_mark(t, str_sub(s, 0, at), &m))
			continue;
		if (!has_source(t, &m)) {
			/* A year in brackets, or a mark that lost its source: it is told only where sources are as many. */
			if (m.numbers[0] <= t->max_label + 20 && m.style != STYLE_PAREN)
				warn_missing(t, &m);
			at += m.taken - 1;
			continue;
		}
		node_before(text, node_text(t->b, str_sub(s, from, at)));
		put_marks(t, text, &m);
		from = at + m.taken;
		at = from - 1;
	}
	text->text = str_skip(s, from);
}

/* "[^x]" that cmark left as it is has no definition. */
static void warn_undefined(struct builder *b, const struct node *text)
{
	struct str s = text->text;
	for (ptrdiff_t at; (at = str_find(s, STR("[^"))) >= 0;) {
		s = str_skip(s, (size_t)at + 2);
		ptrdiff_t end = str_find(s, STR("]"));
		if (end > 0 && end < 100 && str_find(str_sub(s, 0, (size_t)end), STR(" ")) < 0)
			doc_warn(b, DOC_WARN_MARK_WITHOUT_SOURCE, str_sub(s, 0, (size_t)end));
	}
}

static bool is_code(const struct node *n)
{
	return node_is(n, "code") || node_is(n, "pre") || node_is(n, "kbd") || node_is(n, "samp") || node_is(n, "var");
}

static void tie_marks(struct tie *t, struct node *root)
{
	for (struct node *n = root->first; n && !t->b->failed;) {
		struct node *next = node_following(n, root);
		if (is_code(n))
			next = node_skip(n, root);
		else if (t->l && (node_is(n, "sup") || node_is(n, "a")) && !n->made)
			next = tie_element(t, n, root);
		else if (!n->tag && t->l && !t->l->footnotes && !node_is(n->parent, "a"))
			tie_text(t, n);
		else if (!n->tag && t->b->options->format == DOC_MARKDOWN)
			warn_undefined(t->b, n);
		n = next;
	}
	for (size_t i = 0; i < t->out->n_citations; i++) {
		if (t->out->citations[i].marks == 0)
			doc_warn(t->b, DOC_WARN_SOURCE_WITHOUT_MARK, t->out->citations[i].label);
	}
}

/* The list leaves the text: the page shows it in a place of its own. */
static void cut_list(struct tie *t)
{
	struct sources *l = t->l;
	if (l->heading) {
		struct node *around = l->heading->parent;
		t->out->citations_heading = sources_title(t->b, l->heading);
		node_remove(l->heading);
		l->heading = around;
	}
	for (size_t i = 0; i < l->n; i++) {
		struct node *list = l->items[i]->parent;
		node_remove(l->items[i]);
		if (list && list->tag && list->parent && is_empty(list))
			node_remove(list);
	}
	if (l->heading && l->heading->parent && is_empty(l->heading))
		node_remove(l->heading);
}

bool cite(struct builder *b, struct node *root, struct doc *out)
{
	struct tie t = { .b = b, .out = out, .l = arena_alloc(b->arena, sizeof *t.l) };
	if (!t.l)
		return false;
	if (!sources_find(b, root, t.l)) {
		t.l = NULL;
		if (b->options->format == DOC_MARKDOWN && !b->failed)
			tie_marks(&t, root);
		return !b->failed;
	}
	cut_list(&t);
	if (!make_citations(&t) || !sort_anchors(&t))
		return false;
	tie_marks(&t, root);
	return !b->failed;
}
