#include "site/campaign.h"

#define UPDATES_SHOWN 20
#define RELATED_MAX 6

/* ---- what every page of a campaign starts with ---- */

void campaign_count(struct page *p, const struct campaign *c, struct campaign_counts *out)
{
	struct error why = { 0 };
	*out = (struct campaign_counts){ 0 };
	if (p->site->campaigns && !campaign_counts(p->site->campaigns, c->id, out, &why))
		log_error(&why, "counting signatures");
}

static bool by_number(const struct web_request *req)
{
	struct str route = str_from(req->route);
	return str_starts(route, STR("/c/")) || str_starts(route, STR("/:lang/c/"));
}

static bool find(struct campaign_view *v, const struct web_request *req, size_t own, struct error *err)
{
	struct page *p = &v->p;
	struct str name = page_capture(req, own, 0);
	int64_t id;
	if (!by_number(req))
		return campaign_find(p->site->store, name, &v->c, p->arena, err);
	if (!str_to_int(name, &id))
		return error_set(err, ERR_NOT_FOUND, "there is no such campaign");
	return campaign_get(p->site->store, id, &v->c, p->arena, err);
}

bool campaign_begin(
    struct campaign_view *v, const struct web_request *req, struct web_response *res, size_t own, struct error *err)
{
	*v = (struct campaign_view){ 0 };
	if (!page_begin(&v->p, req, res, page_prefix(req, own), err) || !find(v, req, own, err))
		return false;
	v->text = campaign_text(&v->c, v->p.lang);
	if (v->c.state == CAMPAIGN_DRAFT || !v->text)
		return error_set(err, ERR_NOT_FOUND, "there is no such campaign");
	v->open = campaign_is_open(&v->c, clock_now());
	campaign_count(&v->p, &v->c, &v->counts);
	v->p.content_lang = v->text->lang;
	return true;
}

bool campaign_none(const struct web_request *req, struct web_response *res, struct error *err)
{
	return err->code == ERR_NOT_FOUND ? page_missing(req, res, err) : false;
}

static void set_file(struct page *p, const char *key, const char *name)
{
	const struct theme_asset *asset = theme_asset(p->theme, str_from(name));
	if (asset)
		view_set_str(p->root, key, arena_printf(p->arena, "/assets/%.*s/%s", (int)asset->hash.n, asset->hash.p, name));
}

void campaign_assets(struct page *p, bool script)
{
	set_file(p, "campaign_css", "campaign.css");
	if (script)
		set_file(p, "sign_js", "sign.js");
}

bool campaign_head(struct campaign_view *v, struct str title, const char *below)
{
	struct page *p = &v->p;
	struct str *paths = arena_array(p->arena, p->settings.n_langs, sizeof *paths);
	if (!paths)
		return error_memory(p->err);
	for (size_t i = 0; i < p->settings.n_langs; i++)
		paths[i] = url_campaign(p, p->settings.langs[i], v->c.slug, below);
	page_head(p, "page_campaign", title, paths);
	campaign_assets(p, false);
	view_set_str(p->root, "campaign_title", v->text->title);
	view_set_str(p->root, "campaign_lang", v->text->lang);
	view_set_str(p->root, "campaign_url", url_campaign(p, p->lang, v->c.slug, ""));
	view_set_str(p->root, "campaign_organiser", v->c.organiser);
	view_set_bool(p->root, "campaign_petition", !campaign_has_letters(&v->c));
	page_key(p, CHANGE_CAMPAIGN, v->c.id);
	return true;
}

struct str campaign_markdown(struct page *p, struct str text, struct str lang, const char *id_prefix)
{
	struct doc doc;
	struct error ignored = { 0 };
	struct doc_options options = {
		.format = DOC_MARKDOWN, .lang = lang, .no_citations = true, .id_prefix = str_from(id_prefix)
	};
	if (text.n == 0 || !doc_render(&doc, text, &options, p->arena, &ignored))
		return STR("");
	return reachable_parts(p, doc.html);
}

struct str campaign_message(
    const struct page *p, struct str msgid, const char *const *names, const struct str *values, size_t n)
{
	struct buf out = { 0 };
	struct str rest = page_message(p, msgid);
	while (rest.n) {
		ptrdiff_t open = str_find(rest, STR("{")), close = str_find(rest, STR("}"));
		if (open < 0 || close < open) {
			buf_add(&out, rest);
			break;
		}
		struct str name = str_sub(rest, (size_t)open + 1, (size_t)close);
		buf_add(&out, str_sub(rest, 0, (size_t)open));
		for (size_t i = 0; i < n; i++) {
			if (str_eq(name, str_from(names[i])))
				buf_add(&out, values[i]);
		}
		rest = str_skip(rest, (size_t)close + 1);
	}
	return buf_take(&out, p->arena);
}

/* ---- progress and cards ---- */

void campaign_progress(struct page *p, struct view_value *object, const struct campaign *c, int64_t count)
{
	view_set_int(object, "count", count);
	view_set_str(object, "count_text", view_number(p->arena, p->lang, count));
	view_set_bool(object, "has_goal", c->goal > 0);
	view_set_bool(object, "reached", c->goal > 0 && count >= c->goal);
	if (c->goal <= 0)
		return;
	view_set_int(object, "goal", c->goal);
	view_set_str(object, "goal_text", view_number(p->arena, p->lang, c->goal));
	view_set_int(object, "done", count < c->goal ? count : c->goal);
}

/* "open", "soon" or "over". */
static void set_state(struct page *p, struct view_value *object, const struct campaign *c)
{
	int64_t now = clock_now();
	bool open = campaign_is_open(c, now), soon = !open && c->state == CAMPAIGN_OPEN && now < c->starts_at;
	view_set_bool(object, "is_open", open);
	view_set_bool(object, "is_soon", soon);
	view_set_bool(object, "is_over", !open && !soon);
	if (soon)
		piece_date(p, object, "starts", c->starts_at);
	if (c->ends_at)
		piece_date(p, object, "ends", c->ends_at - 1);
}

void campaign_card(struct page *p, struct view_value *object, const struct campaign *c)
{
	struct campaign_counts counts;
	const struct campaign_text *text = campaign_text(c, p->lang);
	campaign_count(p, c, &counts);
	view_set_str(object, "card_url", url_campaign(p, p->lang, c->slug, ""));
	view_set_str(object, "card_title", text ? text->title : c->slug);
	view_set_str(object, "card_summary", text ? text->summary : STR(""));
	view_set_str(object, "card_lang", text && !str_eq(text->lang, p->lang) ? text->lang : STR(""));
	view_set_str(object, "card_organiser", c->organiser);
	view_set_bool(object, "card_petition", !campaign_has_letters(c));
	campaign_progress(p, object, c, counts.count);
	set_state(p, object, c);
	page_key(p, CHANGE_CAMPAIGN, c->id);
}

bool campaign_listed(struct page *p, const struct campaign *c)
{
	struct campaign_counts counts;
	if ((c->state != CAMPAIGN_OPEN && c->state != CAMPAIGN_CLOSED) || !campaign_text(c, p->lang))
		return false;
	if (c->sponsors_needed == 0)
		return true;
	campaign_count(p, c, &counts);
	return counts.count >= c->sponsors_needed;
}

/* ---- the list ---- */

bool campaigns_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct page p;
	struct campaign *all;
	size_t n;
	if (!page_begin(&p, req, res, page_prefix(req, 0), err))
		return campaign_none(req, res, err);
	struct str *paths = arena_array(p.arena, p.settings.n_langs, sizeof *paths);
	if (!paths || !campaign_list(p.site->store, -1, &all, &n, p.arena, err))
		return paths ? false : error_memory(err);
	for (size_t i = 0; i < p.settings.n_langs; i++)
		paths[i] = url_path(&p, p.settings.langs[i], "/campaigns");
	page_head(&p, "page_campaigns", page_message(&p, STR("Campaigns")), paths);
	campaign_assets(&p, false);
	view_set_str(p.root, "canonical", url_absolute(&p, url_path(&p, p.lang, "/campaigns")));
	struct view_value *running = view_set_list(p.root, "running"), *past = view_set_list(p.root, "past");
	for (size_t i = 0; i < n; i++) {
		bool over = all[i].state == CAMPAIGN_CLOSED || (all[i].ends_at && all[i].ends_at <= clock_now());
		page_key(&p, CHANGE_CAMPAIGN, all[i].id);
		if (!campaign_listed(&p, &all[i]))
			continue;
		campaign_card(&p, view_push_object(over ? past : running), &all[i]);
		view_set_bool(p.root, over ? "has_past" : "has_running", true);
	}
	page_key(&p, CHANGE_CAMPAIGN, 0);
	return page_render(&p, "campaigns");
}

/* ---- one campaign ---- */

static void set_demands(struct campaign_view *v)
{
	struct str rest = v->text->demands;
	struct view_value *list = view_set_list(v->p.root, "demands");
	while (rest.n) {
		struct str line = str_trim(str_split(&rest, '\n'));
		if (line.n == 0)
			continue;
		view_push_str(list, line);
		view_set_bool(v->p.root, "has_demands", true);
	}
}

static void set_targets(struct campaign_view *v)
{
	struct view_value *list = view_set_list(v->p.root, "targets");
	view_set_bool(v->p.root, "has_targets", v->c.n_targets > 0);
	for (size_t i = 0; i < v->c.n_targets; i++) {
		struct view_value *t = view_push_object(list);
		view_set_str(t, "target_name", v->c.targets[i].name);
		view_set_str(t, "target_office", v->c.targets[i].office);
	}
}

/* Those in the page's language; where there are none, those in the campaign's first one. */
bool campaign_update_is_for(const struct campaign_view *v, const struct campaign_update *u)
{
	for (size_t i = 0; i < v->c.n_updates; i++) {
		if (str_eq(v->c.updates[i].lang, v->text->lang))
			return str_eq(u->lang, v->text->lang);
	}
	return v->c.n_texts && str_eq(u->lang, v->c.texts[0].lang);
}

static void set_updates(struct campaign_view *v)
{
	struct page *p = &v->p;
	struct view_value *list = view_set_list(p->root, "updates");
	size_t shown = 0;
	for (size_t i = 0; i < v->c.n_updates && shown < UPDATES_SHOWN; i++) {
		const struct campaign_update *u = &v->c.updates[i];
		if (!campaign_update_is_for(v, u))
			continue;
		struct view_value *object = view_push_object(list);
		struct str prefix = arena_printf(p->arena, "update-%lld-", (long long)u->id);
		view_set_str(object, "update_title", u->title);
		view_set_str(object, "update_lang", u->lang);
		view_set_int(object, "update_id", u->id);
		view_set_html(object, "update_html", campaign_markdown(p, u->body, u->lang, prefix.p ? prefix.p : "update-"));
		piece_date(p, object, "date", u->at);
		shown++;
	}
	view_set_bool(p->root, "has_updates", shown > 0);
	view_set_str(p->root, "updates_feed", url_campaign(p, p->lang, v->c.slug, "/feed.atom"));
}

static void set_milestones(struct campaign_view *v)
{
	struct page *p = &v->p;
	struct view_value *list = view_set_list(p->root, "milestones");
	view_set_bool(p->root, "has_milestones", v->c.n_milestones > 0);
	for (size_t i = 0; i < v->c.n_milestones; i++) {
		const struct campaign_milestone *m = &v->c.milestones[i];
		const struct campaign_milestone_text *text = campaign_milestone_text(m, p->lang);
		struct view_value *object = view_push_object(list);
		view_set_int(object, "at", m->count);
		view_set_str(object, "at_text", view_number(p->arena, p->lang, m->count));
		view_set_str(object, "promise", text ? text->promise : STR(""));
		view_set_str(object, "answer", text ? text->answer : STR(""));
		view_set_bool(object, "passed", v->counts.count >= m->count);
		view_set_bool(object, "answered", m->answered_at > 0);
		if (m->answered_at)
			piece_date(p, object, "answered_on", m->answered_at);
	}
}

/* Each in the reader's language where there is one; what is not public is left out. */
static bool set_related(struct campaign_view *v)
{
	struct page *p = &v->p;
	struct view_value *list = view_set_list(p->root, "related");
	for (size_t i = 0; i < v->c.n_articles && i < RELATED_MAX; i++) {
		struct article_item *items;
		struct article a;
		size_t n, best = 0;
		struct error gone = { 0 };
		if (!article_by_id(p->site->store, v->c.articles[i], &a, p->arena, &gone))
			continue;
		if (!article_translations(p->site->store, a.group_id, &items, &n, p->arena, p->err))
			return false;
		for (size_t j = 0; j < n; j++) {
			if (str_eq(items[j].lang, p->lang))
				best = j;
		}
		if (n == 0)
			continue;
		piece_item(p, list, &items[best]);
		page_key(p, CHANGE_ITEM, items[best].id);
		page_key(p, CHANGE_AROUND, a.group_id);
		view_set_bool(p->root, "has_related", true);
	}
	return true;
}

static bool set_names(struct campaign_view *v)
{
	struct page *p = &v->p;
	int64_t n = 0;
	if (!public_count(p->site->store, v->c.id, PUBLIC_SHOWN, &n, p->err))
		return false;
	view_set_bool(p->root, "has_names", n > 0);
	view_set_int(p->root, "names_count", n);
	view_set_str(p->root, "names_count_text", view_number(p->arena, p->lang, n));
	view_set_str(p->root, "names_url", url_campaign(p, p->lang, v->c.slug, "/names"));
	return true;
}

static void set_texts(struct campaign_view *v)
{
	struct page *p = &v->p;
	struct str lang = v->text->lang;
	view_set_str(p->root, "description", v->text->summary);
	view_set_str(p->root, "campaign_summary", v->text->summary);
	view_set_html(p->root, "campaign_html", campaign_markdown(p, v->text->body, lang, "c-"));
	view_set_html(p->root, "organisation_html", campaign_markdown(p, v->text->organisation, lang, "o-"));
	view_set_str(p->root, "organiser_url", v->c.organiser_url);
	view_set_str(p->root, "yours_url", url_campaign(p, p->lang, v->c.slug, "/yours"));
	view_set_str(p->root, "log_url", url_campaign(p, p->settings.default_lang, v->c.slug, "/log/checkpoint"));
	view_set_str(p->root, "canonical", url_absolute(p, url_campaign(p, p->lang, v->c.slug, "")));
}

/* The form is the same for all who read the page, so that it can be cached: what is different for each comes with the
 * script, or in the answer to the form. */
static bool set_form(struct campaign_view *v)
{
	struct sign_form form;
	bool can = v->open && v->p.site->campaigns && v->p.site->mail_from.n;
	view_set_bool(v->p.root, "no_mail", v->open && !can);
	if (!can)
		return true;
	if (!sign_form_new(v, &form))
		return false;
	sign_form_show(v, &form);
	return true;
}

bool campaign_page(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	if (!campaign_begin(&v, req, res, 1, err))
		return campaign_none(req, res, err);
	if (!campaign_head(&v, v.text->title, ""))
		return false;
	set_texts(&v);
	set_demands(&v);
	set_targets(&v);
	set_updates(&v);
	set_milestones(&v);
	campaign_progress(&v.p, v.p.root, &v.c, v.counts.count);
	set_state(&v.p, v.p.root, &v.c);
	campaign_regions(&v);
	if (!set_related(&v) || !set_names(&v) || !set_form(&v))
		return false;
	view_set_html(v.p.root, "json_ld", campaign_json_ld(&v));
	return page_render(&v.p, "campaign");
}
