#include "cli/progress.h"

#include <stdio.h>

static int time_left(char *out, size_t size, double seconds)
{
	long s = seconds < 0 ? 0 : seconds > 3.6e8 ? 360000000 : (long)(seconds + 0.5);
	if (s >= 3600)
		return snprintf(out, size, "%ld h %ld min left", s / 3600, s / 60 % 60);
	if (s >= 60)
		return snprintf(out, size, "%ld min %ld s left", s / 60, s % 60);
	return snprintf(out, size, "%ld s left", s);
}

const char *progress_line(char *out, size_t size, size_t articles, double part, double seconds)
{
	bool known = part > 0 && part <= 1;
	int n = 0;
	if (articles)
		n = snprintf(out, size, "%zu articles, %.0f a second", articles, seconds > 0 ? (double)articles / seconds : 0);
	else
		n = snprintf(out, size, "reading");
	if (known && n > 0 && (size_t)n < size)
		n += snprintf(out + n, size - (size_t)n, ", %.0f %%", part * 100);
	/* After a moment there is enough to judge by. */
	if (known && articles && part > 0.005 && n > 0 && (size_t)n + 2 < size) {
		n += snprintf(out + n, size - (size_t)n, ", ");
		time_left(out + n, size - (size_t)n, seconds * (1 - part) / part);
	}
	return out;
}
