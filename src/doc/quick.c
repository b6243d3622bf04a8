#include "doc/tree.h"

#include <gumbo.h>
#include <string.h>

/* Reads what Kairan itself and most editors write: lower-case tags of the common elements, each with its end, nested so that
 * none of the HTML parser's rules for mending applies. Its tree is then the parser's own, for a fraction of the work; every
 * other text is left to the parser. The fuzz target and the tests of doc hold that both read the same. */

enum kind {
	UNKNOWN, /* left to the parser */
	PLAIN,
	FORMATTING, /* the parser keeps a list of these: none inside its like */
	VOID,
	RULE,
	PARAGRAPH,
	HEADING,
	BLOCK,
	LIST,
	ITEM,
	PAIRS,
	PAIR,
	TABLE,
	CAPTION,
	ROWS,
	ROW,
	CELL,
	RUBY,
	READING
};

/* clang-format off */
static const unsigned char KIND[GUMBO_TAG_LAST + 1] = { [GUMBO_TAG_P] = PARAGRAPH, [GUMBO_TAG_H1] = HEADING,
	[GUMBO_TAG_H2] = HEADING, [GUMBO_TAG_H3] = HEADING, [GUMBO_TAG_H4] = HEADING, [GUMBO_TAG_H5] = HEADING,
	[GUMBO_TAG_H6] = HEADING, [GUMBO_TAG_UL] = LIST, [GUMBO_TAG_OL] = LIST, [GUMBO_TAG_LI] = ITEM, [GUMBO_TAG_DL] = PAIRS,
	[GUMBO_TAG_DT] = PAIR, [GUMBO_TAG_DD] = PAIR, [GUMBO_TAG_BLOCKQUOTE] = BLOCK, [GUMBO_TAG_PRE] = BLOCK,
	[GUMBO_TAG_DIV] = BLOCK, [GUMBO_TAG_SECTION] = BLOCK, [GUMBO_TAG_FIGURE] = BLOCK, [GUMBO_TAG_FIGCAPTION] = BLOCK,
	[GUMBO_TAG_DETAILS] = BLOCK, [GUMBO_TAG_SUMMARY] = BLOCK, [GUMBO_TAG_A] = FORMATTING, [GUMBO_TAG_B] = FORMATTING,
	[GUMBO_TAG_CODE] = FORMATTING, [GUMBO_TAG_EM] = FORMATTING, [GUMBO_TAG_I] = FORMATTING, [GUMBO_TAG_S] = FORMATTING,
	[GUMBO_TAG_SMALL] = FORMATTING, [GUMBO_TAG_STRONG] = FORMATTING, [GUMBO_TAG_U] = FORMATTING, [GUMBO_TAG_DEL] = PLAIN,
	[GUMBO_TAG_INS] = PLAIN, [GUMBO_TAG_SUB] = PLAIN, [GUMBO_TAG_SUP] = PLAIN, [GUMBO_TAG_MARK] = PLAIN,
	[GUMBO_TAG_KBD] = PLAIN, [GUMBO_TAG_SAMP] = PLAIN, [GUMBO_TAG_VAR] = PLAIN, [GUMBO_TAG_Q] = PLAIN,
	[GUMBO_TAG_CITE] = PLAIN, [GUMBO_TAG_ABBR] = PLAIN, [GUMBO_TAG_DFN] = PLAIN, [GUMBO_TAG_TIME] = PLAIN,
	[GUMBO_TAG_SPAN] = PLAIN, [GUMBO_TAG_BDI] = PLAIN, [GUMBO_TAG_BDO] = PLAIN, [GUMBO_TAG_RUBY] = RUBY,
	[GUMBO_TAG_RT] = READING, [GUMBO_TAG_RP] = READING, [GUMBO_TAG_BR] = VOID, [GUMBO_TAG_WBR] = VOID, [GUMBO_TAG_IMG] = VOID,
	[GUMBO_TAG_INPUT] = VOID, [GUMBO_TAG_HR] = RULE, [GUMBO_TAG_TABLE] = TABLE, [GUMBO_TAG_CAPTION] = CAPTION,
	[GUMBO_TAG_THEAD] = ROWS, [GUMBO_TAG_TBODY] = ROWS, [GUMBO_TAG_TFOOT] = ROWS, [GUMBO_TAG_TR] = ROW, [GUMBO_TAG_TD] = CELL,
	[GUMBO_TAG_TH] = CELL };
/* clang-format on */

/* What must be right around these; the last four take nothing else. */
/* clang-format off */
static const unsigned char AROUND[READING + 1] = { [ITEM] = LIST, [PAIR] = PAIRS, [READING] = RUBY, [CAPTION] = TABLE,
	[ROWS] = TABLE, [ROW] = ROWS, [CELL] = ROW };
/* clang-format on */

struct quick {
	struct arena *arena;
	struct str rest;
	GumboNode *open[DOC_DEPTH_MAX];
	bool in_p[DOC_DEPTH_MAX]; /* inside a paragraph, which most blocks would end */
	size_t depth;             /* of `open`; the body is the first */
	bool formatting[GUMBO_TAG_LAST + 1];
};

static bool append(struct quick *q, GumboVector *v, void *item)
{
	if (v->length == v->capacity) {
		unsigned capacity = v->capacity ? v->capacity * 2 : 4;
		void **data = arena_array(q->arena, capacity, sizeof *data);
		if (!data)
			return false;
		if (v->length)
			memcpy(data, v->data, v->length * sizeof *data);
		v->data = data;
		v->capacity = capacity;
	}
	v->data[v->length++] = item;
	return true;
}

static GumboNode *add_node(struct quick *q, GumboNodeType type)
{
	GumboNode *n = arena_alloc(q->arena, sizeof *n), *parent = q->open[q->depth - 1];
	if (!n)
		return NULL;
	n->type = type;
	n->parent = parent;
	n->index_within_parent = parent->v.element.children.length;
	return append(q, &parent->v.element.children, n) ? n : NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f';
}

/* Ends with a zero byte, as the parser's texts do; NULL for a reference that is none of these. */
static const char *decoded(struct quick *q, struct str s)
{
	static const struct {
		const char *name, *means;
	} refs[] = { { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&#39;", "'" },
		{ "&nbsp;", "\xC2\xA0" } };
	char *out = arena_cstr(q->arena, s), *to = out;
	if (!out || s.n == 0 || !memchr(s.p, '&', s.n))
		return out;
	while (s.n) {
		const char *found = memchr(s.p, '&', s.n);
		size_t plain = found ? (size_t)(found - s.p) : s.n, i = 0;
		memmove(to, s.p, plain);
		to += plain;
		s = str_skip(s, plain);
		if (s.n == 0)
			break;
		while (i < sizeof refs / sizeof *refs && !str_starts(s, str_from(refs[i].name)))
			i++;
		if (i == sizeof refs / sizeof *refs)
			return NULL;
		memcpy(to, refs[i].means, strlen(refs[i].means));
		to += strlen(refs[i].means);
		s = str_skip(s, strlen(refs[i].name));
	}
	*to = '\0';
	return out;
}

static bool read_text(struct quick *q)
{
	const char *end = memchr(q->rest.p, '<', q->rest.n);
	struct str s = end ? str_sub(q->rest, 0, (size_t)(end - q->rest.p)) : q->rest;
	GumboTag around = q->open[q->depth - 1]->v.element.tag;
	bool blank = true;
	for (size_t i = 0; i < s.n && blank; i++)
		blank = is_space(s.p[i]);
	/* The parser would move text out of a table. */
	if (!blank && (KIND[around] == TABLE || KIND[around] == ROWS || KIND[around] == ROW))
		return false;
	GumboNode *n = add_node(q, blank ? GUMBO_NODE_WHITESPACE : GUMBO_NODE_TEXT);
	const char *text = n ? decoded(q, s) : NULL;
	if (!text)
		return false;
	n->v.text.text = text;
	q->rest = str_skip(q->rest, s.n);
	return true;
}

/* The name at the start, taken: small letters, and behind the first also digits and "-". */
static struct str take_name(struct quick *q)
{
	size_t n = 0;
	while (n < q->rest.n && ((q->rest.p[n] >= 'a' && q->rest.p[n] <= 'z') ||
	                            (n && ((q->rest.p[n] >= '0' && q->rest.p[n] <= '9') || q->rest.p[n] == '-'))))
		n++;
	struct str name = str_sub(q->rest, 0, n);
	q->rest = str_skip(q->rest, n);
	return name;
}

static bool take(struct quick *q, char c)
{
	if (q->rest.n == 0 || q->rest.p[0] != c)
		return false;
	q->rest = str_skip(q->rest, 1);
	return true;
}

/* name="value" or a bare name; the parser keeps the first of two with the same name. */
static bool read_attr(struct quick *q, GumboElement *e)
{
	GumboAttribute *a = arena_alloc(q->arena, sizeof *a);
	struct str name = take_name(q), value = STR("");
	if (!a || name.n == 0)
		return false;
	if (take(q, '=')) {
		const char *end = take(q, '"') && q->rest.n ? memchr(q->rest.p, '"', q->rest.n) : NULL;
		if (!end)
			return false;
		value = str_sub(q->rest, 0, (size_t)(end - q->rest.p));
		q->rest = str_skip(q->rest, value.n + 1);
	}
	a->name = arena_cstr(q->arena, name);
	a->value = decoded(q, value);
	if (!a->name || !a->value || gumbo_get_attribute(&e->attributes, a->name))
		return false;
	return append(q, &e->attributes, a);
}

/* Would the parser put it right here, and leave open what is open? */
static bool fits(const struct quick *q, GumboTag tag)
{
	enum kind kind = KIND[tag], around = KIND[q->open[q->depth - 1]->v.element.tag];
	if (AROUND[kind] ? AROUND[kind] != around : around == TABLE || around == ROWS || around == ROW)
		return false;
	if (kind == UNKNOWN || (kind == FORMATTING && q->formatting[tag]) || (kind == HEADING && around == HEADING))
		return false;
	return !q->in_p[q->depth - 1] || kind == PLAIN || kind == FORMATTING || kind == VOID || kind == RUBY ||
	       kind == READING;
}

static bool read_start(struct quick *q)
{
	struct str name = take_name(q);
	GumboTag tag = name.n ? gumbo_tagn_enum(name.p, (unsigned)name.n) : GUMBO_TAG_UNKNOWN;
	GumboNode *n = fits(q, tag) ? add_node(q, GUMBO_NODE_ELEMENT) : NULL;
	bool empty = KIND[tag] == VOID || KIND[tag] == RULE;
	if (!n)
		return false;
	n->v.element.tag = tag;
	while (take(q, ' ')) {
		if (q->rest.n && q->rest.p[0] != '/' && !read_attr(q, &n->v.element))
			return false;
	}
	if (empty)
		take(q, '/');
	if (!take(q, '>') || (!empty && q->depth == DOC_DEPTH_MAX))
		return false;
	if (empty)
		return true;
	q->in_p[q->depth] = q->in_p[q->depth - 1] || tag == GUMBO_TAG_P;
	q->open[q->depth++] = n;
	q->formatting[tag] = true;
	/* The parser drops this one. */
	if (tag == GUMBO_TAG_PRE)
		take(q, '\n');
	return true;
}

static bool read_end(struct quick *q)
{
	struct str name = take_name(q);
	GumboTag tag = q->open[q->depth - 1]->v.element.tag;
	if (q->depth < 2 || !str_eq(name, str_from(gumbo_normalized_tagname(tag))) || !take(q, '>'))
		return false;
	q->formatting[tag] = false;
	q->depth--;
	return true;
}

/* The parser puts U+FFFD in the place of controls and noncharacters, and folds line ends. Texts are well-formed. */
static bool has_odd_characters(struct str s)
{
	for (size_t at = 0; at < s.n;) {
		unsigned char c = (unsigned char)s.p[at];
		if ((c >= ' ' && c < 0x7F) || (c > 0x7F && c != 0xC2 && c < 0xEF)) {
			at++;
			continue;
		}
		uint32_t cp = utf8_next(s, &at);
		if ((cp < ' ' && !is_space((char)cp)) || (cp >= 0x7F && cp <= 0x9F) || (cp >= 0xFDD0 && cp <= 0xFDEF) ||
		    (cp & 0xFFFE) == 0xFFFE)
			return true;
	}
	return false;
}

const void *html_quick(struct str html, struct arena *arena)
{
	GumboNode *body = arena_alloc(arena, sizeof *body);
	struct quick *q = arena_alloc(arena, sizeof *q);
	if (!body || !q || has_odd_characters(html))
		return NULL;
	body->type = GUMBO_NODE_ELEMENT;
	body->v.element.tag = GUMBO_TAG_BODY;
	q->arena = arena;
	q->open[q->depth++] = body;
	/* What is blank before the first tag or character belongs to no element. */
	while (html.n && is_space(html.p[0]))
		html = str_skip(html, 1);
	q->rest = html;
	while (q->rest.n) {
		bool read = !take(q, '<') ? read_text(q) : take(q, '/') ? read_end(q) : read_start(q);
		if (!read)
			return NULL;
	}
	return q->depth == 1 ? body : NULL;
}
