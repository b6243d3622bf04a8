#include "campaign/guarding.h"

#include <stdlib.h>

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

bool domains_load(struct guard *g)
{
	const struct embedded_file *file = embedded_find(STR("data/disposable-domains.txt"));
	struct str rest = file ? file->data : STR("");
	size_t lines = 1;
	for (size_t i = 0; i < rest.n; i++)
		lines += rest.p[i] == '\n';
	g->domains = calloc(lines, sizeof *g->domains);
	if (!g->domains)
		return false;
	while (rest.n) {
		struct str line = str_trim(str_split(&rest, '\n'));
		if (line.n && line.p[0] != '#')
			g->domains[g->n_domains++] = line;
	}
	qsort(g->domains, g->n_domains, sizeof *g->domains, by_bytes);
	return true;
}

/* "*" goes as far as it must: on a mismatch the last one takes one character more. */
bool guard_pattern(struct str pattern, struct str domain)
{
	size_t p = 0, d = 0, star = SIZE_MAX, from = 0;
	while (d < domain.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = d;
		} else if (p < pattern.n && str_eq_ci(str_sub(pattern, p, p + 1), str_sub(domain, d, d + 1))) {
			p++;
			d++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			d = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static struct str next_pattern(struct str *list)
{
	size_t at = 0, end;
	while (at < list->n && ((unsigned char)list->p[at] <= ' ' || list->p[at] == ','))
		at++;
	for (end = at; end < list->n && (unsigned char)list->p[end] > ' ' && list->p[end] != ',';)
		end++;
	struct str pattern = str_sub(*list, at, end);
	*list = str_skip(*list, end);
	return pattern;
}

static bool in_patterns(struct str list, struct str domain, bool *any)
{
	struct str pattern;
	while ((pattern = next_pattern(&list)).n) {
		*any = true;
		if (guard_pattern(pattern, domain))
			return true;
	}
	return false;
}

/* Itself or a domain above it. */
static bool disposable(const struct guard *g, struct str domain, struct str more)
{
	bool any;
	while (domain.n) {
		if (bsearch(&domain, g->domains, g->n_domains, sizeof *g->domains, by_bytes) || in_patterns(more, domain, &any))
			return true;
		str_split(&domain, '.');
	}
	return false;
}

enum guard_domain guard_domain(
    const struct guard *g, struct str domain, struct str allowed, struct str blocked, struct str more)
{
	bool limited = false, any;
	if (in_patterns(blocked, domain, &any))
		return DOMAIN_BLOCKED;
	if (in_patterns(allowed, domain, &limited))
		return DOMAIN_FINE;
	if (limited)
		return DOMAIN_NOT_ALLOWED;
	return disposable(g, domain, more) ? DOMAIN_DISPOSABLE : DOMAIN_FINE;
}
