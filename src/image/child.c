#include "image/inner.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The child: one file in, pictures out, over the socket that is its standard input and output. */

static bool write_all(const void *bytes, size_t n)
{
	for (const char *p = bytes; n > 0;) {
		ssize_t done = write(STDOUT_FILENO, p, n);
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static bool emit(enum record_kind kind, const void *bytes, size_t n)
{
	struct record record = { .kind = (uint32_t)kind, .bytes = (uint32_t)n };
	return n <= IMAGE_ANSWER_MAX && write_all(&record, sizeof record) && write_all(bytes, n);
}

static char *read_all(size_t *n)
{
	char *data = malloc(MEDIA_MAX);
	for (*n = 0; data && *n < MEDIA_MAX;) {
		ssize_t got = read(STDIN_FILENO, data + *n, MEDIA_MAX - *n);
		if (got < 0)
			return NULL;
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	return data;
}

static enum child_end work(unsigned want)
{
	bool filter;
	size_t n;
	confine_limits((want & IMAGE_LATER) != 0);
	if (!decode_open())
		return CHILD_NO_LIBRARY;
	uint32_t powers = want & WANT_POWERS ? decode_powers() : 0;
	if (!confine_calls(&filter))
		return CHILD_UNCONFINED;
	if (want & WANT_POWERS) {
		struct record record = { .kind = RECORD_POWERS, .powers = powers | (filter ? 4u : 0u) };
		return write_all(&record, sizeof record) ? CHILD_DONE : CHILD_BROKEN;
	}
	char *data = read_all(&n);
	return data ? decode_run(str_of(data, n), want, emit) : CHILD_BROKEN;
}

static const char *program = "kairan";

const char *child_program(void)
{
	return program;
}

void image_child(int argc, char **argv)
{
	int64_t want;
	if (argc > 0)
		program = argv[0];
	if (argc != 3 || strcmp(argv[1], CHILD_ARGUMENT) != 0 || !str_to_int(str_from(argv[2]), &want))
		return;
	for (int fd = STDERR_FILENO + 1; fd < 1024; fd++)
		close(fd);
	/* No handlers of libraries at the end: all that was to be written is. */
	_exit((int)work((unsigned)want));
}
