#include "transfer/folder.h"

struct page {
	struct folder *f;
	struct str name, base; /* the file, and where its relative addresses start */
};

/* Addresses relative to <base>, or to the file. A base on another host leaves only those from the site's top. */
static struct str target_of(struct page *p, struct str url, struct arena *arena)
{
	struct str path = path_decoded(url, arena);
	if (path.n == 0)
		return path;
	return path.p[0] == '/' ? path_join(arena, STR(""), path) : path_join(arena, p->base, path);
}

static bool is_page(struct str path)
{
	return str_ends(path, STR(".html")) || str_ends(path, STR(".htm")) || str_ends(path, STR(".xhtml")) ||
	       str_ends(path, STR(".HTM")) || str_ends(path, STR(".HTML"));
}

/* Pages link to each other by file: such an address becomes the old path, which redirects. */
static struct str page_link(void *user, struct str url, struct arena *arena)
{
	struct page *p = user;
	struct str rest = url;
	str_split(&rest, '#');
	if (!path_is_local(url))
		return url;
	struct str path = target_of(p, url, arena);
	bool folder = url.p[url.n - 1] == '/';
	if (path.n == 0 || (!is_page(path) && !folder))
		return url;
	struct buf out = { 0 };
	buf_addc(&out, '/');
	buf_add_uri(&out, path, STR("/"));
	if (rest.n) {
		buf_addc(&out, '#');
		buf_add(&out, rest);
	}
	return buf_take(&out, arena);
}

static struct str page_image(void *user, struct str url, int *width, int *height, struct arena *arena)
{
	struct page *p = user;
	(void)width;
	(void)height;
	if (!path_is_local(url))
		return STR("");
	struct str kept = import_image(p->f->im, p->f->dir, target_of(p, url, arena));
	/* Some generators write addresses that <base> does not serve. */
	if (kept.n == 0 && p->base.n != p->name.n)
		kept = import_image(p->f->im, p->f->dir, path_join(arena, p->name, path_decoded(url, arena)));
	if (kept.n == 0)
		import_note(p->f->im, p->name, "the image could not be read", url);
	return kept;
}

static struct str title_of(const struct doc_page *page, struct str name)
{
	return str_trim(page->title).n ? page->title : path_stem(path_base(name));
}

/* A page that declares its language knows better than its words, which may be half translated. */
static struct str language_of(struct folder *f, const struct doc_page *page, struct str name, struct str text)
{
	struct str declared = page->lang;
	if (declared.n >= 2)
		return str_split(&declared, '-');
	struct str told = folder_language(f, name);
	return told.n ? told : import_language(f->im, text);
}

static struct str base_of(struct folder *f, const struct doc_page *page, struct str name)
{
	if (page->base.n == 0 || !path_is_local(page->base))
		return name;
	struct str base = page->base.p[0] == '/' ? page->base : path_join(f->im->arena, name, page->base);
	base = path_join(f->im->arena, STR(""), base);
	return base.n ? arena_printf(f->im->arena, "%.*s/", (int)base.n, base.p) : STR("");
}

static void *parse_page(struct str text, struct arena *arena, struct error *err)
{
	struct doc_page *page = arena_alloc(arena, sizeof *page);
	if (!page)
		error_memory(err);
	return page && doc_read_page(page, text, arena, err) ? page : NULL;
}

static bool import_page(struct folder *f, struct str name, struct str text, const void *parsed)
{
	struct import *im = f->im;
	const struct doc_page *page = parsed;
	struct doc doc;
	int64_t category;
	(void)text;
	struct page p = { f, name, base_of(f, page, name) };
	struct doc_resolver resolver = { .link = page_link, .image = page_image, .user = &p };
	struct doc_options options = {
		.format = DOC_HTML, .lang = page->lang, .resolver = &resolver, .no_citations = true
	};
	if (!doc_render_page(&doc, page, &options, im->arena, im->err))
		return false;
	struct article a = { .title = title_of(page, name),
		.other_title = page->other_title,
		.body = doc.html,
		.format = DOC_HTML,
		.status = ARTICLE_PUBLISHED,
		.author = page->author,
		.summary = page->description,
		.source = name,
		.lang = language_of(f, page, name, doc.text),
		.tags = page->keywords,
		.n_tags = page->n_keywords,
		.import_key = arena_printf(im->arena, "html:%.*s", (int)name.n, name.p) };
	settings_parse_time(&im->settings, page->published, &a.published_at);
	settings_parse_time(&im->settings, page->updated, &a.updated_at);
	struct str key = folder_language(f, name).n ? folder_key(f, name) : STR("");
	folder_group(f, key, &a);
	if (!folder_category(f, name, &category))
		return false;
	a.categories = &category;
	a.n_categories = category ? 1 : 0;
	if (!import_article(im, &a))
		return false;
	folder_grouped(f, key, &a);
	return folder_redirects(f, name, a.id);
}

bool import_html(struct store *store, const char *dir, const struct import_options *options, struct import_summary *sum,
    struct arena *kept, struct error *err)
{
	static const char *const endings[] = { ".html", ".htm", ".xhtml", NULL };
	static const struct folder_format format = { .endings = endings, .parse = parse_page, .file = import_page };
	return folder_import(&format, store, dir, options, sum, kept, err);
}
