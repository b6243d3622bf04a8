#include "desk/tokens.h"

/* Other servers that are told what changes here; for owners. A secret is shown once. */

#define LOG_SHOWN 30

static const char *const EVENT_LABELS[HOOK_EVENTS] = { N_("An article is published"),
	N_("A published article is changed"), N_("A published article is taken back"), N_("A reader asks a question"),
	N_("Test") };

static struct str id_text(struct desk_page *p, int64_t id)
{
	return arena_printf(p->arena, "%lld", (long long)id);
}

static void show_events(struct desk_page *p, unsigned chosen)
{
	struct view_value *list = view_set_list(p->root, "events");
	for (int e = 0; e < HOOK_TEST; e++)
		desk_choice(
		    list, hook_event_name((enum hook_event)e), desk_message(p, EVENT_LABELS[e]), (chosen & (1u << e)) != 0);
}

static void show_state(struct desk_page *p, struct view_value *v, const struct webhook *w)
{
	view_set_bool(v, "active", w->disabled_at == 0);
	view_set_str(v, "failing", w->failing_since ? desk_time(p, w->failing_since) : STR(""));
	view_set_str(v, "disabled", w->disabled_at ? desk_time(p, w->disabled_at) : STR(""));
}

static unsigned events_sent(struct desk_page *p)
{
	enum hook_event event;
	unsigned events = 0;
	for (size_t i = 0; i < p->req->n_fields; i++) {
		if (str_eq(p->req->fields[i].name, STR("event")) && hook_event_parse(p->req->fields[i].value, &event))
			events |= 1u << event;
	}
	return events;
}

/* ---- all of them ---- */

static bool show_all(struct desk_page *p, struct str url, unsigned events)
{
	struct webhook *all;
	size_t n;
	struct view_value *list = view_set_list(p->root, "webhooks");
	if (!webhook_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "address", arena_printf(p->arena, "/desk/webhooks/%lld", (long long)all[i].id));
		view_set_str(v, "url", all[i].url);
		show_state(p, v, &all[i]);
	}
	view_set_bool(p->root, "has_webhooks", n > 0);
	view_set_str(p->root, "wish", url);
	show_events(p, events);
	return desk_render(p, N_("Webhooks"), "desk/webhooks");
}

bool webhooks_page(struct desk_page *p)
{
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show_all(p, STR("https://"), (1u << HOOK_TEST) - 1);
}

/* ---- one of them ---- */

static void show_delivery(struct desk_page *p, struct view_value *list, const struct delivery *d)
{
	struct view_value *v = view_push_object(list);
	view_set_str(v, "delivery", id_text(p, d->id));
	view_set_str(v, "at", desk_time(p, d->at));
	view_set_str(v, "event", desk_message(p, EVENT_LABELS[d->event]));
	view_set_bool(v, "done", d->state == DELIVERY_DONE);
	view_set_bool(v, "waiting", d->state == DELIVERY_WAITING);
	view_set_bool(v, "failed", d->state == DELIVERY_FAILED);
	view_set_str(v, "next", d->tries ? desk_time(p, d->next_at) : STR(""));
	view_set_str(v, "answer", d->status ? id_text(p, d->status) : STR(""));
	view_set_str(v, "why", d->problem);
	view_set_str(v, "payload", d->payload);
}

static bool show_one(struct desk_page *p, const struct webhook *w, struct str secret)
{
	struct delivery *all;
	size_t n;
	struct view_value *list = view_set_list(p->root, "deliveries"), *v = view_set_object(p->root, "webhook");
	if (!delivery_list(p->store, w->id, 0, LOG_SHOWN, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++)
		show_delivery(p, list, &all[i]);
	view_set_bool(p->root, "has_deliveries", n > 0);
	view_set_str(p->root, "action", arena_printf(p->arena, "/desk/webhooks/%lld", (long long)w->id));
	view_set_str(p->root, "wish", w->url);
	view_set_str(p->root, "secret", secret);
	show_state(p, v, w);
	show_events(p, w->events);
	return desk_render(p, N_("Webhook"), "desk/webhook");
}

static bool find(struct desk_page *p, struct webhook *w)
{
	int64_t id;
	return desk_capture_id(p, 0, &id) && webhook_find(p->store, id, w, p->arena, p->err);
}

bool webhook_page(struct desk_page *p)
{
	struct webhook w = { 0 };
	if (!find(p, &w))
		return false;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show_one(p, &w, STR(""));
}

/* *told: what is wrong is said above the form. */
static bool save(struct desk_page *p, struct webhook *w, const char *action, bool *told)
{
	struct error why = { 0 };
	struct store_tx *tx = store_begin(p->store, &why);
	*told = false;
	if (tx && webhook_save(tx, w, p->now, p->arena, &why) && audit_add(tx, &p->who, str_from(action), w->url, &why))
		return store_commit(tx, p->err);
	store_rollback(tx);
	*told = why.code == ERR_INVALID || why.code == ERR_TOO_LARGE;
	if (why.code == ERR_INVALID)
		desk_problem(p, 422, N_("Write an address that starts with https://, and choose at least one event."));
	else if (why.code == ERR_TOO_LARGE)
		desk_problem(p, 422, N_("The site has as many webhooks as it may have. Delete one that is not needed."));
	else
		*p->err = why;
	return false;
}

bool webhooks_send(struct desk_page *p)
{
	bool told;
	struct webhook w = { .url = str_trim(web_field_get(p->req, "url")), .events = events_sent(p) };
	if (save(p, &w, "webhook.add", &told))
		return show_one(p, &w, w.secret);
	return told && show_all(p, w.url, w.events);
}

static bool renew(struct desk_page *p, const struct webhook *w)
{
	struct str secret = STR("");
	struct store_tx *tx = store_begin(p->store, p->err);
	return desk_commit(p, tx,
	           tx && webhook_renew(tx, w->id, &secret, p->arena, p->err) &&
	               audit_add(tx, &p->who, STR("webhook.secret"), w->url, p->err)) &&
	       show_one(p, w, secret);
}

/* What one button does. */
static bool act(struct desk_page *p, struct store_tx *tx, const struct webhook *w, struct str what, const char **action)
{
	int64_t id;
	if (str_eq(what, STR("test"))) {
		*action = "webhook.test";
		return delivery_test(tx, w->id, p->now, p->arena, p->err);
	}
	if (str_eq(what, STR("on")) || str_eq(what, STR("off"))) {
		*action = "webhook.change";
		return webhook_enable(tx, w->id, str_eq(what, STR("on")), p->now, p->arena, p->err);
	}
	if (str_eq(what, STR("delete"))) {
		*action = "webhook.delete";
		return webhook_delete(tx, w->id, p->err);
	}
	*action = "webhook.again";
	if (!str_to_int(web_field_get(p->req, "again"), &id))
		return error_set(p->err, ERR_USAGE, "the form does not say what to do");
	return delivery_again(tx, w->id, id, p->now, p->err);
}

bool webhook_send(struct desk_page *p)
{
	struct webhook w = { 0 };
	struct str what = web_field_get(p->req, "do");
	const char *action = "";
	bool told;
	if (!find(p, &w))
		return false;
	if (str_eq(what, STR("secret")))
		return renew(p, &w);
	struct str back = arena_printf(p->arena, "/desk/webhooks/%lld?saved=1", (long long)w.id);
	if (!back.p)
		return error_memory(p->err);
	if (str_eq(what, STR("save"))) {
		w.url = str_trim(web_field_get(p->req, "url"));
		w.events = events_sent(p);
		if (save(p, &w, "webhook.change", &told))
			return desk_go(p, back.p);
		return told && show_one(p, &w, STR(""));
	}
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && act(p, tx, &w, what, &action) && audit_add(tx, &p->who, str_from(action), w.url, p->err);
	return desk_commit(p, tx, ok) && desk_go(p, str_eq(what, STR("delete")) ? "/desk/webhooks?saved=1" : back.p);
}
