#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct asked {
	struct store *store;
	struct arena *arena;
	bool json;
};

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

static int list_questions(const struct asked *asked)
{
	struct error err = { 0 };
	struct question *all;
	size_t n;
	json_t *json = asked->json ? json_array() : NULL;
	if (!question_list(asked->store, &all, &n, asked->arena, &err))
		return fail(&err, "listing the questions");
	for (size_t i = 0; i < n; i++) {
		const struct question *q = &all[i];
		if (json) {
			json_array_append_new(json, json_pack("{s:I,s:o,s:o,s:o,s:I}", "id", (json_int_t)q->id, "lang", text(q->lang), "day",
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

static int delete(const struct asked *asked, int64_t id)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(asked->store, &err);
	if (!tx || !question_delete(tx, id, &err)) {
		store_rollback(tx);
		return fail(&err, NULL);
	}
	return store_commit(tx, &err) ? EXIT_DONE : fail(&err, NULL);
}

static int list_unanswered(const struct asked *asked)
{
	struct error err = { 0 };
	struct unanswered *all;
	size_t n;
	json_t *json = asked->json ? json_array() : NULL;
	if (!unanswered_list(asked->store, &all, &n, asked->arena, &err))
		return fail(&err, "listing the searches in vain");
	for (size_t i = 0; i < n; i++) {
		const struct unanswered *u = &all[i];
		if (json) {
			json_array_append_new(json, json_pack("{s:o,s:I,s:o,s:o}", "query", text(u->query), "searches", (json_int_t)u->searches,
				"first_day", text(u->first_day), "last_day", text(u->last_day)));
			continue;
		}
		printf("%6lld  %.*s  ", (long long)u->searches, (int)u->last_day.n, u->last_day.p);
		print_line(u->query);
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

static int run_question(const struct asked *asked, const struct cli *cli, size_t left)
{
	int64_t id;
	if (strcmp(cli->argv[1], "list") == 0 && left == 1)
		return list_questions(asked);
	if (strcmp(cli->argv[1], "remove") == 0 && left == 2 && str_to_int(str_from(cli->argv[2]), &id))
		return delete(asked, id);
	fputs("usage: kairan [-C DIR] question list | remove ID\n", stderr);
	return EXIT_USAGE;
}

static int with_store(struct cli *cli, struct asked *asked, size_t left, bool questions)
{
	struct error err = { 0 };
	struct place place;
	int status;
	asked->arena = arena_new();
	asked->store = asked->arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	if (!asked->store)
		status = fail(&err, NULL);
	else
		status = questions ? run_question(asked, cli, left) : list_unanswered(asked);
	store_close(asked->store);
	arena_free(asked->arena);
	return status;
}

int command_question(struct cli *cli)
{
	struct asked asked = { 0 };
	size_t left;
	int status;
	const struct option_spec specs[] = { { "--json", NULL, &asked.json, "list: one array of objects id, lang, day, text, times" } };
	if (!options_read(cli, specs, 1, "list | remove ID",
			"What readers sent from a search that found nothing, newest first. Nothing about the senders is kept.", 1, 2, &left,
			&status))
		return status;
	return with_store(cli, &asked, left, true);
}

int command_unanswered(struct cli *cli)
{
	struct asked asked = { 0 };
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--json", NULL, &asked.json, "one array of objects query, searches, first_day, last_day" }
	};
	if (!options_read(cli, specs, 1, "",
			"What readers searched for in vain, most often first. A search is kept only once it came back in five separate "
			"hours; who searched is not known.",
			0, 0, &left, &status))
		return status;
	return with_store(cli, &asked, left, false);
}
