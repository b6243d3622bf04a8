#include "web/inner.h"

/* Does the path fit the pattern? Fills the captures. */
static bool fits(struct str pattern, struct str path, struct web_request *req)
{
	req->n_captures = 0;
	pattern = str_skip(pattern, 1);
	path = str_skip(path, 1);
	for (;;) {
		if (str_eq(pattern, STR("*")))
			return true;
		if (pattern.n == 0 || path.n == 0)
			return pattern.n == 0 && path.n == 0;
		bool more = false, path_more = false;
		for (size_t i = 0; i < pattern.n && !more; i++)
			more = pattern.p[i] == '/';
		for (size_t i = 0; i < path.n && !path_more; i++)
			path_more = path.p[i] == '/';
		struct str want = str_split(&pattern, '/'), got = str_split(&path, '/');
		if (want.n && want.p[0] == ':') {
			if (got.n == 0 || req->n_captures == sizeof req->captures / sizeof *req->captures)
				return false;
			req->captures[req->n_captures++] = got;
		} else if (!str_eq(want, got)) {
			return false;
		}
		if (more != path_more)
			return more && str_eq(pattern, STR("*"));
		if (!more)
			return true;
		if (path.n == 0)
			return false;
	}
}

/* Most routes are told apart by their first letter, which spares taking the path to pieces for each. */
static bool may_fit(const char *pattern, struct str path)
{
	char want = pattern[1], got = path.n > 1 ? path.p[1] : '\0';
	return want == got || want == ':' || want == '*';
}

const struct web_route *route_find(const struct web_route *routes, size_t n, struct web_request *req, unsigned *allowed)
{
	*allowed = 0;
	for (size_t i = 0; i < n; i++) {
		if (!may_fit(routes[i].path, req->path) || !fits(str_from(routes[i].path), req->path, req))
			continue;
		if (routes[i].methods & req->method)
			return &routes[i];
		*allowed |= routes[i].methods;
	}
	return NULL;
}
