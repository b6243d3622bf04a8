#include "../unit.h"

#include "doc/doc.h"

/* A classic body, and what WordPress makes of it (white space between blocks aside). Where WordPress leaves an unbalanced
 * tag, the balanced form stands here. */
static const struct {
	const char *text, *html;
} CASES[] = {
	{ "", "" },
	{ " \n\n ", "" },
	{ "one", "<p>one</p>\n" },
	{ "one\ntwo", "<p>one<br />\ntwo</p>\n" },
	{ "one\r\ntwo\r\n\r\nthree", "<p>one<br />\ntwo</p>\n<p>three</p>\n" },
	{ "one\n\n\n\ntwo", "<p>one</p>\n<p>two</p>\n" },
	{ "one\n \t\ntwo", "<p>one</p>\n<p>two</p>\n" },
	{ "一\n二\n\n三", "<p>一<br />\n二</p>\n<p>三</p>\n" },
	/* Breaks that are there stay one; two of them are a paragraph's end. */
	{ "one<br>\ntwo", "<p>one<br />\ntwo</p>\n" },
	{ "one<br/>two", "<p>one<br />two</p>\n" },
	{ "one<br><br>two", "<p>one</p>\n<p>two</p>\n" },
	{ "one<br />\n<br />\ntwo", "<p>one</p>\n<p>two</p>\n" },
	/* Blocks end a paragraph, and begin none. */
	{ "before\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nafter",
	    "<p>before</p>\n<ul><li>a</li>\n<li>b</li>\n</ul>\n<p>after</p>\n" },
	{ "<ul><li>a\nb</li></ul>", "<ul><li>a<br />\nb</li>\n</ul>\n" },
	{ "<ul><li>a\n\nb</li></ul>", "<ul><li><p>a</p>\n<p>b</p>\n</li>\n</ul>\n" },
	{ "<ul><li>a<ul><li>b</li></ul>c</li></ul>", "<ul><li>a<ul><li>b</li>\n</ul>\nc</li>\n</ul>\n" },
	{ "<ul><li>one<li>two</ul>end", "<ul><li>one<li>two</ul>\n<p>end</p>\n" },
	{ "<h2>Title</h2>\ntext\nmore", "<h2>Title</h2>\n<p>text<br />\nmore</p>\n" },
	{ "<h2>Two\nlines</h2>", "<h2>Two<br />\nlines</h2>\n" },
	{ "text<hr>text", "<p>text</p>\n<hr>\n<p>text</p>\n" },
	{ "<table>\n<tr>\n<td>a\nb</td>\n<td>c</td>\n</tr>\n</table>",
	    "<table><tr><td>a<br />\nb</td>\n<td>c</td>\n</tr>\n</table>\n" },
	{ "<dl>\n<dt>t</dt>\n<dd>d</dd>\n</dl>", "<dl><dt>t</dt>\n<dd>d</dd>\n</dl>\n" },
	/* A quotation holds paragraphs, a plain division only beside other things. */
	{ "<blockquote>quoted</blockquote>", "<blockquote><p>quoted</p>\n</blockquote>\n" },
	{ "<blockquote>one\n\ntwo</blockquote>", "<blockquote><p>one</p>\n<p>two</p>\n</blockquote>\n" },
	{ "<blockquote><p>there</p></blockquote>", "<blockquote><p>there</p>\n</blockquote>\n" },
	{ "<div>alone</div>", "<div>alone</div>\n" },
	{ "<div>\nalone\n</div>", "<div>alone</div>\n" },
	{ "<div>one\n\ntwo</div>", "<div><p>one</p>\n<p>two</p>\n</div>\n" },
	{ "<div><h3>T</h3>text</div>", "<div><h3>T</h3>\n<p>text</p>\n</div>\n" },
	/* Paragraphs that are there stay. */
	{ "<p>a</p>\n<p>b</p>", "<p>a</p>\n<p>b</p>\n" },
	{ "<p>a\nb</p>", "<p>a<br />\nb</p>\n" },
	{ "<p>a\n\nb</p>", "<p>a</p>\n<p>b</p>\n" },
	{ "<p>\n\na</p>", "<p>a</p>\n" },
	{ "<p class=\"x\">a</p>b", "<p class=\"x\">a</p>\n<p>b</p>\n" },
	{ "<p>open\n<ul><li>x</li></ul>", "<p>open<ul><li>x</li>\n</ul>\n" },
	/* Nothing within pre, script and style is a line; script stands in the text. */
	{ "a\n<pre>x\n\n  y\n</pre>\nb", "<p>a</p>\n<pre>x\n\n  y\n</pre>\n<p>b</p>\n" },
	{ "<pre class=\"c\"><code>a\nb</code></pre>", "<pre class=\"c\"><code>a\nb</code></pre>\n" },
	{ "<style>p {\n\n}</style>a", "<style>p {\n\n}</style>\n<p>a</p>\n" },
	{ "<script>a\n\nb</script>", "<p><script>a\n\nb</script></p>\n" },
	{ "<pre>never closed\n\n<p>", "<pre>never closed\n\n<p>\n" },
	{ "<present>a</present>", "<p><present>a</present></p>\n" },
	/* Comments are no text, inline elements are. */
	{ "<!--more-->", "<!--more-->" },
	{ "a<!-- x\n\ny -->b", "<p>a<!-- x\n\ny -->b</p>\n" },
	{ "<strong>a</strong>\n<em>b</em>", "<p><strong>a</strong><br />\n<em>b</em></p>\n" },
	{ "<a\nhref=\"x\">a</a>", "<p><a\nhref=\"x\">a</a></p>\n" },
	{ "<img src=\"a\" />\n\ntext", "<p><img src=\"a\" /></p>\n<p>text</p>\n" },
	{ "<iframe src=\"a\"></iframe>", "<p><iframe src=\"a\"></iframe></p>\n" },
	{ "<figure><img src=\"a\" /><figcaption>c</figcaption></figure>",
	    "<figure><img src=\"a\" /><figcaption>c</figcaption>\n</figure>\n" },
	{ "a < b\nb > a", "<p>a < b<br />\nb > a</p>\n" },
	{ "[one]\n[two]", "<p>[one]<br />\n[two]</p>\n" },
	{ "<", "<p><</p>\n" },
	{ "</div>text", "</div>\n<p>text</p>\n" },
};

static void paragraphs_are_made_as_wordpress_does(void **state)
{
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
		check_str(doc_autop(str_from(CASES[i].text), arena), CASES[i].html);
	arena_free(arena);
}

/* What is hostile takes time in proportion to its size: each of these would take minutes if it did not. */
static void time_is_linear(void **state)
{
	static const char *const parts[] = { "<", "<br>", "<br> ", "\r", "\n", "<p", "<pre", "<!--", "<div>", "</div>",
		"<li>", "\r\n " };
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct buf text = { 0 };
		while (text.n < MIB)
			buf_adds(&text, parts[i]);
		doc_autop(buf_str(&text), arena);
		buf_free(&text);
		arena_reset(arena);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paragraphs_are_made_as_wordpress_does),
		cmocka_unit_test(time_is_linear),
	};
	return cmocka_run_group_tests_name("doc/autop", tests, NULL, NULL);
}
