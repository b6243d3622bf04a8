#include "../unit.h"

static void civil_time_goes_there_and_back(void **state)
{
	(void)state;
	for (int64_t t = -70000000000; t < 70000000000; t += 123456789)
		assert_true(civil_to_unix(civil_from_unix(t)) == t);
	assert_true(civil_to_unix((struct civil){ 2000, 2, 29, 0, 0, 0 }) == 951782400);
}

static void parses_the_usual_forms(void **state)
{
	(void)state;
	const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "2024-05-01", 1714521600 - 32400 },
		{ "2024-05-01 09:00", 1714521600 },
		{ "2024-05-01 09:00:00", 1714521600 },
		{ "2024-05-01T00:00:00Z", 1714521600 },
		{ "2024-05-01T00:00:00.123Z", 1714521600 },
		{ "2024-05-01T09:00:00+09:00", 1714521600 },
		{ "2024-05-01 09:00:00 +0900", 1714521600 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t got = 0;
		assert_true(time_parse(str_from(cases[i].text), 9 * 3600, &got));
		assert_true(got == cases[i].want);
	}
	int64_t got;
	assert_false(time_parse(STR("0000-00-00 00:00:00"), 0, &got));
	assert_false(time_parse(STR("2023-02-29"), 0, &got));
	assert_false(time_parse(STR("yesterday"), 0, &got));
	assert_false(time_parse(STR("2024-05-01x"), 0, &got));
}

static void prints_for_protocols(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	check_str(time_rfc3339(a, 1714521600), "2024-05-01T00:00:00Z");
	check_str(time_http(a, 1714521600), "Wed, 01 May 2024 00:00:00 GMT");
	check_str(time_http(a, -1), "Wed, 31 Dec 1969 23:59:59 GMT");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(civil_time_goes_there_and_back),
		cmocka_unit_test(parses_the_usual_forms),
		cmocka_unit_test(prints_for_protocols),
	};
	return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
