/*
 * api: /api/v1 for programs: every action of the desk with a token (under /api/v1/desk), the OpenAPI document that
 * describes them and the public reading routes, and a page of it for people.
 *
 * Each action is one row of data (inner.h): method, path, scope, right, what it takes and what it gives. The routes, the
 * checks and the document are made from these rows, so that they cannot say different things. A request meets token,
 * throttle, scope, right and the schema of its query and body in one place (call.c) before a handler sees it.
 * Webhooks are told what changes, from the change feed.
 * JSON is read strictly; errors are problem documents (RFC 9457). No cookies, and so no forms' tokens.
 */
#ifndef KAIRAN_API_H
#define KAIRAN_API_H

#include "base/base.h"
#include "desk/desk.h"
#include "store/store.h"
#include "web/web.h"

/* To stand before the routes of desk and site in one table; `user` must be the site. */
const struct web_route *api_routes(size_t *n);
/* For web_options.error_page: a problem document below /api/, elsewhere the site's page. */
void api_error_page(const struct web_request *, int status, const struct error *, struct web_response *);

/* Tells webhooks what changes, in a thread of its own, until it is stopped; what was not told by then is told when the
 * program runs again. Store and policy are borrowed. */
struct fetch_policy;
struct hooks;
struct hooks *hooks_start(struct store *, const struct fetch_policy *, struct error *);
void hooks_stop(struct hooks *); /* NULL is fine; ends within a second */

/* ---- for tests and fuzzing ---- */

/* The value of webhook-signature: "v1," and the HMAC-SHA-256 of "ID.TIME.PAYLOAD" in base64. */
bool hook_sign(struct str secret, struct str message, int64_t at, struct str payload, struct str *out, struct arena *,
    struct error *);

/* Reads a body as the action of that name does, and forgets it. ERR_INVALID: no JSON, or not what the schema says;
 * ERR_TOO_LARGE: too deep, or too many values; ERR_NOT_FOUND: there is no such action. */
bool api_check_body(const char *action, struct str body, struct arena *, struct error *);
/* May a token with these scopes, of a person with this role, ask for the action at all? */
bool api_may(const char *action, enum role, unsigned scopes);
/* The names of all actions that need a token, in the order of the document; NULL past the last. */
const char *api_action_name(size_t i);
/* The document, as JSON. */
bool api_document(struct buf *out, struct error *);

#endif
