#include "site/campaign.h"

#include "mail/mail.h"

#include <unistd.h>

/* Who signed can see what is held, and withdraw, by a link that only the owner of the mailbox gets. Whether an address has
 * signed is told to nobody else: the answer is the same, and takes the same time. */

static bool begin(
    struct campaign_view *v, const struct web_request *req, struct web_response *res, size_t own, struct error *err)
{
	if (!campaign_begin(v, req, res, own, err))
		return false;
	if (!v->p.site->campaigns || !v->p.site->guard)
		return error_set(err, ERR_UNAVAILABLE, "nothing can be signed here");
	return campaign_head(v, page_message(&v->p, STR("Your signature")), "/yours");
}

static bool step(struct campaign_view *v, const char *name, int status)
{
	v->p.res->status = status;
	v->p.res->no_store = true;
	view_set_bool(v->p.root, "noindex", true);
	view_set_bool(v->p.root, "has_form", true);
	view_set_bool(v->p.root, name, true);
	view_set_str(v->p.root, "yours_url", url_campaign(&v->p, v->p.lang, v->c.slug, "/yours"));
	return page_render(&v->p, "campaignstep");
}

bool campaign_yours(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	if (!begin(&v, req, res, 1, err))
		return campaign_none(req, res, err);
	return step(&v, "step_ask", 200);
}

static bool send_link(struct campaign_view *v, struct str address)
{
	struct page *p = &v->p;
	struct error none = { 0 };
	int64_t id;
	if (!guard_mail(p->site->guard, mail_same(address, p->arena), clock_now()))
		return true;
	if (!signature_of(p->site->campaigns, &v->c, address, &id, &none)) {
		if (none.code == ERR_NOT_FOUND)
			return true;
		*p->err = none;
		return false;
	}
	struct str ticket =
	    signature_ticket(p->site->campaigns, &v->c, id, clock_now() + WITHDRAW_SECONDS, p->arena, p->err);
	if (ticket.n == 0)
		return false;
	if (campaign_mail_yours(v, address, ticket))
		return true;
	/* That its mail came back is not to be told either. */
	bool refused = p->err->code == ERR_DENIED;
	if (refused)
		*p->err = (struct error){ 0 };
	return refused;
}

bool campaign_yours_send(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	struct error wrong = { 0 };
	struct str address, base;
	uint64_t until = clock_mono_us() + YOURS_ANSWER_MS * 1000;
	if (!begin(&v, req, res, 1, err))
		return campaign_none(req, res, err);
	view_set_str(v.p.root, "asked_for", web_field_get(req, "mail"));
	if (!mail_address(str_trim(web_field_get(req, "mail")), &address, v.p.arena, &wrong)) {
		view_set_str(
		    v.p.root, "ask_wrong", page_message(&v.p, STR("This is no mail address. It looks like hana@example.jp.")));
		return step(&v, "step_ask", 422);
	}
	if (!guard_network(v.p.site->guard, v.c.id, req->network, clock_now())) {
		view_set_str(v.p.root, "ask_wrong",
		    page_message(&v.p,
		        STR("Very many signatures are coming from your network. Please try again in an hour, or from another.")));
		return step(&v, "step_ask", 429);
	}
	if (!campaign_mail_base(&v.p, &base) || !send_link(&v, address))
		return false;
	uint64_t now = clock_mono_us();
	if (now < until)
		usleep((useconds_t)(until - now));
	return step(&v, "step_asked", 200);
}

/* ---- with the link ---- */

static bool open_ticket(struct campaign_view *v, const struct web_request *req, int64_t *id)
{
	return signature_from_ticket(
	    v->p.site->campaigns, &v->c, page_capture(req, 2, 1), clock_now(), id, v->p.arena, v->p.err);
}

static bool late(struct campaign_view *v)
{
	if (v->p.err->code != ERR_NOT_FOUND)
		return false;
	*v->p.err = (struct error){ 0 };
	return step(v, "step_late", 404);
}

static void show_held(struct campaign_view *v, const struct held *held)
{
	struct page *p = &v->p;
	piece_date(p, p->root, "held_day", held->day * 86400 + 43200);
	view_set_str(p->root, "held_lang", page_lang_name(p, held->lang));
	view_set_int(p->root, "held_bytes", (int64_t)held->sealed_bytes);
	view_set_bool(p->root, "was_held", held->leaf == LEAF_NONE);
	if (held->leaf != LEAF_NONE)
		view_set_str(p->root, "held_leaf", arena_printf(p->arena, "%lld", (long long)held->leaf));
	if (held->has_public) {
		struct view_value *shown = view_set_object(p->root, "held_public");
		view_set_str(shown, "held_name", held->shown.name);
		view_set_str(shown, "held_town", held->shown.town);
		view_set_str(shown, "held_comment", held->shown.comment);
	}
	if (v->c.delete_at)
		piece_date(p, p->root, "held_until", v->c.delete_at);
}

bool campaign_held(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	struct held held;
	int64_t id;
	if (!begin(&v, req, res, 2, err))
		return campaign_none(req, res, err);
	if (!open_ticket(&v, req, &id) || !signature_held(v.p.site->campaigns, id, &held, v.p.arena, err))
		return late(&v);
	show_held(&v, &held);
	view_set_str(v.p.root, "here", req->raw_path);
	return step(&v, "step_held", 200);
}

bool campaign_withdraw(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	int64_t id;
	if (!begin(&v, req, res, 2, err))
		return campaign_none(req, res, err);
	if (!open_ticket(&v, req, &id) || !signature_withdraw(v.p.site->campaigns, &v.c, id, err))
		return late(&v);
	campaign_count(&v.p, &v.c, &v.counts);
	campaign_progress(&v.p, v.p.root, &v.c, v.counts.count);
	return step(&v, "step_withdrawn", 200);
}
