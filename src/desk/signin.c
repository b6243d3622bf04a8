#include "desk/passkey.h"

static bool show_form(struct desk_page *p)
{
	return passkey_show_signin(p, NULL) && desk_render(p, N_("Sign in"), "desk/signin");
}

bool signin_form(struct desk_page *p)
{
	return p->in ? desk_go(p, "/desk") : show_form(p);
}

/* The status and the words for a sign-in that did not go well; 0 for an error that is none of the person's. */
static int problem_of(const struct error *why, const char **words)
{
	switch (why->code) {
	case ERR_DENIED:
		*words = N_("The login, the password or the code is not right.");
		return 403;
	case ERR_CONFLICT:
		*words = N_("Too many tries just now. Use a passkey or a browser you signed in with before, or wait a while.");
		return 429;
	case ERR_UNAVAILABLE:
		*words = N_("The site’s key file is missing: use a recovery code or a passkey, and tell who runs the server.");
		return 503;
	default:
		return 0;
	}
}

bool signin_entered(struct desk_page *p, const struct signin_done *done)
{
	return desk_session_cookie(p, done->token) && desk_device_cookie(p, done->device) && desk_go(p, "/desk");
}

bool signin_send(struct desk_page *p)
{
	struct error why = { 0 };
	struct signin_done done;
	const char *words;
	struct signin_try try = { .login = str_trim(web_field_get(p->req, "login")),
		.password = web_field_get(p->req, "password"),
		.code = web_field_get(p->req, "code"),
		.device = desk_device(p),
		.binding = p->csrf };
	if (signin(p->store, &try, p->now, &done, p->arena, &why))
		return done.pending.n ? signin_second_show(p, &done.who, done.pending) : signin_entered(p, &done);
	int status = problem_of(&why, &words);
	if (status == 0) {
		*p->err = why;
		return false;
	}
	desk_problem(p, status, words);
	view_set_str(p->root, "login", try.login);
	return show_form(p);
}

/* ---- the second step on a page of its own ---- */

bool signin_second_show(struct desk_page *p, const struct person *who, struct str pending)
{
	view_set_str(p->root, "pending", pending);
	view_set_str(p->root, "login", who->login);
	view_set_bool(p->root, "has_totp", who->has_totp);
	return passkey_show_signin(p, who) && desk_render(p, N_("Second step of signing in"), "desk/second");
}

bool signin_second_send(struct desk_page *p)
{
	struct error why = { 0 }, none = { 0 };
	struct signin_done done;
	struct person who;
	const char *words;
	struct str pending = web_field_get(p->req, "pending");
	struct signin_try try = { .code = web_field_get(p->req, "code"), .device = desk_device(p), .binding = p->csrf };
	if (signin_second(p->store, pending, &try, p->now, &done, p->arena, &why))
		return signin_entered(p, &done);
	int status = problem_of(&why, &words);
	if (status == 0) {
		*p->err = why;
		return false;
	}
	if (signin_pending_is(p->store, pending, p->csrf, p->now, &who, p->arena, &none)) {
		desk_problem(p, status, words);
		return signin_second_show(p, &who, pending);
	}
	desk_problem(p, 403, N_("That took too long. Please begin again."));
	return show_form(p);
}

bool signout_send(struct desk_page *p)
{
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && session_end(tx, p->who.id, p->session.id, p->err);
	return desk_commit(p, tx, ok) && desk_session_cookie(p, STR("")) && desk_go(p, "/desk/sign-in");
}

/* ---- invitations ---- */

static bool show_invitation(struct desk_page *p, struct str token)
{
	struct person who;
	struct error why = { 0 };
	if (!invitation_find(p->store, token, p->now, &who, p->arena, &why)) {
		if (why.code != ERR_NOT_FOUND) {
			*p->err = why;
			return false;
		}
		p->res->status = 404;
		view_set_bool(p->root, "gone", true);
		return desk_render(p, N_("Invitation"), "desk/invitation");
	}
	view_set_str(p->root, "token", token);
	view_set_str(p->root, "login", who.login);
	view_set_int(p->root, "password_min", PASSWORD_MIN);
	return desk_render(p, N_("Invitation"), "desk/invitation");
}

bool invitation_form(struct desk_page *p)
{
	return show_invitation(p, web_param_get(p->req, "token"));
}

static bool accept(struct desk_page *p, struct str token, struct str hash)
{
	struct person who;
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && invitation_accept(tx, token, hash, p->now, &who, p->arena, p->err);
	return desk_commit(p, tx, ok) && desk_device_cookie(p, signin_device(p->store, &who, p->now, p->arena)) &&
	       desk_go(p, "/desk/sign-in");
}

bool invitation_send(struct desk_page *p)
{
	struct str token = web_field_get(p->req, "token"), password = web_field_get(p->req, "password"), hash;
	struct person who;
	struct error why = { 0 };
	/* The slow hash is for those alone who hold an invitation. */
	if (!invitation_find(p->store, token, p->now, &who, p->arena, &why))
		return show_invitation(p, token);
	if (!str_eq(password, web_field_get(p->req, "again"))) {
		desk_problem(p, 422, N_("The two passwords are not the same."));
		return show_invitation(p, token);
	}
	if (password_hash(password, &hash, p->arena, &why))
		return accept(p, token, hash);
	if (why.code != ERR_INVALID && why.code != ERR_TOO_LARGE) {
		*p->err = why;
		return false;
	}
	desk_problem(p, 422, N_("The password is too short, or far too long."));
	return show_invitation(p, token);
}
