#include "../unit.h"

#include "text/text.h"

#include <stdio.h>

static void spellings_are_joined(void **state)
{
	static const char *const same[][2] = {
		{ "サーバー", "サーバ" },
		{ "ヴァイオリン", "バイオリン" },
		{ "ウィルス", "ウイルス" },
		{ "人々", "人人" },
		{ "こゝろ", "こころ" },
		{ "いすゞ", "いすず" },
		{ "國會", "国会" },
		{ "ﾊﾟｿｺﾝ", "パソコン" },
		{ "Ｗｉ－Ｆｉ", "wi-fi" },
		{ "Café", "cafe" },
		{ "Straße", "strasse" },
		{ "ΑΘΗΝΆ", "αθηνα" },
		{ "が", "が" },
		{ "㌔", "キロ" },
		{ "一ヶ月", "一ケ月" },
		{ "ﾀﾞｳﾝﾛｰﾄﾞ", "ダウンロード" },
		{ "ヷ", "ヷ" },
	};
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct str a = text_fold(str_from(same[i][0]), arena), b = text_fold(str_from(same[i][1]), arena);
		if (!str_eq(a, b))
			fail_msg("%s gives %.*s, %s gives %.*s", same[i][0], (int)a.n, a.p, same[i][1], (int)b.n, b.p);
	}
	arena_free(arena);
}

static void what_differs_stays_apart(void **state)
{
	static const char *const apart[][2] = { { "か", "が" }, { "ハ", "パ" }, { "つ", "っ" }, { "大", "犬" },
		{ "カ", "か" }, { "น้ำ", "นา" } };
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
		assert_false(str_eq(text_fold(str_from(apart[i][0]), arena), text_fold(str_from(apart[i][1]), arena)));
	arena_free(arena);
}

/* Characters that folding treats each in its own way. */
static const uint32_t NASTY[] = { 'a', 'Z', '1', ' ', '\n', '-', 0x30FC, 0x30F4, 0x30A1, 0x30A2, 0x30AB, 0x3099, 0x309A,
	0xFF9E, 0xFF76, 0xFF70, 0x3005, 0x3006, 0x309D, 0x309E, 0x30FD, 0x30FE, 0x4EBA, 0x570B, 0x845B, 0xE0100, 0xFE0F,
	0x200D, 0x1F468, 0x1F1EF, 0x0301, 0xE9, 0xDF, 0x130, 0x345, 0x3A3, 0x1E9E, 0xAC00, 0x1100, 0x1161, 0x11A8, 0x0E19,
	0x0E49, 0x0E33, 0x0E32, 0x0939, 0x093F, 0x3314, 0xFDFA, 0x2126, 0xFF21, 0xFF0D, 0x301C, 0xF900, 0x2F00, 0xAD,
	0xFEFF, 0x7F, 0x85, 0x2028, 0xD7B0, 0x1D15E, 0x3042, 0x3063, 0x30C3, 0x30F6 };

static struct str nasty_text(unsigned *seed, struct buf *out)
{
	buf_clear(out);
	for (int i = 0; i < 24; i++) {
		*seed = *seed * 1103515245u + 12345u;
		buf_addcp(out, NASTY[(*seed >> 8) % (sizeof NASTY / sizeof *NASTY)]);
	}
	return buf_str(out);
}

static bool is_boundary(struct str text, size_t at)
{
	size_t end = 0;
	while (end < at)
		end = text_grapheme_end(text, end);
	return end == at;
}

static void folding_twice_is_folding_once(void **state)
{
	unsigned seed = 7;
	struct buf text = { 0 };
	struct arena *arena = arena_new();
	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct str s = nasty_text(&seed, &text), once = text_fold(s, arena), twice = text_fold(once, arena);
		if (!str_eq(once, twice))
			fail_msg(
			    "\"%.*s\" gives \"%.*s\" and then \"%.*s\"", (int)s.n, s.p, (int)once.n, once.p, (int)twice.n, twice.p);
		arena_reset(arena);
	}
	buf_free(&text);
	arena_free(arena);
}

static void tokens_never_split_a_grapheme(void **state)
{
	unsigned seed = 11;
	struct buf text = { 0 };
	struct arena *arena = arena_new();
	struct text_tokens tokens;
	struct error err = { 0 };
	(void)state;
	for (int round = 0; round < 5000; round++) {
		struct str s = nasty_text(&seed, &text);
		assert_true(text_tokenize(&tokens, s, STR("ja"), arena, &err));
		for (size_t i = 0; i < tokens.n; i++) {
			assert_true(utf8_valid(tokens.v[i].term) && tokens.v[i].start < tokens.v[i].end);
			if (!is_boundary(s, tokens.v[i].start) || !is_boundary(s, tokens.v[i].end))
				fail_msg("\"%.*s\" is cut inside a character at %zu to %zu", (int)s.n, s.p, tokens.v[i].start,
				    tokens.v[i].end);
		}
		arena_reset(arena);
	}
	buf_free(&text);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_are_joined),
		cmocka_unit_test(what_differs_stays_apart),
		cmocka_unit_test(folding_twice_is_folding_once),
		cmocka_unit_test(tokens_never_split_a_grapheme),
	};
	return cmocka_run_group_tests_name("text/fold", tests, NULL, NULL);
}
