#include "../unit.h"

#include "../../fuzz/same_tree.h"

#include <stdio.h>

/* The quick reader against the HTML parser: on texts that it takes, on texts just beside those, and on trees at random. */

static struct arena *arena;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static bool taken(struct str html)
{
	bool took;
	bool alike = read_alike(html, arena, &took);
	if (!alike)
		print_error("%.*s\n", (int)html.n, html.p);
	assert_true(alike);
	return took;
}

static void what_needs_no_mending_is_taken(void **state)
{
	(void)state;
	static const char *const texts[] = { "", " \n ", "plain text", "\n <p>a</p>\n<p>b</p> \n",
		"<p>a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#39;&nbsp;f</p>",
		"<h2 id=\"a\">T</h2><p>x <a href=\"/a?b=1&amp;c=2\" title=\"t\">y</a><br><img src=\"/media/0/a.png\" alt=\"\"></p><hr>",
		"<pre>\n\n code</pre>", "<pre>\n<code class=\"language-c\">a\n</code></pre>",
		"<ul> <li><p>a</p><ol><li>b</li></ol></li> </ul>", "<dl><dt>a</dt><dd><p>b</p></dd></dl>",
		"<p><b><i>a</i></b><code>b</code></p>", "<b><p>a</p></b>", "<a href=\"#x\"><h2>a</h2></a>",
		("<table>\n<caption>c</caption><thead><tr><th scope=\"col\">a</th></tr></thead> <tbody><tr><td><p>b</p><table><tbody><tr><td>c</td></tr>"
		 "</tbody></table></td></tr></tbody></table>"),
		"<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>",
		"<details open=\"\"><summary>s</summary><p>x</p></details>",
		"<figure><img src=\"/media/0/a.png\"/><figcaption>c</figcaption></figure>",
		"<div class=\"w\"><section><span>x</span></section></div>", "<input type=\"checkbox\" disabled />",
		"<blockquote><p>a <q>b</q> <sup>2</sup> <time datetime=\"2024\">c</time></p></blockquote>",
		"<h2><b><h3>x</h3></b></h2>" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (!taken(str_from(texts[i])))
			print_error("not taken: %s\n", texts[i]);
		assert_true(taken(str_from(texts[i])));
	}
}

static void what_needs_mending_is_left(void **state)
{
	(void)state;
	static const char *const texts[] = { "<p>a<p>b", "<p>a", "</p>", "<p>a</div>", "<p><ul></ul></p>",
		"<p><b><ul></ul></b></p>", "<p><hr></p>", "<p><p></p></p>", "<p><table></table></p>", "<b><i>a</b></i>",
		"<a><a>x</a></a>", "<a><table><tbody><tr><td><a>x</a></td></tr></tbody></table></a>", "<b><b>x</b></b>",
		"<table>x</table>", "<table><tr><td>x</td></tr></table>", "<table><b>x</b></table>", "<tr><td>x</td></tr>",
		"<table><tbody>x</tbody></table>", "<table><tbody><tr>x</tr></tbody></table>", "<li>x</li>",
		"<ul><li><li>x</li></li></ul>", "<dd>x</dd>", "<rt>x</rt>", "<h2><h3>x</h3></h2>", "<script>x</script>",
		"<style>x</style>", "<svg><p>x</p></svg>", "<math></math>", "<select></select>", "<form></form>", "<!-- x -->",
		"<!DOCTYPE html>", "<body>x</body>", "<head></head>", "<title>x</title>", "<p/>", "<P>x</P>", "<p>a\r\nb</p>",
		"&copy;", "&amp", "&ampx;", "a & b", "a < b", "<", "<p", "<p a", "<p a=", "<p a=\"", "<p a=\"b\"",
		"<p a=\"b\"c=\"d\">x</p>", "<p a=b>x</p>", "<p a='b'>x</p>", "<p a=\"1\" a=\"2\">x</p>",
		"<p title=\"&x\">x</p>", "</", "</p", "<p></p ", "<p></p >", "<br></br>", "<textarea></textarea>",
		"<button>x</button>", "<nobr>x</nobr>", "<font>x</font>", "<image>", "<isindex>", "<plaintext>x",
		"<template></template>", "<iframe></iframe>", "<x-y>a</x-y>", "<frameset>" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (taken(str_from(texts[i])))
			print_error("taken: %s\n", texts[i]);
		assert_false(taken(str_from(texts[i])));
	}
	assert_false(taken(str_of("a\0b", 3)));
	/* Each character: those that the parser would replace are left to it. */
	size_t left = 0;
	for (uint32_t cp = 1; cp <= 0x10FFFF; cp += cp < 0x3000 || cp > 0xFD00 ? 1 : 0x40) {
		char text[8] = "x";
		size_t n = 1 + utf8_put(cp, text + 1);
		if (cp >= 0x10000 && (cp & 0xFFFE) != 0xFFFE && cp % 0x1000)
			continue;
		left += !taken(str_of(text, n));
		arena_reset(arena);
	}
	assert_int_equal(left, 31 - 3 + 1 + 32 + 32 + 34 + 2); /* controls, noncharacters, < and & */
}

/* Deeper than this the cleaner cuts, and the parser's work is bounded by others. */
static void depth_is_bounded(void **state)
{
	(void)state;
	for (size_t deep = DOC_DEPTH_MAX - 2; deep < DOC_DEPTH_MAX + 2; deep++) {
		struct buf out = { 0 };
		for (size_t i = 0; i < deep; i++)
			buf_adds(&out, "<div>");
		for (size_t i = 0; i < deep; i++)
			buf_adds(&out, "</div>");
		assert_int_equal(taken(buf_str(&out)), deep < DOC_DEPTH_MAX);
		buf_free(&out);
	}
}

/* ---- trees at random ---- */

static const char *const NAMES[] = { "p", "h1", "h2", "h3", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre",
	"code", "em", "strong", "b", "i", "u", "s", "del", "sub", "sup", "small", "mark", "q", "span", "div", "section",
	"ruby", "rt", "rp", "a", "figure", "figcaption", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th",
	"details", "summary", "time", "bdo", "br", "wbr", "img", "hr", "input", "font", "nobr", "button", "option",
	"address", "center", "svg" };
static const char *const TEXTS[] = { "a", " ", "\n", "\t x", "日本", "&amp;", "&lt;b&gt;", "&#39;", "&nbsp;", "\f",
	"\x1b", "\xEF\xBF\xBE", "" };
static const char *const ATTRS[] = { "", "", "", " id=\"x\"", " class=\"a b\"", " title=\"&quot;&amp;\"", " open",
	" id=\"x\" id=\"y\"", " href=\"#\"", " " };

static const char *one_of(const char *const *v, size_t n, uint64_t *seed)
{
	return v[next_random(seed) % n];
}

/* What mostly stands inside: so that lists and tables come up more often than chance lets them. */
static const char *child_of(const char *parent, uint64_t *seed)
{
	static const char *const usual[][2] = { { "ul", "li" }, { "ol", "li" }, { "dl", "dt" }, { "dl", "dd" },
		{ "table", "tbody" }, { "table", "thead" }, { "tbody", "tr" }, { "thead", "tr" }, { "tr", "td" },
		{ "tr", "th" }, { "ruby", "rt" }, { "table", "caption" } };
	size_t at = next_random(seed) % (sizeof usual / sizeof *usual);
	for (size_t i = 0; i < sizeof usual / sizeof *usual && next_random(seed) % 8; i++, at++) {
		if (strcmp(usual[at % (sizeof usual / sizeof *usual)][0], parent) == 0)
			return usual[at % (sizeof usual / sizeof *usual)][1];
	}
	return one_of(NAMES, sizeof NAMES / sizeof *NAMES, seed);
}

static void grow(struct buf *out, const char *parent, int depth, uint64_t *seed)
{
	bool only_tags = strchr("tu", parent[0]) && strcmp(parent, "td") != 0 && strcmp(parent, "th") != 0;
	for (uint64_t n = next_random(seed) % 4; n; n--) {
		if (next_random(seed) % 3 == 0) {
			buf_adds(
			    out, only_tags && next_random(seed) % 16 ? "\n" : one_of(TEXTS, sizeof TEXTS / sizeof *TEXTS, seed));
			continue;
		}
		const char *name = child_of(parent, seed);
		bool empty = strcmp(name, "br") == 0 || strcmp(name, "wbr") == 0 || strcmp(name, "img") == 0 ||
		             strcmp(name, "hr") == 0 || strcmp(name, "input") == 0;
		buf_printf(out, "<%s%s>", name, one_of(ATTRS, sizeof ATTRS / sizeof *ATTRS, seed));
		if (empty)
			continue;
		if (depth)
			grow(out, name, depth - 1, seed);
		if (next_random(seed) % 64)
			buf_printf(out, "</%s>", name);
	}
}

static void trees_at_random_read_alike(void **state)
{
	(void)state;
	uint64_t seed = 0x2545F4914F6CDD1Du;
	int took = 0, rounds = 60000;
	for (int i = 0; i < rounds; i++) {
		struct buf out = { 0 };
		grow(&out, "body", 5, &seed);
		took += out.n > 20 && taken(buf_str(&out));
		buf_free(&out);
		arena_reset(arena);
	}
	/* Or the test would show little. */
	assert_true(took > rounds / 20);
}

/* What an article of ours becomes can be read quickly when it is saved. */
static void what_doc_writes_is_taken(void **state)
{
	(void)state;
	struct doc doc;
	struct error err = { 0 };
	struct doc_options options = { .format = DOC_MARKDOWN, .lang = STR("ja"), .no_citations = true };
	struct str body = STR(
	    "# 題\n\n本文**「強調」**と{漢字|かんじ}、[先](/a?b=1&c=2 \"題\")。  \n次\n\n> 引用\n\n* a\n  1. b\n* [x] c\n\n```c\nint a<b>;\n```\n\n"
	    "| a | b |\n|---|:-:|\n| `c` | ~~d~~ |\n\n---\n![絵](/media/0/a.png)\n");
	assert_true(doc_render(&doc, body, &options, arena, &err));
	assert_true(str_find(doc.html, STR("<ruby>")) > 0 && str_find(doc.html, STR("<td>")) > 0);
	assert_true(taken(doc.html));
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
		cmocka_unit_test(what_needs_no_mending_is_taken),
		cmocka_unit_test(what_needs_mending_is_left),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(trees_at_random_read_alike),
		cmocka_unit_test(what_doc_writes_is_taken),
	};
	return cmocka_run_group_tests_name("doc/quick", tests, set_up, tear_down);
}
