#include "site/page.h"

const struct fetch_policy *site_fetch_policy(const struct site *site)
{
	return &site->fetch;
}

struct store *site_store(const struct site *site)
{
	return site->store;
}

struct search *site_search(const struct site *site)
{
	return site->search;
}

const struct theme *site_theme(const struct site *site)
{
	return atomic_load(&site->theme);
}

const struct catalog *site_catalog(const struct site *site, struct str lang)
{
	for (size_t i = 0; i < site->n_catalogs; i++) {
		if (str_eq(site->catalogs[i].lang, lang))
			return site->catalogs[i].catalog;
	}
	return NULL;
}

static bool has_lang(const struct settings *s, struct str lang)
{
	for (size_t i = 0; i < s->n_langs; i++) {
		if (str_eq(s->langs[i], lang))
			return true;
	}
	return false;
}

bool page_begin(
    struct page *p, const struct web_request *req, struct web_response *res, struct str prefix, struct error *err)
{
	*p = (struct page){ .site = req->user, .req = req, .res = res, .arena = req->arena, .err = err };
	if (!settings_read(p->site->store, &p->settings, p->arena, err))
		return false;
	p->lang = p->settings.default_lang;
	if (prefix.n) {
		/* The default language has one address alone. */
		if (!has_lang(&p->settings, prefix) || str_eq(prefix, p->settings.default_lang))
			return error_set(err, ERR_NOT_FOUND, "the site has no pages under this language");
		p->lang = prefix;
	}
	p->theme = atomic_load(&p->site->theme);
	p->catalog = site_catalog(p->site, p->lang);
	p->root = view_object(p->arena);
	return p->root ? true : error_memory(err);
}

struct str page_message(const struct page *p, struct str msgid)
{
	return catalog_get(p->catalog, msgid);
}

struct str page_lang_name(const struct page *p, struct str lang)
{
	return page_message(p, view_lang_name(lang));
}

void page_key(struct page *p, enum change_kind kind, int64_t id)
{
	web_key_add(p->res, web_key_of((unsigned)kind, id));
}

struct str page_prefix(const struct web_request *req, size_t own)
{
	return req->n_captures > own ? req->captures[0] : STR("");
}

struct str page_capture(const struct web_request *req, size_t own, size_t i)
{
	size_t at = i + (req->n_captures > own ? 1 : 0);
	return at < req->n_captures ? req->captures[at] : STR("");
}

size_t page_number(const struct web_request *req)
{
	int64_t n;
	if (!str_to_int(web_param_get(req, "page"), &n) || n < 1 || n > 1000000)
		return 1;
	return (size_t)n;
}

/* Settings are Markdown there, so that a footer can have links. */
static struct str footer_html(struct page *p)
{
	struct doc doc;
	struct str text = setting_text(p->site->store, "footer", p->lang, p->arena);
	struct doc_options options = { .format = DOC_MARKDOWN, .lang = p->lang, .no_citations = true };
	if (text.n == 0 || !doc_render(&doc, text, &options, p->arena, p->err))
		return STR("");
	return doc.html;
}

static void set_site(struct page *p)
{
	struct view_value *site = view_set_object(p->root, "site");
	struct store *store = p->site->store;
	view_set_str(site, "name", setting_text(store, "name", p->lang, p->arena));
	view_set_str(site, "greeting", setting_text(store, "greeting", p->lang, p->arena));
	view_set_str(site, "description", setting_text(store, "description", p->lang, p->arena));
	view_set_html(site, "footer_html", footer_html(p));
	view_set_str(site, "accent", p->settings.accent);
}

static void set_menu(struct page *p, const char *key, const char *setting)
{
	struct menu_link *links;
	size_t n, line;
	struct error ignored = { 0 };
	struct str text = setting_text(p->site->store, setting, p->lang, p->arena);
	if (text.n == 0 || !menu_parse(text, &links, &n, &line, p->arena, &ignored) || n == 0)
		return;
	struct view_value *menu = view_set_object(p->root, key), *list = view_set_list(menu, "links");
	for (size_t i = 0; i < n; i++) {
		struct view_value *link = view_push_object(list);
		view_set_str(link, "url", links[i].url);
		view_set_str(link, "label", links[i].label);
		view_set_bool(link, "current", str_eq(links[i].url, p->req->raw_path));
		view_set_bool(link, "away", links[i].url.p[0] != '/');
	}
}

static void set_asset(struct page *p, const char *key, const char *name)
{
	const struct theme_asset *asset = theme_asset(p->theme, str_from(name));
	if (asset)
		view_set_str(p->root, key, arena_printf(p->arena, "/assets/%.*s/%s", (int)asset->hash.n, asset->hash.p, name));
}

/* The owner's own image, else the theme's. */
static void set_icon(struct page *p)
{
	struct str icon = p->settings.icon;
	if (icon.n == 0) {
		set_asset(p, "icon", "icon.svg");
		view_set_str(p->root, "icon_type", STR("image/svg+xml"));
		return;
	}
	view_set_str(p->root, "icon", icon);
}

static void set_languages(struct page *p, const struct str *paths)
{
	struct view_value *languages = view_set_list(p->root, "languages");
	view_set_bool(p->root, "has_languages", p->settings.n_langs > 1);
	struct view_value *alternates = p->settings.base_url.n ? view_set_list(p->root, "alternates") : NULL;
	for (size_t i = 0; i < p->settings.n_langs && p->settings.n_langs > 1; i++) {
		struct str lang = p->settings.langs[i];
		struct view_value *entry = view_push_object(languages);
		view_set_str(entry, "lang", lang);
		view_set_str(entry, "name", view_lang_name(lang));
		view_set_str(entry, "url", paths && paths[i].n ? paths[i] : url_path(p, lang, "/"));
		view_set_bool(entry, "current", str_eq(lang, p->lang));
		if (!alternates || !paths || paths[i].n == 0)
			continue;
		struct view_value *alternate = view_push_object(alternates);
		view_set_str(alternate, "lang", lang);
		view_set_str(alternate, "url", url_absolute(p, paths[i]));
	}
}

void page_head(struct page *p, const char *kind, struct str title, const struct str *paths)
{
	set_site(p);
	view_set_str(p->root, "lang", p->lang);
	view_set_str(p->root, "dir", STR("ltr"));
	view_set_str(p->root, "title", title);
	view_set_bool(p->root, kind, true);
	view_set_str(p->root, "home", url_path(p, p->lang, "/"));
	view_set_str(p->root, "search_url", url_path(p, p->lang, "/search"));
	view_set_str(p->root, "suggest_url", url_path(p, p->lang, "/search/suggest"));
	view_set_str(p->root, "feed_url", url_path(p, p->lang, "/feed.atom"));
	view_set_str(p->root, "question_url", url_path(p, p->lang, "/questions"));
	view_set_str(p->root, "opensearch_url", url_path(p, p->lang, "/opensearch.xml"));
	set_asset(p, "css", "style.css");
	set_asset(p, "js", "script.js");
	set_icon(p);
	struct str hash = site_css_hash(p);
	view_set_str(p->root, "site_css", arena_printf(p->arena, "/assets/%.*s/site.css", (int)hash.n, hash.p));
	set_menu(p, "menu", "menu_header");
	set_menu(p, "footer_menu", "menu_footer");
	set_languages(p, paths);
}

bool page_render(struct page *p, const char *template)
{
	if (view_failed(p->root))
		return error_memory(p->err);
	if (p->unfinished)
		p->res->n_keys = 0;
	web_header(p->res, STR("Content-Language"), p->content_lang.n ? p->content_lang : p->lang);
	return theme_render(p->theme, template, p->root, p->catalog, &p->res->body, p->err);
}
