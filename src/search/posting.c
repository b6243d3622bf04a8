#include "search/inner.h"

void posting_start(struct posting *p, struct str chunk, int64_t first)
{
	p->p = (const unsigned char *)chunk.p;
	p->end = p->p + chunk.n;
	p->doc = first;
	p->segments = STR("");
}

/* A number in groups of seven bits, the lowest first. */
static bool number(struct posting *p, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; p->p < p->end && shift < 63; shift += 7) {
		unsigned byte = *p->p++;
		*out |= (uint64_t)(byte & 127) << shift;
		if (byte < 128)
			return true;
	}
	return false;
}

/* The bytes of one passage: what moves on, and the one that names it. */
static size_t single_bytes(const struct posting *p)
{
	size_t n = 0;
	while (p->p + n < p->end && p->p[n] == 255)
		n++;
	return n + 1;
}

bool posting_next(struct posting *p)
{
	uint64_t step, n;
	if (!number(p, &step))
		return false;
	bool single = step & 1;
	if (single)
		n = single_bytes(p);
	else if (!number(p, &n))
		return false;
	if (n > (uint64_t)(p->end - p->p) || step > INT32_MAX)
		return false;
	p->doc += (int64_t)(step >> 1);
	p->segments = str_of((const char *)p->p, (size_t)n);
	p->p += n;
	return true;
}

static void add_number(struct buf *out, uint64_t n)
{
	for (; n > 127; n >>= 7)
		buf_addc(out, (char)(n | 128));
	buf_addc(out, (char)n);
}

void posting_add(struct buf *chunk, int64_t delta, struct str segments)
{
	size_t moves = 0;
	while (moves < segments.n && (unsigned char)segments.p[moves] == 255)
		moves++;
	bool single = moves + 1 == segments.n;
	add_number(chunk, (uint64_t)delta << 1 | single);
	if (!single)
		add_number(chunk, segments.n);
	buf_add(chunk, segments);
}

void segments_add(struct buf *out, int64_t last, int64_t segment)
{
	int64_t step = segment - last;
	for (; step > 254; step -= 254)
		buf_addc(out, (char)255);
	buf_addc(out, (char)step);
}
