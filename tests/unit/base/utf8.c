#include "../unit.h"

static void round_trip_of_every_code_point(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		char bytes[4];
		size_t n = utf8_put(cp, bytes), at = 0;
		assert_true(utf8_next(str_of(bytes, n), &at) == cp);
		assert_true(at == n);
		assert_true(utf8_valid(str_of(bytes, n)));
	}
}

static void ill_formed_parts_are_replaced(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct {
		struct str in;
		const char *want;
	} cases[] = {
		{ STR("a\xC0\x80z"), "a\uFFFD\uFFFDz" },
		{ STR("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD" },
		{ STR("\xE3\x81"), "\uFFFD" },
		{ STR("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD" },
		{ STR("\xE3\x81(\xE3\x81\x82"), "\uFFFD(あ" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_false(utf8_valid(cases[i].in));
		check_str(utf8_clean(a, cases[i].in), cases[i].want);
	}
	assert_true(utf8_valid(STR("\uFFFD")));
	arena_free(a);
}

static void floor_finds_boundaries(void **state)
{
	(void)state;
	struct str s = STR("aあ𠮷");
	assert_int_equal(utf8_floor(s, 0), 0);
	assert_int_equal(utf8_floor(s, 2), 1);
	assert_int_equal(utf8_floor(s, 3), 1);
	assert_int_equal(utf8_floor(s, 4), 4);
	assert_int_equal(utf8_floor(s, 7), 4);
	assert_int_equal(utf8_floor(s, 99), s.n);
	assert_int_equal(utf8_count(s), 3);
}

static void scripts(void **state)
{
	(void)state;
	assert_true(cp_is_han(0x6F22) && cp_is_han(0x20BB7) && cp_is_han(0x3005));
	assert_true(cp_is_kana(0x3042) && cp_is_kana(0x30FC) && cp_is_kana(0xFF76));
	assert_true(cp_is_cjk(0x300C) && cp_is_cjk(0xFF08) && cp_is_cjk(0xAC00));
	assert_false(cp_is_cjk('a') || cp_is_cjk(0x201C) || cp_is_cjk(0xE9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip_of_every_code_point),
		cmocka_unit_test(ill_formed_parts_are_replaced),
		cmocka_unit_test(floor_finds_boundaries),
		cmocka_unit_test(scripts),
	};
	return cmocka_run_group_tests_name("base/utf8", tests, NULL, NULL);
}
