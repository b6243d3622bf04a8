#include "web/inner.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Names and values are well-formed and hold no NUL; what files point to lies in the body. */
static void check(const struct web_request *req, struct str body)
{
	if (req->n_fields + req->n_files > FIELDS_MAX)
		abort();
	for (size_t i = 0; i < req->n_fields; i++) {
		struct str value = req->fields[i].value;
		if (!utf8_valid(req->fields[i].name) || !utf8_valid(value) || str_find(value, str_of("", 1)) >= 0)
			abort();
	}
	for (size_t i = 0; i < req->n_files; i++) {
		const struct web_file *f = &req->files[i];
		if (!utf8_valid(f->name) || !utf8_valid(f->filename) || str_find(f->filename, STR("/")) >= 0 ||
		    f->bytes.p < body.p || f->bytes.p + f->bytes.n > body.p + body.n)
			abort();
	}
}

static void parse(struct str type, struct str body)
{
	struct error err = { 0 };
	struct web_request req = { .arena = arena_new() };
	if (req.arena && web_parse_form(type, body, &req, &err))
		check(&req, body);
	arena_free(req.arena);
}

/* The headers of a request, a line each. */
static void headers(struct str text)
{
	struct incoming in = { .target = STR("/") };
	const bool has[ENCODINGS] = { true, true, true };
	struct error err = { 0 };
	struct web_request req = { .arena = arena_new() };
	while (text.n) {
		struct str value = str_split(&text, '\n'), name = str_split(&value, ':');
		incoming_header(&in, name, value);
	}
	incoming_fault(&in);
	header_encoding(in.accept_encoding, has);
	header_etag_matches(in.if_none_match, STR("W/\"abc\""));
	web_same_origin(in.fetch_site, in.origin, in.host);
	if (req.arena)
		params_cookies(in.cookie, &req, &err);
	arena_free(req.arena);
}

/* The first line is the Content-Type, the rest the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str body = str_of((const char *)data, n), type = str_split(&body, '\n');
	parse(type, body);
	parse(STR("application/x-www-form-urlencoded"), body);
	parse(STR("multipart/form-data; boundary=b"), body);
	headers(str_of((const char *)data, n));
	return 0;
}
