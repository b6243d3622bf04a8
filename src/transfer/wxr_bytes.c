#include "transfer/wxr_bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define CHUNK (64 * KIB)
#define RATIO_FREE (64 * MIB) /* unpacked bytes before the ratio is looked at */

struct wxr_bytes {
	gzFile file;
	uint64_t size, unpacked, replaced;
	bool started, packed, as_is, ended;
	size_t waiting; /* bytes of an unfinished character at the start of `raw` */
	char raw[CHUNK];
	struct buf clean;
};

struct wxr_bytes *wxr_bytes_open(const char *file, struct error *err)
{
	struct stat info;
	struct wxr_bytes *b = NULL;
	if (stat(file, &info) != 0) {
		error_set(err, ERR_NOT_FOUND, "cannot open it: %s", strerror(errno));
		return NULL;
	}
	/* It is read twice: first to learn what the articles refer to. */
	if (!S_ISREG(info.st_mode)) {
		error_set(err, ERR_INVALID, "it is no file (a pipe cannot be read twice: write it to a file first)");
		return NULL;
	}
	b = calloc(1, sizeof *b);
	if (b)
		b->file = gzopen(file, "rb");
	if (b && b->file) {
		gzbuffer(b->file, CHUNK);
		b->size = (uint64_t)info.st_size;
		return b;
	}
	error_set(err, b ? ERR_NOT_FOUND : ERR_MEMORY, "cannot open it: %s", strerror(errno));
	free(b);
	return NULL;
}

void wxr_bytes_close(struct wxr_bytes *b)
{
	if (!b)
		return;
	gzclose(b->file);
	buf_free(&b->clean);
	free(b);
}

double wxr_bytes_part(const struct wxr_bytes *b)
{
	z_off_t at = gzoffset(b->file);
	return b->size && at > 0 ? (double)at / (double)b->size : 0;
}

uint64_t wxr_bytes_replaced(const struct wxr_bytes *b)
{
	return b->replaced;
}

/* The length of the character at s.p, 0 when it is none, -1 when it may go on after the end. */
static int character(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	int n = c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
	if (n == 0)
		return 0;
	for (int i = 1; i < n; i++) {
		if ((size_t)i >= s.n)
			return -1;
		unsigned char d = (unsigned char)s.p[i];
		bool fits = (d & 0xC0) == 0x80;
		if (i == 1)
			fits = fits && !(c == 0xE0 && d < 0xA0) && !(c == 0xED && d > 0x9F) && !(c == 0xF0 && d < 0x90) &&
			       !(c == 0xF4 && d > 0x8F);
		if (!fits)
			return 0;
	}
	bool none = n == 3 && c == 0xEF && (unsigned char)s.p[1] == 0xBF && (unsigned char)s.p[2] >= 0xBE;
	return none ? 0 : n;
}

static bool is_plain(unsigned char c)
{
	return c < 0x80 && (c >= ' ' || c == '\n' || c == '\t' || c == '\r');
}

size_t wxr_clean(struct buf *out, struct str in, bool last, uint64_t *replaced)
{
	size_t kept = 0, at = 0;
	while (at < in.n) {
		if (is_plain((unsigned char)in.p[at])) {
			at++;
			continue;
		}
		bool control = (unsigned char)in.p[at] < 0x80;
		int n = control ? 0 : character(str_skip(in, at));
		if (n > 0) {
			at += (size_t)n;
			continue;
		}
		if (n < 0 && !last)
			break;
		buf_add(out, str_sub(in, kept, at));
		buf_adds(out, control ? " " : "\xEF\xBF\xBD");
		++*replaced;
		kept = ++at;
	}
	buf_add(out, str_sub(in, kept, at));
	return at;
}

/* White space before the declaration (a stray line of a plug-in) would be a fault, and other encodings are the parser's. */
static struct str start(struct wxr_bytes *b, struct str raw)
{
	struct str head = str_sub(raw, 0, 200);
	ptrdiff_t named = str_find(head, STR("encoding="));
	if (named >= 0)
		b->as_is = !str_starts_ci(str_skip(head, (size_t)named + 10), STR("utf-8"));
	if (raw.n >= 2 && ((unsigned char)raw.p[0] >= 0xFE || raw.p[0] == '\0' || raw.p[1] == '\0'))
		b->as_is = true;
	b->started = true;
	b->packed = gzdirect(b->file) == 0;
	while (!b->as_is && raw.n && strchr(" \t\r\n", raw.p[0]) && raw.p[0])
		raw = str_skip(raw, 1);
	return raw;
}

static bool bounded(const struct wxr_bytes *b, struct error *err)
{
	uint64_t packed = (uint64_t)gzoffset(b->file);
	if (!b->packed || b->unpacked < RATIO_FREE || b->unpacked / WXR_RATIO_MAX <= packed)
		return true;
	return error_set(err, ERR_TOO_LARGE, "the gzip file unpacks to more than %d times its size", WXR_RATIO_MAX);
}

static bool read_some(struct wxr_bytes *b, struct error *err)
{
	int n = gzread(b->file, b->raw + b->waiting, (unsigned)(CHUNK - b->waiting)), code = Z_OK;
	const char *why = gzerror(b->file, &code);
	if (n < 0 || (code != Z_OK && code != Z_STREAM_END))
		return error_set(err, ERR_INVALID, "the gzip file is broken: %s", code == Z_ERRNO ? strerror(errno) : why);
	b->unpacked += (uint64_t)n;
	b->waiting += (size_t)n;
	b->ended = n == 0;
	return bounded(b, err);
}

bool wxr_bytes_next(struct wxr_bytes *b, struct str *chunk, struct error *err)
{
	buf_clear(&b->clean);
	while (!b->ended && b->clean.n == 0) {
		if (!read_some(b, err))
			return false;
		struct str raw = str_of(b->raw, b->waiting);
		if (!b->started)
			raw = start(b, raw);
		size_t used = raw.n;
		if (b->as_is)
			buf_add(&b->clean, raw);
		else
			used = wxr_clean(&b->clean, raw, b->ended, &b->replaced);
		b->waiting = raw.n - used;
		memmove(b->raw, raw.p + used, b->waiting);
	}
	*chunk = buf_str(&b->clean);
	return b->clean.failed ? error_memory(err) : true;
}
