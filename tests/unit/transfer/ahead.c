#include "../unit.h"

#include "transfer/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

/* The reading thread: every file once, in order, with its own text and its own error, however fast either side is. */

#define FILES 200

static char dir[64];
static struct arena *arena;
static struct str names[FILES];

/* A third of the files cannot be parsed, every seventh is not there. */
static void *parse(struct str text, struct arena *a, struct error *err)
{
	int64_t n = 0;
	assert_true(str_to_int(str_trim(text), &n));
	if (n % 3 == 0) {
		error_set(err, ERR_INVALID, "number %lld", (long long)n);
		return NULL;
	}
	int64_t *copy = arena_alloc(a, sizeof *copy);
	assert_non_null(copy);
	*copy = n;
	return copy;
}

static void write_files(size_t padding)
{
	struct error err = { 0 };
	for (size_t i = 0; i < FILES; i++) {
		struct buf out = { 0 };
		names[i] = arena_printf(arena, "%zu.txt", i);
		buf_printf(&out, "%zu", i);
		for (size_t n = 0; i % 50 == 1 && n < padding; n += 64)
			buf_adds(&out, "                                                                ");
		if (i % 7)
			assert_true(file_write(arena_printf(arena, "%s/%zu.txt", dir, i).p, buf_str(&out), &err));
		buf_free(&out);
	}
}

static void check_file(const struct ahead_file *file, size_t i, bool parsed)
{
	assert_int_equal(file->read, i % 7 != 0);
	if (!file->read) {
		assert_int_equal(file->err.code, ERR_NOT_FOUND);
		return;
	}
	int64_t n = -1;
	assert_true(str_to_int(str_trim(file->text), &n) && n == (int64_t)i);
	assert_int_equal(file->parsed != NULL, parsed && i % 3 != 0);
	assert_int_equal(file->err.code, parsed && i % 3 == 0 ? ERR_INVALID : ERR_NONE);
	if (file->parsed)
		assert_int_equal(*(const int64_t *)file->parsed, i);
	if (file->err.code)
		assert_string_equal(file->err.message, arena_printf(arena, "number %zu", i).p);
}

static void read_all(const struct folder_format *format, size_t until)
{
	struct error err = { 0 };
	struct ahead *a = ahead_new(format, dir, names, FILES, &err);
	assert_non_null(a);
	for (size_t i = 0; i < until; i++) {
		if (i % 40 == 0)
			usleep(2000);
		check_file(ahead_next(a), i, format->parse != NULL);
	}
	ahead_free(a);
}

static void files_come_in_order_with_their_errors(void **state)
{
	(void)state;
	static const struct folder_format plain = { 0 }, parsing = { .parse = parse };
	write_files(0);
	read_all(&plain, FILES);
	read_all(&parsing, FILES);
	/* Files that fill what may wait. */
	write_files(IMPORT_AHEAD_BYTES / 2);
	read_all(&parsing, FILES);
}

static void an_import_may_end_early(void **state)
{
	(void)state;
	static const struct folder_format parsing = { .parse = parse };
	struct error err = { 0 };
	write_files(0);
	for (size_t until = 0; until < 20; until++)
		read_all(&parsing, until);
	struct ahead *none = ahead_new(&parsing, dir, names, 0, &err);
	assert_non_null(none);
	ahead_free(none);
	ahead_free(NULL);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)info;
	(void)type;
	(void)at;
	return remove(path);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/kairan-ahead-XXXXXX");
	arena = arena_new();
	return mkdtemp(dir) && arena ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_come_in_order_with_their_errors),
		cmocka_unit_test(an_import_may_end_early),
	};
	return cmocka_run_group_tests_name("transfer/ahead", tests, set_up, tear_down);
}
