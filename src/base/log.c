#include "base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_LINE_MAX 1024

static atomic_int level_now = LOG_INFO;

void log_set_level(enum log_level level)
{
	atomic_store(&level_now, (int)level);
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_ERROR:
		return "error";
	case LOG_WARN:
		return "warning";
	case LOG_INFO:
		return "info";
	case LOG_DEBUG:
		return "debug";
	}
	return "?";
}

/* systemd names the journal's socket here and stamps lines itself. */
static void time_prefix(char *out, size_t size)
{
	out[0] = '\0';
	if (getenv("JOURNAL_STREAM"))
		return;
	struct civil c = civil_from_unix(clock_now());
	snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02dZ ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

void log_msg(enum log_level level, const char *fmt, ...)
{
	if ((int)level > atomic_load(&level_now))
		return;
	char line[LOG_LINE_MAX], when[40];
	va_list args;
	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	/* A line is a line: what came from outside cannot forge another. */
	for (char *c = line; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	time_prefix(when, sizeof when);
	fprintf(stderr, "%s%s: %s\n", when, level_name(level), line);
}

void log_error(const struct error *err, const char *what)
{
	if (err->detail[0])
		log_msg(LOG_ERROR, "%s: %s (%s)", what, err->message, err->detail);
	else
		log_msg(LOG_ERROR, "%s: %s", what, err->message);
}
