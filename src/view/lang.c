#include "view/view.h"

static const char *const MONTHS[] = { "January", "February", "March", "April", "May", "June", "July", "August",
	"September", "October", "November", "December" };

static bool is(struct str lang, struct str want)
{
	return str_starts_ci(lang, want) && (lang.n == want.n || lang.p[want.n] == '-');
}

/* Month and day are 0 where they are not known. */
static struct str date(struct arena *a, struct str lang, int year, int month, int day)
{
	if (is(lang, STR("ja")) || is(lang, STR("zh"))) {
		if (day)
			return arena_printf(a, "%d年%d月%d日", year, month, day);
		return month ? arena_printf(a, "%d年%d月", year, month) : arena_printf(a, "%d年", year);
	}
	if (is(lang, STR("en"))) {
		if (day && month > 0 && month <= 12)
			return arena_printf(a, "%d %s %d", day, MONTHS[month - 1], year);
		return month > 0 && month <= 12 ? arena_printf(a, "%s %d", MONTHS[month - 1], year)
		                                : arena_printf(a, "%d", year);
	}
	if (day)
		return arena_printf(a, "%04d-%02d-%02d", year, month, day);
	return month ? arena_printf(a, "%04d-%02d", year, month) : arena_printf(a, "%d", year);
}

struct str view_date(struct arena *a, struct str lang, int64_t t, int offset)
{
	struct civil c = civil_from_unix(t + offset);
	return date(a, lang, c.year, c.month, c.day);
}

struct str view_partial_date(struct arena *a, struct str lang, struct str iso)
{
	struct str rest = iso;
	int64_t year = 0, month = 0, day = 0;
	struct str y = str_split(&rest, '-'), m = str_split(&rest, '-'), d = str_sub(rest, 0, 2);
	if (!str_to_int(y, &year) || year < 1 || year > 9999)
		return iso;
	if (m.n && (!str_to_int(m, &month) || month < 1 || month > 12))
		return iso;
	if (d.n && (!str_to_int(d, &day) || day < 1 || day > 31))
		return iso;
	return date(a, lang, (int)year, (int)month, (int)day);
}

struct str view_number(struct arena *a, struct str lang, int64_t n)
{
	struct str digits = arena_printf(a, "%lld", (long long)n);
	struct buf out = { 0 };
	(void)lang; /* the languages of the interface all group by threes with a comma */
	for (size_t i = 0; i < digits.n; i++) {
		if (i && (digits.n - i) % 3 == 0 && digits.p[i - 1] != '-')
			buf_addc(&out, ',');
		buf_addc(&out, digits.p[i]);
	}
	return buf_take(&out, a);
}

struct str view_lang_name(struct str lang)
{
	static const char *const names[][2] = { { "ja", "日本語" }, { "en", "English" }, { "zh", "中文" },
		{ "ko", "한국어" }, { "de", "Deutsch" }, { "fr", "Français" }, { "es", "Español" }, { "pt", "Português" },
		{ "it", "Italiano" }, { "nl", "Nederlands" }, { "ru", "Русский" }, { "uk", "Українська" }, { "pl", "Polski" },
		{ "cs", "Čeština" }, { "sv", "Svenska" }, { "da", "Dansk" }, { "nb", "Norsk bokmål" }, { "fi", "Suomi" },
		{ "el", "Ελληνικά" }, { "tr", "Türkçe" }, { "ar", "العربية" }, { "fa", "فارسی" }, { "he", "עברית" },
		{ "hi", "हिन्दी" }, { "th", "ไทย" }, { "vi", "Tiếng Việt" }, { "id", "Bahasa Indonesia" }, { "hu", "Magyar" },
		{ "ro", "Română" }, { "my", "မြန်မာ" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (is(lang, str_from(names[i][0])))
			return str_from(names[i][1]);
	}
	return lang;
}
