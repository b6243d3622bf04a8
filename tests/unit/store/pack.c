#include "../unit.h"

#include "store/store.h"

/* Texts packed as their difference from another. */

static struct arena *arena;

static uint32_t state = 7;
static uint32_t next(uint32_t n)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % n;
}

static struct str random_text(size_t n)
{
	static const char *const words[] = { "通信の秘密", "は、", "監視", "。\n\n", "secrecy ", "of ", "correspondence",
		" #" };
	struct buf out = { 0 };
	while (out.n < n)
		buf_adds(&out, words[next(8)]);
	return buf_take(&out, arena);
}

static struct str edited(struct str text)
{
	struct buf out = { 0 };
	size_t at = next((uint32_t)text.n + 1), gone = next(200);
	buf_add(&out, str_sub(text, 0, at));
	buf_add(&out, random_text(next(100)));
	buf_add(&out, str_skip(text, at + gone));
	return buf_take(&out, arena);
}

static void check_round(struct str base, struct str text, size_t mark)
{
	struct error err = { 0 };
	struct str packed, back;
	size_t at;
	assert_true(text_pack(base, text, mark, &packed, arena, &err));
	assert_true(text_unpack(base, packed, &back, &at, arena, &err));
	assert_true(str_eq(back, text));
	assert_int_equal(at, mark);
}

static void any_text_comes_back(void **unused)
{
	(void)unused;
	check_round(STR(""), STR(""), 0);
	check_round(STR("abc"), STR(""), 0);
	check_round(STR(""), STR("abc"), 3);
	check_round(STR("abcabc"), STR("abc"), 1);
	check_round(STR("abc"), STR("abcabc"), 6);
	for (int i = 0; i < 60; i++) {
		struct str base = random_text(next(100000)), text = base;
		for (uint32_t edits = next(4); edits > 0; edits--)
			text = edited(text);
		check_round(base, text, text.n ? next((uint32_t)text.n) : 0);
		check_round(base, random_text(next(3000)), 0);
		arena_reset(arena);
	}
}

static void an_edit_takes_little_room(void **unused)
{
	struct error err = { 0 };
	struct str base = random_text(200000), packed, alone;
	(void)unused;
	struct str text = edited(base);
	assert_true(text_pack(base, text, 0, &packed, arena, &err));
	assert_true(text_pack(STR(""), text, 0, &alone, arena, &err));
	assert_true(packed.n < 400);
	assert_true(packed.n < alone.n / 20);
}

static void what_is_damaged_is_told(void **unused)
{
	struct error err = { 0 };
	struct str base = random_text(3000), text = edited(edited(base)), packed, back;
	size_t mark;
	(void)unused;
	static const char *const bad[] = { "", "\n", "1 2 3\n", "-1 0 0 0\n", "9999999999 0 0 1\n", "0 0 0 99999999999\n",
		"0 0 0 8000000\n", "x y z w\n", "0 0 5 0\n", "1 1 1 1 1\n" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(text_unpack(base, str_from(bad[i]), &back, &mark, arena, &err));
	assert_true(text_pack(base, text, 0, &packed, arena, &err));
	for (size_t n = 0; n < packed.n; n++)
		assert_false(text_unpack(base, str_sub(packed, 0, n), &back, &mark, arena, &err));
	/* Whatever a changed byte makes of it, nothing is read or written outside. */
	for (size_t i = 0; i < packed.n; i++) {
		char *copy = arena_cstr(arena, packed);
		copy[i] = (char)(copy[i] ^ (1 << next(8)));
		text_unpack(base, str_of(copy, packed.n), &back, &mark, arena, &err);
	}
	assert_false(text_unpack(STR(""), packed, &back, &mark, arena, &err));
}

int main(void)
{
	arena = arena_new();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_text_comes_back),
		cmocka_unit_test(an_edit_takes_little_room),
		cmocka_unit_test(what_is_damaged_is_told),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(arena);
	return failed;
}
