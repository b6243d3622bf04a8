#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct options {
	const char *lang;
	bool json, one_way;
};

static json_t *synonym_json(const struct synonym *s)
{
	json_t *words = json_array();
	for (size_t i = 0; i < s->n_words; i++)
		json_array_append_new(words, json_stringn(s->words[i].p, s->words[i].n));
	return json_pack("{s:I,s:s%,s:b,s:o}", "id", (json_int_t)s->id, "lang", s->lang.p ? s->lang.p : "", s->lang.n,
	    "one_way", s->one_way, "words", words);
}

static int list(const struct on_store *at, bool as_json)
{
	struct error err = { 0 };
	struct synonym *all;
	size_t n;
	json_t *json = as_json ? json_array() : NULL;
	if (!synonym_list(at->store, &all, &n, at->arena, &err))
		return fail(&err, "listing the synonyms");
	for (size_t i = 0; i < n; i++) {
		struct str text = synonym_text(&all[i], at->arena);
		if (json)
			json_array_append_new(json, synonym_json(&all[i]));
		else
			printf("%4lld  %.*s%s%.*s\n", (long long)all[i].id, (int)text.n, text.p, all[i].lang.n ? "  # " : "",
			    (int)all[i].lang.n, all[i].lang.p);
	}
	return !json || print_json(json) ? EXIT_DONE : EXIT_FAILED;
}

/* The words of the command line, or one argument written as in a file. */
static bool read_words(const struct on_store *at, const struct options *o, struct synonym *out, struct error *err)
{
	bool found;
	char **argv = at->cli->argv;
	out->lang = str_from(o->lang);
	if (at->left == 2)
		return synonym_parse(str_from(argv[2]), out, &found, at->arena, err) &&
		       (found || error_set(err, ERR_USAGE, "a synonym wants two words at least"));
	struct str *words = arena_array(at->arena, at->left, sizeof *words);
	if (!words)
		return error_memory(err);
	for (size_t i = 2; i <= at->left; i++)
		words[out->n_words++] = str_from(argv[i]);
	out->words = words;
	out->one_way = o->one_way;
	return true;
}

static bool save(const struct on_store *at, struct store_tx *tx, void *synonym, struct error *err)
{
	return synonym_save(tx, synonym, NULL, at->arena, err);
}

static int add(const struct on_store *at, const struct options *o)
{
	struct error err = { 0 };
	struct synonym s = { 0 };
	if (!read_words(at, o, &s, &err) || !in_one(at, save, &s, &err))
		return fail(&err, "adding a synonym");
	printf("%lld\n", (long long)s.id);
	return EXIT_DONE;
}

struct reading {
	struct str text, lang;
	size_t added, there;
};

static bool read_lines(const struct on_store *at, struct store_tx *tx, void *what, struct error *err)
{
	struct reading *r = what;
	for (size_t line = 1; r->text.n; line++) {
		struct synonym s = { .lang = r->lang };
		bool found, changed;
		if (!synonym_parse(str_split(&r->text, '\n'), &s, &found, at->arena, err) ||
		    (found && !synonym_save(tx, &s, &changed, at->arena, err)))
			return error_context(err, "line %zu", line);
		if (found)
			*(changed ? &r->added : &r->there) += 1;
	}
	return true;
}

/* A file is taken whole or not at all. */
static int import(const struct on_store *at, const struct options *o)
{
	struct error err = { 0 };
	struct buf bytes = { 0 };
	const char *file = at->cli->argv[2];
	if (!file_read(file, IMPORT_FILE_MAX, &bytes, &err))
		return fail(&err, NULL);
	struct reading r = { .text = buf_take(&bytes, at->arena), .lang = str_from(o->lang) };
	if (!in_one(at, read_lines, &r, &err))
		return fail(&err, file);
	if (o->json)
		return print_json(json_pack("{s:I,s:I}", "new", (json_int_t)r.added, "there", (json_int_t)r.there))
		           ? EXIT_DONE
		           : EXIT_FAILED;
	printf("%zu new, %zu were there\n", r.added, r.there);
	return EXIT_DONE;
}

static int run(const struct on_store *at, const void *options)
{
	const struct options *o = options;
	const char *action = at->cli->argv[1];
	int64_t id;
	if (strcmp(action, "list") == 0 && at->left == 1)
		return list(at, o->json);
	if (strcmp(action, "add") == 0 && at->left >= 2)
		return add(at, o);
	if (strcmp(action, "import") == 0 && at->left == 2)
		return import(at, o);
	if (strcmp(action, "remove") == 0 && at->left == 2 && str_to_int(str_from(at->cli->argv[2]), &id))
		return remove_one(at, id, synonym_delete);
	fputs("usage: kairan [-C DIR] synonym list | add WORD WORD ... | remove ID | import FILE\n", stderr);
	return EXIT_USAGE;
}

int command_synonym(struct cli *cli)
{
	struct options o = { 0 };
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--lang L", &o.lang, NULL, "add, import: only for questions in this language" },
		{ "--one-way", NULL, &o.one_way, "add: the first word also finds the others, not the other way round" },
		{ "--json", NULL, &o.json, "list: one array of objects id, lang, one_way, words; import: new, there" },
	};
	if (!options_read(cli, specs, 3, "list | add WORD WORD ... | remove ID | import FILE",
	        "Words that mean the same in a search. A file has a group a line: \"VPN, 仮想プライベートネットワーク\", or one way "
	        "\"スマホ => 携帯電話\"; lines that start with # are comments. A running server uses a change at once.",
	        1, 2 + SYNONYM_WORDS_MAX, &left, &status))
		return status;
	return on_store(cli, left, run, &o);
}
