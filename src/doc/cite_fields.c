#include "doc/cite.h"

#include <string.h>

/* Reads outlet, day of publication and day of access from how people write sources in Japanese and English. What cannot
 * be told stays empty. */

#define DATES_MAX 16
#define OUTLET_MAX 120
#define SOURCE_READ_MAX 2000 /* bytes of a source that are looked at */

struct date {
	size_t from, to;
	int year, month, day; /* 0: not said */
};

static const char *const MONTHS[] = { "january", "february", "march", "april", "may", "june", "july", "august",
	"september", "october", "november", "december" };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* Full-width digits as ASCII ones, in a copy: the lengths of all else stay comparable within it. */
static struct str plain_digits(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		uint32_t cp = utf8_next(s, &at);
		if (cp >= 0xFF10 && cp <= 0xFF19)
			buf_addc(&out, (char)('0' + (cp - 0xFF10)));
		else
			buf_add(&out, str_sub(s, from, at));
	}
	return buf_take(&out, arena);
}

static int number(struct str s, size_t *at, size_t most)
{
	int n = 0;
	size_t i = *at;
	while (i < s.n && i - *at < most && is_digit(s.p[i]))
		n = n * 10 + (s.p[i++] - '0');
	if (i < s.n && is_digit(s.p[i]))
		return 0;
	*at = i;
	return n;
}

static bool take(struct str s, size_t *at, const char *text)
{
	if (!str_starts_ci(str_skip(s, *at), str_from(text)))
		return false;
	*at += strlen(text);
	return true;
}

static void spaces(struct str s, size_t *at)
{
	while (*at < s.n && s.p[*at] == ' ')
		(*at)++;
}

/* 令和6年, 平成30年, 昭和63年; 元年 is the first. */
static int era_year(struct str s, size_t *at)
{
	static const struct {
		const char *name;
		int before;
	} eras[] = { { "令和", 2018 }, { "平成", 1988 }, { "昭和", 1925 } };
	for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
		size_t end = *at;
		if (!take(s, &end, eras[i].name))
			continue;
		int n = take(s, &end, "元") ? 1 : number(s, &end, 2);
		if (!n || !str_starts(str_skip(s, end), STR("年")))
			return 0;
		*at = end;
		return eras[i].before + n;
	}
	return 0;
}

static int year(struct str s, size_t *at)
{
	size_t end = *at;
	int n = number(s, &end, 4);
	if (end - *at != 4 || n < 1800 || n > 2199)
		return 0;
	*at = end;
	return n;
}

/* 2024年5月1日, 2024-05-01, 2024/5/1, 2024.5.1, and their beginnings. */
static bool numeric_date(struct str s, size_t at, struct date *d)
{
	*d = (struct date){ .from = at };
	d->year = era_year(s, &at);
	if (!d->year)
		d->year = year(s, &at);
	if (!d->year)
		return false;
	bool kanji = take(s, &at, "年");
	char separator = at < s.n && strchr("-/.", s.p[at]) ? s.p[at] : 0;
	size_t end = at, more;
	spaces(s, &end);
	if (!kanji && separator)
		end = at + 1;
	d->to = at;
	if ((!kanji && !separator) || (d->month = number(s, &end, 2)) < 1 || d->month > 12 ||
	    (kanji && !take(s, &end, "月"))) {
		d->month = 0;
		return kanji;
	}
	d->to = more = end;
	if (kanji)
		spaces(s, &more);
	else if (more >= s.n || s.p[more++] != separator)
		return separator != '.';
	if ((d->day = number(s, &more, 2)) < 1 || d->day > 31 || (kanji && !take(s, &more, "日"))) {
		d->day = 0;
		return kanji || separator != '.';
	}
	d->to = more;
	return true;
}

static int month_name(struct str s, size_t *at)
{
	for (int i = 0; i < 12; i++) {
		size_t n = 0;
		struct str name = str_from(MONTHS[i]);
		while (n < name.n && *at + n < s.n && (s.p[*at + n] | 32) == name.p[n])
			n++;
		if (n < 3 || (*at + n < s.n && is_letter(s.p[*at + n]) && !(n == 3 && i == 8)))
			continue;
		*at += n;
		if (i == 8 && *at < s.n && (s.p[*at] | 32) == 't')
			(*at)++;
		if (*at < s.n && s.p[*at] == '.')
			(*at)++;
		return i + 1;
	}
	return 0;
}

static int day_number(struct str s, size_t *at)
{
	size_t end = *at;
	int n = number(s, &end, 2);
	if (n < 1 || n > 31)
		return 0;
	if (!take(s, &end, "st") && !take(s, &end, "nd") && !take(s, &end, "rd"))
		take(s, &end, "th");
	*at = end;
	return n;
}

/* 1 May 2024, May 1, 2024, May 2024. */
static bool worded_date(struct str s, size_t at, struct date *d)
{
	*d = (struct date){ .from = at };
	if (at && (is_letter(s.p[at - 1]) || is_digit(s.p[at - 1])))
		return false;
	d->day = day_number(s, &at);
	spaces(s, &at);
	d->month = month_name(s, &at);
	if (!d->month)
		return false;
	spaces(s, &at);
	if (at < s.n && s.p[at] == ',')
		at++;
	spaces(s, &at);
	size_t after = at;
	d->year = year(s, &after);
	if (!d->year && !d->day) {
		d->day = day_number(s, &at);
		if (at < s.n && s.p[at] == ',')
			at++;
		spaces(s, &at);
		after = at;
		d->year = year(s, &after);
	}
	d->to = after;
	return d->year > 0;
}

/* Only where a year stands as a date does: (2024), ", 2024." */
static bool lone_year(struct str s, size_t at, struct date *d)
{
	*d = (struct date){ .from = at };
	char before = at ? s.p[at - 1] : 0;
	bool fullwidth = at >= 3 && memcmp(s.p + at - 3, "（", 3) == 0;
	if (!fullwidth && before != '(' && !(before == ' ' && at > 1 && s.p[at - 2] == ','))
		return false;
	d->year = year(s, &at);
	d->to = at;
	return d->year &&
	       (at == s.n || s.p[at] == ')' || s.p[at] == '.' || s.p[at] == ',' || str_starts(str_skip(s, at), STR("）")));
}

static size_t find_dates(struct str s, struct date *v)
{
	size_t n = 0;
	for (size_t at = 0; at < s.n && n < DATES_MAX;) {
		struct str rest = str_skip(s, at);
		if (str_starts_ci(rest, STR("http://")) || str_starts_ci(rest, STR("https://"))) {
			while (at < s.n && s.p[at] > ' ')
				at++;
			continue;
		}
		bool inside = at && (is_digit(s.p[at - 1]) || is_letter(s.p[at - 1]));
		char c = s.p[at];
		if (!inside && (is_digit(c) || is_letter(c) || (unsigned char)c >= 0xE4) &&
		    ((is_letter(c) ? false : numeric_date(s, at, &v[n])) || worded_date(s, at, &v[n]) ||
		        lone_year(s, at, &v[n]))) {
			at = v[n].to > at ? v[n].to : at + 1;
			n++;
		} else {
			at++;
		}
	}
	return n;
}

static bool ends_with_any(struct str s, const char *const *words, size_t n)
{
	for (;;) {
		s = str_trim(s);
		if (str_ends(s, STR(":")) || str_ends(s, STR("：")) || str_ends(s, STR("(")) || str_ends(s, STR("（")) ||
		    str_ends(s, STR(",")))
			s.n -= strchr(":(,", s.p[s.n - 1]) ? 1 : 3;
		else if (s.n > 3 && str_eq_ci(str_skip(s, s.n - 3), STR(" on")))
			s.n -= 3;
		else
			break;
	}
	for (size_t i = 0; i < n; i++) {
		struct str word = str_from(words[i]);
		if (s.n >= word.n && str_eq_ci(str_skip(s, s.n - word.n), word))
			return true;
	}
	return false;
}

/* "閲覧日：" before, "に閲覧" after, "accessed" before. */
static bool is_access(struct str s, const struct date *d)
{
	static const char *const before[] = { "閲覧日", "閲覧", "アクセス日", "アクセス", "参照日", "取得日", "確認日",
		"accessed", "retrieved", "viewed", "visited", "access date", "access-date", "accessed:" };
	static const char *const after[] = { "閲覧", "最終閲覧", "アクセス", "最終アクセス", "参照", "取得", "確認",
		"最終確認" };
	struct str rest = str_trim(str_skip(s, d->to));
	if (ends_with_any(str_sub(s, 0, d->from), before, sizeof before / sizeof *before))
		return true;
	static const char *const between[] = { "に", "（", "(", "、", "時点", "現在" };
	for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
		if (str_starts(rest, str_from(between[i])))
			rest = str_trim(str_skip(rest, strlen(between[i])));
	}
	for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
		if (str_starts(rest, str_from(after[i])))
			return true;
	}
	return false;
}

static struct str iso(struct arena *arena, const struct date *d)
{
	if (d->day)
		return arena_printf(arena, "%04d-%02d-%02d", d->year, d->month, d->day);
	return d->month ? arena_printf(arena, "%04d-%02d", d->year, d->month) : arena_printf(arena, "%04d", d->year);
}

static int precision(const struct date *d)
{
	return d->day ? 3 : d->month ? 2 : 1;
}

static const struct date *read_dates(struct arena *arena, struct str s, struct doc_citation *c, struct date *v)
{
	const struct date *published = NULL;
	size_t n = find_dates(s, v);
	for (size_t i = 0; i < n; i++) {
		if (is_access(s, &v[i]))
			c->accessed = iso(arena, &v[i]);
		else if (!published || precision(&v[i]) > precision(published))
			published = &v[i];
	}
	if (published)
		c->published = iso(arena, published);
	return published;
}

/* ---- outlet ---- */

static bool is_outlet_name(struct str s)
{
	static const char *const ends[] = { "新聞", "新聞デジタル", "新聞電子版", "ニュース", "NEWS", "News", "通信",
		"放送", "放送協会", "テレビ", "タイムズ", "ポスト", "ジャーナル", "オンライン", "デジタル", "NHK",
		"ウィキペディア", "Wikipedia", "日報", "時報", "新報", "週報", "省", "庁", "委員会", "協会", "連合会", "機構",
		"研究所", "学会", "大学", "出版", "出版社", "書店", "書房", "社", "BBC", "CNN", "Times", "Post", "Guardian",
		"Journal", "Reuters", "ロイター", "Press", "Magazine", "Review", "Today", "Foundation", "Institute",
		"University" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (str_ends(s, str_from(ends[i])))
			return s.n <= OUTLET_MAX;
	}
	return false;
}

/* Up to the next separator. */
static struct str segment(struct str s)
{
	static const char *const stops[] = { "、", "，", ",", "（", "(", "。", ". ", "「", "『", "“", "http", " 20", " 19",
		"｜", "|" };
	size_t end = s.n;
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
		ptrdiff_t at = str_find(str_sub(s, 0, end), str_from(stops[i]));
		if (at >= 0)
			end = (size_t)at;
	}
	s = str_trim(str_sub(s, 0, end));
	return str_ends(s, STR(".")) ? str_sub(s, 0, s.n - 1) : s;
}

static struct str between(struct str s, const char *open, const char *close, size_t *end)
{
	ptrdiff_t from = str_find(s, str_from(open));
	if (from < 0)
		return STR("");
	size_t start = (size_t)from + strlen(open);
	ptrdiff_t n = str_find(str_skip(s, start), str_from(close));
	if (n <= 0)
		return STR("");
	*end = start + (size_t)n + strlen(close);
	return str_sub(s, start, start + (size_t)n);
}

static struct str plausible(struct str s)
{
	size_t at = 0;
	if (s.n == 0 || s.n > OUTLET_MAX || is_digit(s.p[0]))
		return STR("");
	uint32_t cp = utf8_next(s, &at);
	bool word = cp_is_cjk(cp) ? cp > 0x303F && !(cp >= 0xFF01 && cp <= 0xFF0F)
	            : cp < 128    ? is_letter((char)cp)
	                          : cp > 0xBF && cp < 0x2000;
	return word ? s : STR("");
}

/* What follows a title in quotes, up to the date: 「題」朝日新聞、2024年5月1日; “Title,” The Guardian, 1 May 2024. */
static struct str after_title(struct str s, size_t from, const struct date *published)
{
	struct str rest = str_sub(s, from, published && published->from >= from ? published->from : s.n);
	static const char *const skip[] = { "、", "，", ",", "（", "(", ".", "-", "–", "—", "|", "｜" };
	rest = str_trim(rest);
	for (size_t i = 0; i < sizeof skip / sizeof *skip; i++) {
		if (str_starts(rest, str_from(skip[i])))
			rest = str_trim(str_skip(rest, strlen(skip[i])));
	}
	return plausible(segment(rest));
}

/* "Title | NHKニュース": the site's name in a copied title. */
static struct str after_bar(struct str s)
{
	static const char *const bars[] = { " | ", "｜", " - ", " – ", " — " };
	for (size_t i = 0; i < sizeof bars / sizeof *bars; i++) {
		for (struct str rest = s; str_find(rest, str_from(bars[i])) >= 0;) {
			rest = str_skip(rest, (size_t)str_find(rest, str_from(bars[i])) + strlen(bars[i]));
			struct str name = plausible(segment(rest));
			if (name.n && (i < 2 || is_outlet_name(name)))
				return name;
		}
	}
	return STR("");
}

static struct str slanted(struct builder *b, const struct node *item)
{
	for (const struct node *n = item->first; n; n = node_following(n, item)) {
		if (node_is(n, "em") || node_is(n, "i") || node_is(n, "cite"))
			return plausible(node_plain(b, n));
	}
	return STR("");
}

static struct str outlet_of(struct builder *b, const struct node *item, struct str s, const struct date *published)
{
	size_t end = 0;
	struct str name = between(s, "『", "』", &end);
	if (name.n && name.n <= OUTLET_MAX)
		return name;
	name = between(s, "「", "」", &end);
	if (name.n && is_outlet_name(name))
		return name;
	struct str title_end = name.n ? after_title(s, end, published) : STR("");
	if (title_end.n && (is_outlet_name(title_end) || published))
		return title_end;
	if (name.n) {
		struct str first = segment(s);
		return is_outlet_name(first) ? first : STR("");
	}
	name = slanted(b, item);
	if (name.n)
		return name;
	if (between(s, "“", "”", &end).n || between(s, "\"", "\"", &end).n)
		return after_title(s, end, published);
	name = after_bar(s);
	if (name.n)
		return name;
	/* 朝日新聞、2024年5月1日; Title (Reuters). */
	for (struct str rest = s; rest.n;) {
		struct str part = segment(rest);
		if (part.n && is_outlet_name(part))
			return part;
		size_t at = (size_t)(part.n ? part.p + part.n - rest.p : 0);
		if (at < rest.n)
			utf8_next(rest, &at);
		rest = str_skip(rest, at);
	}
	return STR("");
}

void cite_fields(struct builder *b, const struct node *item, struct doc_citation *c)
{
	struct date dates[DATES_MAX];
	struct str s = plain_digits(str_sub(c->text, 0, utf8_floor(c->text, SOURCE_READ_MAX)), b->arena);
	const struct date *published = read_dates(b->arena, s, c, dates);
	c->outlet = outlet_of(b, item, s, published);
}
