#include "api/inner.h"

/* Webhooks, and what they were told. */

static const char *const EVENTS[] = { "article.published", "article.changed", "article.withdrawn", "question.asked",
	NULL };

static json_t *webhook_json(struct api_call *c, const struct webhook *w)
{
	json_t *o = api_object(c), *events = api_list(c);
	for (int e = 0; e < HOOK_TEST; e++) {
		if (w->events & (1u << e))
			api_push(c, events, json_string(EVENTS[e]));
	}
	api_int(c, o, "id", w->id);
	api_str(c, o, "url", w->url);
	api_put(c, o, "events", events);
	api_bool(c, o, "active", w->disabled_at == 0);
	api_time(c, o, "created", w->created_at);
	api_time(c, o, "failing_since", w->failing_since);
	return o;
}

static bool list(struct api_call *c)
{
	struct webhook *all;
	size_t n, from, to;
	struct str next;
	if (!webhook_list(c->store, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++)
		api_push(c, out, webhook_json(c, &all[i]));
	return api_page(c, out, next);
}

static bool find(struct api_call *c, struct webhook *w)
{
	int64_t id;
	return api_id(c, 0, &id) && webhook_find(c->store, id, w, c->arena, c->err);
}

static bool answer(struct api_call *c, int64_t id)
{
	struct webhook w = { 0 };
	if (!webhook_find(c->store, id, &w, c->arena, c->err))
		return false;
	c->answer = webhook_json(c, &w);
	return true;
}

static bool get(struct api_call *c)
{
	int64_t id;
	return api_id(c, 0, &id) && answer(c, id);
}

static bool save(struct api_call *c, struct webhook *w, const bool *active, const char *action)
{
	struct error why = { 0 };
	const struct str *events;
	size_t n;
	enum hook_event event;
	api_get_str(c->body, "url", &w->url);
	if (api_get_texts(c, c->body, "events", &events, &n)) {
		w->events = 0;
		for (size_t i = 0; i < n; i++)
			w->events |= hook_event_parse(events[i], &event) ? 1u << event : 0;
		if (w->events == 0)
			return api_refuse_field(c, "/events", "must name an event");
	}
	struct store_tx *tx = api_begin(c);
	bool ok = tx && webhook_save(tx, w, c->now, c->arena, &why) &&
	          (!active || webhook_enable(tx, w->id, *active, c->now, c->arena, &why)) &&
	          api_audit(c, tx, str_from(action), w->url);
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/url", "%s", why.message);
	else if (!ok && why.code)
		*c->err = why;
	return api_commit(c, tx, ok) && answer(c, w->id);
}

static bool create(struct api_call *c)
{
	struct webhook w = { .url = STR("") };
	if (!save(c, &w, NULL, "webhook.add"))
		return false;
	json_t *hook = c->answer;
	c->answer = api_object(c);
	api_put(c, c->answer, "webhook", hook);
	api_str(c, c->answer, "secret", w.secret);
	api_location(c, DESK "/webhooks", w.id);
	return true;
}

static bool change(struct api_call *c)
{
	struct webhook w = { 0 };
	bool active;
	if (!find(c, &w))
		return false;
	bool given = api_get_bool(c->body, "active", &active);
	return save(c, &w, given ? &active : NULL, "webhook.change");
}

static bool drop(struct api_call *c)
{
	struct webhook w = { 0 };
	if (!find(c, &w))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && webhook_delete(tx, w.id, c->err) && api_audit(c, tx, STR("webhook.delete"), w.url));
}

static bool renew(struct api_call *c)
{
	struct webhook w = { 0 };
	struct str secret = STR("");
	if (!find(c, &w))
		return false;
	struct store_tx *tx = api_begin(c);
	if (!api_commit(c, tx,
	        tx && webhook_renew(tx, w.id, &secret, c->arena, c->err) && api_audit(c, tx, STR("webhook.secret"), w.url)))
		return false;
	c->answer = api_object(c);
	api_put(c, c->answer, "webhook", webhook_json(c, &w));
	api_str(c, c->answer, "secret", secret);
	return true;
}

static bool test(struct api_call *c)
{
	struct webhook w = { 0 };
	if (!find(c, &w))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && delivery_test(tx, w.id, c->now, c->arena, c->err) &&
	               api_audit(c, tx, STR("webhook.test"), w.url)) &&
	       answer(c, w.id);
}

/* ---- deliveries ---- */

static const char *const STATES[] = { "waiting", "done", "failed", NULL };

static bool deliveries(struct api_call *c)
{
	struct webhook w = { 0 };
	struct delivery *all;
	size_t n, limit = api_limit(c);
	int64_t before = 0;
	struct str cursor = api_cursor(c);
	if (cursor.n && (!str_to_int(cursor, &before) || before < 1))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	if (!find(c, &w) || !delivery_list(c->store, w.id, before, limit + 1, &all, &n, c->arena, c->err))
		return false;
	bool more = n > limit;
	n -= more;
	json_t *out = api_list(c);
	for (size_t i = 0; i < n; i++) {
		json_t *o = api_object(c);
		api_int(c, o, "id", all[i].id);
		api_str(c, o, "message", all[i].message);
		api_str(c, o, "event", hook_event_name(all[i].event));
		api_str(c, o, "payload", all[i].payload);
		api_time(c, o, "at", all[i].at);
		api_str(c, o, "state", str_from(STATES[all[i].state]));
		api_int(c, o, "tries", all[i].tries);
		api_time(c, o, "tried", all[i].tried_at);
		api_time(c, o, "next", all[i].state == DELIVERY_WAITING ? all[i].next_at : 0);
		api_int(c, o, "status", all[i].status);
		api_str(c, o, "problem", all[i].problem);
		api_push(c, out, o);
	}
	return api_page(c, out, more ? arena_printf(c->arena, "%lld", (long long)all[n - 1].id) : STR(""));
}

static bool again(struct api_call *c)
{
	struct webhook w = { 0 };
	int64_t id;
	if (!find(c, &w) || !api_id(c, 1, &id))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && delivery_again(tx, w.id, id, c->now, c->err) && api_audit(c, tx, STR("webhook.again"), w.url)) &&
	       answer(c, w.id);
}

/* ---- the rows ---- */

#define CHANGES(required)                                                                           \
	{ "url", API_LINE, required, .max = WEBHOOK_URL_MAX,                                            \
		.about = "https:// or http://; private networks are refused." },                            \
	{                                                                                               \
		"events", API_LIST, required, .max = 16, .item = API_LINE, .item_max = 32, .values = EVENTS \
	}
static const struct api_field NEW_FIELDS[] = { CHANGES(API_REQUIRED) };
API_SCHEMA(NEW, "WebhookNew", NEW_FIELDS);
static const struct api_field CHANGE_FIELDS[] = {
	CHANGES(0),
	{ "active", API_BOOLEAN, .about = "false: it is told nothing until it is true again." },
};
API_SCHEMA(CHANGE, "WebhookChange", CHANGE_FIELDS);
static const struct api_field WEBHOOK_FIELDS[] = {
	{ "id", API_INTEGER, API_REQUIRED, .about = NULL },
	{ "url", API_TEXT, API_REQUIRED, .about = NULL },
	{ "events", API_LIST, API_REQUIRED, .item = API_TEXT, .values = EVENTS },
	{ "active", API_BOOLEAN, API_REQUIRED, .about = "False by hand, or after five days in which nothing arrived." },
	{ "created", API_TIME, API_REQUIRED, .about = NULL },
	{ "failing_since", API_TIME, API_REQUIRED | API_NULLABLE, .about = "Since when nothing arrives." },
};
API_SCHEMA(WEBHOOK, "Webhook", WEBHOOK_FIELDS);
static const struct api_field SECRET_FIELDS[] = {
	{ "webhook", API_OBJECT, API_REQUIRED, .of = &WEBHOOK },
	{ "secret", API_TEXT, API_REQUIRED,
	    .about = "What signatures are checked with (Standard Webhooks); given only here." },
};
API_SCHEMA(SECRET, "WebhookSecret", SECRET_FIELDS);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(WEBHOOK) };
API_SCHEMA(PAGE, "WebhookPage", PAGE_FIELDS);
static const struct api_field DELIVERY_FIELDS[] = {
	{ "id", API_INTEGER, API_REQUIRED, .about = NULL },
	{ "message", API_TEXT, API_REQUIRED, .about = "What webhook-id says: the same at every try." },
	{ "event", API_TEXT, API_REQUIRED, .about = NULL },
	{ "payload", API_TEXT, API_REQUIRED, .about = "The JSON that is sent." },
	{ "at", API_TIME, API_REQUIRED, .about = NULL },
	{ "state", API_TEXT, API_REQUIRED, .values = STATES },
	{ "tries", API_INTEGER, API_REQUIRED, .about = NULL },
	{ "tried", API_TIME, API_REQUIRED | API_NULLABLE, .about = "The last time." },
	{ "next", API_TIME, API_REQUIRED | API_NULLABLE, .about = "When it is tried again." },
	{ "status", API_INTEGER, API_REQUIRED, .about = "Of the last answer; 0: there was none." },
	{ "problem", API_TEXT, API_REQUIRED, .about = "Why there was none." },
};
API_SCHEMA(DELIVERY, "Delivery", DELIVERY_FIELDS);
static const struct api_field DELIVERY_PAGE_FIELDS[] = { API_PAGE_ANSWER(DELIVERY) };
API_SCHEMA(DELIVERY_PAGE, "DeliveryPage", DELIVERY_PAGE_FIELDS);
static const struct api_field QUERY_FIELDS[] = { API_PAGE_FIELDS };
API_SCHEMA(QUERY, "WebhookQuery", QUERY_FIELDS);

#define SIGNED                                                                                                            \
	"Each message is a POST of {type, timestamp, data}, signed as the Standard Webhooks specification says: webhook-id, " \
	"webhook-timestamp, webhook-signature. Any 2xx is success; else it is tried again for about four days."

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/webhooks", "listWebhooks", "Servers that are told what changes here", NULL, SCOPE_WEBHOOKS,
	    DESK_WEBHOOKS, API_PAGED, 200, &QUERY, NULL, &PAGE, 0, list },
	{ WEB_POST, DESK "/webhooks", "createWebhook", "Adds one", SIGNED, SCOPE_WEBHOOKS, DESK_WEBHOOKS, API_SECRET, 201,
	    NULL, &NEW, &SECRET, 0, create },
	{ WEB_GET, DESK "/webhooks/:id", "getWebhook", "One of them", NULL, SCOPE_WEBHOOKS, DESK_WEBHOOKS, 0, 200, NULL,
	    NULL, &WEBHOOK, 0, get },
	{ WEB_PATCH, DESK "/webhooks/:id", "changeWebhook", "Changes the fields that are named", NULL, SCOPE_WEBHOOKS,
	    DESK_WEBHOOKS, 0, 200, NULL, &CHANGE, &WEBHOOK, 0, change },
	{ WEB_DELETE, DESK "/webhooks/:id", "deleteWebhook", "Deletes one, with its deliveries", NULL, SCOPE_WEBHOOKS,
	    DESK_WEBHOOKS, 0, 204, NULL, NULL, NULL, 0, drop },
	{ WEB_POST, DESK "/webhooks/:id/secret", "renewWebhookSecret", "A new secret, from the next message on", NULL,
	    SCOPE_WEBHOOKS, DESK_WEBHOOKS, API_SECRET, 200, NULL, &API_NOTHING, &SECRET, 0, renew },
	{ WEB_POST, DESK "/webhooks/:id/test", "testWebhook", "Sends a message of the type test", "It is tried once.",
	    SCOPE_WEBHOOKS, DESK_WEBHOOKS, 0, 200, NULL, &API_NOTHING, &WEBHOOK, 0, test },
	{ WEB_GET, DESK "/webhooks/:id/deliveries", "listDeliveries", "What it was told, newest first", NULL,
	    SCOPE_WEBHOOKS, DESK_WEBHOOKS, API_PAGED, 200, &QUERY, NULL, &DELIVERY_PAGE, 0, deliveries },
	{ WEB_POST, DESK "/webhooks/:id/deliveries/:delivery/again", "repeatDelivery", "Sends a message again", NULL,
	    SCOPE_WEBHOOKS, DESK_WEBHOOKS, 0, 200, NULL, &API_NOTHING, &WEBHOOK, 0, again },
};
const struct api_group WEBHOOKS_GROUP = { "Webhooks", API_ACTIONS(ACTIONS) };
