#include "doc/tree.h"

#include <gumbo.h>
#include <string.h>

/* Finds in a whole page what is the article and what is around it. All memory is the arena's. */

#define KEYWORDS_MAX 64
#define DESCENT_MAX 40 /* elements around each other that the search for the article goes into */
#define DOMINANT 85    /* per cent of a page's text that make an element the article */

struct reader {
	struct arena *arena;
	struct doc_page *page;
	struct str head_title, og_title, og_site, time;
	const GumboNode *main, *article;
	size_t articles;
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

static bool is_element(const GumboNode *n, GumboTag tag)
{
	return n && n->type == GUMBO_NODE_ELEMENT && n->v.element.tag == tag;
}

/* Names that generators and themes give to what is no text of the article. */
static bool has_chrome_name(struct str names)
{
	static const char *const all[] = { "navheader", "navfooter", "docnav", "navbar", "nav", "navigation", "sidebar",
		"breadcrumb", "breadcrumbs", "sphinxsidebar", "headerlink", "hash-link", "header-anchor", "anchorjs-link",
		"skip-link", "site-header", "site-footer", "site-nav", "page-nav", "post-navigation", "prev-next", "pagination",
		"pager", "mw-editsection", "toc-backref", "comment-respond", "comments-area", "disqus_thread", "sharedaddy",
		"share-buttons", "cookie-notice", "noprint", "printfooter", "catlinks", "banner", "rightside", "leftside",
		"screen-reader-text", "visually-hidden", "edit-link", "edit-this-page", "copyright-footer", "global-nav",
		"gnav", "pankuzu", "footer-nav" };
	while (names.n) {
		struct str name = str_trim(str_split(&names, ' '));
		for (size_t i = 0; name.n && i < sizeof all / sizeof *all; i++) {
			if ((name.p[0] | 32) == all[i][0] && str_eq_ci(name, str_from(all[i])))
				return true;
		}
	}
	return false;
}

static bool is_chrome_role(struct str role)
{
	return str_eq(role, STR("navigation")) || str_eq(role, STR("banner")) || str_eq(role, STR("contentinfo")) ||
	       str_eq(role, STR("search"));
}

/* Inside the article its own header and asides are text. */
static bool is_chrome(const GumboNode *n, bool in_article)
{
	if (n->type != GUMBO_NODE_ELEMENT)
		return false;
	GumboTag t = n->v.element.tag;
	if (t == GUMBO_TAG_NAV || t == GUMBO_TAG_FOOTER || t == GUMBO_TAG_SCRIPT || t == GUMBO_TAG_STYLE ||
	    t == GUMBO_TAG_NOSCRIPT)
		return true;
	if (!in_article && (t == GUMBO_TAG_HEADER || t == GUMBO_TAG_ASIDE))
		return true;
	if (n->v.element.attributes.length == 0 || t == GUMBO_TAG_BODY || t == GUMBO_TAG_HTML)
		return false;
	for (unsigned i = 0; i < n->v.element.attributes.length; i++) {
		const GumboAttribute *a = n->v.element.attributes.data[i];
		bool names = strcmp(a->name, "class") == 0 || strcmp(a->name, "id") == 0;
		if (names ? has_chrome_name(str_from(a->value))
		          : strcmp(a->name, "role") == 0 && is_chrome_role(str_from(a->value)))
			return true;
	}
	return false;
}

/* White space folded, without readings of ruby and without links to the heading itself. */
static struct str text_of(struct reader *r, const GumboNode *root)
{
	struct buf out = { 0 };
	const GumboNode *n = root;
	while (n) {
		bool silent = is_chrome(n, true) || is_element(n, GUMBO_TAG_RT) || is_element(n, GUMBO_TAG_RP);
		struct str s =
		    n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE ? str_from(n->v.text.text) : STR("");
		for (size_t i = 0; i < s.n; i++) {
			bool blank = s.p[i] == ' ' || (s.p[i] >= '\t' && s.p[i] <= '\r');
			if (!blank)
				buf_addc(&out, s.p[i]);
			else if (out.n && out.p[out.n - 1] != ' ')
				buf_addc(&out, ' ');
		}
		n = following(n, root, !silent);
	}
	return str_trim(buf_take(&out, r->arena));
}

static void read_keywords(struct reader *r, struct str content)
{
	struct doc_page *page = r->page;
	if (!page->keywords)
		page->keywords = arena_array(r->arena, KEYWORDS_MAX, sizeof *page->keywords);
	while (content.n && page->keywords && page->n_keywords < KEYWORDS_MAX) {
		ptrdiff_t wide = str_find(content, STR("、")), narrow = str_find(content, STR(","));
		bool by_wide = wide >= 0 && (narrow < 0 || wide < narrow);
		size_t end = by_wide ? (size_t)wide : narrow >= 0 ? (size_t)narrow : content.n;
		struct str word = str_trim(str_sub(content, 0, end));
		if (word.n)
			page->keywords[page->n_keywords++] = word;
		content = str_skip(content, end + (by_wide ? 3 : 1));
	}
}

static void read_meta(struct reader *r, const GumboNode *n)
{
	struct doc_page *page = r->page;
	struct {
		const char *name;
		struct str *to;
	} fields[] = { { "description", &page->description }, { "dc.description", &page->description },
		{ "og:description", &page->description }, { "author", &page->author }, { "dc.creator", &page->author },
		{ "dcterms.creator", &page->author }, { "og:title", &r->og_title }, { "og:site_name", &r->og_site },
		{ "citation_author", &page->author }, { "citation_publication_date", &page->published },
		{ "citation_date", &page->published }, { "citation_journal_title", &r->og_site },
		{ "citation_publisher", &r->og_site }, { "article:published_time", &page->published },
		{ "date", &page->published }, { "dc.date", &page->published }, { "dcterms.created", &page->published },
		{ "dcterms.date", &page->published }, { "pubdate", &page->published },
		{ "article:modified_time", &page->updated }, { "dcterms.modified", &page->updated },
		{ "last-modified", &page->updated } };
	struct str name = attr(n, "name"), content = str_trim(attr(n, "content"));
	if (name.n == 0)
		name = attr(n, "property");
	if (name.n == 0)
		name = attr(n, "http-equiv");
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (fields[i].to->n == 0 && str_eq_ci(name, str_from(fields[i].name)))
			*fields[i].to = content;
	}
	if (str_eq_ci(name, STR("keywords")) || str_eq_ci(name, STR("article:tag")))
		read_keywords(r, content);
}

static void read_element(struct reader *r, const GumboNode *n)
{
	GumboTag t = n->v.element.tag;
	if (t == GUMBO_TAG_HTML) {
		r->page->lang = attr(n, "lang");
		if (r->page->lang.n == 0)
			r->page->lang = attr(n, "xml:lang");
	}
	if (t == GUMBO_TAG_TITLE && r->head_title.n == 0)
		r->head_title = text_of(r, n);
	if (t == GUMBO_TAG_META)
		read_meta(r, n);
	if (t == GUMBO_TAG_BASE && r->page->base.n == 0)
		r->page->base = str_trim(attr(n, "href"));
	if (t == GUMBO_TAG_LINK && str_eq_ci(attr(n, "rel"), STR("canonical")))
		r->page->canonical = attr(n, "href");
	if (t == GUMBO_TAG_TIME && r->time.n == 0)
		r->time = attr(n, "datetime");
	bool main = t == GUMBO_TAG_MAIN || (n->v.element.attributes.length && str_eq(attr(n, "role"), STR("main")));
	if (main && !r->main)
		r->main = n;
	if (t == GUMBO_TAG_ARTICLE || (n->v.element.attributes.length && str_eq(attr(n, "itemprop"), STR("articleBody")))) {
		r->article = r->article ? r->article : n;
		r->articles += t == GUMBO_TAG_ARTICLE;
	}
}

/* How much text a part holds that is not navigation: what is in links does not count. */
static size_t weight(const GumboNode *root)
{
	size_t sum = 0;
	for (const GumboNode *n = root; n;) {
		bool skip = is_chrome(n, false) || is_element(n, GUMBO_TAG_A);
		if (n->type == GUMBO_NODE_TEXT)
			sum += strlen(n->v.text.text);
		n = following(n, root, !skip);
	}
	return sum;
}

static bool is_container(const GumboNode *n)
{
	static const GumboTag tags[] = { GUMBO_TAG_DIV, GUMBO_TAG_SECTION, GUMBO_TAG_ARTICLE, GUMBO_TAG_FORM,
		GUMBO_TAG_CENTER, GUMBO_TAG_TABLE, GUMBO_TAG_TBODY, GUMBO_TAG_TR, GUMBO_TAG_TD };
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		if (is_element(n, tags[i]))
			return true;
	}
	return false;
}

/* Does it hold blocks, so that it is more than one paragraph? */
static bool holds_blocks(const GumboNode *n)
{
	const GumboVector *children = &n->v.element.children;
	for (unsigned i = 0; i < children->length; i++) {
		const GumboNode *c = children->data[i];
		if (is_container(c) || is_element(c, GUMBO_TAG_P) || is_element(c, GUMBO_TAG_UL) ||
		    is_element(c, GUMBO_TAG_OL) || is_element(c, GUMBO_TAG_DL) || is_element(c, GUMBO_TAG_PRE) ||
		    is_element(c, GUMBO_TAG_BLOCKQUOTE) ||
		    (c->type == GUMBO_NODE_ELEMENT && c->v.element.tag >= GUMBO_TAG_H1 && c->v.element.tag <= GUMBO_TAG_H6))
			return true;
	}
	return false;
}

/* The smallest element that holds nearly all of the page's text. */
static const GumboNode *densest(const GumboNode *body)
{
	size_t all = weight(body);
	const GumboNode *at = body;
	for (int depth = 0; depth < DESCENT_MAX; depth++) {
		const GumboNode *inner = NULL;
		const GumboVector *children = &at->v.element.children;
		for (unsigned i = 0; i < children->length && !inner; i++) {
			const GumboNode *c = children->data[i];
			/* What stands beside the title belongs to it. */
			if (at != body && is_element(c, GUMBO_TAG_H1))
				return at;
			if (is_container(c) && holds_blocks(c) && weight(c) * 100 >= all * DOMINANT)
				inner = c;
		}
		if (!inner)
			break;
		at = inner;
	}
	return is_element(at, GUMBO_TAG_TABLE) || is_element(at, GUMBO_TAG_TBODY) || is_element(at, GUMBO_TAG_TR) ? body
	                                                                                                          : at;
}

/* "Page – Site" loses the site. */
static struct str without_site(const struct reader *r, struct str title)
{
	static const char *const seps[] = { " | ", " – ", " — ", " - ", " :: ", "｜", " « ", " » ", " · " };
	size_t cut = title.n;
	ptrdiff_t at = r->og_site.n ? str_find(title, r->og_site) : -1;
	for (size_t i = 0; i < sizeof seps / sizeof *seps; i++) {
		size_t from = 0;
		for (ptrdiff_t found; (found = str_find(str_skip(title, from), str_from(seps[i]))) >= 0;) {
			from += (size_t)found;
			if (from > 0 && (at < 0 || from + strlen(seps[i]) == (size_t)at) && (cut == title.n || from > cut))
				cut = from;
			from += strlen(seps[i]);
		}
	}
	return str_trim(str_sub(title, 0, cut));
}

static bool is_heading(const GumboNode *n)
{
	return n->type == GUMBO_NODE_ELEMENT && n->v.element.tag >= GUMBO_TAG_H1 && n->v.element.tag <= GUMBO_TAG_H6;
}

/* The first h1 of the article, else what <title> says; a first heading that repeats it goes from the text. */
static void find_title(struct reader *r, const GumboNode *main, const GumboNode *root)
{
	struct doc_page *page = r->page;
	const GumboNode *first = NULL, *h1 = NULL;
	for (const GumboNode *n = main; n && !h1; n = following(n, main, !is_chrome(n, true))) {
		if (is_heading(n) && text_of(r, n).n) {
			first = first ? first : n;
			h1 = is_element(n, GUMBO_TAG_H1) ? n : NULL;
		}
	}
	struct str head = without_site(r, r->head_title);
	page->title = h1 ? text_of(r, h1) : head.n ? head : r->og_title;
	page->title_node = h1;
	if (!h1 && first &&
	    (page->title.n == 0 || str_eq(text_of(r, first), page->title) || str_eq(text_of(r, first), r->head_title))) {
		page->title = text_of(r, first);
		page->title_node = first;
	}
	/* An h1 above the article is better than a <title> that is the site's alone. */
	for (const GumboNode *n = root; n && !page->title_node && !first && page->title.n == 0;
	     n = following(n, root, true)) {
		if (is_element(n, GUMBO_TAG_H1))
			page->title = text_of(r, n);
	}
	/* A <title> that only adds to the heading, or takes from it, says nothing else. */
	bool same = str_find(head, page->title) >= 0 || str_find(page->title, head) >= 0;
	page->other_title = same ? STR("") : head;
}

bool page_skips(const struct doc_page *page, const void *node)
{
	return node == page->title_node || is_chrome(node, true);
}

static const GumboNode *body_of(const GumboNode *root)
{
	for (unsigned i = 0; root && i < root->v.element.children.length; i++) {
		const GumboNode *child = root->v.element.children.data[i];
		if (is_element(child, GUMBO_TAG_BODY))
			return child;
	}
	return root;
}

bool doc_read_page(struct doc_page *out, struct str html, struct arena *arena, struct error *err)
{
	GumboOptions options = kGumboDefaultOptions;
	struct reader r = { .arena = arena, .page = out };
	bool cut;
	*out = (struct doc_page){ 0 };
	if (html.n > ARTICLE_BODY_MAX)
		return error_set(err, ERR_TOO_LARGE, "the page is larger than %zu MiB", ARTICLE_BODY_MAX / MIB);
	options.allocator = take;
	options.deallocator = keep;
	options.userdata = arena;
	options.max_errors = 0;
	html = html_bounded(utf8_clean(arena, html), &cut, arena);
	GumboOutput *parsed = gumbo_parse_with_options(&options, html.p ? html.p : "", html.n);
	if (!parsed)
		return error_memory(err);
	for (const GumboNode *n = parsed->root; n; n = following(n, parsed->root, !is_chrome(n, false))) {
		if (n->type == GUMBO_NODE_ELEMENT)
			read_element(&r, n);
	}
	const GumboNode *article = r.articles <= 1 ? r.article : NULL;
	const GumboNode *main = r.main ? r.main : article ? article : densest(body_of(parsed->root));
	if (out->published.n == 0)
		out->published = r.time;
	out->site = r.og_site;
	out->main = main;
	find_title(&r, main, parsed->root);
	return out->title.p || out->title.n == 0 ? true : error_memory(err);
}
