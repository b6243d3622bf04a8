#include "web/inner.h"

int header_quality(struct str params)
{
	ptrdiff_t at = str_find_ci(params, STR("q="));
	int q = 0, scale = 1000;
	if (at < 0)
		return 1000;
	struct str s = str_trim(str_skip(params, (size_t)at + 2));
	for (size_t i = 0; i < s.n && scale > 0; i++) {
		if (s.p[i] == '.')
			continue;
		if (s.p[i] < '0' || s.p[i] > '9')
			break;
		q += (s.p[i] - '0') * scale;
		scale /= 10;
	}
	return q > 1000 ? 1000 : q;
}

struct str web_accept_language(struct str header, const struct str *offered, size_t n)
{
	struct str best = STR("");
	int best_q = 0;
	while (header.n) {
		struct str params = str_split(&header, ','), range = str_trim(str_split(&params, ';'));
		int q = header_quality(params);
		for (size_t i = 0; i < n && q > best_q; i++) {
			bool fits = str_eq_ci(range, offered[i]) || str_eq(range, STR("*")) ||
			            (str_starts_ci(range, offered[i]) && range.p[offered[i].n] == '-');
			if (!fits)
				continue;
			best = offered[i];
			best_q = q;
		}
	}
	return best;
}

/* RFC 9110, 12.5.3: what is named counts as it says, what is not as "*" says; without either only identity is meant. */
enum encoding header_encoding(struct str accept, const bool has[ENCODINGS])
{
	static const char *const names[ENCODINGS] = { "identity", "gzip", "br" };
	int q[ENCODINGS] = { -1, -1, -1 }, any = -1;
	while (accept.n) {
		struct str params = str_split(&accept, ','), name = str_trim(str_split(&params, ';'));
		int quality = header_quality(params);
		if (str_eq(name, STR("*")))
			any = quality;
		if (str_eq_ci(name, STR("x-gzip")))
			name = STR("gzip");
		for (size_t i = 0; i < ENCODINGS; i++) {
			if (str_eq_ci(name, str_from(names[i])))
				q[i] = quality;
		}
	}
	enum encoding best = IDENTITY;
	int best_q = 0;
	/* A client that weighs alike what it takes gets the smallest. */
	for (int i = BROTLI; i > IDENTITY; i--) {
		int quality = q[i] >= 0 ? q[i] : any;
		if (has[i] && quality > best_q) {
			best = (enum encoding)i;
			best_q = quality;
		}
	}
	/* The bytes as they are go last, unless they are named and preferred. */
	return q[IDENTITY] > best_q ? IDENTITY : best;
}

bool header_etag_matches(struct str list, struct str etag)
{
	if (str_starts(etag, STR("W/")))
		etag = str_skip(etag, 2);
	while (list.n) {
		list = str_trim(list);
		if (str_starts(list, STR("*")))
			return true;
		if (str_starts(list, STR("W/")))
			list = str_skip(list, 2);
		if (list.n == 0 || list.p[0] != '"')
			return false;
		struct str rest = str_skip(list, 1), tag = str_split(&rest, '"');
		if (str_eq(tag, str_sub(etag, 1, etag.n - 1)))
			return true;
		str_split(&rest, ',');
		list = rest;
	}
	return false;
}

bool web_same_origin(struct str sec_fetch_site, struct str origin, struct str host)
{
	if (sec_fetch_site.n)
		return str_eq(sec_fetch_site, STR("same-origin")) || str_eq(sec_fetch_site, STR("none"));
	if (origin.n == 0)
		return true;
	ptrdiff_t at = str_find(origin, STR("://"));
	return at >= 0 && host.n && str_eq_ci(str_skip(origin, (size_t)at + 3), host);
}

/* Values are as sent: a cookie of ours holds nothing that would have to be decoded. */
bool params_cookies(struct str header, struct web_request *req, struct error *err)
{
	struct web_param *out = arena_array(req->arena, PARAMS_MAX, sizeof *out);
	if (!out)
		return error_memory(err);
	req->cookies = out;
	while (header.n && req->n_cookies < PARAMS_MAX) {
		struct str value = str_trim(str_split(&header, ';')), name = str_split(&value, '=');
		if (name.n == 0)
			continue;
		out[req->n_cookies++] = (struct web_param){ utf8_clean(req->arena, name), utf8_clean(req->arena, value) };
	}
	return true;
}
