#include "cli/cli.h"

#include "image/image.h"
#include "text/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The commands that look after a site: reindex, check, backup, restore. */

static void show_progress(void *user, size_t done, size_t total)
{
	(void)user;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%zu of %zu articles", done, total);
}

int command_reindex(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	size_t left;
	int status;
	if (!options_read(cli, NULL, 0, "", "Builds the search index anew beside the one in use, then swaps them.", 0, 0,
	        &left, &status))
		return status;
	struct store *store = place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	struct search *search = store ? search_open(place.index, store, &err) : NULL;
	struct search_stats stats = { 0 };
	bool ok = search && search_rebuild(search, show_progress, NULL, &err) && search_stats(search, &stats, &err);
	if (ok)
		fprintf(stderr, "%s%lld articles indexed, %lld bytes\n", isatty(STDERR_FILENO) ? "\r" : "",
		    (long long)stats.articles, (long long)stats.bytes);
	search_close(search);
	store_close(store);
	return ok ? EXIT_DONE : fail(&err, "building the index");
}

/* Not having it is no fault, so that the site stays sound. */
static void check_readings(void)
{
	struct text_reader *reader = text_reader_new();
	if (!reader)
		puts(
		    "readings: no dictionary, so that search knows kanji only as they are written; to have 監視カメラ found by かんし:"
		    " apt-get install libmecab2 mecab-ipadic-utf8 (elsewhere MeCab with IPADIC in UTF-8), then kairan reindex");
	else
		puts("readings: MeCab with IPADIC");
	text_reader_free(reader);
}

/* Not having it is no fault either. */
static void check_images(void)
{
	struct image_powers powers;
	struct error err = { 0 };
	if (!image_powers(&powers, &err))
		printf("images: kept as they come, and none can be added at the desk: %s (apt-get install libvips42)\n",
		    err.message);
	else
		printf("images: libvips in a child%s; %s\n", powers.confined ? " confined by seccomp" : "",
		    powers.avif ? "WebP and AVIF"
		                : "WebP alone: its HEIF module has no encoder of AV1 (apt-get install libheif1)");
}

static bool check_site(const struct place *place, struct arena *arena, bool *sound, struct error *err)
{
	struct conf conf;
	if (!conf_read(place->conf, &conf, err))
		return false;
	struct store *store = place_store(place, err);
	if (!store)
		return false;
	struct error key = { 0 };
	struct str problems = store_check(store, arena, err);
	bool ok = err->code == ERR_NONE;
	*sound = store_use_key(store, place->key, &key) && problems.n == 0;
	printf("%.*s", (int)problems.n, problems.p);
	struct search *search = ok ? place_search(place, store, err) : NULL;
	struct search_stats stats = { 0 };
	ok = search && search_stats(search, &stats, err);
	if (ok)
		printf("index: %lld articles, %lld bytes\n", (long long)stats.articles, (long long)stats.bytes);
	if (ok)
		check_readings();
	if (ok)
		check_images();
	search_close(search);
	store_close(store);
	return ok;
}

int command_check(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	bool sound = false;
	size_t left;
	int status;
	if (!options_read(cli, NULL, 0, "",
	        "Looks whether configuration, database, counts and index are sound, and says what is not.", 0, 0, &left,
	        &status))
		return status;
	struct arena *arena = arena_new();
	bool ok = arena && place_of(cli->dir, &place, &err) && check_site(&place, arena, &sound, &err);
	arena_free(arena);
	if (!ok)
		return fail(&err, "checking");
	puts(sound ? "sound" : "not sound: restore a backup, or ask for help with the lines above");
	return sound ? EXIT_DONE : EXIT_FAILED;
}

int command_backup(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	size_t left;
	int status;
	if (!options_read(cli, NULL, 0, "FILE",
	        "Copies the database, as it is at one moment, into a new FILE. The site goes on.", 1, 1, &left, &status))
		return status;
	if (file_exists(cli->argv[1])) {
		fprintf(stderr, "kairan: %s is there already; name a new file\n", cli->argv[1]);
		return EXIT_FAILED;
	}
	struct store *store = place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	bool ok = store && store_backup(store, cli->argv[1], &err);
	store_close(store);
	return ok ? EXIT_DONE : fail(&err, "backing up");
}

/* The copy is opened first, so that a file that is no site cannot take the place of one. */
static bool restore(const struct place *place, const char *file, struct error *err)
{
	if (file_exists(place->store))
		return error_set(err, ERR_EXISTS,
		    "%s is there already; move it away first (with its -wal and -shm files), or name an empty folder with -C",
		    place->store);
	if (!file_exists(file))
		return error_set(err, ERR_NOT_FOUND, "there is no file %s", file);
	struct store *copy = store_open(file, false, err);
	bool ok = copy && dir_make(place->data, err) && store_backup(copy, place->store, err);
	store_close(copy);
	if (ok && !file_exists(place->conf))
		ok = file_write(place->conf, str_from(CONF_TEMPLATE), err);
	return ok;
}

int command_restore(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	size_t left;
	int status;
	if (!options_read(cli, NULL, 0, "FILE",
	        "Takes a copy that `backup` made as the database of the site in DIR, which must have none.", 1, 1, &left,
	        &status))
		return status;
	bool ok = place_of(cli->dir, &place, &err) && restore(&place, cli->argv[1], &err);
	if (ok && !file_exists(place.key))
		fprintf(stderr, "The key file is not part of a backup: put the site's at %s, readable for its user alone.\n",
		    place.key);
	return ok ? EXIT_DONE : fail(&err, "restoring");
}
