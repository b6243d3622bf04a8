#include "base/base.h"

#include <time.h>

int64_t clock_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec;
}

uint64_t clock_mono_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March so that the leap day is
 * the last of a year (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t days_from_civil(int64_t y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

int64_t civil_to_unix(struct civil c)
{
	int64_t days = days_from_civil(c.year, c.month, c.day);
	return days * 86400 + (int64_t)c.hour * 3600 + (int64_t)c.minute * 60 + c.second;
}

struct civil civil_from_unix(int64_t t)
{
	int64_t days = (t >= 0 ? t : t - 86399) / 86400;
	int64_t rest = t - days * 86400;
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t doe = days - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct civil c;
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

/* Exactly n digits at *s, which moves on. */
static bool digits(struct str *s, size_t n, int *out)
{
	int v = 0;
	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = str_skip(*s, n);
	*out = v;
	return true;
}

static bool literal(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_skip(*s, 1);
	return true;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static bool parse_date(struct str *s, struct civil *c)
{
	if (!digits(s, 4, &c->year) || !literal(s, '-') || !digits(s, 2, &c->month) || !literal(s, '-') ||
	    !digits(s, 2, &c->day))
		return false;
	return c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= days_in_month(c->year, c->month);
}

static bool parse_clock(struct str *s, struct civil *c)
{
	if (!digits(s, 2, &c->hour) || !literal(s, ':') || !digits(s, 2, &c->minute))
		return false;
	if (literal(s, ':')) {
		if (!digits(s, 2, &c->second))
			return false;
		if (literal(s, '.')) {
			while (s->n && s->p[0] >= '0' && s->p[0] <= '9')
				*s = str_skip(*s, 1);
		}
	}
	return c->hour < 24 && c->minute < 60 && c->second <= 60;
}

static bool parse_zone(struct str *s, int *offset)
{
	if (literal(s, 'Z') || literal(s, 'z')) {
		*offset = 0;
		return true;
	}
	int sign = literal(s, '+') ? 1 : literal(s, '-') ? -1 : 0;
	int hours, minutes;
	if (!sign || !digits(s, 2, &hours))
		return false;
	literal(s, ':');
	if (!digits(s, 2, &minutes) || hours > 18 || minutes > 59)
		return false;
	*offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool time_parse(struct str s, int default_offset, int64_t *out)
{
	struct civil c = { 0 };
	int offset = default_offset;
	s = str_trim(s);
	if (!parse_date(&s, &c))
		return false;
	if (literal(&s, 'T') || literal(&s, 't') || literal(&s, ' ')) {
		s = str_trim(s);
		if (!parse_clock(&s, &c))
			return false;
		s = str_trim(s);
		if (s.n && !parse_zone(&s, &offset))
			return false;
	}
	if (s.n)
		return false;
	*out = civil_to_unix(c) - offset;
	return true;
}

struct str time_rfc3339(struct arena *a, int64_t t)
{
	struct civil c = civil_from_unix(t);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

struct str time_http(struct arena *a, int64_t t)
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
		"Dec" };
	struct civil c = civil_from_unix(t);
	int64_t day = (t >= 0 ? t : t - 86399) / 86400 % 7;
	return arena_printf(a, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[(day + 7) % 7], c.day, months[c.month - 1],
	    c.year, c.hour, c.minute, c.second);
}
