#include "../unit.h"

#include "desk/desk.h"

#include <stdio.h>

static struct str shown(struct arena *arena, const struct diff_part *parts, size_t n)
{
	static const char *const marks[][2] = { { "", "" }, { "[-", "-]" }, { "[+", "+]" }, { "[...]", "" } };
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i++) {
		buf_adds(&out, marks[parts[i].kind][0]);
		buf_add(&out, parts[i].text);
		buf_adds(&out, marks[parts[i].kind][1]);
	}
	return buf_take(&out, arena);
}

static void changes_are_shown_by_word_and_by_script(void **state)
{
	static const struct {
		const char *old, *new_text, *want;
	} cases[] = {
		{ "", "", "" },
		{ "same\n", "same\n", "same\n" },
		{ "", "new\n", "[+new\n+]" },
		{ "gone", "", "[-gone-]" },
		{ "the quick fox\n", "the slow fox\n", "the [-quick-][+slow+] fox\n" },
		{ "編集者の文章です。\n", "管理者の文章です。\n", "[-編集者-][+管理者+]の文章です。\n" },
		{ "VPNを使う", "Torを使う", "[-VPN-][+Tor+]を使う" },
		{ "a\nb\nc\n", "a\nc\n", "a\n[-b\n-]c\n" },
		{ "a\nc\n", "a\nb\nc\n", "a\n[+b\n+]c\n" },
		{ "x\n1\n2\n3\n4\n5\n6\n7\ny\n", "X\n1\n2\n3\n4\n5\n6\n7\nY\n", "[-x-][+X+]\n1\n2\n[...]6\n7\n[-y-][+Y+]\n" },
		{ "1\n2\n3\n4\n5\nx\n", "1\n2\n3\n4\n5\ny\n", "[...]4\n5\n[-x-][+y+]\n" },
	};
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct diff_part *parts;
	size_t n;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(diff_texts(str_from(cases[i].old), str_from(cases[i].new_text), false, &parts, &n, arena, &err));
		check_str(shown(arena, parts, n), cases[i].want);
	}
	arena_free(arena);
}

static struct str side(struct arena *arena, const struct diff_part *parts, size_t n, enum diff_kind but)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i++) {
		assert_int_not_equal(parts[i].kind, DIFF_GAP);
		if (parts[i].kind != but)
			buf_add(&out, parts[i].text);
	}
	return buf_take(&out, arena);
}

static struct str random_text(struct arena *arena)
{
	static const char *const words[] = { "a", "b ", "\n", "漢字", "かな", "カナ", "。", "\xff", "word", "\n\n" };
	unsigned char bytes[64];
	struct buf out = { 0 };
	random_bytes(bytes, sizeof bytes);
	for (size_t i = 0; i < bytes[0] % 64u; i++)
		buf_adds(&out, words[bytes[i] % 10]);
	return buf_take(&out, arena);
}

static void both_texts_can_be_put_together_again(void **state)
{
	struct error err = { 0 };
	struct diff_part *parts;
	size_t n;
	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct arena *arena = arena_new();
		struct str a = random_text(arena), b = random_text(arena);
		assert_true(diff_texts(a, b, true, &parts, &n, arena, &err));
		assert_true(str_eq(side(arena, parts, n, DIFF_NEW), a));
		assert_true(str_eq(side(arena, parts, n, DIFF_OLD), b));
		arena_free(arena);
	}
}

static void texts_with_nothing_in_common_end_in_time(void **state)
{
	struct arena *arena = arena_new();
	struct buf a = { 0 }, b = { 0 };
	struct error err = { 0 };
	struct diff_part *parts;
	size_t n;
	(void)state;
	for (int i = 0; i < 100000; i++) {
		buf_printf(&a, "a%d\n", i);
		buf_printf(&b, "b%d c\n", i);
	}
	uint64_t began = clock_mono_us();
	assert_true(diff_texts(buf_str(&a), buf_str(&b), true, &parts, &n, arena, &err));
	assert_true(clock_mono_us() - began < 5000000);
	assert_true(str_eq(side(arena, parts, n, DIFF_NEW), buf_str(&a)));
	buf_free(&a);
	buf_free(&b);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_shown_by_word_and_by_script),
		cmocka_unit_test(both_texts_can_be_put_together_again),
		cmocka_unit_test(texts_with_nothing_in_common_end_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
