#include "../unit.h"

#include "transfer/wordpress.h"
#include "transfer/wxr_bytes.h"

/* The parts of the WordPress import that need no site. */

static struct wordpress w;
static struct import_summary sum;
static struct import_options options;
static struct error err;
static struct wxr_item item;

static struct wp_attachment attachments[] = {
	{ .id = 7,
	    .parent = 1,
	    .url = STR("https://old.example/wp-content/uploads/2020/a.png"),
	    .path = STR("2020/a.png"),
	    .alt = STR("A \"cat\""),
	    .caption = STR("The <em>cat</em>"),
	    .title = STR("a") },
	{ .id = 8, .parent = 2, .url = STR("https://old.example/wp-content/uploads/b.mp3"), .title = STR("Song & dance") },
	{ .id = 9, .parent = 1, .url = STR("https://old.example/wp-content/uploads/c.jpg"), .title = STR("c") },
};

static int set_up(void **state)
{
	(void)state;
	w.im = (struct import){ .options = &options, .sum = &sum, .kept = arena_new(), .arena = arena_new(), .err = &err };
	w.attachments = attachments;
	w.n_attachments = sizeof attachments / sizeof *attachments;
	item.id = STR("1");
	w.item = &item;
	wp_site(&w, STR("https://www.old.example/blog/"));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(w.im.kept);
	arena_free(w.im.arena);
	return 0;
}

static void shortcodes_become_html(void **state)
{
	static const char *const cases[][2] = {
		{ "no [brackets] here", "no [brackets] here" },
		/* Texts in brackets that are no shortcodes. */
		{ "Pmt( Rate [As typename] [255] [FV as Variant] [x] [a=b] [User] [] [/x] [", NULL },
		{ "see [1] and [text/scalc/01/func.xhp#x not found]", NULL },
		{ "[unknown foo=1]inner[/unknown] after", "inner after" },
		{ "[unknown foo='a b' /]x", "x" },
		{ "[box]kept[/box]", "kept" },
		{ "[toc]x", "x" },
		{ "[[gallery ids=\"7\"]]", "[gallery ids=\"7\"]" },
		{ "[[box]kept[/box]]", "[box]kept[/box]" },
		{ "[[not one]]", NULL },
		{ "<pre>[gallery ids=\"7\"]</pre><code>[x y=1]</code>", NULL },
		{ "<a title=\"[x y=1]\">t</a>", NULL },
		{ "[caption id=\"attachment_7\" width=\"300\"]<img class=\"wp-image-7\" src=\"x.png\" alt=\"own\" /> Words[/caption]",
		    "\n\n<figure><img class=\"wp-image-7\" src=\"x.png\" alt=\"own\" /><figcaption>Words</figcaption></figure>\n\n" },
		{ "[caption caption=\"Old\"]<a href=\"y\"><img src=\"x.png\"></a>[/caption]",
		    "\n\n<figure><a href=\"y\"><img src=\"x.png\"></a><figcaption>Old</figcaption></figure>\n\n" },
		{ "[caption]no picture[/caption]", "no picture" },
		{ "[gallery ids=\"7\"]",
		    "\n\n<figure><img src=\"https://old.example/wp-content/uploads/2020/a.png\" alt=\"A &quot;cat&quot;\" />"
		    "<figcaption>The <em>cat</em></figcaption></figure>\n\n" },
		{ "[embed]https://v.example/1[/embed]",
		    "\n\n<p><a href=\"https://v.example/1\">https://v.example/1</a></p>\n\n" },
		{ "[audio src=\"https://v.example/1.mp3\"]",
		    "\n\n<p><a href=\"https://v.example/1.mp3\">https://v.example/1.mp3</a></p>\n\n" },
		{ "[video mp4='https://v.example/1.mp4'][/video]",
		    "\n\n<p><a href=\"https://v.example/1.mp4\">https://v.example/1.mp4</a></p>\n\n" },
		{ "[playlist ids=\"8\"]",
		    "\n\n<p><a href=\"https://old.example/wp-content/uploads/b.mp3\">Song &amp; dance</a></p>\n\n" },
		/* An address alone on its line. */
		{ "a\nhttps://v.example/x\nb", "a\n<a href=\"https://v.example/x\">https://v.example/x</a>\nb" },
		{ "<p>https://v.example/x</p>", "<p><a href=\"https://v.example/x\">https://v.example/x</a></p>" },
		{ "see https://v.example/x", NULL },
		{ "https://v.example/x is it", NULL },
		/* The alternative text that only the attachment knows. */
		{ "<img class=\"wp-image-7\" src=\"x\" alt=\"\" />",
		    "<img alt=\"A &quot;cat&quot;\" class=\"wp-image-7\" src=\"x\" alt=\"\" />" },
		{ "<img class=\"wp-image-7\" src=\"x\" alt=\"own\" />", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_str(wp_shortcodes(&w, str_from(cases[i][0])), cases[i][1] ? cases[i][1] : cases[i][0]);
}

static void a_gallery_without_a_list_shows_what_was_added_to_its_article(void **state)
{
	(void)state;
	struct str html = wp_shortcodes(&w, STR("[gallery]"));
	assert_true(str_find(html, STR("2020/a.png")) > 0 && str_find(html, STR("c.jpg")) > 0);
	assert_true(str_find(html, STR("b.mp3")) < 0);
}

static void what_is_dropped_is_counted(void **state)
{
	(void)state;
	size_t before = sum.shortcodes_dropped, blocks = sum.blocks_dropped;
	wp_shortcodes(&w, STR("[form id=1] [form id=2] [other x=y]z[/other]"));
	assert_int_equal(sum.shortcodes_dropped - before, 3);
	wp_body(&w, STR("<!-- wp:latest-posts {\"n\":1} /--><!-- wp:spacer /--><!-- wp:archives /-->"));
	assert_int_equal(sum.blocks_dropped - blocks, 2);
}

static void hostile_brackets_take_linear_time(void **state)
{
	static const char *const parts[] = { "[", "[[", "[caption]", "[aa]", "[[aa]", "[a b=", "<img", "<", "<pre",
		"https://", "[/x]", "[gallery]", "[x y=z]", "\nhttp://a" };
	struct buf text = { 0 };
	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		buf_clear(&text);
		while (text.n < MIB / 2)
			buf_adds(&text, parts[i]);
		wp_shortcodes(&w, buf_str(&text));
		arena_reset(w.im.arena);
	}
	buf_free(&text);
}

static void blocks_lose_their_comments_and_classic_text_gets_paragraphs(void **state)
{
	static const struct wp_block block = { 5, STR("<!-- wp:paragraph --><p>shared</p><!-- /wp:paragraph -->") };
	static const char *const cases[][2] = {
		{ "one\n\ntwo<!--more-->", "<p>one</p>\n<p>two</p>\n" },
		{ "<!-- wp:paragraph --><p>a\nb</p><!-- /wp:paragraph -->", "<p>a\nb</p>" },
		{ "classic\n\n<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->\n\nmore",
		    "<p>classic</p>\n<p>a</p><p>more</p>\n" },
		{ "<!-- wp:group {\"a\":{\"b\":1}} --><div><!-- wp:heading --><h2>h</h2><!-- /wp:heading -->\nx\n\ny</div><!-- /wp:group -->",
		    "<div><h2>h</h2>\nx\n\ny</div>" },
		{ "<!-- wp:freeform -->\na\n\nb\n<!-- /wp:freeform -->", "<p>a</p>\n<p>b</p>\n" },
		{ "<!-- wp:block {\"ref\":5} /-->", "<p>shared</p>" },
		{ "<!-- wp:image {\"id\":7} --><figure><img src=\"x\" class=\"wp-image-7\" alt=\"t\"/><figcaption>c</figcaption></figure><!-- /wp:image -->",
		    "<figure><img src=\"x\" class=\"wp-image-7\" alt=\"t\"/><figcaption>c</figcaption></figure>" },
		{ "<!-- wp:embed --><figure><div>\nhttps://v.example/1\n</div></figure><!-- /wp:embed -->",
		    "<figure><div>\n<a href=\"https://v.example/1\">https://v.example/1</a>\n</div></figure>" },
		{ "<!-- wp:paragraph --><p>cut", "<p>cut" },
	};
	(void)state;
	struct wp_block blocks[] = { block };
	w.blocks = blocks;
	w.n_blocks = 1;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_str(wp_body(&w, str_from(cases[i][0])), cases[i][1]);
	w.n_blocks = 0;
}

static void titles_are_what_readers_saw(void **state)
{
	static const char *const cases[][2] = {
		{ " plain ", "plain" },
		{ "A &amp; B &#8217;s &lt;x&gt;", "A & B ’s <x>" },
		{ "A <em>b</em><br/>c & d", "A bc & d" },
		{ "CDATA終端 ]]> を含む題名と本文 & <タグ>", "CDATA終端 ]]> を含む題名と本文 & <タグ>" },
		{ "the <iframe> element, a < b", "the <iframe> element, a < b" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_str(wp_plain(str_from(cases[i][0]), w.im.arena), cases[i][1]);
}

static void prefaces_and_originals_only_where_they_are_told(void **state)
{
	static const char *const cases[][4] = {
		/* content, rest, preface, address */
		{ "(訳者前書き)以下は翻訳です。\n\n本文", "\n\n本文", "<p>以下は翻訳です。</p>", "" },
		{ "<!-- wp:paragraph -->\n<p>（訳者まえがき）これは <em>x</em></p>\n<!-- /wp:paragraph -->",
		    "<!-- wp:paragraph -->\n\n<!-- /wp:paragraph -->", "<p>これは <em>x</em></p>", "" },
		{ "<p>Translator's preface: hello</p><p>b</p>", "<p>b</p>", "<p>hello</p>", "" },
		{ "訳者前書きについて書く", "訳者前書きについて書く", "", "" },
		{ "本文\n\n(訳者前書き)後", "本文\n\n(訳者前書き)後", "", "" },
		{ "a\n\n原文：<a href=\"https://e.example/x\">The thing</a>", "a\n\n", "", "https://e.example/x" },
		{ "<p>Original: https://e.example/y</p>", "", "", "https://e.example/y" },
		{ "<p>原文：<a href=\"https://e.example/x\">T</a>と訳者</p>",
		    "<p>原文：<a href=\"https://e.example/x\">T</a>と訳者</p>", "", "" },
		{ "これは原文：<a href=\"https://e.example/x\">T</a>", "これは原文：<a href=\"https://e.example/x\">T</a>", "",
		    "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_credits c;
		check_str(wp_credits(&c, str_from(cases[i][0]), w.im.arena), cases[i][1]);
		check_str(c.preface, cases[i][2]);
		check_str(c.original_url, cases[i][3]);
	}
}

static void the_old_site_is_known_by_its_host_and_folder(void **state)
{
	static const char *const cases[][2] = {
		{ "https://old.example/blog/a/?b#c", "/blog/a/?b#c" },
		{ "http://www.OLD.example/blog/x", "/blog/x" },
		{ "//old.example/blog", "/blog" },
		{ "/blog/x", "/blog/x" },
		{ "https://old.example/blogger/x", "" },
		{ "https://old.example/", "" },
		{ "https://other.example/blog/x", "" },
		{ "mailto:a@old.example", "" },
		{ "blog/x", "" },
		{ "", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str rest = STR("");
		assert_int_equal(wp_is_here(&w, str_from(cases[i][0]), &rest), cases[i][1][0] != '\0');
		check_str(rest, cases[i][1]);
	}
}

static void taxonomies_of_the_plug_ins(void **state)
{
	static const struct {
		const char *name;
		enum wp_taxonomy kind;
	} cases[] = { { "category", WP_CATEGORY }, { "", WP_CATEGORY }, { "epkb_post_type_1_category", WP_CATEGORY },
		{ "doc_category", WP_CATEGORY }, { "ht_kb_category", WP_CATEGORY }, { "knowledgebase_cat", WP_CATEGORY },
		{ "knowledge_base", WP_CATEGORY }, { "post_tag", WP_TAG }, { "tag", WP_TAG },
		{ "epkb_post_type_1_tag", WP_TAG }, { "doc_tag", WP_TAG }, { "language", WP_LANGUAGE },
		{ "post_translations", WP_TRANSLATIONS }, { "author", WP_AUTHOR }, { "post_format", WP_IGNORED },
		{ "wp_pattern_category", WP_IGNORED }, { "location", WP_UNKNOWN }, { "stage", WP_UNKNOWN },
		{ "education", WP_UNKNOWN } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(wp_taxonomy_of(str_from(cases[i].name)), cases[i].kind);
}

static void groups_of_translations_are_read(void **state)
{
	struct str s = STR("a:2:{s:2:\"en\";i:12;s:2:\"ja\";i:15;s:4:\"sync\";a:1:{s:2:\"en\";s:2:\"en\";}}"), lang, id;
	(void)state;
	assert_true(wp_serialized_next(&s, &lang, &id));
	check_str(lang, "en");
	check_str(id, "12");
	assert_true(wp_serialized_next(&s, &lang, &id));
	check_str(lang, "ja");
	check_str(id, "15");
	assert_false(wp_serialized_next(&s, &lang, &id));
}

static void dates_tell_the_time_zone(void **state)
{
	struct wxr_item it = { .date = STR("2015-01-13 16:32:14"), .date_gmt = STR("2015-01-13 07:32:14") };
	int offset = 0;
	int64_t date, same;
	(void)state;
	assert_true(wp_dates(&it, 0, &offset, &date));
	assert_int_equal(offset, 9 * 3600);
	it.date_gmt = STR("0000-00-00 00:00:00");
	assert_true(wp_dates(&it, offset, &offset, &same));
	assert_int_equal(same, date);
	it.date = STR("0000-00-00 00:00:00");
	assert_false(wp_dates(&it, offset, &offset, &same));
}

/* Whatever the pieces are cut into, what comes out is the same, and well-formed. */
static void what_xml_forbids_is_replaced(void **state)
{
	static const char text[] = "a\x01"
	                           "b\xC3\xA9\xFF\xE6\x97\xA5\xED\xA0\x80\xF0\x9F\x94\x92\xEF\xBF\xBF\xE6\x97";
	(void)state;
	for (size_t cut = 0; cut < sizeof text; cut++) {
		struct buf out = { 0 };
		uint64_t replaced = 0;
		struct str all = str_of(text, sizeof text - 1);
		size_t used = wxr_clean(&out, str_sub(all, 0, cut), false, &replaced);
		wxr_clean(&out, str_skip(all, used), true, &replaced);
		check_str(buf_str(&out), "a b\xC3\xA9\uFFFD\u65E5\uFFFD\uFFFD\uFFFD\U0001F512\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
		assert_int_equal(replaced, 10);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shortcodes_become_html),
		cmocka_unit_test(a_gallery_without_a_list_shows_what_was_added_to_its_article),
		cmocka_unit_test(what_is_dropped_is_counted),
		cmocka_unit_test(hostile_brackets_take_linear_time),
		cmocka_unit_test(blocks_lose_their_comments_and_classic_text_gets_paragraphs),
		cmocka_unit_test(titles_are_what_readers_saw),
		cmocka_unit_test(prefaces_and_originals_only_where_they_are_told),
		cmocka_unit_test(the_old_site_is_known_by_its_host_and_folder),
		cmocka_unit_test(taxonomies_of_the_plug_ins),
		cmocka_unit_test(groups_of_translations_are_read),
		cmocka_unit_test(dates_tell_the_time_zone),
		cmocka_unit_test(what_xml_forbids_is_replaced),
	};
	return cmocka_run_group_tests_name("transfer/wordpress", tests, set_up, tear_down);
}
