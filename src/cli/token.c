#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct tokens {
	struct store *store;
	struct arena *arena;
	struct person who;
	const char *scopes, *days;
	bool json;
};

static json_t *text(struct str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static int list(const struct tokens *t)
{
	struct error err = { 0 };
	struct access_token *all;
	size_t n;
	json_t *json = t->json ? json_array() : NULL;
	if (!access_token_list(t->store, t->who.id, &all, &n, t->arena, &err))
		return fail(&err, "listing the tokens");
	for (size_t i = 0; i < n; i++) {
		struct str scopes = scopes_names(all[i].scopes, t->arena), day = all[i].used_day;
		struct str ends = all[i].expires_at ? time_rfc3339(t->arena, all[i].expires_at) : STR("never");
		if (json) {
			json_array_append_new(json,
			    json_pack("{s:I,s:o,s:o,s:o,s:o}", "id", (json_int_t)all[i].id, "name", text(all[i].name), "scopes",
			        text(scopes), "expires", all[i].expires_at ? text(ends) : json_null(), "used", text(day)));
			continue;
		}
		printf("%6lld  %.*s  %.*s  ends: %.*s  used: %.*s\n", (long long)all[i].id, (int)all[i].name.n, all[i].name.p,
		    (int)scopes.n, scopes.p, (int)ends.n, ends.p, day.n ? (int)day.n : 9, day.n ? day.p : "not yet");
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

static int finish(
    const struct tokens *t, struct store_tx *tx, bool ok, struct error *err, struct str name, const char *action)
{
	struct str object =
	    arena_printf(t->arena, "%.*s: %.*s", (int)t->who.login.n, t->who.login.p, (int)name.n, name.p ? name.p : "");
	if (ok && audit_add(tx, NULL, str_from(action), object, err))
		return store_commit(tx, err) ? EXIT_DONE : fail(err, NULL);
	store_rollback(tx);
	return fail(err, NULL);
}

static int add(const struct tokens *t, const char *name)
{
	struct error err = { 0 };
	struct str secret = STR("");
	struct access_token token = { .person = t->who.id, .name = str_from(name) };
	int64_t days = 0, now = clock_now();
	if (t->days && (!str_to_int(str_from(t->days), &days) || days < 1 || days > TOKEN_DAYS_MAX)) {
		fprintf(stderr, "kairan: --days wants a number from 1 to %d\n", TOKEN_DAYS_MAX);
		return EXIT_USAGE;
	}
	if (!scopes_parse(str_from(t->scopes ? t->scopes : "articles:read"), &token.scopes, &err)) {
		fail(&err, NULL);
		return EXIT_USAGE;
	}
	token.expires_at = days ? now + days * 86400 : 0;
	struct store_tx *tx = store_begin(t->store, &err);
	bool ok = tx && access_token_add(tx, &token, now, &secret, t->arena, &err);
	int status = finish(t, tx, ok, &err, token.name, "token.add");
	if (status == EXIT_DONE) {
		printf("%.*s\n", (int)secret.n, secret.p);
		fputs("This is shown only once: the database keeps a hash of it.\n", stderr);
	}
	return status;
}

static int remove_token(const struct tokens *t, const char *number)
{
	struct error err = { 0 };
	int64_t id;
	if (!str_to_int(str_from(number), &id)) {
		fputs("kairan: a token is removed by its number, which `kairan token list` shows\n", stderr);
		return EXIT_USAGE;
	}
	struct store_tx *tx = store_begin(t->store, &err);
	bool ok = tx && access_token_remove(tx, t->who.id, id, &err);
	return finish(t, tx, ok, &err, str_from(number), "token.remove");
}

static int run(struct tokens *t, const struct cli *cli, size_t left)
{
	struct error err = { 0 };
	const char *verb = cli->argv[1];
	bool lists = strcmp(verb, "list") == 0 && left == 2, adds = strcmp(verb, "add") == 0 && left == 3,
	     removes = strcmp(verb, "remove") == 0 && left == 3;
	if (!lists && !adds && !removes) {
		fputs("usage: kairan [-C DIR] token list LOGIN | add LOGIN NAME | remove LOGIN ID\n", stderr);
		return EXIT_USAGE;
	}
	if (!person_by_login(t->store, str_from(cli->argv[2]), &t->who, t->arena, &err))
		return fail(&err, NULL);
	return lists ? list(t) : adds ? add(t, cli->argv[3]) : remove_token(t, cli->argv[3]);
}

int command_token(struct cli *cli)
{
	struct tokens t = { 0 };
	struct error err = { 0 };
	struct place place;
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--scopes", &t.scopes, NULL,
		    "add: what it may do, such as \"articles:read articles:write\" (default: articles:read)" },
		{ "--days", &t.days, NULL, "add: after how many days it ends (default: never)" },
		{ "--json", NULL, &t.json, "list: one array of objects id, name, scopes, expires, used" },
	};
	if (!options_read(cli, specs, sizeof specs / sizeof *specs, "list LOGIN | add LOGIN NAME | remove LOGIN ID",
	        "Tokens by which programs do a person's work over the API. Adding prints the token, once.", 2, 3, &left,
	        &status))
		return status;
	t.arena = arena_new();
	t.store = t.arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	status = t.store ? run(&t, cli, left) : fail(&err, NULL);
	store_close(t.store);
	arena_free(t.arena);
	return status;
}
