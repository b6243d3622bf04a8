#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(
    FILE *out, const char *name, const struct option_spec *specs, size_t n, const char *arguments, const char *about)
{
	fprintf(out, "usage: kairan [-C DIR] %s%s%s%s\n", name, n ? " [OPTION ...]" : "", *arguments ? " " : "", arguments);
	fprintf(out, "\n%s\n", about);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s  %-22s %s\n", i ? "" : "\n", specs[i].name, specs[i].help);
}

/* The length of a spec's name proper: "--limit N" has 7. */
static size_t name_length(const struct option_spec *spec)
{
	return strcspn(spec->name, " ");
}

static const struct option_spec *find_spec(
    const struct option_spec *specs, size_t n, const char *arg, const char **inline_value)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = name_length(&specs[i]);
		if (strncmp(specs[i].name, arg, length) != 0)
			continue;
		if (arg[length] != '\0' && !(arg[length] == '=' && specs[i].value))
			continue;
		*inline_value = arg[length] == '=' ? arg + length + 1 : NULL;
		return &specs[i];
	}
	return NULL;
}

static bool take_option(struct cli *cli, const struct option_spec *specs, size_t n, int *i)
{
	const char *value = NULL, *arg = cli->argv[*i];
	const struct option_spec *spec = find_spec(specs, n, arg, &value);
	if (!spec) {
		fprintf(stderr, "kairan: %s has no option %s\n", cli->argv[0], arg);
		return false;
	}
	if (spec->flag) {
		*spec->flag = true;
		return true;
	}
	if (!value && *i + 1 >= cli->argc) {
		fprintf(stderr, "kairan: %s wants a value\n", arg);
		return false;
	}
	*spec->value = value ? value : cli->argv[++*i];
	return true;
}

bool options_read(struct cli *cli, const struct option_spec *specs, size_t n, const char *arguments, const char *about,
    size_t min_left, size_t max_left, size_t *n_left, int *status)
{
	bool only_arguments = false;
	size_t left = 0;
	*status = EXIT_USAGE;
	for (int i = 1; i < cli->argc; i++) {
		const char *arg = cli->argv[i];
		if (!only_arguments && (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)) {
			print_help(stdout, cli->argv[0], specs, n, arguments, about);
			*status = EXIT_DONE;
			return false;
		}
		if (!only_arguments && strcmp(arg, "--") == 0) {
			only_arguments = true;
			continue;
		}
		bool is_option = arg[0] == '-' && (arg[1] == '-' || find_spec(specs, n, arg, &(const char *){ NULL }));
		if (!only_arguments && is_option) {
			if (!take_option(cli, specs, n, &i))
				return false;
			continue;
		}
		cli->argv[++left] = cli->argv[i];
	}
	if (left < min_left || left > max_left) {
		print_help(stderr, cli->argv[0], specs, n, arguments, about);
		return false;
	}
	cli->argc = (int)left + 1;
	*n_left = left;
	return true;
}

int fail(const struct error *err, const char *what)
{
	fprintf(stderr, "kairan: %s%s%s\n", what ? what : "", what ? ": " : "", err->message);
	return err->code == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

bool print_json(void *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (!text) {
		fputs("kairan: out of memory\n", stderr);
		return false;
	}
	puts(text);
	free(text);
	return true;
}
