#include "../unit.h"

#include "desk/merge.h"

#include <stdio.h>

/* Conflicts as <mine|base|theirs>. */
static struct str merged(struct arena *arena, const char *base, const char *mine, const char *theirs)
{
	struct merge_part *parts;
	size_t n;
	struct error err = { 0 };
	struct buf out = { 0 };
	assert_true(merge_texts(str_from(base), str_from(mine), str_from(theirs), &parts, &n, arena, &err));
	for (size_t i = 0; i < n; i++) {
		const struct merge_part *p = &parts[i];
		if (p->conflict)
			buf_printf(&out, "<%.*s|%.*s|%.*s>", (int)p->mine.n, p->mine.p, (int)p->base.n, p->base.p, (int)p->theirs.n,
			    p->theirs.p);
		else
			buf_add(&out, p->text);
	}
	return buf_take(&out, arena);
}

static void changes_apart_are_merged_and_overlaps_are_shown(void **state)
{
	static const struct {
		const char *base, *mine, *theirs, *want;
	} cases[] = {
		{ "", "", "", "" },
		{ "a\n\nb\n", "a\n\nb\n", "a\n\nb\n", "a\n\nb\n" },
		{ "a\n\nb\n", "A\n\nb\n", "a\n\nB\n", "A\n\nB\n" },
		{ "a\n\nb\n", "A\n\nb\n", "A\n\nb\n", "A\n\nb\n" },
		{ "a\n\nb\n", "A\n\nb\n", "x\n\nb\n", "<A\n|a\n|x\n>\nb\n" },
		{ "a\n\nb\n", "b\n", "a\n\nb\n\nc\n", "b\n\nc\n" },
		{ "a\nb\nc\n", "a\nc\n", "a\nB\nc\n", "a\n<|b\n|B\n>c\n" },
		{ "a\n", "a\nmine\n", "a\ntheirs\n", "a\n<mine\n||theirs\n>" },
		{ "", "mine", "theirs", "<mine||theirs>" },
		{ "a", "a\n\nb", "a", "a\n\nb" },
		/* One paragraph, two sentences. */
		{ "雨が降る。風が吹く。\n", "雨が強く降る。風が吹く。\n", "雨が降る。風が止む。\n",
		    "雨が強く降る。風が止む。\n" },
		{ "One. Two. Three.\n", "One! Two. Three.\n", "One. Two. Three and 4.5.\n", "One! Two. Three and 4.5.\n" },
		{ "雨が降る。風が吹く。\n", "雪が降る。風が吹く。\n", "霙が降る。風が止む。\n",
		    "<雪が降る。風が吹く。\n|雨が降る。風が吹く。\n|霙が降る。風が止む。\n>" },
	};
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_str(merged(arena, cases[i].base, cases[i].mine, cases[i].theirs), cases[i].want);
	arena_free(arena);
}

static unsigned below(unsigned n)
{
	unsigned char b[2];
	random_bytes(b, sizeof b);
	return (b[0] * 256u + b[1]) % n;
}

/* Lines that are each unlike all others, so that what stands in a result can be traced. */
static struct str changed(struct arena *arena, struct str base, const char *who, unsigned from, unsigned to)
{
	struct buf out = { 0 };
	unsigned i = 0;
	for (struct str line; base.n; i++) {
		line = str_split(&base, '\n');
		unsigned what = i >= from && i < to ? below(4) : 3;
		if (what == 0)
			continue;
		if (what == 1)
			buf_printf(&out, "%s added at %u\n", who, i);
		if (what == 2)
			buf_printf(&out, "%s instead of %u\n", who, i);
		else
			buf_printf(&out, "%.*s\n", (int)line.n, line.p);
	}
	return buf_take(&out, arena);
}

static struct str numbered(struct arena *arena, unsigned n)
{
	struct buf out = { 0 };
	for (unsigned i = 0; i < n; i++)
		buf_printf(&out, "line %u\n", i);
	return buf_take(&out, arena);
}

static void disjoint_changes_give_both_in_either_order(void **state)
{
	(void)state;
	for (int round = 0; round < 500; round++) {
		struct arena *arena = arena_new();
		struct str base = numbered(arena, 20);
		struct str first = changed(arena, base, "first", 0, 9), second = changed(arena, base, "second", 11, 20);
		/* Both changes, made one after the other by hand. */
		ptrdiff_t first_cut = str_find(first, STR("line 9\n")), second_cut = str_find(second, STR("line 9\n"));
		assert_true(first_cut >= 0 && second_cut >= 0);
		struct str a = str_sub(first, 0, (size_t)first_cut), b = str_skip(second, (size_t)second_cut);
		struct str want = arena_printf(arena, "%.*s%.*s", (int)a.n, a.p, (int)b.n, b.p);
		check_str(merged(arena, base.p, first.p, second.p), want.p);
		check_str(merged(arena, base.p, second.p, first.p), want.p);
		check_str(merged(arena, base.p, first.p, base.p), first.p);
		check_str(merged(arena, base.p, base.p, second.p), second.p);
		check_str(merged(arena, base.p, second.p, second.p), second.p);
		arena_free(arena);
	}
}

static struct str side(struct arena *arena, const struct merge_part *parts, size_t n, int which)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i++)
		buf_add(&out, !parts[i].conflict ? parts[i].text : which == 0 ? parts[i].mine : parts[i].theirs);
	return buf_take(&out, arena);
}

static bool has_line(struct str text, struct str line)
{
	while (text.n) {
		if (str_eq(str_split(&text, '\n'), line))
			return true;
	}
	return false;
}

/* A line that is not the base's is somebody's own work: taking a side at each conflict keeps all of that side's. */
static void keeps_own_lines(struct str base, struct str text, struct str whole)
{
	while (text.n) {
		struct str line = str_split(&text, '\n');
		if (!has_line(base, line))
			assert_true(has_line(whole, line));
	}
}

static void no_conflict_drops_a_line_of_either(void **state)
{
	struct error err = { 0 };
	struct merge_part *parts;
	size_t n, conflicts = 0;
	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct arena *arena = arena_new();
		struct str base = numbered(arena, below(12));
		struct str mine = changed(arena, base, "mine", 0, 12), theirs = changed(arena, base, "theirs", 0, 12);
		assert_true(merge_texts(base, mine, theirs, &parts, &n, arena, &err));
		keeps_own_lines(base, mine, side(arena, parts, n, 0));
		keeps_own_lines(base, theirs, side(arena, parts, n, 1));
		for (size_t i = 0; i < n; i++)
			conflicts += parts[i].conflict;
		arena_free(arena);
	}
	assert_true(conflicts > 500);
}

static void texts_with_nothing_in_common_are_one_conflict_in_time(void **state)
{
	struct arena *arena = arena_new();
	struct buf texts[3] = { 0 };
	struct error err = { 0 };
	struct merge_part *parts;
	size_t n;
	(void)state;
	for (int i = 0; i < 50000; i++) {
		for (int k = 0; k < 3; k++)
			buf_printf(&texts[k], "%c %d. x. y.\n", "abc"[k], i);
	}
	uint64_t began = clock_mono_us();
	assert_true(merge_texts(buf_str(&texts[0]), buf_str(&texts[1]), buf_str(&texts[2]), &parts, &n, arena, &err));
	assert_true(clock_mono_us() - began < 10000000);
	assert_int_equal(n, 1);
	assert_true(str_eq(parts[0].theirs, buf_str(&texts[2])));
	/* Conflicts without number are one, so that a page can show them. */
	for (int k = 0; k < 3; k++) {
		buf_clear(&texts[k]);
		for (int i = 0; i < 100; i++)
			buf_printf(&texts[k], "%c %d\n\nsame %d\n\n", "abc"[k], i, i);
	}
	assert_true(merge_texts(buf_str(&texts[0]), buf_str(&texts[1]), buf_str(&texts[2]), &parts, &n, arena, &err));
	assert_int_equal(n, 1);
	for (int k = 0; k < 3; k++)
		buf_free(&texts[k]);
	arena_free(arena);
}

static void sets_take_what_either_added_and_leave_what_either_took_out(void **state)
{
	const struct str base[] = { STR("a"), STR("b"), STR("c") }, mine[] = { STR("c"), STR("a"), STR("m"), STR("x") },
	                 theirs[] = { STR("b"), STR("c"), STR("t"), STR("x") };
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct buf got = { 0 };
	struct str *out;
	size_t n;
	(void)state;
	assert_true(merge_sets(base, 3, mine, 4, theirs, 4, &out, &n, arena, &err));
	for (size_t i = 0; i < n; i++)
		buf_printf(&got, "%.*s ", (int)out[i].n, out[i].p);
	check_str(buf_take(&got, arena), "c m x t ");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_apart_are_merged_and_overlaps_are_shown),
		cmocka_unit_test(disjoint_changes_give_both_in_either_order),
		cmocka_unit_test(no_conflict_drops_a_line_of_either),
		cmocka_unit_test(texts_with_nothing_in_common_are_one_conflict_in_time),
		cmocka_unit_test(sets_take_what_either_added_and_leave_what_either_took_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
