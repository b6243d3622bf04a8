#include "site/campaign.h"

#include "mail/mail.h"

#include <string.h>

/* From the form to the signature: the form is taken and a mail sent; its link shows what was typed; a click there signs. No
 * answer here is kept anywhere, and none says whether an address has signed before. */

static bool begin(
    struct campaign_view *v, const struct web_request *req, struct web_response *res, size_t own, struct error *err)
{
	if (!campaign_begin(v, req, res, own, err))
		return false;
	if (!v->p.site->campaigns || !v->p.site->guard)
		return error_set(err, ERR_UNAVAILABLE, "nothing can be signed here");
	res->no_store = true;
	return campaign_head(v, page_message(&v->p, STR("Sign")), "");
}

static bool step(struct campaign_view *v, const char *name, int status)
{
	v->p.res->status = status;
	view_set_bool(v->p.root, "noindex", true);
	view_set_bool(v->p.root, name, true);
	view_set_str(v->p.root, "yours_url", url_campaign(&v->p, v->p.lang, v->c.slug, "/yours"));
	return page_render(&v->p, "campaignstep");
}

/* ---- the work for the script ---- */

bool campaign_work(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	struct guard_work work;
	if (!campaign_begin(&v, req, res, 1, err))
		return campaign_none(req, res, err);
	if (!v.open || !v.p.site->guard)
		return error_set(err, ERR_NOT_FOUND, "nothing can be signed here");
	if (!guard_work(v.p.site->guard, v.c.id, req->network, clock_now(), &work, v.p.arena))
		return error_memory(err);
	buf_printf(&res->body, "{\"ticket\":\"%.*s\",\"bits\":%u,\"seconds\":%d}\n", (int)work.ticket.n, work.ticket.p,
	    work.bits, TICKET_SECONDS);
	res->type = STR("application/json; charset=utf-8");
	res->no_store = true;
	return true;
}

/* ---- the form ---- */

static bool again(struct campaign_view *v, struct sign_form *f, int status)
{
	v->p.res->status = status;
	view_set_bool(v->p.root, "noindex", true);
	sign_form_show(v, f);
	return page_render(&v->p, "campaignsign");
}

/* The script's work, or a person's answer. Each can be shown once, so this comes when all else is right. */
static bool proven(struct campaign_view *v, struct sign_form *f)
{
	const struct web_request *req = v->p.req;
	struct str answer = web_field_get(req, "answer"), ticket = web_field_get(req, "ticket");
	struct str work = web_field_get(req, "work");
	int64_t now = clock_now();
	if (work.n && guard_worked(v->p.site->guard, v->c.id, work, web_field_get(req, "n"), now, v->p.arena) == GUARD_FINE)
		return true;
	f->ask = true;
	if (ticket.n == 0) {
		f->problem = N_("One more step: please answer the question below, so that we know that a person is signing.");
		return false;
	}
	switch (guard_answered(v->p.site->guard, v->c.id, v->text->questions, ticket, answer, now, v->p.arena)) {
	case GUARD_FINE:
		return true;
	case GUARD_LATE:
		f->problem = N_("The question was too old. Please answer this one.");
		return false;
	default:
		f->problem = N_("That was not the answer. Please try this one.");
		return false;
	}
}

static bool sent(struct campaign_view *v, const struct sign_form *f)
{
	view_set_str(v->p.root, "sent_to", f->mail);
	view_set_int(v->p.root, "days", PENDING_SECONDS / 86400);
	return step(v, "step_sent", 200);
}

/* Who gets too many gets no more, and the answer is the same. */
static bool send(struct campaign_view *v, struct sign_form *f)
{
	struct page *p = &v->p;
	struct signing signing;
	struct str token, base;
	if (!campaign_mail_base(p, &base) || !sign_form_signing(v, f, &signing))
		return false;
	if (!guard_mail(p->site->guard, mail_same(f->mail, p->arena), clock_now()))
		return sent(v, f);
	if (!signing_begin(p->site->campaigns, &v->c, &signing, &token, p->arena, p->err)) {
		if (p->err->code != ERR_TOO_LARGE)
			return false;
		f->problem = N_("All of it together is too long. Please shorten it.");
		return again(v, f, 413);
	}
	if (campaign_mail_confirm(v, f->mail, token))
		return sent(v, f);
	struct error why = *p->err, ignored = { 0 };
	signing_discard(p->site->campaigns, &v->c, token, &ignored);
	if (why.code != ERR_DENIED)
		return false;
	f->mail_wrong = N_("Mail to this address came back earlier. Please give another.");
	return again(v, f, 422);
}

bool campaign_sign(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	struct sign_form form;
	if (!begin(&v, req, res, 1, err))
		return campaign_none(req, res, err);
	if (!v.open || v.p.site->mail_from.n == 0)
		return step(&v, "step_closed", 409);
	if (!sign_form_new(&v, &form))
		return false;
	bool fine = sign_form_read(&v, &form);
	/* A machine gets the same answer: it need not learn that it was found out. */
	if (web_field_get(req, "website").n)
		return sent(&v, &form);
	if (!guard_network(v.p.site->guard, v.c.id, req->network, clock_now())) {
		form.problem =
		    N_("Very many signatures are coming from your network. Please try again in an hour, or from another.");
		return again(&v, &form, 429);
	}
	if (!fine || !proven(&v, &form))
		return again(&v, &form, 422);
	return send(&v, &form);
}

/* ---- the link of the mail ---- */

static bool gone(struct campaign_view *v)
{
	*v->p.err = (struct error){ 0 };
	return step(v, "step_gone", 404);
}

static struct str label_of(const struct campaign_view *v, struct str name)
{
	for (size_t i = 0; i < v->c.n_fields; i++) {
		const struct campaign_field_text *text = campaign_field_text(&v->c.fields[i], v->p.lang);
		if (str_eq(v->c.fields[i].name, name) && text && text->label.n)
			return text->label;
	}
	return name;
}

static struct str shown_value(const struct campaign_view *v, const struct signing_field *f)
{
	for (size_t i = 0; i < v->c.n_fields; i++) {
		enum campaign_field_kind kind = v->c.fields[i].kind;
		if (str_eq(v->c.fields[i].name, f->name) && (kind == FIELD_PREFECTURE || kind == FIELD_COUNTRY))
			return region_name(f->value, v->p.lang);
	}
	return f->value;
}

static void show_consents(struct campaign_view *v, const struct signing *s)
{
	struct view_value *list = view_set_list(v->p.root, "agreed");
	for (size_t i = 0; i < s->n_consents; i++) {
		struct str text;
		struct error ignored = { 0 };
		if (campaign_consent_at(v->p.site->store, v->c.id, s->consents[i].name, s->consents[i].version, v->p.lang,
		        &text, v->p.arena, &ignored))
			view_push_str(list, text);
	}
	view_set_bool(v->p.root, "has_agreed", s->n_consents > 0);
}

/* As they will be sent, with salutation and name. What is the same as the letter before it is shown once. */
static void show_letters(struct campaign_view *v, const struct signing *s)
{
	struct view_value *list = view_set_list(v->p.root, "whole_letters");
	struct str subject = STR(""), text = STR("");
	for (size_t i = 0; i < s->n_letters; i++) {
		struct letter_whole whole;
		struct error ignored = { 0 };
		const struct campaign_target *target = NULL;
		for (size_t j = 0; j < v->c.n_targets; j++) {
			if (v->c.targets[j].id == s->letters[i].target)
				target = &v->c.targets[j];
		}
		if (s->letters[i].subject.n || s->letters[i].text.n) {
			subject = s->letters[i].subject;
			text = s->letters[i].text;
		}
		if (!target || !letter_whole(&v->c, target, s, subject, text, &whole, v->p.arena, &ignored))
			continue;
		struct view_value *letter = view_push_object(list);
		view_set_str(letter, "whole_to", target->name);
		view_set_str(letter, "whole_office", target->office);
		view_set_str(letter, "whole_lang", target->lang);
		view_set_str(letter, "whole_subject", whole.subject);
		view_set_str(letter, "whole_text", whole.text);
	}
	view_set_bool(v->p.root, "has_letters", s->n_letters > 0);
}

static void show_signing(struct campaign_view *v, const struct signing *s)
{
	struct view_value *list = view_set_list(v->p.root, "typed");
	for (size_t i = 0; i < s->n_fields; i++) {
		struct view_value *entry = view_push_object(list);
		view_set_str(entry, "typed_label", label_of(v, s->fields[i].name));
		view_set_str(entry, "typed_value", shown_value(v, &s->fields[i]));
	}
	view_set_str(v->p.root, "typed_mail", s->mail);
	if (s->has_public)
		view_set_str(v->p.root, "public_name", s->public_name);
	show_consents(v, s);
	show_letters(v, s);
}

bool campaign_confirm(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	struct signing s;
	if (!begin(&v, req, res, 2, err))
		return campaign_none(req, res, err);
	if (!signing_open(v.p.site->campaigns, &v.c, page_capture(req, 2, 1), &s, v.p.arena, err))
		return err->code == ERR_NOT_FOUND ? gone(&v) : false;
	if (!v.open)
		return step(&v, "step_closed", 409);
	show_signing(&v, &s);
	view_set_bool(v.p.root, "has_form", true);
	view_set_str(v.p.root, "here", req->raw_path);
	return step(&v, "step_confirm", 200);
}

static void set_share(struct campaign_view *v)
{
	struct page *p = &v->p;
	struct str path = url_campaign(p, p->lang, v->c.slug, ""), base = url_base(p);
	struct str url = arena_printf(p->arena, "%.*s%.*s", (int)base.n, base.p, (int)path.n, path.p);
	static const char *const names[] = { "title", "url" };
	struct str values[] = { v->text->title, url };
	struct str text = campaign_message(p, STR(N_("I have signed “{title}”. You can too: {url}")), names, values, 2);
	struct str title = v->text->title;
	view_set_str(p->root, "share_text", text);
	struct url_pair pairs[] = { { "subject", title }, { "body", text } };
	view_set_str(p->root, "share_mail", url_query(p->arena, STR("mailto:"), pairs, 2));
}

static bool thank(struct campaign_view *v, const struct receipt *receipt, bool held)
{
	struct page *p = &v->p;
	struct str json = receipt_json(receipt, p->arena), name = v->c.slug;
	campaign_count(p, &v->c, &v->counts);
	campaign_progress(p, p->root, &v->c, v->counts.count);
	view_set_html(p->root, "thanks_html", campaign_markdown(p, v->text->thanks, v->text->lang, "t-"));
	view_set_bool(p->root, "was_held", held);
	if (!held && json.n) {
		struct buf url = { 0 };
		buf_adds(&url, "data:application/json,");
		buf_add_uri(&url, json, STR(""));
		view_set_str(p->root, "receipt_url", buf_take(&url, p->arena));
		view_set_str(p->root, "receipt_name", arena_printf(p->arena, "%.*s-receipt.json", (int)name.n, name.p));
		view_set_str(p->root, "receipt_json", json);
	}
	set_share(v);
	return step(v, "step_thanks", 200);
}

static bool confirm(struct campaign_view *v, struct str token)
{
	struct page *p = &v->p;
	struct signing s;
	struct receipt receipt = { 0 };
	if (!signing_open(p->site->campaigns, &v->c, token, &s, p->arena, p->err))
		return p->err->code == ERR_NOT_FOUND ? gone(v) : false;
	bool hold = guard_burst(p->site->guard, v->c.id, mail_domain(s.mail), clock_now());
	if (signing_confirm(p->site->campaigns, &v->c, token, hold, &receipt, p->arena, p->err))
		return thank(v, &receipt, hold);
	if (p->err->code == ERR_NOT_FOUND)
		return gone(v);
	if (p->err->code != ERR_EXISTS)
		return false;
	*p->err = (struct error){ 0 };
	return step(v, "step_already", 200);
}

bool campaign_confirmed(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct campaign_view v;
	struct str token = page_capture(req, 2, 1);
	if (!begin(&v, req, res, 2, err))
		return campaign_none(req, res, err);
	if (str_eq(web_field_get(req, "do"), STR("discard"))) {
		if (!signing_discard(v.p.site->campaigns, &v.c, token, err) && err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct error){ 0 };
		return step(&v, "step_discarded", 200);
	}
	if (!v.open)
		return step(&v, "step_closed", 409);
	return confirm(&v, token);
}
