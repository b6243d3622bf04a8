#include "cli/cli.h"

#include "site/site.h"
#include "text/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Measures, in this process and on this site, what a reader may wait for when a page is not in memory. */

#define SAMPLES_MAX 2000
#define QUERY_CHARACTERS 12 /* of a title, where no queries are given */

struct bench {
	struct web_options web;
	struct search *search;
	struct text_reader *reader; /* NULL without a dictionary */
	struct settings settings;
	struct article_item *articles;
	size_t n_articles;
	struct str queries[SAMPLES_MAX];
	size_t n_queries;
	struct arena *arena; /* for one sample */
};

struct path_result {
	const char *name;
	size_t n;
	double median_ms, p99_ms;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void summarise(struct path_result *out, double *ms, size_t n)
{
	qsort(ms, n, sizeof *ms, by_value);
	out->n = n;
	out->median_ms = n ? ms[n / 2] : 0;
	out->p99_ms = n ? ms[n * 99 / 100] : 0;
}

/* Articles from the whole list, evenly. */
static const struct article_item *article_at(const struct bench *b, size_t i, size_t n)
{
	return &b->articles[i * b->n_articles / n];
}

static struct str target_portal(struct bench *b, size_t i, size_t n)
{
	(void)b;
	(void)i;
	(void)n;
	return STR("/");
}

static struct str target_article(struct bench *b, size_t i, size_t n)
{
	const struct article_item *a = article_at(b, i, n);
	return site_article_path(b->arena, b->settings.default_lang, a->lang, a->slug);
}

static struct str with_query(struct bench *b, const char *path, struct str query)
{
	struct buf out = { 0 };
	buf_adds(&out, path);
	buf_add_uri(&out, query, STR(""));
	return buf_take(&out, b->arena);
}

static struct str target_search(struct bench *b, size_t i, size_t n)
{
	return with_query(b, "/search?q=", b->queries[i * b->n_queries / n]);
}

static struct str beginning(struct str s, size_t characters)
{
	size_t at = 0;
	while (characters-- && at < s.n)
		utf8_next(s, &at);
	return str_sub(s, 0, at);
}

/* What is asked while a question is being typed: its first one to eight characters; every other time as an input method
 * shows them before it converts. */
static struct str target_suggest(struct bench *b, size_t i, size_t n)
{
	struct str query = b->queries[i * b->n_queries / n];
	if (i % 2)
		query = text_reading(b->reader, query, b->arena);
	return with_query(b, "/search/suggest?q=", beginning(query, i / 2 % 8 + 1));
}

static bool time_target(struct bench *b, struct str target, double *ms, struct error *err)
{
	struct web_response res;
	uint64_t began = clock_mono_us();
	bool ok = web_answer(&b->web, target, &res, b->arena, err);
	*ms = (double)(clock_mono_us() - began) / 1000;
	buf_free(&res.body);
	/* A redirect or an error page would be a quick answer to another question. */
	if (ok && res.status != 200)
		ok = error_set(err, ERR_INTERNAL, "the answer has status %d", res.status);
	return ok || error_context(err, "asking for %.*s", (int)target.n, target.p);
}

static bool measure_page(struct bench *b, struct path_result *out, size_t n,
    struct str (*target)(struct bench *, size_t, size_t), struct error *err)
{
	static double ms[SAMPLES_MAX];
	for (size_t i = 0; i < n; i++) {
		arena_reset(b->arena);
		if (!time_target(b, target(b, i, n), &ms[i], err))
			return false;
	}
	summarise(out, ms, n);
	return true;
}

/* The query alone, as `search --batch` asks it: no page, no snippets. */
static bool measure_query(struct bench *b, struct path_result *out, size_t n, struct error *err)
{
	static double ms[SAMPLES_MAX];
	for (size_t i = 0; i < n; i++) {
		struct search_result found = { 0 };
		struct search_request request = {
			.query = b->queries[i * b->n_queries / n], .lang = b->settings.default_lang, .limit = 10
		};
		arena_reset(b->arena);
		if (!search_query(b->search, &request, &found, b->arena, err))
			return false;
		ms[i] = found.ms;
	}
	summarise(out, ms, n);
	return true;
}

static bool read_queries(struct bench *b, const char *file, struct arena *arena, struct error *err)
{
	struct buf bytes = { 0 };
	if (!file_read(file, IMPORT_FILE_MAX, &bytes, err))
		return false;
	struct str text = buf_take(&bytes, arena);
	while (text.n && b->n_queries < SAMPLES_MAX) {
		struct str line = str_split(&text, '\n'), query = str_trim(str_split(&line, '\t'));
		if (query.n)
			b->queries[b->n_queries++] = utf8_clean(arena, query);
	}
	return b->n_queries ? true : error_set(err, ERR_INVALID, "%s holds no query: one a line is wanted", file);
}

/* The beginnings of titles: what people type who know roughly what they want. */
static void make_queries(struct bench *b)
{
	size_t n = b->n_articles < SAMPLES_MAX ? b->n_articles : SAMPLES_MAX;
	for (size_t i = 0; i < n; i++)
		b->queries[b->n_queries++] = beginning(article_at(b, i, n)->title, QUERY_CHARACTERS);
}

static bool measure(struct bench *b, struct path_result *results, size_t *n, struct error *err)
{
	size_t articles = b->n_articles < SAMPLES_MAX ? b->n_articles : SAMPLES_MAX;
	static const char *const names[] = { "portal page", "article page", "search page", "suggestions", "query alone" };
	*n = sizeof names / sizeof *names;
	for (size_t i = 0; i < *n; i++)
		results[i].name = names[i];
	/* One round before, so that files are in the system's cache as on a running site. */
	return measure_page(b, &results[1], articles, target_article, err) &&
	       measure_page(b, &results[0], 50, target_portal, err) &&
	       measure_page(b, &results[1], articles, target_article, err) &&
	       measure_page(b, &results[2], b->n_queries, target_search, err) &&
	       measure_page(b, &results[3], b->n_queries, target_suggest, err) &&
	       measure_query(b, &results[4], b->n_queries, err);
}

static bool print_results(const struct path_result *results, size_t n, bool json)
{
	json_t *object = json_object();
	for (size_t i = 0; i < n; i++) {
		const struct path_result *r = &results[i];
		json_object_set_new(object, r->name,
		    json_pack("{s:I,s:f,s:f}", "samples", (json_int_t)r->n, "median_ms", r->median_ms, "p99_ms", r->p99_ms));
		if (!json)
			printf("%-14s %5zu samples   median %8.3f ms   p99 %8.3f ms\n", r->name, r->n, r->median_ms, r->p99_ms);
	}
	if (json)
		return print_json(object);
	json_decref(object);
	return true;
}

/* As a running site does beside its work. */
static bool find_related(struct bench *b, struct error *err)
{
	struct search_relating done = { .more = true };
	while (done.more) {
		arena_reset(b->arena);
		if (!search_relate(b->search, 1000, &done, b->arena, err))
			return false;
	}
	return true;
}

static bool bench_site(struct bench *b, const struct place *place, struct store *store, const char *queries, bool json,
    struct arena *arena, struct error *err)
{
	struct path_result results[8];
	size_t n;
	struct article_filter filter = { .no_pages = true, .status = ARTICLE_PUBLISHED, .order = ORDER_NEWEST };
	if (!settings_read(store, &b->settings, arena, err) ||
	    !article_list(store, &filter, &b->articles, &b->n_articles, NULL, arena, err))
		return false;
	if (b->n_articles == 0)
		return error_set(err, ERR_NOT_FOUND, "the site has no published article: import some first");
	if (!queries)
		make_queries(b);
	else if (!read_queries(b, queries, arena, err))
		return false;
	struct site_options options = { .theme_dir = file_exists(place->theme) ? place->theme : NULL };
	struct site *site = site_new(store, b->search, &options, err);
	if (!site)
		return false;
	b->web.user = site;
	b->web.routes = site_routes(&b->web.n_routes);
	bool ok = find_related(b, err) && measure(b, results, &n, err);
	site_free(site);
	return ok && print_results(results, n, json);
}

int command_bench(struct cli *cli)
{
	static struct bench b;
	struct error err = { 0 };
	struct place place;
	const char *queries = NULL;
	bool json = false;
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--json", NULL, &json, "one JSON object" },
		{ "--queries FILE", &queries, NULL, "what to search for, one a line (default: the titles' beginnings)" },
	};
	if (!options_read(cli, specs, 2, "",
	        "Measures how long pages take to make and questions to answer, without the page cache.", 0, 0, &left,
	        &status))
		return status;
	struct arena *arena = arena_new();
	b.arena = arena_new();
	struct store *store = place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	b.search = store ? place_search(&place, store, &err) : NULL;
	b.reader = text_reader_new();
	bool ok = arena && b.arena && b.search && bench_site(&b, &place, store, queries, json, arena, &err);
	text_reader_free(b.reader);
	search_close(b.search);
	store_close(store);
	arena_free(b.arena);
	arena_free(arena);
	return ok ? EXIT_DONE : fail(&err, "measuring");
}
