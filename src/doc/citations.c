#include "doc/tree.h"

#include <string.h>

/* Ties the marks in a text to the list of sources at its end, both ways. The list is what cmark makes of footnotes, else
 * what follows a heading such as 出典 or References, else paragraphs that the marks' own links lead to. */

struct list {
	struct node *heading;
	struct node *items[DOC_CITATIONS_MAX];
	struct str anchors[DOC_CITATIONS_MAX]; /* id of an item in the source */
	size_t n;
};

static bool is_sources_heading(struct str text)
{
	static const char *const words[] = { "出典", "脚注", "注", "注釈", "註", "参考", "参考文献", "参考資料", "引用元", "情報源",
		"ソース", "出典・参考", "sources", "source", "notes", "references", "footnotes", "citations", "endnotes", "bibliography" };
	while (text.n && (str_ends(text, STR(":")) || str_ends(text, STR("："))))
		text = str_trim(str_sub(text, 0, text.n - (str_ends(text, STR(":")) ? 1 : 3)));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq_ci(text, str_from(words[i])))
			return true;
	}
	return false;
}

static bool is_heading(const struct node *n)
{
	return n->tag && n->tag[0] == 'h' && n->tag[1] >= '2' && n->tag[1] <= '6' && n->tag[2] == '\0';
}

/* "1. ", "[1] ", "1) ", "¹ " at the start of a text: the number, and how many bytes it takes; 0 when there is none. */
static int leading_number(struct str s, size_t *taken)
{
	size_t i = 0;
	int n = 0;
	bool bracket = s.n && s.p[0] == '[';
	if (bracket)
		i++;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && n < 100000; i++)
		n = n * 10 + (s.p[i] - '0');
	if (n == 0)
		return 0;
	if (bracket && !(i < s.n && s.p[i] == ']'))
		return 0;
	if (bracket || (i < s.n && (s.p[i] == '.' || s.p[i] == ')' || s.p[i] == ':')))
		i++;
	else if (!(i < s.n && s.p[i] == ' '))
		return 0;
	while (i < s.n && s.p[i] == ' ')
		i++;
	*taken = i;
	return n;
}

static void add_item(struct list *l, struct node *item)
{
	if (l->n < DOC_CITATIONS_MAX) {
		l->anchors[l->n] = node_attr(item, "id");
		l->items[l->n++] = item;
	}
}

static void add_list_items(struct list *l, struct node *list)
{
	for (struct node *li = list->first; li; li = li->next) {
		if (node_is(li, "li"))
			add_item(l, li);
	}
}

/* cmark puts its footnotes last, and each item's id starts with "fn-". */
static bool find_footnotes(struct node *root, struct list *l)
{
	struct node *last = root->last;
	while (last && !last->tag)
		last = last->prev;
	if (!last || !node_is(last, "ol") || !last->first)
		return false;
	struct node *li = last->first;
	while (li && !node_is(li, "li"))
		li = li->next;
	if (!li || !str_starts(node_attr(li, "id"), STR("fn-")))
		return false;
	add_list_items(l, last);
	return l->n > 0;
}

static bool find_under_heading(struct builder *b, struct node *root, struct list *l)
{
	struct node *heading = NULL;
	for (struct node *n = root->first; n; n = n->next) {
		if ((is_heading(n) || node_is(n, "p")) && is_sources_heading(node_plain(b, n)))
			heading = n;
	}
	for (struct node *n = heading ? heading->next : NULL; n && !is_heading(n); n = n->next) {
		size_t taken;
		if (node_is(n, "ol") || node_is(n, "ul"))
			add_list_items(l, n);
		else if (node_is(n, "p") && leading_number(node_plain(b, n), &taken))
			add_item(l, n);
		else if (n->tag && l->n)
			break;
	}
	l->heading = l->n ? heading : NULL;
	return l->n > 0;
}

/* Blocks that a mark's link leads to. */
static bool find_by_anchor(struct node *root, struct list *l)
{
	for (struct node *n = root->first; n; n = node_following(n, root)) {
		struct str href = node_is(n, "a") && node_is(n->parent, "sup") ? node_attr(n, "href") : STR("");
		if (href.n < 2 || href.p[0] != '#')
			continue;
		for (struct node *block = root->first; block; block = node_following(block, root)) {
			if (node_is_block(block) && str_eq(node_attr(block, "id"), str_skip(href, 1))) {
				add_item(l, block);
				break;
			}
		}
	}
	return l->n > 0;
}

/* Takes "1. " or <sup>1</sup> off the start of an item that is no list item. */
static int take_number(struct builder *b, struct node *item)
{
	size_t taken;
	struct node *first = item->first;
	while (first && !first->tag && str_trim(first->text).n == 0)
		first = first->next;
	if (!first || node_is(item, "li"))
		return 0;
	if (first->tag) {
		int64_t n;
		struct str text = node_plain(b, first);
		if (!node_is(first, "sup") || !str_to_int(text, &n) || n < 1 || n > DOC_CITATIONS_MAX)
			return 0;
		node_remove(first);
		return (int)n;
	}
	int n = leading_number(first->text, &taken);
	if (n)
		first->text = str_skip(first->text, taken);
	return n;
}

static bool is_back_link(const struct node *a)
{
	struct str href = node_attr(a, "href");
	return str_starts(href, STR("#fnref")) || str_starts(href, STR("#cite-")) || str_starts(href, STR("#_ftnref")) ||
		str_starts(href, STR("#r"));
}

static void drop_back_links(struct node *item)
{
	for (struct node *n = item->first; n;) {
		struct node *next = node_following(n, item);
		if (node_is(n, "a") && is_back_link(n)) {
			next = node_skip(n, item);
			node_remove(n);
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

/* "2024年5月1日", "2024-05-01", "2024/5/1" that ends at most at `end`; the last in s. */
static struct str find_date(struct builder *b, struct str s)
{
	struct str found = STR("");
	for (size_t i = 0; i + 8 <= s.n; i++) {
		int year = 0, month = 0, day = 0;
		size_t at = i;
		for (; at < i + 4 && s.p[at] >= '0' && s.p[at] <= '9'; at++)
			year = year * 10 + (s.p[at] - '0');
		if (at != i + 4 || year < 1900 || year > 2200)
			continue;
		size_t step = str_starts(str_skip(s, at), STR("年")) ? 3 : s.p[at] == '-' || s.p[at] == '/' ? 1 : 0;
		if (!step)
			continue;
		for (at += step; at < s.n && s.p[at] >= '0' && s.p[at] <= '9' && month < 100; at++)
			month = month * 10 + (s.p[at] - '0');
		step = str_starts(str_skip(s, at), STR("月")) ? 3 : at < s.n && (s.p[at] == '-' || s.p[at] == '/') ? 1 : 0;
		for (at += step; step && at < s.n && s.p[at] >= '0' && s.p[at] <= '9' && day < 100; at++)
			day = day * 10 + (s.p[at] - '0');
		if (month < 1 || month > 12 || day > 31)
			continue;
		found = day ? arena_printf(b->arena, "%04d-%02d-%02d", year, month, day) :
					  arena_printf(b->arena, "%04d-%02d", year, month);
		i = at - 1;
	}
	return found;
}

/* The day of access stands before 閲覧 or アクセス, or after "accessed"; another date is that of publication. */
static void read_dates(struct builder *b, struct doc_citation *c)
{
	static const char *const after[] = { "accessed", "retrieved", "アクセス日", "閲覧日" };
	struct str rest = c->text;
	ptrdiff_t at = str_find(rest, STR("閲覧"));
	if (at < 0)
		at = str_find(rest, STR("アクセス"));
	if (at > 0) {
		size_t from = (size_t)at > 24 ? (size_t)at - 24 : 0;
		c->accessed = find_date(b, str_sub(rest, from, (size_t)at));
		if (c->accessed.n)
			rest = str_sub(rest, 0, from);
	}
	for (size_t i = 0; i < sizeof after / sizeof *after && c->accessed.n == 0; i++) {
		at = str_find_ci(rest, str_from(after[i]));
		if (at < 0)
			continue;
		c->accessed = find_date(b, str_skip(rest, (size_t)at));
		rest = str_sub(rest, 0, (size_t)at);
	}
	c->published = find_date(b, rest);
}

static struct str find_outlet(struct str text)
{
	ptrdiff_t from = str_find(text, STR("『")), to = str_find(text, STR("』"));
	return from >= 0 && to > from ? str_sub(text, (size_t)from + 3, (size_t)to) : STR("");
}

static bool make_citations(struct builder *b, struct list *l, struct doc *out)
{
	out->citations = arena_array(b->arena, l->n, sizeof *out->citations);
	if (!out->citations)
		return false;
	for (size_t i = 0; i < l->n; i++) {
		struct buf html = { 0 };
		struct doc_citation *c = &out->citations[out->n_citations++];
		int number = take_number(b, l->items[i]);
		drop_back_links(l->items[i]);
		c->number = (int)i + 1;
		c->label = arena_printf(b->arena, "%d", number ? number : c->number);
		c->id = arena_printf(b->arena, "cite-%d", c->number);
		write_html(&html, l->items[i]);
		c->html = str_trim(buf_take(&html, b->arena));
		c->text = node_plain(b, l->items[i]);
		c->url = first_link(l->items[i]);
		c->outlet = find_outlet(c->text);
		read_dates(b, c);
	}
	return !b->failed;
}

static struct doc_citation *by_number(struct doc *out, struct str text)
{
	for (size_t i = 0; i < out->n_citations; i++) {
		if (str_eq(out->citations[i].label, text))
			return &out->citations[i];
	}
	return NULL;
}

static struct doc_citation *by_anchor(struct doc *out, const struct list *l, struct str id)
{
	for (size_t i = 0; i < out->n_citations; i++) {
		if (id.n && str_eq(l->anchors[i], id))
			return &out->citations[i];
	}
	return NULL;
}

static struct node *make_mark(struct builder *b, struct doc_citation *c)
{
	struct node *sup = node_new(b, "sup"), *a = node_new(b, "a");
	if (!sup || !a)
		return NULL;
	c->marks++;
	node_set(b, sup, "class", STR("cite"));
	node_set(b, a, "href", arena_printf(b->arena, "#%.*s", (int)c->id.n, c->id.p));
	node_set(b, a, "id", arena_printf(b->arena, "%.*s-ref-%d", (int)c->id.n, c->id.p, c->marks));
	node_append(a, node_text(b, arena_printf(b->arena, "%d", c->number)));
	node_append(sup, a);
	return sup;
}

/* "10<sup>2</sup>", "m<sup>2</sup>": a power, not a mark. */
static bool is_power(const struct node *sup)
{
	const struct node *before = sup->prev;
	if (!before || before->tag || before->text.n == 0)
		return false;
	struct str s = before->text;
	size_t letters = 0;
	while (letters < s.n && ((s.p[s.n - 1 - letters] | 32) >= 'a' && (s.p[s.n - 1 - letters] | 32) <= 'z'))
		letters++;
	char last = s.p[s.n - 1];
	return (last >= '0' && last <= '9') || (letters > 0 && letters <= 2);
}

/* Replaces a <sup> that is a mark ("1", "[1]", "1,2", or a link to an item). Returns where to go on. */
static struct node *tie_sup(struct builder *b, struct node *sup, const struct list *l, struct doc *out, struct node *root)
{
	struct node *next = node_skip(sup, root);
	struct node *a = sup->first && node_is(sup->first, "a") && !sup->first->next ? sup->first : NULL;
	struct str href = a ? node_attr(a, "href") : STR("");
	struct doc_citation *c = href.n > 1 && href.p[0] == '#' ? by_anchor(out, l, str_skip(href, 1)) : NULL;
	if (c) {
		node_before(sup, make_mark(b, c));
		node_remove(sup);
		return next;
	}
	struct str text = node_plain(b, sup);
	if (str_starts(text, STR("[")) && str_ends(text, STR("]")))
		text = str_sub(text, 1, text.n - 1);
	if (!a && is_power(sup))
		return next;
	bool any = false, numbers = text.n > 0;
	for (struct str rest = text; rest.n;) {
		struct str part = str_trim(str_split(&rest, ','));
		int64_t n;
		numbers = numbers && str_to_int(part, &n);
		c = numbers ? by_number(out, part) : NULL;
		if (c) {
			node_before(sup, make_mark(b, c));
			any = true;
		} else if (numbers) {
			doc_warn(b, DOC_WARN_MARK_WITHOUT_SOURCE, part);
		}
	}
	if (any)
		node_remove(sup);
	return next;
}

/* A superscript digit as a character, or -1. */
static int superscript_digit(uint32_t cp)
{
	if (cp == 0xB9)
		return 1;
	if (cp == 0xB2 || cp == 0xB3)
		return cp == 0xB2 ? 2 : 3;
	return cp == 0x2070 || (cp >= 0x2074 && cp <= 0x2079) ? (int)(cp - 0x2070) : -1;
}

/* A mark at `at` of a text, "¹²" or "[12]": the number, and its end. 0 when there is none. */
static int mark_in_text(struct str s, size_t at, size_t *end)
{
	size_t i = at;
	int n = 0, digit;
	if (s.p[at] == '[') {
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && n < 10000; i++)
			n = n * 10 + (s.p[i] - '0');
		*end = i + 1;
		return n && i < s.n && s.p[i] == ']' ? n : 0;
	}
	if ((unsigned char)s.p[at] != 0xC2 && (unsigned char)s.p[at] != 0xE2)
		return 0;
	while (i < s.n) {
		size_t from = i;
		digit = superscript_digit(utf8_next(s, &i));
		if (digit < 0 || n > 10000) {
			i = from;
			break;
		}
		n = n * 10 + digit;
	}
	*end = i;
	bool power = at > 0 && ((s.p[at - 1] >= '0' && s.p[at - 1] <= '9') || s.p[at - 1] == 'm');
	return power ? 0 : n;
}

static void tie_text(struct builder *b, struct node *text, struct doc *out)
{
	struct str s = text->text;
	size_t from = 0;
	for (size_t at = 0; at < s.n;) {
		size_t end = at + 1;
		int n = mark_in_text(s, at, &end);
		struct doc_citation *c = n ? by_number(out, arena_printf(b->arena, "%d", n)) : NULL;
		if (!c) {
			at++;
			continue;
		}
		node_before(text, node_text(b, str_sub(s, from, at)));
		node_before(text, make_mark(b, c));
		from = at = end;
	}
	text->text = str_skip(s, from);
}

static bool inside(const struct node *n, const char *a, const char *b)
{
	for (; n; n = n->parent) {
		if (node_is(n, a) || node_is(n, b))
			return true;
	}
	return false;
}

static void tie_marks(struct builder *b, struct node *root, const struct list *l, struct doc *out)
{
	for (struct node *n = root->first; n && !b->failed;) {
		struct node *next = node_following(n, root);
		if (node_is(n, "sup"))
			next = tie_sup(b, n, l, out, root);
		else if (!n->tag && !inside(n, "code", "pre") && !inside(n, "a", "sup"))
			tie_text(b, n, out);
		n = next;
	}
	for (size_t i = 0; i < out->n_citations; i++) {
		if (out->citations[i].marks == 0)
			doc_warn(b, DOC_WARN_SOURCE_WITHOUT_MARK, out->citations[i].label);
	}
}

/* The list leaves the text: the page shows it in a place of its own. */
static void cut_list(struct builder *b, struct list *l, struct doc *out)
{
	if (l->heading) {
		out->citations_heading = node_plain(b, l->heading);
		node_remove(l->heading);
	}
	for (size_t i = 0; i < l->n; i++) {
		struct node *list = l->items[i]->parent;
		node_remove(l->items[i]);
		if (list && (node_is(list, "ol") || node_is(list, "ul")) && list->parent) {
			bool empty = true;
			for (struct node *c = list->first; c; c = c->next)
				empty = empty && !c->tag;
			if (empty)
				node_remove(list);
		}
	}
}

bool cite(struct builder *b, struct node *root, struct doc *out)
{
	struct list *l = arena_alloc(b->arena, sizeof *l);
	if (!l)
		return false;
	if (!find_footnotes(root, l) && !find_under_heading(b, root, l) && !find_by_anchor(root, l))
		return !b->failed;
	cut_list(b, l, out);
	if (!make_citations(b, l, out))
		return false;
	tie_marks(b, root, l, out);
	return !b->failed;
}
