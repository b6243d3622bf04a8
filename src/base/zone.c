#include "base/base.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Time zones from the system's files: TZif as RFC 9636 has it, with the rule at its end for all that comes after. */

#define FOLDER "/usr/share/zoneinfo/"
#define NAME_MAX_HERE 64
#define HEADER 44
#define DAY_SECONDS 86400

struct rule_day {
	char kind;            /* M, J (1 to 365, no leap day) or 0 (0 to 365) */
	int month, week, day; /* day alone for the others */
	int64_t time;         /* seconds after midnight, may be negative */
};

struct zone {
	char name[NAME_MAX_HERE + 1];
	int64_t *times;
	int *offsets; /* from times[i] on */
	size_t n;
	int first; /* before the first */
	bool has_rule, has_dst;
	int standard, summer; /* of the rule */
	struct rule_day start, end;
};

/* ---- the rule (POSIX.1, TZ) ---- */

static bool number(struct str *s, int *out)
{
	size_t i = 0;
	for (*out = 0; i < s->n && i < 4 && s->p[i] >= '0' && s->p[i] <= '9'; i++)
		*out = *out * 10 + s->p[i] - '0';
	*s = str_skip(*s, i);
	return i > 0;
}

static bool take(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_skip(*s, 1);
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool clock_time(struct str *s, int64_t *out)
{
	int part[3] = { 0 };
	bool minus = take(s, '-');
	if (!minus)
		take(s, '+');
	if (!number(s, &part[0]) || (take(s, ':') && (!number(s, &part[1]) || (take(s, ':') && !number(s, &part[2])))))
		return false;
	*out = part[0] * 3600 + part[1] * 60 + part[2];
	if (minus)
		*out = -*out;
	return true;
}

static bool abbreviation(struct str *s)
{
	size_t i = 0;
	if (take(s, '<')) {
		str_split(s, '>');
		return true;
	}
	while (i < s->n && ((s->p[i] | 32) >= 'a' && (s->p[i] | 32) <= 'z'))
		i++;
	*s = str_skip(*s, i);
	return i >= 3;
}

static bool rule_day(struct str *s, struct rule_day *d)
{
	*d = (struct rule_day){ .time = 7200 };
	if (!take(s, ','))
		return false;
	if (take(s, 'M')) {
		d->kind = 'M';
		if (!number(s, &d->month) || !take(s, '.') || !number(s, &d->week) || !take(s, '.') || !number(s, &d->day) ||
		    d->month < 1 || d->month > 12 || d->week < 1 || d->week > 5 || d->day > 6)
			return false;
	} else {
		d->kind = take(s, 'J') ? 'J' : '0';
		if (!number(s, &d->day) || d->day > 365)
			return false;
	}
	return !take(s, '/') || clock_time(s, &d->time);
}

static bool read_rule(struct zone *z, struct str s)
{
	int64_t west;
	if (!abbreviation(&s) || !clock_time(&s, &west))
		return false;
	z->standard = (int)-west;
	z->has_rule = true;
	if (s.n == 0)
		return true;
	z->summer = z->standard + 3600;
	if (!abbreviation(&s))
		return false;
	if (s.n && s.p[0] != ',') {
		if (!clock_time(&s, &west))
			return false;
		z->summer = (int)-west;
	}
	z->has_dst = true;
	return rule_day(&s, &z->start) && rule_day(&s, &z->end) && s.n == 0;
}

/* When the day's time comes in that year, by the clock of `offset`. */
static int64_t rule_time(const struct rule_day *d, int year, int offset)
{
	int64_t first = civil_to_unix((struct civil){ .year = year, .month = 1, .day = 1 });
	bool leap = civil_to_unix((struct civil){ .year = year + 1, .month = 1, .day = 1 }) - first == 366 * DAY_SECONDS;
	if (d->kind != 'M') {
		int day = d->kind == 'J' ? d->day - 1 + (leap && d->day >= 60) : d->day;
		return first + (int64_t)day * DAY_SECONDS + d->time - offset;
	}
	int64_t month = civil_to_unix((struct civil){ .year = year, .month = d->month, .day = 1 });
	struct civil next = { .year = year + d->month / 12, .month = d->month % 12 + 1, .day = 1 };
	/* 1 January 1970 was a Thursday. */
	int weekday = (int)(((month / DAY_SECONDS + 4) % 7 + 7) % 7);
	int64_t at = month + (int64_t)((d->day - weekday + 7) % 7 + (d->week - 1) * 7) * DAY_SECONDS;
	if (at >= civil_to_unix(next))
		at -= (int64_t)7 * DAY_SECONDS;
	return at + d->time - offset;
}

static int offset_by_rule(const struct zone *z, int64_t t)
{
	if (!z->has_dst)
		return z->standard;
	int year = civil_from_unix(t + z->standard).year;
	int64_t from = rule_time(&z->start, year, z->standard), to = rule_time(&z->end, year, z->summer);
	/* South of the equator, summer goes over the new year. */
	bool summer = from < to ? t >= from && t < to : t >= from || t < to;
	return summer ? z->summer : z->standard;
}

/* ---- the file ---- */

static int64_t big_endian(struct str s, size_t at, size_t n)
{
	uint64_t value = n && (unsigned char)s.p[at] >= 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < n; i++)
		value = value << 8 | (unsigned char)s.p[at + i];
	return (int64_t)value;
}

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

/* The header at *at, past which *at moves; then *size says what follows it, with times of `width` bytes. */
static bool read_header(struct str file, size_t *at, size_t width, struct counts *c, size_t *size)
{
	size_t *const out[] = { &c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars };
	if (file.n < *at + HEADER || !str_eq(str_sub(file, *at, *at + 4), STR("TZif")))
		return false;
	for (size_t i = 0; i < 6; i++) {
		int64_t n = big_endian(file, *at + 20 + i * 4, 4);
		if (n < 0 || (size_t)n > file.n)
			return false;
		*out[i] = (size_t)n;
	}
	*at += HEADER;
	*size = c->time * (width + 1) + c->type * 6 + c->chars + c->leap * (width + 4) + c->isstd + c->isut;
	return c->type > 0 && *size <= file.n - *at;
}

static bool read_times(struct zone *z, struct str file, size_t at, const struct counts *c)
{
	size_t indexes = at + c->time * 8, types = indexes + c->time;
	z->times = calloc(c->time + 1, sizeof *z->times);
	z->offsets = calloc(c->time + 1, sizeof *z->offsets);
	if (!z->times || !z->offsets)
		return false;
	z->first = (int)big_endian(file, types, 4);
	for (z->n = 0; z->n < c->time; z->n++) {
		size_t type = (unsigned char)file.p[indexes + z->n];
		if (type >= c->type)
			return false;
		z->times[z->n] = big_endian(file, at + z->n * 8, 8);
		z->offsets[z->n] = (int)big_endian(file, types + type * 6, 4);
	}
	return true;
}

static bool read_file(struct zone *z, struct str file)
{
	struct counts c;
	size_t at = 0, size;
	if (!read_header(file, &at, 4, &c, &size) || file.p[4] < '2')
		return false;
	at += size;
	if (!read_header(file, &at, 8, &c, &size) || !read_times(z, file, at, &c))
		return false;
	struct str rest = str_skip(file, at + size);
	if (!take(&rest, '\n'))
		return false;
	struct str rule = str_split(&rest, '\n');
	return rule.n == 0 || read_rule(z, rule);
}

int zone_offset(const struct zone *z, int64_t t)
{
	size_t from = 0, to = z->n;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (z->times[mid] <= t)
			from = mid + 1;
		else
			to = mid;
	}
	if (from == z->n && z->has_rule)
		return offset_by_rule(z, t);
	return from == 0 ? z->first : z->offsets[from - 1];
}

/* ---- kept once read ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone *kept[ZONES_MAX];
static size_t n_kept;

static bool fine_name(struct str name)
{
	if (name.n == 0 || name.n > NAME_MAX_HERE || str_find(name, STR("..")) >= 0 || str_find(name, STR("//")) >= 0)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i], low = (char)(c | 32);
		bool letter = low >= 'a' && low <= 'z';
		if (!letter && (i == 0 || (!strchr("/_+-", c) && (c < '0' || c > '9'))))
			return false;
	}
	return name.p[name.n - 1] != '/';
}

static void zone_free(struct zone *z)
{
	if (z) {
		free(z->times);
		free(z->offsets);
	}
	free(z);
}

static struct zone *load(struct str name, struct error *err)
{
	struct buf file = { 0 };
	struct arena *arena = arena_new();
	struct zone *z = calloc(1, sizeof *z);
	struct str path = arena ? arena_printf(arena, FOLDER "%.*s", (int)name.n, name.p) : STR("");
	bool ok = z && path.n && file_read(path.p, ZONE_MAX, &file, err) && read_file(z, buf_str(&file));
	buf_free(&file);
	arena_free(arena);
	if (ok) {
		memcpy(z->name, name.p, name.n);
		return z;
	}
	zone_free(z);
	error_set(err, ERR_NOT_FOUND, "there is no time zone \"%.*s\"", (int)name.n, name.p);
	return NULL;
}

const struct zone *zone_find(struct str name, struct error *err)
{
	struct zone *z = NULL;
	if (!fine_name(name)) {
		error_set(err, ERR_NOT_FOUND, "there is no such time zone");
		return NULL;
	}
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_kept && !z; i++) {
		if (str_eq(str_from(kept[i]->name), name))
			z = kept[i];
	}
	if (!z && n_kept == ZONES_MAX)
		error_set(err, ERR_TOO_LARGE, "more than %d time zones were asked for; start anew", ZONES_MAX);
	else if (!z && (z = load(name, err)))
		kept[n_kept++] = z;
	pthread_mutex_unlock(&lock);
	return z;
}

bool zone_names(struct str **out, size_t *n, struct arena *arena)
{
	struct error ignored = { 0 };
	struct buf file = { 0 };
	*n = 0;
	*out = arena_array(arena, ZONE_NAMES_MAX, sizeof **out);
	/* A line each: countries, place on the globe, name. Without the file there is nothing to offer. */
	if (*out && file_read(FOLDER "zone1970.tab", ZONE_MAX, &file, &ignored)) {
		struct str rest = buf_take(&file, arena);
		while (rest.n && *n < ZONE_NAMES_MAX) {
			struct str line = str_split(&rest, '\n');
			if (line.n == 0 || line.p[0] == '#')
				continue;
			str_split(&line, '\t');
			str_split(&line, '\t');
			(*out)[(*n)++] = str_split(&line, '\t');
		}
	}
	buf_free(&file);
	return *out != NULL;
}
