#include "desk/page.h"

/* Who works here; for owners. An invitation's link is shown once, to be handed on. */

static bool show_people(struct desk_page *p)
{
	struct person *all;
	size_t n;
	struct view_value *list = view_set_list(p->root, "people"), *roles = view_set_list(p->root, "roles");
	if (!person_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		int64_t until;
		if (!invitation_ends(p->store, all[i].id, p->now, &until, p->err))
			return false;
		view_set_str(v, "person_url", arena_printf(p->arena, "/desk/people/%lld", (long long)all[i].id));
		view_set_str(v, "person_login", all[i].login);
		view_set_str(v, "person_name", all[i].name.n ? all[i].name : all[i].login);
		view_set_str(v, "person_role", desk_message(p, desk_role_label(all[i].role)));
		if (until)
			view_set_str(v, "invited_until", desk_time(p, until));
		view_set_bool(v, "not_in", !all[i].has_password && !until);
		view_set_bool(v, "two_steps", all[i].has_totp || all[i].has_passkeys);
	}
	for (int r = 0; r < ROLES; r++)
		desk_choice(roles, role_name((enum role)r), desk_message(p, desk_role_label((enum role)r)), r == ROLE_EDITOR);
	return desk_render(p, N_("People"), "desk/people");
}

bool people_page(struct desk_page *p)
{
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show_people(p);
}

static bool show_link(struct desk_page *p, const struct person *who, struct str token)
{
	struct str base = p->settings.base_url;
	view_set_str(p->root, "invited_login", who->login);
	view_set_str(p->root, "link",
	    arena_printf(
	        p->arena, "%.*s/desk/invitation?token=%.*s", (int)base.n, base.p ? base.p : "", (int)token.n, token.p));
	return show_people(p);
}

/* What the owner can mend is said above the form; all else is an error. */
static bool told(struct desk_page *p, const struct error *why)
{
	if (why->code == ERR_EXISTS)
		desk_problem(p, 409, N_("This login is taken."));
	else if (why->code == ERR_INVALID)
		desk_problem(p, 422, N_("A login has letters from a to z, digits, and the signs - _ . and nothing else."));
	else {
		*p->err = *why;
		return false;
	}
	return show_people(p);
}

static bool invite(struct desk_page *p, struct person *who, bool fresh)
{
	struct error why = { 0 };
	struct str token = STR("");
	struct store_tx *tx = store_begin(p->store, &why);
	bool ok = tx && (!fresh || person_add(tx, who, &why)) &&
	          person_invite(tx, who->id, p->now, &token, p->arena, &why) &&
	          audit_add(tx, &p->who, fresh ? STR("user.add") : STR("user.invite"), who->login, &why);
	if (ok && tx)
		return store_commit(tx, p->err) && show_link(p, who, token);
	store_rollback(tx);
	return told(p, &why);
}

bool people_send(struct desk_page *p)
{
	struct str what = web_field_get(p->req, "do"), login = str_trim(web_field_get(p->req, "login"));
	struct person who = { .login = login, .name = web_field_get(p->req, "name"), .lang = STR("") };
	if (str_eq(what, STR("add"))) {
		if (!role_parse(web_field_get(p->req, "role"), &who.role))
			return error_set(p->err, ERR_USAGE, "there is no such role");
		return invite(p, &who, true);
	}
	if (!str_eq(what, STR("invite")))
		return error_set(p->err, ERR_USAGE, "the form does not say what to do");
	return person_by_login(p->store, login, &who, p->arena, p->err) && invite(p, &who, false);
}
