#include "site/site.h"

#include <math.h>

/* Relative luminance and contrast as WCAG 2.2 defines them, and what the built-in theme needs of an accent. */

#define TEXT_CONTRAST 4.5 /* success criterion 1.4.3 */
#define MADE_CONTRAST 5.5 /* what we choose ourselves is not just enough */

/* What the accent stands on as text, and what stands on it in buttons: --ground, --card and --tint of style.css. */
static const char *const GROUNDS[2][SITE_GROUNDS] = { { "#fbfaf6", "#ffffff", "#f0f1ec" },
	{ "#15171a", "#1e2125", "#23272b" } };

static double channel(unsigned v)
{
	double c = v / 255.0;
	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(const unsigned rgb[3])
{
	return 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
}

double site_contrast(const unsigned a[3], const unsigned b[3])
{
	double x = luminance(a), y = luminance(b);
	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

bool site_colour(struct str s, unsigned rgb[3])
{
	if (s.n != 7 || s.p[0] != '#')
		return false;
	for (size_t i = 0; i < 3; i++) {
		rgb[i] = 0;
		for (size_t j = 1; j <= 2; j++) {
			char c = s.p[i * 2 + j];
			bool digit = c >= '0' && c <= '9', lower = c >= 'a' && c <= 'f', upper = c >= 'A' && c <= 'F';
			if (!digit && !lower && !upper)
				return false;
			rgb[i] = rgb[i] * 16 + (unsigned)(digit ? c - '0' : lower ? c - 'a' + 10 : c - 'A' + 10);
		}
	}
	return true;
}

struct str site_ground(bool dark, size_t i)
{
	return str_from(GROUNDS[dark][i]);
}

double site_accent_contrast(const unsigned rgb[3], bool dark)
{
	double least = 21;
	for (size_t i = 0; i < SITE_GROUNDS; i++) {
		unsigned ground[3] = { 0 };
		site_colour(site_ground(dark, i), ground);
		double c = site_contrast(rgb, ground);
		least = c < least ? c : least;
	}
	return least;
}

bool site_accent_passes(const unsigned rgb[3], bool dark)
{
	return site_accent_contrast(rgb, dark) >= TEXT_CONTRAST;
}

/* The hue stays: each step mixes a little more of black (on dark grounds: of white) into it. */
static void mix(unsigned rgb[3], bool dark, double wanted)
{
	const unsigned from[3] = { rgb[0], rgb[1], rgb[2] }, towards = dark ? 255 : 0;
	for (unsigned step = 1; step <= 255 && site_accent_contrast(rgb, dark) < wanted; step++) {
		for (size_t i = 0; i < 3; i++)
			rgb[i] = (from[i] * (255 - step) + towards * step + 127) / 255;
	}
}

void site_accent_mend(unsigned rgb[3], bool dark)
{
	mix(rgb, dark, TEXT_CONTRAST);
}

void site_accents(const struct settings *s, unsigned light[3], unsigned dark[3])
{
	if (!site_colour(s->accent, light))
		site_colour(STR("#0b5a6f"), light);
	if (site_colour(s->accent_dark, dark)) {
		site_accent_mend(dark, true);
	} else {
		for (size_t i = 0; i < 3; i++)
			dark[i] = light[i];
		mix(dark, true, MADE_CONTRAST);
	}
	site_accent_mend(light, false);
}
