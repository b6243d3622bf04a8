#include "../unit.h"

static void escapes(void **state)
{
	(void)state;
	struct buf b = { 0 };
	buf_add_html(&b, STR("<a href=\"x\">'&'</a>"));
	check_str(buf_str(&b), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
	buf_clear(&b);
	buf_add_uri(&b, STR("/記 a?"), STR("/"));
	check_str(buf_str(&b), "/%E8%A8%98%20a%3F");
	buf_free(&b);
}

static void a_full_buffer_stays_failed(void **state)
{
	(void)state;
	struct buf b = { .max = 4 };
	buf_adds(&b, "abc");
	buf_adds(&b, "de");
	buf_adds(&b, "f");
	assert_true(b.failed);
	check_str(buf_str(&b), "abc");
	struct arena *a = arena_new();
	assert_null(buf_take(&b, a).p);
	arena_free(a);
}

static void formats(void **state)
{
	(void)state;
	struct buf b = { 0 };
	buf_printf(&b, "%s=%d;", "n", 12);
	buf_addcp(&b, 0x1F512);
	check_str(buf_str(&b), "n=12;🔒");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(a_full_buffer_stays_failed),
		cmocka_unit_test(formats),
	};
	return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
