#include "desk/editor.h"

/* A form that was open for long may come when its session has ended. What was typed must survive that, also without
 * script: it comes back in a page that asks to sign in, and then in one that sends it again. */

#define SHOWN_MIN 20 /* bytes: shorter values are marks and choices */

/* Passwords and codes are typed anew; tokens are of the page. */
static bool is_secret(struct str name)
{
	static const char *const names[] = { "csrf", "password", "again", "old", "code", "secret", "go", "who-login",
		"who-password", "who-code" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq(name, str_from(names[i])))
			return true;
	}
	return false;
}

static bool is_choice(struct str name)
{
	return str_eq(name, STR("do")) || str_eq(name, STR("resolving")) || str_starts(name, STR("choice-"));
}

void desk_keep_fields(struct desk_page *p, enum kept kind)
{
	struct view_value *list = view_set_list(p->root, "kept");
	const struct web_param *longest = NULL;
	for (size_t i = 0; i < p->req->n_fields; i++) {
		const struct web_param *f = &p->req->fields[i];
		if (is_secret(f->name) || (kind == KEPT_FOR_CHOICES && is_choice(f->name)))
			continue;
		struct view_value *v = view_push_object(list);
		view_set_str(v, "name", f->name);
		view_set_str(v, "value", f->value);
		if (f->value.n >= SHOWN_MIN && (!longest || f->value.n > longest->value.n))
			longest = f;
	}
	if (longest)
		view_set_str(p->root, "typed", longest->value);
}

/* A page of the desk that a form may be sent to. */
static bool fits(struct str path)
{
	if (!str_starts(path, STR("/desk/")) || str_starts(path, STR("/desk/sign-in")) || path.n > 200)
		return false;
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i], low = (char)(c | 32);
		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') && c != '/' && c != '-' && c != '_')
			return false;
		if (c == '/' && i + 1 < path.n && path.p[i + 1] == '/')
			return false;
	}
	return true;
}

static bool give_back(struct desk_page *p, struct str go)
{
	if (!fits(go))
		return error_set(p->err, ERR_DENIED, "the form is not one of this session");
	view_set_str(p->root, "go", go);
	view_set_bool(p->root, "lost_files", p->req->n_files > 0);
	desk_keep_fields(p, KEPT_TO_SEND);
	if (p->in)
		return desk_render(p, N_("Send it again"), "desk/again");
	return desk_form_cookie(p) && desk_render(p, N_("Your session has ended"), "desk/hold");
}

bool desk_hold(struct desk_page *p)
{
	p->res->status = 403;
	return give_back(p, p->req->path);
}

static const char *problem_of(const struct error *why, int *status)
{
	switch (why->code) {
	case ERR_DENIED:
		*status = 403;
		return N_("The login, the password or the code is not right.");
	case ERR_CONFLICT:
		*status = 429;
		return N_("Too many tries just now. Use a passkey or a browser you signed in with before, or wait a while.");
	case ERR_UNAVAILABLE:
		*status = 503;
		return N_("The site’s key file is missing: use a recovery code or a passkey, and tell who runs the server.");
	default:
		return NULL;
	}
}

static bool once_more(struct desk_page *p, struct str go, int status, const char *problem)
{
	desk_problem(p, status, problem);
	view_set_str(p->root, "login", web_field_get(p->req, "who-login"));
	return give_back(p, go);
}

bool again_send(struct desk_page *p)
{
	int status;
	struct str go = web_field_get(p->req, "go");
	struct error why = { 0 };
	struct signin_done done;
	struct signin_try try = { .login = str_trim(web_field_get(p->req, "who-login")),
		.password = web_field_get(p->req, "who-password"),
		.code = web_field_get(p->req, "who-code"),
		.device = desk_device(p),
		.binding = p->csrf };
	if (p->in)
		return give_back(p, go);
	/* The cookie went with the session: the page comes again with a new one. */
	if (!desk_form_is_ours(p)) {
		p->csrf = STR("");
		p->res->status = 403;
		return give_back(p, go);
	}
	if (!signin(p->store, &try, p->now, &done, p->arena, &why)) {
		const char *problem = problem_of(&why, &status);
		if (!problem)
			*p->err = why;
		return problem && once_more(p, go, status, problem);
	}
	if (done.pending.n)
		return once_more(p, go, 403,
		    N_("This account needs its passkey: sign in in another window, and then go on here with empty fields."));
	return desk_enter(p, done.token) && desk_device_cookie(p, done.device) && give_back(p, go);
}
