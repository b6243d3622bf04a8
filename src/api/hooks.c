#include "api/inner.h"

#include "fetch/fetch.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

/* Tells webhooks what changed: reads the feed, keeps what is to be told to whom, and sends what is due, signed as the
 * Standard Webhooks specification says. A thread of its own, because other servers answer when they like. */

#define WAIT_MS 500 /* how late a delivery that is due may be */

struct hooks {
	struct store *store;
	struct fetch_policy policy;
	pthread_t thread;
	volatile bool stop; /* as struct fetch_request wants it */
};

/* ---- what is told ---- */

static json_t *text(struct str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static json_t *article_data(const struct settings *s, const struct hook_news *news, struct arena *arena)
{
	struct str path = site_article_path(arena, s->default_lang, news->lang, news->slug), base = s->base_url;
	struct str url =
	    arena_printf(arena, "%.*s%.*s", (int)base.n, base.p ? base.p : "", (int)path.n, path.p ? path.p : "");
	return json_pack("{s:I,s:o,s:o,s:o,s:o}", "id", (json_int_t)news->id, "lang", text(news->lang), "slug",
	    text(news->slug), "title", text(utf8_clean(arena, news->title)), "url", text(url));
}

/* NULL without an error: it is gone already. */
static json_t *question_data(struct store *store, int64_t id, struct arena *arena, struct error *err)
{
	struct question *all;
	size_t n;
	if (!question_list(store, &all, &n, arena, err))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (all[i].id == id)
			return json_pack("{s:I,s:o,s:o,s:o,s:I}", "id", (json_int_t)id, "lang", text(all[i].lang), "text",
			    text(utf8_clean(arena, all[i].text)), "day", text(all[i].day), "times", (json_int_t)all[i].times);
	}
	return NULL;
}

/* {"type", "timestamp", "data"}; takes the data. p is NULL when memory is out. */
static struct str payload_of(enum hook_event event, json_t *data, int64_t now, struct arena *arena)
{
	json_t *json = json_pack("{s:o,s:o,s:o}", "type", text(hook_event_name(event)), "timestamp",
	    text(time_rfc3339(arena, now)), "data", data);
	char *dump = json ? json_dumps(json, JSON_COMPACT) : NULL;
	struct str out = dump ? arena_dup(arena, str_from(dump)) : (struct str){ 0 };
	free(dump);
	json_decref(json);
	return out;
}

static bool keep(struct store *store, struct store_tx *tx, const struct hook_news *news, const struct webhook *hooks,
    size_t n, struct arena *arena, struct error *err)
{
	struct settings settings;
	int64_t now = clock_now();
	bool wanted = false;
	for (size_t i = 0; i < n; i++)
		wanted |= hooks[i].disabled_at == 0 && (hooks[i].events & (1u << news->event));
	if (!wanted)
		return true;
	if (!settings_read(store, &settings, arena, err))
		return false;
	json_t *data = news->event == HOOK_QUESTION ? question_data(store, news->id, arena, err)
	                                            : article_data(&settings, news, arena);
	if (!data)
		return err->code == ERR_NONE && news->event == HOOK_QUESTION ? true : err->code ? false : error_memory(err);
	struct str payload = payload_of(news->event, data, now, arena);
	if (!payload.p)
		return error_memory(err);
	for (size_t i = 0; i < n; i++) {
		if (hooks[i].disabled_at == 0 && (hooks[i].events & (1u << news->event)) &&
		    !delivery_add(tx, hooks[i].id, news->event, payload, now, arena, err))
			return false;
	}
	return true;
}

/* From the feed to the deliveries, in one transaction: nothing is told twice, and nothing is lost. */
static bool collect(struct store *store, bool *more, struct arena *arena, struct error *err)
{
	struct webhook *hooks;
	struct hook_news *news;
	size_t n_hooks, n;
	if (!webhook_waits(store, more, err) || !*more)
		return !err->code;
	struct store_tx *tx = store_begin(store, err);
	bool ok = tx && webhook_list(store, &hooks, &n_hooks, arena, err) && webhook_news(tx, &news, &n, arena, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = keep(store, tx, &news[i], hooks, n_hooks, arena, err);
	if (ok)
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

/* ---- sending ---- */

bool hook_sign(struct str secret, struct str message, int64_t at, struct str payload, struct str *out,
    struct arena *arena, struct error *err)
{
	unsigned char key[64], mac[crypto_auth_hmacsha256_BYTES];
	char base64[sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES, sodium_base64_VARIANT_ORIGINAL)];
	crypto_auth_hmacsha256_state state;
	size_t n;
	struct str coded = str_skip(secret, 6),
	           head = arena_printf(arena, "%.*s.%lld.", (int)message.n, message.p, (long long)at);
	if (!head.p)
		return error_memory(err);
	if (!str_starts(secret, STR("whsec_")) || sodium_init() < 0 ||
	    sodium_base642bin(key, sizeof key, coded.p, coded.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return error_set(err, ERR_INVALID, "a webhook's secret cannot be read");
	crypto_auth_hmacsha256_init(&state, key, n);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)head.p, head.n);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)payload.p, payload.n);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(key, sizeof key);
	sodium_bin2base64(base64, sizeof base64, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
	*out = arena_printf(arena, "v1,%s", base64);
	return out->p ? true : error_memory(err);
}

/* Status 0: no answer, *problem says why. */
static bool post(struct hooks *h, const struct webhook *w, const struct delivery *d, struct fetch_answer *answer,
    struct str *problem, struct arena *arena, struct error *err)
{
	int64_t now = clock_now();
	struct str secret, signature, at = arena_printf(arena, "%lld", (long long)now);
	struct error why = { 0 };
	*answer = (struct fetch_answer){ .status = 0 };
	*problem = STR("");
	if (!webhook_secret(h->store, w->id, &secret, arena, err) ||
	    !hook_sign(secret, d->message, now, d->payload, &signature, arena, err))
		return false;
	const struct fetch_header headers[] = { { STR("Content-Type"), STR("application/json") },
		{ STR("webhook-id"), d->message }, { STR("webhook-timestamp"), at }, { STR("webhook-signature"), signature } };
	struct fetch_request request = { .method = "POST",
		.url = w->url,
		.body = d->payload,
		.headers = headers,
		.n_headers = sizeof headers / sizeof *headers,
		.body_max = 4 * KIB,
		.cut = true,
		.seconds = WEBHOOK_SECONDS,
		.stop = &h->stop };
	if (!fetch(&h->policy, &request, answer, arena, &why)) {
		answer->status = 0;
		*problem = arena_dup(arena, str_from(why.message));
	}
	return true;
}

static bool deliver(struct hooks *h, const struct delivery *d, struct arena *arena, struct error *err)
{
	struct webhook w;
	struct fetch_answer answer;
	struct str problem;
	int64_t wait = 0;
	if (!webhook_find(h->store, d->webhook, &w, arena, err) || !post(h, &w, d, &answer, &problem, arena, err))
		return false;
	if (h->stop && answer.status == 0)
		return true; /* nobody's failure: it is tried when the program runs again */
	if (!str_to_int(answer.retry_after, &wait) || wait < 0)
		wait = 0;
	struct store_tx *tx = store_begin(h->store, err);
	if (tx && delivery_tried(tx, d, answer.status, problem, wait, clock_now(), err))
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

static bool send_due(struct hooks *h, size_t *n, struct arena *arena, struct error *err)
{
	struct delivery *due;
	if (!delivery_due(h->store, clock_now(), &due, n, arena, err))
		return false;
	for (size_t i = 0; i < *n && !h->stop; i++) {
		struct error one = { 0 };
		/* It may have been deleted meanwhile. */
		if (!deliver(h, &due[i], arena, &one) && one.code != ERR_NOT_FOUND)
			log_error(&one, "telling a webhook");
	}
	return true;
}

static void *work(void *arg)
{
	struct hooks *h = arg;
	struct arena *arena = arena_new();
	int64_t signal = 0;
	while (arena && !h->stop) {
		struct error err = { 0 };
		bool more = false;
		size_t sent = 0;
		arena_reset(arena);
		if (!collect(h->store, &more, arena, &err) || !send_due(h, &sent, arena, &err)) {
			log_error(&err, "telling webhooks what changed");
			more = false;
			sent = 0;
		}
		if (!more && sent == 0)
			signal = store_wait(h->store, signal, WAIT_MS);
	}
	arena_free(arena);
	return NULL;
}

struct hooks *hooks_start(struct store *store, const struct fetch_policy *policy, struct error *err)
{
	struct hooks *h = calloc(1, sizeof *h);
	if (!h) {
		error_memory(err);
		return NULL;
	}
	h->store = store;
	h->policy = *policy;
	if (pthread_create(&h->thread, NULL, work, h) == 0)
		return h;
	free(h);
	error_set(err, ERR_INTERNAL, "cannot start a thread");
	return NULL;
}

void hooks_stop(struct hooks *h)
{
	if (!h)
		return;
	h->stop = true;
	pthread_join(h->thread, NULL);
	free(h);
}
