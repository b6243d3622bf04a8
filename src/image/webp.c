#include "image/inner.h"

#include <string.h>

#define RIFF_HEAD 12
#define CHUNK_HEAD 8

static uint32_t le32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

/* libvips writes an EXIF chunk of its own making even where it is told to write none. The list of chunks is that of Google's
 * WebP container specification. */
struct str webp_bare(struct str data, struct arena *arena)
{
	struct buf out = { 0 };
	if (data.n < RIFF_HEAD)
		return data;
	buf_add(&out, str_sub(data, 0, RIFF_HEAD));
	for (size_t at = RIFF_HEAD; at + CHUNK_HEAD <= data.n;) {
		const char *chunk = data.p + at;
		size_t n = CHUNK_HEAD + (size_t)le32(chunk + 4) + (le32(chunk + 4) & 1);
		bool goes = memcmp(chunk, "EXIF", 4) == 0 || memcmp(chunk, "XMP ", 4) == 0 || memcmp(chunk, "ICCP", 4) == 0;
		if (!goes)
			buf_add(&out, str_sub(data, at, at + n));
		if (memcmp(chunk, "VP8X", 4) == 0 && out.p && out.n > RIFF_HEAD + CHUNK_HEAD)
			out.p[RIFF_HEAD + CHUNK_HEAD] = (char)(out.p[RIFF_HEAD + CHUNK_HEAD] & ~(0x20 | 0x08 | 0x04));
		at += n;
	}
	for (size_t i = 0; i < 4 && out.p; i++)
		out.p[4 + i] = (char)((out.n - CHUNK_HEAD) >> (8 * i));
	return buf_take(&out, arena);
}
