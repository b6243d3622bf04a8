#include "site/campaign.h"

/* A campaign on pages that are not its own: the portal, articles, other sites. */

#define MARK STR("<div data-campaign=\"")
#define MARK_END STR("\"></div>")

/* A slug in an attribute: only & < > " ' can be escaped there. */
static struct str unescaped(struct str s, struct arena *arena)
{
	static const struct {
		const char *entity;
		char c;
	} all[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&#39;", '\'' } };
	struct buf out = { 0 };
	while (s.n) {
		size_t taken = 1;
		char c = s.p[0];
		for (size_t i = 0; c == '&' && i < sizeof all / sizeof *all; i++) {
			if (str_starts(s, str_from(all[i].entity))) {
				taken = str_from(all[i].entity).n;
				c = all[i].c;
				break;
			}
		}
		buf_addc(&out, c);
		s = str_skip(s, taken);
	}
	return buf_take(&out, arena);
}

/* Nothing, where there is no such campaign: it may come, and then the page is made anew. */
static void add_box(struct page *p, struct buf *out, struct str slug)
{
	struct campaign c;
	struct error why = { 0 };
	page_key(p, CHANGE_CAMPAIGN, 0);
	if (!campaign_find(p->site->store, slug, &c, p->arena, &why)) {
		if (why.code != ERR_NOT_FOUND)
			log_error(&why, "a campaign in an article");
		return;
	}
	struct view_value *card = view_object(p->arena);
	page_key(p, CHANGE_CAMPAIGN, c.id);
	if (!card || c.state == CAMPAIGN_DRAFT || !campaign_text(&c, p->lang))
		return;
	campaign_card(p, card, &c);
	view_set_str(card, "lang", p->lang);
	view_set_bool(card, "in_article", true);
	struct buf html = { 0 };
	if (!view_failed(card) && theme_render(p->theme, "campaigncard", card, p->catalog, &html, &why))
		buf_add(out, buf_str(&html));
	buf_free(&html);
	campaign_assets(p, false);
}

struct str campaign_boxes(struct page *p, struct str html)
{
	struct buf out = { 0 };
	ptrdiff_t at = str_find(html, MARK);
	if (at < 0)
		return html;
	for (size_t n = 0; at >= 0; n++) {
		buf_add(&out, str_sub(html, 0, (size_t)at));
		html = str_skip(html, (size_t)at + MARK.n);
		ptrdiff_t end = str_find(html, MARK_END);
		if (end < 0)
			break;
		if (n < CAMPAIGN_BOXES_MAX)
			add_box(p, &out, unescaped(str_sub(html, 0, (size_t)end), p->arena));
		html = str_skip(html, (size_t)end + MARK_END.n);
		at = str_find(html, MARK);
	}
	buf_add(&out, html);
	return buf_take(&out, p->arena);
}

bool campaign_section(struct page *p)
{
	struct campaign *all;
	size_t n, shown = 0;
	if (!campaign_list(p->site->store, CAMPAIGN_OPEN, &all, &n, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "campaigns");
	for (size_t i = 0; i < n && shown < CAMPAIGNS_ON_PORTAL; i++) {
		page_key(p, CHANGE_CAMPAIGN, all[i].id);
		if (!campaign_is_open(&all[i], clock_now()) || !campaign_listed(p, &all[i]))
			continue;
		campaign_card(p, view_push_object(list), &all[i]);
		shown++;
	}
	page_key(p, CHANGE_CAMPAIGN, 0);
	view_set_bool(p->root, "has_campaigns", shown > 0);
	view_set_str(p->root, "campaigns_url", url_path(p, p->lang, "/campaigns"));
	if (shown)
		campaign_assets(p, false);
	return true;
}

/* For a frame on the hosts that the campaign names, and on no other. What is sent from there opens a page of its own, so that
 * people see where they are. */
bool campaign_embed(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	if (!campaign_begin(&v, req, res, 1, err))
		return campaign_none(req, res, err);
	struct page *p = &v.p;
	if (str_trim(v.c.embed_hosts).n == 0)
		return page_missing(req, res, err);
	if (!campaign_head(&v, v.text->title, "/embed"))
		return false;
	view_set_bool(p->root, "noindex", true);
	view_set_bool(p->root, "embedded", true);
	view_set_str(p->root, "campaign_summary", v.text->summary);
	campaign_progress(p, p->root, &v.c, v.counts.count);
	view_set_bool(p->root, "is_open", v.open);
	if (v.open && p->site->campaigns && p->site->mail_from.n && !campaign_has_letters(&v.c)) {
		struct sign_form form;
		if (!sign_form_new(&v, &form))
			return false;
		sign_form_show(&v, &form);
	}
	res->framed_by = str_trim(v.c.embed_hosts);
	return page_render(p, "campaignembed");
}
