/*
 * What the files of the site share: the site itself, a page in the making, and the pieces that several pages show.
 * Private to this module.
 */
#ifndef KAIRAN_SITE_PAGE_H
#define KAIRAN_SITE_PAGE_H

#include "site/site.h"
#include "view/view.h"

#include <stdatomic.h>

/* Marks a msgid that is translated elsewhere: tools/lint/messages.sh looks for it in the catalogs. */
#define N_(text) text

#define CATALOGS_MAX 16
#define KEY_RELATED 50 /* of a page: which articles stand below an article as related; no change of the truth */
#define THEMES_RETIRED_MAX 1024

struct site {
	struct store *store;
	struct search *search;
	struct fetch_policy fetch;
	const char *theme_dir;
	bool dev;
	struct campaigns *campaigns; /* NULL: none can be signed */
	struct guard *guard;
	int64_t campaigns_seen; /* when site_campaigns_tick looked */
	struct str mail_from;   /* empty: no mail can be sent */
	_Atomic(struct theme *) theme;
	/* Themes that dev mode has replaced: a request may still render from one. */
	struct theme *retired[THEMES_RETIRED_MAX];
	size_t n_retired;
	char broken[ERROR_MESSAGE_MAX]; /* what was last said of a broken theme */
	struct {
		struct str lang;
		struct catalog *catalog;
	} catalogs[CATALOGS_MAX];
	size_t n_catalogs;
};

/* A page in the making. All of it lives in the request's arena. */
struct page {
	struct site *site;
	const struct web_request *req;
	struct web_response *res;
	struct arena *arena;
	struct error *err;
	const struct theme *theme;
	struct settings settings;
	struct str lang;               /* of the interface */
	struct str content_lang;       /* of what the page is about; empty: the same */
	const struct catalog *catalog; /* of that language */
	bool unfinished;               /* lacks what the index will give once it is built: not to be kept */
	struct view_value *root;
};

/* ---- page.c ---- */

/* Starts a page whose language is `prefix` (empty: the default). ERR_NOT_FOUND when the site does not have it. */
bool page_begin(struct page *, const struct web_request *, struct web_response *, struct str prefix, struct error *);
/* The keys that every page has; `paths[i]` is this page's address in settings.langs[i], empty where there is none. */
void page_head(struct page *, const char *kind, struct str title, const struct str *paths);
/* Renders into the response and adds WEB_KEY_ALL when anything is cached. */
bool page_render(struct page *, const char *template);
void page_key(struct page *, enum change_kind, int64_t id);
struct str page_message(const struct page *, struct str msgid);
/* A language by its name in the page's: 英語, English. */
struct str page_lang_name(const struct page *, struct str lang);
/* Where the route has a language first, takes it off: captures[0] moves to *prefix. `own` is the number of captures
 * without it. */
struct str page_capture(const struct web_request *, size_t own, size_t i);
struct str page_prefix(const struct web_request *, size_t own);
size_t page_number(const struct web_request *); /* ?page=, from 1; 1 when absent or absurd */

/* ---- urls.c ---- */

struct str url_prefix(const struct page *, struct str lang);                 /* "" or "/en" */
struct str url_path(const struct page *, struct str lang, const char *path); /* "/en/search" */
struct str url_article(const struct page *, struct str lang, struct str slug);
struct str url_standing(const struct page *, struct str lang, struct str slug);
struct str url_item(const struct page *, const struct article_item *);
struct str url_category(const struct page *, struct str lang, struct str slug);
struct str url_campaign(const struct page *, struct str lang, struct str slug, const char *below);
struct str url_tag(const struct page *, struct str lang, struct str name);
struct str url_absolute(const struct page *, struct str path); /* path itself without a base address */
struct str url_base(const struct page *);                      /* the base address, else http://HOST of the request */
/* `path` with a query: pairs with an empty value are left out. */
struct url_pair {
	const char *name;
	struct str value;
};
struct str url_query(struct arena *, struct str path, const struct url_pair *, size_t n);

/* ---- pieces.c ---- */

void piece_date(struct page *, struct view_value *object, const char *key, int64_t t);
void piece_item(struct page *, struct view_value *list, const struct article_item *);
void piece_item_at(struct page *, struct view_value *object, const char *key, const struct article_item *);
void piece_category(struct page *, struct view_value *list, const struct category *);
/* Those at the top that have articles, under "categories". */
void piece_top_categories(struct page *, const struct category *all, size_t n);
void piece_crumbs(struct page *, const struct category *all, size_t n, int64_t id);
/* Under "pages" when `total` needs more than one; `pairs` are the other parameters of the address. */
void piece_pages(struct page *, struct str path, const struct url_pair *, size_t n_pairs, size_t number, size_t total);
/* A choice of orders under "orders": names and labels (msgids); the first is the default, without parameter. */
void piece_orders(struct page *, struct str path, const struct url_pair *, size_t n_pairs, const char *const *names,
    const char *const *labels, size_t n, size_t current);
const struct category *category_in(const struct category *, size_t n, int64_t id);
struct str category_name_on(const struct page *, const struct category *);

/* ---- campaigns, on pages that are not theirs (campaign_box.c) ---- */

/* The HTML with what stands for {{campaign SLUG}} filled. */
struct str campaign_boxes(struct page *, struct str html);
bool campaign_section(struct page *); /* of the portal: under "campaigns" */

/* ---- the handlers, a file each ---- */

bool portal_page(const struct web_request *, struct web_response *, struct error *);   /* portal.c */
bool category_page(const struct web_request *, struct web_response *, struct error *); /* category.c */
bool tag_page(const struct web_request *, struct web_response *, struct error *);      /* category.c */
bool article_page(const struct web_request *, struct web_response *, struct error *);  /* article.c */
bool standing_page(
    const struct web_request *, struct web_response *, struct error *);              /* article.c: About and the like */
bool search_page(const struct web_request *, struct web_response *, struct error *); /* find.c */
bool suggest_json(const struct web_request *, struct web_response *, struct error *);    /* suggest.c */
bool question_page(const struct web_request *, struct web_response *, struct error *);   /* question.c */
bool question_send(const struct web_request *, struct web_response *, struct error *);   /* question.c */
bool question_thanks(const struct web_request *, struct web_response *, struct error *); /* question.c */
bool missing_page(const struct web_request *, struct web_response *, struct error *);    /* missing.c */
/* The answer for an address that no route or row has: a redirect, else the 404 page. */
bool page_missing(const struct web_request *, struct web_response *, struct error *);   /* missing.c */
bool feed_atom(const struct web_request *, struct web_response *, struct error *);      /* feed.c */
bool category_feed(const struct web_request *, struct web_response *, struct error *);  /* feed.c */
bool search_feed(const struct web_request *, struct web_response *, struct error *);    /* feed.c */
bool sitemap_xml(const struct web_request *, struct web_response *, struct error *);    /* discovery.c */
bool opensearch_xml(const struct web_request *, struct web_response *, struct error *); /* discovery.c */
bool robots_txt(const struct web_request *, struct web_response *, struct error *);     /* discovery.c */
bool asset_file(const struct web_request *, struct web_response *, struct error *);     /* assets.c */
bool site_colours(const struct web_request *, struct web_response *, struct error *);   /* assets.c */
struct str site_css_hash(struct page *);                                                /* assets.c */
bool media_file(const struct web_request *, struct web_response *, struct error *);     /* assets.c */
bool media_narrow(const struct web_request *, struct web_response *, struct error *);   /* assets.c */
bool healthz(const struct web_request *, struct web_response *, struct error *);        /* assets.c */
bool api_articles(const struct web_request *, struct web_response *, struct error *);   /* api.c */
bool api_article(const struct web_request *, struct web_response *, struct error *);    /* api.c */
bool api_categories(const struct web_request *, struct web_response *, struct error *); /* api.c */
bool api_missing(const struct web_request *, struct web_response *, struct error *);    /* api.c */
bool api_search(const struct web_request *, struct web_response *, struct error *);     /* api.c */

/* The HTML with the text of its source as the title of each citation mark. */
struct str citation_titles(struct page *, struct str html, const struct rendered *); /* marks.c */
/* What is known of the source of a citation, or NULL; and its words, where the citation is an address alone. sources.c */
const struct source_record *citation_source(const struct cited_source *all, size_t n, int number);
void citation_complete(struct page *, struct doc_citation *, const struct source_record *, struct str lang);
/* The HTML with tables and code in boxes that scroll by themselves, from the keyboard too. */
struct str reachable_parts(struct page *, struct str html);                                 /* marks.c */
struct str article_json_ld(struct page *, const struct article *, const struct rendered *); /* jsonld.c */

#endif
