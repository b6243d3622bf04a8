#include "../unit.h"

#include "desk/desk.h"

/* "a|b\n" for each row; "!" where a row is malformed. */
static void check_rows(const char *text, const char *want)
{
	struct arena *arena = arena_new();
	struct str rest = str_from(text), fields[3];
	struct buf out = { 0 };
	char separator = csv_separator(rest);
	while (rest.n) {
		size_t n, before = rest.n;
		if (!csv_row(&rest, separator, fields, 3, &n, arena)) {
			buf_addc(&out, '!');
			break;
		}
		assert_true(rest.n < before);
		for (size_t i = 0; i < n; i++) {
			if (i)
				buf_addc(&out, '|');
			buf_add(&out, fields[i]);
		}
		buf_addc(&out, '\n');
	}
	check_str(buf_take(&out, arena), want);
	arena_free(arena);
}

static void rows_are_read_as_spreadsheets_write_them(void **state)
{
	(void)state;
	check_rows("a,b\r\nc,d\n", "a|b\nc|d\n");
	check_rows("a,b\rc,d", "a|b\nc|d\n");
	check_rows("\"a,\"\"x\"\"\nb\",c\n", "a,\"x\"\nb|c\n");
	check_rows("a;b\nd;e,f", "a|b\nd|e,f\n");
	check_rows("a\tb\n", "a|b\n");
	check_rows("\"x;y;z\",b\n", "x;y;z|b\n");
	check_rows("\n\n", "\n\n");
	check_rows("a,,c\n,\n", "a||c\n|\n");
	check_rows("1,2,3,4,5\n6", "1|2|3\n6\n");
	check_rows("a\"b,c\n", "a\"b|c\n");
	check_rows("\"\",x", "|x\n");
}

static void an_open_quote_is_told_and_never_read_past(void **state)
{
	(void)state;
	check_rows("a,\"b\n", "!");
	check_rows("ok,1\n\"", "ok|1\n!");
	check_rows("\"a\"b,c\n", "!");
	check_rows("\"a\"\"", "!");
}

static void any_bytes_end(void **state)
{
	unsigned seed = 7;
	char text[65];
	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct arena *arena = arena_new();
		size_t n, length = (seed >> 9) % 64;
		for (size_t i = 0; i < length; i++) {
			seed = seed * 1103515245u + 12345u;
			text[i] = "\",;\t\r\nab"[(seed >> 10) % 8];
		}
		struct str rest = str_of(text, length), fields[2];
		while (rest.n && csv_row(&rest, csv_separator(rest), fields, 2, &n, arena))
			assert_true(n <= 2 && n > 0);
		seed = seed * 1103515245u + 12345u;
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_as_spreadsheets_write_them),
		cmocka_unit_test(an_open_quote_is_told_and_never_read_past),
		cmocka_unit_test(any_bytes_end),
	};
	return cmocka_run_group_tests_name("desk/csv", tests, NULL, NULL);
}
