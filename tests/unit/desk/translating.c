#include "../unit.h"

#include "desk/translate.h"

/* What the workbench finds in blocks: things that were lost, agreed words, an article's text laid back to them. */

static struct arena *arena;

static void what_is_missing_is_found(void **state)
{
	static const struct {
		const char *source, *target, *missing; /* "," between them */
	} cases[] = {
		{ "In 2024, 5 million people paid 1,200 yen.", "2024年に500万人が1200円を払った。", "" },
		{ "250,000,000 people", "2億5000万人", "" },
		{ "About 3.5 percent of 12", "約3.5％、１２のうち", "" },
		{ "2 of 10 judges", "十人の裁判官のうち二人", "" },
		{ "Section 702", "七百二条", "702" },
		{ "In 2024 and 2025", "2024年に", "2025" },
		{ "See [it](https://e.org/1999/x)", "[これ](https://e.org/1999/x)を見よ", "" },
		{ "See [it](https://e.org/a)", "これを見よ", "https://e.org/a" },
		{ "See <https://e.org/a>.", "https://e.org/a を見よ", "" },
		{ "A [b](/en/articles/x) c", "[い](/articles/x)", "" },
		{ "A [b](/en/articles/x) [c](/en/articles/y)", "[い](/articles/x)", "/en/articles/y" },
		{ "Said[^1] and[^n].", "言った[^1]。", "[^n]" },
		{ "Anything 1 [^2] <https://e.org>", "", "" },
		{ "Broken [x](https://e.org/(a) 7", "7 [x](https://e.org/(a)", "" },
		{ "\xff\xfe 5", "", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct missing found[MISSING_MAX];
		struct buf list = { 0 };
		size_t n = missing_in(str_from(cases[i].source), str_from(cases[i].target), found);
		for (size_t k = 0; k < n; k++) {
			buf_adds(&list, k ? "," : "");
			buf_add(&list, found[k].text);
		}
		check_str(buf_take(&list, arena), cases[i].missing);
	}
}

static uint32_t seed = 7;
static uint32_t chance(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* A text says of itself that nothing is missing; without one of its things it says which. */
static void a_copy_lacks_nothing(void **state)
{
	static const char *const parts[] = { "word ", "言葉", "1,024 ", "3.5", "[^a] ", "[x](https://e.org/q?a=1) ", "[^b]",
		"\n", "(", "[", "](", "<https://e.org/z> ", "万", "七", "％" };
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct buf text = { 0 };
		struct missing found[MISSING_MAX];
		for (uint32_t i = 0, n = 1 + chance(14); i < n; i++)
			buf_adds(&text, parts[chance(sizeof parts / sizeof *parts)]);
		struct str s = buf_take(&text, arena);
		if (missing_in(s, s, found) != 0)
			fail_msg("%s lacks %s", arena_cstr(arena, s), arena_cstr(arena, found[0].text));
	}
}

static struct glossary_term term(const char *from, const char *word, const char *forbidden)
{
	struct glossary_term t = { .term = str_from(from), .word = str_from(word), .forbidden = str_from(forbidden) };
	t.key = term_key(t.term, STR("en"), arena);
	struct buf keys = { 0 };
	struct str words = t.word;
	while (words.n) {
		buf_add(&keys, term_key(str_trim(str_split(&words, '|')), STR("ja"), arena));
		buf_addc(&keys, '\n');
	}
	t.word_keys = buf_take(&keys, arena);
	t.forbidden_keys = forbidden[0]
	                       ? arena_printf(arena, "%s\n", arena_cstr(arena, term_key(t.forbidden, STR("ja"), arena)))
	                       : STR("");
	return t;
}

static void agreed_words_are_found_and_judged(void **state)
{
	const struct glossary_term list[] = { term("wiretap", "盗聴|傍受", "盗み聞き"), term("server", "サーバー", ""),
		term("end-to-end encryption", "エンドツーエンド暗号化", ""), term("encryption", "暗号化", ""),
		term("a", "x", "") };
	static const struct {
		const char *source, *target;
		size_t n;
		const char *lacks, *forbidden; /* of the first */
	} cases[] = {
		{ "They wiretapped it", "傍受した", 1, "no", "" },
		{ "They wiretapped it", "聞いた", 1, "yes", "" },
		{ "They wiretapped it", "盗み聞きした", 1, "yes", "盗み聞き" },
		{ "They wiretapped it", "", 1, "no", "" },
		{ "Two servers", "二つのサーバ", 1, "no", "" },
		{ "End-to-end encryption of servers", "エンドツーエンド暗号化のサーバー", 3, "no", "" },
		{ "observers", "見る人", 0, "", "" },
	};
	struct terms *terms = terms_new(list, 5, arena);
	(void)state;
	assert_non_null(terms);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct term_hit hits[TERM_HITS_MAX];
		struct str source = term_key(str_from(cases[i].source), STR("en"), arena),
		           target = term_key(str_from(cases[i].target), STR("ja"), arena);
		size_t n = terms_in(terms, source, target, hits);
		assert_int_equal(n, cases[i].n);
		if (n == 0)
			continue;
		assert_int_equal(hits[0].missing, cases[i].lacks[0] == 'y');
		check_str(hits[0].forbidden, cases[i].forbidden);
	}
}

/* Terms within terms, the same key twice, and thousands that begin alike: each block finds just those that a plain search finds. */
static void terms_that_begin_alike_are_all_found(void **state)
{
	static const char *const texts[] = { "個人情報保護法", "個人情報", "個人", "個人情報保護", "個人情報保", "情報保護",
		"保護法の話", "個体と個人情報保護方針", "個" };
	struct glossary_term *list = arena_array(arena, 2000, sizeof *list);
	(void)state;
	for (size_t i = 0; i < 2000; i++)
		list[i] = i < 8 ? term(texts[i % 7], "x", "") : term(arena_printf(arena, "個人用語%zu", i).p, "x", "");
	struct terms *terms = terms_new(list, 2000, arena);
	for (size_t round = 0; round < sizeof texts / sizeof *texts; round++) {
		struct term_hit hits[TERM_HITS_MAX];
		size_t want = 0;
		struct str key = term_key(str_from(texts[round]), STR("ja"), arena);
		for (size_t i = 0; i < 2000; i++)
			want += list[i].key.n >= 3 && str_find(key, list[i].key) >= 0;
		assert_int_equal(terms_in(terms, key, STR(""), hits), want);
	}
}

static struct str marked(const char *html, const char *from, const struct glossary_term *list, size_t n)
{
	struct term_hit hits[TERM_HITS_MAX];
	struct str out;
	struct error err = { 0 };
	for (size_t i = 0; i < n; i++)
		hits[i] = (struct term_hit){ .term = &list[i] };
	assert_true(terms_mark(str_from(html), str_from(from), STR("ja"), hits, n, &out, arena, &err));
	return out;
}

#define M(word) "<mark class=\"agreed\" title=\"" word "\">"
#define E(word) "<span class=\"hidden\" lang=\"ja\"> (" word ")</span></mark>"

static void agreed_words_are_marked_where_they_stand(void **state)
{
	const struct glossary_term list[] = { term("wiretap", "盗聴|傍受", ""), term("end-to-end encryption", "端末間", ""),
		term("encryption", "暗号化", ""), term("R&D", "<研究>", "") };
	static const struct {
		const char *html, *want;
	} cases[] = {
		{ "They wiretapped it.", "They " M("盗聴") "wiretapped" E("盗聴") " it." },
		{ "<b>Wire</b>taps", "<b>" M("盗聴") "Wire</mark></b>" M("盗聴") "taps" E("盗聴") },
		{ "<a href=\"/wiretap\" title=\"wiretap\">x</a>", "<a href=\"/wiretap\" title=\"wiretap\">x</a>" },
		{ "End-to-end encryption, encryption",
		    M("端末間") "End-to-end encryption" E("端末間") ", " M("暗号化") "encryption" E("暗号化") },
		{ "Our R&amp;D &lt;wiretap&gt;",
		    "Our " M("&lt;研究&gt;") "R&amp;D" E("&lt;研究&gt;") " &lt;" M("盗聴") "wiretap" E("盗聴") "&gt;" },
		{ "<td>wire</td><td>tap</td>", "<td>wire</td><td>tap</td>" },
		{ "broken < wiretap &amp", "broken < " M("盗聴") "wiretap" E("盗聴") " &amp" },
		{ "", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_str(marked(cases[i].html, "en", list, 4), cases[i].want);
	struct glossary_term server = {
		.term = STR("サーバー"), .word = STR("server"), .key = term_key(STR("サーバー"), STR("ja"), arena)
	};
	check_str(marked("二つの<em>サー</em>バと、ｻｰﾊﾞｰ", "ja", &server, 1),
	    "二つの<em>" M("server") "サー</mark></em>" M("server") "バ" E("server") "と、" M("server") "ｻｰﾊﾞｰ" E(
	        "server"));
}

/* What is marked, without its marks, is what was there. */
static void marks_change_no_text(void **state)
{
	static const char *const parts[] = { "wiretap", "暗", "号化", "<b>", "</b>", "<p>", "&amp;", "&", "<", ">", " ",
		"encryption", "サ", "ー", "バ", "\xff", "<br>" };
	struct glossary_term list[] = { term("wiretap", "a", ""), term("encryption", "b", ""), term("暗号化", "c", "") };
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct buf html = { 0 }, bare = { 0 };
		for (uint32_t i = 0, n = 1 + chance(12); i < n; i++)
			buf_adds(&html, parts[chance(sizeof parts / sizeof *parts)]);
		buf_addc(&html, '\0');
		struct str text = buf_take(&html, arena), out = marked(text.p, round % 2 ? "en" : "ja", list, 3);
		while (out.n) {
			ptrdiff_t mark = str_find(out, STR("<mark class")), end = str_find(out, STR("<span class=\"hidden\"")),
			          close = str_find(out, STR("</mark>")), first = mark < 0 ? (ptrdiff_t)out.n : mark;
			first = close >= 0 && close < first ? close : first;
			first = end >= 0 && end < first ? end : first;
			buf_add(&bare, str_sub(out, 0, (size_t)first));
			out = str_skip(out, (size_t)first);
			if (first == mark)
				out = str_skip(out, (size_t)str_find(out, STR("\">")) + 2);
			else if (first == end)
				out = str_skip(out, (size_t)str_find(out, STR("</span>")) + 7);
			else
				out = str_skip(out, 7);
		}
		check_str(buf_take(&bare, arena), text.p);
	}
}

/* Thousands of terms: each block finds just those that a plain search finds. */
static void many_terms_are_found_like_one(void **state)
{
	static const char *const words[] = { "court", "law", "camera", "phone", "judge", "police", "data", "right",
		"secret", "watch" };
	struct glossary_term *list = arena_array(arena, 2000, sizeof *list);
	(void)state;
	for (size_t i = 0; i < 2000; i++)
		list[i] = term(arena_printf(arena, "%s %zu", words[chance(10)], i).p, "語", "");
	struct terms *terms = terms_new(list, 2000, arena);
	for (int round = 0; round < 100; round++) {
		struct buf text = { 0 };
		struct term_hit hits[TERM_HITS_MAX];
		size_t want = 0;
		for (int i = 0; i < 40; i++)
			buf_printf(&text, "%s %u ", words[chance(10)], chance(2000));
		struct str key = term_key(buf_take(&text, arena), STR("en"), arena);
		for (size_t i = 0; i < 2000; i++)
			want += str_find(key, list[i].key) >= 0;
		assert_int_equal(terms_in(terms, key, STR(""), hits), want < TERM_HITS_MAX ? want : TERM_HITS_MAX);
	}
}

static void addresses_are_made_whole(void **state)
{
	/* RFC 3986, 5.4 */
	static const char *const cases[][2] = { { "g", "http://a/b/c/g" }, { "./g", "http://a/b/c/g" },
		{ "g/", "http://a/b/c/g/" }, { "/g", "http://a/g" }, { "//g", "http://g" }, { "?y", "http://a/b/c/d;p?y" },
		{ "g?y", "http://a/b/c/g?y" }, { "g#s", "http://a/b/c/g#s" }, { "..", "http://a/b/" },
		{ "../g", "http://a/b/g" }, { "../..", "http://a/" }, { "../../../g", "http://a/g" }, { "/../g", "http://a/g" },
		{ "g;x=1/../y", "http://a/b/c/y" }, { "http:g", "http:g" }, { "mailto:a@b", "mailto:a@b" }, { "#s", "#s" },
		{ "", "" }, { "g..", "http://a/b/c/g.." } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_str(address_in(STR("http://a/b/c/d;p?q"), str_from(cases[i][0]), arena), cases[i][1]);
	check_str(address_in(STR(""), STR("../x"), arena), "../x");
	check_str(address_in(STR("https://e.org"), STR("x"), arena), "https://e.org/x");
}

/* ---- an article's text laid back to the blocks ---- */

static size_t blocks_from(const char *markdown, struct translation_block **out)
{
	struct error err = { 0 };
	struct doc_block *b;
	size_t n;
	struct doc_options options = { .format = DOC_MARKDOWN };
	assert_true(doc_blocks(&b, &n, str_from(markdown), &options, arena, &err));
	*out = arena_array(arena, n + 1, sizeof **out);
	for (size_t i = 0; i < n; i++)
		(*out)[i] = (struct translation_block){ .id = (int64_t)i + 1, .source = b[i], .target = b[i].markdown };
	return n;
}

static void an_untouched_article_changes_no_block(void **state)
{
	static const char *const texts[] = {
		"one\n\ntwo\n\n- a\n- b\n  - c\n\n> q\n>\n> r\n\n## H\n\n1. x\n\n   y\n\n```\ncode\n\nmore\n```\n\n| a |\n|---|\n| 1 |\n\nend[^1].\n\n[^1]: S.\n",
		"same\n\nsame\n\nsame\n"
	};
	struct error err = { 0 };
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct translation_block *b;
		size_t n = blocks_from(texts[i], &b), changed;
		struct str after[40];
		assert_true(take_in(b, n, blocks_text(b, n, arena), after, &changed, arena, &err));
		assert_int_equal(changed, 0);
		for (size_t k = 0; k < n; k++)
			assert_true(str_eq(after[k], b[k].target));
	}
}

static void edits_of_an_article_reach_their_blocks(void **state)
{
	struct translation_block *b;
	struct error err = { 0 };
	struct str after[10];
	size_t changed,
	    n = blocks_from(
	        "裁判所は開かれた。\n\n- 一つ目の点です\n- 二つ目の点です\n\n> 引用された言葉です。\n\n終わりの段落です。\n",
	        &b);
	(void)state;
	assert_int_equal(n, 5);
	assert_true(take_in(b, n,
	    STR("裁判所はようやく開かれた。\n\n訳者の補足。\n\n- 一つ目の点です\n- あいだの点\n- 二つ目の要点です\n\n> 引用された古い言葉です。\n"),
	    after, &changed, arena, &err));
	check_str(after[0], "裁判所はようやく開かれた。\n\n訳者の補足。");
	check_str(after[1], "一つ目の点です\n- あいだの点");
	check_str(after[2], "二つ目の要点です");
	check_str(after[3], "引用された古い言葉です。");
	check_str(after[4], "");
	assert_int_equal(changed, 5);
	assert_true(take_in(b, n, STR(""), after, &changed, arena, &err));
	assert_int_equal(changed, 5);
}

static int begin(void **state)
{
	(void)state;
	arena = arena_new();
	return arena ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_found),
		cmocka_unit_test(a_copy_lacks_nothing),
		cmocka_unit_test(agreed_words_are_found_and_judged),
		cmocka_unit_test(terms_that_begin_alike_are_all_found),
		cmocka_unit_test(agreed_words_are_marked_where_they_stand),
		cmocka_unit_test(marks_change_no_text),
		cmocka_unit_test(many_terms_are_found_like_one),
		cmocka_unit_test(addresses_are_made_whole),
		cmocka_unit_test(an_untouched_article_changes_no_block),
		cmocka_unit_test(edits_of_an_article_reach_their_blocks),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
