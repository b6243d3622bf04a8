#include "site.h"

/* What webhooks are told, and how often it is tried. */

#define NOW ((int64_t)1800000000)

static int64_t save(struct site *s, int64_t id, const char *title, enum article_status status)
{
	struct error err = { 0 };
	struct article a = {
		.id = id, .lang = STR("ja"), .title = str_from(title), .body = str_from(title), .status = status
	};
	struct store_tx *tx = begin(s);
	assert_true(article_save(tx, &a, NULL, s->arena, &err));
	commit(tx);
	return a.id;
}

static struct webhook hook(struct site *s, enum error_code want, const char *url, unsigned events)
{
	struct error err = { 0 };
	struct webhook w = { .url = str_from(url), .events = events };
	struct store_tx *tx = begin(s);
	bool ok = webhook_save(tx, &w, NOW, s->arena, &err);
	assert_int_equal(err.code, want);
	if (ok)
		commit(tx);
	else
		store_rollback(tx);
	return w;
}

/* All that there is to tell, as "event id event id". */
static const char *news(struct site *s)
{
	struct error err = { 0 };
	struct hook_news *v;
	struct buf out = { 0 };
	size_t n;
	bool waits;
	assert_true(webhook_waits(s->store, &waits, &err));
	while (waits) {
		struct store_tx *tx = begin(s);
		assert_true(webhook_news(tx, &v, &n, s->arena, &err));
		commit(tx);
		for (size_t i = 0; i < n; i++)
			buf_printf(&out, "%s%s %lld", out.n ? ", " : "", hook_event_name(v[i].event).p, (long long)v[i].id);
		assert_true(webhook_waits(s->store, &waits, &err));
	}
	return arena_cstr(s->arena, buf_take(&out, s->arena));
}

static void a_webhook_has_a_web_address_and_an_event(void **state)
{
	struct site *s = *state;
	static const char *const bad[] = { "", "ftp://example.org/", "https://", "https:///x", "example.org",
		"https://a:b@example.org/", "https://example.org/a b", "javascript:alert(1)" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		hook(s, ERR_INVALID, bad[i], 1);
	hook(s, ERR_INVALID, "https://example.org/", 0);
	hook(s, ERR_INVALID, "https://example.org/", 1u << HOOK_TEST);
	struct webhook w = hook(s, ERR_NONE, "https://example.org/hook?x=1", 3);
	assert_true(str_starts(w.secret, STR("whsec_")));
	assert_int_equal(w.secret.n, 6 + 32);
	struct error err = { 0 };
	struct str again = STR(""), renewed = STR("");
	assert_true(webhook_secret(s->store, w.id, &again, s->arena, &err));
	assert_true(str_eq(again, w.secret));
	struct store_tx *tx = begin(s);
	assert_true(webhook_renew(tx, w.id, &renewed, s->arena, &err));
	commit(tx);
	assert_false(str_eq(renewed, w.secret));
	assert_true(webhook_secret(s->store, w.id, &again, s->arena, &err));
	assert_true(str_eq(again, renewed));
	assert_false(webhook_secret(s->store, w.id + 1, &again, s->arena, &err));
	for (int i = 1; i < WEBHOOKS_MAX; i++)
		hook(s, ERR_NONE, "http://example.org/", 1);
	hook(s, ERR_TOO_LARGE, "http://example.org/", 1);
}

static void each_change_is_told_as_what_it_is(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	int64_t old = save(s, 0, "old", ARTICLE_PUBLISHED);
	assert_string_equal(news(s), "");
	hook(s, ERR_NONE, "https://example.org/", 15);
	assert_string_equal(news(s), "");
	int64_t a = save(s, 0, "a", ARTICLE_DRAFT);
	assert_string_equal(news(s), "");
	save(s, a, "a", ARTICLE_PUBLISHED);
	assert_string_equal(news(s), "article.published 2");
	save(s, a, "b", ARTICLE_PUBLISHED);
	save(s, a, "c", ARTICLE_PUBLISHED);
	assert_string_equal(news(s), "article.changed 2");
	save(s, old, "new", ARTICLE_PUBLISHED);
	assert_string_equal(news(s), "article.changed 1");
	save(s, a, "c", ARTICLE_ARCHIVED);
	assert_string_equal(news(s), "article.withdrawn 2");
	save(s, a, "d", ARTICLE_ARCHIVED);
	assert_string_equal(news(s), "");
	struct store_tx *tx = begin(s);
	assert_true(article_delete(tx, old, &err));
	assert_true(question_add(tx, STR("なぜ"), STR("ja"), NOW, &err));
	commit(tx);
	assert_string_equal(news(s), "question.asked 1, article.withdrawn 1");
}

static void what_happened_while_nobody_listened_is_no_news(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct webhook w = hook(s, ERR_NONE, "https://example.org/", 15);
	save(s, 0, "a", ARTICLE_PUBLISHED);
	assert_string_equal(news(s), "article.published 1");
	struct store_tx *tx = begin(s);
	assert_true(webhook_enable(tx, w.id, false, NOW, s->arena, &err));
	commit(tx);
	save(s, 0, "b", ARTICLE_PUBLISHED);
	assert_string_equal(news(s), "");
	tx = begin(s);
	assert_true(webhook_enable(tx, w.id, true, NOW, s->arena, &err));
	commit(tx);
	assert_string_equal(news(s), "");
	save(s, 2, "c", ARTICLE_PUBLISHED);
	assert_string_equal(news(s), "article.changed 2");
}

/* ---- deliveries ---- */

static void add(struct site *s, int64_t webhook, enum hook_event event)
{
	struct error err = { 0 };
	struct store_tx *tx = begin(s);
	assert_true(delivery_add(tx, webhook, event, STR("{}"), NOW, s->arena, &err));
	commit(tx);
}

static size_t due(struct site *s, int64_t now, struct delivery *out)
{
	struct error err = { 0 };
	struct delivery *v;
	size_t n;
	assert_true(delivery_due(s->store, now, &v, &n, s->arena, &err));
	if (n)
		*out = v[0];
	return n;
}

static void tried(struct site *s, const struct delivery *d, int status, int64_t retry_after, int64_t now)
{
	struct error err = { 0 };
	struct store_tx *tx = begin(s);
	assert_true(delivery_tried(tx, d, status, STR(""), retry_after, now, &err));
	commit(tx);
}

static void a_failure_is_tried_again_later_each_time(void **state)
{
	static const int64_t waits[] = { 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 };
	struct site *s = *state;
	struct error err = { 0 };
	struct webhook w = hook(s, ERR_NONE, "https://example.org/", 15);
	struct delivery d, *all;
	int64_t now = NOW;
	size_t n;
	add(s, w.id, HOOK_CHANGED);
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		assert_int_equal(due(s, now, &d), 1);
		tried(s, &d, i % 2 ? 500 : 0, 0, now);
		assert_int_equal(due(s, now + waits[i] - 1, &d), 0);
		now += waits[i];
	}
	assert_int_equal(due(s, now, &d), 1);
	tried(s, &d, 500, 0, now);
	assert_int_equal(due(s, now + 1000000, &d), 0);
	assert_true(delivery_list(s->store, w.id, 0, 10, &all, &n, s->arena, &err));
	assert_int_equal(all[0].state, DELIVERY_FAILED);
	assert_int_equal(all[0].tries, 10);
	struct store_tx *tx = begin(s);
	assert_true(delivery_again(tx, w.id, all[0].id, now, &err));
	assert_false(delivery_again(tx, w.id + 1, all[0].id, now, &err));
	commit(tx);
	assert_int_equal(due(s, now, &d), 1);
	check_str(d.message, arena_cstr(s->arena, all[0].message));
	tried(s, &d, 204, 0, now);
	assert_int_equal(due(s, now + 1000000, &d), 0);
}

static void who_says_when_is_asked_then(void **state)
{
	struct site *s = *state;
	struct webhook w = hook(s, ERR_NONE, "https://example.org/", 15);
	struct delivery d;
	add(s, w.id, HOOK_CHANGED);
	assert_int_equal(due(s, NOW, &d), 1);
	tried(s, &d, 429, 100, NOW);
	assert_int_equal(due(s, NOW + 99, &d), 0);
	assert_int_equal(due(s, NOW + 100, &d), 1);
	tried(s, &d, 503, 100000000, NOW);
	assert_int_equal(due(s, NOW + 86400, &d), 1);
}

static bool disabled(struct site *s, int64_t id)
{
	struct error err = { 0 };
	struct webhook w;
	assert_true(webhook_find(s->store, id, &w, s->arena, &err));
	return w.disabled_at != 0;
}

static void what_takes_nothing_for_days_is_told_no_more(void **state)
{
	struct site *s = *state;
	struct webhook w = hook(s, ERR_NONE, "https://example.org/", 15),
	               gone = hook(s, ERR_NONE, "https://example.org/", 15);
	struct delivery d;
	add(s, w.id, HOOK_CHANGED);
	assert_int_equal(due(s, NOW, &d), 1);
	tried(s, &d, 500, 0, NOW);
	tried(s, &d, 200, 0, NOW + 1000);
	tried(s, &d, 500, 0, NOW + 2000);
	tried(s, &d, 500, 0, NOW + 1999 + WEBHOOK_FAILING_SECONDS);
	assert_false(disabled(s, w.id));
	tried(s, &d, 500, 0, NOW + 2000 + WEBHOOK_FAILING_SECONDS);
	assert_true(disabled(s, w.id));
	assert_int_equal(due(s, NOW + 100 * 86400, &d), 0);
	add(s, w.id, HOOK_TEST);
	assert_int_equal(due(s, NOW + 100 * 86400, &d), 1);
	assert_int_equal(d.event, HOOK_TEST);
	tried(s, &d, 500, 0, NOW);
	assert_int_equal(due(s, NOW + 100 * 86400, &d), 0);
	add(s, gone.id, HOOK_CHANGED);
	assert_int_equal(due(s, NOW, &d), 1);
	tried(s, &d, 410, 0, NOW);
	assert_true(disabled(s, gone.id));
}

static void one_of_each_at_a_time_and_the_oldest_make_room(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct webhook a = hook(s, ERR_NONE, "https://example.org/a", 15),
	               b = hook(s, ERR_NONE, "https://example.org/b", 15);
	struct delivery d, *all;
	size_t n;
	for (int i = 0; i < 3; i++)
		add(s, a.id, HOOK_CHANGED);
	add(s, b.id, HOOK_CHANGED);
	assert_int_equal(due(s, NOW, &d), 2);
	for (int i = 0; i < DELIVERIES_KEPT; i++)
		add(s, a.id, HOOK_CHANGED);
	assert_true(delivery_list(s->store, a.id, 0, DELIVERIES_KEPT + 10, &all, &n, s->arena, &err));
	assert_int_equal(n, DELIVERIES_KEPT);
	struct store_tx *tx = begin(s);
	assert_true(webhook_delete(tx, a.id, &err));
	assert_false(webhook_delete(tx, a.id, &err));
	commit(tx);
	assert_int_equal(due(s, NOW, &d), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_webhook_has_a_web_address_and_an_event, open_keyed_site, close_site),
		cmocka_unit_test_setup_teardown(each_change_is_told_as_what_it_is, open_keyed_site, close_site),
		cmocka_unit_test_setup_teardown(what_happened_while_nobody_listened_is_no_news, open_keyed_site, close_site),
		cmocka_unit_test_setup_teardown(a_failure_is_tried_again_later_each_time, open_keyed_site, close_site),
		cmocka_unit_test_setup_teardown(who_says_when_is_asked_then, open_keyed_site, close_site),
		cmocka_unit_test_setup_teardown(what_takes_nothing_for_days_is_told_no_more, open_keyed_site, close_site),
		cmocka_unit_test_setup_teardown(one_of_each_at_a_time_and_the_oldest_make_room, open_keyed_site, close_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
