#include "cli/cli.h"

#include "site/site.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT 10
#define LINE_LONGEST (64 * KIB)

struct ask {
	struct store *store;
	struct search *search;
	struct settings settings;
	struct str lang;
	size_t limit;
	bool json;
};

static json_t *text(struct str s)
{
	return s.n ? json_stringn(s.p, s.n) : json_string("");
}

/* {"query":…,"total":n,"ms":t,"hits":[{"path":…,"title":…,"score":…,"source":…}]} */
static bool print_result(
    const struct ask *ask, struct str query, const struct search_result *found, struct arena *arena)
{
	json_t *hits = json_array();
	for (size_t i = 0; i < found->n_hits; i++) {
		const struct search_hit *hit = &found->hits[i];
		struct str path = site_article_path(arena, ask->settings.default_lang, hit->lang, hit->slug);
		json_array_append_new(hits, json_pack("{s:o,s:o,s:f,s:o}", "path", text(path), "title", text(hit->title),
		                                "score", hit->score, "source", text(hit->source)));
	}
	return print_json(json_pack(
	    "{s:o,s:I,s:f,s:o}", "query", text(query), "total", (json_int_t)found->total, "ms", found->ms, "hits", hits));
}

static void print_plain(const struct ask *ask, const struct search_result *found, struct arena *arena)
{
	for (size_t i = 0; i < found->n_hits; i++) {
		const struct search_hit *hit = &found->hits[i];
		struct str path = site_article_path(arena, ask->settings.default_lang, hit->lang, hit->slug);
		struct str snippet = doc_plain(hit->snippet_html, arena);
		printf("%.*s\n  %.*s\n", (int)hit->title.n, hit->title.p, (int)path.n, path.p);
		if (snippet.n)
			printf("  %.*s\n", (int)snippet.n, snippet.p);
	}
	fprintf(stderr, "%zu found in %.2f ms\n", found->total, found->ms);
}

static bool answer(const struct ask *ask, struct str query, struct arena *arena, struct error *err)
{
	struct search_result found = { 0 };
	struct search_request request = { .query = query, .lang = ask->lang, .limit = ask->limit, .snippets = !ask->json };
	if (!search_query(ask->search, &request, &found, arena, err))
		return false;
	if (ask->json)
		return print_result(ask, query, &found, arena) || error_memory(err);
	print_plain(ask, &found, arena);
	return true;
}

/* A query a line; each is answered and flushed before the next is read, so that a program may converse. */
static bool batch(struct ask *ask, struct arena *arena, struct error *err)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	bool ok = true;
	ask->json = true;
	while (ok && (n = getline(&line, &size, stdin)) >= 0) {
		struct str query = str_of(line, (size_t)n);
		while (query.n && (query.p[query.n - 1] == '\n' || query.p[query.n - 1] == '\r'))
			query.n--;
		arena_reset(arena);
		ok = answer(ask, utf8_clean(arena, query), arena, err);
		fflush(stdout);
	}
	free(line);
	return ok;
}

static int run(struct cli *cli, struct ask *ask, bool is_batch, const char *query, struct arena *arena)
{
	struct error err = { 0 };
	struct place place;
	struct arena *settings_arena = arena_new();
	ask->store = settings_arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	bool ok = ask->store && settings_read(ask->store, &ask->settings, settings_arena, &err);
	ask->search = ok ? place_search(&place, ask->store, &err) : NULL;
	ok = ask->search != NULL;
	if (ok && ask->lang.n == 0)
		ask->lang = ask->settings.default_lang;
	if (ok)
		ok = is_batch ? batch(ask, arena, &err) : answer(ask, str_from(query), arena, &err);
	search_close(ask->search);
	store_close(ask->store);
	arena_free(settings_arena);
	return ok ? EXIT_DONE : fail(&err, "searching");
}

int command_search(struct cli *cli)
{
	const char *lang = NULL, *limit = NULL;
	bool json = false, is_batch = false;
	int64_t n_limit = LIMIT_DEFAULT;
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--lang L", &lang, NULL, "the reader's language: its articles come first" },
		{ "--limit N", &limit, NULL, "how many answers, 1 to 100 (default: 10)" },
		{ "--json", NULL, &json, "one JSON object" },
		{ "--batch", NULL, &is_batch, "read a query a line from stdin, print a JSON object a line" },
	};
	if (!options_read(cli, specs, 4, "QUERY", "Searches the published articles.", 0, 1000, &left, &status))
		return status;
	if ((left == 0) != is_batch) {
		fputs("kairan: search wants a QUERY, or --batch and queries on stdin\n", stderr);
		return EXIT_USAGE;
	}
	if (limit && (!str_to_int(str_from(limit), &n_limit) || n_limit < 1 || n_limit > 100)) {
		fputs("kairan: --limit wants a number from 1 to 100\n", stderr);
		return EXIT_USAGE;
	}
	struct buf query = { .max = LINE_LONGEST };
	for (size_t i = 1; i <= left; i++) {
		if (i > 1)
			buf_addc(&query, ' ');
		buf_adds(&query, cli->argv[i]);
	}
	struct ask ask = { .lang = str_from(lang), .limit = (size_t)n_limit, .json = json };
	struct arena *arena = arena_new();
	status = arena ? run(cli, &ask, is_batch, query.p ? query.p : "", arena) : EXIT_FAILED;
	arena_free(arena);
	buf_free(&query);
	return status;
}
