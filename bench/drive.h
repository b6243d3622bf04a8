/* Shared by bench/ and tests/fault/: a site with an open campaign, and people who sign it. */
#ifndef KAIRAN_BENCH_DRIVE_H
#define KAIRAN_BENCH_DRIVE_H

#include "campaign/campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct drive {
	struct store *store;
	struct campaign campaign;
	struct arena *arena;
};

static inline void drive_stop(const struct error *err, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, err->message);
	exit(1);
}

static inline void drive_open(struct drive *d, const char *dir, const char *slug)
{
	struct error err = { 0 };
	d->arena = arena_new();
	const char *path = arena_printf(d->arena, "%s/data/kairan.db", dir).p;
	const char *key = arena_printf(d->arena, "%s/data/secret.key", dir).p;
	d->store = store_open(path, false, &err);
	if (!d->store || !store_use_key(d->store, key, &err))
		drive_stop(&err, dir);
	if (slug && !campaign_find(d->store, str_from(slug), &d->campaign, d->arena, &err))
		drive_stop(&err, slug);
}

static inline void drive_close(struct drive *d)
{
	store_close(d->store);
	arena_free(d->arena);
}

/* What person `n` fills in; the strings live in `room`. */
struct drive_person {
	char mail[64], name[64];
	struct signing_field fields[2];
	struct signing_consent consents[1];
};
static inline struct signing drive_form(struct drive_person *room, long n)
{
	static const char *const regions[] = { "01", "13", "14", "27", "40" };
	snprintf(room->mail, sizeof room->mail, "person%ld@gmail.com", n);
	snprintf(room->name, sizeof room->name, "山田 花子%ld", n);
	room->fields[0] = (struct signing_field){ STR("name"), str_from(room->name) };
	room->fields[1] = (struct signing_field){ STR("comment"), STR("水は命です。どうか守ってください。") };
	room->consents[0] = (struct signing_consent){ STR("news"), 1 };
	return (struct signing){ .lang = STR("ja"),
		.mail = str_from(room->mail),
		.fields = room->fields,
		.n_fields = 2,
		.consents = room->consents,
		.n_consents = n % 2 ? 1 : 0,
		.region = str_from(regions[n % 5]) };
}

#endif
