#include "../unit.h"

#include "cli/progress.h"

static void rate_and_time_left(void **state)
{
	static const struct {
		size_t articles;
		double part, seconds;
		const char *line;
	} cases[] = {
		{ 0, 0, 1, "reading" },
		{ 0, 0.45, 1, "reading, 45 %" },
		{ 1234, 0.5, 2, "1234 articles, 617 a second, 50 %, 2 s left" },
		{ 100, 0.25, 25, "100 articles, 4 a second, 25 %, 1 min 15 s left" },
		{ 10, 0.01, 100, "10 articles, 0 a second, 1 %, 2 h 45 min left" },
		{ 10, 0.001, 100, "10 articles, 0 a second, 0 %" }, /* too early to tell */
		{ 10, -1, 5, "10 articles, 2 a second" },
		{ 10, 1, 0, "10 articles, 0 a second, 100 %, 0 s left" },
	};
	char line[128], small[12];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
		    progress_line(line, sizeof line, cases[i].articles, cases[i].part, cases[i].seconds), cases[i].line);
	assert_string_equal(progress_line(small, sizeof small, 1234, 0.5, 2), "1234 articl");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rate_and_time_left) };
	return cmocka_run_group_tests_name("cli/progress", tests, NULL, NULL);
}
