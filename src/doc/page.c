#include "doc/doc.h"

#include <gumbo.h>
#include <string.h>

/* Finds in a whole page what is the article and what is around it. All memory is the arena's. */

struct reader {
	struct arena *arena;
	struct doc_page *page;
	struct str h1, head_title, og_title;
	const GumboNode *main, *dense;
	size_t dense_score;
};

static void *take(void *arena, size_t size)
{
	return arena_alloc(arena, size);
}

static void keep(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

static struct str attr(const GumboNode *n, const char *name)
{
	const GumboAttribute *a = gumbo_get_attribute(&n->v.element.attributes, name);
	return a ? str_from(a->value) : STR("");
}

static const GumboNode *following(const GumboNode *n, const GumboNode *root, bool inside)
{
	if (!n)
		return NULL;
	if (inside && n->type == GUMBO_NODE_ELEMENT && n->v.element.children.length)
		return n->v.element.children.data[0];
	while (n != root) {
		const GumboNode *parent = n->parent;
		if (n->index_within_parent + 1 < parent->v.element.children.length)
			return parent->v.element.children.data[n->index_within_parent + 1];
		n = parent;
	}
	return NULL;
}

static bool is_chrome(const GumboNode *n)
{
	if (n->type != GUMBO_NODE_ELEMENT)
		return false;
	GumboTag t = n->v.element.tag;
	struct str class = attr(n, "class");
	return t == GUMBO_TAG_NAV || t == GUMBO_TAG_ASIDE || t == GUMBO_TAG_HEADER || t == GUMBO_TAG_FOOTER ||
		t == GUMBO_TAG_SCRIPT || t == GUMBO_TAG_STYLE || t == GUMBO_TAG_NOSCRIPT || t == GUMBO_TAG_FORM ||
		str_eq(class, STR("navheader")) || str_eq(class, STR("navfooter")) || str_eq(class, STR("docnav"));
}

static struct str text_of(struct reader *r, const GumboNode *root)
{
	struct buf out = { 0 };
	for (const GumboNode *n = root; n; n = following(n, root, true)) {
		if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE)
			buf_adds(&out, n->v.text.text);
	}
	for (size_t i = 0; i < out.n; i++) {
		if (out.p[i] == '\n' || out.p[i] == '\t' || out.p[i] == '\r')
			out.p[i] = ' ';
	}
	struct str raw = buf_take(&out, r->arena);
	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] != ' ' || (i && raw.p[i - 1] != ' '))
			buf_addc(&out, raw.p[i]);
	}
	return str_trim(buf_take(&out, r->arena));
}

static void read_meta(struct reader *r, const GumboNode *n)
{
	struct str name = attr(n, "name"), content = arena_dup(r->arena, attr(n, "content"));
	if (name.n == 0)
		name = attr(n, "property");
	if (str_eq_ci(name, STR("description")))
		r->page->description = content;
	if (str_eq_ci(name, STR("author")))
		r->page->author = content;
	if (str_eq_ci(name, STR("og:title")))
		r->og_title = content;
	if (str_eq_ci(name, STR("article:published_time")))
		r->page->published = content;
	if (!str_eq_ci(name, STR("keywords")))
		return;
	r->page->keywords = arena_array(r->arena, 64, sizeof *r->page->keywords);
	while (content.n && r->page->keywords && r->page->n_keywords < 64) {
		struct str word = str_trim(str_split(&content, ','));
		if (word.n)
			r->page->keywords[r->page->n_keywords++] = word;
	}
}

/* Text directly in paragraphs counts for their parent: the element that holds most of it is the article. */
static void weigh(struct reader *r, const GumboNode *parent)
{
	size_t score = 0;
	for (unsigned i = 0; i < parent->v.element.children.length; i++) {
		const GumboNode *c = parent->v.element.children.data[i];
		if (c->type == GUMBO_NODE_TEXT)
			score += strlen(c->v.text.text) / 2;
		if (c->type != GUMBO_NODE_ELEMENT || is_chrome(c))
			continue;
		GumboTag t = c->v.element.tag;
		if (t == GUMBO_TAG_P || t == GUMBO_TAG_PRE || t == GUMBO_TAG_UL || t == GUMBO_TAG_OL || t == GUMBO_TAG_BLOCKQUOTE)
			score += (size_t)(c->v.element.end_pos.offset - c->v.element.start_pos.offset);
	}
	if (score > r->dense_score) {
		r->dense_score = score;
		r->dense = parent;
	}
}

static void read_element(struct reader *r, const GumboNode *n)
{
	GumboTag t = n->v.element.tag;
	if (t == GUMBO_TAG_HTML)
		r->page->lang = arena_dup(r->arena, attr(n, "lang"));
	if (t == GUMBO_TAG_TITLE && r->head_title.n == 0)
		r->head_title = text_of(r, n);
	if (t == GUMBO_TAG_META)
		read_meta(r, n);
	if (t == GUMBO_TAG_BASE)
		r->page->base = arena_dup(r->arena, attr(n, "href"));
	if (t == GUMBO_TAG_LINK && str_eq_ci(attr(n, "rel"), STR("canonical")))
		r->page->canonical = arena_dup(r->arena, attr(n, "href"));
	if (t == GUMBO_TAG_TIME && r->page->published.n == 0)
		r->page->published = arena_dup(r->arena, attr(n, "datetime"));
	bool main = t == GUMBO_TAG_MAIN || str_eq(attr(n, "role"), STR("main")) || str_eq(attr(n, "id"), STR("DisplayArea"));
	if (main || (t == GUMBO_TAG_ARTICLE && !r->main))
		r->main = n;
	weigh(r, n);
}

/* "Page – Site" loses the site. */
static struct str without_site(struct str title)
{
	static const char *const seps[] = { " | ", " – ", " — ", " - ", " :: " };
	for (size_t i = 0; i < sizeof seps / sizeof *seps; i++) {
		ptrdiff_t at = str_find(title, str_from(seps[i]));
		if (at > 0)
			return str_sub(title, 0, (size_t)at);
	}
	return title;
}

static void write_start(struct buf *out, const GumboNode *n)
{
	const GumboElement *e = &n->v.element;
	struct str tag = str_of(e->original_tag.data, e->original_tag.length);
	if (tag.n) {
		buf_add(out, tag);
		return;
	}
	buf_addc(out, '<');
	buf_adds(out, gumbo_normalized_tagname(e->tag));
	buf_addc(out, '>');
}

static void write_end(struct buf *out, const GumboNode *n)
{
	GumboTag t = n->v.element.tag;
	bool is_void = t == GUMBO_TAG_BR || t == GUMBO_TAG_HR || t == GUMBO_TAG_IMG || t == GUMBO_TAG_INPUT ||
		t == GUMBO_TAG_META || t == GUMBO_TAG_LINK || t == GUMBO_TAG_WBR || t == GUMBO_TAG_UNKNOWN;
	if (is_void)
		return;
	buf_adds(out, "</");
	buf_adds(out, gumbo_normalized_tagname(t));
	buf_addc(out, '>');
}

/* What is inside the article, without chrome and without the heading that became the title. */
static struct str main_html(struct reader *r, const GumboNode *root)
{
	struct buf out = { 0 };
	bool title_gone = false;
	for (const GumboNode *n = following(root, root, true), *next; n; n = next) {
		bool drop = is_chrome(n);
		if (n->type == GUMBO_NODE_ELEMENT && !title_gone && n->v.element.tag == GUMBO_TAG_H1 &&
			str_eq(text_of(r, n), r->page->title))
			drop = title_gone = true;
		if (n->type == GUMBO_NODE_ELEMENT && !drop)
			write_start(&out, n);
		else if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE || n->type == GUMBO_NODE_CDATA)
			buf_add_html(&out, str_from(n->v.text.text));
		next = following(n, root, !drop);
		if (n->type == GUMBO_NODE_ELEMENT && !drop && n->v.element.children.length == 0)
			write_end(&out, n);
		/* Close what ends between this node and the next. */
		for (const GumboNode *up = n; up != root && (!next || next->parent != up) &&
			 (up == n ? (drop || n->type != GUMBO_NODE_ELEMENT || n->v.element.children.length == 0) : true);) {
			up = up->parent;
			if (up == root || (next && next->parent == up))
				break;
			write_end(&out, up);
		}
	}
	return buf_take(&out, r->arena);
}

bool doc_read_page(struct doc_page *out, struct str html, struct arena *arena, struct error *err)
{
	GumboOptions options = kGumboDefaultOptions;
	struct reader r = { .arena = arena, .page = out };
	*out = (struct doc_page){ 0 };
	if (html.n > ARTICLE_BODY_MAX)
		return error_set(err, ERR_TOO_LARGE, "the page is larger than %zu MiB", ARTICLE_BODY_MAX / MIB);
	options.allocator = take;
	options.deallocator = keep;
	options.userdata = arena;
	options.max_errors = 0;
	html = utf8_clean(arena, html);
	GumboOutput *parsed = gumbo_parse_with_options(&options, html.p ? html.p : "", html.n);
	if (!parsed)
		return error_memory(err);
	for (const GumboNode *n = parsed->root; n; n = following(n, parsed->root, !is_chrome(n))) {
		if (n->type == GUMBO_NODE_ELEMENT)
			read_element(&r, n);
	}
	const GumboNode *root = r.main ? r.main : r.dense ? r.dense : parsed->root;
	for (const GumboNode *n = root; n && r.h1.n == 0; n = following(n, root, true)) {
		if (n->type == GUMBO_NODE_ELEMENT && n->v.element.tag == GUMBO_TAG_H1)
			r.h1 = text_of(&r, n);
	}
	out->title = r.h1.n ? r.h1 : r.head_title.n ? without_site(r.head_title) : r.og_title;
	out->main_html = main_html(&r, root);
	return out->main_html.p ? true : error_memory(err);
}
