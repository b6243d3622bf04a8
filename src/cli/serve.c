#include "cli/cli.h"

#include <stdio.h>

static int serve(struct cli *cli, const char *listen, bool dev)
{
	struct error err = { 0 };
	struct place place;
	struct conf conf;
	if (!place_of(cli->dir, &place, &err) || !conf_read(place.conf, &conf, &err))
		return fail(&err, NULL);
	if (listen)
		snprintf(conf.listen, sizeof conf.listen, "%s", listen);
	struct store *store = place_store(&place, &err);
	/* The index is brought up to date by the follower, while the site answers. */
	struct search *search = store ? search_open(place.index, store, &err) : NULL;
	struct server_options options = { .store = store,
		.search = search,
		.conf = &conf,
		.dev = dev,
		/* Made while the site runs, the folder counts from then on. */
		.theme_dir = dev || file_exists(place.theme) ? place.theme : NULL };
	bool ok = search && server_run(&options, &err);
	search_close(search);
	store_close(store);
	return ok ? EXIT_DONE : fail(&err, "serving");
}

int command_serve(struct cli *cli)
{
	const char *listen = NULL;
	bool dev = false;
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--listen ADDRESS", &listen, NULL, "where to listen (default: 127.0.0.1:8080 or kairan.conf)" },
		{ "--dev", NULL, &dev, "load the templates of theme/ anew whenever they change" },
	};
	if (!options_read(cli, specs, 2, "",
	        "Serves the site until it is told to end (SIGTERM, Ctrl-C). Prints its address once it answers.", 0, 0,
	        &left, &status))
		return status;
	return serve(cli, listen, dev);
}
