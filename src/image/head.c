#include "image/image.h"

#include <string.h>

#define SIDE_MAX 65535

static unsigned be16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static unsigned be32(const unsigned char *p)
{
	return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

static unsigned le16(const unsigned char *p)
{
	return (unsigned)p[1] << 8 | p[0];
}

static unsigned le24(const unsigned char *p)
{
	return (unsigned)p[2] << 16 | (unsigned)p[1] << 8 | p[0];
}

/* The markers of a JPEG file up to a start-of-frame (ITU T.81, annex B). */
static bool jpeg(const unsigned char *p, size_t n, unsigned *w, unsigned *h)
{
	for (size_t at = 2; at + 9 < n;) {
		if (p[at] != 0xFF)
			return false;
		unsigned marker = p[at + 1];
		if (marker == 0xFF) {
			at++;
			continue;
		}
		bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
		if (frame) {
			*h = be16(p + at + 5);
			*w = be16(p + at + 7);
			return true;
		}
		at += 2 + (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8) ? 0 : be16(p + at + 2));
	}
	return false;
}

/* RIFF container: VP8, VP8L, VP8X (Google's WebP container specification). */
static bool webp(const unsigned char *p, size_t n, unsigned *w, unsigned *h)
{
	if (n < 30)
		return false;
	if (memcmp(p + 12, "VP8 ", 4) == 0) {
		*w = le16(p + 26) & 0x3fff;
		*h = le16(p + 28) & 0x3fff;
		return true;
	}
	if (memcmp(p + 12, "VP8L", 4) == 0) {
		*w = 1 + ((unsigned)p[21] | ((unsigned)p[22] & 0x3f) << 8);
		*h = 1 + ((unsigned)p[22] >> 6 | (unsigned)p[23] << 2 | ((unsigned)p[24] & 0x0f) << 10);
		return true;
	}
	if (memcmp(p + 12, "VP8X", 4) != 0)
		return false;
	*w = 1 + le24(p + 24);
	*h = 1 + le24(p + 27);
	return true;
}

/* The first image spatial extents box of an AVIF file (ISO/IEC 23008-12, 6.5.3). */
static bool avif(const unsigned char *p, size_t n, unsigned *w, unsigned *h)
{
	const unsigned char *box = memmem(p, n, "ispe", 4);
	if (!box || (size_t)(box - p) + 16 > n)
		return false;
	*w = be32(box + 8);
	*h = be32(box + 12);
	return true;
}

static bool read_size(struct str data, struct str *type, unsigned *w, unsigned *h)
{
	const unsigned char *p = (const unsigned char *)data.p;
	if (data.n >= 24 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0) {
		*type = STR("image/png");
		*w = be32(p + 16);
		*h = be32(p + 20);
		return true;
	}
	if (data.n >= 10 && (memcmp(p, "GIF87a", 6) == 0 || memcmp(p, "GIF89a", 6) == 0)) {
		*type = STR("image/gif");
		*w = le16(p + 6);
		*h = le16(p + 8);
		return true;
	}
	if (data.n >= 4 && p[0] == 0xFF && p[1] == 0xD8 && p[2] == 0xFF) {
		*type = STR("image/jpeg");
		return jpeg(p, data.n, w, h);
	}
	if (data.n >= 16 && memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0) {
		*type = STR("image/webp");
		return webp(p, data.n, w, h);
	}
	if (data.n >= 16 && memcmp(p + 4, "ftypavif", 8) == 0) {
		*type = STR("image/avif");
		return avif(p, data.n, w, h);
	}
	return false;
}

bool image_read(struct str data, struct str *type, int *width, int *height)
{
	unsigned w = 0, h = 0;
	if (!read_size(data, type, &w, &h) || w == 0 || h == 0 || w > SIDE_MAX || h > SIDE_MAX)
		return false;
	*width = (int)w;
	*height = (int)h;
	return true;
}

struct str image_other_kind(struct str data)
{
	static const struct {
		const char *start, *name;
		size_t at;
	} kinds[] = { { "%PDF-", "PDF", 0 }, { "II*", "TIFF", 0 }, { "MM", "TIFF", 0 }, { "BM", "BMP", 0 },
		{ "ftyphei", "HEIC", 4 }, { "ftypmif", "HEIC", 4 }, { "<svg", "SVG", 0 } };
	struct str s = str_trim(str_sub(data, 0, 1024));
	if (str_starts(s, STR("\xEF\xBB\xBF")))
		s = str_skip(s, 3);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (str_starts(str_skip(s, kinds[i].at), str_from(kinds[i].start)))
			return str_from(kinds[i].name);
	}
	bool markup = str_starts(s, STR("<?xml")) || str_starts(s, STR("<!"));
	return markup && str_find_ci(s, STR("<svg")) >= 0 ? STR("SVG") : STR("");
}

const char *image_extension(struct str type)
{
	static const char *const names[][2] = { { "image/png", "png" }, { "image/jpeg", "jpg" }, { "image/gif", "gif" },
		{ "image/webp", "webp" }, { "image/avif", "avif" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq(type, str_from(names[i][0])))
			return names[i][1];
	}
	return "bin";
}
