#include "doc/tree.h"

#include <gumbo.h>
#include <jansson.h>
#include <string.h>

/* What a page says of itself: citation_* (Highwire), Dublin Core, Open Graph, JSON-LD (schema.org), rel=license. A source that
 * is made for citing counts more than one that is made for sharing. */

#define AUTHORS_MAX 32
#define JSON_LD_MAX (256 * KIB)
#define JSON_DEPTH_MAX 12
#define JSON_NODES_MAX 2000
#define VALUE_MAX CREDIT_MAX

struct field {
	struct str text;
	int rank; /* of the source it comes from: lower is better; 0: none yet */
};

struct about {
	struct arena *arena;
	struct field title, publisher, published, licence, lang;
	struct str authors[AUTHORS_MAX];
	size_t n_authors;
	int author_rank;
	size_t json_nodes;
};

enum { RANK_CITATION = 1, RANK_LD, RANK_RIGHTS, RANK_OPEN_GRAPH, RANK_PLAIN };

static void *take(void *arena, size_t size)
{
	return arena_alloc(arena, size);
}

static void keep(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

/* On one line, and no longer than a credit. */
static struct str line_of(struct about *a, struct str s)
{
	struct buf out = { 0 };
	s = str_trim(str_sub(s, 0, utf8_floor(s, VALUE_MAX)));
	for (size_t i = 0; i < s.n; i++) {
		char c = (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i];
		if (c != ' ' || (out.n && out.p[out.n - 1] != ' '))
			buf_addc(&out, c);
	}
	return buf_take(&out, a->arena);
}

static void offer(struct about *a, struct field *f, int rank, struct str value)
{
	value = line_of(a, value);
	if (value.n == 0 || (f->rank && f->rank <= rank))
		return;
	*f = (struct field){ value, rank };
}

static void offer_author(struct about *a, int rank, struct str value)
{
	value = line_of(a, value);
	/* Profiles are no names. */
	if (value.n == 0 || str_starts_ci(value, STR("http://")) || str_starts_ci(value, STR("https://")) ||
	    (a->author_rank && a->author_rank < rank))
		return;
	if (a->author_rank != rank)
		a->n_authors = 0;
	a->author_rank = rank;
	for (size_t i = 0; i < a->n_authors; i++) {
		if (str_eq(a->authors[i], value))
			return;
	}
	if (a->n_authors < AUTHORS_MAX)
		a->authors[a->n_authors++] = value;
}

/* ---- JSON-LD ---- */

static struct str json_text(const json_t *v, const char *key)
{
	const json_t *found = json_is_object(v) ? json_object_get(v, key) : NULL;
	return json_is_string(found) ? str_of(json_string_value(found), json_string_length(found)) : STR("");
}

static bool is_article_type(struct str type)
{
	static const char *const types[] = { "Article", "NewsArticle", "BlogPosting", "Report", "ScholarlyArticle",
		"TechArticle", "WebPage", "CreativeWork", "Book", "HowTo", "LegalDocument", "LiveBlogPosting",
		"SocialMediaPosting", "MedicalWebPage" };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (str_eq(type, str_from(types[i])))
			return true;
	}
	return false;
}

static bool is_article(const json_t *v)
{
	const json_t *type = json_object_get(v, "@type"), *one;
	size_t i;
	if (is_article_type(json_text(v, "@type")))
		return true;
	json_array_foreach(type, i, one)
	{
		if (json_is_string(one) && is_article_type(str_from(json_string_value(one))))
			return true;
	}
	return false;
}

/* A name, an object with a name, or several. */
static void read_authors(struct about *a, const json_t *v)
{
	const json_t *one;
	size_t i;
	if (json_is_string(v))
		offer_author(a, RANK_LD, str_of(json_string_value(v), json_string_length(v)));
	else if (json_is_object(v))
		offer_author(a, RANK_LD, json_text(v, "name"));
	json_array_foreach(v, i, one)
	{
		if (!json_is_array(one) && i < AUTHORS_MAX)
			read_authors(a, one);
	}
}

static void read_licence(struct about *a, const json_t *v)
{
	if (json_is_string(v))
		offer(a, &a->licence, RANK_LD, str_of(json_string_value(v), json_string_length(v)));
	else if (json_is_object(v))
		offer(a, &a->licence, RANK_LD, json_text(v, "url").n ? json_text(v, "url") : json_text(v, "name"));
}

static void read_json(struct about *a, const json_t *v, int depth)
{
	const json_t *one;
	const char *key;
	size_t i;
	if (depth > JSON_DEPTH_MAX || a->json_nodes++ > JSON_NODES_MAX)
		return;
	if (json_is_object(v) && is_article(v)) {
		offer(a, &a->title, RANK_LD, json_text(v, "headline"));
		offer(a, &a->published, RANK_LD, json_text(v, "datePublished"));
		offer(a, &a->lang, RANK_LD, json_text(v, "inLanguage"));
		offer(a, &a->publisher, RANK_LD, json_text(json_object_get(v, "publisher"), "name"));
		read_authors(a, json_object_get(v, "author"));
		read_licence(a, json_object_get(v, "license"));
	}
	json_array_foreach(v, i, one) read_json(a, one, depth + 1);
	if (!json_is_object(v))
		return;
	json_object_foreach((json_t *)(uintptr_t)v, key, one)
	{
		if (strcmp(key, "@graph") == 0 || strcmp(key, "mainEntity") == 0 || strcmp(key, "mainEntityOfPage") == 0)
			read_json(a, one, depth + 1);
	}
}

/* ---- elements ---- */

static struct str attr(const GumboNode *n, const char *name)
{
	const GumboAttribute *a = gumbo_get_attribute(&n->v.element.attributes, name);
	return a ? str_from(a->value) : STR("");
}

static void read_meta(struct about *a, const GumboNode *n)
{
	const struct {
		const char *name;
		struct field *to; /* NULL: an author */
		int rank;
	} known[] = { { "citation_title", &a->title, RANK_CITATION }, { "citation_author", NULL, RANK_CITATION },
		{ "citation_publisher", &a->publisher, RANK_CITATION },
		{ "citation_journal_title", &a->publisher, RANK_CITATION },
		{ "citation_publication_date", &a->published, RANK_CITATION },
		{ "citation_date", &a->published, RANK_CITATION }, { "citation_online_date", &a->published, RANK_CITATION },
		{ "citation_language", &a->lang, RANK_CITATION }, { "dc.title", &a->title, RANK_RIGHTS },
		{ "dcterms.title", &a->title, RANK_RIGHTS }, { "dc.creator", NULL, RANK_RIGHTS },
		{ "dcterms.creator", NULL, RANK_RIGHTS }, { "dc.publisher", &a->publisher, RANK_RIGHTS },
		{ "dcterms.publisher", &a->publisher, RANK_RIGHTS }, { "dc.date", &a->published, RANK_RIGHTS },
		{ "dcterms.date", &a->published, RANK_RIGHTS }, { "dcterms.created", &a->published, RANK_RIGHTS },
		{ "dc.rights", &a->licence, RANK_OPEN_GRAPH }, { "dcterms.license", &a->licence, RANK_LD },
		{ "dcterms.rights", &a->licence, RANK_OPEN_GRAPH }, { "copyright", &a->licence, RANK_PLAIN },
		{ "rights", &a->licence, RANK_PLAIN }, { "og:title", &a->title, RANK_OPEN_GRAPH },
		{ "og:site_name", &a->publisher, RANK_OPEN_GRAPH }, { "article:author", NULL, RANK_OPEN_GRAPH },
		{ "article:published_time", &a->published, RANK_OPEN_GRAPH }, { "author", NULL, RANK_OPEN_GRAPH },
		{ "byl", NULL, RANK_OPEN_GRAPH }, { "parsely-author", NULL, RANK_OPEN_GRAPH },
		{ "date", &a->published, RANK_PLAIN }, { "pubdate", &a->published, RANK_PLAIN },
		{ "application-name", &a->publisher, RANK_PLAIN } };
	struct str name = attr(n, "name").n ? attr(n, "name") : attr(n, "property");
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!str_eq_ci(name, str_from(known[i].name)))
			continue;
		if (known[i].to)
			offer(a, known[i].to, known[i].rank, attr(n, "content"));
		else
			offer_author(a, known[i].rank, attr(n, "content"));
	}
}

static bool has_word(struct str list, struct str word)
{
	while (list.n) {
		if (str_eq_ci(str_trim(str_split(&list, ' ')), word))
			return true;
	}
	return false;
}

static void read_element(struct about *a, const GumboNode *n)
{
	GumboTag t = n->v.element.tag;
	if (t == GUMBO_TAG_META)
		read_meta(a, n);
	if (t == GUMBO_TAG_HTML)
		offer(a, &a->lang, RANK_PLAIN, attr(n, "lang").n ? attr(n, "lang") : attr(n, "xml:lang"));
	if ((t == GUMBO_TAG_LINK || t == GUMBO_TAG_A) &&
	    (has_word(attr(n, "rel"), STR("license")) || has_word(attr(n, "rel"), STR("licence"))))
		offer(a, &a->licence, RANK_CITATION, attr(n, "href"));
	if (t == GUMBO_TAG_TIME && attr(n, "pubdate").n)
		offer(a, &a->published, RANK_PLAIN, attr(n, "datetime"));
	if (t != GUMBO_TAG_SCRIPT || !str_eq_ci(attr(n, "type"), STR("application/ld+json")) ||
	    n->v.element.children.length == 0)
		return;
	const GumboNode *inside = n->v.element.children.data[0];
	size_t size = inside->type == GUMBO_NODE_TEXT ? strlen(inside->v.text.text) : 0;
	json_t *json = size && size <= JSON_LD_MAX ? json_loadb(inside->v.text.text, size, 0, NULL) : NULL;
	read_json(a, json, 0);
	json_decref(json);
}

static const GumboNode *following(const GumboNode *n, const GumboNode *root)
{
	if (n->type == GUMBO_NODE_ELEMENT && n->v.element.children.length)
		return n->v.element.children.data[0];
	for (; n != root; n = n->parent) {
		if (n->index_within_parent + 1 < n->parent->v.element.children.length)
			return n->parent->v.element.children.data[n->index_within_parent + 1];
	}
	return NULL;
}

static struct str joined_authors(struct about *a)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < a->n_authors; i++) {
		buf_adds(&out, i ? ", " : "");
		buf_add(&out, a->authors[i]);
	}
	return line_of(a, buf_take(&out, a->arena));
}

/* The day alone: "2024-05-01T09:00:00Z", "2024/05/01". Other forms stay as they are. */
static struct str day_of(struct about *a, struct str date)
{
	size_t digits = 0;
	for (size_t i = 0; i < date.n && i < 10; i++)
		digits += date.p[i] >= '0' && date.p[i] <= '9';
	if (date.n < 10 || digits != 8 || (date.p[4] != '-' && date.p[4] != '/') || date.p[7] != date.p[4])
		return date;
	return arena_printf(a->arena, "%.4s-%.2s-%.2s", date.p, date.p + 5, date.p + 8);
}

bool doc_read_about(struct doc_about *out, struct str html, struct arena *arena, struct error *err)
{
	GumboOptions options = kGumboDefaultOptions;
	struct about a = { .arena = arena };
	bool cut;
	*out = (struct doc_about){ 0 };
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
	for (const GumboNode *n = parsed->root; n; n = following(n, parsed->root)) {
		if (n->type == GUMBO_NODE_ELEMENT)
			read_element(&a, n);
	}
	*out = (struct doc_about){ .title = a.title.text,
		.author = joined_authors(&a),
		.publisher = a.publisher.text,
		.published = day_of(&a, a.published.text),
		.licence = a.licence.text,
		.lang = a.lang.text };
	return true;
}
