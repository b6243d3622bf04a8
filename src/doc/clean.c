#include "doc/tree.h"

#include <gumbo.h>
#include <string.h>

/* The strict allow-list. What is not named here loses its tag and keeps its text; what DROPPED names goes with all that
 * is inside. */

static const char *const KEPT[] = { "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre",
	"code", "em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark", "kbd", "samp", "var", "q", "cite",
	"abbr", "dfn", "time", "ruby", "rt", "rp", "br", "hr", "wbr", "a", "img", "figure", "figcaption", "table", "caption",
	"thead", "tbody", "tfoot", "tr", "td", "th", "details", "summary", "bdi", "bdo", "input" };
static const char *const DROPPED[] = { "script", "style", "template", "svg", "math", "noscript", "head", "title", "select",
	"textarea", "button", "canvas", "frameset", "noembed", "noframes", "plaintext", "xmp", "map", "dialog" };
static const char *const EMBEDS[] = { "iframe", "video", "audio", "object", "embed", "source", "track", "param" };

struct allowed {
	const char *tag; /* "*": any */
	const char *attr;
	enum value_kind { ANY, URL, NUMBER, WORD } kind;
};

static const struct allowed ATTRS[] = {
	{ "*", "id", WORD }, { "*", "lang", WORD }, { "*", "dir", WORD }, { "*", "title", ANY }, { "a", "href", URL },
	{ "a", "hreflang", WORD }, { "blockquote", "cite", URL }, { "q", "cite", URL }, { "img", "src", URL },
	{ "img", "alt", ANY }, { "img", "width", NUMBER }, { "img", "height", NUMBER }, { "ol", "start", NUMBER },
	{ "ol", "reversed", WORD }, { "ol", "type", WORD }, { "li", "value", NUMBER }, { "td", "colspan", NUMBER },
	{ "td", "rowspan", NUMBER }, { "th", "colspan", NUMBER }, { "th", "rowspan", NUMBER }, { "th", "scope", WORD },
	{ "time", "datetime", ANY }, { "del", "datetime", ANY }, { "ins", "datetime", ANY }, { "details", "open", WORD },
	{ "input", "checked", WORD },
};

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

static void copy_attrs(struct builder *b, struct node *n, const GumboElement *e)
{
	for (size_t i = 0; i < sizeof ATTRS / sizeof *ATTRS; i++) {
		if (ATTRS[i].tag[0] != '*' && !node_is(n, ATTRS[i].tag))
			continue;
		const GumboAttribute *a = gumbo_get_attribute(&e->attributes, ATTRS[i].attr);
		if (!a)
			continue;
		struct str v = arena_dup(b->arena, ATTRS[i].kind == ANY ? str_from(a->value) : str_trim(str_from(a->value)));
		if (!valid_value(ATTRS[i].kind, v) || (v.n == 0 && strcmp(ATTRS[i].attr, "id") == 0))
			continue;
		if (strcmp(ATTRS[i].attr, "id") == 0 && b->options->id_prefix.n)
			v = arena_printf(
				b->arena, "%.*s%.*s", (int)b->options->id_prefix.n, b->options->id_prefix.p, (int)v.n, v.p);
		node_set(b, n, ATTRS[i].attr, v);
	}
	struct str class = gumbo_value(e, "class");
	if (node_is(n, "code") && str_starts(class, STR("language-")) && valid_value(WORD, class))
		node_set(b, n, "class", arena_dup(b->arena, class));
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

/* An image that may not load becomes a link to it. */
static void finish_image(struct builder *b, struct node *n)
{
	const struct doc_resolver *r = b->options->resolver;
	int width = 0, height = 0;
	struct str url = node_attr(n, "src"), shown = url;
	if (r && r->image)
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
	node_append(n, node_text(b, alt.n ? alt : url.n ? url : STR("image")));
	if (url.n) {
		node_set(b, n, "href", url);
		finish_link(b, n);
	}
}

static const char *heading_tag(const GumboElement *e)
{
	if (e->tag == GUMBO_TAG_H1)
		return "h2";
	return NULL;
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

/* The node of an element, appended; NULL when its tag goes and its children stay; *inside says whether they do. */
static struct node *add_element(struct builder *b, struct node *parent, const GumboElement *e, bool *inside)
{
	struct str name = element_name(e);
	*inside = true;
	if (e->tag_namespace != GUMBO_NAMESPACE_HTML || find_name(DROPPED, sizeof DROPPED / sizeof *DROPPED, name)) {
		*inside = false;
		doc_warn(b, DOC_WARN_REMOVED, arena_dup(b->arena, name));
		return NULL;
	}
	if (find_name(EMBEDS, sizeof EMBEDS / sizeof *EMBEDS, name)) {
		*inside = e->tag == GUMBO_TAG_OBJECT;
		add_embed(b, parent, e);
		return NULL;
	}
	const char *tag = heading_tag(e);
	if (!tag)
		tag = find_name(KEPT, sizeof KEPT / sizeof *KEPT, name);
	if (!tag && e->tag == GUMBO_TAG_STRIKE)
		tag = "s";
	if (!tag || (strcmp(tag, "input") == 0 && !is_checkbox(e)))
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

static bool is_wrapper(const GumboElement *e)
{
	return e->tag == GUMBO_TAG_DIV || e->tag == GUMBO_TAG_SECTION || e->tag == GUMBO_TAG_ARTICLE || e->tag == GUMBO_TAG_ASIDE ||
		e->tag == GUMBO_TAG_CENTER || e->tag == GUMBO_TAG_MAIN || e->tag == GUMBO_TAG_HEADER || e->tag == GUMBO_TAG_FOOTER ||
		e->tag == GUMBO_TAG_NAV || e->tag == GUMBO_TAG_ADDRESS || e->tag == GUMBO_TAG_FORM || e->tag == GUMBO_TAG_FIELDSET;
}

static bool has_block(const GumboElement *e)
{
	for (unsigned i = 0; i < e->children.length; i++) {
		const GumboNode *c = e->children.data[i];
		if (c->type != GUMBO_NODE_ELEMENT)
			continue;
		const char *tag = find_name(KEPT, sizeof KEPT / sizeof *KEPT, element_name(&c->v.element));
		struct node probe = { .tag = tag };
		if (is_wrapper(&c->v.element) || heading_tag(&c->v.element) || (tag && node_is_block(&probe)))
			return true;
	}
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* A line break between two CJK characters is no space, in imported HTML too. */
static struct str fold_breaks(struct builder *b, struct str s)
{
	struct buf out = { 0 };
	if (!memchr(s.p, '\n', s.n))
		return arena_dup(b->arena, s);
	for (size_t at = 0; at < s.n;) {
		size_t from = at, end;
		while (at < s.n && !is_blank(s.p[at]))
			at++;
		buf_add(&out, str_sub(s, from, at));
		for (end = at; end < s.n && is_blank(s.p[end]);)
			end++;
		if (end == at)
			break;
		bool breaks = memchr(s.p + at, '\n', end - at) != NULL;
		size_t left = at ? utf8_floor(s, at - 1) : 0, right = end;
		if (!(breaks && at && end < s.n && cp_is_cjk(utf8_next(s, &left)) && cp_is_cjk(utf8_next(s, &right))))
			buf_add(&out, breaks ? STR("\n") : STR(" "));
		at = end;
	}
	return buf_take(&out, b->arena);
}

struct frame {
	const GumboNode *node;
	struct node *into;
	unsigned next;
};

static void add_child(struct builder *b, const GumboNode *child, struct node *into, bool in_pre, struct frame *down, bool *deeper)
{
	*deeper = false;
	if (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_WHITESPACE || child->type == GUMBO_NODE_CDATA) {
		struct str text = str_from(child->v.text.text);
		node_append(into, node_text(b, in_pre ? arena_dup(b->arena, text) : fold_breaks(b, text)));
		return;
	}
	if (child->type != GUMBO_NODE_ELEMENT)
		return;
	bool inside;
	const GumboElement *e = &child->v.element;
	struct node *n = add_element(b, into, e, &inside);
	if (!n && inside && is_wrapper(e) && !has_block(e) && !node_is(into, "p") && e->children.length) {
		n = node_new(b, "p");
		struct str id = gumbo_value(e, "id");
		if (n && id.n && valid_value(WORD, id))
			node_set(b, n, "id", arena_dup(b->arena, id));
		node_append(into, n);
	}
	if (!inside || (n && (node_is(n, "img") || node_is(n, "br") || node_is(n, "hr") || node_is(n, "input"))))
		return;
	*deeper = true;
	*down = (struct frame){ child, n ? n : into, 0 };
}

static void convert(struct builder *b, const GumboNode *body, struct node *root)
{
	struct frame *stack = arena_array(b->arena, DOC_DEPTH_MAX, sizeof *stack);
	size_t depth = 0;
	if (!stack) {
		b->failed = true;
		return;
	}
	stack[depth++] = (struct frame){ body, root, 0 };
	while (depth && !b->failed) {
		struct frame *top = &stack[depth - 1];
		const GumboVector *children = &top->node->v.element.children;
		if (top->next >= children->length) {
			depth--;
			continue;
		}
		const GumboNode *child = children->data[top->next++];
		bool deeper;
		struct frame down;
		bool in_pre = false;
		for (const struct node *n = top->into; n && !in_pre; n = n->parent)
			in_pre = node_is(n, "pre");
		add_child(b, child, top->into, in_pre, &down, &deeper);
		if (deeper && depth == DOC_DEPTH_MAX)
			doc_warn(b, DOC_WARN_TOO_DEEP, STR(""));
		else if (deeper)
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

/* Elements that are closed by themselves, or by what may follow them: they do not pile up. */
static bool piles_up(struct str rest)
{
	static const char *const harmless[] = { "br", "img", "hr", "p>", "p ", "li", "input", "t", "d", "link", "meta", "wbr" };
	if (rest.n == 0 || (rest.p[0] | 32) < 'a' || (rest.p[0] | 32) > 'z')
		return false;
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
		if (str_starts_ci(rest, str_from(harmless[i])))
			return false;
	}
	return true;
}

/* Tags that stay open make the parser's work grow with the square of their number: beyond any person's depth they are
 * taken out before it sees them. With `out` NULL it only tells whether there are any. */
static bool cut_excess(struct str html, struct buf *out)
{
	size_t depth = 0, kept = 0;
	bool cut = false;
	for (const char *at = html.p; at && (at = memchr(at, '<', html.n - (size_t)(at - html.p)));) {
		size_t i = (size_t)(at - html.p);
		at++;
		if (i + 1 < html.n && html.p[i + 1] == '/')
			depth -= depth > 0;
		else if (piles_up(str_skip(html, i + 1)) && ++depth > 2 * DOC_DEPTH_MAX) {
			const char *end = memchr(at, '>', html.n - i - 1);
			depth--;
			cut = true;
			if (!out)
				return true;
			buf_add(out, str_sub(html, kept, i));
			kept = end ? (size_t)(end - html.p) + 1 : html.n;
			at = html.p + kept;
		}
	}
	if (out)
		buf_add(out, str_skip(html, kept));
	return cut;
}

static struct str without_excess(struct builder *b, struct str html)
{
	struct buf out = { 0 };
	if (!cut_excess(html, NULL))
		return html;
	cut_excess(html, &out);
	doc_warn(b, DOC_WARN_TOO_DEEP, STR(""));
	return buf_take(&out, b->arena);
}

struct node *html_clean(struct builder *b, struct str html)
{
	GumboOptions options = kGumboDefaultOptions;
	struct node *root = node_new(b, "div");
	html = without_excess(b, html);
	options.allocator = gumbo_alloc;
	options.deallocator = gumbo_free;
	options.userdata = b->arena;
	options.max_errors = 0;
	/* All its memory is the arena's: the library's own destructor would recurse as deep as the input. */
	GumboOutput *output = root && html.p ? gumbo_parse_with_options(&options, html.p, html.n) : NULL;
	if (!output) {
		b->failed = b->failed || !root || (html.n && !html.p);
		return root;
	}
	for (unsigned i = 0; i < output->root->v.element.children.length; i++) {
		const GumboNode *child = output->root->v.element.children.data[i];
		if (child->type == GUMBO_NODE_ELEMENT && child->v.element.tag == GUMBO_TAG_BODY)
			convert(b, child, root);
	}
	return b->failed ? NULL : root;
}
