#include "site/site.h"

#include "site/campaign.h"
#include "site/page.h"

#include <stdlib.h>
#include <string.h>

/* Every address without and with a language before it. Literal parts stand before captures, so that a category
 * can be called "feed.atom" without harm. */
static const struct web_route ROUTES[] = {
	{ WEB_GET, "/", portal_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/healthz", healthz, WEB_MEMORY, 0 },
	{ WEB_GET, "/robots.txt", robots_txt, WEB_MEMORY, 0 },
	{ WEB_GET, "/sitemap.xml", sitemap_xml, WEB_MEMORY, 0 },
	{ WEB_GET, "/opensearch.xml", opensearch_xml, WEB_MEMORY, 0 },
	{ WEB_GET, "/feed.atom", feed_atom, WEB_MEMORY, 0 },
	{ WEB_GET, "/search", search_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/search/suggest", suggest_json, WEB_MEMORY, 0 },
	{ WEB_GET, "/search.atom", search_feed, WEB_MEMORY, 0 },
	{ WEB_GET, "/questions", question_page, WEB_MEMORY, 0 },
	{ WEB_POST, "/questions", question_send, WEB_WORKER, FORM_MAX },
	{ WEB_GET, "/questions/thanks", question_thanks, WEB_MEMORY, 0 },
	{ WEB_GET, "/articles/:slug", article_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/pages/:slug", standing_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/categories/:slug", category_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/categories/:slug/feed.atom", category_feed, WEB_MEMORY, 0 },
	{ WEB_GET, "/campaigns", campaigns_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/campaigns/:slug", campaign_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/campaigns/:slug/embed", campaign_embed, WEB_MEMORY, 0 },
	{ WEB_GET, "/campaigns/:slug/names", campaign_names, WEB_MEMORY, 0 },
	{ WEB_GET, "/campaigns/:slug/feed.atom", campaign_feed, WEB_MEMORY, 0 },
	{ WEB_GET | WEB_NETWORK, "/campaigns/:slug/work", campaign_work, WEB_MEMORY, 0 },
	{ WEB_POST | WEB_NETWORK | WEB_SECRET, "/campaigns/:slug/sign", campaign_sign, WEB_COMMIT, SIGN_FORM_MAX },
	{ WEB_GET | WEB_SECRET, "/campaigns/:slug/confirm/:token", campaign_confirm, WEB_COMMIT, 0 },
	{ WEB_POST | WEB_SECRET, "/campaigns/:slug/confirm/:token", campaign_confirmed, WEB_COMMIT, FORM_MAX },
	{ WEB_GET, "/campaigns/:slug/yours", campaign_yours, WEB_MEMORY, 0 },
	{ WEB_POST | WEB_NETWORK | WEB_SECRET, "/campaigns/:slug/yours", campaign_yours_send, WEB_COMMIT, FORM_MAX },
	{ WEB_GET | WEB_SECRET, "/campaigns/:slug/yours/:ticket", campaign_held, WEB_COMMIT, 0 },
	{ WEB_POST | WEB_SECRET, "/campaigns/:slug/yours/:ticket", campaign_withdraw, WEB_COMMIT, FORM_MAX },
	{ WEB_GET, "/campaigns/:slug/log/:what", campaign_log, WEB_MEMORY, 0 },
	{ WEB_GET | WEB_SECRET, "/c/:id/:token", campaign_confirm, WEB_COMMIT, 0 },
	{ WEB_POST | WEB_SECRET, "/c/:id/:token", campaign_confirmed, WEB_COMMIT, FORM_MAX },
	{ WEB_GET, "/tags/:name", tag_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/assets/site.css", site_colours, WEB_MEMORY, 0 },
	{ WEB_GET, "/assets/:hash/:name", asset_file, WEB_MEMORY, 0 },
	{ WEB_GET, "/media/:hash/:name", media_file, WEB_MEMORY, 0 },
	{ WEB_GET, "/media/:hash/:width/:name", media_narrow, WEB_MEMORY, 0 },
	{ WEB_GET, "/api/v1/articles", api_articles, WEB_MEMORY, 0 },
	{ WEB_GET, "/api/v1/articles/:id", api_article, WEB_MEMORY, 0 },
	{ WEB_GET, "/api/v1/categories", api_categories, WEB_MEMORY, 0 },
	{ WEB_GET, "/api/v1/search", api_search, WEB_MEMORY, 0 },
	{ WEB_GET, "/api/v1/*", api_missing, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang", portal_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/opensearch.xml", opensearch_xml, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/feed.atom", feed_atom, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/search", search_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/search/suggest", suggest_json, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/search.atom", search_feed, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/questions", question_page, WEB_MEMORY, 0 },
	{ WEB_POST, "/:lang/questions", question_send, WEB_WORKER, FORM_MAX },
	{ WEB_GET, "/:lang/questions/thanks", question_thanks, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/articles/:slug", article_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/pages/:slug", standing_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/categories/:slug", category_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/categories/:slug/feed.atom", category_feed, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/campaigns", campaigns_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/campaigns/:slug", campaign_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/campaigns/:slug/embed", campaign_embed, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/campaigns/:slug/names", campaign_names, WEB_MEMORY, 0 },
	{ WEB_GET, "/:lang/campaigns/:slug/feed.atom", campaign_feed, WEB_MEMORY, 0 },
	{ WEB_GET | WEB_NETWORK, "/:lang/campaigns/:slug/work", campaign_work, WEB_MEMORY, 0 },
	{ WEB_POST | WEB_NETWORK | WEB_SECRET, "/:lang/campaigns/:slug/sign", campaign_sign, WEB_COMMIT, SIGN_FORM_MAX },
	{ WEB_GET | WEB_SECRET, "/:lang/campaigns/:slug/confirm/:token", campaign_confirm, WEB_COMMIT, 0 },
	{ WEB_POST | WEB_SECRET, "/:lang/campaigns/:slug/confirm/:token", campaign_confirmed, WEB_COMMIT, FORM_MAX },
	{ WEB_GET, "/:lang/campaigns/:slug/yours", campaign_yours, WEB_MEMORY, 0 },
	{ WEB_POST | WEB_NETWORK | WEB_SECRET, "/:lang/campaigns/:slug/yours", campaign_yours_send, WEB_COMMIT, FORM_MAX },
	{ WEB_GET | WEB_SECRET, "/:lang/campaigns/:slug/yours/:ticket", campaign_held, WEB_COMMIT, 0 },
	{ WEB_POST | WEB_SECRET, "/:lang/campaigns/:slug/yours/:ticket", campaign_withdraw, WEB_COMMIT, FORM_MAX },
	{ WEB_GET, "/:lang/campaigns/:slug/log/:what", campaign_log, WEB_MEMORY, 0 },
	{ WEB_GET | WEB_SECRET, "/:lang/c/:id/:token", campaign_confirm, WEB_COMMIT, 0 },
	{ WEB_POST | WEB_SECRET, "/:lang/c/:id/:token", campaign_confirmed, WEB_COMMIT, FORM_MAX },
	{ WEB_GET, "/:lang/tags/:name", tag_page, WEB_MEMORY, 0 },
	{ WEB_GET, "/*", missing_page, WEB_MEMORY, 0 },
};

const struct web_route *site_routes(size_t *n)
{
	*n = sizeof ROUTES / sizeof *ROUTES;
	return ROUTES;
}

/* locale/LANG.po */
static bool load_catalogs(struct site *site, struct error *err)
{
	size_t n;
	const struct embedded_file *files = embedded_all(&n);
	for (size_t i = 0; i < n && site->n_catalogs < CATALOGS_MAX; i++) {
		struct str path = str_from(files[i].path);
		if (!str_starts(path, STR("locale/")) || !str_ends(path, STR(".po")))
			continue;
		struct catalog *catalog = catalog_load(files[i].data, files[i].path, err);
		if (!catalog)
			return false;
		site->catalogs[site->n_catalogs].lang = str_sub(path, 7, path.n - 3);
		site->catalogs[site->n_catalogs++].catalog = catalog;
	}
	return true;
}

struct site *site_new(struct store *store, struct search *search, const struct site_options *options, struct error *err)
{
	struct site *site = calloc(1, sizeof *site);
	if (!site) {
		error_memory(err);
		return NULL;
	}
	site->store = store;
	site->search = search;
	site->fetch = options->fetch;
	site->campaigns = options->campaigns;
	site->guard = options->guard;
	site->mail_from = str_from(options->mail_from);
	site->dev = options->dev;
	site->theme_dir = options->theme_dir;
	atomic_init(&site->theme, NULL);
	struct theme *theme = theme_load(options->theme_dir, err);
	atomic_store(&site->theme, theme);
	if (theme && load_catalogs(site, err))
		return site;
	site_free(site);
	return NULL;
}

void site_free(struct site *site)
{
	if (!site)
		return;
	theme_free(atomic_load(&site->theme));
	for (size_t i = 0; i < site->n_retired; i++)
		theme_free(site->retired[i]);
	for (size_t i = 0; i < site->n_catalogs; i++)
		catalog_free(site->catalogs[i].catalog);
	free(site);
}

void site_purge(struct web *web, const struct change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (changes[i].kind == CHANGE_SETTINGS) {
			web_purge_all(web);
			return;
		}
	}
	for (size_t i = 0; i < n; i++) {
		web_key key = web_key_of((unsigned)changes[i].kind, changes[i].id);
		web_purge(web, &key, 1);
	}
}

void site_purge_related(struct web *web, const int64_t *articles, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		web_key key = web_key_of(KEY_RELATED, articles[i]);
		web_purge(web, &key, 1);
	}
}

void site_reload(struct site *site, struct web *web)
{
	struct theme *old = atomic_load(&site->theme);
	if (!site->dev || !theme_changed(old) || site->n_retired == THEMES_RETIRED_MAX)
		return;
	struct error err = { 0 };
	struct theme *theme = theme_load(site->theme_dir, &err);
	if (!theme) {
		/* Looked at several times a second: each mistake is told once. */
		if (strcmp(err.message, site->broken) != 0)
			log_error(&err, "the theme is broken, the last good one stays");
		memcpy(site->broken, err.message, sizeof site->broken);
		return;
	}
	site->broken[0] = '\0';
	site->retired[site->n_retired++] = old;
	atomic_store(&site->theme, theme);
	web_purge_all(web);
	log_msg(LOG_INFO, "theme loaded anew");
}
