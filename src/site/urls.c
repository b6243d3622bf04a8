#include "site/page.h"

#include "site/site.h"

/* What may stand in a path unescaped beside the unreserved characters (RFC 3986, pchar, without what HTML minds). */
#define KEEP_IN_PART STR("!$()*+,;=:@")

static struct str part_path(
    struct arena *a, struct str default_lang, struct str lang, const char *folder, struct str name)
{
	struct buf out = { 0 };
	if (!str_eq(lang, default_lang)) {
		buf_addc(&out, '/');
		buf_add_uri(&out, lang, STR(""));
	}
	buf_adds(&out, folder);
	buf_add_uri(&out, name, KEEP_IN_PART);
	return buf_take(&out, a);
}

struct str site_article_path(struct arena *a, struct str default_lang, struct str lang, struct str slug)
{
	return part_path(a, default_lang, lang, "/articles/", slug);
}

struct str site_page_path(struct arena *a, struct str default_lang, struct str lang, struct str slug)
{
	return part_path(a, default_lang, lang, "/pages/", slug);
}

struct str site_category_path(struct arena *a, struct str default_lang, struct str lang, struct str slug)
{
	return part_path(a, default_lang, lang, "/categories/", slug);
}

struct str url_prefix(const struct page *p, struct str lang)
{
	if (str_eq(lang, p->settings.default_lang))
		return STR("");
	return arena_printf(p->arena, "/%.*s", (int)lang.n, lang.p);
}

struct str url_path(const struct page *p, struct str lang, const char *path)
{
	struct str prefix = url_prefix(p, lang);
	if (prefix.n && path[0] == '/' && path[1] == '\0')
		return prefix;
	return arena_printf(p->arena, "%.*s%s", (int)prefix.n, prefix.p, path);
}

struct str url_article(const struct page *p, struct str lang, struct str slug)
{
	return site_article_path(p->arena, p->settings.default_lang, lang, slug);
}

struct str url_standing(const struct page *p, struct str lang, struct str slug)
{
	return site_page_path(p->arena, p->settings.default_lang, lang, slug);
}

struct str url_item(const struct page *p, const struct article_item *a)
{
	return a->page ? url_standing(p, a->lang, a->slug) : url_article(p, a->lang, a->slug);
}

struct str url_category(const struct page *p, struct str lang, struct str slug)
{
	return site_category_path(p->arena, p->settings.default_lang, lang, slug);
}

struct str url_campaign(const struct page *p, struct str lang, struct str slug, const char *below)
{
	struct str path = part_path(p->arena, p->settings.default_lang, lang, "/campaigns/", slug);
	return below[0] ? arena_printf(p->arena, "%.*s%s", (int)path.n, path.p, below) : path;
}

struct str url_tag(const struct page *p, struct str lang, struct str name)
{
	return part_path(p->arena, p->settings.default_lang, lang, "/tags/", name);
}

struct str url_absolute(const struct page *p, struct str path)
{
	if (p->settings.base_url.n == 0)
		return path;
	return arena_printf(p->arena, "%.*s%.*s", (int)p->settings.base_url.n, p->settings.base_url.p, (int)path.n, path.p);
}

struct str url_base(const struct page *p)
{
	struct str host = p->req->host;
	if (p->settings.base_url.n)
		return p->settings.base_url;
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];
		bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
		            c == '-' || c == ':' || c == '[' || c == ']';
		if (!fine)
			return STR("http://localhost");
	}
	return host.n ? arena_printf(p->arena, "http://%.*s", (int)host.n, host.p) : STR("http://localhost");
}

struct str url_query(struct arena *a, struct str path, const struct url_pair *pairs, size_t n)
{
	struct buf out = { 0 };
	char sep = '?';
	buf_add(&out, path);
	for (size_t i = 0; i < n; i++) {
		if (pairs[i].value.n == 0)
			continue;
		buf_addc(&out, sep);
		buf_adds(&out, pairs[i].name);
		buf_addc(&out, '=');
		buf_add_uri(&out, pairs[i].value, STR(""));
		sep = '&';
	}
	return buf_take(&out, a);
}
