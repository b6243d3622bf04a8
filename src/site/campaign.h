/* What the files of campaigns' pages share. Private to site. */
#ifndef KAIRAN_SITE_CAMPAIGN_H
#define KAIRAN_SITE_CAMPAIGN_H

#include "campaign/campaign.h"
#include "site/page.h"

/* ---- regions.c ---- */

#define PREFECTURES_MAX 47
#define COUNTRIES_MAX 249
struct prefecture {
	const char *ja, *en;
	int x, y; /* on a map of tiles */
};
struct country {
	const char *code, *en, *ja;
};
extern const struct prefecture PREFECTURES[PREFECTURES_MAX]; /* [n - 1] is number n */
extern const struct country COUNTRIES[COUNTRIES_MAX];
/* Of "13" or "JP"; empty for what is neither. */
struct str region_name(struct str code, struct str lang);

/* ---- campaign.c ---- */

struct campaign_view {
	struct page p;
	struct campaign c;
	const struct campaign_text *text;
	struct campaign_counts counts;
	bool open;
};

/* Starts a page of the campaign that the address names. `own` is the number of the route's captures without the language; the
 * first is the slug, or on "/c/:id/…" the number. ERR_NOT_FOUND also for a draft. */
bool campaign_begin(
    struct campaign_view *, const struct web_request *, struct web_response *, size_t own, struct error *);
/* What to answer when that failed. */
bool campaign_none(const struct web_request *, struct web_response *, struct error *);
/* The page's head; `below` is what its address has behind the campaign's ("" or "/names"). */
bool campaign_head(struct campaign_view *, struct str title, const char *below);
/* Style sheet and script of campaigns, for pages that show one. */
void campaign_assets(struct page *, bool script);
struct str campaign_markdown(struct page *, struct str text, struct str lang, const char *id_prefix);
/* The line about a campaign that lists, portal and articles show, into *object. */
void campaign_card(struct page *, struct view_value *object, const struct campaign *);
void campaign_progress(struct page *, struct view_value *object, const struct campaign *, int64_t count);
void campaign_count(struct page *, const struct campaign *, struct campaign_counts *);
/* With pairs of a name and a value for the {name}s in the message. */
struct str campaign_message(
    const struct page *, struct str msgid, const char *const *names, const struct str *values, size_t n);
/* Can it be listed: it runs, or ran, and has the sponsors that it wants. */
bool campaign_listed(struct page *, const struct campaign *);

bool campaign_update_is_for(const struct campaign_view *, const struct campaign_update *);
struct str campaign_json_ld(struct campaign_view *); /* campaign_more.c */
void campaign_regions(struct campaign_view *);       /* campaign_map.c: under "regions" */

/* ---- the form (campaign_form.c, campaign_read.c, campaign_letters.c) ---- */

/* A letter that may go out, for the targets that get it. */
struct sign_letter {
	const struct campaign_letter *letter;
	struct str targets;       /* names */
	struct str subject, text; /* as edited; above a letter that stays, own words */
	const char *wrong;        /* a msgid; NULL: fine */
};
struct sign_form {
	struct str mail;
	const char *mail_wrong;
	struct str *values; /* one a field of the campaign */
	const char **wrong;
	bool *ticked; /* one a consent */
	const char **not_ticked;
	bool old_enough;
	const char *too_young;
	uint32_t lot; /* which variants are shown */
	struct sign_letter *letters;
	size_t n_letters;
	const char *problem; /* with the whole */
	bool ask;            /* a question is to be answered */
};
bool sign_form_new(struct campaign_view *, struct sign_form *);
bool sign_form_read(struct campaign_view *, struct sign_form *); /* false: something is wrong, and said so in it */
void sign_form_show(struct campaign_view *, const struct sign_form *);
bool sign_form_signing(struct campaign_view *, const struct sign_form *, struct signing *);
/* The first prefecture, postcode that were given; empty when not asked. */
struct str sign_form_value(const struct campaign_view *, const struct sign_form *, enum campaign_field_kind);

bool sign_letters_new(struct campaign_view *, struct sign_form *);
bool sign_letters_read(struct campaign_view *, struct sign_form *);
void sign_letters_show(struct campaign_view *, const struct sign_form *);
bool sign_letters_signing(struct campaign_view *, const struct sign_form *, struct signing *);

/* ---- mails (campaign_mail.c) ---- */

/* Where links of mails start; ERR_UNAVAILABLE where it would be the sender of the request who says it. */
bool campaign_mail_base(struct page *, struct str *base);
/* ERR_DENIED: mail to this address came back earlier. */
bool campaign_mail_confirm(struct campaign_view *, struct str to, struct str token);
bool campaign_mail_yours(struct campaign_view *, struct str to, struct str ticket);

/* ---- the handlers ---- */

bool campaigns_page(const struct web_request *, struct web_response *, struct error *);
bool campaign_page(const struct web_request *, struct web_response *, struct error *);
bool campaign_embed(const struct web_request *, struct web_response *, struct error *);
bool campaign_names(const struct web_request *, struct web_response *, struct error *);
bool campaign_feed(const struct web_request *, struct web_response *, struct error *);
bool campaign_work(const struct web_request *, struct web_response *, struct error *);
bool campaign_sign(const struct web_request *, struct web_response *, struct error *);
bool campaign_confirm(const struct web_request *, struct web_response *, struct error *);
bool campaign_confirmed(const struct web_request *, struct web_response *, struct error *);
bool campaign_yours(const struct web_request *, struct web_response *, struct error *);
bool campaign_yours_send(const struct web_request *, struct web_response *, struct error *);
bool campaign_held(const struct web_request *, struct web_response *, struct error *);
bool campaign_withdraw(const struct web_request *, struct web_response *, struct error *);
bool campaign_log(const struct web_request *, struct web_response *, struct error *);

/* ---- shared with jsonld.c and feed.c ---- */

struct json_t;
struct str json_ld_text(struct json_t *, struct arena *); /* takes it over */

void feed_element(struct buf *out, const char *name, struct str text);
void feed_link(struct page *, struct buf *out, const char *rel, const char *type, struct str path);
struct str feed_id(struct page *, const char *kind, int64_t id);
void feed_head(struct page *, struct buf *out, struct str id, struct str title, struct str self, struct str home);

#endif
