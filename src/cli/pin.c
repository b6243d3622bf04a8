#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct asked {
	struct store *store;
	struct arena *arena;
	bool json;
};

static json_t *pin_json(const struct pin *pin)
{
	json_t *articles = json_array();
	for (size_t i = 0; i < pin->n_articles; i++)
		json_array_append_new(articles, json_integer(pin->articles[i]));
	return json_pack("{s:I,s:s%,s:o}", "id", (json_int_t)pin->id, "query", pin->query.p, pin->query.n, "articles", articles);
}

static void print_pin(const struct asked *asked, const struct pin *pin)
{
	printf("%4lld  %.*s\n", (long long)pin->id, (int)pin->query.n, pin->query.p);
	for (size_t i = 0; i < pin->n_articles; i++) {
		struct article a;
		struct error ignored = { 0 };
		if (!article_by_id(asked->store, pin->articles[i], &a, asked->arena, &ignored))
			continue;
		struct str status = article_status_name(a.status);
		printf("        %lld  %.*s (%.*s, %.*s)\n", (long long)a.id, (int)a.title.n, a.title.p, (int)a.lang.n, a.lang.p,
			(int)status.n, status.p);
	}
}

static int list(const struct asked *asked)
{
	struct error err = { 0 };
	struct pin *all;
	size_t n;
	json_t *json = asked->json ? json_array() : NULL;
	if (!pin_list(asked->store, &all, &n, asked->arena, &err))
		return fail(&err, "listing the pinned answers");
	for (size_t i = 0; i < n; i++) {
		if (json)
			json_array_append_new(json, pin_json(&all[i]));
		else
			print_pin(asked, &all[i]);
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

static int add(const struct asked *asked, const struct cli *cli, size_t left)
{
	struct error err = { 0 };
	int64_t articles[PIN_ARTICLES_MAX];
	struct pin pin = { .query = str_from(cli->argv[2]), .articles = articles };
	for (size_t i = 3; i <= left; i++) {
		if (!str_to_int(str_from(cli->argv[i]), &articles[pin.n_articles++])) {
			fprintf(stderr, "kairan: \"%s\" is not the number of an article (`kairan article list` shows them)\n", cli->argv[i]);
			return EXIT_USAGE;
		}
	}
	struct store_tx *tx = store_begin(asked->store, &err);
	if (!tx || !pin_save(tx, &pin, asked->arena, &err)) {
		store_rollback(tx);
		return fail(&err, "pinning an answer");
	}
	if (!store_commit(tx, &err))
		return fail(&err, "pinning an answer");
	printf("%lld\n", (long long)pin.id);
	return EXIT_DONE;
}

static int delete(const struct asked *asked, int64_t id)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(asked->store, &err);
	if (!tx || !pin_delete(tx, id, &err)) {
		store_rollback(tx);
		return fail(&err, NULL);
	}
	return store_commit(tx, &err) ? EXIT_DONE : fail(&err, NULL);
}

static int run(const struct asked *asked, const struct cli *cli, size_t left)
{
	const char *action = cli->argv[1];
	int64_t id;
	if (strcmp(action, "list") == 0 && left == 1)
		return list(asked);
	if (strcmp(action, "add") == 0 && left >= 3)
		return add(asked, cli, left);
	if (strcmp(action, "remove") == 0 && left == 2 && str_to_int(str_from(cli->argv[2]), &id))
		return delete(asked, id);
	fputs("usage: kairan [-C DIR] pin list | add QUERY ARTICLE ... | remove ID\n", stderr);
	return EXIT_USAGE;
}

int command_pin(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	struct asked asked = { 0 };
	size_t left;
	int status;
	const struct option_spec specs[] = { { "--json", NULL, &asked.json, "list: one array of objects id, query, articles" } };
	if (!options_read(cli, specs, 1, "list | add QUERY ARTICLE ... | remove ID",
			"Articles that stand first for a question, in their order. Adding to a question that has some takes their place. "
			"Readers see each in their own language where there is a translation.",
			1, 2 + PIN_ARTICLES_MAX, &left, &status))
		return status;
	asked.arena = arena_new();
	asked.store = asked.arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	status = asked.store ? run(&asked, cli, left) : fail(&err, NULL);
	store_close(asked.store);
	arena_free(asked.arena);
	return status;
}
