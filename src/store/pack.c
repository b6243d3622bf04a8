#include "store/inner.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

/* A text as what makes it of another: how many bytes of the other's beginning and end it shares, and the rest, deflated with
 * the other's rest as the dictionary. "12 340 0 57\n" and the stream: prefix, suffix, the mark, bytes of the rest. */

#define HEAD_MAX 96
#define WINDOW ((size_t)32 * KIB) /* how far back deflate looks */

static size_t common_prefix(struct str a, struct str b)
{
	size_t n = 0;
	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

static size_t common_suffix(struct str a, struct str b)
{
	size_t n = 0;
	while (n < a.n && n < b.n && a.p[a.n - 1 - n] == b.p[b.n - 1 - n])
		n++;
	return n;
}

static struct str dictionary(struct str rest)
{
	return rest.n > WINDOW ? str_skip(rest, rest.n - WINDOW) : rest;
}

static bool zlib_failed(int code, struct error *err)
{
	return code == Z_MEM_ERROR ? error_memory(err)
	                           : error_set(err, ERR_INTERNAL, "a text cannot be packed or unpacked");
}

static bool deflate_rest(struct buf *out, struct str rest, struct str dict, struct arena *arena, struct error *err)
{
	z_stream z = { 0 };
	int code = deflateInit(&z, Z_BEST_COMPRESSION);
	if (code != Z_OK)
		return zlib_failed(code, err);
	if (dict.n)
		code = deflateSetDictionary(&z, (const Bytef *)dict.p, (uInt)dict.n);
	size_t room = deflateBound(&z, (uLong)rest.n);
	char *bytes = arena_alloc(arena, room ? room : 1);
	z.next_in = (Bytef *)(uintptr_t)rest.p;
	z.avail_in = (uInt)rest.n;
	z.next_out = (Bytef *)bytes;
	z.avail_out = (uInt)room;
	if (bytes && code == Z_OK)
		code = deflate(&z, Z_FINISH);
	size_t n = room - z.avail_out;
	deflateEnd(&z);
	if (!bytes || code != Z_STREAM_END)
		return zlib_failed(bytes ? code : Z_MEM_ERROR, err);
	buf_add(out, str_of(bytes, n));
	return true;
}

bool text_pack(struct str base, struct str text, size_t mark, struct str *out, struct arena *arena, struct error *err)
{
	struct buf packed = { 0 };
	if (text.n > PACKED_TEXT_MAX || base.n > PACKED_TEXT_MAX)
		return error_set(err, ERR_TOO_LARGE, "a text of more than %zu bytes", PACKED_TEXT_MAX);
	size_t prefix = common_prefix(base, text);
	struct str old = str_skip(base, prefix), rest = str_skip(text, prefix);
	size_t suffix = common_suffix(old, rest);
	old = str_sub(old, 0, old.n - suffix);
	rest = str_sub(rest, 0, rest.n - suffix);
	buf_printf(&packed, "%zu %zu %zu %zu\n", prefix, suffix, mark, rest.n);
	if (!deflate_rest(&packed, rest, dictionary(old), arena, err)) {
		buf_free(&packed);
		return false;
	}
	*out = buf_take(&packed, arena);
	return out->p ? true : error_memory(err);
}

/* ---- back ---- */

/* `out` has room for one byte more than `n`. */
static bool inflate_rest(struct str packed, struct str dict, char *out, size_t n)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.p,
		.avail_in = (uInt)packed.n,
		.next_out = (Bytef *)out,
		.avail_out = (uInt)n + 1 };
	if (packed.n > UINT_MAX || inflateInit(&z) != Z_OK)
		return false;
	int code = inflate(&z, Z_FINISH);
	if (code == Z_NEED_DICT && inflateSetDictionary(&z, (const Bytef *)dict.p, (uInt)dict.n) == Z_OK)
		code = inflate(&z, Z_FINISH);
	bool whole = code == Z_STREAM_END && z.total_out == n;
	inflateEnd(&z);
	return whole;
}

static bool read_head(struct str *packed, size_t n[4])
{
	struct str head = str_sub(*packed, 0, HEAD_MAX);
	head = str_split(&head, '\n');
	*packed = str_skip(*packed, head.n + 1);
	for (size_t i = 0; i < 4; i++) {
		int64_t value;
		if (!str_to_int(str_split(&head, ' '), &value) || value < 0 || value > (int64_t)PACKED_TEXT_MAX)
			return false;
		n[i] = (size_t)value;
	}
	return head.n == 0;
}

bool text_unpack(
    struct str base, struct str packed, struct str *text, size_t *mark, struct arena *arena, struct error *err)
{
	size_t n[4];
	if (!read_head(&packed, n) || n[0] > base.n || n[1] > base.n - n[0])
		return error_set(err, ERR_DB, "a packed text is damaged");
	size_t prefix = n[0], suffix = n[1], rest = n[3];
	if (prefix + suffix + rest > PACKED_TEXT_MAX || n[2] > prefix + suffix + rest)
		return error_set(err, ERR_DB, "a packed text is damaged");
	char *out = arena_alloc(arena, prefix + suffix + rest + 1);
	if (!out)
		return error_memory(err);
	struct str old = str_sub(base, prefix, base.n - suffix), end = str_skip(base, base.n - suffix);
	if (prefix)
		memcpy(out, base.p, prefix);
	if (!inflate_rest(packed, dictionary(old), out + prefix, rest))
		return error_set(err, ERR_DB, "a packed text is damaged");
	if (suffix)
		memcpy(out + prefix + rest, end.p, suffix);
	*text = str_of(out, prefix + rest + suffix);
	*mark = n[2];
	return true;
}
