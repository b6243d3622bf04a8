#include "../unit.h"

#include "doc/doc.h"

#include <stdio.h>

/* What must hold of every document that comes out, whatever went in: shown on texts made at random from dangerous pieces,
 * read by a scanner that shares nothing with the cleaner; and the time for hostile texts is bounded. */

static struct arena *arena;
static char last[32 * KIB];

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* ---- a scanner of what comes out ---- */

static bool in_list(struct str name, const char *list)
{
	for (struct str rest = str_from(list); rest.n;) {
		if (str_eq(str_split(&rest, ' '), name))
			return true;
	}
	return false;
}

static const char TAGS[] =
    "p h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code em strong b i u s del ins sub sup small mark kbd samp "
    "var q cite abbr dfn time ruby rt rp br hr wbr a img figure figcaption table caption thead tbody tfoot tr td th "
    "details summary bdi bdo input";
static const char VOID[] = "br hr wbr img input";
static const char ATTRS[] =
    "id lang dir title href hreflang rel cite src alt width height loading start reversed type value colspan "
    "rowspan scope datetime open checked disabled aria-label class";
static const char PAGE_IDS[] = "main search q sources outline top related new-title categories-title";

struct scanner {
	struct str open[DOC_DEPTH_MAX + 8];
	size_t depth;
	struct str ids[4096];
	size_t n_ids;
};

static void check_url(struct str url, bool loads)
{
	if (loads) {
		assert_true(str_starts(url, STR("/media/")));
		return;
	}
	for (size_t i = 0; i < url.n && url.p[i] != '/' && url.p[i] != '?' && url.p[i] != '#'; i++) {
		assert_true((unsigned char)url.p[i] >= ' ');
		if (url.p[i] == ':') {
			struct str scheme = str_sub(url, 0, i);
			assert_true(str_eq_ci(scheme, STR("http")) || str_eq_ci(scheme, STR("https")) ||
			            str_eq_ci(scheme, STR("mailto")) || str_eq_ci(scheme, STR("tel")) ||
			            str_eq_ci(scheme, STR("xmpp")));
			return;
		}
	}
}

static void check_attr(struct scanner *s, struct str tag, struct str name, struct str value)
{
	assert_true(in_list(name, ATTRS));
	assert_true(str_find(value, STR("<")) < 0 && str_find(value, STR("\"")) < 0);
	if (str_eq(name, STR("href")) || str_eq(name, STR("cite")) || str_eq(name, STR("src")))
		check_url(value, str_eq(name, STR("src")));
	if (str_eq(name, STR("class")))
		assert_true(str_eq(value, STR("cite")) || (str_eq(tag, STR("code")) && str_starts(value, STR("language-"))));
	if (!str_eq(name, STR("id")) || s->n_ids == 4096)
		return;
	assert_false(in_list(value, PAGE_IDS));
	for (size_t i = 0; i < s->n_ids; i++)
		assert_false(str_eq(s->ids[i], value));
	s->ids[s->n_ids++] = value;
}

static void check_tag(struct scanner *s, struct str inner)
{
	if (str_starts(inner, STR("/"))) {
		assert_true(s->depth > 0 && str_eq(s->open[s->depth - 1], str_skip(inner, 1)));
		s->depth--;
		return;
	}
	struct str name = str_split(&inner, ' ');
	assert_true(in_list(name, TAGS));
	while (inner.n) {
		struct str attr = str_split(&inner, '=');
		assert_true(inner.n > 1 && inner.p[0] == '"');
		inner = str_skip(inner, 1);
		check_attr(s, name, attr, str_split(&inner, '"'));
		assert_true(inner.n == 0 || inner.p[0] == ' ');
		inner = str_skip(inner, 1);
	}
	if (in_list(name, VOID))
		return;
	assert_true(s->depth < DOC_DEPTH_MAX + 8);
	s->open[s->depth++] = name;
}

static void check_html(struct scanner *s, struct str html)
{
	s->depth = 0;
	assert_true(utf8_valid(html));
	for (size_t at = 0; at < html.n; at++) {
		assert_true(html.p[at] != '>');
		if (html.p[at] != '<')
			continue;
		struct str rest = str_skip(html, at + 1);
		ptrdiff_t end = str_find(rest, STR(">"));
		assert_true(end > 0);
		check_tag(s, str_sub(rest, 0, (size_t)end));
		at += (size_t)end + 1;
	}
	assert_int_equal(s->depth, 0);
}

static void check_document(struct str body, enum doc_format format)
{
	static struct scanner s;
	struct doc doc, again;
	struct error err = { 0 };
	struct doc_options options = { .format = format, .lang = STR("ja") };
	assert_true(doc_render(&doc, body, &options, arena, &err));
	s.n_ids = 0;
	/* Shown when an assertion below fails. */
	(void)snprintf(last, sizeof last, "in:\n%.*s\nout:\n%.*s\n", (int)body.n, body.p, (int)doc.html.n, doc.html.p);
	check_html(&s, doc.html);
	for (size_t i = 0; i < doc.n_citations; i++)
		check_html(&s, doc.citations[i].html);
	for (size_t i = 0; i < doc.n_headings; i++)
		assert_true(doc.headings[i].id.n > 0);
	/* An import keeps what came out: read once more it is the same but for marks that were made here. */
	options.format = DOC_HTML;
	options.no_citations = true;
	assert_true(doc_render(&again, doc.html, &options, arena, &err));
	s.n_ids = 0;
	check_html(&s, again.html);
	last[0] = '\0';
}

/* ---- texts at random ---- */

static const char *const PIECES[] = { "<script>", "</script>", "alert(1)", "<style>", "</style>",
	"<img src=x onerror=alert(1)>", "<img src=\"/media/0/a.png\" title=\"t\">", "<img src=//evil.example/a.png>",
	"<a href=\"javascript:alert(1)\">", "</a>", "<a href=\" jAvAscript&colon;alert(1)\">",
	"<a href=\"data:text/html,x\">", "<a href=\"java\tscript:x\">", "<a href='#main' id=main>", "<svg><script>",
	"</svg>", "<svg onload=x>", "<math><mi>", "<iframe src=https://x>", "<p id=main>", "<p id=cite-1>", "<h2 id=top>",
	"<p id=x>", "<div id=x>", "<h1>", "</h1>", "<h2>", "</h2>", "<form action=//x>", "<button formaction=javascript:x>",
	"<input type=text>", "<input type=checkbox onclick=x>", "<base href=//x>", "<meta http-equiv=refresh content=0>",
	"<link rel=stylesheet href=//x>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<caption>", "<template>",
	"</template>", "<noscript>", "</noscript>", "<textarea>", "</textarea>", "<title>", "</title>", "<xmp>",
	"<plaintext>", "<!--", "-->", "<![CDATA[", "]]>", "<?php", "?>", "&lt;script&gt;",
	"<p style=\"background:url(//x)\">", "<p title=\"<b onx=1>\">", "<ruby>", "<rt>", "</ruby>", "<details open>",
	"<summary>", "<sup>1</sup>", "<sup><a href=#n1>1</a></sup>", "<p id=n1>1. source</p>",
	"<h2>\xE5\x87\xBA\xE5\x85\xB8</h2>", "<ol><li>a</li><li>b</li></ol>", "[1]", "※1", "¹", "**「", "」**", "`",
	"```\n", "\n\n", "\n", "> ", "* ", "| a | b |\n|---|---|\n", "{漢|かん}", "^2^", "[^1]", "\n\n[^1]: x\n\n",
	"[a](javascript:x)", "![a](//x/a.png \"t\")", "![a](/media/0/b.png \"t\")", "<javascript:x>", "[a]: data:x\n",
	"日本", "\xEF\xB7\x90", "\xEF\xB7\x92", "\xFF", "\"", "'", "<", ">", "&", "<b", "<a href=", "</p>", "<li>",
	"<dl><dt>", "<object data=x>", "<embed src=x>", "<video src=x>", "<isindex>", "<select><option>" };

static void nothing_dangerous_comes_out_of_anything(void **state)
{
	(void)state;
	uint64_t seed = 0x9E3779B97F4A7C15u;
	for (int round = 0; round < 3000; round++) {
		struct buf text = { 0 };
		uint64_t pieces = 1 + next_random(&seed) % 40;
		for (uint64_t i = 0; i < pieces; i++)
			buf_adds(&text, PIECES[next_random(&seed) % (sizeof PIECES / sizeof *PIECES)]);
		check_document(buf_str(&text), round % 2 ? DOC_HTML : DOC_MARKDOWN);
		buf_free(&text);
		arena_reset(arena);
	}
}

/* ---- hostile texts ---- */

static const char *const PATTERNS[] = { "*a ", "_a *", "**x ", "[a](", "[", "![", "](", "`a``b```", "a`", "*", "_",
	"~~", "a**", "<a", "<!--", "<?", "&amp", "\\", "{a|b}", "^2^", "[^1]", "[^a]: x\n", "[a]: /u\n", "| a |\n|--|\n",
	"a|b\n-|-\n", "www.", "http://", "a@b.c ", "<http://", "> ", "* ", "1. ", "- a\n", "<div>", "<b>", "<p>",
	"<table><tr><td>", "<li>", "<sup><a href=#a>1</a></sup>", "[1]", "※1", "<p id=a>", "<h2>a</h2>", "# a\n",
	"<font a=%d><p>", "<font a=%d>", "<span a=%d></p>", "<b a=%d><div>", "<i id=%d></b>", "<table><b x=%d>",
	"<div></x>", "[a%d]: /u\n", "[^a%d]: x\n[^a%d]", "<sup><a href=#a%d>1</a></sup><p id=a%d>x</p>", "<p>[%d] x</p>",
	"<h2>出典</h2><p>[%d] x</p>", "<br>", "<p>1. a<br>[2] b", "<svg>", "<select>", "<template>", "<ruby>", "<nobr>",
	"<form>", "<a><div>", "<details>", "日\n", "「**", "**」" };

static void hostile_texts_take_bounded_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++) {
		for (int format = DOC_MARKDOWN; format <= DOC_HTML; format++) {
			struct buf text = { 0 };
			struct doc doc;
			struct error err = { 0 };
			struct doc_options options = { .format = (enum doc_format)format, .lang = STR("ja") };
			while (text.n < 300 * KIB) {
				struct str piece = str_from(PATTERNS[i]);
				for (ptrdiff_t at; (at = str_find(piece, STR("%d"))) >= 0; piece = str_skip(piece, (size_t)at + 2)) {
					buf_add(&text, str_sub(piece, 0, (size_t)at));
					buf_printf(&text, "%zu", text.n);
				}
				buf_add(&text, piece);
			}
			uint64_t started = clock_mono_us();
			assert_true(doc_render(&doc, buf_str(&text), &options, arena, &err));
			uint64_t took = clock_mono_us() - started;
			/* Linear work takes 0.2 s here with the sanitizers; the square of it takes minutes. */
			if (took > 10 * 1000000)
				print_error("%s took %llu ms\n", PATTERNS[i], (unsigned long long)took / 1000);
			assert_true(took <= 10 * 1000000);
			buf_free(&text);
			arena_reset(arena);
		}
	}
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
	fputs(last, stdout);
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_dangerous_comes_out_of_anything),
		cmocka_unit_test(hostile_texts_take_bounded_time),
	};
	return cmocka_run_group_tests_name("doc/safety", tests, set_up, tear_down);
}
