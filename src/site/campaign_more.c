#include "site/campaign.h"

#include <jansson.h>
#include <stdlib.h>

/* What else there is of a campaign: the names that were given to be shown, its feed, what search engines read, the log. */

#define FEED_MAX 30

/* ---- names ---- */

bool campaign_names(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	struct public_signature *all;
	size_t n;
	int64_t before = 0;
	if (!campaign_begin(&v, req, res, 1, err))
		return campaign_none(req, res, err);
	struct page *p = &v.p;
	if (!str_to_int(web_param_get(req, "before"), &before) || before < 0)
		before = 0;
	if (!campaign_head(&v, page_message(p, STR("Who signed")), "/names") ||
	    !public_list(p->site->store, v.c.id, PUBLIC_SHOWN, before, CAMPAIGN_NAMES_PAGE + 1, &all, &n, p->arena, err))
		return false;
	struct view_value *list = view_set_list(p->root, "names");
	for (size_t i = 0; i < n && i < CAMPAIGN_NAMES_PAGE; i++) {
		struct view_value *name = view_push_object(list);
		view_set_str(name, "signer_name", all[i].name);
		view_set_str(name, "signer_town", all[i].town);
		view_set_str(name, "signer_comment", all[i].comment);
		piece_date(p, name, "signer_day", all[i].at);
	}
	view_set_bool(p->root, "has_names", n > 0);
	struct str path = url_campaign(p, p->lang, v.c.slug, "/names");
	if (n > CAMPAIGN_NAMES_PAGE) {
		struct url_pair pair = { "before",
			arena_printf(p->arena, "%lld", (long long)all[CAMPAIGN_NAMES_PAGE - 1].signature) };
		view_set_str(p->root, "names_next", url_query(p->arena, path, &pair, 1));
	}
	if (before)
		view_set_str(p->root, "names_first", path);
	view_set_bool(p->root, "noindex", true);
	campaign_progress(p, p->root, &v.c, v.counts.count);
	return page_render(p, "campaignnames");
}

/* ---- the feed of its updates ---- */

static void add_update(struct campaign_view *v, struct buf *out, const struct campaign_update *u)
{
	struct page *p = &v->p;
	buf_adds(out, "<entry xml:lang=\"");
	buf_add_html(out, u->lang);
	buf_adds(out, "\">\n");
	feed_element(out, "id", feed_id(p, "campaign-update", u->id));
	feed_element(out, "title", u->title);
	feed_link(p, out, "alternate", "text/html",
	    url_campaign(
	        p, p->lang, v->c.slug, arena_cstr(p->arena, arena_printf(p->arena, "#update-%lld", (long long)u->id))));
	feed_element(out, "published", time_rfc3339(p->arena, u->at));
	feed_element(out, "updated", time_rfc3339(p->arena, u->at));
	buf_adds(out, "<content type=\"html\">");
	buf_add_html(out, campaign_markdown(p, u->body, u->lang, "update-"));
	buf_adds(out, "</content>\n</entry>\n");
}

bool campaign_feed(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	if (!campaign_begin(&v, req, res, 1, err))
		return campaign_none(req, res, err);
	struct page *p = &v.p;
	struct buf *out = &res->body;
	const char *kind = str_eq(p->lang, p->settings.default_lang) ? "campaign" : "campaign-translated";
	feed_head(p, out, feed_id(p, kind, v.c.id), v.text->title, url_campaign(p, p->lang, v.c.slug, "/feed.atom"),
	    url_campaign(p, p->lang, v.c.slug, ""));
	feed_element(out, "updated", time_rfc3339(p->arena, v.c.n_updates ? v.c.updates[0].at : v.c.created_at));
	for (size_t i = 0, n = 0; i < v.c.n_updates && n < FEED_MAX; i++) {
		if (!campaign_update_is_for(&v, &v.c.updates[i]))
			continue;
		add_update(&v, out, &v.c.updates[i]);
		n++;
	}
	buf_adds(out, "</feed>\n");
	res->type = STR("application/atom+xml; charset=utf-8");
	page_key(p, CHANGE_CAMPAIGN, v.c.id);
	return true;
}

/* ---- schema.org ---- */

static void set(json_t *object, const char *key, struct str value)
{
	if (value.n)
		json_object_set_new(object, key, json_stringn(value.p, value.n));
}

static json_t *typed(const char *type, struct str name)
{
	json_t *o = json_object();
	json_object_set_new(o, "@type", json_string(type));
	set(o, "name", name);
	return o;
}

/* There is no type for a petition: a page, the organisation behind it, and how many endorse it. */
struct str campaign_json_ld(struct campaign_view *v)
{
	struct page *p = &v->p;
	json_t *ld = typed("WebPage", v->text->title), *count = typed("InteractionCounter", STR(""));
	json_object_set_new(ld, "@context", json_string("https://schema.org"));
	set(ld, "description", v->text->summary);
	set(ld, "inLanguage", v->text->lang);
	set(ld, "url", url_absolute(p, url_campaign(p, p->lang, v->c.slug, "")));
	set(ld, "dateModified", time_rfc3339(p->arena, v->c.updated_at));
	if (v->c.starts_at || v->c.opened_at)
		set(ld, "datePublished", time_rfc3339(p->arena, v->c.starts_at ? v->c.starts_at : v->c.opened_at));
	if (v->c.ends_at)
		set(ld, "expires", time_rfc3339(p->arena, v->c.ends_at));
	if (v->c.organiser.n) {
		json_t *organiser = typed("Organization", v->c.organiser);
		set(organiser, "url", v->c.organiser_url);
		json_object_set_new(ld, "author", organiser);
	}
	json_object_set_new(
	    ld, "publisher", typed("Organization", setting_text(p->site->store, "name", p->lang, p->arena)));
	json_object_set_new(count, "interactionType", json_string("https://schema.org/EndorseAction"));
	json_object_set_new(count, "userInteractionCount", json_integer(v->counts.count));
	json_object_set_new(ld, "interactionStatistic", count);
	return json_ld_text(ld, p->arena);
}

/* ---- the log, for those who check ---- */

static bool number(const struct web_request *req, const char *name, int64_t *out, struct error *err)
{
	if (str_to_int(web_param_get(req, name), out) && *out >= 0)
		return true;
	return error_set(err, ERR_USAGE, "a number is wanted for %s", name);
}

static bool log_bytes(struct campaign_view *v, struct str what, struct str *out)
{
	struct page *p = &v->p;
	struct campaigns *all = p->site->campaigns;
	const struct web_request *req = p->req;
	int64_t a = 0, b = 0;
	if (str_eq(what, STR("checkpoint")))
		return log_checkpoint(all, &v->c, out, p->arena, p->err);
	if (str_eq(what, STR("key")))
		return log_key(all, &v->c, out, p->arena, p->err);
	if (str_eq(what, STR("leaves")))
		return number(req, "from", &a, p->err) && log_leaves(all, &v->c, a, out, p->arena, p->err);
	p->res->type = STR("application/json; charset=utf-8");
	if (str_eq(what, STR("proof")))
		return number(req, "leaf", &a, p->err) && number(req, "size", &b, p->err) &&
		       log_proof(all, &v->c, a, b, out, p->arena, p->err);
	if (str_eq(what, STR("consistency")))
		return number(req, "from", &a, p->err) && number(req, "to", &b, p->err) &&
		       log_consistency(all, &v->c, a, b, out, p->arena, p->err);
	return error_set(p->err, ERR_NOT_FOUND, "the log has no such part");
}

bool campaign_log(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	struct str text = { 0 };
	if (!campaign_begin(&v, req, res, 2, err))
		return campaign_none(req, res, err);
	res->type = STR("text/plain; charset=utf-8");
	if (!v.p.site->campaigns)
		return error_set(err, ERR_UNAVAILABLE, "no log is kept here");
	if (!log_bytes(&v, page_capture(req, 2, 1), &text)) {
		res->type = STR("text/html; charset=utf-8");
		return false;
	}
	buf_add(&res->body, text);
	page_key(&v.p, CHANGE_CAMPAIGN, v.c.id);
	return true;
}
