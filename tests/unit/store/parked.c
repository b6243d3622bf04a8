#include "site.h"

#define MONDAY 1767571200 /* 2026-01-05 00:00 UTC; the site of these tests is in UTC */
#define HOUR 3600
#define DAY 86400

static void letters_go_out_on_days_and_hours(void **state)
{
	struct settings s = { 0 };
	struct campaign c = { .days = 31, .hour_from = 9, .hour_to = 18 };
	(void)state;
	assert_int_equal(letter_time(&c, &s, MONDAY), MONDAY + 9 * HOUR);
	assert_int_equal(letter_time(&c, &s, MONDAY + 9 * HOUR), MONDAY + 9 * HOUR);
	assert_int_equal(letter_time(&c, &s, MONDAY + 17 * HOUR + 3599), MONDAY + 17 * HOUR + 3599);
	assert_int_equal(letter_time(&c, &s, MONDAY + 18 * HOUR), MONDAY + DAY + 9 * HOUR);
	/* From Friday evening to Monday. */
	assert_int_equal(letter_time(&c, &s, MONDAY + 4 * DAY + 20 * HOUR), MONDAY + 7 * DAY + 9 * HOUR);
	c.days = 64;
	assert_int_equal(letter_time(&c, &s, MONDAY), MONDAY + 6 * DAY + 9 * HOUR);
	/* In the site's own hours. */
	s.time_offset = 9 * HOUR;
	c.days = 127;
	assert_int_equal(letter_time(&c, &s, MONDAY), MONDAY);
	assert_int_equal(letter_time(&c, &s, MONDAY + 9 * HOUR), MONDAY + DAY);
}

static void a_rate_spreads_them_over_the_hours(void **state)
{
	struct settings s = { 0 };
	struct campaign c = { .days = 127, .hour_from = 9, .hour_to = 18, .rate = 3 };
	int64_t t = letter_time(&c, &s, MONDAY), on_first = 0;
	(void)state;
	for (; t < MONDAY + DAY; t = letter_time_after(&c, &s, t))
		on_first++;
	assert_int_equal(on_first, 3);
	assert_int_equal(t, MONDAY + DAY + 9 * HOUR);
	c.rate = 1;
	assert_int_equal(letter_time_after(&c, &s, MONDAY + 12 * HOUR), MONDAY + DAY + 9 * HOUR);
	c.rate = 0;
	assert_int_equal(letter_time_after(&c, &s, MONDAY + 12 * HOUR), MONDAY + 12 * HOUR);
}

/* ---- with a store ---- */

static int64_t make_campaign(struct site *s, int64_t rate, int64_t targets[2])
{
	struct error err = { 0 };
	struct campaign_text text = { .lang = STR("en"), .title = STR("C") };
	struct campaign_target t[] = { { .name = STR("A"), .address = STR("a@example.com"), .lang = STR("en") },
		{ .name = STR("B"), .address = STR("b@example.com"), .lang = STR("en") } };
	struct campaign c = { .kind = CAMPAIGN_LETTER,
		.days = 31,
		.hour_from = 9,
		.hour_to = 18,
		.rate = rate,
		.texts = &text,
		.n_texts = 1,
		.targets = t,
		.n_targets = 2 };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(setting_set(tx, STR("time_zone"), STR("+00:00"), &err));
	assert_true(campaign_save(tx, &c, NULL, s->arena, &err));
	assert_true(store_commit(tx, &err));
	targets[0] = t[0].id;
	targets[1] = t[1].id;
	return c.id;
}

static enum error_code park(struct site *s, int64_t target, const char *tag, const char *once, bool held)
{
	struct error err = { 0 };
	struct outbox_item item = { .recipient = STR("r"), .domain = STR("d"), .sealed = STR("sealed") };
	struct outbox_parking p = { target, str_from(tag), held, str_from(once) };
	struct store_tx *tx = store_begin(s->store, &err);
	outbox_park(tx, &item, &p, MONDAY, &err);
	struct error end = { 0 };
	assert_true(store_commit(tx, &end));
	return err.code;
}

static size_t out(struct site *s)
{
	struct error err = { 0 };
	struct outbox_item *all;
	int64_t counts[OUTBOX_STATES];
	size_t n;
	assert_true(outbox_list(s->store, 100, &all, &n, counts, s->arena, &err));
	return n;
}

static struct campaign_target target(struct site *s, int64_t campaign, size_t i)
{
	struct error err = { 0 };
	struct campaign c;
	assert_true(campaign_get(s->store, campaign, &c, s->arena, &err));
	return c.targets[i];
}

static void release(struct site *s, int64_t now)
{
	struct error err = { 0 };
	assert_true(parked_release(s->store, now, &err));
}

static void each_target_has_its_turns(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	int64_t t[2], at, id = make_campaign(s, 3, t);
	static const char *const tags[] = { "x", "y", "z", "w" };
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(park(s, t[0], tags[i], tags[i], false), ERR_NONE);
	assert_int_equal(park(s, t[1], "x", "x1", false), ERR_NONE);
	assert_int_equal(park(s, t[1], "x", "x1", false), ERR_EXISTS);
	release(s, MONDAY); /* at night */
	assert_int_equal(out(s), 0);
	assert_true(outbox_next(s->store, &at, &err));
	assert_int_equal(at, MONDAY + 9 * HOUR);
	release(s, MONDAY + 9 * HOUR);
	assert_int_equal(out(s), 2);
	release(s, MONDAY + 9 * HOUR + 1);
	assert_int_equal(out(s), 2);
	release(s, MONDAY + 12 * HOUR);
	assert_int_equal(out(s), 3);
	/* The server stood still for a week: the rate holds all the same. */
	release(s, MONDAY + 7 * DAY + 9 * HOUR);
	release(s, MONDAY + 7 * DAY + 9 * HOUR + 60);
	assert_int_equal(out(s), 4);
	assert_int_equal(target(s, id, 0).waiting, 1);
	assert_int_equal(target(s, id, 0).queued, 4);
	assert_int_equal(target(s, id, 1).waiting, 0);
}

static void what_is_taken_back_is_not_sent(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	int64_t t[2], id = make_campaign(s, 1, t);
	park(s, t[0], "x", "1", false);
	park(s, t[0], "y", "2", false);
	park(s, t[1], "y", "3", false);
	release(s, MONDAY + 10 * HOUR); /* x to the first, y to the second */
	assert_int_equal(out(s), 2);
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(parked_cancel(tx, STR("y"), &err));
	assert_true(store_commit(tx, &err));
	assert_int_equal(out(s), 1);
	assert_int_equal(target(s, id, 0).queued, 1);
	assert_int_equal(target(s, id, 0).waiting, 0);
	assert_int_equal(target(s, id, 1).queued, 0);
	release(s, MONDAY + 7 * DAY + 10 * HOUR);
	assert_int_equal(out(s), 1);
	/* Not even when the same person comes again. */
	assert_int_equal(park(s, t[0], "y", "2", false), ERR_EXISTS);
}

static void what_is_held_waits_for_a_person(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	int64_t t[2], id = make_campaign(s, 0, t);
	park(s, t[0], "x", "1", true);
	park(s, t[1], "y", "2", true);
	assert_int_equal(target(s, id, 0).queued, 0);
	release(s, MONDAY + 10 * HOUR);
	assert_int_equal(out(s), 0);
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(parked_release_held(tx, id, &err));
	assert_true(store_commit(tx, &err));
	park(s, t[1], "z", "3", true);
	tx = store_begin(s->store, &err);
	assert_true(parked_drop_held(tx, id, &err));
	assert_true(store_commit(tx, &err));
	release(s, MONDAY + 10 * HOUR);
	assert_int_equal(out(s), 2);
	assert_int_equal(target(s, id, 1).queued, 1);
}

static void counts_follow_what_servers_say(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct outbox_item item;
	int64_t t[2], id = make_campaign(s, 0, t);
	park(s, t[0], "x", "1", false);
	park(s, t[0], "y", "2", false);
	release(s, MONDAY + 10 * HOUR);
	assert_true(outbox_claim(s->store, MONDAY + 10 * HOUR, 30, &item, s->arena, &err));
	assert_true(outbox_tried(s->store, &item, OUTBOX_SENT, &err));
	assert_int_equal(target(s, id, 0).sent, 1);
	assert_true(outbox_bounced(s->store, item.id, STR("5.1.1"), MONDAY, &err));
	assert_int_equal(target(s, id, 0).sent, 0);
	assert_int_equal(target(s, id, 0).failed, 1);
	assert_true(outbox_claim(s->store, MONDAY + 10 * HOUR, 30, &item, s->arena, &err));
	assert_true(outbox_tried(s->store, &item, OUTBOX_REFUSED, &err));
	assert_int_equal(target(s, id, 0).failed, 2);
	/* Nothing more is made for an address that does not exist. */
	assert_int_equal(park(s, t[0], "z", "3", false), ERR_DENIED);
	assert_int_equal(target(s, id, 0).failed, 3);
	assert_int_equal(target(s, id, 0).waiting, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_site, close_site)
	const struct CMUnitTest tests[] = { cmocka_unit_test(letters_go_out_on_days_and_hours),
		cmocka_unit_test(a_rate_spreads_them_over_the_hours), T(each_target_has_its_turns),
		T(what_is_taken_back_is_not_sent), T(what_is_held_waits_for_a_person), T(counts_follow_what_servers_say) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
