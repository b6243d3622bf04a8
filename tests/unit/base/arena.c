#include "../unit.h"

static void allocations_are_zeroed_and_apart(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	for (int round = 0; round < 2; round++) {
		char *last = NULL;
		for (size_t size = 1; size < 100000; size = size * 2 + 1) {
			char *p = arena_alloc(a, size);
			assert_non_null(p);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0x5a, size);
			assert_ptr_not_equal(p, last);
			last = p;
		}
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
	arena_free(a);
}

static void products_do_not_wrap(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	assert_null(arena_array(a, SIZE_MAX / 2, 3));
	assert_null(arena_alloc(a, SIZE_MAX));
	arena_free(a);
}

static void printf_measures_first(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	check_str(arena_printf(a, "%d-%s", 7, "七"), "7-七");
	struct str copy = arena_dup(a, STR("abc"));
	assert_int_equal(copy.p[3], 0);
	arena_free(a);
	arena_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_are_zeroed_and_apart),
		cmocka_unit_test(products_do_not_wrap),
		cmocka_unit_test(printf_measures_first),
	};
	return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
