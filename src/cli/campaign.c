#include "cli/campaign.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

/* The desk's and the organisers' work on campaigns from the shell. */

static int keygen(const char *path)
{
	struct error err = { 0 };
	unsigned char public_key[SEAL_KEY_BYTES], secret_key[SEAL_KEY_BYTES];
	char text[CAMPAIGN_KEY_TEXT];
	key_pair_new(public_key, secret_key);
	bool ok = key_file_write(path, secret_key, &err);
	sodium_memzero(secret_key, sizeof secret_key);
	if (!ok)
		return fail(&err, "making a key");
	public_key_write(public_key, text);
	puts(text);
	fprintf(stderr,
	    "The secret key is in %s. Keep it, and a copy in a safe place: without it nobody can read the signatures.\n"
	    "The line above is the public key, which the campaign's form at the desk asks for.\n",
	    path);
	return EXIT_DONE;
}

static void list_line(const struct campaign *c, const struct tally *t, json_t *all)
{
	const struct campaign_text *text = campaign_text(c, STR(""));
	struct str title = text ? text->title : c->slug, state = campaign_state_name(c->state);
	long long count = (long long)(t->signed_ - t->withdrawn);
	if (!all) {
		printf("%8lld  %-8.*s  %.*s  %.*s\n", count, (int)state.n, state.p, (int)c->slug.n, c->slug.p, (int)title.n,
		    title.p);
		return;
	}
	json_array_append_new(
	    all, json_pack("{s:s%, s:s%, s:s%, s:I, s:I, s:I, s:I}", "slug", c->slug.p, c->slug.n, "title", title.p,
	             title.n, "state", state.p, state.n, "count", (json_int_t)count, "signed", (json_int_t)t->signed_,
	             "withdrawn", (json_int_t)t->withdrawn, "held", (json_int_t)t->held));
}

static int list(const struct on_store *o, const void *options)
{
	const bool *json = options;
	struct error err = { 0 };
	struct campaign *all;
	size_t n;
	json_t *out = *json ? json_array() : NULL;
	if (!campaign_list(o->store, -1, &all, &n, o->arena, &err))
		return fail(&err, "listing the campaigns");
	for (size_t i = 0; i < n; i++) {
		struct tally tally;
		if (!tally_get(o->store, all[i].id, &tally, o->arena, &err)) {
			json_decref(out);
			return fail(&err, "listing the campaigns");
		}
		list_line(&all[i], &tally, out);
	}
	return !out || print_json(out) ? EXIT_DONE : EXIT_FAILED;
}

static const char ABOUT[] =
    "keygen FILE    makes an organiser's key pair: the secret key into FILE, on your own machine; prints the public key\n"
    "list           the campaigns and how many signed each\n"
    "export SLUG    opens the signatures with the secret key (--key), in the site's folder; with --sealed FILE from such\n"
    "               a file, anywhere: then no SLUG is wanted, and the key never comes near the server\n"
    "sealed SLUG    writes the sealed signatures into a file (-o), to be taken to where the key is\n"
    "verify URL     checks a campaign's log by its public data: each entry, the signed head, the count. URL is the\n"
    "               campaign's address, or a folder with the files key, checkpoint and leaves";

struct campaign_options {
	struct export_options export;
	const char *receipt, *since;
	bool json;
};

static int wrong(const char *verb)
{
	fprintf(stderr, "kairan: campaign %s: see kairan campaign --help\n", verb);
	return EXIT_USAGE;
}

static int run(struct cli *cli, const struct campaign_options *o, size_t left)
{
	const char *verb = cli->argv[1], *what = left > 1 ? cli->argv[2] : NULL;
	if (strcmp(verb, "list") == 0 && !what)
		return on_store(cli, left, list, &o->json);
	if (strcmp(verb, "keygen") == 0 && what)
		return keygen(what);
	if (strcmp(verb, "export") == 0 && o->export.key && (what || o->export.sealed))
		return campaign_export(cli, what, &o->export);
	if (strcmp(verb, "sealed") == 0 && what && o->export.out)
		return campaign_sealed(cli, what, o->export.out);
	if (strcmp(verb, "verify") == 0 && what)
		return campaign_verify(what, o->receipt, o->since);
	return wrong(verb);
}

int command_campaign(struct cli *cli)
{
	struct campaign_options o = { 0 };
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--key FILE", &o.export.key, NULL, "export: the secret key's file" },
		{ "--format NAME", &o.export.format, NULL, "export: csv (default), json, actionnetwork, osdi" },
		{ "--sealed FILE", &o.export.sealed, NULL, "export: from this file, not from a site" },
		{ "-o FILE", &o.export.out, NULL, "export, sealed: where to (default: standard output)" },
		{ "--receipt FILE", &o.receipt, NULL, "verify: a signer's receipt" },
		{ "--since FILE", &o.since, NULL, "verify: an earlier head of the log, which must be its beginning" },
		{ "--json", NULL, &o.json, "list: one array of objects" },
	};
	if (!options_read(cli, specs, sizeof specs / sizeof *specs,
	        "keygen FILE | list | export SLUG | sealed SLUG | verify URL", ABOUT, 1, 2, &left, &status))
		return status;
	if (sodium_init() < 0)
		return EXIT_FAILED;
	return run(cli, &o, left);
}
