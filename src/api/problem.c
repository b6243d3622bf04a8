#include "api/inner.h"

#include <stdlib.h>

/* Errors as problem documents (RFC 9457). */

const char *problem_title(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 428, "Precondition Required" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
	};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		if (titles[i].status == status)
			return titles[i].title;
	}
	return "Error";
}

static json_t *faults_json(const struct api_faults *faults)
{
	json_t *list = json_array();
	for (size_t i = 0; i < faults->n; i++)
		json_array_append_new(
		    list, json_pack("{s:s,s:s}", "pointer", faults->v[i].pointer, "detail", faults->v[i].detail));
	return list;
}

bool problem_write(
    struct web_response *res, int status, const char *detail, const struct api_faults *faults, json_t *current)
{
	json_t *json = json_pack("{s:s,s:s,s:i}", "type", "about:blank", "title", problem_title(status), "status", status);
	if (json && detail && *detail)
		json_object_set_new(json, "detail", json_string(detail));
	if (json && faults && faults->n)
		json_object_set_new(json, "errors", faults_json(faults));
	if (json && current)
		json_object_set(json, "current", current);
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	buf_clear(&res->body);
	if (!text)
		return false;
	buf_adds(&res->body, text);
	buf_addc(&res->body, '\n');
	free(text);
	res->status = status;
	res->type = STR("application/problem+json");
	res->n_keys = 0;
	res->no_store = true;
	return true;
}

/* Why the server itself refuses, before an action is found. */
static const char *why(int status)
{
	switch (status) {
	case 404:
		return "there is nothing at this address";
	case 405:
		return "this address takes other methods: Allow names them";
	case 413:
		return "the body is larger than this action takes";
	case 414:
		return "the address is too long";
	case 503:
		return "too much is being done at once: try again in a moment";
	default:
		return problem_title(status);
	}
}

void api_error_page(const struct web_request *req, int status, const struct error *err, struct web_response *res)
{
	bool tell = err && err->message[0] && status < 500;
	if (!str_starts(req->path, STR("/api/")) ||
	    !problem_write(res, status, tell ? err->message : why(status), NULL, NULL))
		site_error_page(req, status, err, res);
}

int api_status_of(const struct error *err)
{
	switch (err->code) {
	case ERR_USAGE:
		return 400;
	case ERR_DENIED:
		return 403;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_EXISTS:
	case ERR_CONFLICT:
		return 409;
	case ERR_TOO_LARGE:
		return 413;
	case ERR_INVALID:
		return 422;
	case ERR_UNAVAILABLE:
		return 503;
	default:
		return 0;
	}
}
