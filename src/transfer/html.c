#include "transfer/inner.h"

#include <string.h>

struct page {
	struct import *im;
	const char *dir;
	struct str name, base; /* the file, and where its relative addresses start */
};

static bool is_local(struct str url)
{
	return url.n && url.p[0] != '#' && url.p[0] != '/' && str_find(str_sub(url, 0, 12), STR(":")) < 0;
}

/* Pages link to each other by file: such an address becomes the old path, which redirects. */
static struct str page_link(void *user, struct str url, struct arena *arena)
{
	struct page *p = user;
	struct str rest = url, file = str_split(&rest, '#');
	if (!is_local(file) || !str_ends(file, STR(".html")))
		return url;
	struct str path = path_join(arena, p->base, file);
	if (path.n == 0)
		return url;
	return rest.n ? arena_printf(arena, "/%.*s#%.*s", (int)path.n, path.p, (int)rest.n, rest.p) :
					arena_printf(arena, "/%.*s", (int)path.n, path.p);
}

static struct str page_image(void *user, struct str url, int *width, int *height, struct arena *arena)
{
	struct page *p = user;
	(void)width;
	(void)height;
	return is_local(url) ? import_image(p->im, p->dir, path_join(arena, p->base, url)) : STR("");
}

static struct str title_of(const struct doc_page *page, struct str name)
{
	if (str_trim(page->title).n)
		return page->title;
	struct str rest = name;
	while (rest.n)
		name = str_split(&rest, '/');
	return str_ends(name, STR(".html")) ? str_sub(name, 0, name.n - 5) : name;
}

static bool import_page(struct import *im, const char *dir, struct str name)
{
	struct str raw;
	struct doc_page page;
	struct doc doc;
	if (!file_text(dir, name, &raw, im->arena, im->err) || !doc_read_page(&page, raw, im->arena, im->err))
		return false;
	struct page p = { im, dir, name, name };
	if (page.base.n && is_local(page.base))
		p.base = arena_printf(im->arena, "%s/", path_join(im->arena, name, page.base).p);
	struct doc_resolver resolver = { .link = page_link, .image = page_image, .user = &p };
	struct doc_options options = { .format = DOC_HTML, .lang = page.lang, .resolver = &resolver, .no_citations = true };
	if (!doc_render(&doc, page.main_html, &options, im->arena, im->err))
		return false;
	struct article a = { .title = title_of(&page, name), .body = doc.html, .format = DOC_HTML, .status = ARTICLE_PUBLISHED,
		.author = page.author, .summary = page.description, .source = name,
		.lang = import_language(im, page.lang, doc.text), .tags = page.keywords, .n_tags = page.n_keywords,
		.import_key = arena_printf(im->arena, "html:%.*s", (int)name.n, name.p) };
	/* A page that declares its language knows better than its words, which may be half translated. */
	if (page.lang.n >= 2) {
		struct str declared = page.lang;
		a.lang = str_split(&declared, '-');
	}
	time_parse(page.published, im->settings.time_offset, &a.published_at);
	return import_article(im, &a) && import_redirect(im, arena_printf(im->arena, "/%.*s", (int)name.n, name.p), a.id);
}

bool import_html(struct store *store, const char *dir, const struct import_options *options, struct import_summary *sum,
	struct arena *kept, struct error *err)
{
	static const char *const endings[] = { ".html", ".htm", ".xhtml", NULL };
	struct import im;
	struct str *files;
	size_t n;
	uint64_t started = clock_mono_us();
	if (!files_below(dir, endings, &files, &n, kept, err) || !import_begin(&im, store, options, sum, kept, err))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++) {
		arena_reset(im.arena);
		ok = import_page(&im, dir, files[i]);
		if (!ok && err->code != ERR_MEMORY && err->code != ERR_DB && err->code != ERR_IO) {
			import_note(&im, files[i], err->message, STR(""));
			*err = (struct error){ 0 };
			ok = true;
		}
		if (options->progress)
			options->progress(options->user, i + 1, (double)(i + 1) / (double)n);
	}
	return import_end(&im, ok, started);
}
