#include "cli/cli.h"

#include "campaign/campaign.h"
#include "transfer/transfer.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Removes a folder that this process made, three levels deep at the most. */
static void remove_folder(const char *path, int depth)
{
	DIR *dir = opendir(path);
	for (struct dirent *entry; dir && depth < 6 && (entry = readdir(dir));) {
		char full[4096];
		struct stat info;
		int n = snprintf(full, sizeof full, "%s/%s", path, entry->d_name);
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || n < 0 || (size_t)n >= sizeof full ||
		    lstat(full, &info) != 0)
			continue;
		if (S_ISDIR(info.st_mode))
			remove_folder(full, depth + 1);
		else
			unlink(full);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

/* The sample articles travel in the program: they are laid out as files for the importer. */
static bool write_sample(const char *dir, struct error *err)
{
	size_t n;
	const struct embedded_file *files = embedded_all(&n);
	for (size_t i = 0; i < n; i++) {
		char path[4096];
		int length = snprintf(path, sizeof path, "%s/%s", dir, files[i].path);
		if (!str_starts(str_from(files[i].path), STR("sample/")) || length < 0 || (size_t)length >= sizeof path)
			continue;
		char *slash = strrchr(path, '/');
		*slash = '\0';
		if (!dir_make(path, err))
			return false;
		*slash = '/';
		if (!file_write(path, files[i].data, err))
			return false;
	}
	return true;
}

static bool fill(const char *dir, struct store *store, struct error *err)
{
	char sample[4096];
	struct import_options options = { 0 };
	struct import_summary sum;
	struct arena *arena = arena_new();
	snprintf(sample, sizeof sample, "%.4000s/sample/articles", dir);
	bool ok = arena && write_sample(dir, err) && import_markdown(store, sample, &options, &sum, arena, err);
	arena_free(arena);
	return ok;
}

/* The sample's campaigns, under a key that is made for this demo alone and lies in its folder. */
static bool add_campaigns(const char *dir, struct store *store, struct error *err)
{
	unsigned char public_key[SEAL_KEY_BYTES], secret_key[SEAL_KEY_BYTES];
	char path[4096], key[CAMPAIGN_KEY_TEXT];
	size_t n;
	const struct embedded_file *files = embedded_all(&n);
	struct arena *arena = arena_new();
	snprintf(path, sizeof path, "%.4000s/organiser.key", dir);
	key_pair_new(public_key, secret_key);
	bool ok = arena && key_file_write(path, secret_key, err);
	sodium_memzero(secret_key, sizeof secret_key);
	public_key_write(public_key, key);
	for (size_t i = 0; ok && i < n; i++) {
		struct campaign c;
		if (str_starts(str_from(files[i].path), STR("sample/campaigns/")))
			ok = import_campaign(store, files[i].data, str_from(key), &c, arena, err);
	}
	arena_free(arena);
	return ok;
}

/* The demo's mail goes nowhere but to the terminal, so that the links in it can be followed. */
static const char SENDMAIL[] = "#!/bin/sh\n"
                               "mail=$(cat)\n"
                               "body=$(printf '%s\\n' \"$mail\" | sed '1,/^$/d')\n"
                               "{ printf '\\n--- mail to %s ---\\n' \"$5\"\n"
                               "printf '%s\\n' \"$body\" | base64 -d 2>/dev/null || printf '%s\\n' \"$body\"\n"
                               "printf -- '---\\n'; } >>/proc/$PPID/fd/2 2>/dev/null\n"
                               "exit 0\n";

static bool set_mail(const char *dir, struct conf *conf, struct error *err)
{
	if (conf->mail_from[0])
		return true;
	snprintf(conf->mail_from, sizeof conf->mail_from, "demo@example.org");
	snprintf(conf->mail_sendmail, sizeof conf->mail_sendmail, "%.1000s/sendmail", dir);
	if (!file_write(conf->mail_sendmail, str_from(SENDMAIL), err))
		return false;
	return chmod(conf->mail_sendmail, 0700) == 0 || error_set(err, ERR_IO, "cannot write %s", conf->mail_sendmail);
}

static bool serve(const char *dir, const char *listen, struct error *err)
{
	struct place place;
	struct conf conf;
	if (!place_make(dir, err) || !place_of(dir, &place, err) || !conf_read(place.conf, &conf, err))
		return false;
	if (!set_mail(dir, &conf, err))
		return false;
	if (listen)
		snprintf(conf.listen, sizeof conf.listen, "%s", listen);
	struct store *store = place_store(&place, err);
	struct search *search =
	    store && fill(dir, store, err) && add_campaigns(dir, store, err) ? place_search(&place, store, err) : NULL;
	struct server_options options = { .store = store, .search = search, .conf = &conf };
	bool ok = search && server_run(&options, err);
	search_close(search);
	store_close(store);
	return ok;
}

int command_demo(struct cli *cli)
{
	struct error err = { 0 };
	const char *listen = NULL, *temp = getenv("TMPDIR");
	char dir[512];
	size_t left;
	int status;
	const struct option_spec specs[] = { { "--listen ADDRESS", &listen, NULL,
		"where to listen (default: 127.0.0.1:8080)" } };
	if (!options_read(cli, specs, 1, "",
	        "Serves a throw-away site with the sample's articles and campaigns, and removes it at the end. Its mail is shown here.",
	        0, 0, &left, &status))
		return status;
	snprintf(dir, sizeof dir, "%.400s/kairan-demo-XXXXXX", temp && *temp ? temp : "/tmp");
	if (!mkdtemp(dir)) {
		error_set(&err, ERR_IO, "cannot make a folder below %.200s", dir);
		return fail(&err, NULL);
	}
	bool ok = serve(dir, listen, &err);
	remove_folder(dir, 0);
	return ok ? EXIT_DONE : fail(&err, "the demo");
}
