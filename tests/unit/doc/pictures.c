#include "../unit.h"

#include "doc/doc.h"

/* What a site knows of its images comes into the page; what a body says itself wins. */

static struct str keep(void *user, struct str url, int *width, int *height, struct arena *arena)
{
	(void)user;
	(void)arena;
	*width = 4;
	*height = 3;
	return str_starts(url, STR("/media/")) ? url : STR("");
}

static bool know(void *user, struct str url, struct doc_picture *out, struct arena *arena)
{
	(void)user;
	(void)arena;
	if (str_starts(url, STR("/media/c/")))
		return true;
	if (!str_starts(url, STR("/media/a/")))
		return false;
	*out = (struct doc_picture){
		.alt = STR("A <key>"), .caption = STR("A caption"), .credit = STR("Hana / CC BY"), .n_sources = 1
	};
	out->sources[0].type = STR("image/webp");
	out->sources[0].srcset = STR("/media/a/480/k.webp 480w");
	return true;
}

static void check(const char *body, enum doc_format format, const char *want)
{
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct doc doc;
	struct doc_resolver resolver = { .image = keep, .picture = know };
	struct doc_options options = { .format = format, .lang = STR("ja"), .resolver = &resolver };
	assert_true(doc_render(&doc, str_from(body), &options, arena, &err));
	check_str(str_trim(doc.html), want);
	arena_free(arena);
}

#define SOURCE                                                                                                \
	"<source type=\"image/webp\" srcset=\"/media/a/480/k.webp 480w\" sizes=\"(max-width: 44em) calc(100vw - " \
	"2em), 40em\">"
#define IMAGE(alt)                                              \
	"<picture>" SOURCE "<img src=\"/media/a/k.png\" alt=\"" alt \
	"\" width=\"4\" height=\"3\" loading=\"lazy\" decoding=\"async\"></picture>"

static void a_known_image_is_complete(void **state)
{
	(void)state;
	check("![](/media/a/k.png)", DOC_MARKDOWN,
	    "<figure>" IMAGE("A &lt;key&gt;") "<figcaption>A caption <small>Hana / CC BY</small></figcaption></figure>");
	check("![own](/media/a/k.png \"Own caption\")", DOC_MARKDOWN,
	    "<figure>" IMAGE("own") "<figcaption>Own caption <small>Hana / CC BY</small></figcaption></figure>");
	check("in ![own](/media/a/k.png) text", DOC_MARKDOWN, "<p>in " IMAGE("own") " text</p>");
	check("<figure><a href=\"/x\"><img src=\"/media/a/k.png\" alt=\"o\"></a><figcaption>F</figcaption></figure>",
	    DOC_HTML,
	    "<figure><a href=\"/x\">" IMAGE("o") "</a><figcaption>F <small>Hana / CC BY</small></figcaption></figure>");
}

static void an_unknown_one_stays_and_a_missing_one_shows_no_path(void **state)
{
	(void)state;
	check("![x](/media/b/k.png)", DOC_MARKDOWN,
	    "<p><img src=\"/media/b/k.png\" alt=\"x\" width=\"4\" height=\"3\" loading=\"lazy\"></p>");
	check("![](images/lost.png)", DOC_MARKDOWN, "<p><a href=\"images/lost.png\">画像</a></p>");
	check("![](https://example.org/a/b.png)", DOC_MARKDOWN,
	    "<p><a href=\"https://example.org/a/b.png\" rel=\"noopener noreferrer\">画像（example.org）</a></p>");
}

static void missing_words_are_told(void **state)
{
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct doc doc;
	struct doc_resolver resolver = { .image = keep, .picture = know };
	struct doc_options options = { .lang = STR("ja"), .resolver = &resolver };
	(void)state;
	assert_true(doc_render(&doc, STR("![](/media/a/k.png) ![ ](/media/b/k.png)"), &options, arena, &err));
	assert_int_equal(doc.n_warnings, 0);
	check_str(doc.images[0].alt, "A <key>");
	assert_true(doc_render(&doc, STR("![](/media/c/k.png) ![words](/media/c/l.png)"), &options, arena, &err));
	assert_int_equal(doc.n_warnings, 1);
	assert_int_equal(doc.warnings[0].kind, DOC_WARN_IMAGE_WITHOUT_TEXT);
	check_str(doc.warnings[0].text, "/media/c/k.png");
	resolver.picture = NULL;
	assert_true(doc_render(&doc, STR("![](/media/a/k.png)"), &options, arena, &err));
	assert_int_equal(doc.n_warnings, 0);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_image_is_complete),
		cmocka_unit_test(an_unknown_one_stays_and_a_missing_one_shows_no_path),
		cmocka_unit_test(missing_words_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
