/*
 * site: the pages that readers see: portal, categories, tags, articles, search, errors; feeds, sitemap, OpenSearch,
 * JSON-LD, images, the reading API, and the redirects of old addresses.
 *
 * A page is made from the store and the index through the theme; the site itself keeps only the compiled theme and
 * the message catalogs. Each page names the keys of all that it shows, so that a change drops just those pages.
 * Addresses: the default language has no prefix, others start with /LANG.
 */
#ifndef KAIRAN_SITE_H
#define KAIRAN_SITE_H

#include "base/base.h"
#include "campaign/campaign.h"
#include "fetch/fetch.h"
#include "search/search.h"
#include "store/store.h"
#include "web/web.h"

struct site;

struct site_options {
	const char *theme_dir;       /* overrides of the built-in theme; NULL: none */
	struct fetch_policy fetch;   /* what may be asked of other hosts */
	struct campaigns *campaigns; /* both NULL: campaigns can be read and not signed */
	struct guard *guard;
	const char *mail_from; /* the site's address; NULL or empty: it sends no mail */
	bool dev;              /* load the theme anew when a file of it changes */
};

/* Borrows store and index, which must outlive it. */
struct site *site_new(struct store *, struct search *, const struct site_options *, struct error *);
void site_free(struct site *); /* NULL is fine; the server must have stopped */

/* For web_options: the routes, and `error_page`; `user` must be the site. */
const struct web_route *site_routes(size_t *n);
void site_error_page(const struct web_request *, int status, const struct error *, struct web_response *);

/* Drops from the page cache what these changes touch. */
void site_purge(struct web *, const struct change *, size_t n);
/* … and the pages of articles whose list of related ones is another now. */
void site_purge_related(struct web *, const int64_t *articles, size_t n);
/* Each second, by one thread: drops the pages of campaigns that open or end. */
void site_campaigns_tick(struct site *, struct web *, int64_t now);
/* In dev mode: loads the theme anew when it changed, and drops all pages. */
void site_reload(struct site *, struct web *);

/* For the desk, which shares the site's store, looks and words. All borrowed. */
struct theme;
struct catalog;
struct store *site_store(const struct site *);
struct search *site_search(const struct site *);
const struct fetch_policy *site_fetch_policy(const struct site *);
const struct theme *site_theme(const struct site *);
const struct catalog *site_catalog(const struct site *, struct str lang); /* NULL: none of that language */

/* A licence, read from what a page or a person says of it ("CC BY 4.0", "cc-by-sa", an address of creativecommons.org). */
struct licence {
	struct str code;                /* "CC BY-SA 4.0"; empty: it has none */
	const char *name;               /* a msgid */
	struct str url;                 /* of its text; empty: not known */
	bool reserved, forbids_changes; /* all rights, or those to change it: a translation needs a permission */
};
bool licence_read(struct str text, struct licence *out, struct arena *); /* false: none that is known */

/* Colours as 0 to 255 each of red, green, blue; contrast as WCAG 2.2 computes it, from 1 to 21. */
#define SITE_GROUNDS 3
bool site_colour(struct str hex, unsigned rgb[3]); /* "#0b5a6f" */
double site_contrast(const unsigned a[3], const unsigned b[3]);
struct str site_ground(bool dark, size_t i);                   /* of the built-in theme, i below SITE_GROUNDS */
double site_accent_contrast(const unsigned rgb[3], bool dark); /* with the least of the grounds */
bool site_accent_passes(const unsigned rgb[3], bool dark);     /* 4.5 to 1 */
void site_accent_mend(unsigned rgb[3], bool dark); /* the nearest of its hue that passes; itself if it does */
void site_accents(const struct settings *, unsigned light[3], unsigned dark[3]); /* as pages have them: mended */

/* The public path of an article, a page or a category, percent-encoded ("/en/articles/vpn"). */
struct str site_article_path(struct arena *, struct str default_lang, struct str lang, struct str slug);
struct str site_page_path(struct arena *, struct str default_lang, struct str lang, struct str slug);
struct str site_category_path(struct arena *, struct str default_lang, struct str lang, struct str slug);

#endif
