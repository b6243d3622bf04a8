#include "../unit.h"

#include "text/text.h"

struct pair {
	const char *in, *out;
};

static void check_pairs(const struct pair *pairs, size_t n, struct str (*f)(struct str, struct arena *))
{
	struct arena *arena = arena_new();
	for (size_t i = 0; i < n; i++) {
		struct str once = f(str_from(pairs[i].in), arena);
		check_str(once, pairs[i].out);
		check_str(f(once, arena), pairs[i].out);
	}
	arena_free(arena);
}

static void hiragana(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "カメラ", "かめら" },
		{ "ｶﾝｼ", "かんし" },
		{ "ｶﾞｷﾞ", "がぎ" },
		{ "ヴァイオリン", "ゔぁいおりん" },
		{ "サーバー", "さーばー" },
		{ "いすゞ", "いすず" },
		{ "ミスヾ", "みすず" },
		{ "こゝろ", "こころ" },
		{ "ゝ", "ゝ" },
		{ "監視Ｃamera", "監視camera" },
		{ "", "" },
		{ "ヷ", "わ" },
		{ "かゞ", "かが" },
		{ "はゞ", "はば" },
		{ "つゞく", "つづく" },
	};
	check_pairs(pairs, sizeof pairs / sizeof *pairs, text_hiragana);
}

static void keys(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "サーバー", "さば" },
		{ "サーバ", "さば" },
		{ "ヴァイオリン", "ばいおりん" },
		{ "バイオリン", "ばいおりん" },
		{ "ヴ", "ぶ" },
		{ "しゃしん", "しやしん" },
		{ "はなぢ", "はなじ" },
		{ "つづく", "つずく" },
		{ "おうさま", "おうさま" },
		{ "おおさま", "おおさま" },
		{ "E-Mail の 設定！", "e mailの設定" },
		{ "監視 カメラ", "監視かめら" },
		{ "  a  b ", "a b" },
		{ "ー", "" },
		{ "「VPN」とは", "vpnとは" },
		{ "ヴュー", "ぶゆ" },
		{ "ヱビス", "えびす" },
	};
	check_pairs(pairs, sizeof pairs / sizeof *pairs, text_reading_key);
}

/* in, then the kana, a bar, and what an unfinished syllable may become. */
static void romaji(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "kanshi", "かんし|" },
		{ "kansi", "かんし|" },
		{ "kans", "かん|さしすせそ" },
		{ "kanshik", "かんし|かきくけこ" },
		{ "kan", "か|なにぬねのん" },
		{ "kann", "かん|" },
		{ "kan'i", "かんい|" },
		{ "konnichi", "こんにち|" },
		{ "konnnichi", "こんにち|" },
		{ "tsu tu", "つ つ|" },
		{ "fu hu", "ふ ふ|" },
		{ "xtu ltsu", "っ っ|" },
		{ "gakkou", "がっこう|" },
		{ "gakk", "がっ|かきくけこ" },
		{ "matchi", "まっち|" },
		{ "macchi", "まっち|" },
		{ "Tōkyō", "とうきょう|" },
		{ "TŌKYŌ", "とうきょう|" },
		{ "kyûri", "きゅうり|" },
		{ "shimbun", "しんぶ|なにぬねのん" },
		{ "shimbun wa", "しんぶん わ|" },
		{ "ｋａｎｓｈｉ", "かんし|" },
		{ "KANSHI kamera", "かんし かめら|" },
		{ "かんしk", "かんし|かきくけこ" },
		{ "監視kame", "監視かめ|" },
		{ "jy", "|じ" },
		{ "vaiorin", "ゔぁいおり|なにぬねのん" },
		{ "kyo", "きょ|" },
		{ "thi", "てぃ|" },
		{ "sh", "|し" },
	};
	struct arena *arena = arena_new();
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct romaji r;
		struct buf got = { 0 };
		assert_true(text_romaji(&r, str_from(pairs[i].in), arena));
		assert_true(r.whole);
		buf_add(&got, r.kana);
		buf_addc(&got, '|');
		for (size_t j = 0; j < r.n_next; j++)
			buf_add(&got, r.next[j]);
		check_str(buf_take(&got, arena), pairs[i].out);
	}
	arena_free(arena);
}

static void what_is_no_romaji_stays(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct romaji r;
	assert_false(text_romaji(&r, STR("vpn"), arena));
	assert_false(text_romaji(&r, STR("監視"), arena));
	assert_false(text_romaji(&r, STR(""), arena));
	assert_false(text_romaji(&r, STR("\xff\xfe"), arena));
	assert_true(text_romaji(&r, STR("vpn no settei"), arena));
	assert_false(r.whole);
	check_str(r.kana, "vpn の せってい");
	arena_free(arena);
}

static void typed_in_the_wrong_mode(void **state)
{
	(void)state;
	static const struct pair pairs[] = { { "とｐ", "top" }, { "せくれ", "sekure" }, { "がっこう", "gakkou" },
		{ "こんにちは", "konnitiha" }, { "監視", "監視" }, { "っ", "xtu" }, { "", "" } };
	check_pairs(pairs, sizeof pairs / sizeof *pairs, text_typed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hiragana),
		cmocka_unit_test(keys),
		cmocka_unit_test(romaji),
		cmocka_unit_test(typed_in_the_wrong_mode),
		cmocka_unit_test(what_is_no_romaji_stays),
	};
	return cmocka_run_group_tests_name("text/kana", tests, NULL, NULL);
}
