#include "desk/editor.h"
#include "desk/flow.h"
#include "desk/media.h"
#include "desk/passkey.h"
#include "desk/settings.h"
#include "desk/sources.h"
#include "desk/structure.h"
#include "desk/tokens.h"
#include "desk/translate.h"

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
		return desk_hold(&p);
	if (!desk_may(p.who.role, right))
		return error_set(err, ERR_DENIED, "this needs a right that the role does not have");
	if (req->method != WEB_GET && !desk_form_is_ours(&p))
		return desk_hold(&p);
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

/* For forms that outlived their session; it looks at the token itself. */
static bool held_form(const struct web_request *req, struct web_response *res, struct error *err, desk_handler handler)
{
	struct desk_page p;
	return desk_begin(&p, req, res, err) && handler(&p);
}

#define FORM_ROUTE_MAX (8 * KIB)
#define SAVED_PAGE_MAX ARTICLE_BODY_MAX /* as large as doc reads */
#define PASSKEY_ROUTE_MAX (16 * KIB)
#define COMMENT_ROUTE_MAX (64 * KIB)             /* percent-encoded, a comment takes three times its bytes */
#define TRANSLATION_ROUTE_MAX (12 * MIB)         /* all blocks, and the form around each */
#define ARTICLE_ROUTE_MAX (10 * MIB + MEDIA_MAX) /* body, preface, an image, the rest */
#define SETTINGS_ROUTE_MAX (2 * MIB)             /* the texts of all languages; or CSS and an icon */

/* X(method, path, handler, limit of the body, right) */
#define GUARDED(X)                                                                                          \
	X(WEB_GET, "/desk", overview_page, 0, DESK_SEE)                                                         \
	X(WEB_GET, "/desk/articles", articles_page, 0, DESK_SEE)                                                \
	X(WEB_POST, "/desk/sign-out", signout_send, FORM_ROUTE_MAX, DESK_ACCOUNT)                               \
	X(WEB_GET, "/desk/account", account_page, 0, DESK_ACCOUNT)                                              \
	X(WEB_POST, "/desk/account/language", account_language, FORM_ROUTE_MAX, DESK_ACCOUNT)                   \
	X(WEB_POST, "/desk/account/password", account_password, FORM_ROUTE_MAX, DESK_ACCOUNT)                   \
	X(WEB_POST, "/desk/account/sessions", account_sessions, FORM_ROUTE_MAX, DESK_ACCOUNT)                   \
	X(WEB_GET, "/desk/account/totp", totp_form, 0, DESK_ACCOUNT)                                            \
	X(WEB_POST, "/desk/account/totp", totp_send, FORM_ROUTE_MAX, DESK_ACCOUNT)                              \
	X(WEB_POST, "/desk/account/totp/off", totp_off, FORM_ROUTE_MAX, DESK_ACCOUNT)                           \
	X(WEB_POST, "/desk/account/passkeys", passkey_add_send, PASSKEY_ROUTE_MAX, DESK_ACCOUNT)                \
	X(WEB_POST, "/desk/account/passkeys/remove", passkey_remove_send, FORM_ROUTE_MAX, DESK_ACCOUNT)         \
	X(WEB_GET, "/desk/account/tokens", tokens_page, 0, DESK_ACCOUNT)                                        \
	X(WEB_POST, "/desk/account/tokens", tokens_send, FORM_ROUTE_MAX, DESK_ACCOUNT)                          \
	X(WEB_GET, "/desk/webhooks", webhooks_page, 0, DESK_WEBHOOKS)                                           \
	X(WEB_POST, "/desk/webhooks", webhooks_send, FORM_ROUTE_MAX, DESK_WEBHOOKS)                             \
	X(WEB_GET, "/desk/webhooks/:id", webhook_page, 0, DESK_WEBHOOKS)                                        \
	X(WEB_POST, "/desk/webhooks/:id", webhook_send, FORM_ROUTE_MAX, DESK_WEBHOOKS)                          \
	X(WEB_GET, "/desk/log", log_page, 0, DESK_LOG)                                                          \
	X(WEB_GET, "/desk/people", people_page, 0, DESK_PEOPLE)                                                 \
	X(WEB_POST, "/desk/people", people_send, FORM_ROUTE_MAX, DESK_PEOPLE)                                   \
	X(WEB_POST, "/desk/articles/act", acts_send, FORM_ROUTE_MAX, DESK_SEE)                                  \
	X(WEB_POST, "/desk/undo", undo_send, FORM_ROUTE_MAX, DESK_SEE)                                          \
	X(WEB_GET, "/desk/trash", trash_page, 0, DESK_SEE)                                                      \
	X(WEB_POST, "/desk/trash", trash_send, FORM_ROUTE_MAX, DESK_SEE)                                        \
	X(WEB_POST, "/desk/trash/delete", trash_delete_send, FORM_ROUTE_MAX, DESK_DELETE)                       \
	X(WEB_GET, "/desk/articles/:id/review", review_page, 0, DESK_SEE)                                       \
	X(WEB_POST, "/desk/articles/:id/ask", ask_send, COMMENT_ROUTE_MAX, DESK_SEE)                            \
	X(WEB_POST, "/desk/articles/:id/judge", judge_send, COMMENT_ROUTE_MAX, DESK_REVIEW)                     \
	X(WEB_POST, "/desk/articles/:id/comments", comment_send, COMMENT_ROUTE_MAX, DESK_SEE)                   \
	X(WEB_GET, "/desk/people/:id", person_page, 0, DESK_PEOPLE)                                             \
	X(WEB_POST, "/desk/people/:id", person_send, FORM_ROUTE_MAX, DESK_PEOPLE)                               \
	X(WEB_GET, "/desk/categories", categories_page, 0, DESK_STRUCTURE)                                      \
	X(WEB_POST, "/desk/categories", categories_send, FORM_ROUTE_MAX, DESK_STRUCTURE)                        \
	X(WEB_GET, "/desk/categories/:id", category_form, 0, DESK_STRUCTURE)                                    \
	X(WEB_POST, "/desk/categories/:id", category_send, FORM_MAX, DESK_STRUCTURE)                            \
	X(WEB_GET, "/desk/categories/:id/articles", entries_page, 0, DESK_STRUCTURE)                            \
	X(WEB_POST, "/desk/categories/:id/articles", entries_send, FORM_ROUTE_MAX, DESK_STRUCTURE)              \
	X(WEB_GET, "/desk/tags", tags_page, 0, DESK_STRUCTURE)                                                  \
	X(WEB_GET, "/desk/tags/tag", tag_form, 0, DESK_STRUCTURE)                                               \
	X(WEB_POST, "/desk/tags/tag", tag_send, FORM_ROUTE_MAX, DESK_STRUCTURE)                                 \
	X(WEB_GET, "/desk/redirects", redirects_page, 0, DESK_STRUCTURE)                                        \
	X(WEB_GET, "/desk/redirects/redirect", redirect_form, 0, DESK_STRUCTURE)                                \
	X(WEB_POST, "/desk/redirects/redirect", redirect_send, 4 * FORM_ROUTE_MAX, DESK_STRUCTURE)              \
	X(WEB_POST, "/desk/redirects/import", redirects_import, REDIRECT_FILE_MAX + FORM_MAX, DESK_STRUCTURE)   \
	X(WEB_GET, "/desk/synonyms", synonyms_page, 0, DESK_SEARCH)                                             \
	X(WEB_POST, "/desk/synonyms", synonyms_send, 4 * SYNONYM_FORM_MAX, DESK_SEARCH)                         \
	X(WEB_GET, "/desk/synonyms/:id", synonym_form, 0, DESK_SEARCH)                                          \
	X(WEB_POST, "/desk/synonyms/:id", synonym_send, 4 * SYNONYM_FORM_MAX, DESK_SEARCH)                      \
	X(WEB_GET, "/desk/pins", pins_page, 0, DESK_SEARCH)                                                     \
	X(WEB_GET, "/desk/pins/pin", pin_form, 0, DESK_SEARCH)                                                  \
	X(WEB_POST, "/desk/pins/pin", pin_send, 4 * FORM_ROUTE_MAX, DESK_SEARCH)                                \
	X(WEB_GET, "/desk/questions", questions_page, 0, DESK_SEARCH)                                           \
	X(WEB_POST, "/desk/questions", questions_send, FORM_ROUTE_MAX, DESK_SEARCH)                             \
	X(WEB_GET, "/desk/searches", searches_page, 0, DESK_SEARCH)                                             \
	X(WEB_POST, "/desk/searches", searches_send, FORM_ROUTE_MAX, DESK_SEARCH)                               \
	X(WEB_GET, "/desk/translate", translations_page, 0, DESK_TRANSLATE)                                     \
	X(WEB_GET, "/desk/translate/new", translate_new_form, 0, DESK_TRANSLATE)                                \
	X(WEB_POST, "/desk/translate/new", translate_new_send, ARTICLE_ROUTE_MAX, DESK_TRANSLATE)               \
	X(WEB_GET, "/desk/translate/:id", translate_page, 0, DESK_TRANSLATE)                                    \
	X(WEB_POST, "/desk/translate/:id", translate_send, TRANSLATION_ROUTE_MAX, DESK_TRANSLATE)               \
	X(WEB_POST, "/desk/translate/:id/block", translate_block_send, ARTICLE_ROUTE_MAX, DESK_TRANSLATE)       \
	X(WEB_POST, "/desk/translate/:id/original", translate_original_send, ARTICLE_ROUTE_MAX, DESK_TRANSLATE) \
	X(WEB_GET, "/desk/translate/:id/copies/:copy", translate_copy, 0, DESK_TRANSLATE)                       \
	X(WEB_POST, "/desk/translate/:id/article", translate_article_send, FORM_ROUTE_MAX, DESK_TRANSLATE)      \
	X(WEB_GET, "/desk/glossary", glossary_page, 0, DESK_TRANSLATE)                                          \
	X(WEB_POST, "/desk/glossary", glossary_send, FORM_ROUTE_MAX, DESK_TRANSLATE)                            \
	X(WEB_GET, "/desk/glossary/export", glossary_export, 0, DESK_TRANSLATE)                                 \
	X(WEB_POST, "/desk/glossary/import", glossary_import, GLOSSARY_CSV_MAX, DESK_TRANSLATE)                 \
	X(WEB_GET, "/desk/settings", settings_page, 0, DESK_SETTINGS)                                           \
	X(WEB_POST, "/desk/settings", settings_send, SETTINGS_ROUTE_MAX, DESK_SETTINGS)                         \
	X(WEB_GET, "/desk/settings/look", look_page, 0, DESK_SETTINGS)                                          \
	X(WEB_POST, "/desk/settings/look", look_send, SETTINGS_ROUTE_MAX, DESK_SETTINGS)                        \
	X(WEB_GET, "/desk/settings/preview.css", look_css, 0, DESK_SETTINGS)                                    \
	X(WEB_GET, "/desk/settings/menus", menus_page, 0, DESK_SETTINGS)                                        \
	X(WEB_POST, "/desk/settings/menus", menus_send, FORM_MAX, DESK_SETTINGS)                                \
	X(WEB_GET, "/desk/pages", pages_page, 0, DESK_PUBLISH)                                                  \
	X(WEB_POST, "/desk/pages", pages_send, FORM_ROUTE_MAX, DESK_PUBLISH)                                    \
	X(WEB_GET, "/desk/articles/new", article_new_form, 0, DESK_CREATE)                                      \
	X(WEB_POST, "/desk/articles/new", article_new_send, ARTICLE_ROUTE_MAX, DESK_CREATE)                     \
	X(WEB_GET, "/desk/sources", sources_page, 0, DESK_SEE)                                                  \
	X(WEB_GET, "/desk/sources/new", source_new_page, 0, DESK_CREATE)                                        \
	X(WEB_POST, "/desk/sources/new", source_new_send, SAVED_PAGE_MAX + MIB, DESK_CREATE)                    \
	X(WEB_GET, "/desk/sources/:id", source_page, 0, DESK_SEE)                                               \
	X(WEB_POST, "/desk/sources/:id", source_send, FORM_MAX, DESK_CREATE)                                    \
	X(WEB_GET, "/desk/links", links_page, 0, DESK_SEE)                                                      \
	X(WEB_POST, "/desk/links", links_send, FORM_ROUTE_MAX, DESK_PUBLISH)                                    \
	X(WEB_GET, "/desk/media", media_page, 0, DESK_SEE)                                                      \
	X(WEB_POST, "/desk/media", media_send, MEDIA_UPLOAD_MAX + MIB, DESK_CREATE)                             \
	X(WEB_POST, "/desk/media/upload", media_upload, MEDIA_MAX + MIB, DESK_CREATE)                           \
	X(WEB_GET, "/desk/media/:hash", image_page, 0, DESK_SEE)                                                \
	X(WEB_POST, "/desk/media/:hash", image_send, MEDIA_MAX + MIB, DESK_CREATE)                              \
	X(WEB_POST, "/desk/articles/autosave", draft_autosave, ARTICLE_ROUTE_MAX, DESK_SEE)                     \
	X(WEB_POST, "/desk/articles/preview", article_preview, ARTICLE_ROUTE_MAX, DESK_SEE)                     \
	X(WEB_POST, "/desk/drafts/drop", draft_drop_send, FORM_ROUTE_MAX, DESK_SEE)                             \
	X(WEB_POST, "/desk/paste", paste_send, ARTICLE_ROUTE_MAX, DESK_SEE)                                     \
	X(WEB_GET, "/desk/articles/:id", article_form, 0, DESK_SEE)                                             \
	X(WEB_POST, "/desk/articles/:id", article_send, ARTICLE_ROUTE_MAX, DESK_SEE)                            \
	X(WEB_GET, "/desk/articles/:id/revisions", revisions_page, 0, DESK_SEE)                                 \
	X(WEB_GET, "/desk/articles/:id/revisions/:revision", revision_page, 0, DESK_SEE)

#define OPEN(X)                                                                     \
	X(WEB_GET, "/desk/sign-in", signin_form, 0, 0)                                  \
	X(WEB_POST, "/desk/sign-in", signin_send, FORM_ROUTE_MAX, 0)                    \
	X(WEB_POST, "/desk/sign-in/second", signin_second_send, FORM_ROUTE_MAX, 0)      \
	X(WEB_POST, "/desk/sign-in/passkey", passkey_signin_send, PASSKEY_ROUTE_MAX, 0) \
	X(WEB_GET, "/desk/invitation", invitation_form, 0, 0)                           \
	X(WEB_POST, "/desk/invitation", invitation_send, FORM_ROUTE_MAX, 0)

#define HELD(X) X(WEB_POST, "/desk/sign-in/again", again_send, ARTICLE_ROUTE_MAX, 0)

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
#define HELD_FUNCTION(method, path, handler, body_max, right)                                               \
	static bool route_##handler(const struct web_request *req, struct web_response *res, struct error *err) \
	{                                                                                                       \
		return held_form(req, res, err, handler);                                                           \
	}
#define ROW(method, path, handler, body_max, right) \
	{ (method) | WEB_COOKIES, path, route_##handler, WEB_WORKER, body_max },

GUARDED(GUARDED_FUNCTION)
OPEN(OPEN_FUNCTION)
HELD(HELD_FUNCTION)

static const struct web_route ROUTES[] = { OPEN(ROW) HELD(ROW) GUARDED(ROW) };

const struct web_route *desk_routes(size_t *n)
{
	*n = sizeof ROUTES / sizeof *ROUTES;
	return ROUTES;
}
