#include "api/inner.h"

/* Who works here, and invitations. */

static json_t *person_json(struct api_call *c, const struct person *p)
{
	json_t *o = api_object(c);
	api_str(c, o, "login", p->login);
	api_str(c, o, "name", p->name.n ? p->name : p->login);
	api_str(c, o, "role", role_name(p->role));
	api_bool(c, o, "invited", !p->has_password);
	api_bool(c, o, "two_steps", p->has_totp);
	api_time(c, o, "created", p->created_at);
	return o;
}

static bool list(struct api_call *c)
{
	struct person *all;
	size_t n, from, to;
	struct str next;
	if (!person_list(c->store, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++)
		api_push(c, out, person_json(c, &all[i]));
	return api_page(c, out, next);
}

static bool find(struct api_call *c, struct person *p)
{
	return person_by_login(c->store, c->req->captures[0], p, c->arena, c->err);
}

static bool get(struct api_call *c)
{
	struct person p = { 0 };
	if (!find(c, &p))
		return false;
	c->answer = person_json(c, &p);
	return true;
}

static bool invited(struct api_call *c, const struct person *p, struct str token)
{
	struct str base = c->settings.base_url;
	c->answer = api_object(c);
	api_put(c, c->answer, "person", person_json(c, p));
	api_str(c, c->answer, "link",
	    arena_printf(
	        c->arena, "%.*s/desk/invitation?token=%.*s", (int)base.n, base.p ? base.p : "", (int)token.n, token.p));
	api_time(c, c->answer, "expires", c->now + INVITATION_SECONDS);
	return true;
}

static bool add(struct api_call *c)
{
	struct person p = { .login = STR(""), .name = STR(""), .lang = STR("") };
	struct str token = STR(""), role = STR("");
	struct error why = { 0 };
	api_get_str(c->body, "login", &p.login);
	api_get_str(c->body, "name", &p.name);
	api_get_str(c->body, "role", &role);
	if (!role_parse(role, &p.role))
		return api_refuse_field(c, "/role", "must be a role");
	struct store_tx *tx = api_begin(c);
	bool ok = tx && person_add(tx, &p, &why) && person_invite(tx, p.id, c->now, &token, c->arena, &why) &&
	          api_audit(c, tx, STR("user.add"), p.login);
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/login", "%s", why.message);
	else if (!ok && why.code)
		*c->err = why;
	if (!api_commit(c, tx, ok) || !invited(c, &p, token))
		return false;
	c->res->location = arena_printf(c->arena, DESK "/people/%.*s", (int)p.login.n, p.login.p);
	return true;
}

static bool invite(struct api_call *c)
{
	struct person p = { 0 };
	struct str token = STR("");
	if (!find(c, &p))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx,
	           tx && person_invite(tx, p.id, c->now, &token, c->arena, c->err) &&
	               api_audit(c, tx, STR("user.invite"), p.login)) &&
	       invited(c, &p, token);
}

static bool change(struct api_call *c)
{
	struct person p = { 0 };
	struct str name = STR(""), role = STR("");
	struct error why = { 0 };
	if (!find(c, &p))
		return false;
	bool named = api_get_str(c->body, "name", &name),
	     moved = api_get_str(c->body, "role", &role) && role_parse(role, &p.role);
	struct store_tx *tx = api_begin(c);
	bool ok = tx &&
	          (!named || (person_set_name(tx, p.id, name, &why) && api_audit(c, tx, STR("user.name"), p.login))) &&
	          (!moved || (person_set_role(tx, p.id, p.role, &why) && api_audit(c, tx, STR("user.role"), p.login)));
	if (!ok && why.code == ERR_INVALID)
		api_refuse_field(c, "/name", "%s", why.message);
	else if (!ok && why.code)
		*c->err = why;
	return api_commit(c, tx, ok) && get(c);
}

static bool drop(struct api_call *c)
{
	struct person p = { 0 };
	if (!find(c, &p))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && person_remove(tx, p.id, c->err) && api_audit(c, tx, STR("user.remove"), p.login));
}

static bool end(struct api_call *c, bool (*by)(struct store_tx *, int64_t, struct error *), const char *action)
{
	struct person p = { 0 };
	if (!find(c, &p))
		return false;
	struct store_tx *tx = api_begin(c);
	return api_commit(c, tx, tx && by(tx, p.id, c->err) && api_audit(c, tx, str_from(action), p.login));
}

static bool withdraw(struct api_call *c)
{
	return end(c, invitation_withdraw, "user.invite.withdraw");
}

static bool end_sessions(struct store_tx *tx, int64_t person, struct error *err)
{
	return session_end_others(tx, person, 0, err);
}

static bool sign_out(struct api_call *c)
{
	return end(c, end_sessions, "user.sessions.end");
}

/* Whoever has the person's phone may be in already. */
static bool clear_second(struct store_tx *tx, int64_t person, struct error *err)
{
	return passkey_clear(tx, person, err) && person_clear_totp(tx, person, err) && end_sessions(tx, person, err);
}

static bool reset_second(struct api_call *c)
{
	return end(c, clear_second, "user.second-step.reset");
}

static const char *const ROLE_VALUES[] = { "owner", "editor", "translator", "author", "reviewer", NULL };

static const struct api_field ADD_FIELDS[] = {
	{ "login", API_LINE, API_REQUIRED, .max = LOGIN_MAX, .about = "a-z, 0-9, -, _ and ." },
	{ "name", API_LINE, .max = PERSON_NAME_MAX, .about = "As others at the desk read it." },
	{ "role", API_LINE, API_REQUIRED, .max = 16, .values = ROLE_VALUES },
};
API_SCHEMA(ADD, "PersonNew", ADD_FIELDS);
static const struct api_field CHANGE_FIELDS[] = {
	{ "name", API_LINE, .max = PERSON_NAME_MAX },
	{ "role", API_LINE, .max = 16, .values = ROLE_VALUES, .about = "Another one ends the person's sessions." },
};
API_SCHEMA(CHANGE, "PersonChange", CHANGE_FIELDS);
static const struct api_field PERSON_FIELDS[] = {
	{ "login", API_TEXT, .flags = API_REQUIRED },
	{ "name", API_TEXT, .flags = API_REQUIRED },
	{ "role", API_TEXT, API_REQUIRED, .values = ROLE_VALUES },
	{ "invited", API_BOOLEAN, API_REQUIRED, .about = "Has not chosen a password yet." },
	{ "two_steps", API_BOOLEAN, .flags = API_REQUIRED },
	{ "created", API_TIME, .flags = API_REQUIRED },
};
API_SCHEMA(PERSON, "Person", PERSON_FIELDS);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(PERSON) };
API_SCHEMA(PAGE, "PersonPage", PAGE_FIELDS);
static const struct api_field INVITED_FIELDS[] = {
	{ "person", API_OBJECT, API_REQUIRED, .of = &PERSON },
	{ "link", API_TEXT, API_REQUIRED, .about = "Good once; given only here. Whole where base_url is set." },
	{ "expires", API_TIME, .flags = API_REQUIRED },
};
API_SCHEMA(INVITED, "Invitation", INVITED_FIELDS);
static const struct api_field QUERY_FIELDS[] = { API_PAGE_FIELDS };
API_SCHEMA(QUERY, "PersonQuery", QUERY_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/people", "listPeople", "Who works here", NULL, SCOPE_PEOPLE, DESK_PEOPLE, API_PAGED, 200, &QUERY,
	    NULL, &PAGE, 0, list },
	{ WEB_POST, DESK "/people", "addPerson", "Adds somebody and gives the link by which they choose a password", NULL,
	    SCOPE_PEOPLE, DESK_PEOPLE, API_SECRET | API_CONFLICTS, 201, NULL, &ADD, &INVITED, 0, add },
	{ WEB_GET, DESK "/people/:login", "getPerson", "One of them", NULL, SCOPE_PEOPLE, DESK_PEOPLE, 0, 200, NULL, NULL,
	    &PERSON, 0, get },
	{ WEB_PATCH, DESK "/people/:login", "changePerson", "Changes name or role", "The last owner stays one.",
	    SCOPE_PEOPLE, DESK_PEOPLE, API_CONFLICTS, 200, NULL, &CHANGE, &PERSON, 0, change },
	{ WEB_POST, DESK "/people/:login/invite", "invitePerson", "A new link, which ends an earlier one", NULL,
	    SCOPE_PEOPLE, DESK_PEOPLE, API_SECRET, 200, NULL, &API_NOTHING, &INVITED, 0, invite },
	{ WEB_DELETE, DESK "/people/:login/invite", "withdrawInvitation", "Makes an invitation's link good for nothing",
	    NULL, SCOPE_PEOPLE, DESK_PEOPLE, 0, 204, NULL, NULL, NULL, 0, withdraw },
	{ WEB_DELETE, DESK "/people/:login/sessions", "endSessions", "Signs somebody out everywhere", NULL, SCOPE_PEOPLE,
	    DESK_PEOPLE, 0, 204, NULL, NULL, NULL, 0, sign_out },
	{ WEB_DELETE, DESK "/people/:login/second-step", "resetSecondStep",
	    "Takes away somebody's second step, who has lost it", "They are signed out everywhere.", SCOPE_PEOPLE,
	    DESK_PEOPLE, 0, 204, NULL, NULL, NULL, 0, reset_second },
	{ WEB_DELETE, DESK "/people/:login", "removePerson", "Removes somebody, with their sessions and tokens",
	    "Articles stay. The last owner cannot be removed.", SCOPE_PEOPLE, DESK_PEOPLE, API_CONFLICTS, 204, NULL, NULL,
	    NULL, 0, drop },
};
const struct api_group PEOPLE_GROUP = { "People", API_ACTIONS(ACTIONS) };
