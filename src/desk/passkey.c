#include "desk/passkey.h"

#include <jansson.h>

/* Passkeys: registering and removing them on the account page, and signing in with one, alone or after the password. The
 * script of these pages asks the browser and fills in a plain form; what is signed is checked here. */

/* ---- what the script is given ---- */

static json_t *text(struct str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static void put_list(json_t *object, const char *key, struct desk_page *p, const struct passkey *all, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, text(base64url(p->arena, all[i].credential)));
	json_object_set_new(object, key, list);
}

static bool put_options(struct desk_page *p, json_t *object)
{
	char *dump = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	if (!dump)
		return error_memory(p->err);
	view_set_str(p->root, "passkey_options", arena_dup(p->arena, str_from(dump)));
	free(dump);
	desk_script(p, "passkey.js");
	return true;
}

/* Without a key, or under a bare address, there is no challenge; all else goes on. */
static bool options_begin(struct desk_page *p, json_t **out)
{
	struct webauthn_party party;
	struct error none = { 0 };
	struct str challenge;
	*out = NULL;
	if (!webauthn_party(p->settings.base_url, p->req->host, &party, p->arena) ||
	    !passkey_challenge(p->store, p->csrf, p->now, &challenge, p->arena, &none))
		return true;
	*out = json_pack("{s:o,s:o,s:i}", "challenge", text(base64url(p->arena, challenge)), "rpId", text(party.id),
	    "seconds", PASSKEY_SECONDS);
	return *out ? true : error_memory(p->err);
}

bool passkey_show_signin(struct desk_page *p, const struct person *who)
{
	struct passkey *all = NULL;
	size_t n = 0;
	json_t *options;
	if (who && !passkey_list(p->store, who->id, &all, &n, p->arena, p->err))
		return false;
	if (!options_begin(p, &options))
		return false;
	if (!options)
		return true;
	json_object_set_new(options, "alone", json_boolean(!who));
	put_list(options, "allow", p, all, n);
	return put_options(p, options);
}

bool passkey_show_account(struct desk_page *p)
{
	struct passkey *all;
	size_t n;
	json_t *options;
	struct view_value *list = view_set_list(p->root, "passkeys");
	if (!passkey_list(p->store, p->who.id, &all, &n, p->arena, p->err) || !options_begin(p, &options))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *k = view_push_object(list);
		view_set_int(k, "passkey_id", all[i].id);
		view_set_str(k, "passkey_name", all[i].name);
		view_set_str(k, "since", desk_time(p, all[i].created_at));
		view_set_str(k, "used", all[i].used_at ? desk_time(p, all[i].used_at) : STR(""));
	}
	view_set_bool(p->root, "has_passkeys", n > 0);
	if (!options)
		return true;
	struct str name = p->who.name.n ? p->who.name : p->who.login;
	json_object_set_new(options, "rpName", text(setting_text(p->store, "name", p->lang, p->arena)));
	json_object_set_new(options, "user", text(base64url(p->arena, passkey_handle(p->store, p->who.id, p->arena))));
	json_object_set_new(options, "login", text(p->who.login));
	json_object_set_new(options, "name", text(name));
	put_list(options, "exclude", p, all, n);
	return put_options(p, options);
}

/* ---- what it sends ---- */

static bool field(struct desk_page *p, const char *name, struct str *out)
{
	if (base64url_bytes(p->arena, web_field_get(p->req, name), out))
		return true;
	return error_set(p->err, ERR_USAGE, "the form's %s is not in base64url", name);
}

static bool read_answer(struct desk_page *p, struct webauthn_answer *out)
{
	return field(p, "credential", &out->credential) && field(p, "client_data", &out->client_data) &&
	       field(p, "authenticator_data", &out->authenticator_data) && field(p, "signature", &out->signature);
}

/* What somebody can do something about is told on the page; all else is an error. */
static bool is_told(const struct error *why)
{
	return why->code == ERR_DENIED || why->code == ERR_INVALID || why->code == ERR_EXISTS || why->code == ERR_TOO_LARGE;
}

/* ---- the account page ---- */

static bool registered(struct desk_page *p, struct passkey *k, struct str challenge, struct error *why)
{
	struct str *codes = NULL;
	size_t n = 0;
	struct store_tx *tx = store_begin(p->store, why);
	bool ok = tx && passkey_add(tx, k, challenge, p->now, &codes, &n, p->arena, why) &&
	          (n == 0 || session_end_others(tx, p->who.id, p->session.id, why)) &&
	          audit_add(tx, &p->who, STR("passkey.add"), k->name, why);
	if (!ok) {
		store_rollback(tx);
		return false;
	}
	if (!store_commit(tx, why))
		return false;
	return n ? recovery_show(p, codes, n, true) : desk_go(p, "/desk/account?saved=1#passkeys-title");
}

static bool add_passkey(struct desk_page *p, const struct webauthn_answer *a, struct error *why)
{
	struct webauthn_party party;
	struct str challenge;
	struct passkey k = { .person = p->who.id, .name = str_trim(web_field_get(p->req, "name")) };
	if (k.name.n == 0)
		k.name = desk_message(p, N_("Passkey"));
	if (!webauthn_party(p->settings.base_url, p->req->host, &party, p->arena))
		return error_set(why, ERR_DENIED, "passkeys cannot be used under this address");
	return webauthn_client_data(a->client_data, "webauthn.create", &party, &challenge, p->arena, why) &&
	       passkey_challenge_good(p->store, challenge, p->csrf, p->now, why) &&
	       webauthn_register(&party, a, &k, p->arena, why) && registered(p, &k, challenge, why);
}

bool passkey_add_send(struct desk_page *p)
{
	struct webauthn_answer answer;
	struct error why = { 0 };
	bool fits;
	if (!read_answer(p, &answer) || !desk_password_fits(p, &fits))
		return false;
	if (!fits)
		return account_show(p);
	if (add_passkey(p, &answer, &why))
		return true;
	if (!is_told(&why)) {
		*p->err = why;
		return false;
	}
	if (why.code == ERR_EXISTS)
		desk_problem(p, 409, N_("This passkey is registered already."));
	else if (why.code == ERR_TOO_LARGE)
		desk_problem(p, 413, N_("There are too many passkeys. Remove one that you do not use."));
	else
		desk_problem(p, 422, N_("The passkey was not added: it took too long, or the answer is not right. Try again."));
	return account_show(p);
}

bool passkey_remove_send(struct desk_page *p)
{
	int64_t id;
	bool fits;
	if (!str_to_int(web_field_get(p->req, "passkey"), &id) || id <= 0)
		return error_set(p->err, ERR_USAGE, "a passkey has a number");
	if (!desk_password_fits(p, &fits))
		return false;
	if (!fits)
		return account_show(p);
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && passkey_remove(tx, p->who.id, id, p->err) &&
	          audit_add(tx, &p->who, STR("passkey.remove"), p->who.login, p->err);
	return desk_commit(p, tx, ok) && desk_go(p, "/desk/account?saved=1");
}

/* ---- signing in ---- */

static bool enter(struct desk_page *p, const struct webauthn_answer *a, struct str pending, struct signin_done *done,
    struct error *why)
{
	struct webauthn_party party;
	struct passkey k;
	struct str challenge;
	int64_t counter;
	if (!webauthn_party(p->settings.base_url, p->req->host, &party, p->arena))
		return error_set(why, ERR_DENIED, "passkeys cannot be used under this address");
	/* The challenge first: without one of ours nothing is looked up. */
	return webauthn_client_data(a->client_data, "webauthn.get", &party, &challenge, p->arena, why) &&
	       passkey_challenge_good(p->store, challenge, p->csrf, p->now, why) &&
	       passkey_find(p->store, a->credential, &k, p->arena, why) &&
	       webauthn_verify(&party, a, &k, pending.n == 0, &counter, why) &&
	       signin_passkey(p->store, &k, counter, challenge, pending, p->csrf, p->now, done, p->arena, why);
}

bool passkey_signin_send(struct desk_page *p)
{
	struct webauthn_answer answer;
	struct signin_done done;
	struct person who;
	struct error why = { 0 }, none = { 0 };
	struct str pending = web_field_get(p->req, "pending");
	if (!read_answer(p, &answer))
		return false;
	if (enter(p, &answer, pending, &done, &why))
		return signin_entered(p, &done);
	if (!is_told(&why) && why.code != ERR_NOT_FOUND) {
		*p->err = why;
		return false;
	}
	desk_problem(p, 403,
	    why.code == ERR_NOT_FOUND
	        ? N_("This site does not know that passkey. It may have been removed from the account.")
	        : N_("The passkey did not work: it took too long, or the answer is not right. Try again."));
	if (pending.n && signin_pending_is(p->store, pending, p->csrf, p->now, &who, p->arena, &none))
		return signin_second_show(p, &who, pending);
	return signin_form(p);
}
