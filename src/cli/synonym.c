#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct asked {
	struct store *store;
	struct arena *arena;
	const char *lang;
	bool json, one_way;
};

static json_t *synonym_json(const struct synonym *s)
{
	json_t *words = json_array();
	for (size_t i = 0; i < s->n_words; i++)
		json_array_append_new(words, json_stringn(s->words[i].p, s->words[i].n));
	return json_pack("{s:I,s:s%,s:b,s:o}", "id", (json_int_t)s->id, "lang", s->lang.p ? s->lang.p : "", s->lang.n, "one_way",
		s->one_way, "words", words);
}

static int list(const struct asked *asked)
{
	struct error err = { 0 };
	struct synonym *all;
	size_t n;
	json_t *json = asked->json ? json_array() : NULL;
	if (!synonym_list(asked->store, &all, &n, asked->arena, &err))
		return fail(&err, "listing the synonyms");
	for (size_t i = 0; i < n; i++) {
		struct str text = synonym_text(&all[i], asked->arena);
		if (json)
			json_array_append_new(json, synonym_json(&all[i]));
		else
			printf("%4lld  %.*s%s%.*s\n", (long long)all[i].id, (int)text.n, text.p, all[i].lang.n ? "  # " : "",
				(int)all[i].lang.n, all[i].lang.p);
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

/* The words of the command line, or one argument written as in a file. */
static bool read_words(const struct asked *asked, const struct cli *cli, size_t left, struct synonym *out, struct error *err)
{
	bool found;
	out->lang = str_from(asked->lang);
	if (left == 2)
		return synonym_parse(str_from(cli->argv[2]), out, &found, asked->arena, err) &&
			(found || error_set(err, ERR_USAGE, "a synonym wants two words at least"));
	struct str *words = arena_array(asked->arena, left, sizeof *words);
	if (!words)
		return error_memory(err);
	for (size_t i = 2; i <= left; i++)
		words[out->n_words++] = str_from(cli->argv[i]);
	out->words = words;
	out->one_way = asked->one_way;
	return true;
}

static int add(const struct asked *asked, const struct cli *cli, size_t left)
{
	struct error err = { 0 };
	struct synonym s = { 0 };
	if (!read_words(asked, cli, left, &s, &err))
		return fail(&err, "adding a synonym");
	struct store_tx *tx = store_begin(asked->store, &err);
	if (!tx || !synonym_save(tx, &s, NULL, asked->arena, &err)) {
		store_rollback(tx);
		return fail(&err, "adding a synonym");
	}
	if (!store_commit(tx, &err))
		return fail(&err, "adding a synonym");
	printf("%lld\n", (long long)s.id);
	return EXIT_DONE;
}

static int delete(const struct asked *asked, int64_t id)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(asked->store, &err);
	if (!tx || !synonym_delete(tx, id, &err)) {
		store_rollback(tx);
		return fail(&err, NULL);
	}
	return store_commit(tx, &err) ? EXIT_DONE : fail(&err, NULL);
}

/* A file is taken whole or not at all. */
static bool import_lines(const struct asked *asked, struct store_tx *tx, struct str text, size_t *added, size_t *there, struct error *err)
{
	for (size_t line = 1; text.n; line++) {
		struct synonym s = { .lang = str_from(asked->lang) };
		bool found, changed;
		if (!synonym_parse(str_split(&text, '\n'), &s, &found, asked->arena, err) ||
			(found && !synonym_save(tx, &s, &changed, asked->arena, err)))
			return error_context(err, "line %zu", line);
		if (found)
			*(changed ? added : there) += 1;
	}
	return true;
}

static int import(const struct asked *asked, const char *file)
{
	struct error err = { 0 };
	struct buf bytes = { 0 };
	size_t added = 0, there = 0;
	if (!file_read(file, IMPORT_FILE_MAX, &bytes, &err))
		return fail(&err, NULL);
	struct str text = buf_take(&bytes, asked->arena);
	struct store_tx *tx = store_begin(asked->store, &err);
	if (!tx || !import_lines(asked, tx, text, &added, &there, &err)) {
		store_rollback(tx);
		return fail(&err, file);
	}
	if (!store_commit(tx, &err))
		return fail(&err, file);
	if (asked->json)
		return print_json(json_pack("{s:I,s:I}", "new", (json_int_t)added, "there", (json_int_t)there)) ? EXIT_DONE : EXIT_FAILED;
	printf("%zu new, %zu were there\n", added, there);
	return EXIT_DONE;
}

static int run(const struct asked *asked, const struct cli *cli, size_t left)
{
	const char *action = cli->argv[1];
	int64_t id;
	if (strcmp(action, "list") == 0 && left == 1)
		return list(asked);
	if (strcmp(action, "add") == 0 && left >= 2)
		return add(asked, cli, left);
	if (strcmp(action, "import") == 0 && left == 2)
		return import(asked, cli->argv[2]);
	if (strcmp(action, "remove") == 0 && left == 2 && str_to_int(str_from(cli->argv[2]), &id))
		return delete(asked, id);
	fputs("usage: kairan [-C DIR] synonym list | add WORD WORD ... | remove ID | import FILE\n", stderr);
	return EXIT_USAGE;
}

int command_synonym(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	struct asked asked = { 0 };
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--lang L", &asked.lang, NULL, "add, import: only for questions in this language" },
		{ "--one-way", NULL, &asked.one_way, "add: the first word also finds the others, not the other way round" },
		{ "--json", NULL, &asked.json, "list: one array of objects id, lang, one_way, words; import: new, there" },
	};
	if (!options_read(cli, specs, 3, "list | add WORD WORD ... | remove ID | import FILE",
			"Words that mean the same in a search. A file has a group a line: \"VPN, 仮想プライベートネットワーク\", or one way "
			"\"スマホ => 携帯電話\"; lines that start with # are comments. A running server uses a change at once.",
			1, 2 + SYNONYM_WORDS_MAX, &left, &status))
		return status;
	asked.arena = arena_new();
	asked.store = asked.arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	status = asked.store ? run(&asked, cli, left) : fail(&err, NULL);
	store_close(asked.store);
	arena_free(asked.arena);
	return status;
}
