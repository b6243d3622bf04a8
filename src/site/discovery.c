#include "site/campaign.h"
#include "site/page.h"

#include <stdlib.h>

#define SITEMAP_MAX 50000 /* addresses in one file (sitemaps.org, 2008) */

/* What tells machines where things are: sitemap, OpenSearch description, robots.txt. They must name whole addresses;
 * without the setting base_url these come from the request's Host, and the answer is then not kept. */

static void keep_if_own(struct page *p)
{
	if (p->settings.base_url.n == 0) {
		p->res->no_store = true;
		return;
	}
	page_key(p, CHANGE_LISTS, 0);
	page_key(p, CHANGE_UPDATES, 0);
}

static void sitemap_url(struct buf *out, struct str base, struct str path, struct str modified)
{
	buf_adds(out, "<url><loc>");
	buf_add_html(out, base);
	buf_add_html(out, path);
	buf_adds(out, "</loc>");
	if (modified.n) {
		buf_adds(out, "<lastmod>");
		buf_add_html(out, modified);
		buf_adds(out, "</lastmod>");
	}
}

static void sitemap_alternate(struct buf *out, struct str base, struct str lang, struct str path)
{
	buf_adds(out, "<xhtml:link rel=\"alternate\" hreflang=\"");
	buf_add_html(out, lang);
	buf_adds(out, "\" href=\"");
	buf_add_html(out, base);
	buf_add_html(out, path);
	buf_adds(out, "\"/>");
}

static int by_group(const void *a, const void *b)
{
	const struct article_item *x = a, *y = b;
	if (x->group_id != y->group_id)
		return x->group_id < y->group_id ? -1 : 1;
	return str_cmp(x->lang, y->lang);
}

/* One entry a version; each names all versions of its group, itself too, as the protocol of hreflang wants. */
static void sitemap_articles(struct page *p, struct buf *out, struct str base, struct article_item *items, size_t n)
{
	qsort(items, n, sizeof *items, by_group);
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from; to < n && items[to].group_id == items[from].group_id; to++)
			;
		for (size_t i = from; i < to; i++) {
			int64_t t = items[i].updated_at ? items[i].updated_at : items[i].published_at;
			sitemap_url(out, base, url_item(p, &items[i]), time_rfc3339(p->arena, t));
			for (size_t j = from; j < to && to - from > 1; j++)
				sitemap_alternate(out, base, items[j].lang, url_item(p, &items[j]));
			buf_adds(out, "</url>\n");
		}
	}
}

static bool sitemap_fixed(struct page *p, struct buf *out, struct str base)
{
	struct category *all;
	size_t n;
	if (!category_list(p->site->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		sitemap_url(out, base, url_path(p, p->settings.langs[i], "/"), STR(""));
		for (size_t j = 0; j < p->settings.n_langs; j++)
			sitemap_alternate(out, base, p->settings.langs[j], url_path(p, p->settings.langs[j], "/"));
		buf_adds(out, "</url>\n");
	}
	for (size_t c = 0; c < n; c++) {
		for (size_t i = 0; i < p->settings.n_langs && all[c].articles > 0; i++) {
			sitemap_url(out, base, url_category(p, p->settings.langs[i], all[c].slug), STR(""));
			for (size_t j = 0; j < p->settings.n_langs; j++)
				sitemap_alternate(out, base, p->settings.langs[j], url_category(p, p->settings.langs[j], all[c].slug));
			buf_adds(out, "</url>\n");
		}
	}
	return true;
}

/* In the languages in which each is written. */
static bool sitemap_campaigns(struct page *p, struct buf *out, struct str base)
{
	struct campaign *all;
	size_t n;
	if (!campaign_list(p->site->store, -1, &all, &n, p->arena, p->err))
		return false;
	page_key(p, CHANGE_CAMPAIGN, 0);
	for (size_t c = 0; c < n; c++) {
		for (size_t i = 0; i < all[c].n_texts && campaign_listed(p, &all[c]); i++) {
			struct str lang = all[c].texts[i].lang;
			bool spoken = false;
			for (size_t j = 0; j < p->settings.n_langs; j++)
				spoken |= str_eq(p->settings.langs[j], lang);
			if (!spoken)
				continue;
			sitemap_url(out, base, url_campaign(p, lang, all[c].slug, ""), time_rfc3339(p->arena, all[c].updated_at));
			buf_adds(out, "</url>\n");
		}
	}
	return true;
}

bool sitemap_xml(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct article_filter filter = { .status = ARTICLE_PUBLISHED, .limit = SITEMAP_MAX };
	struct article_item *items;
	size_t n;
	if (!page_begin(&p, req, res, STR(""), err) ||
	    !article_list(p.site->store, &filter, &items, &n, NULL, p.arena, err))
		return false;
	struct buf *out = &res->body;
	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	              "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
	              "xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n");
	if (!sitemap_fixed(&p, out, url_base(&p)) || !sitemap_campaigns(&p, out, url_base(&p)))
		return false;
	sitemap_articles(&p, out, url_base(&p), items, n);
	buf_adds(out, "</urlset>\n");
	res->type = STR("application/xml; charset=utf-8");
	keep_if_own(&p);
	return true;
}

static void opensearch_address(struct page *p, const char *type, const char *rel, const char *path)
{
	struct buf *out = &p->res->body;
	buf_adds(out, "<Url type=\"");
	buf_adds(out, type);
	buf_adds(out, "\" rel=\"");
	buf_adds(out, rel);
	buf_adds(out, "\" template=\"");
	buf_add_html(out, url_base(p));
	buf_add_html(out, url_path(p, p->lang, path));
	buf_adds(out, "?q={searchTerms}\"/>\n");
}

/* OpenSearch description document 1.1: short names have 16 characters at the most. */
bool opensearch_xml(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	if (!page_begin(&p, req, res, page_prefix(req, 0), err))
		return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
	struct str name = setting_text(p.site->store, "name", p.lang, p.arena);
	size_t end = 0;
	for (int i = 0; i < 16 && end < name.n; i++)
		utf8_next(name, &end);
	struct buf *out = &res->body;
	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	              "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n<ShortName>");
	buf_add_html(out, str_sub(name, 0, end));
	buf_adds(out, "</ShortName>\n<Description>");
	buf_add_html(out, name);
	buf_adds(out, "</Description>\n<InputEncoding>UTF-8</InputEncoding>\n");
	opensearch_address(&p, "text/html", "results", "/search");
	opensearch_address(&p, "application/x-suggestions+json", "suggestions", "/search/suggest");
	buf_adds(out, "</OpenSearchDescription>\n");
	res->type = STR("application/opensearchdescription+xml; charset=utf-8");
	keep_if_own(&p);
	return true;
}

bool robots_txt(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	if (!page_begin(&p, req, res, STR(""), err))
		return false;
	buf_adds(&res->body, "User-agent: *\nDisallow: /search\nDisallow: /desk\n\nSitemap: ");
	buf_add(&res->body, url_base(&p));
	buf_adds(&res->body, "/sitemap.xml\n");
	res->type = STR("text/plain; charset=utf-8");
	keep_if_own(&p);
	return true;
}
