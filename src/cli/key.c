#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static int show(const struct place *place, struct store *store)
{
	struct error err = { 0 };
	unsigned char id[KEY_BYTES];
	char hex[HASH_HEX_MAX];
	if (!store_key(store, KEY_FINGERPRINT, id, &err))
		return EXIT_FAILED; /* opening has said why */
	hash_hex(str_of((const char *)id, sizeof id), 16, hex);
	printf("%s  %s\n", hex, place->key);
	return EXIT_DONE;
}

static int make(const struct place *place, struct store *store)
{
	struct error err = { 0 };
	struct store_tx *tx = NULL;
	if (!store_new_key(store, place->key, &err))
		return fail(&err, "making a new key");
	tx = store_begin(store, &err);
	if (!tx || !audit_add(tx, NULL, STR("key.new"), STR(""), &err)) {
		store_rollback(tx);
		return fail(&err, NULL);
	}
	if (!store_commit(tx, &err))
		return fail(&err, NULL);
	fprintf(stderr,
	    "The new key is in %s; keep a copy apart from the backups. One-time codes of apps do not work any more: who "
	    "has set\n"
	    "one up comes in with a recovery code or a passkey, or by `kairan user invite --no-totp`. Mail that waited is "
	    "lost.\n",
	    place->key);
	return EXIT_DONE;
}

int command_key(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	size_t left;
	int status;
	if (!options_read(cli, NULL, 0, "show | new",
	        "The key file, from which the keys of sealed secrets are derived. `show` prints its fingerprint; `new` "
	        "makes\n"
	        "another where it is lost: what was sealed under the old one (secrets of one-time codes, mail that waits) "
	        "stays\n"
	        "unreadable for ever. Look for a copy first.",
	        1, 1, &left, &status))
		return status;
	const char *verb = cli->argv[1];
	if (strcmp(verb, "show") != 0 && strcmp(verb, "new") != 0) {
		fputs("usage: kairan [-C DIR] key show | new\n", stderr);
		return EXIT_USAGE;
	}
	struct store *store = place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	if (!store)
		return fail(&err, NULL);
	status = strcmp(verb, "show") == 0 ? show(&place, store) : make(&place, store);
	store_close(store);
	return status;
}
