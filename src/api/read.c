#include "api/inner.h"

/* A body as JSON. Its depth and the number of its values are counted before anything is kept of it, so that a small body
 * cannot become much memory. */

struct scan {
	size_t depth, deepest, values;
};

static struct scan scan(struct str s)
{
	struct scan out = { 0 };
	bool quoted = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
			continue;
		}
		quoted = c == '"';
		if (c == '[' || c == '{') {
			out.depth++;
			out.values++;
			out.deepest = out.depth > out.deepest ? out.depth : out.deepest;
		}
		out.depth -= (c == ']' || c == '}') && out.depth > 0;
		out.values += c == ',' || c == ':';
	}
	return out;
}

json_t *json_read(struct str text, struct error *err)
{
	json_error_t why;
	if (str_trim(text).n == 0)
		return json_object();
	struct scan s = scan(text);
	if (s.deepest > API_DEPTH_MAX || s.values > API_VALUES_MAX) {
		error_set(err, ERR_TOO_LARGE, "the body is more than %d deep, or has more than %d values", API_DEPTH_MAX,
		    API_VALUES_MAX);
		return NULL;
	}
	json_t *json = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
	if (!json)
		error_set(err, ERR_INVALID, "the body is no JSON: line %d, column %d: %.160s", why.line, why.column, why.text);
	return json;
}
