#include "../unit.h"

#include "view/view.h"

#include <jansson.h>
#include <stdio.h>

/* The specification's own tests, where they are to be had: KAIRAN_SHARED/specs/mustache. */

static struct str text(const json_t *json)
{
	return str_of(json_string_value(json), json_string_length(json));
}

static void run_file(const char *shared, const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/specs/mustache/%s.json", shared, name);
	json_t *file = json_load_file(path, 0, NULL), *test;
	size_t i;
	if (!file) {
		printf("skipped: %s is not there\n", path);
		return;
	}
	json_array_foreach(json_object_get(file, "tests"), i, test)
	{
		struct buf out = { 0 };
		struct error err = { 0 };
		char *data = json_dumps(json_object_get(test, "data"), JSON_ENCODE_ANY);
		char *partials = json_dumps(json_object_get(test, "partials"), JSON_ENCODE_ANY);
		bool ok =
		    view_render_text(text(json_object_get(test, "template")), str_from(data), str_from(partials), &out, &err);
		if (!ok || !str_eq(buf_str(&out), text(json_object_get(test, "expected"))))
			print_error("%s: %s: %s\n", name, json_string_value(json_object_get(test, "name")), err.message);
		assert_true(ok);
		check_str(buf_str(&out), json_string_value(json_object_get(test, "expected")));
		free(data);
		free(partials);
		buf_free(&out);
	}
	json_decref(file);
}

static void follows_the_specification(void **state)
{
	static const char *const names[] = { "comments", "delimiters", "interpolation", "inverted", "partials",
		"sections" };
	const char *shared = getenv("KAIRAN_SHARED");
	(void)state;
	for (size_t i = 0; i < 6; i++)
		run_file(shared ? shared : "../shared", names[i]);
}

static void errors_name_the_line(void **state)
{
	(void)state;
	struct buf out = { 0 };
	struct error err = { 0 };
	assert_false(view_render_text(STR("a\n{{#x}}\n"), STR("{}"), STR(""), &out, &err));
	assert_non_null(strstr(err.message, "line 2"));
	assert_false(view_render_text(STR("{{x"), STR("{}"), STR(""), &out, &err));
	err = (struct error){ 0 };
	assert_false(view_render_text(STR("{{>p}}"), STR("{}"), STR("{\"p\":\"{{>p}}\"}"), &out, &err));
	buf_free(&out);
}

static void catalogs_and_languages(void **state)
{
	(void)state;
	struct error err = { 0 };
	struct arena *arena = arena_new();
	struct catalog *c = catalog_load(
	    STR("msgid \"a\"\nmsgstr \"\"\n\"い\"\n\nmsgid \"{n} x\"\nmsgid_plural \"{n} xs\"\nmsgstr[0] \"一\"\nmsgstr[1] \"多\"\n"),
	    "t.po", &err);
	assert_non_null(c);
	check_str(catalog_get(c, STR("a")), "い");
	check_str(catalog_get(c, STR("b")), "b");
	check_str(catalog_plural(c, STR("{n} x"), STR("{n} xs"), 2), "多");
	catalog_free(c);
	assert_null(catalog_load(STR("msgid \"a\"\nmsgstr oops\n"), "t.po", &err));
	assert_non_null(strstr(err.message, "t.po, line 2"));
	check_str(view_date(arena, STR("ja"), 1714521600, 32400), "2024年5月1日");
	check_str(view_date(arena, STR("en"), 1714521600, 32400), "1 May 2024");
	check_str(view_number(arena, STR("ja"), 1234567), "1,234,567");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_specification),
		cmocka_unit_test(errors_name_the_line),
		cmocka_unit_test(catalogs_and_languages),
	};
	return cmocka_run_group_tests_name("view/mustache", tests, NULL, NULL);
}
