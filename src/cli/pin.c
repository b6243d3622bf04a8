#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *pin_json(const struct pin *pin)
{
	json_t *articles = json_array();
	for (size_t i = 0; i < pin->n_articles; i++)
		json_array_append_new(articles, json_integer(pin->articles[i]));
	return json_pack(
	    "{s:I,s:s%,s:o}", "id", (json_int_t)pin->id, "query", pin->query.p, pin->query.n, "articles", articles);
}

static void print_pin(const struct on_store *at, const struct pin *pin)
{
	printf("%4lld  %.*s\n", (long long)pin->id, (int)pin->query.n, pin->query.p);
	for (size_t i = 0; i < pin->n_articles; i++) {
		struct article a;
		struct error ignored = { 0 };
		if (!article_by_id(at->store, pin->articles[i], &a, at->arena, &ignored))
			continue;
		struct str status = article_status_name(a.status);
		printf("        %lld  %.*s (%.*s, %.*s)\n", (long long)a.id, (int)a.title.n, a.title.p, (int)a.lang.n, a.lang.p,
		    (int)status.n, status.p);
	}
}

static int list(const struct on_store *at, bool as_json)
{
	struct error err = { 0 };
	struct pin *all;
	size_t n;
	json_t *json = as_json ? json_array() : NULL;
	if (!pin_list(at->store, &all, &n, at->arena, &err))
		return fail(&err, "listing the pinned answers");
	for (size_t i = 0; i < n; i++) {
		if (json)
			json_array_append_new(json, pin_json(&all[i]));
		else
			print_pin(at, &all[i]);
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

static bool save(const struct on_store *at, struct store_tx *tx, void *pin, struct error *err)
{
	return pin_save(tx, pin, at->arena, err);
}

static int add(const struct on_store *at)
{
	struct error err = { 0 };
	int64_t articles[PIN_ARTICLES_MAX];
	char **argv = at->cli->argv;
	struct pin pin = { .query = str_from(argv[2]), .articles = articles };
	for (size_t i = 3; i <= at->left; i++) {
		if (!str_to_int(str_from(argv[i]), &articles[pin.n_articles++])) {
			fprintf(
			    stderr, "kairan: \"%s\" is not the number of an article (`kairan article list` shows them)\n", argv[i]);
			return EXIT_USAGE;
		}
	}
	if (!in_one(at, save, &pin, &err))
		return fail(&err, "pinning an answer");
	printf("%lld\n", (long long)pin.id);
	return EXIT_DONE;
}

static int run(const struct on_store *at, const void *json)
{
	const char *action = at->cli->argv[1];
	int64_t id;
	if (strcmp(action, "list") == 0 && at->left == 1)
		return list(at, *(const bool *)json);
	if (strcmp(action, "add") == 0 && at->left >= 3)
		return add(at);
	if (strcmp(action, "remove") == 0 && at->left == 2 && str_to_int(str_from(at->cli->argv[2]), &id))
		return remove_one(at, id, pin_delete);
	fputs("usage: kairan [-C DIR] pin list | add QUERY ARTICLE ... | remove ID\n", stderr);
	return EXIT_USAGE;
}

int command_pin(struct cli *cli)
{
	bool json = false;
	size_t left;
	int status;
	const struct option_spec specs[] = { { "--json", NULL, &json, "list: one array of objects id, query, articles" } };
	if (!options_read(cli, specs, 1, "list | add QUERY ARTICLE ... | remove ID",
	        "Articles that stand first for a question, in their order. Adding to a question that has some takes their place. "
	        "Readers see each in their own language where there is a translation.",
	        1, 2 + PIN_ARTICLES_MAX, &left, &status))
		return status;
	return on_store(cli, left, run, &json);
}
