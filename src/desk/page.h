/* What the files of the desk share. Private to this module. */
#ifndef KAIRAN_DESK_PAGE_H
#define KAIRAN_DESK_PAGE_H

#include "desk/desk.h"
#include "site/site.h"
#include "view/view.h"

/* Marks a msgid that is translated elsewhere: tools/lint/messages.sh looks for it in the catalogs. */
#define N_(text) text

/* A page in the making. All of it lives in the request's arena. */
struct desk_page {
	struct site *site;
	struct store *store;
	const struct web_request *req;
	struct web_response *res;
	struct arena *arena;
	struct error *err;
	struct settings settings;
	struct str lang; /* of the interface */
	const struct catalog *catalog;
	struct view_value *root;
	bool in; /* signed in; then: */
	struct session session;
	struct person who;
	struct str csrf; /* what each form carries */
	int64_t now;
};
typedef bool (*desk_handler)(struct desk_page *);

/* ---- page.c ---- */

bool desk_begin(struct desk_page *, const struct web_request *, struct web_response *, struct error *);
/* Starts the session that the token names, for this answer too. */
bool desk_enter(struct desk_page *, struct str token);
/* Does the form carry the token that belongs to its sender's cookie? */
bool desk_form_is_ours(const struct desk_page *);
/* Gives somebody who is not in the cookie that their form's token belongs to. */
bool desk_form_cookie(struct desk_page *);
bool desk_session_cookie(struct desk_page *, struct str token); /* an empty one: takes it away */
/* What tells the sign-in that this browser was in before (store.h), and how it is kept. */
struct str desk_device(const struct desk_page *);
bool desk_device_cookie(struct desk_page *, struct str device); /* an empty one: nothing */
void desk_script(struct desk_page *, const char *name);         /* a script of the theme for this page */
bool desk_render(struct desk_page *, const char *title_msgid, const char *template);
bool desk_go(struct desk_page *, const char *path); /* 303 */
struct str desk_message(const struct desk_page *, const char *msgid);
void desk_problem(struct desk_page *, int status, const char *msgid);
struct str desk_time(const struct desk_page *, int64_t t); /* 2026-05-01 09:00, in the site's zone */
void desk_choice(struct view_value *list, struct str value, struct str label, bool chosen);
const char *desk_role_label(enum role);                                /* a msgid */
const char *desk_status_label(enum article_status);                    /* a msgid */
bool desk_capture_id(const struct desk_page *, size_t i, int64_t *id); /* ERR_NOT_FOUND when it is no number */
struct desk_work desk_work(struct desk_page *);                        /* the page's person at work, see work.h */
/* Ends a transaction: commits when ok, else rolls back; tx may be NULL. */
bool desk_commit(struct desk_page *, struct store_tx *, bool ok);

/* ---- fields.c: an article as a form has it ---- */

/* `old` is what it was before (zeroes for a new one). ERR_INVALID and ERR_TOO_LARGE: *problem is a msgid. */
bool fields_read(struct desk_page *, const struct article *old, struct article *out, const char **problem);
bool fields_show(struct desk_page *, const struct article *);

struct str desk_text(struct desk_page *, const char *name); /* a field of lines, each ended by LF */
struct str desk_line(struct desk_page *, const char *name); /* a field of one line, trimmed */

/* ---- revisions.c ---- */

/* The fields in which two articles differ, each with its parts, under "fields". */
bool differences(
    struct desk_page *, struct view_value *object, const struct article *old, const struct article *new_one);

/* ---- the handlers, a file each ---- */

bool signin_form(struct desk_page *);
bool signin_send(struct desk_page *);
bool signout_send(struct desk_page *);
bool invitation_form(struct desk_page *);
bool invitation_send(struct desk_page *);
bool account_page(struct desk_page *);
bool account_language(struct desk_page *);
bool account_password(struct desk_page *);
bool account_sessions(struct desk_page *);
bool account_show(struct desk_page *);
bool totp_form(struct desk_page *);
bool totp_send(struct desk_page *);
bool totp_off(struct desk_page *);
bool log_page(struct desk_page *);
bool people_page(struct desk_page *);
bool people_send(struct desk_page *);
bool articles_page(struct desk_page *);
bool article_new_form(struct desk_page *);
bool article_new_send(struct desk_page *);
bool article_form(struct desk_page *);
bool article_send(struct desk_page *);
bool revisions_page(struct desk_page *);
bool revision_page(struct desk_page *);

#endif
