#include "store/inner.h"

#include <string.h>

/* One spelling for the many of one address (RFC 3986, section 6, and a little more). */

static bool is_campaign(struct str name)
{
	static const char *const names[] = { "fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "yclid", "igshid",
		"ref_src" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq(name, str_from(names[i])))
			return true;
	}
	return str_starts(name, STR("utm_"));
}

static void add_query(struct buf *out, struct str query)
{
	char sep = '?';
	while (query.n) {
		struct str pair = str_split(&query, '&'), value = pair, name = str_split(&value, '=');
		if (pair.n == 0 || is_campaign(name))
			continue;
		buf_addc(out, sep);
		buf_add(out, pair);
		sep = '&';
	}
}

static void add_lower(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_addc(out, s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 32) : s.p[i]);
}

static struct str without_fragment(struct str url)
{
	const char *hash = url.n ? memchr(url.p, '#', url.n) : NULL;
	return hash ? str_sub(url, 0, (size_t)(hash - url.p)) : url;
}

struct str source_archived(struct str url)
{
	struct str rest = url;
	if (str_starts_ci(rest, STR("https://")))
		rest = str_skip(rest, 8);
	else if (str_starts_ci(rest, STR("http://")))
		rest = str_skip(rest, 7);
	if (!str_starts_ci(rest, STR("web.archive.org/web/")))
		return STR("");
	rest = str_skip(rest, 20);
	str_split(&rest, '/');
	return str_starts_ci(rest, STR("http://")) || str_starts_ci(rest, STR("https://")) ? rest : STR("");
}

struct str source_key(struct str url, struct arena *arena)
{
	struct buf out = { 0 };
	url = str_trim(url);
	struct str inner = source_archived(url);
	struct str rest = without_fragment(inner.n ? inner : url);
	if (str_starts_ci(rest, STR("https://")))
		rest = str_skip(rest, 8);
	else if (str_starts_ci(rest, STR("http://")))
		rest = str_skip(rest, 7);
	else
		return STR("");
	size_t end = 0;
	while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?')
		end++;
	struct str host = str_sub(rest, 0, end), path = str_skip(rest, end), query = path;
	path = str_split(&query, '?');
	if (str_ends(host, STR(":80")))
		host.n -= 3;
	else if (str_ends(host, STR(":443")))
		host.n -= 4;
	if (host.n == 0 || url.n > URL_MAX || memchr(host.p, ' ', host.n) || memchr(host.p, '@', host.n))
		return STR("");
	buf_adds(&out, "https://");
	add_lower(&out, host);
	if (path.n > 1 || (path.n && query.n))
		buf_add(&out, uri_decode(arena, path));
	add_query(&out, query);
	return buf_take(&out, arena);
}

struct str source_archive_guess(struct str url, struct str day, struct arena *arena)
{
	struct buf out = { 0 };
	buf_adds(&out, "https://web.archive.org/web/");
	for (size_t i = 0; i < day.n; i++) {
		if (day.p[i] >= '0' && day.p[i] <= '9')
			buf_addc(&out, day.p[i]);
	}
	/* Without a day the Archive answers with the newest copy. */
	buf_adds(&out, day.n ? "/" : "2/");
	buf_add(&out, url);
	return buf_take(&out, arena);
}
