#include "doc/tree.h"

#include <gumbo.h>
#include <string.h>

/* The strict allow-list. What is not named here loses its tag and keeps its text; what DROPPED names goes with all that
 * is inside. */

/* clang-format off */
static const char *const KEPT[GUMBO_TAG_LAST + 1] = { [GUMBO_TAG_P] = "p", [GUMBO_TAG_H1] = "h2", [GUMBO_TAG_H2] = "h2",
	[GUMBO_TAG_H3] = "h3", [GUMBO_TAG_H4] = "h4", [GUMBO_TAG_H5] = "h5", [GUMBO_TAG_H6] = "h6", [GUMBO_TAG_UL] = "ul",
	[GUMBO_TAG_OL] = "ol", [GUMBO_TAG_LI] = "li", [GUMBO_TAG_DL] = "dl", [GUMBO_TAG_DT] = "dt", [GUMBO_TAG_DD] = "dd",
	[GUMBO_TAG_BLOCKQUOTE] = "blockquote", [GUMBO_TAG_PRE] = "pre", [GUMBO_TAG_CODE] = "code", [GUMBO_TAG_TT] = "code",
	[GUMBO_TAG_EM] = "em", [GUMBO_TAG_STRONG] = "strong", [GUMBO_TAG_B] = "b", [GUMBO_TAG_I] = "i", [GUMBO_TAG_U] = "u",
	[GUMBO_TAG_S] = "s", [GUMBO_TAG_STRIKE] = "s", [GUMBO_TAG_DEL] = "del", [GUMBO_TAG_INS] = "ins", [GUMBO_TAG_SUB] = "sub",
	[GUMBO_TAG_SUP] = "sup", [GUMBO_TAG_SMALL] = "small", [GUMBO_TAG_MARK] = "mark", [GUMBO_TAG_KBD] = "kbd",
	[GUMBO_TAG_SAMP] = "samp", [GUMBO_TAG_VAR] = "var", [GUMBO_TAG_Q] = "q", [GUMBO_TAG_CITE] = "cite",
	[GUMBO_TAG_ABBR] = "abbr", [GUMBO_TAG_ACRONYM] = "abbr", [GUMBO_TAG_DFN] = "dfn", [GUMBO_TAG_TIME] = "time",
	[GUMBO_TAG_RUBY] = "ruby", [GUMBO_TAG_RT] = "rt", [GUMBO_TAG_RP] = "rp", [GUMBO_TAG_BR] = "br", [GUMBO_TAG_HR] = "hr",
	[GUMBO_TAG_WBR] = "wbr", [GUMBO_TAG_A] = "a", [GUMBO_TAG_IMG] = "img", [GUMBO_TAG_FIGURE] = "figure",
	[GUMBO_TAG_FIGCAPTION] = "figcaption", [GUMBO_TAG_TABLE] = "table", [GUMBO_TAG_CAPTION] = "caption",
	[GUMBO_TAG_THEAD] = "thead", [GUMBO_TAG_TBODY] = "tbody", [GUMBO_TAG_TFOOT] = "tfoot", [GUMBO_TAG_TR] = "tr",
	[GUMBO_TAG_TD] = "td", [GUMBO_TAG_TH] = "th", [GUMBO_TAG_DETAILS] = "details", [GUMBO_TAG_SUMMARY] = "summary",
	[GUMBO_TAG_BDI] = "bdi", [GUMBO_TAG_BDO] = "bdo", [GUMBO_TAG_INPUT] = "input" };
/* clang-format on */
/* clang-format off */
static const char *const DROPPED[] = { "script", "style", "template", "svg", "math", "noscript", "head", "title", "select",
	"textarea", "button", "canvas", "frameset", "noembed", "noframes", "plaintext", "xmp", "map", "dialog" };
/* clang-format on */
static const char *const EMBEDS[] = { "iframe", "video", "audio", "object", "embed", "source", "track", "param" };

struct allowed {
	const char *tag; /* "*": any */
	const char *attr;
	enum value_kind { ANY, URL, NUMBER, WORD } kind;
};

/* clang-format off */
static const struct allowed ATTRS[] = {
	{ "*", "id", WORD }, { "*", "lang", WORD }, { "*", "dir", WORD }, { "*", "title", ANY }, { "a", "href", URL },
	{ "a", "hreflang", WORD }, { "blockquote", "cite", URL }, { "q", "cite", URL }, { "img", "src", URL },
	{ "img", "alt", ANY }, { "img", "width", NUMBER }, { "img", "height", NUMBER }, { "ol", "start", NUMBER },
	{ "ol", "reversed", WORD }, { "ol", "type", WORD }, { "li", "value", NUMBER }, { "td", "colspan", NUMBER },
	{ "td", "rowspan", NUMBER }, { "th", "colspan", NUMBER }, { "th", "rowspan", NUMBER }, { "th", "scope", WORD },
	{ "time", "datetime", ANY }, { "del", "datetime", ANY }, { "ins", "datetime", ANY }, { "details", "open", WORD },
	{ "input", "checked", WORD },
};
/* clang-format on */

static const char *find_name(const char *const *names, size_t n, struct str name)
{
	for (size_t i = 0; i < n && name.n; i++) {
		if (names[i][0] == (name.p[0] | 32) && str_eq_ci(name, str_from(names[i])))
			return names[i];
	}
	return NULL;
}

/* Characters that browsers skip inside a scheme must not hide one. */
static bool safe_url(struct str url)
{
	static const char *const schemes[] = { "http", "https", "mailto", "tel", "xmpp" };
	char scheme[16];
	size_t n = 0;
	url = str_trim(url);
	for (size_t i = 0; i < url.n; i++) {
		unsigned char c = (unsigned char)url.p[i];
		if (c < ' ' || c == 0x7f)
			return false;
		if (c == ':')
			return find_name(schemes, sizeof schemes / sizeof *schemes, str_of(scheme, n)) != NULL;
		if (c == '/' || c == '?' || c == '#')
			return true;
		if (n == sizeof scheme)
			return str_find(url, STR(":")) < 0 || memchr(url.p, '/', url.n) != NULL;
		scheme[n++] = (char)c;
	}
	return true;
}

static bool is_external(struct str url)
{
	return str_starts_ci(url, STR("http:")) || str_starts_ci(url, STR("https:")) || str_starts(url, STR("//"));
}

static bool valid_value(enum value_kind kind, struct str v)
{
	int64_t n;
	if (kind == URL)
		return safe_url(v);
	if (kind == NUMBER)
		return str_to_int(v, &n) && n >= 0 && n <= 100000;
	if (kind == WORD) {
		for (size_t i = 0; i < v.n; i++) {
			unsigned char c = (unsigned char)v.p[i];
			if (c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == '&')
				return false;
		}
		return v.n <= 200;
	}
	return true;
}

static struct str gumbo_value(const GumboElement *e, const char *name)
{
	const GumboAttribute *a = gumbo_get_attribute(&e->attributes, name);
	return a ? str_from(a->value) : STR("");
}

static const struct allowed *allowed_attr(const struct node *n, const char *name)
{
	for (size_t i = 0; i < sizeof ATTRS / sizeof *ATTRS; i++) {
		if (ATTRS[i].attr[0] == name[0] && strcmp(ATTRS[i].attr, name) == 0 &&
		    (ATTRS[i].tag[0] == '*' || node_is(n, ATTRS[i].tag)))
			return &ATTRS[i];
	}
	return NULL;
}

/* A cell's alignment, as Markdown, old HTML or we ourselves write it, is a class of ours. Left is how cells are. */
static void set_alignment(struct builder *b, struct node *n, const GumboElement *e)
{
	static const char *const kept[] = { "right", "center" };
	struct str align = gumbo_value(e, "align"), class = gumbo_value(e, "class"), style = gumbo_value(e, "style");
	ptrdiff_t at = str_find(style, STR("text-align:"));
	if (at >= 0) {
		struct str rest = str_skip(style, (size_t)at + 11);
		align = str_split(&rest, ';');
	}
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		if (str_eq_ci(str_trim(align), str_from(kept[i])) || str_eq(class, str_from(kept[i])))
			node_set(b, n, "class", str_from(kept[i]));
	}
}

/* The parser's strings are the arena's, so they are borrowed. */
static void copy_attrs(struct builder *b, struct node *n, const GumboElement *e)
{
	for (unsigned i = 0; i < e->attributes.length; i++) {
		const GumboAttribute *a = e->attributes.data[i];
		const struct allowed *as = allowed_attr(n, a->name);
		struct str v = as && as->kind == ANY ? str_from(a->value) : str_trim(str_from(a->value));
		if (!as || !valid_value(as->kind, v) || (v.n == 0 && strcmp(as->attr, "id") == 0))
			continue;
		node_set(b, n, as->attr, v);
	}
	struct str class = node_is(n, "code") ? gumbo_value(e, "class") : STR("");
	if (str_starts(class, STR("language-")) && valid_value(WORD, class))
		node_set(b, n, "class", class);
	if (node_is(n, "td") || node_is(n, "th"))
		set_alignment(b, n, e);
	struct str name = node_is(n, "a") ? gumbo_value(e, "name") : STR("");
	if (name.n && node_attr(n, "id").n == 0 && valid_value(WORD, name))
		node_set(b, n, "id", name);
}

static void finish_link(struct builder *b, struct node *n)
{
	const struct doc_resolver *r = b->options->resolver;
	struct str url = node_attr(n, "href");
	if (url.n && r && r->link && url.p[0] != '#') {
		struct str better = r->link(r->user, url, b->arena);
		if (better.p && safe_url(better))
			url = better;
		node_set(b, n, "href", url);
	}
	if (is_external(url))
		node_set(b, n, "rel", STR("noopener noreferrer"));
}

/* Of an image that has no words of its own: never its path, which tells a reader nothing. */
static struct str image_label(const struct builder *b, struct str url)
{
	bool ja = str_starts(b->options->lang, STR("ja"));
	struct str rest = url, host = STR("");
	if (is_external(url)) {
		str_split(&rest, '/');
		str_split(&rest, '/');
		host = str_split(&rest, '/');
	}
	if (host.n == 0)
		return ja ? STR("画像") : STR("image");
	return ja ? arena_printf(b->arena, "画像（%.*s）", (int)host.n, host.p)
	          : arena_printf(b->arena, "image (%.*s)", (int)host.n, host.p);
}

/* An image that may not load becomes a link to it. */
static void finish_image(struct builder *b, struct node *n)
{
	const struct doc_resolver *r = b->options->resolver;
	int width = 0, height = 0;
	struct str url = node_attr(n, "src"), shown = url;
	if (url.n && r && r->image)
		shown = r->image(r->user, url, &width, &height, b->arena);
	else if (!str_starts(url, STR("/media/")))
		shown = STR("");
	if (shown.n && !is_external(shown) && safe_url(shown)) {
		node_set(b, n, "src", shown);
		if (node_attr(n, "alt").n == 0)
			node_set(b, n, "alt", STR(""));
		if (width > 0 && height > 0) {
			node_set(b, n, "width", arena_printf(b->arena, "%d", width));
			node_set(b, n, "height", arena_printf(b->arena, "%d", height));
		}
		node_set(b, n, "loading", STR("lazy"));
		return;
	}
	struct str alt = node_attr(n, "alt");
	n->attrs = NULL;
	n->tag = "a";
	doc_warn(b, DOC_WARN_REMOTE_IMAGE, url);
	struct str label = str_trim(alt).n ? alt : b->pasted && url.n == 0 ? STR("") : image_label(b, url);
	node_append(n, node_text(b, label));
	if (url.n) {
		node_set(b, n, "href", url);
		finish_link(b, n);
	}
}

static struct str element_name(const GumboElement *e)
{
	if (e->tag != GUMBO_TAG_UNKNOWN)
		return str_from(gumbo_normalized_tagname(e->tag));
	GumboStringPiece piece = e->original_tag;
	gumbo_tag_from_original_text(&piece);
	return str_of(piece.data, piece.length);
}

static void add_embed(struct builder *b, struct node *parent, const GumboElement *e)
{
	struct str url = gumbo_value(e, "src");
	if (url.n == 0)
		url = gumbo_value(e, "data");
	doc_warn(b, DOC_WARN_REMOVED, arena_dup(b->arena, element_name(e)));
	if (url.n == 0 || !safe_url(url))
		return;
	struct node *a = node_new(b, "a");
	if (!a)
		return;
	url = arena_dup(b->arena, url);
	node_set(b, a, "href", url);
	node_append(a, node_text(b, url));
	finish_link(b, a);
	node_append(parent, a);
}

static bool is_checkbox(const GumboElement *e)
{
	return str_eq_ci(gumbo_value(e, "type"), STR("checkbox"));
}

/* A box of a task list has no text of its own that could name it to a screen reader. */
static struct str box_label(const struct builder *b, bool checked)
{
	if (str_starts(b->options->lang, STR("ja")))
		return checked ? STR("済み") : STR("まだ");
	return checked ? STR("done") : STR("to do");
}

struct node *clean_add(struct builder *b, struct node *parent, const void *element, const char *tag)
{
	const GumboElement *e = element;
	if (strcmp(tag, "input") == 0 && !is_checkbox(e))
		return NULL;
	struct node *n = node_new(b, tag);
	if (!n)
		return NULL;
	copy_attrs(b, n, e);
	node_append(parent, n);
	if (node_is(n, "a"))
		finish_link(b, n);
	if (node_is(n, "img"))
		finish_image(b, n);
	if (node_is(n, "input")) {
		node_set(b, n, "type", STR("checkbox"));
		node_set(b, n, "disabled", STR(""));
		node_set(b, n, "aria-label", box_label(b, gumbo_get_attribute(&e->attributes, "checked") != NULL));
	}
	return n;
}

/* The node of an element, appended; NULL when its tag goes and its children stay; *inside says whether they do. */
static struct node *add_element(struct builder *b, struct node *parent, const GumboElement *e, bool *inside)
{
	struct str name = KEPT[e->tag] ? STR("") : element_name(e);
	*inside = true;
	if (e->tag_namespace != GUMBO_NAMESPACE_HTML || find_name(DROPPED, sizeof DROPPED / sizeof *DROPPED, name)) {
		*inside = false;
		doc_warn(b, DOC_WARN_REMOVED, arena_dup(b->arena, name.n ? name : element_name(e)));
		return NULL;
	}
	if (find_name(EMBEDS, sizeof EMBEDS / sizeof *EMBEDS, name)) {
		*inside = e->tag == GUMBO_TAG_OBJECT;
		add_embed(b, parent, e);
		return NULL;
	}
	const char *tag = KEPT[e->tag];
	if (b->pasted && pasted_has_style(e))
		return pasted_add(b, parent, e, tag, inside);
	return tag ? clean_add(b, parent, e, tag) : NULL;
}

static bool is_wrapper(const GumboElement *e)
{
	return e->tag == GUMBO_TAG_DIV || e->tag == GUMBO_TAG_SECTION || e->tag == GUMBO_TAG_ARTICLE ||
	       e->tag == GUMBO_TAG_ASIDE || e->tag == GUMBO_TAG_CENTER || e->tag == GUMBO_TAG_MAIN ||
	       e->tag == GUMBO_TAG_HEADER || e->tag == GUMBO_TAG_FOOTER || e->tag == GUMBO_TAG_NAV ||
	       e->tag == GUMBO_TAG_ADDRESS || e->tag == GUMBO_TAG_FORM || e->tag == GUMBO_TAG_FIELDSET;
}

static bool has_block(const GumboElement *e)
{
	for (unsigned i = 0; i < e->children.length; i++) {
		const GumboNode *c = e->children.data[i];
		if (c->type != GUMBO_NODE_ELEMENT)
			continue;
		struct node probe = { .tag = KEPT[c->v.element.tag] };
		if (is_wrapper(&c->v.element) || node_is_block(&probe))
			return true;
	}
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* A run of white space is one space, or one line break where it holds one: lines_join decides about those. */
static struct str fold_space(struct builder *b, struct str s)
{
	struct buf out = { 0 };
	if (!memchr(s.p, '\n', s.n))
		return s;
	for (size_t at = 0; at < s.n;) {
		size_t from = at, end;
		while (at < s.n && !is_blank(s.p[at]))
			at++;
		for (end = at; end < s.n && is_blank(s.p[end]);)
			end++;
		buf_add(&out, str_sub(s, from, at));
		if (end > at)
			buf_addc(&out, memchr(s.p + at, '\n', end - at) ? '\n' : ' ');
		at = end;
	}
	return buf_take(&out, b->arena);
}

struct frame {
	const GumboNode *node;
	struct node *into;
	unsigned next;
	bool in_pre;
};

/* The id of a wrapper that goes, or of an anchor without a link, belongs to the next block that stays. */
static void keep_id(struct builder *b, const GumboElement *e)
{
	struct str id = gumbo_value(e, "id");
	bool anchor = e->tag == GUMBO_TAG_SPAN && e->children.length == 0;
	if (id.n && (anchor || is_wrapper(e)) && valid_value(WORD, id))
		b->id = id;
}

static void place_id(struct builder *b, struct node *n)
{
	if (b->id.n == 0 || !node_is_block(n))
		return;
	if (node_attr(n, "id").n == 0) {
		node_set(b, n, "id", b->id);
	} else if (!node_is(n, "table") && !node_is(n, "ul") && !node_is(n, "ol") && !node_is(n, "dl") &&
	           !node_is(n, "hr")) {
		struct node *a = node_new(b, "a");
		if (a)
			node_set(b, a, "id", b->id);
		node_append(n, a);
	} else {
		return;
	}
	b->id = STR("");
}

static bool add_child(struct builder *b, const GumboNode *child, const struct frame *in, struct frame *down)
{
	struct node *into = in->into;
	if (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_WHITESPACE || child->type == GUMBO_NODE_CDATA) {
		struct str text = str_from(child->v.text.text);
		node_append(into, node_text(b, in->in_pre ? text : fold_space(b, text)));
		return false;
	}
	if (child->type != GUMBO_NODE_ELEMENT || (b->page && page_skips(b->page, child)))
		return false;
	bool inside;
	const GumboElement *e = &child->v.element;
	struct node *n = add_element(b, into, e, &inside);
	if (!n)
		keep_id(b, e);
	if (!n && inside && is_wrapper(e) && !has_block(e) && !node_is(into, "p") && e->children.length) {
		n = node_new(b, "p");
		node_append(into, n);
	}
	if (n)
		place_id(b, n);
	if (!inside || (n && (node_is(n, "img") || node_is(n, "br") || node_is(n, "hr") || node_is(n, "input"))))
		return false;
	*down = (struct frame){ child, n ? n : into, 0, in->in_pre || node_is(n, "pre") };
	return true;
}

static void convert(struct builder *b, const GumboNode *body, struct node *root)
{
	struct frame *stack = arena_array(b->arena, DOC_DEPTH_MAX, sizeof *stack);
	size_t depth = 0;
	if (!stack) {
		b->failed = true;
		return;
	}
	stack[depth++] = (struct frame){ .node = body, .into = root };
	while (depth && !b->failed) {
		struct frame *top = &stack[depth - 1], down;
		const GumboVector *children = &top->node->v.element.children;
		if (top->next >= children->length) {
			depth--;
			continue;
		}
		const GumboNode *child = children->data[top->next++];
		if (!add_child(b, child, top, &down))
			continue;
		if (depth == DOC_DEPTH_MAX)
			doc_warn(b, DOC_WARN_TOO_DEEP, STR(""));
		else
			stack[depth++] = down;
	}
}

static void *gumbo_alloc(void *arena, size_t size)
{
	return arena_alloc(arena, size);
}

static void gumbo_free(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

/* NULL for a page of frames, or when memory is out. */
static const GumboNode *parsed_body(struct builder *b, struct str html)
{
	GumboOptions options = kGumboDefaultOptions;
	bool cut;
	html = html_bounded(html, &cut, b->arena);
	if (cut)
		doc_warn(b, DOC_WARN_TOO_DEEP, STR(""));
	options.allocator = gumbo_alloc;
	options.deallocator = gumbo_free;
	options.userdata = b->arena;
	options.max_errors = 0;
	/* All its memory is the arena's: the library's own destructor would recurse as deep as the input. */
	GumboOutput *output = html.p ? gumbo_parse_with_options(&options, html.p, html.n) : NULL;
	b->failed = b->failed || !output;
	for (unsigned i = 0; output && i < output->root->v.element.children.length; i++) {
		const GumboNode *child = output->root->v.element.children.data[i];
		if (child->type == GUMBO_NODE_ELEMENT && child->v.element.tag == GUMBO_TAG_BODY)
			return child;
	}
	return NULL;
}

struct node *html_clean(struct builder *b, struct str html)
{
	struct node *root = node_new(b, "div");
	const GumboNode *body = html_quick(html, b->arena);
	if (!body)
		body = parsed_body(b, html);
	if (root && body)
		convert(b, body, root);
	return b->failed ? NULL : root;
}

struct node *html_clean_page(struct builder *b)
{
	const GumboNode *main = b->page->main;
	struct node *root = node_new(b, "div");
	if (root && main && main->type == GUMBO_NODE_ELEMENT)
		convert(b, main, root);
	return b->failed ? NULL : root;
}
