#include "../unit.h"

#include "transfer/front.h"

static struct arena *arena;

static struct front *read(const char *text, const char *body)
{
	struct front *f = arena_alloc(arena, sizeof *f);
	struct str rest = str_from(text);
	struct error err = { 0 };
	bool ok = front_read(f, &rest, arena, &err);
	if (!ok)
		print_error("%s\n", err.message);
	assert_true(ok);
	if (body)
		check_str(rest, body);
	return f;
}

static void refuses(const char *text, const char *message)
{
	struct front *f = arena_alloc(arena, sizeof *f);
	struct str rest = str_from(text);
	struct error err = { 0 };
	assert_false(front_read(f, &rest, arena, &err));
	if (strstr(err.message, message) == NULL)
		print_error("%s: %s\n", text, err.message);
	assert_non_null(strstr(err.message, message));
}

static void the_three_syntaxes_say_the_same(void **state)
{
	(void)state;
	const char *texts[] = {
		"---\r\ntitle: \"題: 名\"\r\ndate: 2024-05-01T09:00:00+09:00\r\ntags: [a, \"b c\"]\r\nauthor:\r\n  name: 山田\r\ndraft: true\r\n---\r\n本文",
		"+++\n# comment\ntitle = '題: 名' # another\ndate = 2024-05-01T09:00:00+09:00\ntags = [ \"a\", # one\n  \"b c\", ]\ndraft = true\n"
		"[author]\nname = \"\\u5C71\\u7530\"\n[params.deep]\nx = {y = 1, z = [1, 2]}\n+++\n本文",
		"{\n\t\"title\": \"題: 名\", \"date\": \"2024-05-01T09:00:00+09:00\",\n\"tags\": [\"a\", \"b c\"], \"draft\": true,\n\"author\": {\"name\": "
		"\"\\u5c71\\u7530\"}, \"url\": \"\\/x\"\n}\n本文",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct front *f = read(texts[i], i == 2 ? "\n本文" : "本文");
		check_str(f->title, "題: 名");
		check_str(f->date, "2024-05-01T09:00:00+09:00");
		assert_int_equal(f->tags.n, 2);
		check_str(f->tags.v[1], "b c");
		assert_int_equal(f->authors.n, 1);
		check_str(f->authors.v[0], "山田");
		assert_true(f->draft);
	}
}

static void every_generators_names_are_known(void **state)
{
	(void)state;
	struct front *f =
	    read("---\ntopics: [x, y]\npublished: false\npublished_at: 2024-02-03 10:00\nemoji: 😸\ntype: tech\n---\n", "");
	assert_int_equal(f->tags.n, 2);
	assert_true(f->draft);
	check_str(f->date, "2024-02-03 10:00");
	f = read("---\ntags:\n  - name: A\n  - name: B\nprivate: true\nupdated_at: '2024-04-05'\nid: null\n---\n", "");
	assert_int_equal(f->tags.n, 2);
	assert_true(f->hidden);
	check_str(f->updated, "2024-04-05");
	f = read(
	    "---\ncategories: 鍵、通信\npermalink: /a/\nredirect_from: [/b, /c]\nlast_modified_at: 2024-01-02\nexcerpt: 要約\n---\n",
	    "");
	assert_int_equal(f->categories.n, 2);
	assert_int_equal(f->aliases.n, 3);
	check_str(f->updated, "2024-01-02");
	check_str(f->summary, "要約");
	f = read(
	    "+++\nTranslationKey = 'k'\nexpiryDate = 2030-01-01\nweight = 7\nauthors = ['a', 'b']\naliases = ['/x']\n+++\n",
	    "");
	check_str(f->key, "k");
	check_str(f->expiry, "2030-01-01");
	assert_int_equal(f->weight, 7);
	assert_int_equal(f->authors.n, 2);
	f = read(
	    "---\npreface: |\n  一行目\n  二行目\ntranslator: 訳者\noriginal:\n  title: T\n  license: CC BY\ntranslation_of: a.md\n---\n",
	    "");
	check_str(f->preface, "一行目\n二行目\n");
	check_str(f->original.licence, "CC BY");
	check_str(f->key, "a.md");
}

static void toml_reads_its_strings(void **state)
{
	(void)state;
	struct front *f = read(
	    "+++\ntitle = \"\"\"\na \\\n   b\"\"\"\nsummary = '''\nc\\d'''\nslug = \"q\\\"\\t\\U0001F600\"\n\"author\" = 'x'\noriginal.lang = 'ja'\n+++\n",
	    "");
	check_str(f->title, "a b");
	check_str(f->summary, "c\\d");
	check_str(f->slug, "q\"\t😀");
	check_str(f->authors.v[0], "x");
	check_str(f->original.lang, "ja");
}

static void a_text_without_front_matter_stays(void **state)
{
	(void)state;
	const char *texts[] = { "本文", "---\n\n線で始まる文\n", "{漢字|かんじ}で始まる", "{{< shortcode >}}", "",
		"---\nただの線\n", "+ a\n" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		read(texts[i], texts[i]);
}

static void errors_say_the_line(void **state)
{
	(void)state;
	refuses("---\ntitle: [\n---\nx", "line 3");
	refuses("---\ntitle: x\n", "line 1: it does not end");
	refuses("---\n- a\n- b\n---\n", "line 2: names with values");
	refuses("+++\ntitle = 'x'\nb = \"c\n+++\n", "line 3: a string does not end");
	refuses("+++\ntitle 'x'\n+++\n", "line 2");
	refuses("+++\na = [1,\n2\nb = 3\n+++\n", "line 4: a list does not end");
	refuses("+++\na = 1 b = 2\nc = \"\\q\"\n+++\n", "line 3: there is no such escape");
	refuses("{\n\"a\": [\n}\nx", "line 3");
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
		cmocka_unit_test(the_three_syntaxes_say_the_same),
		cmocka_unit_test(every_generators_names_are_known),
		cmocka_unit_test(toml_reads_its_strings),
		cmocka_unit_test(a_text_without_front_matter_stays),
		cmocka_unit_test(errors_say_the_line),
	};
	return cmocka_run_group_tests_name("transfer/front", tests, set_up, tear_down);
}
