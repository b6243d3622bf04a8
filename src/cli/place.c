#include "cli/cli.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool join(char *out, size_t size, const char *dir, const char *name, struct error *err)
{
	int n = snprintf(out, size, "%s/%s", dir, name);
	if (n < 0 || (size_t)n >= size)
		return error_set(err, ERR_USAGE, "the path %.100s… is too long", dir);
	return true;
}

/* What kairan.conf names, from the site's folder where it is relative. */
static bool find_key(const char *dir, struct place *out, struct error *err)
{
	struct conf conf;
	if (!conf_read(out->conf, &conf, err))
		return false;
	if (conf.key[0] == '/')
		return snprintf(out->key, sizeof out->key, "%s", conf.key) > 0;
	return join(out->key, sizeof out->key, dir, conf.key[0] ? conf.key : "data/secret.key", err);
}

bool place_of(const char *dir, struct place *out, struct error *err)
{
	return join(out->conf, sizeof out->conf, dir, "kairan.conf", err) &&
	       join(out->data, sizeof out->data, dir, "data", err) &&
	       join(out->store, sizeof out->store, dir, "data/kairan.db", err) &&
	       join(out->index, sizeof out->index, dir, "data/index.db", err) &&
	       join(out->theme, sizeof out->theme, dir, "theme", err) && find_key(dir, out, err);
}

struct store *place_store(const struct place *place, struct error *err)
{
	if (!file_exists(place->store)) {
		error_set(err, ERR_NOT_FOUND,
		    "there is no site here (%s is missing); `kairan init` makes one, -C names another folder", place->store);
		return NULL;
	}
	struct error why = { 0 };
	struct store *store = store_open(place->store, false, err);
	if (store && !store_use_key(store, place->key, &why))
		fprintf(stderr, "kairan: %s\n", why.message);
	return store;
}

struct search *place_search(const struct place *place, struct store *store, struct error *err)
{
	struct search *search = search_open(place->index, store, err);
	if (search && search_follow(search, NULL, err))
		return search;
	search_close(search);
	return NULL;
}

bool place_make(const char *dir, struct error *err)
{
	struct place place;
	if (!place_of(dir, &place, err))
		return false;
	/* The database has what only the site's own user may read. */
	bool fresh = !file_exists(place.data);
	if (!dir_make(place.data, err))
		return false;
	if (fresh && chmod(place.data, 0700) != 0)
		return error_set(err, ERR_IO, "cannot keep %s from others", place.data);
	if (!file_exists(place.conf) && !file_write(place.conf, str_from(CONF_TEMPLATE), err))
		return false;
	struct store *store = store_open(place.store, true, err);
	bool ok = store && store_use_key(store, place.key, err);
	store_close(store);
	return ok;
}
