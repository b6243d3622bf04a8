#include "store/inner.h"

#include <string.h>

#include "store/campaign.h"

/* ---- names of what a campaign may be ---- */

static const char *const KINDS[] = { "petition", "letter", "both" };
static const char *const STATES[] = { "draft", "open", "closed", "archived" };
static const char *const FIELDS[] = { "name", "town", "postcode", "prefecture", "country", "comment", "choice",
	"text" };
static const char *const REGIONS[] = { "none", "prefecture", "country" };
static const char *const EDITINGS[] = { "fixed", "above", "free" };

static int index_of(const char *const *names, int n, struct str name)
{
	for (int i = 0; i < n; i++) {
		if (str_eq(str_from(names[i]), name))
			return i;
	}
	return -1;
}

struct str campaign_kind_name(enum campaign_kind kind)
{
	return (unsigned)kind < CAMPAIGN_KINDS ? str_from(KINDS[kind]) : STR("");
}

struct str campaign_state_name(enum campaign_state state)
{
	return (unsigned)state < CAMPAIGN_STATES ? str_from(STATES[state]) : STR("");
}

struct str campaign_field_name(enum campaign_field_kind kind)
{
	return (unsigned)kind < FIELD_KINDS ? str_from(FIELDS[kind]) : STR("");
}

struct str campaign_regions_name(enum campaign_regions regions)
{
	return (unsigned)regions < REGIONS_KINDS ? str_from(REGIONS[regions]) : STR("");
}

struct str campaign_editing_name(enum letter_editing editing)
{
	return (unsigned)editing < LETTER_EDITINGS ? str_from(EDITINGS[editing]) : STR("");
}

int campaign_kind_of(struct str name)
{
	return index_of(KINDS, CAMPAIGN_KINDS, name);
}

int campaign_state_of(struct str name)
{
	return index_of(STATES, CAMPAIGN_STATES, name);
}

int campaign_field_of(struct str name)
{
	return index_of(FIELDS, FIELD_KINDS, name);
}

int campaign_regions_of(struct str name)
{
	return index_of(REGIONS, REGIONS_KINDS, name);
}

int campaign_editing_of(struct str name)
{
	return index_of(EDITINGS, LETTER_EDITINGS, name);
}

/* ---- what it says ---- */

bool campaign_is_open(const struct campaign *c, int64_t now)
{
	return c->state == CAMPAIGN_OPEN && now >= c->starts_at && (c->ends_at == 0 || now < c->ends_at);
}

bool campaign_has_letters(const struct campaign *c)
{
	return c->kind != CAMPAIGN_PETITION;
}

#define IN_LANGUAGE(texts, n, wanted)              \
	do {                                           \
		for (size_t i = 0; i < (n); i++) {         \
			if (str_eq((texts)[i].lang, (wanted))) \
				return &(texts)[i];                \
		}                                          \
		return (n) ? &(texts)[0] : NULL;           \
	} while (0)

const struct campaign_text *campaign_text(const struct campaign *c, struct str lang)
{
	IN_LANGUAGE(c->texts, c->n_texts, lang);
}

const struct campaign_field_text *campaign_field_text(const struct campaign_field *f, struct str lang)
{
	IN_LANGUAGE(f->texts, f->n_texts, lang);
}

const struct campaign_consent_text *campaign_consent_text(const struct campaign_consent *c, struct str lang)
{
	IN_LANGUAGE(c->texts, c->n_texts, lang);
}

const struct campaign_milestone_text *campaign_milestone_text(const struct campaign_milestone *m, struct str lang)
{
	IN_LANGUAGE(m->texts, m->n_texts, lang);
}

/* ---- reading ---- */

#define COLUMNS                                                                                                          \
	"SELECT id, revision, slug, public_id, kind, state, public_key, organiser, organiser_url, goal, starts_at, ends_at," \
	" delete_at, opened_at, min_age, sponsors_needed, moderated, regions, editing, reply_to, digest_only, rate, days,"   \
	" hour_from, hour_to, embed_hosts, domains_allowed, domains_blocked, created_at, updated_at FROM campaign "

static struct campaign campaign_of(struct db_rows *r, struct arena *arena)
{
	struct campaign c = { .id = db_int(r, 0),
		.revision = db_int(r, 1),
		.slug = db_dup(r, 2, arena),
		.kind = (enum campaign_kind)db_int(r, 4),
		.state = (enum campaign_state)db_int(r, 5),
		.public_key = db_dup(r, 6, arena),
		.organiser = db_dup(r, 7, arena),
		.organiser_url = db_dup(r, 8, arena),
		.goal = db_int(r, 9),
		.starts_at = db_int(r, 10),
		.ends_at = db_int(r, 11),
		.delete_at = db_int(r, 12),
		.opened_at = db_int(r, 13),
		.min_age = db_int(r, 14),
		.sponsors_needed = db_int(r, 15),
		.moderated = db_int(r, 16) != 0,
		.regions = (enum campaign_regions)db_int(r, 17),
		.editing = (enum letter_editing)db_int(r, 18),
		.reply_to = db_int(r, 19) != 0,
		.digest_only = db_int(r, 20) != 0,
		.rate = db_int(r, 21),
		.days = db_int(r, 22),
		.hour_from = db_int(r, 23),
		.hour_to = db_int(r, 24),
		.embed_hosts = db_dup(r, 25, arena),
		.domains_allowed = db_dup(r, 26, arena),
		.domains_blocked = db_dup(r, 27, arena),
		.created_at = db_int(r, 28),
		.updated_at = db_int(r, 29) };
	struct str id = db_str(r, 3);
	if (id.n == sizeof c.public_id)
		memcpy(c.public_id, id.p, sizeof c.public_id);
	return c;
}

/* The one row of a query, with its parts. */
static bool read_whole(
    struct db_conn *conn, struct db_rows *rows, struct campaign *out, struct arena *arena, struct error *err)
{
	bool found = rows && db_next(rows);
	if (found)
		*out = campaign_of(rows, arena);
	if (!rows || !db_done(rows))
		return false;
	if (!found)
		return error_set(err, ERR_NOT_FOUND, "there is no such campaign");
	return campaign_read_texts(conn, out, arena, err) && campaign_read_parts(conn, out, arena, err);
}

bool campaign_get_on(struct db_conn *conn, int64_t id, struct campaign *out, struct arena *arena, struct error *err)
{
	return read_whole(conn, db_query(conn, err, COLUMNS "WHERE id = $1", "i", id), out, arena, err);
}

bool campaign_get(struct store *store, int64_t id, struct campaign *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn || !db_hold(conn, err))
		return false;
	bool ok = campaign_get_on(conn, id, out, arena, err);
	db_release(conn);
	return ok;
}

bool campaign_find(struct store *store, struct str slug, struct campaign *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn || !db_hold(conn, err))
		return false;
	bool ok = read_whole(conn, db_query(conn, err, COLUMNS "WHERE slug = $1", "s", slug), out, arena, err);
	db_release(conn);
	return ok;
}

bool campaign_by_public_id(struct store *store, const unsigned char public_id[CAMPAIGN_ID_BYTES], struct campaign *out,
    struct arena *arena, struct error *err)
{
	struct str id = str_of((const char *)public_id, CAMPAIGN_ID_BYTES);
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn || !db_hold(conn, err))
		return false;
	bool ok = read_whole(conn, db_query(conn, err, COLUMNS "WHERE public_id = $1", "b", id), out, arena, err);
	db_release(conn);
	return ok;
}

static bool list_rows(
    struct db_conn *conn, int state, struct campaign **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_rows *rows =
	    db_query(conn, err, COLUMNS "WHERE $1 < 0 OR state = $1 ORDER BY id DESC", "i", (int64_t)state);
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = campaign_of(rows, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	return *out || *n == 0 ? true : error_memory(err);
}

bool campaign_list(
    struct store *store, int state, struct campaign **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	if (!conn || !db_hold(conn, err))
		return false;
	bool ok = list_rows(conn, state, out, n, arena, err);
	for (size_t i = 0; ok && i < *n; i++)
		ok = campaign_read_texts(conn, &(*out)[i], arena, err);
	db_release(conn);
	return ok;
}

bool campaign_consent_at(struct store *store, int64_t campaign, struct str name, int64_t version, struct str lang,
    struct str *text, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT text FROM campaign_consent WHERE campaign = $1 AND name = $2 AND version = $3"
	               " ORDER BY lang <> $4, lang LIMIT 1",
	               "isis", campaign, name, version, lang)
	         : NULL;
	bool found = rows && db_next(rows);
	if (found)
		*text = db_dup(rows, 0, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "no such version of a consent was ever asked for");
}
