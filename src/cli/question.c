#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *text(struct str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

/* Whatever was typed, a terminal gets one line of it. */
static void print_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		putchar(s.p[i] == '\n' ? ' ' : s.p[i]);
	putchar('\n');
}

static int list_questions(const struct on_store *at, bool as_json)
{
	struct error err = { 0 };
	struct question *all;
	size_t n;
	json_t *json = as_json ? json_array() : NULL;
	if (!question_list(at->store, &all, &n, at->arena, &err))
		return fail(&err, "listing the questions");
	for (size_t i = 0; i < n; i++) {
		const struct question *q = &all[i];
		if (json) {
			json_array_append_new(
			    json, json_pack("{s:I,s:o,s:o,s:o,s:I}", "id", (json_int_t)q->id, "lang", text(q->lang), "day",
			              text(q->day), "text", text(q->text), "times", (json_int_t)q->times));
			continue;
		}
		printf("%4lld  %.*s  %.*s  ", (long long)q->id, (int)q->day.n, q->day.p, (int)q->lang.n, q->lang.p);
		if (q->times > 1)
			printf("(%lld times) ", (long long)q->times);
		print_line(q->text);
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

static int list_unanswered(const struct on_store *at, const void *options)
{
	struct error err = { 0 };
	struct unanswered *all;
	size_t n;
	json_t *json = *(const bool *)options ? json_array() : NULL;
	if (!unanswered_list(at->store, &all, &n, at->arena, &err))
		return fail(&err, "listing the searches in vain");
	for (size_t i = 0; i < n; i++) {
		const struct unanswered *u = &all[i];
		if (json) {
			json_array_append_new(
			    json, json_pack("{s:o,s:I,s:o,s:o}", "query", text(u->query), "searches", (json_int_t)u->searches,
			              "first_day", text(u->first_day), "last_day", text(u->last_day)));
			continue;
		}
		printf("%6lld  %.*s  ", (long long)u->searches, (int)u->last_day.n, u->last_day.p);
		print_line(u->query);
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

static int run_question(const struct on_store *at, const void *json)
{
	int64_t id;
	char **argv = at->cli->argv;
	if (strcmp(argv[1], "list") == 0 && at->left == 1)
		return list_questions(at, *(const bool *)json);
	if (strcmp(argv[1], "remove") == 0 && at->left == 2 && str_to_int(str_from(argv[2]), &id))
		return remove_one(at, id, question_delete);
	fputs("usage: kairan [-C DIR] question list | remove ID\n", stderr);
	return EXIT_USAGE;
}

int command_question(struct cli *cli)
{
	bool json = false;
	size_t left;
	int status;
	const struct option_spec specs[] = { { "--json", NULL, &json,
		"list: one array of objects id, lang, day, text, times" } };
	if (!options_read(cli, specs, 1, "list | remove ID",
	        "What readers sent from a search that found nothing, newest first. Nothing about the senders is kept.", 1,
	        2, &left, &status))
		return status;
	return on_store(cli, left, run_question, &json);
}

int command_unanswered(struct cli *cli)
{
	bool json = false;
	size_t left;
	int status;
	const struct option_spec specs[] = { { "--json", NULL, &json,
		"one array of objects query, searches, first_day, last_day" } };
	if (!options_read(cli, specs, 1, "",
	        "What readers searched for in vain, most often first. A search is kept only once it came back in five separate "
	        "hours; who searched is not known.",
	        0, 0, &left, &status))
		return status;
	return on_store(cli, left, list_unanswered, &json);
}
