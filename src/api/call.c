#include "api/inner.h"

#include <stdio.h>
#include <stdlib.h>

/* Every request with a token passes here: whose is it, has it calls left, may it do this, is what it says well formed?
 * Then the handler, and then the answer, a refusal, or what an earlier request under the same key was told. */

bool api_refuse(struct api_call *c, int status, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(c->detail, sizeof c->detail, fmt, args);
	va_end(args);
	c->refused = status;
	return false;
}

bool api_refuse_field(struct api_call *c, const char *pointer, const char *fmt, ...)
{
	char why[200];
	va_list args;
	va_start(args, fmt);
	vsnprintf(why, sizeof why, fmt, args);
	va_end(args);
	api_fault(&c->faults, pointer, "%s", why);
	return api_refuse(c, 422, "%s %s", pointer, why);
}

/* ---- who, and may they ---- */

static struct str challenge(struct api_call *c, const char *error)
{
	struct str scope = scope_name(c->action->scope);
	if (!error)
		return STR("Bearer realm=\"kairan\"");
	return arena_printf(
	    c->arena, "Bearer realm=\"kairan\", error=\"%s\", scope=\"%.*s\"", error, (int)scope.n, scope.p);
}

static bool unknown(struct api_call *c, const char *error, const char *why)
{
	web_header(c->res, STR("WWW-Authenticate"), challenge(c, error));
	return api_refuse(c, 401, "%s", why);
}

static bool identify(struct api_call *c)
{
	struct error none = { 0 };
	struct str secret = c->req->authorization;
	if (secret.n == 0)
		return unknown(c, NULL, "this needs a token: Authorization: Bearer TOKEN");
	if (!str_starts_ci(secret, STR("Bearer ")))
		return unknown(c, "invalid_request", "the one way to authorize is Bearer");
	secret = str_trim(str_skip(secret, 7));
	if (!access_token_find(c->store, secret, c->now, &c->token, &c->who, c->arena, &none)) {
		if (none.code == ERR_NOT_FOUND)
			return unknown(c, "invalid_token", "there is no such token, or it has ended");
		*c->err = none;
		return false;
	}
	struct str name = c->who.name.n ? c->who.name : c->who.login;
	c->as = c->who;
	c->as.name = arena_printf(c->arena, "%.*s (%.*s)", (int)name.n, name.p, (int)c->token.name.n, c->token.name.p);
	return c->as.name.p ? true : error_memory(c->err);
}

static bool admit(struct api_call *c)
{
	int wait;
	if (!throttle_take(c->token.id, clock_mono_us(), &wait)) {
		web_header(c->res, STR("Retry-After"), arena_printf(c->arena, "%d", wait));
		return api_refuse(c, 429, "this token has asked too often: wait %d s", wait);
	}
	if (!(c->action->flags & API_ANY_TOKEN) && !(c->token.scopes & (1u << c->action->scope))) {
		web_header(c->res, STR("WWW-Authenticate"), challenge(c, "insufficient_scope"));
		return api_refuse(c, 403, "the token lacks the scope \"%s\"", scope_name(c->action->scope).p);
	}
	if (!action_may(c->action, c->who.role, c->token.scopes))
		return api_refuse(c, 403, "this needs a right that the role \"%s\" does not have", role_name(c->who.role).p);
	return access_token_touch(c->store, &c->token, c->now, c->err);
}

/* ---- what it says ---- */

static bool read_query(struct api_call *c)
{
	c->query = schema_query(c->action->query, c->req->params, c->req->n_params, &c->faults);
	if (!c->query)
		return error_memory(c->err);
	return c->faults.n == 0 || api_refuse(c, 400, "the query: %s %s", c->faults.v[0].pointer, c->faults.v[0].detail);
}

static bool is_json_type(struct str type)
{
	struct str name = str_trim(str_split(&type, ';'));
	return str_eq_ci(name, STR("application/json")) || str_eq_ci(name, STR("application/merge-patch+json"));
}

static bool read_body(struct api_call *c)
{
	struct error why = { 0 };
	if (!c->action->body || (c->action->flags & API_RAW))
		return true;
	if (c->req->body.n && !is_json_type(c->req->body_type))
		return api_refuse(c, 415, "the body must be application/json");
	c->body = json_read(c->req->body, &why);
	if (!c->body) {
		if (why.code == ERR_NONE)
			return error_memory(c->err);
		return api_refuse(c, why.code == ERR_TOO_LARGE ? 413 : 400, "%s", why.message);
	}
	schema_check(c->action->body, c->body, &c->faults);
	return c->faults.n == 0 || api_refuse(c, 422, "%s %s", c->faults.v[0].pointer, c->faults.v[0].detail);
}

/* ---- once ---- */

static void hash_part(struct buf *out, struct str s)
{
	buf_printf(out, "%zu:", s.n);
	buf_add(out, s);
}

/* What is asked, as far as it decides what is done. */
static struct str request_hash(struct api_call *c)
{
	char hash[HASH_HEX_MAX], body[HASH_HEX_MAX];
	struct buf all = { 0 };
	hash_hex(c->req->body, 32, body);
	hash_part(&all, c->req->path);
	hash_part(&all, c->req->query);
	hash_part(&all, c->req->if_match);
	hash_part(&all, str_from(body));
	hash_hex(buf_str(&all), 32, hash);
	bool failed = all.failed;
	buf_free(&all);
	return failed ? (struct str){ 0 } : arena_dup(c->arena, str_from(hash));
}

static bool replay(struct api_call *c, const struct once *o)
{
	c->res->status = o->status;
	c->res->type = STR("application/json");
	c->res->location = o->location;
	if (o->etag.n)
		web_header(c->res, STR("ETag"), o->etag);
	web_header(c->res, STR("Idempotency-Replayed"), STR("true"));
	buf_add(&c->res->body, o->answer);
	return true;
}

/* *again: the answer is there already. */
static bool begin_once(struct api_call *c, bool *again)
{
	struct once o;
	struct str key = c->req->idempotency_key;
	*again = false;
	if (key.n == 0 || c->action->method != WEB_POST)
		return true;
	if (key.n > ONCE_KEY_MAX || !utf8_valid(key))
		return api_refuse(c, 400, "an Idempotency-Key has at most %d bytes", ONCE_KEY_MAX);
	struct str hash = request_hash(c);
	if (!hash.p)
		return error_memory(c->err);
	if (!once_begin(c->store, c->token.id, key, hash, c->now, &o, c->arena, c->err))
		return false;
	c->keyed = o.state == ONCE_FIRST;
	*again = o.state == ONCE_KNOWN;
	switch (o.state) {
	case ONCE_BUSY:
		web_header(c->res, STR("Retry-After"), STR("2"));
		return api_refuse(c, 409, "a request under this key is being answered");
	case ONCE_OTHER:
		return api_refuse(c, 422, "this Idempotency-Key was used for another request");
	case ONCE_LOST:
		return api_refuse(c, 409, "this was done already, but its answer is not kept");
	case ONCE_KNOWN:
		return replay(c, &o);
	default:
		return true;
	}
}

static bool end_once(struct api_call *c)
{
	bool keep = c->res->status < 300 && !(c->action->flags & API_SECRET) && c->res->body.n <= ONCE_ANSWER_MAX;
	struct once o = { .status = c->res->status, .location = c->res->location, .etag = c->etag, .answer = STR("") };
	if (keep)
		o.answer = buf_str(&c->res->body);
	else if (c->res->status < 300)
		o.status = 0; /* done, and that is all that is known */
	return once_end(c->store, c->token.id, c->req->idempotency_key, &o, c->err);
}

/* ---- the answer ---- */

/* Strong comparison is for If-Match alone; here a weak one is meant (RFC 9110, 13.1.2). */
static bool not_modified(const struct api_call *c)
{
	struct str list = c->req->if_none_match;
	return c->req->method == WEB_GET && c->etag.n && list.n && (str_eq(list, STR("*")) || str_find(list, c->etag) >= 0);
}

static bool write_answer(struct api_call *c)
{
	c->res->status = c->status;
	if (c->etag.n)
		web_header(c->res, STR("ETag"), c->etag);
	if (not_modified(c)) {
		c->res->status = 304;
		return true;
	}
	if (!c->answer)
		return true;
	char *text = c->failed ? NULL : json_dumps(c->answer, JSON_COMPACT);
	if (!text)
		return error_memory(c->err);
	buf_adds(&c->res->body, text);
	buf_addc(&c->res->body, '\n');
	free(text);
	c->res->type = STR("application/json");
	return true;
}

static bool write_refusal(struct api_call *c)
{
	if (!c->refused) {
		c->refused = api_status_of(c->err);
		snprintf(c->detail, sizeof c->detail, "%s", c->err->message);
	}
	if (!c->refused)
		return false; /* a 500, which the server logs */
	if (c->refused == 412 && c->etag.n)
		web_header(c->res, STR("ETag"), c->etag);
	*c->err = (struct error){ 0 };
	c->res->location = STR("");
	return problem_write(c->res, c->refused, c->detail, &c->faults, c->current) || error_memory(c->err);
}

static bool run(struct api_call *c)
{
	bool again = false;
	bool ok = identify(c) && admit(c) && read_query(c) && read_body(c) && begin_once(c, &again);
	if (again)
		return true;
	ok = ok && c->action->handler(c) && (!c->failed || error_memory(c->err));
	ok = ok ? write_answer(c) : write_refusal(c);
	if (!c->keyed)
		return ok;
	if (!ok)
		c->res->status = 500;
	struct error later = { 0 }, *first = c->err;
	c->err = ok ? first : &later;
	bool ended = end_once(c);
	c->err = first;
	return ok && ended;
}

bool api_enter(const struct web_request *req, struct web_response *res, struct error *err)
{
	struct api_call *c = arena_alloc(req->arena, sizeof *c);
	if (!c)
		return error_memory(err);
	*c = (struct api_call){
		.site = req->user, .req = req, .res = res, .arena = req->arena, .err = err, .now = clock_now(), .etag = STR("")
	};
	c->action = action_of_route(req->method, req->route);
	if (!c->action)
		return error_set(err, ERR_INTERNAL, "no action has the route %s", req->route);
	c->store = site_store(c->site);
	c->status = c->action->status;
	bool ok = settings_read(c->store, &c->settings, c->arena, err) && run(c);
	json_decref(c->query);
	json_decref(c->body);
	json_decref(c->answer);
	json_decref(c->current);
	return ok;
}
