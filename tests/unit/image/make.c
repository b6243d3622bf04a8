#include "../unit.h"

#include "image/image.h"

#include <stdio.h>

/* Pictures as they come from outside, hostile ones among them. The child that decodes is this test, run again. */

static struct arena *arena;
static bool decodes;

static struct str file(const char *name)
{
	struct error err = { 0 };
	struct buf bytes = { 0 };
	struct str path = arena_printf(arena, DATA_DIR "/%s", name);
	assert_true(file_read(path.p, MEDIA_MAX, &bytes, &err));
	return buf_take(&bytes, arena);
}

static int begin(void **state)
{
	struct image_powers powers;
	struct error err = { 0 };
	(void)state;
	arena = arena_new();
	decodes = image_powers(&powers, &err) && powers.webp;
	if (!decodes)
		printf("skipped: images: %s\n", err.message);
#ifdef __linux__
	else
		assert_true(powers.confined);
#endif
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct image_made *size_of(const struct image_set *set, int width, const char *type)
{
	for (size_t i = 0; i < set->n_sizes; i++) {
		if (set->sizes[i].width == width && str_eq(set->sizes[i].type, str_from(type)))
			return &set->sizes[i];
	}
	return NULL;
}

static void each_type_is_told_by_its_content(void **state)
{
	static const struct {
		const char *name, *type;
		int width, height;
	} files[] = { { "exif.jpg", "image/jpeg", 80, 48 }, { "text.png", "image/png", 80, 48 },
		{ "moving.gif", "image/gif", 80, 48 }, { "plain.webp", "image/webp", 80, 48 },
		{ "plain.avif", "image/avif", 80, 48 }, { "bomb.png", "image/png", 30000, 30000 } };
	struct str type;
	int width, height;
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct str data = file(files[i].name);
		assert_true(image_read(data, &type, &width, &height));
		check_str(type, files[i].type);
		assert_int_equal(width, files[i].width);
		assert_int_equal(height, files[i].height);
		for (size_t n = 0; n < data.n && n < 64; n++)
			image_read(arena_dup(arena, str_sub(data, 0, n)), &type, &width, &height);
	}
}

static void what_is_refused_has_a_name(void **state)
{
	static const struct {
		const char *bytes, *name;
	} files[] = { { "<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG" },
		{ "\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- x -->\n<svg/>", "SVG" }, { "%PDF-1.7", "PDF" },
		{ "\0\0\0\x18"
		  "ftypheic....",
		    "" },
		{ "II*\0", "TIFF" }, { "BM....", "BMP" }, { "hello", "" }, { "", "" }, { "<!DOCTYPE html><p>", "" } };
	struct str heic = STR("\0\0\0\x18"
	                      "ftypheic\0\0\0\0");
	struct error err = { 0 };
	struct image_set set;
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct str data = str_from(files[i].bytes);
		check_str(image_other_kind(data), files[i].name);
		assert_false(image_make(data, IMAGE_WHOLE, &set, arena, &err));
		assert_int_equal(err.code, ERR_INVALID);
	}
	check_str(image_other_kind(heic), "HEIC");
}

static void nothing_but_the_picture_stays(void **state)
{
	static const char *const names[] = { "exif.jpg", "text.png" };
	static const char *const secrets[] = { "Secret", "Exif", "xmpmeta", "tEXt", "GPS" };
	(void)state;
	if (!decodes)
		skip();
	for (size_t i = 0; i < 2; i++) {
		struct image_set set;
		struct error err = { 0 };
		struct str data = file(names[i]);
		assert_true(memmem(data.p, data.n, "Secret", 6) != NULL);
		assert_true(image_make(data, IMAGE_WHOLE | IMAGE_SIZES, &set, arena, &err));
		for (size_t j = 0; j < sizeof secrets / sizeof *secrets; j++) {
			assert_null(memmem(set.whole.data.p, set.whole.data.n, secrets[j], strlen(secrets[j])));
			for (size_t k = 0; k < set.n_sizes; k++)
				assert_null(memmem(set.sizes[k].data.p, set.sizes[k].data.n, secrets[j], strlen(secrets[j])));
		}
		/* It was taken with the camera on its side. */
		assert_int_equal(set.whole.width, i == 0 ? 48 : 80);
		assert_int_equal(set.whole.height, i == 0 ? 80 : 48);
	}
}

static void each_type_comes_out_as_it_came_in(void **state)
{
	static const char *const names[] = { "cmyk.jpg", "p3.jpg", "deep.png", "moving.gif", "plain.webp", "plain.avif" };
	(void)state;
	if (!decodes)
		skip();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct image_set set;
		struct error err = { 0 };
		struct str data = file(names[i]), type;
		int width, height;
		assert_true(image_read(data, &type, &width, &height));
		assert_true(image_make(data, IMAGE_WHOLE, &set, arena, &err));
		assert_true(str_eq(set.whole.type, type));
		assert_int_equal(set.whole.width, width);
		assert_int_equal(set.whole.height, height);
		assert_int_equal(set.n_sizes, 0);
		/* No profile of colours is left: its numbers mean sRGB now. */
		assert_null(memmem(set.whole.data.p, set.whole.data.n, "ICC_PROFILE", 11));
	}
}

static void an_animation_moves_on(void **state)
{
	struct image_set set;
	struct error err = { 0 };
	(void)state;
	if (!decodes)
		skip();
	assert_true(image_make(file("moving.gif"), IMAGE_WHOLE | IMAGE_SIZES, &set, arena, &err));
	size_t frames = 0;
	for (size_t i = 0; i + 2 < set.whole.data.n; i++)
		frames += memcmp(set.whole.data.p + i, "\x21\xF9\x04", 3) == 0;
	assert_int_equal(frames, 3);
	for (size_t i = 0; i < set.n_sizes; i++) {
		check_str(set.sizes[i].type, "image/webp");
		assert_non_null(memmem(set.sizes[i].data.p, set.sizes[i].data.n, "ANMF", 4));
	}
}

static void narrower_ones_are_made_and_are_worth_it(void **state)
{
	struct image_set set;
	struct image_powers powers;
	struct error err = { 0 };
	(void)state;
	if (!decodes)
		skip();
	assert_true(image_powers(&powers, &err));
	assert_true(image_make(file("big.jpg"), IMAGE_WHOLE | IMAGE_SIZES | IMAGE_LATER, &set, arena, &err));
	assert_int_equal(set.whole.width, 2000);
	const struct image_made *narrow = size_of(&set, 480, "image/webp"), *wide = size_of(&set, 1600, "image/webp");
	assert_non_null(narrow);
	assert_non_null(wide);
	assert_int_equal(narrow->height, 288);
	assert_true(narrow->data.n < wide->data.n && wide->data.n < set.whole.data.n);
	assert_null(size_of(&set, 2000, "image/webp"));
	const struct image_made *avif = size_of(&set, 1600, "image/avif");
	if (avif)
		assert_true(powers.avif && avif->data.n < wide->data.n);
}

static void bombs_and_rubbish_are_refused(void **state)
{
	struct image_set set;
	struct error err = { 0 };
	struct str whole = file("exif.jpg");
	(void)state;
	assert_false(image_make(file("bomb.png"), IMAGE_WHOLE, &set, arena, &err));
	assert_int_equal(err.code, ERR_TOO_LARGE);
	if (!decodes)
		skip();
	/* The head is right and the rest is not. */
	struct str cut = arena_dup(arena, str_sub(file("text.png"), 0, 40));
	err = (struct error){ 0 };
	assert_false(image_make(cut, IMAGE_WHOLE, &set, arena, &err));
	assert_int_equal(err.code, ERR_INVALID);
	for (unsigned seed = 1; seed < 40; seed++) {
		struct str bent = arena_dup(arena, whole);
		unsigned r = seed * 2654435761u;
		for (int i = 0; i < 8; i++, r = r * 1664525u + 1013904223u)
			((char *)(uintptr_t)bent.p)[60 + r % (bent.n - 60)] = (char)(r >> 24);
		err = (struct error){ 0 };
		if (!image_make(bent, IMAGE_WHOLE | IMAGE_SIZES, &set, arena, &err))
			assert_true(err.code == ERR_INVALID || err.code == ERR_TOO_LARGE);
	}
}

int main(int argc, char **argv)
{
	image_child(argc, argv);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_is_told_by_its_content),
		cmocka_unit_test(what_is_refused_has_a_name),
		cmocka_unit_test(nothing_but_the_picture_stays),
		cmocka_unit_test(each_type_comes_out_as_it_came_in),
		cmocka_unit_test(an_animation_moves_on),
		cmocka_unit_test(narrower_ones_are_made_and_are_worth_it),
		cmocka_unit_test(bombs_and_rubbish_are_refused),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
