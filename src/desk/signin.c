#include "desk/page.h"

bool signin_form(struct desk_page *p)
{
	return p->in ? desk_go(p, "/desk") : desk_render(p, N_("Sign in"), "desk/signin");
}

static bool again(struct desk_page *p, int status, const char *problem)
{
	desk_problem(p, status, problem);
	view_set_str(p->root, "login", web_field_get(p->req, "login"));
	return desk_render(p, N_("Sign in"), "desk/signin");
}

bool signin_send(struct desk_page *p)
{
	struct str token;
	struct error why = { 0 };
	if (signin(p->store, str_trim(web_field_get(p->req, "login")), web_field_get(p->req, "password"),
	        web_field_get(p->req, "code"), p->now, &token, p->arena, &why))
		return desk_session_cookie(p, token) && desk_go(p, "/desk");
	switch (why.code) {
	case ERR_DENIED:
		return again(p, 403, N_("The login, the password or the code is not right."));
	case ERR_CONFLICT:
		return again(p, 429, N_("Too many tries. Please wait some minutes and try again."));
	default:
		*p->err = why;
		return false;
	}
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
	return desk_commit(p, tx, ok) && desk_go(p, "/desk/sign-in");
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
