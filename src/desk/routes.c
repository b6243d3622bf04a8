#include "desk/passkey.h"

#include "desk/settings.h"

/* Every request to the desk passes here: who is it, may they, and does the form come from a page of theirs? */

static bool guarded(const struct web_request *req, struct web_response *res, struct error *err, enum desk_right right,
    desk_handler handler)
{
	struct desk_page p;
	if (!desk_begin(&p, req, res, err))
		return false;
	if (!p.in && req->method == WEB_GET)
		return desk_go(&p, "/desk/sign-in");
	if (!p.in)
		return error_set(err, ERR_DENIED, "the session has ended");
	if (!desk_may(p.who.role, right))
		return error_set(err, ERR_DENIED, "this needs a right that the role does not have");
	if (req->method != WEB_GET && !desk_form_is_ours(&p))
		return error_set(err, ERR_DENIED, "the form is not one of this session");
	return session_touch(p.store, &p.session, p.now, err) && handler(&p);
}

/* For those who are not in yet. */
static bool open_to_all(
    const struct web_request *req, struct web_response *res, struct error *err, desk_handler handler)
{
	struct desk_page p;
	if (!desk_begin(&p, req, res, err))
		return false;
	if (req->method != WEB_GET && !desk_form_is_ours(&p))
		return error_set(err, ERR_DENIED, "the form is too old, or the browser keeps no cookie");
	return (req->method != WEB_GET || desk_form_cookie(&p)) && handler(&p);
}

#define FORM_ROUTE_MAX (8 * KIB)
#define PASSKEY_ROUTE_MAX (16 * KIB)
#define SETTINGS_ROUTE_MAX (2 * MIB) /* the texts of all languages; or CSS and an icon */
#define ARTICLE_ROUTE_MAX (10 * MIB) /* body and preface, each as large as a field may be, and the rest */

/* X(method, path, handler, limit of the body, right) */
#define GUARDED(X)                                                                        \
	X(WEB_GET, "/desk", overview_page, 0, DESK_SEE)                                       \
	X(WEB_GET, "/desk/articles", articles_page, 0, DESK_SEE)                              \
	X(WEB_POST, "/desk/sign-out", signout_send, FORM_ROUTE_MAX, DESK_ACCOUNT)             \
	X(WEB_GET, "/desk/account", account_page, 0, DESK_ACCOUNT)                            \
	X(WEB_POST, "/desk/account/language", account_language, FORM_ROUTE_MAX, DESK_ACCOUNT) \
	X(WEB_POST, "/desk/account/password", account_password, FORM_ROUTE_MAX, DESK_ACCOUNT) \
	X(WEB_POST, "/desk/account/sessions", account_sessions, FORM_ROUTE_MAX, DESK_ACCOUNT) \
	X(WEB_GET, "/desk/account/totp", totp_form, 0, DESK_ACCOUNT)                          \
	X(WEB_POST, "/desk/account/totp", totp_send, FORM_ROUTE_MAX, DESK_ACCOUNT)            \
	X(WEB_POST, "/desk/account/totp/off", totp_off, FORM_ROUTE_MAX, DESK_ACCOUNT)         \
	X(WEB_POST, "/desk/account/passkeys", passkey_add_send, PASSKEY_ROUTE_MAX, DESK_ACCOUNT) \
	X(WEB_POST, "/desk/account/passkeys/remove", passkey_remove_send, FORM_ROUTE_MAX, DESK_ACCOUNT) \
	X(WEB_GET, "/desk/log", log_page, 0, DESK_LOG)                                        \
	X(WEB_GET, "/desk/people", people_page, 0, DESK_PEOPLE)                               \
	X(WEB_POST, "/desk/people", people_send, FORM_ROUTE_MAX, DESK_PEOPLE)                 \
	X(WEB_GET, "/desk/settings", settings_page, 0, DESK_SETTINGS)                         \
	X(WEB_POST, "/desk/settings", settings_send, SETTINGS_ROUTE_MAX, DESK_SETTINGS)       \
	X(WEB_GET, "/desk/settings/look", look_page, 0, DESK_SETTINGS)                        \
	X(WEB_POST, "/desk/settings/look", look_send, SETTINGS_ROUTE_MAX, DESK_SETTINGS)      \
	X(WEB_GET, "/desk/settings/preview.css", look_css, 0, DESK_SETTINGS)                  \
	X(WEB_GET, "/desk/settings/menus", menus_page, 0, DESK_SETTINGS)                      \
	X(WEB_POST, "/desk/settings/menus", menus_send, FORM_MAX, DESK_SETTINGS)              \
	X(WEB_GET, "/desk/pages", pages_page, 0, DESK_PUBLISH)                                \
	X(WEB_POST, "/desk/pages", pages_send, FORM_ROUTE_MAX, DESK_PUBLISH)                  \
	X(WEB_GET, "/desk/articles/new", article_new_form, 0, DESK_CREATE)                    \
	X(WEB_POST, "/desk/articles/new", article_new_send, ARTICLE_ROUTE_MAX, DESK_CREATE)   \
	X(WEB_GET, "/desk/articles/:id", article_form, 0, DESK_SEE)                           \
	X(WEB_POST, "/desk/articles/:id", article_send, ARTICLE_ROUTE_MAX, DESK_SEE)          \
	X(WEB_GET, "/desk/articles/:id/revisions", revisions_page, 0, DESK_SEE)               \
	X(WEB_GET, "/desk/articles/:id/revisions/:revision", revision_page, 0, DESK_SEE)

#define OPEN(X)                                                  \
	X(WEB_GET, "/desk/sign-in", signin_form, 0, 0)               \
	X(WEB_POST, "/desk/sign-in", signin_send, FORM_ROUTE_MAX, 0) \
	X(WEB_POST, "/desk/sign-in/second", signin_second_send, FORM_ROUTE_MAX, 0) \
	X(WEB_POST, "/desk/sign-in/passkey", passkey_signin_send, PASSKEY_ROUTE_MAX, 0) \
	X(WEB_GET, "/desk/invitation", invitation_form, 0, 0)        \
	X(WEB_POST, "/desk/invitation", invitation_send, FORM_ROUTE_MAX, 0)

#define GUARDED_FUNCTION(method, path, handler, body_max, right)                                            \
	static bool route_##handler(const struct web_request *req, struct web_response *res, struct error *err) \
	{                                                                                                       \
		return guarded(req, res, err, right, handler);                                                      \
	}
#define OPEN_FUNCTION(method, path, handler, body_max, right)                                               \
	static bool route_##handler(const struct web_request *req, struct web_response *res, struct error *err) \
	{                                                                                                       \
		return open_to_all(req, res, err, handler);                                                         \
	}
#define ROW(method, path, handler, body_max, right) \
	{ (method) | WEB_COOKIES, path, route_##handler, WEB_WORKER, body_max },

GUARDED(GUARDED_FUNCTION)
OPEN(OPEN_FUNCTION)

static const struct web_route ROUTES[] = { OPEN(ROW) GUARDED(ROW) };

const struct web_route *desk_routes(size_t *n)
{
	*n = sizeof ROUTES / sizeof *ROUTES;
	return ROUTES;
}
