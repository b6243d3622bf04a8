#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct users {
	struct store *store;
	struct arena *arena;
	const char *name, *role;
	bool json, no_totp;
};

static json_t *text(struct str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static int list(const struct users *u)
{
	struct error err = { 0 };
	struct person *all;
	size_t n;
	json_t *json = u->json ? json_array() : NULL;
	if (!person_list(u->store, &all, &n, u->arena, &err))
		return fail(&err, "listing the people");
	for (size_t i = 0; i < n; i++) {
		const struct person *p = &all[i];
		struct str role = role_name(p->role);
		if (json) {
			json_array_append_new(json, json_pack("{s:I,s:o,s:o,s:o,s:b,s:b,s:b}", "id", (json_int_t)p->id, "login",
			                                text(p->login), "name", text(p->name), "role", text(role), "password",
			                                p->has_password, "totp", p->has_totp, "passkeys", p->has_passkeys));
			continue;
		}
		printf("%-16.*s  %-10.*s  %.*s%s%s\n", (int)p->login.n, p->login.p, (int)role.n, role.p, (int)p->name.n,
		    p->name.p ? p->name.p : "", p->has_password ? "" : " (invited)",
		    p->has_totp || p->has_passkeys ? " (two steps)" : "");
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

/* The link's path, or the whole address where the site knows its own. */
static int print_link(const struct users *u, struct str token)
{
	struct error err = { 0 };
	struct settings settings;
	if (!settings_read(u->store, &settings, u->arena, &err))
		return fail(&err, NULL);
	printf("%.*s/desk/invitation?token=%.*s\n", (int)settings.base_url.n,
	    settings.base_url.p ? settings.base_url.p : "", (int)token.n, token.p);
	fputs("Whoever opens this link first chooses the password; it is good once, for seven days.\n", stderr);
	return EXIT_DONE;
}

static int finish(const struct users *u, struct store_tx *tx, bool ok, struct error *err, struct str token)
{
	if (!ok) {
		store_rollback(tx);
		return fail(err, NULL);
	}
	if (!store_commit(tx, err))
		return fail(err, NULL);
	return token.n ? print_link(u, token) : EXIT_DONE;
}

static int add(const struct users *u, const char *login)
{
	struct error err = { 0 };
	struct str token = STR("");
	struct person p = { .login = str_from(login), .name = str_from(u->name), .lang = STR(""), .role = ROLE_EDITOR };
	if (!role_parse(str_from(u->role ? u->role : "editor"), &p.role)) {
		fputs("kairan: a role is one of owner, editor, translator, author, reviewer\n", stderr);
		return EXIT_USAGE;
	}
	struct store_tx *tx = store_begin(u->store, &err);
	bool ok = tx && person_add(tx, &p, &err) && person_invite(tx, p.id, clock_now(), &token, u->arena, &err) &&
	          audit_add(tx, NULL, STR("user.add"), p.login, &err);
	return finish(u, tx, ok, &err, token);
}

static int invite(const struct users *u, const struct person *p)
{
	struct error err = { 0 };
	struct str token = STR("");
	struct store_tx *tx = store_begin(u->store, &err);
	bool ok = tx && (!u->no_totp || (passkey_clear(tx, p->id, &err) && person_clear_totp(tx, p->id, &err))) &&
	          person_invite(tx, p->id, clock_now(), &token, u->arena, &err) &&
	          audit_add(tx, NULL, u->no_totp ? STR("user.invite.no-totp") : STR("user.invite"), p->login, &err);
	return finish(u, tx, ok, &err, token);
}

static int remove_person(const struct users *u, const struct person *p)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(u->store, &err);
	bool ok = tx && person_remove(tx, p->id, &err) && audit_add(tx, NULL, STR("user.remove"), p->login, &err);
	return finish(u, tx, ok, &err, STR(""));
}

static int run(const struct users *u, const struct cli *cli, size_t left)
{
	struct error err = { 0 };
	struct person p;
	const char *verb = cli->argv[1];
	if (strcmp(verb, "list") == 0 && left == 1)
		return list(u);
	if (strcmp(verb, "add") == 0 && left == 2)
		return add(u, cli->argv[2]);
	bool invites = strcmp(verb, "invite") == 0;
	if (left == 2 && (invites || strcmp(verb, "remove") == 0)) {
		if (!person_by_login(u->store, str_from(cli->argv[2]), &p, u->arena, &err))
			return fail(&err, NULL);
		return invites ? invite(u, &p) : remove_person(u, &p);
	}
	fputs("usage: kairan [-C DIR] user list | add LOGIN | invite LOGIN | remove LOGIN\n", stderr);
	return EXIT_USAGE;
}

int command_user(struct cli *cli)
{
	struct users u = { 0 };
	struct error err = { 0 };
	struct place place;
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--name", &u.name, NULL, "add: the name that others at the desk read" },
		{ "--role", &u.role, NULL, "add: owner, editor (the default), translator, author or reviewer" },
		{ "--no-totp", NULL, &u.no_totp, "invite: also takes the second step and passkeys off, for a lost phone" },
		{ "--json", NULL, &u.json, "list: one array of objects id, login, name, role, password, totp, passkeys" },
	};
	if (!options_read(cli, specs, sizeof specs / sizeof *specs, "list | add LOGIN | invite LOGIN | remove LOGIN",
	        "Who works at the desk. Adding and inviting print a link by which the person chooses a password.", 1, 2,
	        &left, &status))
		return status;
	u.arena = arena_new();
	u.store = u.arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	status = u.store ? run(&u, cli, left) : fail(&err, NULL);
	store_close(u.store);
	arena_free(u.arena);
	return status;
}
