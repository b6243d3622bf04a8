#include "transfer/inner.h"

#include <libxml/xmlreader.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* WordPress eXtended RSS 1.0 to 1.2, read as a stream: what is held at a time is one item. */

#define TERMS_MAX 64
#define UNPACKED_MAX ((uint64_t)64 << 30) /* of a gzip file: beyond it is a bomb */
#define ID_MAX 20

struct term {
	struct str domain, slug, name;
};

struct item {
	struct str title, link, creator, content, excerpt, id, date, date_gmt, modified_gmt, name, status, type, password,
		attachment;
	bool sticky;
	struct term terms[TERMS_MAX];
	size_t n_terms, comments;
};

struct reader {
	struct import im;
	gzFile file;
	uint64_t in_limit, read;
	struct item item;
	struct str base; /* of the site that was exported */
	struct {
		struct str login, name;
	} authors[1000];
	size_t n_authors;
	const char *uploads;
	struct error xml_error;
};

/* ---- text of a body ---- */

static bool is_shortcode_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (i && (c == '_' || c == '-' || (c >= '0' && c <= '9')))))
			return false;
	}
	return s.n > 1;
}

/* A shortcode is [name], [/name] or [name key=value …]; other text in brackets is just that. */
static bool is_shortcode(struct str inner)
{
	static const char *const bare[] = { "caption", "gallery", "embed", "audio", "video", "playlist" };
	if (str_starts(inner, STR("/")))
		return is_shortcode_name(str_skip(inner, 1));
	struct str rest = inner, name = str_split(&rest, ' ');
	if (!is_shortcode_name(name))
		return false;
	for (size_t i = 0; i < sizeof bare / sizeof *bare; i++) {
		if (str_eq(name, str_from(bare[i])))
			return true;
	}
	return str_find(rest, STR("=")) > 0;
}

static struct str without_shortcodes(struct reader *r, struct str s)
{
	struct buf out = { 0 };
	while (s.n) {
		ptrdiff_t open = str_find(s, STR("[")), close = open >= 0 ? str_find(str_skip(s, (size_t)open), STR("]")) : -1;
		if (open < 0 || close < 0) {
			buf_add(&out, s);
			break;
		}
		struct str inner = str_sub(s, (size_t)open + 1, (size_t)(open + close));
		buf_add(&out, str_sub(s, 0, (size_t)open));
		if (!is_shortcode(inner)) {
			buf_addc(&out, '[');
			s = str_skip(s, (size_t)open + 1);
			continue;
		}
		if (str_starts(inner, STR("caption")) || str_eq(inner, STR("/caption")))
			buf_adds(&out, inner.p[0] == '/' ? "\n" : "");
		else if (inner.p[0] != '/' && !str_starts(inner, STR("embed")))
			r->im.sum->shortcodes_dropped++;
		s = str_skip(s, (size_t)(open + close) + 1);
	}
	return buf_take(&out, r->im.arena);
}

static struct str without_comments(struct reader *r, struct str s)
{
	struct buf out = { 0 };
	for (ptrdiff_t at; (at = str_find(s, STR("<!--"))) >= 0;) {
		buf_add(&out, str_sub(s, 0, (size_t)at));
		ptrdiff_t end = str_find(str_skip(s, (size_t)at), STR("-->"));
		if (end < 0) {
			s = STR("");
			break;
		}
		s = str_skip(s, (size_t)(at + end) + 3);
	}
	buf_add(&out, s);
	return buf_take(&out, r->im.arena);
}

/* An address of the old site becomes a path, which redirects. */
static struct str old_link(void *user, struct str url, struct arena *arena)
{
	struct reader *r = user;
	(void)arena;
	if (r->base.n && str_starts(url, r->base)) {
		struct str path = str_skip(url, r->base.n);
		return path.n && path.p[0] == '/' ? path : path.n ? url : STR("/");
	}
	return url;
}

/* pic-300x169.png is a smaller form of pic.png. */
static struct str original_size(struct arena *arena, struct str path)
{
	ptrdiff_t dot = -1, dash = -1;
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '.')
			dot = (ptrdiff_t)i;
		if (path.p[i] == '-')
			dash = (ptrdiff_t)i;
	}
	if (dash < 0 || dot < dash || str_find(str_sub(path, (size_t)dash, (size_t)dot), STR("x")) < 0)
		return STR("");
	struct str end = str_skip(path, (size_t)dot);
	return arena_printf(arena, "%.*s%.*s", (int)dash, path.p, (int)end.n, end.p);
}

static struct str old_image(void *user, struct str url, int *width, int *height, struct arena *arena)
{
	struct reader *r = user;
	ptrdiff_t at = str_find(url, STR("wp-content/uploads/"));
	(void)width;
	(void)height;
	struct str path = at >= 0 ? path_join(arena, STR(""), str_skip(url, (size_t)at + 19)) : STR("");
	struct str media = STR("");
	if (r->uploads && path.n) {
		media = import_image(&r->im, r->uploads, path);
		if (media.n == 0)
			media = import_image(&r->im, r->uploads, original_size(arena, path));
	}
	if (media.n == 0)
		import_note(&r->im, r->item.title, "the image is not there", url);
	return media;
}

static bool body_of(struct reader *r, struct doc *doc)
{
	bool blocks = str_find(r->item.content, STR("<!-- wp:")) >= 0;
	struct str text = without_shortcodes(r, without_comments(r, r->item.content));
	if (!blocks)
		text = doc_autop(text, r->im.arena);
	struct doc_resolver resolver = { .link = old_link, .image = old_image, .user = r };
	struct doc_options options = { .format = DOC_HTML, .resolver = &resolver, .no_citations = true };
	return doc_render(doc, text, &options, r->im.arena, r->im.err);
}

/* ---- an item ---- */

static bool holds_articles(const struct reader *r, struct str type)
{
	static const char *const known[] = { "post", "page", "docs", "ht_kb", "knowledgebase", "manual_kb", "kb" };
	struct str more = str_from(r->im.options->types);
	if (str_starts(type, STR("epkb_post_type_")))
		return true;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (str_eq(type, str_from(known[i])))
			return true;
	}
	while (more.n) {
		if (str_eq(str_trim(str_split(&more, ',')), type))
			return true;
	}
	return false;
}

static bool status_of(struct reader *r, enum article_status *out)
{
	static const struct {
		const char *name;
		enum article_status status;
	} known[] = { { "publish", ARTICLE_PUBLISHED }, { "draft", ARTICLE_DRAFT }, { "auto-draft", ARTICLE_DRAFT },
		{ "pending", ARTICLE_REVIEW }, { "future", ARTICLE_SCHEDULED }, { "private", ARTICLE_PRIVATE } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!str_eq(r->item.status, str_from(known[i].name)))
			continue;
		*out = known[i].status;
		if (r->item.password.n) {
			*out = ARTICLE_PRIVATE;
			import_note(&r->im, r->item.title, "was behind a password; it is private now", STR(""));
		}
		return true;
	}
	return false;
}

static bool add_terms(struct reader *r, struct article *a)
{
	int64_t *ids = arena_array(r->im.arena, TERMS_MAX, sizeof *ids);
	struct str *tags = arena_array(r->im.arena, TERMS_MAX, sizeof *tags);
	if (!ids || !tags)
		return error_memory(r->im.err);
	for (size_t i = 0; i < r->item.n_terms; i++) {
		const struct term *t = &r->item.terms[i];
		if (str_find(t->domain, STR("tag")) >= 0)
			tags[a->n_tags++] = t->name;
		else if (str_find(t->domain, STR("cat")) >= 0 && !import_category(&r->im, t->slug, t->name, 0, &ids[a->n_categories++]))
			return false;
	}
	a->categories = ids;
	a->tags = tags;
	return true;
}

static struct str author_of(const struct reader *r, struct str login)
{
	for (size_t i = 0; i < r->n_authors; i++) {
		if (str_eq(r->authors[i].login, login))
			return r->authors[i].name;
	}
	return login;
}

static bool add_redirects(struct reader *r, int64_t article)
{
	struct str link = r->item.link, path = r->base.n && str_starts(link, r->base) ? str_skip(link, r->base.n) : STR("");
	struct arena *arena = r->im.arena;
	if (r->item.id.n && r->item.id.n < ID_MAX &&
		!import_redirect(&r->im, arena_printf(arena, "/?p=%.*s", (int)r->item.id.n, r->item.id.p), article))
		return false;
	if (path.n < 2 || str_find(path, STR("?")) >= 0)
		return true;
	/* As the server sees it: percent-decoded. */
	struct buf out = { 0 };
	for (size_t i = 0; i < path.n; i++) {
		unsigned byte = 0;
		char digits[3] = { 0 };
		if (path.p[i] == '%' && i + 2 < path.n) {
			memcpy(digits, path.p + i + 1, 2);
			char *end;
			byte = (unsigned)strtoul(digits, &end, 16);
			if (*end == '\0') {
				buf_addc(&out, (char)byte);
				i += 2;
				continue;
			}
		}
		buf_addc(&out, path.p[i]);
	}
	return import_redirect(&r->im, utf8_clean(arena, buf_take(&out, arena)), article);
}

static bool import_item(struct reader *r)
{
	struct item *it = &r->item;
	struct article a = { .format = DOC_HTML };
	struct doc doc;
	r->im.sum->comments_left_out += it->comments;
	if (str_eq(it->type, STR("attachment")) || str_eq(it->type, STR("nav_menu_item")))
		return true;
	if (!holds_articles(r, it->type)) {
		import_note(&r->im, it->title, "this post type holds no articles (--type brings it in)", it->type);
		return true;
	}
	if (!status_of(r, &a.status)) {
		import_note(&r->im, it->title, "was left out: its status is", it->status);
		return true;
	}
	if (!body_of(r, &doc))
		return false;
	a.body = doc.html;
	a.title = str_trim(it->title);
	if (a.title.n == 0)
		a.title = doc.excerpt.n ? str_sub(doc.excerpt, 0, utf8_floor(doc.excerpt, 90)) : STR("無題");
	a.slug = it->name;
	a.summary = doc_plain(it->excerpt, r->im.arena);
	a.sticky = it->sticky;
	a.author = author_of(r, it->creator);
	a.source = it->link;
	a.lang = import_language(&r->im, STR(""), doc.text.n ? doc.text : a.title);
	a.import_key = arena_printf(r->im.arena, "wp:%.*s?p=%.*s", (int)r->base.n, r->base.p, (int)it->id.n, it->id.p);
	if (!time_parse(it->date_gmt, 0, &a.published_at))
		time_parse(it->date, r->im.settings.time_offset, &a.published_at);
	time_parse(it->modified_gmt, 0, &a.updated_at);
	return add_terms(r, &a) && import_article(&r->im, &a) && add_redirects(r, a.id);
}

/* ---- the stream ---- */

static int read_some(void *context, char *buffer, int length)
{
	struct reader *r = context;
	int n = gzread(r->file, buffer, (unsigned)length);
	r->read += n > 0 ? (uint64_t)n : 0;
	return r->read > r->in_limit ? -1 : n;
}

static struct str text_inside(struct reader *r, xmlTextReaderPtr xml, struct arena *arena)
{
	struct buf out = { .max = WXR_FIELD_MAX };
	int depth = xmlTextReaderDepth(xml);
	if (xmlTextReaderIsEmptyElement(xml))
		return STR("");
	while (xmlTextReaderRead(xml) == 1 && xmlTextReaderDepth(xml) > depth) {
		int type = xmlTextReaderNodeType(xml);
		if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE)
			buf_adds(&out, (const char *)xmlTextReaderConstValue(xml));
	}
	if (out.failed)
		import_note(&r->im, r->item.title, "a field is too large and was cut", STR(""));
	out.failed = false;
	return buf_take(&out, arena);
}

static struct str attribute(xmlTextReaderPtr xml, const char *name, struct arena *arena)
{
	xmlChar *value = xmlTextReaderGetAttribute(xml, (const xmlChar *)name);
	struct str copy = arena_dup(arena, str_from((const char *)value));
	xmlFree(value);
	return copy;
}

static void read_field(struct reader *r, xmlTextReaderPtr xml)
{
	struct item *it = &r->item;
	struct arena *arena = r->im.arena;
	struct {
		const char *name;
		struct str *to;
	} fields[] = { { "title", &it->title }, { "link", &it->link }, { "dc:creator", &it->creator },
		{ "content:encoded", &it->content }, { "excerpt:encoded", &it->excerpt }, { "wp:post_id", &it->id },
		{ "wp:post_date", &it->date }, { "wp:post_date_gmt", &it->date_gmt }, { "wp:post_modified_gmt", &it->modified_gmt },
		{ "wp:post_name", &it->name }, { "wp:status", &it->status }, { "wp:post_type", &it->type },
		{ "wp:post_password", &it->password }, { "wp:attachment_url", &it->attachment } };
	struct str name = str_from((const char *)xmlTextReaderConstName(xml));
	if (str_eq(name, STR("category")) && it->n_terms < TERMS_MAX) {
		struct term *t = &it->terms[it->n_terms++];
		t->domain = attribute(xml, "domain", arena);
		t->slug = attribute(xml, "nicename", arena);
		t->name = text_inside(r, xml, arena);
		return;
	}
	if (str_eq(name, STR("wp:is_sticky"))) {
		it->sticky = str_eq(text_inside(r, xml, arena), STR("1"));
		return;
	}
	if (str_eq(name, STR("wp:comment")))
		it->comments++;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (str_eq(name, str_from(fields[i].name))) {
			*fields[i].to = text_inside(r, xml, arena);
			return;
		}
	}
}

/* Fields of a channel: authors, categories with parents, the site's address. Depth 2. */
static bool read_channel(struct reader *r, xmlTextReaderPtr xml)
{
	struct str name = str_from((const char *)xmlTextReaderConstName(xml)), login = STR(""), shown = STR(""), slug = STR(""),
			   parent = STR("");
	if (str_eq(name, STR("wp:base_site_url")) || (str_eq(name, STR("link")) && r->base.n == 0)) {
		r->base = text_inside(r, xml, r->im.kept);
		return true;
	}
	if (!str_eq(name, STR("wp:author")) && !str_eq(name, STR("wp:category")))
		return true;
	int depth = xmlTextReaderDepth(xml);
	while (xmlTextReaderRead(xml) == 1 && xmlTextReaderDepth(xml) > depth) {
		if (xmlTextReaderNodeType(xml) != XML_READER_TYPE_ELEMENT)
			continue;
		struct str field = str_from((const char *)xmlTextReaderConstName(xml));
		if (str_eq(field, STR("wp:author_login")))
			login = text_inside(r, xml, r->im.kept);
		else if (str_eq(field, STR("wp:author_display_name")) || str_eq(field, STR("wp:cat_name")))
			shown = text_inside(r, xml, r->im.kept);
		else if (str_eq(field, STR("wp:category_nicename")))
			slug = text_inside(r, xml, r->im.kept);
		else if (str_eq(field, STR("wp:category_parent")))
			parent = text_inside(r, xml, r->im.kept);
	}
	if (login.n && r->n_authors < sizeof r->authors / sizeof *r->authors) {
		r->authors[r->n_authors].login = login;
		r->authors[r->n_authors++].name = shown.n ? shown : login;
	}
	int64_t id, above = 0;
	if (slug.n == 0)
		return true;
	return (parent.n == 0 || import_category(&r->im, parent, parent, 0, &above)) &&
		import_category(&r->im, slug, shown, above, &id);
}

static bool read_items(struct reader *r, xmlTextReaderPtr xml, int *state)
{
	size_t n = 0;
	bool in_item = false, rss = false;
	while ((*state = xmlTextReaderRead(xml)) == 1) {
		int type = xmlTextReaderNodeType(xml), depth = xmlTextReaderDepth(xml);
		if (type == XML_READER_TYPE_END_ELEMENT && depth == 2 && in_item) {
			in_item = false;
			if (!import_item(r))
				return error_context(r->im.err, "item %zu", n);
			if (r->im.options->progress)
				r->im.options->progress(r->im.options->user, n, -1);
		}
		if (type != XML_READER_TYPE_ELEMENT)
			continue;
		struct str name = str_from((const char *)xmlTextReaderConstName(xml));
		rss = rss || (depth == 0 && str_eq(name, STR("rss")));
		if (depth == 2 && str_eq(name, STR("item"))) {
			arena_reset(r->im.arena);
			r->item = (struct item){ 0 };
			in_item = true;
			n++;
		} else if (depth == 3 && in_item) {
			read_field(r, xml);
		} else if (depth == 2 && !read_channel(r, xml)) {
			return false;
		}
	}
	return rss || *state != 0 || error_set(r->im.err, ERR_INVALID, "this is no WordPress export: it does not start with <rss>");
}

static void keep_quiet(void *context, const char *message, xmlParserSeverities severity, xmlTextReaderLocatorPtr where)
{
	struct reader *r = context;
	(void)severity;
	/* Lesser faults, such as an undeclared prefix, are borne; the last one before the end is what ended it. */
	struct str text = str_trim(str_from(message));
	error_set(&r->xml_error, ERR_INVALID, "line %d: %.*s", xmlTextReaderLocatorLineNumber(where), (int)text.n, text.p);
}

bool import_wordpress(struct store *store, const char *file, const struct import_options *options, struct import_summary *sum,
	struct arena *kept, struct error *err)
{
	uint64_t started = clock_mono_us();
	struct reader *r = arena_alloc(kept, sizeof *r);
	int state = -1;
	if (!r)
		return error_memory(err);
	r->file = gzopen(file, "rb");
	if (!r->file)
		return error_set(err, ERR_NOT_FOUND, "cannot open %s", file);
	r->uploads = options->uploads;
	r->in_limit = UNPACKED_MAX;
	if (!import_begin(&r->im, store, options, sum, kept, err)) {
		gzclose(r->file);
		return false;
	}
	xmlTextReaderPtr xml = xmlReaderForIO(read_some, NULL, r, file, NULL, XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_COMPACT);
	bool ok = xml != NULL || error_memory(err);
	if (xml) {
		xmlTextReaderSetErrorHandler(xml, keep_quiet, r);
		ok = read_items(r, xml, &state);
		if (ok && state != 0) {
			ok = false;
			error_set(err, ERR_INVALID, "%s",
				r->xml_error.code ? r->xml_error.message : "the file is broken or ends in the middle");
		}
		xmlFreeTextReader(xml);
	}
	gzclose(r->file);
	if (!ok)
		error_context(err, "%s", file);
	return import_end(&r->im, ok, started);
}
