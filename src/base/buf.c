#include "base/base.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

void buf_wipe(struct buf *b)
{
	if (b->p)
		sodium_memzero(b->p, b->cap);
	buf_free(b);
}

/* Room for n more bytes and a NUL after them. */
static bool reserve(struct buf *b, size_t n)
{
	size_t max = b->max ? b->max : BUF_MAX;
	if (b->failed || n > max || b->n > max - n) {
		b->failed = true;
		return false;
	}
	size_t need = b->n + n + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap * 2 : 256;
	if (cap < need)
		cap = need;
	char *p = realloc(b->p, cap);
	if (!p) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_reserve(struct buf *b, size_t n)
{
	reserve(b, n);
}

void buf_add(struct buf *b, struct str s)
{
	if (s.n == 0 || !reserve(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, str_from(s));
}

void buf_addc(struct buf *b, char c)
{
	size_t max = b->max ? b->max : BUF_MAX;
	if (b->n + 2 > b->cap || b->n >= max || b->failed) {
		buf_add(b, str_of(&c, 1));
		return;
	}
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

void buf_addcp(struct buf *b, uint32_t cp)
{
	char bytes[4];
	size_t n = utf8_put(cp, bytes);
	buf_add(b, str_of(bytes, n));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n >= 0 && reserve(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

static const char *html_escape(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void buf_add_html(struct buf *b, struct str s)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *escape = html_escape(s.p[i]);
		if (!escape)
			continue;
		buf_add(b, str_sub(s, from, i));
		buf_adds(b, escape);
		from = i + 1;
	}
	buf_add(b, str_skip(s, from));
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

void buf_add_uri(struct buf *b, struct str s, struct str keep)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (is_unreserved(c) || (keep.n && memchr(keep.p, c, keep.n))) {
			buf_addc(b, c);
			continue;
		}
		char out[3] = { '%', hex[(unsigned char)c >> 4], hex[(unsigned char)c & 15] };
		buf_add(b, str_of(out, 3));
	}
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
	if (b->p)
		b->p[0] = '\0';
}

struct str buf_str(const struct buf *b)
{
	return str_of(b->p, b->n);
}

struct str buf_take(struct buf *b, struct arena *a)
{
	struct str s = b->failed ? str_of(NULL, 0) : arena_dup(a, buf_str(b));
	buf_free(b);
	return s;
}
