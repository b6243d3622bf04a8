#include "store/campaign.h"

#include <string.h>

/* A campaign saved: its row, its address, its state; the parts are in campaign_save_parts.c. */

static bool fault(struct campaign_fault *out, enum campaign_wrong what, struct arena *arena, struct error *err)
{
	*out = (struct campaign_fault){ .part = PART_CAMPAIGN, .wrong = what };
	struct str text = campaign_fault_text(out, arena);
	return error_set(err, ERR_INVALID, "%.*s", (int)text.n, text.p ? text.p : "");
}

/* Is it another campaign's? */
static bool is_taken(struct store_tx *tx, struct str slug, int64_t id, bool *taken, struct error *err)
{
	int64_t n = 0;
	bool ok =
	    db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM campaign WHERE slug = $1 AND id <> $2", "si", slug, id);
	*taken = n > 0;
	return ok;
}

/* The wished address, or one from the title with a number where that is taken. */
static bool choose_slug(
    struct store_tx *tx, struct campaign *c, struct campaign_fault *f, struct arena *arena, struct error *err)
{
	bool wished = c->slug.n > 0, taken;
	struct str base = wished ? doc_slug_chosen(c->slug, arena) : doc_slug(c->texts[0].title, arena);
	if (!base.p)
		return error_memory(err);
	c->slug = base;
	for (int number = 2; number < 1000; number++) {
		if (!is_taken(tx, c->slug, c->id, &taken, err))
			return false;
		if (!taken)
			return true;
		if (wished)
			break;
		c->slug = arena_printf(arena, "%.*s-%d", (int)utf8_floor(base, SLUG_MAX - 8), base.p, number);
	}
	return fault(f, WRONG_SLUG, arena, err);
}

static bool move_address(
    struct store_tx *tx, const struct campaign *c, const struct campaign *old, struct arena *arena, struct error *err)
{
	if (old->opened_at == 0 || str_eq(c->slug, old->slug))
		return true;
	struct str from = arena_printf(arena, "/campaigns/%.*s", (int)old->slug.n, old->slug.p);
	struct str to = arena_printf(arena, "/campaigns/%.*s", (int)c->slug.n, c->slug.p);
	return from.p && to.p ? redirect_save(tx, from, 0, 0, to, err) : error_memory(err);
}

static bool insert(struct store_tx *tx, struct campaign *c, struct error *err)
{
	int64_t n;
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM campaign", ""))
		return false;
	if (n >= CAMPAIGNS_MAX)
		return error_set(err, ERR_TOO_LARGE, "%d campaigns are kept at the most", CAMPAIGNS_MAX);
	random_bytes(c->public_id, sizeof c->public_id);
	c->created_at = clock_now();
	if (!db_exec(tx->conn, err,
	        "INSERT INTO campaign (revision, slug, public_id, kind, state, public_key, organiser, organiser_url, goal,"
	        " starts_at, ends_at, delete_at, opened_at, min_age, sponsors_needed, moderated, regions, editing, reply_to,"
	        " digest_only, rate, days, hour_from, hour_to, embed_hosts, domains_allowed, domains_blocked, created_at,"
	        " updated_at) VALUES (0, $1, $2, 0, 0, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, 0, 24, '', '',"
	        " '', $3, $3)",
	        "sbi", c->slug, str_of((const char *)c->public_id, sizeof c->public_id), c->created_at))
		return false;
	c->id = db_last_id(tx->conn);
	return true;
}

static bool update(struct store_tx *tx, const struct campaign *c, struct error *err)
{
	return db_exec(tx->conn, err,
	    "UPDATE campaign SET revision = $2, slug = $3, kind = $4, state = $5, public_key = $6, organiser = $7,"
	    " organiser_url = $8, goal = $9, starts_at = $10, ends_at = $11, delete_at = $12, opened_at = $13, min_age = $14,"
	    " sponsors_needed = $15, moderated = $16, regions = $17, editing = $18, reply_to = $19, digest_only = $20,"
	    " rate = $21, days = $22, hour_from = $23, hour_to = $24, embed_hosts = $25, domains_allowed = $26,"
	    " domains_blocked = $27, updated_at = $28 WHERE id = $1",
	    "iisiisssiiiiiiitiittiiiisssi", c->id, c->revision, c->slug, (int64_t)c->kind, (int64_t)c->state, c->public_key,
	    c->organiser, c->organiser_url, c->goal, c->starts_at, c->ends_at, c->delete_at, c->opened_at, c->min_age,
	    c->sponsors_needed, c->moderated, (int64_t)c->regions, (int64_t)c->editing, c->reply_to, c->digest_only,
	    c->rate, c->days, c->hour_from, c->hour_to, c->embed_hosts, c->domains_allowed, c->domains_blocked,
	    c->updated_at);
}

/* What was there; zeroes for a new one. What only saves may set is taken from it. */
static bool take_old(struct store_tx *tx, struct campaign *c, struct campaign *old, struct campaign_fault *f,
    struct arena *arena, struct error *err)
{
	*old = (struct campaign){ 0 };
	if (c->id && !campaign_get_on(tx->conn, c->id, old, arena, err))
		return false;
	if (c->id && c->revision != old->revision)
		return error_set(err, ERR_CONFLICT, "the campaign was changed meanwhile");
	if (old->opened_at && !str_eq(c->public_key, old->public_key))
		return fault(f, WRONG_KEY_FIXED, arena, err);
	memcpy(c->public_id, old->public_id, sizeof c->public_id);
	c->created_at = old->created_at;
	c->opened_at = old->opened_at;
	c->revision = old->revision + 1;
	c->updated_at = clock_now();
	if (c->state == CAMPAIGN_OPEN && c->opened_at == 0)
		c->opened_at = c->updated_at;
	return true;
}

bool campaign_save(
    struct store_tx *tx, struct campaign *c, struct campaign_fault *f, struct arena *arena, struct error *err)
{
	struct campaign old;
	struct campaign_fault ignored;
	f = f ? f : &ignored;
	if (!campaign_check(c, f)) {
		struct str text = campaign_fault_text(f, arena);
		return error_set(err, ERR_INVALID, "%.*s", (int)text.n, text.p ? text.p : "");
	}
	if (!take_old(tx, c, &old, f, arena, err) || !choose_slug(tx, c, f, arena, err))
		return false;
	if (c->state == CAMPAIGN_OPEN && old.state != CAMPAIGN_OPEN && campaign_lacks(c, c->updated_at))
		return error_set(err, ERR_DENIED, "the campaign is not complete enough to be opened");
	return (c->id || insert(tx, c, err)) && update(tx, c, err) && move_address(tx, c, &old, arena, err) &&
	       campaign_write_parts(tx, c, &old, arena, err) && campaign_changed(tx, c->id, err) &&
	       change_add(tx, CHANGE_CAMPAIGN, 0, err);
}

bool campaign_changed(struct store_tx *tx, int64_t id, struct error *err)
{
	return change_add(tx, CHANGE_CAMPAIGN, id, err);
}

bool campaign_delete(struct store_tx *tx, int64_t id, int64_t now, struct error *err)
{
	int64_t kept;
	if (!db_get_int(tx->conn, err, &kept,
	        "SELECT opened_at <> 0 AND (delete_at = 0 OR delete_at > $2) FROM campaign WHERE id = $1", "ii", id, now))
		return err->code == ERR_NOT_FOUND ? error_set(err, ERR_NOT_FOUND, "there is no such campaign") : false;
	if (kept)
		return error_set(err, ERR_CONFLICT, "the campaign was open, and its signatures are kept until their date");
	return db_exec(tx->conn, err,
	           "DELETE FROM outbox_parked WHERE target IN (SELECT id FROM campaign_target WHERE campaign = $1)", "i",
	           id) &&
	       db_exec(tx->conn, err, "DELETE FROM campaign WHERE id = $1", "i", id) && campaign_changed(tx, id, err) &&
	       change_add(tx, CHANGE_CAMPAIGN, 0, err);
}
