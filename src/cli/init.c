#include "cli/cli.h"

#include <stdio.h>

int command_init(struct cli *cli)
{
	struct error err = { 0 };
	size_t left;
	int status;
	if (!options_read(cli, NULL, 0, "",
	        "Makes a site in DIR: kairan.conf, data/ with the database. Asks nothing; what is there already stays.", 0,
	        0, &left, &status))
		return status;
	if (!place_make(cli->dir, &err))
		return fail(&err, "making a site");
	fprintf(stderr, "The site is in %s. `kairan -C %s serve` serves it; `kairan -C %s import …` fills it.\n", cli->dir,
	    cli->dir, cli->dir);
	return EXIT_DONE;
}
