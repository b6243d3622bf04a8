#include "../unit.h"

#include "doc/doc.h"

/* A document cut into blocks, and put together again. */

static struct arena *arena;

static size_t cut(struct str body, enum doc_format format, struct doc_block **blocks)
{
	struct error err = { 0 };
	size_t n;
	struct doc_options options = { .format = format, .lang = STR("en") };
	assert_true(doc_blocks(blocks, &n, body, &options, arena, &err));
	return n;
}

static struct str again(const struct doc_block *blocks, size_t n)
{
	struct str *texts = arena_array(arena, n + 1, sizeof *texts);
	for (size_t i = 0; i < n; i++)
		texts[i] = blocks[i].markdown;
	return doc_blocks_join(blocks, texts, n, arena);
}

static struct str rendered(struct str body, enum doc_format format)
{
	struct error err = { 0 };
	struct doc doc;
	struct doc_options options = { .format = format, .lang = STR("en") };
	struct buf out = { 0 };
	assert_true(doc_render(&doc, body, &options, arena, &err));
	buf_add(&out, doc.html);
	for (size_t i = 0; i < doc.n_citations; i++)
		buf_add(&out, doc.citations[i].html);
	struct str html = buf_take(&out, arena);
	/* White space between blocks says nothing. */
	for (size_t i = 0; i < html.n; i++) {
		if (html.p[i] != '\n')
			buf_addc(&out, html.p[i]);
	}
	return buf_take(&out, arena);
}

static void markdown_comes_back(void **state)
{
	static const char *const bodies[] = {
		"## Head\n\nText with *em*, **strong**, `code`, [link](https://e.org/a_b) and <https://e.org>.\n",
		"- a\n- b\n  - c\n  - d\n- e\n\nafter\n",
		"1. a\n\n   second\n\n2. b\n\n   - x\n   - y\n",
		"> quote\n>\n> - in it\n> - two\n>\n> end\n\npara\n",
		"| a | b |\n|---|---|\n| 1 | x \\| y |\n\n---\n\n```js\nlet a;\n\nb\n```\n",
		"![alt](/media/00/x.png \"a caption\")\n\n![only](/media/00/y.png)\n",
		"Mark[^1] and[^n].\n\n[^1]: A source, <https://e.org>, 2024.\n[^n]: *Other*.\n",
		"1\\. no list\n\n\\# no heading \\*no em\\* a_b_c 2^10^ {漢字|かんじ}\n",
		"line\\\nbreak\n\n- [ ] todo\n- [x] done\n",
		"- a\n\n  ```\n  x\n\n  y\n  ```\n- b\n",
		"> - a\n>\n>   b\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct doc_block *blocks;
		struct str body = str_from(bodies[i]);
		size_t n = cut(body, DOC_MARKDOWN, &blocks);
		struct str joined = again(blocks, n);
		struct str want = rendered(body, DOC_MARKDOWN), got = rendered(joined, DOC_MARKDOWN);
		if (!str_eq(want, got))
			print_message("%s\n->\n%s\n", bodies[i], arena_cstr(arena, joined));
		check_str(got, arena_cstr(arena, want));
	}
}

static void kinds_and_texts(void **state)
{
	struct doc_block *b;
	(void)state;
	size_t n = cut(STR("# Top\n\nOne **two**[^a].\n\n- item\n\n> said\n\n[^a]: Source.\n"), DOC_MARKDOWN, &b);
	assert_int_equal(n, 5);
	assert_int_equal(b[0].kind, DOC_HEADING);
	assert_int_equal(b[0].level, 2);
	check_str(b[0].markdown, "Top");
	assert_int_equal(b[1].kind, DOC_PARAGRAPH);
	check_str(b[1].markdown, "One **two**[^a].");
	check_str(b[1].text, "One two.");
	assert_true(str_find(b[1].html, STR("id=")) < 0 && str_find(b[1].html, STR("href")) < 0);
	assert_int_equal(b[2].kind, DOC_ITEM);
	check_str(b[2].lead, "- ");
	assert_int_equal(b[3].kind, DOC_QUOTE);
	assert_int_equal(b[4].kind, DOC_SOURCE);
	check_str(b[4].lead, "[^a]: ");
}

static void html_becomes_markdown(void **state)
{
	static const struct {
		const char *html, *markdown;
	} cases[] = {
		{ "<p>A<strong> b </strong>c <script>x</script><em></em></p>", "A **b** c\n" },
		{ "<div>bare <a href='https://e.org/(x)'>x</a><p>p</p>tail</div>",
		    "bare [x](<https://e.org/(x)>)\n\np\n\ntail\n" },
		{ "<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n\n- b\n" },
		{ "<ol start=3><li>a<ul><li>b</ul></ol>", "3. a\n   - b\n" },
		{ "<h1>T <br>x</h1><blockquote>q<blockquote>r</blockquote></blockquote>", "## T <br>x\n\n> q\n>\n> > r\n" },
		{ "<p>- no list</p><p>5. no</p><p>&lt;b&gt; &amp;amp; a*b</p>",
		    "\\- no list\n\n5\\. no\n\n\\<b> \\&amp; a\\*b\n" },
		{ "<table><tr><td colspan=2>a</td></tr></table>",
		    "<table><tbody><tr><td colspan=\"2\">a</td></tr></tbody></table>\n" },
		{ "<figure><img src='/media/0/a.png' alt='A'><figcaption>Cap</figcaption></figure>",
		    "![A](/media/0/a.png \"Cap\")\n" },
		{ "<p><a href='javascript:x()'>bad</a></p><p></p><ul></ul>", "bad\n" },
		{ "<p>x<a href='/media/1'><b> y</b></a> z</p>", "x [**y**](/media/1) z\n" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct doc_block *blocks;
		size_t n = cut(str_from(cases[i].html), DOC_HTML, &blocks);
		check_str(again(blocks, n), cases[i].markdown);
	}
}

static void sources_of_a_page_become_footnotes(void **state)
{
	struct doc_block *b;
	(void)state;
	size_t n =
	    cut(STR("<p>Said<sup>[1]</sup>.</p><h2>References</h2><ol><li>The <i>Post</i>, 2024</li></ol>"), DOC_HTML, &b);
	check_str(again(b, n), "Said[^1].\n\n[^1]: The *Post*, 2024\n");
}

static void what_is_left_out_leaves_the_rest_whole(void **state)
{
	struct doc_block *b;
	(void)state;
	size_t n = cut(STR("para\n\n- a\n- b\n\nend\n"), DOC_MARKDOWN, &b);
	struct str texts[] = { STR("段落"), STR(""), STR("ビー\n\n続き"), STR("終") };
	assert_int_equal(n, 4);
	check_str(doc_blocks_join(b, texts, n, arena), "段落\n\n- ビー\n\n  続き\n\n終\n");
	texts[1] = STR("エー\n- もう一つ");
	check_str(doc_blocks_join(b, texts, n, arena), "段落\n\n- エー\n- もう一つ\n- ビー\n\n  続き\n\n終\n");
}

static void any_input_is_bounded(void **state)
{
	struct buf deep = { 0 };
	struct doc_block *b;
	(void)state;
	buf_adds(&deep, "<p>first</p>");
	for (int i = 0; i < 5000; i++)
		buf_adds(&deep, "<blockquote><ul><li>");
	buf_adds(&deep, "x");
	assert_true(cut(buf_str(&deep), DOC_HTML, &b) >= 1);
	buf_clear(&deep);
	buf_adds(&deep, "first\n\n");
	for (int i = 0; i < 5000; i++)
		buf_adds(&deep, "> - ");
	assert_true(cut(buf_str(&deep), DOC_MARKDOWN, &b) >= 1);
	buf_free(&deep);
}

static void a_page_says_what_it_is(void **state)
{
	static const char page[] =
	    "<html lang=en-GB><head><meta property=og:title content='Shared title'><meta property=og:site_name content='The Post'>"
	    "<meta name=citation_title content='Cited title'><meta property=article:author content='https://fb.example/x'>"
	    "<link rel='license' href='https://creativecommons.org/licenses/by/4.0/'>"
	    "<script type='application/ld+json'>{\"@graph\":[{\"@type\":[\"NewsArticle\"],\"headline\":\"LD\","
	    "\"datePublished\":\"2024-05-01T09:00:00Z\",\"author\":[{\"name\":\"A. One\"},{\"name\":\"B. Two\"}],"
	    "\"license\":\"All rights reserved\"}]}</script></head><body><p>x</p></body></html>";
	static const char broken[] =
	    "<script type='application/ld+json'>{\"@type\":\"Article\",</script><meta name=author content=''>";
	struct error err = { 0 };
	struct doc_about a;
	(void)state;
	assert_true(doc_read_about(&a, str_from(page), arena, &err));
	check_str(a.title, "Cited title");
	check_str(a.author, "A. One, B. Two");
	check_str(a.publisher, "The Post");
	check_str(a.published, "2024-05-01");
	check_str(a.licence, "https://creativecommons.org/licenses/by/4.0/");
	check_str(a.lang, "en-GB");
	assert_true(doc_read_about(&a, str_from(broken), arena, &err));
	check_str(a.author, "");
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
		cmocka_unit_test(markdown_comes_back),
		cmocka_unit_test(kinds_and_texts),
		cmocka_unit_test(html_becomes_markdown),
		cmocka_unit_test(sources_of_a_page_become_footnotes),
		cmocka_unit_test(what_is_left_out_leaves_the_rest_whole),
		cmocka_unit_test(any_input_is_bounded),
		cmocka_unit_test(a_page_says_what_it_is),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
