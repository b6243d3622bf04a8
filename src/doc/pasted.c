#include "doc/md.h"

#include <gumbo.h>
#include <string.h>

/* What word processors put on the clipboard. Word writes lists as paragraphs whose style names a level and whose first
 * words are the number; Google Docs writes bold as a style, wraps everything in a <b> that is not bold, and puts inner
 * lists beside their items. */

#define MARKER "marker" /* Word's "1." or bullet before such a paragraph */
#define STYLE_MAX 2000  /* bytes looked at */

/* What the styles of an element say. */
struct pasted {
	bool hidden;          /* goes with all that is inside */
	bool plain;           /* its tag says nothing */
	const char *tag;      /* another tag, or NULL */
	const char *marks[5]; /* tags inside each other that its style stands for */
	size_t n_marks;
	int level; /* of Word's lists, which are paragraphs; 0: none */
};

/* Without spaces, in lower case. */
static struct str squeezed(const char *value, char *room)
{
	size_t n = 0;
	for (; value && *value && n < STYLE_MAX; value++) {
		char c = *value;
		if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
			room[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
	}
	return str_of(room, n);
}

static bool has(struct str style, const char *what)
{
	return str_find(style, str_from(what)) >= 0;
}

static bool is_bold(struct str style)
{
	return has(style, "font-weight:bold") || has(style, "font-weight:600") || has(style, "font-weight:7") ||
	       has(style, "font-weight:8") || has(style, "font-weight:9");
}

static bool is_regular(struct str style)
{
	return has(style, "font-weight:normal") || has(style, "font-weight:400") || has(style, "font-weight:300");
}

static void read_marks(struct str style, struct pasted *out)
{
	if (is_bold(style))
		out->marks[out->n_marks++] = "strong";
	if (has(style, "font-style:italic"))
		out->marks[out->n_marks++] = "em";
	if (has(style, "line-through"))
		out->marks[out->n_marks++] = "del";
	if (has(style, "vertical-align:super"))
		out->marks[out->n_marks++] = "sup";
	else if (has(style, "vertical-align:sub"))
		out->marks[out->n_marks++] = "sub";
}

static int list_level(struct str style)
{
	ptrdiff_t list = str_find(style, STR("mso-list:"));
	struct str rest = list < 0 ? STR("") : str_skip(style, (size_t)list);
	ptrdiff_t at = str_find(str_sub(rest, 0, 40), STR("level"));
	if (at < 0 || (size_t)at + 5 >= rest.n)
		return 0;
	char c = rest.p[at + 5];
	return c >= '1' && c <= '9' ? c - '0' : 0;
}

static void read_class(const GumboElement *e, struct pasted *out)
{
	const GumboAttribute *a = gumbo_get_attribute(&e->attributes, "class");
	char room[STYLE_MAX];
	struct str class = squeezed(a ? a->value : NULL, room);
	if (e->tag == GUMBO_TAG_P && (has(class, "msoquote") || has(class, "msointensequote")))
		out->tag = "blockquote";
	if (e->tag == GUMBO_TAG_P && has(class, "msotitle"))
		out->tag = "h2";
	/* Wikipedia's links to edit a section. */
	out->hidden = out->hidden || has(class, "mw-editsection");
}

static void read_styles(const void *element, struct pasted *out)
{
	const GumboElement *e = element;
	const GumboAttribute *a = gumbo_get_attribute(&e->attributes, "style");
	char room[STYLE_MAX];
	struct str style = squeezed(a ? a->value : NULL, room);
	*out = (struct pasted){ 0 };
	read_class(e, out);
	out->hidden = out->hidden || has(style, "display:none") || has(style, "mso-hide:all");
	if (e->tag == GUMBO_TAG_SPAN || e->tag == GUMBO_TAG_FONT) {
		if (has(style, "mso-list:ignore"))
			out->marks[out->n_marks++] = MARKER;
		else
			read_marks(style, out);
	}
	if (e->tag == GUMBO_TAG_B || e->tag == GUMBO_TAG_STRONG)
		out->plain = is_regular(style);
	if (e->tag == GUMBO_TAG_I || e->tag == GUMBO_TAG_EM)
		out->plain = has(style, "font-style:normal");
	if (e->tag == GUMBO_TAG_P)
		out->level = list_level(style);
}

bool pasted_has_style(const void *element)
{
	const GumboElement *e = element;
	return gumbo_get_attribute(&e->attributes, "style") || gumbo_get_attribute(&e->attributes, "class");
}

/* An element of a word processor: its style says what its tag should. */
struct node *pasted_add(struct builder *b, struct node *parent, const void *element, const char *tag, bool *inside)
{
	struct pasted as;
	struct node *innermost = NULL;
	read_styles(element, &as);
	*inside = !as.hidden;
	if (as.hidden)
		return NULL;
	tag = as.plain ? NULL : as.tag ? as.tag : tag;
	if (tag && (strcmp(tag, "input") == 0 || strcmp(tag, "img") == 0))
		return clean_add(b, parent, element, tag);
	if (tag)
		innermost = clean_add(b, parent, element, tag);
	if (innermost && as.level)
		node_set(b, innermost, "level", arena_printf(b->arena, "%d", as.level));
	for (size_t i = 0; i < as.n_marks; i++) {
		struct node *n = node_new(b, as.marks[i]);
		if (n)
			node_append(innermost ? innermost : parent, n);
		innermost = n ? n : innermost;
	}
	return innermost;
}

/* ---- the tree ---- */

static bool is_list(const struct node *n)
{
	return node_is(n, "ul") || node_is(n, "ol");
}

static int level_of(const struct node *n)
{
	struct str level = n->tag ? node_attr(n, "level") : STR("");
	return level.n ? level.p[0] - '0' : 0;
}

static void move_children(struct node *from, struct node *to)
{
	while (from->first) {
		struct node *child = from->first;
		node_remove(child);
		node_append(to, child);
	}
}

/* A number or a letter and a dot is an ordered list's, all else a bullet. */
static bool is_number(struct str marker)
{
	char c = marker.n ? marker.p[0] : '\0', last = marker.n ? marker.p[marker.n - 1] : '\0';
	bool word = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
	return marker.n > 1 && word && (last == '.' || last == ')' || last == ':');
}

static struct str take_marker(struct builder *b, struct node *p)
{
	for (struct node *n = p->first; n; n = node_following(n, p)) {
		if (!node_is(n, MARKER))
			continue;
		struct str text = node_plain(b, n), space = STR("\xC2\xA0");
		while (str_ends(str_trim(text), space))
			text = str_sub(str_trim(text), 0, str_trim(text).n - space.n);
		text = str_trim(text);
		node_remove(n);
		return text;
	}
	return STR("");
}

/* The list of this level that is open at the end of `list`, made where there is none. */
static struct node *list_for(struct builder *b, struct node *list, int level, bool ordered)
{
	for (int at = 1; at < level; at++) {
		struct node *item = list->last;
		if (!item)
			node_append(list, item = node_new(b, "li"));
		if (!item)
			return NULL;
		if (!is_list(item->last))
			node_append(item, node_new(b, ordered ? "ol" : "ul"));
		list = item->last;
		if (!list)
			return NULL;
	}
	return list;
}

/* Word's paragraphs of a list that stand together. */
static void gather(struct builder *b, struct node *first)
{
	struct node *list = NULL;
	for (struct node *p = first, *next; p && level_of(p); p = next) {
		next = p->next;
		while (next && !next->tag && str_trim(next->text).n == 0)
			next = next->next;
		int level = level_of(p);
		bool ordered = is_number(take_marker(b, p));
		if (!list) {
			list = node_new(b, ordered ? "ol" : "ul");
			if (!list)
				return;
			node_before(p, list);
		}
		struct node *in = list_for(b, list, level, ordered), *item = node_new(b, "li");
		if (!in || !item)
			return;
		node_remove(p);
		move_children(p, item);
		node_append(in, item);
	}
}

/* <ul><li>a</li><ul>…</ul></ul> */
static void into_item(struct node *list)
{
	struct node *item = list->prev;
	while (item && !item->tag && str_trim(item->text).n == 0)
		item = item->prev;
	if (!node_is(item, "li"))
		return;
	node_remove(list);
	node_append(item, list);
}

/* https://www.google.com/url?q=https://example.org/&sa=… */
static void unwrap_link(struct builder *b, struct node *a)
{
	struct str url = node_attr(a, "href");
	ptrdiff_t at = str_starts(url, STR("https://www.google.com/url?")) ? str_find(url, STR("q=")) : -1;
	if (at < 0)
		return;
	struct str to = str_skip(url, (size_t)at + 2);
	to = uri_decode(b->arena, str_split(&to, '&'));
	if (str_starts(to, STR("https://")) || str_starts(to, STR("http://")))
		node_set(b, a, "href", to);
}

void pasted_tidy(struct builder *b, struct node *root)
{
	for (struct node *n = root->first, *next; n && !b->failed; n = next) {
		if (level_of(n) && (!n->parent || !node_is(n->parent, "li"))) {
			struct node *before = n->prev, *parent = n->parent;
			gather(b, n);
			n = before ? before->next : parent ? parent->first : NULL;
			if (!n)
				return;
		}
		next = node_following(n, root);
		if (is_list(n) && n->parent && is_list(n->parent))
			into_item(n);
		if (node_is(n, "a"))
			unwrap_link(b, n);
		/* A reading that was not closed. */
		if ((node_is(n, "rt") || node_is(n, "rp")) && md_holds_block(n))
			n->tag = "bdi";
	}
}
