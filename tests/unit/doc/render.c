#include "../unit.h"

#include "doc/doc.h"

static struct arena *arena;

static struct doc render(const char *body, enum doc_format format)
{
	struct doc doc;
	struct error err = { 0 };
	struct doc_options options = { .format = format, .lang = STR("ja") };
	assert_true(doc_render(&doc, str_from(body), &options, arena, &err));
	return doc;
}

static void emphasis_stands_beside_cjk_punctuation(void **state)
{
	(void)state;
	const char *cases[][2] = {
		{ "**「重要」**です", "<p><strong>「重要」</strong>です</p>\n" },
		{ "**この文。**次の文", "<p><strong>この文。</strong>次の文</p>\n" },
		{ "**「A」**と**「B」**", "<p><strong>「A」</strong>と<strong>「B」</strong></p>\n" },
		{ "a*\"b\"*c", "<p>a*&quot;b&quot;*c</p>\n" },
		{ "~~（旧）~~新", "<p><del>（旧）</del>新</p>\n" },
		{ "`**「x」**y`", "<p><code>**「x」**y</code></p>\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_str(render(cases[i][0], DOC_MARKDOWN).html, cases[i][1]);
}

static void japanese_needs_no_space_at_line_breaks(void **state)
{
	(void)state;
	check_str(render("日本\n語", DOC_MARKDOWN).html, "<p>日本語</p>\n");
	check_str(render("<p>日本\n  語 and\nmore</p>", DOC_HTML).html, "<p>日本語 and\nmore</p>");
	check_str(render("{漢字|かんじ}とx^2^", DOC_MARKDOWN).html,
	    "<p><ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>とx<sup>2</sup></p>\n");
	check_str(render("{漢字|かんじ}です", DOC_MARKDOWN).text, "漢字です\n");
}

static void nothing_dangerous_comes_out(void **state)
{
	(void)state;
	const char *attacks[] = { "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
		"<a href=\"javascript:alert(1)\">x</a>", "<a href=\"java\nscript:alert(1)\">x</a>",
		"<svg><script>alert(1)</script></svg>", "<iframe src=\"https://x/\"></iframe>",
		"<p style=\"background:url(//x)\">x</p>", "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
		"<a href=\"data:text/html,<script>\">x</a>", "<form action=//x><button>x</button></form>",
		"<style>@import '//x'</style>", "<img src=\"https://tracker.example/p.gif\">",
		"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">" };
	const char *never[] = { "<script", "<style", "<svg", "<iframe", "<form", "<img",
		"onerror=", "style=", "href=\"javascript", "href=\"data" };
	for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
		struct str once = render(attacks[i], DOC_HTML).html;
		for (size_t j = 0; j < sizeof never / sizeof *never; j++)
			assert_true(str_find_ci(once, str_from(never[j])) < 0 || (i == 12 && str_find(once, STR("<img")) < 0));
		/* What is clean stays as it is: no second reading finds something else in it. */
		struct str twice = render(once.p, DOC_HTML).html;
		assert_true(str_eq(once, twice));
	}
}

static void citations_are_tied_both_ways(void **state)
{
	(void)state;
	struct doc d =
	    render("A[^x]とB[^y]、再びA[^x]。\n\n[^x]: 甲 <https://a.example/> 2026年10月12日閲覧\n[^y]: 乙", DOC_MARKDOWN);
	assert_int_equal(d.n_citations, 2);
	assert_int_equal(d.citations[0].marks, 2);
	check_str(d.citations[0].url, "https://a.example/");
	check_str(d.citations[0].accessed, "2026-10-12");
	assert_true(str_find(d.html, STR("<sup class=\"cite\"><a href=\"#cite-1\" id=\"cite-1-ref-2\">1</a></sup>")) > 0);
	d = render(
	    "<p>暗号<sup>1</sup>と鍵²と[1]、10<sup>2</sup>、行方不明<sup>9</sup></p><h2>出典</h2><ol><li>甲</li><li>乙</li></ol>",
	    DOC_HTML);
	assert_int_equal(d.n_citations, 2);
	assert_int_equal(d.citations[0].marks, 2);
	assert_int_equal(d.citations[1].marks, 1);
	check_str(d.citations_heading, "出典");
	assert_true(str_find(d.html, STR("10<sup>2</sup>")) > 0 && str_find(d.html, STR("行方不明<sup>9</sup>")) > 0);
	assert_int_equal(d.n_warnings, 1);
	assert_int_equal(d.warnings[0].kind, DOC_WARN_MARK_WITHOUT_SOURCE);
}

static void deep_nesting_is_bounded(void **state)
{
	(void)state;
	const char *pieces[] = { "<div>", "<b>", "> ", "[", "* ", "<table><tr><td>", "<blockquote>" };
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct buf deep = { 0 };
		for (int n = 0; n < 10000; n++)
			buf_adds(&deep, pieces[i]);
		buf_adds(&deep, "x");
		render(deep.p, DOC_HTML);
		render(deep.p, DOC_MARKDOWN);
		buf_free(&deep);
		arena_reset(arena);
	}
}

static void slugs(void **state)
{
	(void)state;
	check_str(doc_slug(STR("ＶＰＮで 守れるもの！"), arena), "vpnで-守れるもの");
	check_str(doc_slug(STR("%e6%a4%9c%e9%96%b2"), arena), "検閲");
	check_str(doc_slug(STR("!!"), arena), "article");
	check_str(doc_slug_chosen(STR("%e6%94%bf%e5%ba%9c%e3%83%bb%e5%9b%bd%e9%9a%9b"), arena), "政府・国際");
	check_str(doc_slug_chosen(STR("a_b-2"), arena), "a_b-2");
	check_str(doc_slug_chosen(STR("A/b?c=d"), arena), "a-b-c-d");
	check_str(doc_slug_chosen(STR("a　b\xE2\x80\xAE"
	                              "c"),
	              arena),
	    "a-b-c");
	check_str(doc_slug_chosen(STR("%ff%fe"), arena), "ff-fe");
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
		cmocka_unit_test(emphasis_stands_beside_cjk_punctuation),
		cmocka_unit_test(japanese_needs_no_space_at_line_breaks),
		cmocka_unit_test(nothing_dangerous_comes_out),
		cmocka_unit_test(citations_are_tied_both_ways),
		cmocka_unit_test(deep_nesting_is_bounded),
		cmocka_unit_test(slugs),
	};
	return cmocka_run_group_tests_name("doc/render", tests, set_up, tear_down);
}
