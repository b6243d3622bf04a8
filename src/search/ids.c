#include "search/inner.h"

#include <stdlib.h>

/* Ids in order, each as its distance to the one before, seven bits a byte, the lowest first. */

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

struct str ids_pack(int64_t *ids, size_t n, struct arena *arena)
{
	struct buf out = { 0 };
	int64_t before = 0;
	qsort(ids, n, sizeof *ids, by_id);
	for (size_t i = 0; i < n; i++) {
		uint64_t step = (uint64_t)(ids[i] - before);
		for (; step >= 0x80; step >>= 7)
			buf_addc(&out, (char)(0x80 | (step & 0x7F)));
		buf_addc(&out, (char)step);
		before = ids[i];
	}
	return buf_take(&out, arena);
}

bool ids_next(struct str *packed, int64_t *id)
{
	uint64_t step = 0;
	unsigned shift = 0;
	size_t i = 0;
	for (; i < packed->n && shift < 63; shift += 7) {
		unsigned char c = (unsigned char)packed->p[i++];
		step |= (uint64_t)(c & 0x7F) << shift;
		if (c < 0x80) {
			*id += (int64_t)step;
			*packed = str_skip(*packed, i);
			return true;
		}
	}
	return false;
}
