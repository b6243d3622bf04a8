#include "web/inner.h"

bool web_answer(const struct web_options *options, struct str target, struct web_response *res, struct arena *arena, struct error *err)
{
	unsigned allowed = 0;
	struct str query = target, raw = str_split(&query, '?');
	struct web_request req = { .method = WEB_GET, .raw_path = raw, .query = query, .arena = arena, .user = options->user };
	struct web_param *params;
	*res = (struct web_response){ .status = 200, .type = STR("text/html; charset=utf-8") };
	if (!web_parse_path(raw, &req.path, arena, err) || !web_parse_params(query, &params, &req.n_params, arena, err))
		return false;
	req.params = params;
	const struct web_route *route = route_find(options->routes, options->n_routes, &req, &allowed);
	if (!route)
		return error_set(err, ERR_NOT_FOUND, "no route takes %.*s", (int)raw.n, raw.p);
	return route->handler(&req, res, err);
}
