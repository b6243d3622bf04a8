#include "cli/cli.h"

#include "image/image.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct command COMMANDS[] = {
	{ "init", "", "makes a site in DIR", command_init },
	{ "demo", "[--listen A:P]", "serves a throw-away site with the sample articles", command_demo },
	{ "serve", "[--listen A:P] [--dev]", "serves the site", command_serve },
	{ "import", "wordpress FILE | markdown DIR | html DIR", "brings articles in", command_import },
	{ "search", "[--lang L] [--limit N] [--json] QUERY | --batch", "searches", command_search },
	{ "article", "list | show | publish | draft | archive | delete", "the articles", command_article },
	{ "category", "list", "the categories with their counts", command_category },
	{ "setting", "list | get NAME | set NAME VALUE", "names, greeting, languages, colours", command_setting },
	{ "media", "list | sizes", "the images, and their narrower forms", command_media },
	{ "synonym", "list | add WORD WORD ... | remove ID | import FILE", "words that mean the same in a search",
	    command_synonym },
	{ "pin", "list | add QUERY ARTICLE ... | remove ID", "answers that stand first for a question", command_pin },
	{ "question", "list | remove ID", "what readers sent to the editors", command_question },
	{ "unanswered", "", "what readers searched for in vain", command_unanswered },
	{ "user", "list | add LOGIN | invite LOGIN | remove LOGIN", "who works at the desk", command_user },
	{ "campaign", "keygen FILE | list | export SLUG | sealed SLUG | verify URL",
	    "campaigns: keys, what was signed, checking the tally", command_campaign },
	{ "mail", "test ADDRESS | queue | deliver | bounce [ADDRESS]", "mail: tries it, shows what waits", command_mail },
	{ "key", "show | new", "the key file", command_key },
	{ "token", "list LOGIN | add LOGIN NAME | remove LOGIN ID", "tokens of people's programs", command_token },
	{ "reindex", "", "builds the search index anew", command_reindex },
	{ "check", "", "looks whether all is sound", command_check },
	{ "backup", "FILE", "copies the site's database while it runs", command_backup },
	{ "restore", "FILE", "takes such a copy as the site's database", command_restore },
	{ "bench", "[--json] [--queries FILE]", "measures the site's own hot paths", command_bench },
};

static void usage(FILE *out)
{
	fputs("usage: kairan [-C DIR] COMMAND [ARGUMENT ...]\n\n"
	      "A knowledge base that people read and search. DIR is the site's folder (default: this one).\n\n",
	    out);
	for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
	fputs("\n`kairan COMMAND --help` tells more, kairan(1) tells all. `kairan --version` prints the version.\n", out);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
		if (strcmp(COMMANDS[i].name, name) == 0)
			return &COMMANDS[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct cli cli = { .dir = "." };
	int at = 1;
	image_child(argc, argv);
	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_IGN);
	while (at + 1 < argc && strcmp(argv[at], "-C") == 0) {
		cli.dir = argv[at + 1];
		at += 2;
	}
	if (at < argc &&
	    (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0 || strcmp(argv[at], "help") == 0)) {
		usage(stdout);
		return EXIT_DONE;
	}
	if (at < argc && strcmp(argv[at], "--version") == 0) {
		puts("kairan " KAIRAN_VERSION);
		return EXIT_DONE;
	}
	const struct command *command = at < argc ? find_command(argv[at]) : NULL;
	if (!command) {
		if (at < argc)
			fprintf(stderr, "kairan: there is no command \"%s\"\n\n", argv[at]);
		usage(stderr);
		return EXIT_USAGE;
	}
	cli.argc = argc - at;
	cli.argv = argv + at;
	return command->run(&cli);
}
