#include "../unit.h"

#include "site/site.h"

/* Contrast against values computed by hand from WCAG's definition, and what is promised of every colour. */

static double between(const char *a, const char *b)
{
	unsigned x[3], y[3];
	assert_true(site_colour(str_from(a), x) && site_colour(str_from(b), y));
	return site_contrast(x, y);
}

static void contrast_is_that_of_wcag(void **state)
{
	(void)state;
	assert_true(between("#000000", "#ffffff") > 20.999 && between("#000000", "#FFFFFF") < 21.001);
	assert_true(between("#777777", "#ffffff") > 4.47 && between("#ffffff", "#777777") < 4.49);
	assert_true(between("#767676", "#ffffff") > 4.53 && between("#767676", "#ffffff") < 4.55);
	assert_true(between("#ff0000", "#ffffff") > 3.99 && between("#ff0000", "#ffffff") < 4.01);
}

static void no_other_form_of_colour(void **state)
{
	static const char *const wrong[] = { "", "#fff", "red", "#12345g", "123456#", "#1234567", "#-12345", "#+1+2+3" };
	unsigned rgb[3];
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(site_colour(str_from(wrong[i]), rgb));
}

/* The grounds that are computed with are those of the theme. */
static void the_grounds_are_the_themes(void **state)
{
	const struct embedded_file *css = embedded_find(STR("themes/default/style.css"));
	(void)state;
	assert_non_null(css);
	assert_true(str_find(css->data, STR("--ground: #fbfaf6; --card: #fff;")) >= 0 &&
	            str_find(css->data, STR("--tint: #f0f1ec;")) >= 0);
	assert_true(str_find(css->data, STR("--ground: #15171a; --card: #1e2125;")) >= 0 &&
	            str_find(css->data, STR("--tint: #23272b;")) >= 0);
	assert_true(str_eq(site_ground(false, 0), STR("#fbfaf6")) && str_eq(site_ground(false, 2), STR("#f0f1ec")));
	assert_true(str_eq(site_ground(true, 0), STR("#15171a")) && str_eq(site_ground(true, 1), STR("#1e2125")) &&
	            str_eq(site_ground(true, 2), STR("#23272b")));
}

static void every_colour_is_mended_and_none_that_passes_is_touched(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 4096; v++) {
		for (int dark = 0; dark < 2; dark++) {
			unsigned rgb[3] = { (v >> 8) * 17, (v >> 4 & 15) * 17, (v & 15) * 17 }, was[3] = { rgb[0], rgb[1], rgb[2] };
			bool passed = site_accent_passes(rgb, dark);
			site_accent_mend(rgb, dark);
			assert_true(site_accent_passes(rgb, dark));
			for (int i = 0; i < 3; i++)
				assert_true(passed ? rgb[i] == was[i] : dark ? rgb[i] >= was[i] : rgb[i] <= was[i]);
			/* The nearest: what is mended has not much more than it needs. */
			assert_true(passed || site_accent_contrast(rgb, dark) < 4.75);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contrast_is_that_of_wcag),
		cmocka_unit_test(no_other_form_of_colour),
		cmocka_unit_test(the_grounds_are_the_themes),
		cmocka_unit_test(every_colour_is_mended_and_none_that_passes_is_touched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
