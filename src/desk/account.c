#include "desk/passkey.h"

/* One's own account: language, password, second step, sessions. */

static bool show_sessions(struct desk_page *p)
{
	struct session *all;
	size_t n;
	struct view_value *list = view_set_list(p->root, "sessions");
	if (!session_list(p->store, p->who.id, p->now, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *s = view_push_object(list);
		view_set_int(s, "id", all[i].id);
		view_set_str(s, "since", desk_time(p, all[i].created_at));
		view_set_str(s, "seen", desk_time(p, all[i].seen_at));
		view_set_bool(s, "current", all[i].id == p->session.id);
	}
	view_set_bool(p->root, "has_others", n > 1);
	return true;
}

bool account_show(struct desk_page *p)
{
	int64_t left;
	struct view_value *langs = view_set_list(p->root, "langs");
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct str lang = p->settings.langs[i];
		desk_choice(langs, lang, view_lang_name(lang), str_eq(lang, p->lang));
	}
	if (!recovery_count(p->store, p->who.id, &left, p->err) || !show_sessions(p) || !passkey_show_account(p))
		return false;
	view_set_bool(p->root, "has_totp", p->who.has_totp);
	view_set_bool(p->root, "has_recovery", left > 0);
	view_set_int(p->root, "recovery_left", left);
	view_set_int(p->root, "password_min", PASSWORD_MIN);
	return desk_render(p, N_("Your account"), "desk/account");
}

bool account_page(struct desk_page *p)
{
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return account_show(p);
}

bool account_language(struct desk_page *p)
{
	struct str lang = web_field_get(p->req, "lang");
	bool known = false;
	for (size_t i = 0; i < p->settings.n_langs; i++)
		known |= str_eq(lang, p->settings.langs[i]);
	if (!known)
		return error_set(p->err, ERR_USAGE, "the site has no such language");
	struct store_tx *tx = store_begin(p->store, p->err);
	return desk_commit(p, tx, tx && person_set_lang(tx, p->who.id, lang, p->err)) &&
	       desk_go(p, "/desk/account?saved=1");
}

bool account_sessions(struct desk_page *p)
{
	int64_t id;
	struct str one = web_field_get(p->req, "session");
	if (one.n && (!str_to_int(one, &id) || id <= 0))
		return error_set(p->err, ERR_USAGE, "a session has a number");
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && (one.n ? session_end(tx, p->who.id, id, p->err)
	                       : session_end_others(tx, p->who.id, p->session.id, p->err));
	return desk_commit(p, tx, ok && audit_add(tx, &p->who, STR("session.end"), p->who.login, p->err)) &&
	       desk_go(p, "/desk/account?saved=1");
}

/* ---- the password ---- */

static bool set_password(struct desk_page *p, struct str hash)
{
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && person_set_password(tx, p->who.id, hash, p->session.id, p->err) &&
	          audit_add(tx, &p->who, STR("password.change"), p->who.login, p->err);
	return desk_commit(p, tx, ok) && desk_go(p, "/desk/account?saved=1");
}

bool account_password(struct desk_page *p)
{
	struct str password = web_field_get(p->req, "password"), hash;
	struct error why = { 0 };
	if (!str_eq(password, web_field_get(p->req, "again"))) {
		desk_problem(p, 422, N_("The two passwords are not the same."));
		return account_show(p);
	}
	if (person_verify(p->store, &p->who, web_field_get(p->req, "old"), p->now, p->arena, &why) &&
	    password_hash(password, &hash, p->arena, &why))
		return set_password(p, hash);
	switch (why.code) {
	case ERR_DENIED:
		desk_problem(p, 403, N_("The present password is not right."));
		return account_show(p);
	case ERR_CONFLICT:
		desk_problem(p, 429, N_("Too many tries. Please wait some minutes and try again."));
		return account_show(p);
	case ERR_INVALID:
	case ERR_TOO_LARGE:
		desk_problem(p, 422, N_("The password is too short, or far too long."));
		return account_show(p);
	default:
		*p->err = why;
		return false;
	}
}
