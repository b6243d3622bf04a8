#include "../unit.h"

#include "view/view.h"

/* The built-in theme and catalogs: what the pages show of data that is rare on a real site. */

static struct catalog *catalog_of(const char *path)
{
	struct error err = { 0 };
	size_t n;
	const struct embedded_file *files = embedded_all(&n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(files[i].path, path) == 0)
			return catalog_load(files[i].data, path, &err);
	}
	return NULL;
}

static struct str render(
    struct theme *theme, const char *template, const char *json, struct catalog *catalog, struct arena *arena)
{
	struct error err = { 0 };
	struct buf out = { 0 };
	struct view_value *data = view_from_json(str_from(json), arena);
	assert_non_null(data);
	assert_true(theme_render(theme, template, data, catalog, &out, &err));
	return buf_take(&out, arena);
}

static void check_has(struct str text, const char *part)
{
	if (str_find(text, str_from(part)) < 0)
		fail_msg("missing: %s in\n%.*s", part, (int)text.n, text.p);
}

static void check_lacks(struct str text, const char *part)
{
	if (str_find(text, str_from(part)) >= 0)
		fail_msg("should not be there: %s", part);
}

static const char FOUND[] =
    "{\"lang\":\"ja\",\"searched\":true,\"query\":\"匿名\",\"total\":2,\"total_text\":\"2\","
    "\"did_you_mean\":{\"url\":\"/search?q=x\",\"html\":\"匿<名\"},\"has_matching\":true,"
    "\"matching\":[{\"url\":\"/categories/vpn\",\"name\":\"VPN\",\"count_text\":\"3\"}],"
    "\"hits\":[{\"url\":\"/a\",\"title_html\":\"A\",\"snippet_html\":\"a\",\"pinned\":true},"
    "{\"url\":\"/b\",\"title_html\":\"B\",\"snippet_html\":\"b\",\"relaxed\":true,"
    "\"versions\":[{\"url\":\"/en/b\",\"lang\":\"en\",\"lang_name\":\"英語\",\"title\":\"Bee\"}]}]}";

static void a_search_tells_why_its_hits_are_there(void **state)
{
	struct error err = { 0 };
	struct arena *arena = arena_new();
	struct theme *theme = theme_load(NULL, &err);
	struct catalog *ja = catalog_of("locale/ja.po"), *en = catalog_of("locale/en.po");
	(void)state;
	assert_non_null(theme);
	assert_non_null(ja);
	struct str html = render(theme, "search", FOUND, ja, arena);
	check_has(html, "もしかして： <a href=\"/search?q=x\">匿&lt;名</a>");
	check_has(html, "<a class=\"tag\" href=\"/categories/vpn\">VPN <span class=\"count\">3</span></a>");
	check_has(html, "<li class=\"item pinned\">\n<h3><a href=\"/a\">");
	check_has(html, "編集者のおすすめ");
	check_has(html, "一部の語だけに一致");
	check_has(html, "この記事は英語でも読めます： <a href=\"/en/b\" lang=\"en\" hreflang=\"en\">Bee</a>");
	check_lacks(html, "すべての語を含む記事はありません");
	check_lacks(html, "<form class=\"question\"");
	html = render(theme, "search", FOUND, en, arena);
	check_has(html, "Did you mean:");
	check_has(html, "Only some of the words");
	/* Said once for all, it is not said of each. */
	html = render(theme, "search",
	    "{\"searched\":true,\"all_relaxed\":true,\"hits\":[{\"url\":\"/b\",\"title_html\":\"B\",\"relaxed\":true}]}",
	    ja, arena);
	check_has(html, "すべての語を含む記事はありません");
	check_lacks(html, "一部の語だけに一致");
	catalog_free(ja);
	catalog_free(en);
	theme_free(theme);
	arena_free(arena);
}

static void what_a_reader_wrote_is_shown_again_and_escaped(void **state)
{
	struct error err = { 0 };
	struct arena *arena = arena_new();
	struct theme *theme = theme_load(NULL, &err);
	(void)state;
	assert_non_null(theme);
	struct str html = render(theme, "question",
	    "{\"question\":\"</textarea><script>\",\"problem\":\"no\",\"question_url\":\"/questions\",\"question_max\":\"512\"}",
	    NULL, arena);
	check_has(html, "&lt;/textarea&gt;&lt;script&gt;</textarea>");
	check_has(html, "role=\"alert\">no</p>");
	check_has(html, "aria-describedby=\"problem question-note\"");
	check_has(html, "maxlength=\"512\"");
	theme_free(theme);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_search_tells_why_its_hits_are_there),
		cmocka_unit_test(what_a_reader_wrote_is_shown_again_and_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
