#include "cli/cli.h"

#include "cli/progress.h"
#include "transfer/transfer.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHOW_EVERY_US 100000

struct shown {
	uint64_t started, last; /* of the articles; of the line */
};

static void show_progress(void *user, size_t articles, double part)
{
	struct shown *shown = user;
	char line[128];
	uint64_t now = clock_mono_us();
	if (articles == 0)
		shown->started = now;
	if (!isatty(STDERR_FILENO) || now - shown->last < SHOW_EVERY_US)
		return;
	shown->last = now;
	fprintf(
	    stderr, "\r%s\033[K", progress_line(line, sizeof line, articles, part, (double)(now - shown->started) / 1e6));
}

static bool print_summary_json(const struct import_summary *s)
{
	json_t *problems = json_array();
	for (size_t i = 0; i < s->n_problems; i++)
		json_array_append_new(
		    problems, json_pack("{s:s%,s:s%}", "where", s->problems[i].where.p ? s->problems[i].where.p : "",
		                  s->problems[i].where.n, "what", s->problems[i].what.p, s->problems[i].what.n));
	return print_json(json_pack("{s:{s:I,s:I,s:I},s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:I,s:f}", "articles", "new",
	    (json_int_t)s->new_articles, "changed", (json_int_t)s->changed_articles, "same", (json_int_t)s->same_articles,
	    "categories", (json_int_t)s->categories, "media", (json_int_t)s->media, "redirects", (json_int_t)s->redirects,
	    "comments_left_out", (json_int_t)s->comments_left_out, "shortcodes_dropped", (json_int_t)s->shortcodes_dropped,
	    "blocks_dropped", (json_int_t)s->blocks_dropped, "attachments", (json_int_t)s->attachments, "problems",
	    problems, "more_problems", (json_int_t)s->more_problems, "seconds", s->seconds));
}

static void print_summary(const struct import_summary *s)
{
	size_t all = s->new_articles + s->changed_articles + s->same_articles;
	printf("%zu articles: %zu new, %zu changed, %zu as they were (%.0f a second)\n", all, s->new_articles,
	    s->changed_articles, s->same_articles, s->seconds > 0 ? (double)all / s->seconds : 0);
	printf("%zu new categories, %zu images, %zu redirects\n", s->categories, s->media, s->redirects);
	if (s->comments_left_out)
		printf("%zu comments of readers were left out\n", s->comments_left_out);
	if (s->shortcodes_dropped)
		printf("%zu shortcodes were dropped\n", s->shortcodes_dropped);
	if (s->blocks_dropped)
		printf("%zu blocks of the editor left nothing\n", s->blocks_dropped);
	if (s->attachments)
		printf("%zu attachments are listed in the export\n", s->attachments);
	if (s->n_problems)
		printf("Not carried over, or not as it was:\n");
	for (size_t i = 0; i < s->n_problems; i++)
		printf("  %.*s: %.*s\n", (int)s->problems[i].where.n, s->problems[i].where.p, (int)s->problems[i].what.n,
		    s->problems[i].what.p);
	if (s->more_problems)
		printf("  and %zu more\n", s->more_problems);
}

static bool run(struct store *store, const char *kind, const char *from, struct import_options *options,
    struct import_summary *sum, struct arena *arena, struct error *err)
{
	bool ok;
	if (strcmp(kind, "wordpress") == 0)
		ok = import_wordpress(store, from, options, sum, arena, err);
	else if (strcmp(kind, "markdown") == 0)
		ok = import_markdown(store, from, options, sum, arena, err);
	else
		ok = import_html(store, from, options, sum, arena, err);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	return ok;
}

/* One campaign; its public key may come from elsewhere than the file. */
static int import_one_campaign(struct cli *cli, const char *path, const char *key)
{
	struct error err = { 0 };
	struct place place;
	struct campaign c;
	struct buf json = { 0 };
	struct arena *arena = arena_new();
	bool read = arena && file_read(path, MIB, &json, &err);
	struct store *store = read && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	bool ok = store && import_campaign(store, buf_str(&json), str_from(key), &c, arena, &err);
	if (ok)
		printf("/campaigns/%.*s\n", (int)c.slug.n, c.slug.p);
	store_close(store);
	buf_free(&json);
	arena_free(arena);
	return ok ? EXIT_DONE : fail(&err, "the import was undone");
}

int command_import(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	struct shown shown = { .started = clock_mono_us() };
	struct import_options options = { .progress = show_progress, .user = &shown };
	struct import_summary sum;
	const char *key = NULL;
	bool json = false;
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--key KEY", &key, NULL, "campaign: the organiser's public key, in place of the file's" },
		{ "--uploads DIR", &options.uploads, NULL, "wordpress: a copy of wp-content/uploads, for the images" },
		{ "--type NAMES", &options.types, NULL,
		    "wordpress: further post types that hold articles, with commas between" },
		{ "--json", NULL, &json, "the summary as one JSON object" },
	};
	if (!options_read(cli, specs, 4, "wordpress FILE | markdown DIR | html DIR | campaign FILE",
	        "Brings articles in, in one transaction. Running it again is safe and changes only what changed.", 2, 2,
	        &left, &status))
		return status;
	const char *kind = cli->argv[1];
	if (strcmp(kind, "campaign") == 0)
		return import_one_campaign(cli, cli->argv[2], key);
	if (strcmp(kind, "wordpress") != 0 && strcmp(kind, "markdown") != 0 && strcmp(kind, "html") != 0) {
		fprintf(stderr, "kairan: import knows wordpress, markdown, html and campaign, not \"%s\"\n", kind);
		return EXIT_USAGE;
	}
	struct arena *arena = arena_new();
	struct store *store = arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	bool ok = store && run(store, kind, cli->argv[2], &options, &sum, arena, &err);
	if (ok && json)
		ok = print_summary_json(&sum);
	else if (ok)
		print_summary(&sum);
	store_close(store);
	arena_free(arena);
	return ok ? EXIT_DONE : fail(&err, "the import was undone");
}
