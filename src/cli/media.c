#include "cli/cli.h"

#include "image/image.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const STATES[] = { "raw", "clean", "ready", "broken" };

static int list(struct store *store, bool as_json, struct arena *arena)
{
	struct error err = { 0 };
	struct media_filter filter = { .words = STR("") };
	struct media_about *all;
	size_t n, total;
	json_t *json = as_json ? json_array() : NULL;
	if (!media_list(store, &filter, &all, &n, &total, arena, &err))
		return fail(&err, "listing the images");
	for (size_t i = 0; i < n; i++) {
		const struct media_about *m = &all[i];
		const struct media *f = &m->media;
		if (json)
			json_array_append_new(
			    json, json_pack("{s:s%,s:s%,s:s%,s:i,s:i,s:I,s:I,s:s,s:I}", "hash", f->hash.p, f->hash.n, "name",
			              f->name.p, f->name.n, "type", f->type.p, f->type.n, "width", f->width, "height", f->height,
			              "bytes", (json_int_t)m->bytes, "articles", (json_int_t)m->articles, "state", STATES[m->state],
			              "sizes", (json_int_t)m->n_sizes));
		else
			printf("%.*s  %-6s  %5dx%-5d  %8lld  %4lld  %.*s\n", (int)f->hash.n, f->hash.p, STATES[m->state], f->width,
			    f->height, (long long)m->bytes, (long long)m->articles, (int)f->name.n, f->name.p);
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

static int sizes(struct store *store)
{
	struct error err = { 0 };
	int64_t all;
	bool found = true;
	if (!media_waiting_count(store, &all, &err))
		return fail(&err, "counting the images");
	for (int64_t done = 0; found; done++) {
		if (!pictures_next(store, &found, &err))
			return fail(&err, "making the forms of images");
		if (found && isatty(STDERR_FILENO))
			fprintf(stderr, "\r%lld of %lld images", (long long)done + 1, (long long)all);
	}
	fprintf(stderr, "%s%lld images made ready\n", isatty(STDERR_FILENO) ? "\r" : "", (long long)all);
	return EXIT_DONE;
}

int command_media(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	bool json = false;
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--json", NULL, &json,
		    "list: one array of objects hash, name, type, width, height, bytes, articles, state, sizes" },
	};
	if (!options_read(cli, specs, 1, "list | sizes",
	        "The images. `sizes` takes all that is no picture (place, camera) off those that an import brought, and makes "
	        "narrower forms of them, as WebP and AVIF, at once; a server does the same by and by.",
	        1, 1, &left, &status))
		return status;
	bool is_list = strcmp(cli->argv[1], "list") == 0;
	if (!is_list && strcmp(cli->argv[1], "sizes") != 0) {
		fputs("usage: kairan [-C DIR] media list | sizes\n", stderr);
		return EXIT_USAGE;
	}
	struct arena *arena = arena_new();
	struct store *store = arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	if (!store)
		status = fail(&err, NULL);
	else
		status = is_list ? list(store, json, arena) : sizes(store);
	store_close(store);
	arena_free(arena);
	return status;
}
