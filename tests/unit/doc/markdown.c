#include "../unit.h"

#include "doc/doc.h"

/* HTML that was pasted, and the Markdown that it becomes. */

static struct str markdown(struct str html, struct arena *arena)
{
	struct str out;
	struct error err = { 0 };
	struct doc_options options = { .format = DOC_HTML, .lang = STR("ja") };
	assert_true(doc_to_markdown(html, &options, &out, arena, &err));
	return out;
}

static void each_element_has_its_markdown(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "<p>a</p><p>b</p>", "a\n\nb\n" },
		{ "a<br>b", "a\\\nb\n" },
		{ "<p>a<br><br>b</p>", "a\n\nb\n" },
		{ "<h1>x</h1><h3>y <b>z</b></h3><p>t", "## x\n\n### y z\n\nt\n" },
		{ "<p><b>a</b> <i>b</i> <b><i>c</i></b> <s>d</s></p>", "**a** *b* ***c*** ~~d~~\n" },
		{ "<p>x<b> a </b>y</p>", "x **a** y\n" },
		{ "<p><b>a</b><b>b</b></p>", "**ab**\n" },
		{ "<p><b>「重要」</b>です。<b>次</b></p>", "**「重要」**です。**次**\n" },
		{ "<p>foo<b>(bar)</b>baz</p>", "foo<strong>(bar)</strong>baz\n" },
		{ "<p><b>a</b><i>b</i></p>", "**a**<em>b</em>\n" },
		{ "<p>x<b> </b>y<i></i></p>", "x y\n" },
		{ "<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c\n" },
		{ "<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "- a\n  - b\n- c\n" },
		{ "<ol start=3><li>a<li>b</ol>", "3. a\n4. b\n" },
		{ "<ul><li><p>a</p><p>b</p><li>c</ul>", "- a\n\n  b\n\n- c\n" },
		{ "<ul><li>a</ul><ul><li>b</ul>", "- a\n\n* b\n" },
		{ "<ul><li><input type=checkbox checked> a<li><input type=checkbox> b</ul>", "- [x] a\n- [ ] b\n" },
		{ "<blockquote><p>a<p>b<blockquote>c</blockquote></blockquote>d", "> a\n>\n> b\n>\n> > c\n\nd\n" },
		{ "<pre><code class=language-js>a\n  b `` c\n</code></pre>", "```js\na\n  b `` c\n```\n" },
		{ "<pre>```</pre>", "````\n```\n````\n" },
		{ "<p>x <code>a`b</code> <code>`</code></p>", "x ``a`b`` `` ` ``\n" },
		{ "<p><a href='https://example.org/a (b)?x=1&amp;y=2'>a ]</a></p>",
		    "[a \\]](https://example.org/a%20%28b%29?x=1&y=2)\n" },
		{ "<p><a href='javascript:alert(1)'>a</a> <a href='#x'>b</a> <a>c</a></p>", "a b c\n" },
		{ "<a href='https://www.google.com/url?q=https://example.org/x%3Fa%3D1&amp;sa=D'>a</a>",
		    "[a](https://example.org/x?a=1)\n" },
		{ "<a href='https://example.org/'><h3>Card</h3><p>Text</p></a>",
		    "### [Card](https://example.org/)\n\n[Text](https://example.org/)\n" },
		{ "<img src='https://example.org/a.png' alt='A map'>", "[A map](https://example.org/a.png)\n" },
		{ "<img src='/media/0123/a.png' alt='A map'>", "![A map](/media/0123/a.png)\n" },
		{ "<img src='data:image/png;base64,AAAA'>", "" },
		{ "<p>E=mc<sup>2</sup>, H<sub>2</sub>O, <sup>x</sup></p>", "E=mc^2^, H<sub>2</sub>O, <sup>x</sup>\n" },
		{ "<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>", "{漢字|かんじ}\n" },
		{ "<ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>", "{東|とう}{京|きょう}\n" },
		{ "<ruby>a*b<rt>c|d</rt></ruby>", "<ruby>a\\*b<rt>c&#124;d</rt></ruby>\n" },
		{ "<table><tr><th>a<th>b|c<tr><td>d<td><p>e</p><p>f</p></table>",
		    "| a | b\\|c |\n| --- | --- |\n| d | e<br>f |\n" },
		{ "<table><tr><td colspan=2>a<tr><td>b<td>c</table>",
		    "<table><tbody><tr><td colspan=\"2\">a</td></tr><tr><td>b</td><td>c</td></tr></tbody></table>\n" },
		{ "<dl><dt>a<dd>b</dl><hr>c", "**a**\n\nb\n\n___\n\nc\n" },
		{ "<p>* 1_2 a_ [x] [1] `c` &lt;b&gt; # {a|b} ^2^ &amp;amp; \\ ~~ !</p>",
		    "\\* 1_2 a\\_ [x] [1] \\`c\\` \\<b> # \\{a|b} \\^2\\^ \\&amp; \\\\ \\~\\~ \\!\n" },
		{ "<p># a</p><p>&gt; b</p><p>1. c</p><p>- d</p><p>+e</p><p>-- f</p><p>[x] g</p>",
		    "\\# a\n\n\\> b\n\n1\\. c\n\n\\- d\n\n+e\n\n\\-- f\n\n\\[x] g\n" },
		{ "<script>x</script><style>y</style><p onclick=z>a", "a\n" },
	};
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_str(markdown(str_from(cases[i][0]), arena), cases[i][1]);
	arena_free(arena);
}

static void what_word_processors_put_on_the_clipboard_is_read(void **state)
{
	static const char *const cases[][2] = {
		/* Google Docs */
		{ "<meta charset='utf-8'><b style=\"font-weight:normal;\" id=\"docs-internal-guid-1\"><p dir=\"ltr\"><span "
		  "style=\"font-weight:700;font-style:normal\">太字</span><span style=\"font-weight:400;font-style:italic;\"> and "
		  "italic</span></p><br></b>",
		    "**太字** *and italic*\n" },
		{ "<p><span style='font-size:0.6em;vertical-align:super'>2</span>x<span style='text-decoration:line-through'>gone</span></p>",
		    "<sup>2</sup>x~~gone~~\n" },
		{ "<p style='display:none'>secret</p><p>a<span style='display: none'>b</span></p>", "a\n" },
		/* Word */
		{ "<p class=MsoListParagraphCxSpFirst style='text-indent:-18pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span "
		  "style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7pt \"Times New Roman\"'>&nbsp;&nbsp; "
		  "</span></span></span><![endif]>one<o:p></o:p></p>\n<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span "
		  "style='mso-list:Ignore'>1.<span>&nbsp;</span></span>two</p><p style='mso-list:l0 level1 lfo1'><span "
		  "style='mso-list:Ignore'>·</span>three</p><p class=MsoNormal>end</p>",
		    "- one\n  1. two\n- three\n\nend\n" },
		{ "<p class=MsoQuote>said</p><p class=MsoTitle>Title</p>", "> said\n\n## Title\n" },
		{ "<p>text<a style='mso-footnote-id:ftn1' href=\"#_ftn1\" name=\"_ftnref1\"><span class=MsoFootnoteReference>[1]</span></a> "
		  "on.</p><div style='mso-element:footnote-list'><br clear=all><hr align=left size=1 width=\"33%\"><div "
		  "style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href=\"#_ftnref1\" "
		  "name=\"_ftn1\"><span class=MsoFootnoteReference>[1]</span></a> The source.</p></div></div>",
		    "text[^1] on.\n\n[^1]: The source.\n" },
		/* A page with notes */
		{ "<p>a<sup><a href='#n1'>1</a></sup></p><h2>References</h2><ol><li id=n1>One, <a href='https://example.org'>there</a></li></ol>",
		    "a[^1]\n\n[^1]: One, [there](https://example.org)\n" },
		{ "<h2>History<span class=\"mw-editsection\">[<a href='/w'>edit</a>]</span></h2>", "## History\n" },
	};
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_str(markdown(str_from(cases[i][0]), arena), cases[i][1]);
	arena_free(arena);
}

static void large_and_deep_pastes_end_in_time(void **state)
{
	static const char *const pieces[] = { "<ul><li>a", "<b>a<i>", "<blockquote>", "a<x>a", "<table><tr><td>a",
		"a &#160;", "<a href=x>a", "<p style='mso-list:l0 level9 lfo1'>a", "<b><br>", "<ruby>a<rt>b", "[", "**" };
	struct error err = { 0 };
	struct doc_options options = { .format = DOC_HTML };
	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct arena *arena = arena_new();
		struct buf html = { 0 };
		struct str out;
		while (html.n < 200000)
			buf_adds(&html, pieces[i]);
		uint64_t began = clock_mono_us();
		doc_to_markdown(buf_str(&html), &options, &out, arena, &err);
		if (clock_mono_us() - began > 10000000)
			fail_msg("%s takes %d ms", pieces[i], (int)((clock_mono_us() - began) / 1000));
		buf_free(&html);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_element_has_its_markdown),
		cmocka_unit_test(what_word_processors_put_on_the_clipboard_is_read),
		cmocka_unit_test(large_and_deep_pastes_end_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
