#include "api/inner.h"

#include <stdlib.h>

/* What handlers share: transactions, states, pages. */

struct store_tx *api_begin(struct api_call *c)
{
	return store_begin(c->store, c->err);
}

bool api_commit(struct api_call *c, struct store_tx *tx, bool ok)
{
	ok = ok && tx && !c->refused && (!c->failed || error_memory(c->err)) &&
	     (!c->keyed || once_done(tx, c->token.id, c->req->idempotency_key, c->err));
	if (ok)
		return store_commit(tx, c->err);
	store_rollback(tx);
	return false;
}

struct desk_work api_work(struct api_call *c)
{
	return (struct desk_work){ .site = c->site,
		.store = c->store,
		.settings = &c->settings,
		.who = &c->as,
		.name = c->who.name.n ? c->who.name : c->who.login,
		.now = c->now,
		.arena = c->arena,
		.err = c->err };
}

bool api_audit(struct api_call *c, struct store_tx *tx, struct str action, struct str object)
{
	return audit_add(tx, &c->as, action, object, c->err);
}

bool api_id(struct api_call *c, size_t capture, int64_t *out)
{
	return (str_to_int(c->req->captures[capture], out) && *out > 0) ||
	       api_refuse(c, 404, "there is nothing at this address");
}

void api_location(struct api_call *c, const char *path, int64_t id)
{
	c->res->location = arena_printf(c->arena, "%s/%lld", path, (long long)id);
	c->failed |= !c->res->location.p;
}

/* ---- states ---- */

struct str api_etag(struct api_call *c, json_t *json)
{
	char hash[HASH_HEX_MAX];
	char *text = c->failed ? NULL : json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	if (!text) {
		c->failed = true;
		return STR("");
	}
	hash_hex(str_from(text), 16, hash);
	free(text);
	return arena_printf(c->arena, "\"%s\"", hash);
}

/* A list of entity tags, compared strongly (RFC 9110, 13.1.1). */
static bool listed(struct str list, struct str etag)
{
	while (list.n) {
		struct str one = str_trim(str_split(&list, ','));
		if (str_eq(one, etag) || str_eq(one, STR("*")))
			return true;
	}
	return false;
}

bool api_match(struct api_call *c, struct str etag)
{
	c->etag = etag;
	if (c->req->if_match.n == 0)
		return !(c->action->flags & API_MATCH) ||
		       api_refuse(c, 428, "say which state is changed: If-Match with the ETag of a GET");
	return listed(c->req->if_match, etag) ||
	       api_refuse(c, 412, "it was changed meanwhile: `current` is what it says now");
}

/* ---- pages ---- */

#define PAGE_USUAL 50

size_t api_limit(struct api_call *c)
{
	int64_t n = PAGE_USUAL;
	api_get_int(c->query, "limit", &n);
	return n < 1 ? 1 : n > API_PAGE_MAX ? API_PAGE_MAX : (size_t)n;
}

struct str api_cursor(struct api_call *c)
{
	struct str cursor = STR("");
	api_get_str(c->query, "cursor", &cursor);
	return cursor;
}

/* The same address with another cursor. */
static struct str next_address(struct api_call *c, struct str cursor)
{
	struct buf out = { 0 };
	buf_adds(&out, "<");
	buf_add_uri(&out, c->req->path, STR("/"));
	buf_adds(&out, "?cursor=");
	buf_add_uri(&out, cursor, STR(""));
	for (size_t i = 0; i < c->req->n_params; i++) {
		if (str_eq(c->req->params[i].name, STR("cursor")))
			continue;
		buf_addc(&out, '&');
		buf_add_uri(&out, c->req->params[i].name, STR(""));
		buf_addc(&out, '=');
		buf_add_uri(&out, c->req->params[i].value, STR(""));
	}
	buf_adds(&out, ">; rel=\"next\"");
	return buf_take(&out, c->arena);
}

bool api_page(struct api_call *c, json_t *items, struct str next)
{
	c->answer = api_object(c);
	api_put(c, c->answer, "items", items);
	if (next.n == 0) {
		api_null(c, c->answer, "next");
		return true;
	}
	api_str(c, c->answer, "next", next);
	web_header(c->res, STR("Link"), next_address(c, next));
	return true;
}

bool api_slice(struct api_call *c, size_t n, size_t *from, size_t *to, struct str *next)
{
	int64_t at = 0;
	struct str cursor = api_cursor(c);
	if (cursor.n && (!str_to_int(cursor, &at) || at < 0))
		return api_refuse(c, 400, "the cursor is not one that a page gave");
	*from = (size_t)at < n ? (size_t)at : n;
	*to = n - *from > api_limit(c) ? *from + api_limit(c) : n;
	*next = *to < n ? arena_printf(c->arena, "%zu", *to) : STR("");
	return true;
}
