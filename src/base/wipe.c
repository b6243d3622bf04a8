#include "base/base.h"

/* Memory that is given back is overwritten, by whoever had it: what people type goes through libraries (MIME, SMTP, JSON,
 * HTTP) that leave copies in what they free. glibc's own M_PERTURB passes over its thread caches, so that small pieces would
 * stay. The C library lets a program bring its own functions, and keeps its allocator under other names.
 *
 * Elsewhere, and under sanitizers, which bring theirs, these are not there: docs/threat-model.md says what follows. */

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define IS_MMAPPED 2 /* glibc, malloc/malloc.c: a bit of the size before the memory */

extern void *__libc_malloc(size_t);
extern void __libc_free(void *);
extern void *__libc_realloc(void *, size_t);

/* Then its pages go back to the system whole, and are moved rather than copied. */
static bool has_own_pages(const void *p)
{
	return ((const size_t *)p)[-1] & IS_MMAPPED;
}

static void wipe(void *p, size_t n)
{
	memset(p, 0, n);
	__asm__ volatile("" : : "r"(p) : "memory"); /* or the compiler knows that nobody reads it */
}

void free(void *p)
{
	int kept = errno;
	if (!p)
		return;
	if (!has_own_pages(p))
		wipe(p, malloc_usable_size(p));
	__libc_free(p);
	errno = kept;
}

void *realloc(void *p, size_t n)
{
	size_t before = p ? malloc_usable_size(p) : 0;
	if (!p)
		return __libc_malloc(n);
	if (n == 0) {
		free(p);
		return NULL;
	}
	if (n <= before && n >= before / 2) {
		wipe((char *)p + n, before - n);
		return p;
	}
	if (has_own_pages(p))
		return __libc_realloc(p, n);
	void *copy = __libc_malloc(n);
	if (!copy)
		return NULL;
	memcpy(copy, p, n < before ? n : before);
	free(p);
	return copy;
}

#endif
