#include "../unit.h"

#include "text/text.h"

#include <iconv.h>

static struct arena *arena;

static struct str encoded(const char *charset, const char *text)
{
	char in[512], out[2048], *from = in, *to = out;
	size_t left = strlen(text), room = sizeof out;
	iconv_t cd = iconv_open(charset, "UTF-8");
	assert_true(cd != (iconv_t)-1 && left < sizeof in);
	memcpy(in, text, left);
	assert_true(iconv(cd, &from, &left, &to, &room) != (size_t)-1);
	assert_true(iconv(cd, NULL, NULL, &to, &room) != (size_t)-1);
	iconv_close(cd);
	return arena_dup(arena, str_of(out, sizeof out - room));
}

static void pages_in_other_character_sets_are_read(void **state)
{
	(void)state;
	const char *cases[][3] = { { "CP932", "<meta charset=Shift_JIS>", "①髙﨑 監視カメラ～表示" },
		{ "EUC-JP", "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=euc-jp\">", "監視カメラ" },
		{ "ISO-2022-JP", "<meta charset='iso-2022-jp'>", "監視カメラ abc" }, { "ISO-2022-JP", "<p>", "何も宣言しない" },
		{ "CP1252", "<meta charset=\"iso-8859-1\">", "“Café” – naïve €" },
		{ "CP1251", "<meta charset=windows-1251>", "Привет" }, { "UTF-16LE", "\xEF\xBB\xBF", "監視" },
		{ "CP949", "<?xml version='1.0' encoding='euc-kr'?>", "한국어" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str text = arena_printf(arena, "%s%s", cases[i][1], cases[i][2]), from;
		size_t bad;
		struct str got = text_utf8(encoded(cases[i][0], text.p), &from, &bad, arena);
		assert_int_equal(bad, 0);
		assert_true(str_ends(got, str_from(cases[i][2])));
		assert_true(from.n > 0);
	}
}

static void well_formed_utf8_is_what_it_is(void **state)
{
	(void)state;
	struct str from;
	size_t bad;
	check_str(
	    text_utf8(STR("\xEF\xBB\xBF<meta charset=shift_jis>監視"), &from, &bad, arena), "<meta charset=shift_jis>監視");
	assert_int_equal(from.n, 0);
	assert_int_equal(bad, 0);
}

static void bytes_that_cannot_be_read_are_replaced_and_counted(void **state)
{
	(void)state;
	struct str from;
	size_t bad;
	check_str(text_utf8(STR("<meta charset=shift_jis>\x8A\xC4\xFF|\x8A"), &from, &bad, arena),
	    "<meta charset=shift_jis>監�|�");
	assert_int_equal(bad, 2);
	check_str(text_utf8(STR("a\xFF\xE3\x81"), &from, &bad, arena), "a��");
	assert_true(bad > 0);
	check_str(text_utf8(STR("<meta charset=unknown>\xFF"), &from, &bad, arena), "<meta charset=unknown>�");
	assert_int_equal(bad, 1);
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return arena ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_in_other_character_sets_are_read),
		cmocka_unit_test(well_formed_utf8_is_what_it_is),
		cmocka_unit_test(bytes_that_cannot_be_read_are_replaced_and_counted),
	};
	return cmocka_run_group_tests_name("transfer/charset", tests, set_up, tear_down);
}
