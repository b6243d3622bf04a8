#include "../unit.h"

static void split_keeps_the_rest(void **state)
{
	(void)state;
	struct str s = STR("a,b,,c");
	check_str(str_split(&s, ','), "a");
	check_str(str_split(&s, ','), "b");
	check_str(str_split(&s, ','), "");
	check_str(str_split(&s, ','), "c");
	assert_int_equal(s.n, 0);
}

static void trim_takes_wide_spaces_too(void **state)
{
	(void)state;
	check_str(str_trim(STR("\t 　監視 カメラ　\n")), "監視 カメラ");
	check_str(str_trim(STR(" 　 ")), "");
}

static void numbers_refuse_overflow_and_garbage(void **state)
{
	(void)state;
	int64_t v;
	assert_true(str_to_int(STR("-9223372036854775808"), &v));
	assert_true(v == INT64_MIN);
	assert_true(str_to_int(STR("9223372036854775807"), &v));
	assert_true(v == INT64_MAX);
	assert_false(str_to_int(STR("9223372036854775808"), &v));
	assert_false(str_to_int(STR(""), &v));
	assert_false(str_to_int(STR("-"), &v));
	assert_false(str_to_int(STR("1x"), &v));
}

static void find_and_prefixes(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("監視カメラ"), STR("カメラ")), 6);
	assert_int_equal(str_find(STR("abc"), STR("x")), -1);
	assert_int_equal(str_find_ci(STR("aBCd"), STR("bcD")), 1);
	assert_true(str_starts(STR("abc"), STR("")));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("x.html"), STR(".html")));
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split_keeps_the_rest),
		cmocka_unit_test(trim_takes_wide_spaces_too),
		cmocka_unit_test(numbers_refuse_overflow_and_garbage),
		cmocka_unit_test(find_and_prefixes),
	};
	return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
