#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static int list(struct store *store, const char *only, struct arena *arena)
{
	struct error err = { 0 };
	struct str *names, *values;
	size_t n;
	bool found = false;
	if (!setting_list(store, &names, &values, &n, arena, &err))
		return fail(&err, "listing the settings");
	for (size_t i = 0; i < n; i++) {
		if (only && !str_eq(names[i], str_from(only)))
			continue;
		found = true;
		if (only)
			printf("%.*s\n", (int)values[i].n, values[i].p);
		else
			printf("%.*s = %.*s\n", (int)names[i].n, names[i].p, (int)values[i].n, values[i].p);
	}
	if (only && !found) {
		fprintf(stderr, "kairan: there is no setting \"%s\"; `kairan setting list` shows them\n", only);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

static int set(struct store *store, const char *name, const char *value)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(store, &err);
	if (!tx || !setting_set(tx, str_from(name), str_from(value), &err)) {
		store_rollback(tx);
		return fail(&err, NULL);
	}
	return store_commit(tx, &err) ? EXIT_DONE : fail(&err, NULL);
}

int command_setting(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	size_t left;
	int status;
	if (!options_read(cli, NULL, 0, "list | get NAME | set NAME VALUE",
	        "What the site says and shows: its name and greeting in each language (name.ja, greeting.en), languages, "
	        "default language, base address, accent colour, time zone. A running server shows a change at once.",
	        1, 3, &left, &status))
		return status;
	const char *action = cli->argv[1];
	bool is_list = strcmp(action, "list") == 0 && left == 1;
	bool is_get = strcmp(action, "get") == 0 && left == 2, is_set = strcmp(action, "set") == 0 && left == 3;
	if (!is_list && !is_get && !is_set) {
		fputs("usage: kairan [-C DIR] setting list | get NAME | set NAME VALUE\n", stderr);
		return EXIT_USAGE;
	}
	struct arena *arena = arena_new();
	struct store *store = arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	if (!store)
		status = fail(&err, NULL);
	else
		status = is_set ? set(store, cli->argv[2], cli->argv[3]) : list(store, is_get ? cli->argv[2] : NULL, arena);
	store_close(store);
	arena_free(arena);
	return status;
}
