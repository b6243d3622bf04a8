#include "site.h"

#include "search/inner.h"

struct pair {
	const char *typed, *meant;
};

static void fill(struct site *s)
{
	static const char *const ja[] = { "監視カメラの設置", "監視社会とは", "監視をやめさせる", "カメラの選び方",
		"スプレッドシート入門", "パスワード管理", "パスワードの作り方", "暗号化とプライバシー", "バイオリン教室",
		"会議の記録", "漢詩を読む", "情報公開" };
	static const char *const en[] = { "Secure passwords", "Your password manager", "Encryption for everyone",
		"The top ten", "A camera" };
	for (size_t i = 0; i < sizeof ja / sizeof *ja; i++)
		site_article(s, "ja", ja[i], "本文");
	for (size_t i = 0; i < sizeof en / sizeof *en; i++)
		site_article(s, "en", en[i], "text");
}

static void check_meant(struct site *s, const char *lang, const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str out, html;
		assert_true(spell_suggest(s->search, str_from(pairs[i].typed), str_from(lang), &out, &html, s->arena, &s->err));
		if (!str_eq(out, str_from(pairs[i].meant)))
			fail_msg("%s: %.*s instead of %s", pairs[i].typed, (int)out.n, out.p ? out.p : "", pairs[i].meant);
		assert_int_equal(out.n > 0, html.n > 0);
	}
}

static void without_readings(void **state)
{
	(void)state;
	struct site s;
	site_open(&s);
	fill(&s);
	static const struct pair pairs[] = {
		{ "pasword", "password" },
		{ "passwrod", "password" },
		{ "apssword", "password" },
		{ "assword", "password" },
		{ "qassword", "password" },
		{ "passswordd", "password" },
		{ "PASWORD", "password" },
		{ "encriptyon", "encryption" },
		{ "pasword とは", "password とは" },
		{ "スプレドシート", "スプレッドシート" },
		{ "スプレッドソート", "スプレッドシート" },
		{ "スプレッドシトー", "" },
		{ "ズプレッドシート", "スプレッドシート" },
		{ "ぱssword", "password" },
		{ "えncryption", "encryption" },
		{ "せくれ", "" },
		/* Right, or beyond help. */
		{ "password", "" },
		{ "監視カメラ", "" },
		{ "zzzzqqqq", "" },
		{ "pas", "" },
		{ "", "" },
		{ " 　", "" },
		{ "\xff\xfe", "" },
		{ "lang:pasword", "" },
		{ "サーバー", "" },
	};
	check_meant(&s, "ja", pairs, sizeof pairs / sizeof *pairs);
	site_close(&s);
}

static void by_reading(void **state)
{
	(void)state;
	struct text_reader *reader = text_reader_new();
	struct site s;
	if (!reader) {
		puts("skipped: MeCab with IPADIC is not installed");
		skip();
	}
	text_reader_free(reader);
	site_open(&s);
	fill(&s);
	static const struct pair pairs[] = {
		{ "感視カメラ", "監視カメラ" },
		{ "かんしかめら", "監視カメラ" },
		{ "カンシカメラ", "監視カメラ" },
		{ "kanshi kamera", "監視 カメラ" },
		{ "kanshikamera", "監視カメラ" },
		{ "かんしかめらのせっち", "監視カメラの設置" },
		{ "監氏", "監視" },
		{ "懐疑", "会議" },
		{ "監視", "" },
		{ "監", "" },
		{ "情報", "" },
		{ "かんしxyz", "" },
		{ "むにゃむにゃ", "" },
	};
	check_meant(&s, "ja", pairs, sizeof pairs / sizeof *pairs);
	static const struct pair english[] = { { "kamera", "camera" }, { "encription", "encryption" } };
	check_meant(&s, "en", english, sizeof english / sizeof *english);
	site_close(&s);
}

static void changed_words_are_marked(void **state)
{
	(void)state;
	struct str out, html;
	struct site s;
	site_open(&s);
	fill(&s);
	assert_true(spell_suggest(s.search, STR("<b> pasword & \"x\""), STR("en"), &out, &html, s.arena, &s.err));
	check_str(out, "<b> password & \"x\"");
	check_str(html, "&lt;b&gt; <em>password</em> &amp; &quot;x&quot;");
	site_close(&s);
}

/* Long, odd and broken questions end, and in good time. */
static void hostile_questions(void **state)
{
	(void)state;
	static const char *const parts[] = { "か", "kan", "監", "パ", "q", "ー", "\xff", "ﾞ", "pass ", "：" };
	struct site s;
	site_open(&s);
	fill(&s);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct buf long_one = { 0 };
		struct str out, html;
		for (int n = 0; n < 500; n++)
			buf_adds(&long_one, parts[(size_t)n % 7 == 6 ? (i + 1) % 10 : i]);
		uint64_t began = clock_mono_us();
		assert_true(spell_suggest(s.search, buf_str(&long_one), STR("ja"), &out, &html, s.arena, &s.err));
		assert_true(utf8_valid(out) && utf8_valid(html));
		assert_true(clock_mono_us() - began < 2000000);
		buf_free(&long_one);
	}
	site_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_readings),
		cmocka_unit_test(by_reading),
		cmocka_unit_test(changed_words_are_marked),
		cmocka_unit_test(hostile_questions),
	};
	return cmocka_run_group_tests_name("search/spell", tests, NULL, NULL);
}
