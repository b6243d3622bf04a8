#include "desk/flow.h"

/* One who works here, as owners see them: name, role, sessions, second step, invitation. */

static bool find(struct desk_page *p, struct person *who)
{
	int64_t id;
	return desk_capture_id(p, 0, &id) && person_by_id(p->store, id, who, p->arena, p->err);
}

static bool show(struct desk_page *p, const struct person *who)
{
	struct session *sessions;
	size_t n;
	int64_t until;
	struct view_value *roles = view_set_list(p->root, "roles"), *list = view_set_list(p->root, "sessions");
	if (!session_list(p->store, who->id, p->now, &sessions, &n, p->arena, p->err) ||
	    !invitation_ends(p->store, who->id, p->now, &until, p->err))
		return false;
	for (int r = 0; r < ROLES; r++)
		desk_choice(
		    roles, role_name((enum role)r), desk_message(p, desk_role_label((enum role)r)), r == (int)who->role);
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "since", desk_time(p, sessions[i].created_at));
		view_set_str(v, "seen", desk_time(p, sessions[i].seen_at));
	}
	view_set_bool(p->root, "has_sessions", n > 0);
	view_set_str(p->root, "person_login", who->login);
	view_set_str(p->root, "person_name", who->name);
	view_set_str(p->root, "person_since", desk_time(p, who->created_at));
	view_set_str(p->root, "person_url", arena_printf(p->arena, "/desk/people/%lld", (long long)who->id));
	view_set_bool(p->root, "two_steps", who->has_totp || who->has_passkeys);
	view_set_bool(p->root, "myself", who->id == p->who.id);
	view_set_bool(p->root, "never_in", !who->has_password);
	if (until)
		view_set_str(p->root, "invited_until", desk_time(p, until));
	return desk_render(p, N_("Person"), "desk/person");
}

bool person_page(struct desk_page *p)
{
	struct person who;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return find(p, &who) && show(p, &who);
}

/* ---- changing ---- */

struct change_of_person {
	const char *name, *action;
	bool (*apply)(struct desk_page *, struct store_tx *, const struct person *, struct error *);
};

static bool apply_name(struct desk_page *p, struct store_tx *tx, const struct person *who, struct error *err)
{
	return person_set_name(tx, who->id, web_field_get(p->req, "name"), err);
}

static bool apply_role(struct desk_page *p, struct store_tx *tx, const struct person *who, struct error *err)
{
	enum role role;
	if (!role_parse(web_field_get(p->req, "role"), &role))
		return error_set(err, ERR_USAGE, "there is no such role");
	return role == who->role || person_set_role(tx, who->id, role, err);
}

static bool apply_sessions(struct desk_page *p, struct store_tx *tx, const struct person *who, struct error *err)
{
	return session_end_others(tx, who->id, who->id == p->who.id ? p->session.id : 0, err);
}

/* Whoever has the person's phone may be in already. */
static bool apply_second(struct desk_page *p, struct store_tx *tx, const struct person *who, struct error *err)
{
	return passkey_clear(tx, who->id, err) && person_clear_totp(tx, who->id, err) && apply_sessions(p, tx, who, err);
}

static bool apply_withdraw(struct desk_page *p, struct store_tx *tx, const struct person *who, struct error *err)
{
	(void)p;
	return invitation_withdraw(tx, who->id, err);
}

static bool apply_remove(struct desk_page *p, struct store_tx *tx, const struct person *who, struct error *err)
{
	(void)p;
	return person_remove(tx, who->id, err);
}

static const struct change_of_person CHANGES[] = {
	{ "name", "user.name", apply_name },
	{ "role", "user.role", apply_role },
	{ "sessions", "user.sessions.end", apply_sessions },
	{ "second", "user.second-step.reset", apply_second },
	{ "withdraw", "user.invite.withdraw", apply_withdraw },
	{ "remove", "user.remove", apply_remove },
};

/* What the owner can mend is said above the page; all else is an error. */
static bool told(struct desk_page *p, const struct person *who, const struct error *why)
{
	if (why->code == ERR_CONFLICT)
		desk_problem(p, 409, N_("The last owner stays an owner. Make somebody else an owner first."));
	else if (why->code == ERR_INVALID)
		desk_problem(p, 422, N_("The name is too long."));
	else {
		*p->err = *why;
		return false;
	}
	return show(p, who);
}

/* "hana" or, of a role, "hana author → editor". */
static struct str object_of(struct desk_page *p, const struct person *who, const struct change_of_person *c)
{
	struct str old = role_name(who->role), role = web_field_get(p->req, "role");
	if (c->apply != apply_role)
		return who->login;
	return arena_printf(p->arena, "%.*s %.*s → %.*s", (int)who->login.n, who->login.p, (int)old.n, old.p,
	    (int)(role.n < 20 ? role.n : 0), role.p ? role.p : "");
}

bool person_send(struct desk_page *p)
{
	struct person who;
	struct error why = { 0 };
	const struct change_of_person *c = NULL;
	for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
		if (str_eq(web_field_get(p->req, "do"), str_from(CHANGES[i].name)))
			c = &CHANGES[i];
	}
	if (!c)
		return error_set(p->err, ERR_USAGE, "the form does not say what to do");
	if (!find(p, &who))
		return false;
	struct store_tx *tx = store_begin(p->store, &why);
	if (tx && c->apply(p, tx, &who, &why) && audit_add(tx, &p->who, str_from(c->action), object_of(p, &who, c), &why)) {
		struct str page = arena_printf(p->arena, "/desk/people/%lld?saved=1", (long long)who.id);
		return store_commit(tx, p->err) && desk_go(p, c->apply == apply_remove ? "/desk/people?saved=1" : page.p);
	}
	store_rollback(tx);
	return told(p, &who, &why);
}
