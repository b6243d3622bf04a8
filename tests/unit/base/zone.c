#include "../unit.h"

/* Zones against what is known of them, and the rule at the end of a file for years that the file does not list. */

static int64_t at(const char *text)
{
	int64_t t = 0;
	assert_true(time_parse(str_from(text), 0, &t));
	return t;
}

static int offset(const char *name, const char *when)
{
	struct error err = { 0 };
	const struct zone *z = zone_find(str_from(name), &err);
	if (!z) {
		print_message("skipped: the system has no %s\n", name);
		skip();
		return 0;
	}
	return zone_offset(z, at(when));
}

static void summer_comes_and_goes(void **state)
{
	(void)state;
	assert_int_equal(offset("Asia/Tokyo", "2026-07-01"), 9 * 3600);
	assert_int_equal(offset("Asia/Tokyo", "1949-07-01"), 10 * 3600);
	assert_int_equal(offset("Asia/Tokyo", "2090-07-01"), 9 * 3600);
	assert_int_equal(offset("Europe/Berlin", "2026-03-29T00:59:59Z"), 3600);
	assert_int_equal(offset("Europe/Berlin", "2026-03-29T01:00:00Z"), 7200);
	assert_int_equal(offset("Europe/Berlin", "2026-10-25T00:59:59Z"), 7200);
	assert_int_equal(offset("Europe/Berlin", "2026-10-25T01:00:00Z"), 3600);
	/* Past 2037 by the rule alone: the last Sunday of March 2090 is the 26th. */
	assert_int_equal(offset("Europe/Berlin", "2090-03-26T00:59:59Z"), 3600);
	assert_int_equal(offset("Europe/Berlin", "2090-03-26T01:00:00Z"), 7200);
	assert_int_equal(offset("Australia/Sydney", "2090-01-01"), 11 * 3600);
	assert_int_equal(offset("Australia/Sydney", "2090-07-01"), 10 * 3600);
	assert_int_equal(offset("America/New_York", "2090-07-01"), -4 * 3600);
	assert_int_equal(offset("Asia/Kathmandu", "2026-01-01"), 5 * 3600 + 45 * 60);
	assert_int_equal(offset("UTC", "2026-01-01"), 0);
}

static void names_lead_nowhere_else(void **state)
{
	static const char *const names[] = { "", "/etc/passwd", "../../etc/passwd", "Asia/../Asia/Tokyo", "Asia/", "Asia",
		"Nowhere/None", "zone1970.tab", "Asia//Tokyo", "0", "tzdata.zi" };
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct error err = { 0 };
		assert_null(zone_find(str_from(names[i]), &err));
		assert_int_equal(err.code, ERR_NOT_FOUND);
	}
}

static void names_are_offered(void **state)
{
	struct arena *arena = arena_new();
	struct str *names;
	size_t n;
	bool tokyo = false;
	(void)state;
	assert_true(zone_names(&names, &n, arena));
	for (size_t i = 0; i < n; i++) {
		struct error err = { 0 };
		tokyo |= str_eq(names[i], STR("Asia/Tokyo"));
		if (i < 5)
			assert_non_null(zone_find(names[i], &err));
	}
	assert_true(n == 0 || tokyo);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(summer_comes_and_goes),
		cmocka_unit_test(names_lead_nowhere_else),
		cmocka_unit_test(names_are_offered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
