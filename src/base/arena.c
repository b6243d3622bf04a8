#include "base/base.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_FIRST (8 * KIB)
#define BLOCK_LARGEST (1 * MIB)

struct block {
	struct block *next;
	size_t size, used;
	max_align_t data[];
};

struct arena {
	struct block *head; /* newest */
	struct block *first;
	size_t total;
	bool debug, secret;
};

static struct block *block_new(size_t size)
{
	if (size > SIZE_MAX - sizeof(struct block))
		return NULL;
	struct block *b = malloc(sizeof *b + size);
	if (!b)
		return NULL;
	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof *a);
	if (!a)
		return NULL;
	const char *debug = getenv("KAIRAN_ARENA_DEBUG");
	a->debug = debug && debug[0] == '1';
	a->first = a->head = block_new(a->debug ? 0 : BLOCK_FIRST);
	if (!a->first) {
		free(a);
		return NULL;
	}
	return a;
}

struct arena *arena_secret(struct arena *a)
{
	if (a)
		a->secret = true;
	return a;
}

static void wipe(struct arena *a, struct block *b)
{
	if (a->secret)
		sodium_memzero(b->data, b->used);
}

static void free_all_but_first(struct arena *a)
{
	while (a->head != a->first) {
		struct block *next = a->head->next;
		wipe(a, a->head);
		free(a->head);
		a->head = next;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	free_all_but_first(a);
	wipe(a, a->first);
	free(a->first);
	free(a);
}

void arena_reset(struct arena *a)
{
	free_all_but_first(a);
	wipe(a, a->first);
	a->first->used = 0;
	a->total = 0;
}

/* A new block that holds at least `size`; blocks double so that big documents cost few of them. */
static bool grow(struct arena *a, size_t size)
{
	size_t want = a->head->size * 2;
	if (want > BLOCK_LARGEST)
		want = BLOCK_LARGEST;
	if (want < size || a->debug)
		want = size;
	struct block *b = block_new(want);
	if (!b)
		return false;
	b->next = a->head;
	a->head = b;
	return true;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	if (size > SIZE_MAX - align)
		return NULL;
	size_t rounded = a->debug ? size : (size + align - 1) / align * align;
	if (rounded > a->head->size - a->head->used || a->debug) {
		if (!grow(a, rounded))
			return NULL;
	}
	void *p = (char *)a->head->data + a->head->used;
	a->head->used += rounded;
	a->total += size;
	memset(p, 0, size);
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return arena_alloc(a, bytes);
}

struct str arena_dup(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);
	return p ? str_of(p, s.n) : str_of(NULL, 0);
}

char *arena_cstr(struct arena *a, struct str s)
{
	if (s.n == SIZE_MAX)
		return NULL;
	char *p = arena_alloc(a, s.n + 1);
	if (p && s.n)
		memcpy(p, s.p, s.n);
	return p;
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p ? str_of(p, (size_t)n) : str_of(NULL, 0);
}

size_t arena_used(const struct arena *a)
{
	return a->total;
}
