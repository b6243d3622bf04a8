#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static struct str name_of(const struct category *c, const struct settings *s)
{
	const struct category_name *name = category_name_in(c, s->default_lang, s->default_lang);
	return name ? name->name : c->slug;
}

static const struct category *parent_of(const struct category *all, size_t n, const struct category *c)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].id == c->parent)
			return &all[i];
	}
	return NULL;
}

static int list_json(const struct category *all, size_t n, const struct settings *settings)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		const struct category *parent = parent_of(all, n, &all[i]);
		struct str name = name_of(&all[i], settings);
		json_t *o = json_pack("{s:s%,s:s%,s:I}", "name", name.p, name.n, "slug", all[i].slug.p, all[i].slug.n,
		    "articles", (json_int_t)all[i].articles);
		json_object_set_new(o, "parent", parent ? json_stringn(parent->slug.p, parent->slug.n) : json_null());
		json_array_append_new(list, o);
	}
	return print_json(list) ? EXIT_DONE : EXIT_FAILED;
}

static int depth_of(const struct category *all, size_t n, const struct category *c)
{
	int depth = 0;
	while ((c = parent_of(all, n, c)) && depth < CATEGORY_DEPTH_MAX)
		depth++;
	return depth;
}

static int list(struct store *store, bool json, struct arena *arena)
{
	struct error err = { 0 };
	struct settings settings;
	struct category *all;
	size_t n;
	if (!settings_read(store, &settings, arena, &err) || !category_list(store, &all, &n, arena, &err))
		return fail(&err, "listing the categories");
	if (json)
		return list_json(all, n, &settings);
	for (size_t i = 0; i < n; i++) {
		struct str name = name_of(&all[i], &settings);
		printf("%6lld  %*s%.*s  (%.*s)\n", (long long)all[i].articles, 2 * depth_of(all, n, &all[i]), "", (int)name.n,
		    name.p, (int)all[i].slug.n, all[i].slug.p);
	}
	return EXIT_DONE;
}

int command_category(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	bool json = false;
	size_t left;
	int status;
	const struct option_spec specs[] = { { "--json", NULL, &json,
		"one array of objects: name, slug, parent, articles" } };
	if (!options_read(cli, specs, 1, "list",
	        "Lists the categories as a tree, with the number of published articles in each and below it. An article and "
	        "its translations count once.",
	        1, 1, &left, &status))
		return status;
	if (strcmp(cli->argv[1], "list") != 0) {
		fprintf(stderr, "kairan: category knows \"list\", not \"%s\"\n", cli->argv[1]);
		return EXIT_USAGE;
	}
	struct arena *arena = arena_new();
	struct store *store = arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	status = store ? list(store, json, arena) : fail(&err, NULL);
	store_close(store);
	arena_free(arena);
	return status;
}
