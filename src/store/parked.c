#include "store/campaign.h"

/* Letters of campaigns. They are made at once and sent by turns: each target has its own queue, and a time at which the
 * next of its letters may go. So a schedule that changes counts for all that wait, a rate holds after the server stood
 * still, and a letter that is withdrawn leaves no gap. What waits does not lengthen the queue of other mail. */

#define DAY 86400
#define TARGETS_AT_ONCE 100
#define LETTERS_AT_ONCE 200 /* of a target without a rate, a transaction */

/* ---- the schedule ---- */

static bool is_day(const struct campaign *c, int64_t local_day)
{
	int64_t weekday = ((local_day + 3) % 7 + 7) % 7; /* 1 January 1970 was a Thursday */
	return (c->days >> weekday & 1) != 0;
}

int64_t letter_time(const struct campaign *c, const struct settings *s, int64_t t)
{
	int offset = settings_offset(s, t);
	int64_t local = t + offset, day = local / DAY, from = c->hour_from * 3600, to = c->hour_to * 3600;
	if (is_day(c, day) && local - day * DAY < to)
		return local - day * DAY >= from ? t : t + from - (local - day * DAY);
	for (int64_t next = day + 1; next <= day + 7; next++) {
		if (is_day(c, next))
			return next * DAY + from - settings_offset(s, next * DAY + from - offset);
	}
	return t + DAY; /* no day at all: not saved so */
}

int64_t letter_time_after(const struct campaign *c, const struct settings *s, int64_t t)
{
	int64_t window = (c->hour_to - c->hour_from) * 3600;
	if (c->rate == 0)
		return letter_time(c, s, t);
	int64_t between = (window + c->rate - 1) / c->rate;
	return letter_time(c, s, t + between);
}

/* ---- parking ---- */

static bool has_room(struct store_tx *tx, int64_t target, struct error *err)
{
	int64_t waiting;
	if (!db_get_int(tx->conn, err, &waiting, "SELECT waiting FROM campaign_target WHERE id = $1", "i", target))
		return err->code == ERR_NOT_FOUND ? error_set(err, ERR_NOT_FOUND, "there is no such target") : false;
	return waiting < LETTERS_PARKED_MAX ? true : error_set(err, ERR_TOO_LARGE, "too many letters wait for a target");
}

static bool count(
    struct store_tx *tx, int64_t target, int64_t queued, int64_t waiting, int64_t failed, struct error *err)
{
	return db_exec(tx->conn, err,
	    "UPDATE campaign_target SET queued = queued + $2, waiting = waiting + $3, failed = failed + $4 WHERE id = $1",
	    "iiii", target, queued, waiting, failed);
}

bool outbox_park(
    struct store_tx *tx, const struct outbox_item *item, const struct outbox_parking *p, int64_t now, struct error *err)
{
	if (!has_room(tx, p->target, err) || !outbox_use_once(tx, p->once, now, err))
		return false;
	if (!outbox_not_suppressed(tx, item->recipient, err)) {
		struct error again = { 0 };
		if (err->code == ERR_DENIED && !count(tx, p->target, 1, 0, 1, &again))
			*err = again;
		return false;
	}
	return db_exec(tx->conn, err,
	           "INSERT INTO outbox_parked (target, tag, held, recipient, domain, sealed, created_at)"
	           " VALUES ($1, $2, $3, $4, $5, $6, $7)",
	           "istssbi", p->target, p->tag, p->held, item->recipient, item->domain, item->sealed, now) &&
	       count(tx, p->target, p->held ? 0 : 1, p->held ? 0 : 1, 0, err);
}

/* ---- taking back ---- */

bool parked_cancel(struct store_tx *tx, struct str tag, struct error *err)
{
	if (tag.n == 0)
		return true;
	return db_exec(tx->conn, err,
	           "UPDATE campaign_target SET queued = queued - 1, waiting = waiting - 1"
	           " WHERE id IN (SELECT target FROM outbox_parked WHERE tag = $1 AND held = 0)",
	           "s", tag) &&
	       db_exec(tx->conn, err, "DELETE FROM outbox_parked WHERE tag = $1", "s", tag) &&
	       db_exec(tx->conn, err,
	           "UPDATE campaign_target SET queued = queued - 1"
	           " WHERE id IN (SELECT target FROM outbox WHERE tag = $1 AND state = $2)",
	           "si", tag, (int64_t)OUTBOX_WAITING) &&
	       db_exec(
	           tx->conn, err, "DELETE FROM outbox WHERE tag = $1 AND state = $2", "si", tag, (int64_t)OUTBOX_WAITING);
}

#define OF_CAMPAIGN "held = 1 AND target IN (SELECT id FROM campaign_target WHERE campaign = $1)"

bool parked_release_held(struct store_tx *tx, int64_t campaign, struct error *err)
{
	return db_exec(tx->conn, err,
	           "UPDATE campaign_target SET"
	           " queued = queued + (SELECT COUNT(*) FROM outbox_parked p WHERE p.target = campaign_target.id AND p.held = 1),"
	           " waiting = waiting + (SELECT COUNT(*) FROM outbox_parked p WHERE p.target = campaign_target.id AND p.held = 1)"
	           " WHERE campaign = $1",
	           "i", campaign) &&
	       db_exec(tx->conn, err, "UPDATE outbox_parked SET held = 0 WHERE " OF_CAMPAIGN, "i", campaign);
}

bool parked_drop_held(struct store_tx *tx, int64_t campaign, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM outbox_parked WHERE " OF_CAMPAIGN, "i", campaign);
}

/* ---- turns ---- */

struct turn {
	int64_t target, campaign;
};

static bool due(struct db_conn *conn, int64_t now, struct turn *out, size_t *n, struct error *err)
{
	*n = 0;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT id, campaign FROM campaign_target WHERE waiting > 0 AND next_at <= $1 ORDER BY next_at, id LIMIT $2",
	    "ii", now, (int64_t)TARGETS_AT_ONCE);
	while (rows && *n < TARGETS_AT_ONCE && db_next(rows))
		out[(*n)++] = (struct turn){ db_int(rows, 0), db_int(rows, 1) };
	return rows && db_done(rows);
}

/* The first `limit` of a target, in the order of their making. */
static bool move(struct store_tx *tx, int64_t target, int64_t limit, int64_t now, struct error *err)
{
	int64_t last = 0;
	if (!db_get_int(tx->conn, err, &last,
	        "SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM outbox_parked WHERE target = $1 AND held = 0"
	        " ORDER BY id LIMIT $2) AS first",
	        "ii", target, limit))
		return false;
	if (!db_exec(tx->conn, err,
	        "INSERT INTO outbox (state, recipient, domain, sealed, created_at, next_at, tries, tried_at, code, status,"
	        " target, tag) SELECT $1, recipient, domain, sealed, $2, $2, 0, 0, 0, '', target, tag FROM outbox_parked"
	        " WHERE target = $3 AND held = 0 AND id <= $4 ORDER BY id",
	        "iiii", (int64_t)OUTBOX_WAITING, now, target, last) ||
	    !db_exec(
	        tx->conn, err, "DELETE FROM outbox_parked WHERE target = $1 AND held = 0 AND id <= $2", "ii", target, last))
		return false;
	return count(tx, target, 0, -db_changes(tx->conn), 0, err);
}

static bool take_turn(struct store_tx *tx, const struct turn *turn, int64_t now, struct error *err)
{
	struct campaign c = { .days = 127, .hour_to = 24 };
	const struct settings *s = tx_settings(tx, err);
	struct db_rows *rows =
	    !s ? NULL
	       : db_query(tx->conn, err, "SELECT days, hour_from, hour_to, rate FROM campaign WHERE id = $1", "i",
	             turn->campaign);
	if (rows && db_next(rows)) {
		c.days = db_int(rows, 0);
		c.hour_from = db_int(rows, 1);
		c.hour_to = db_int(rows, 2);
		c.rate = db_int(rows, 3);
	}
	if (!rows || !db_done(rows))
		return false;
	int64_t when = letter_time(&c, s, now);
	if (when <= now) {
		if (!move(tx, turn->target, c.rate ? 1 : LETTERS_AT_ONCE, now, err))
			return false;
		when = letter_time_after(&c, s, now);
	}
	return db_exec(tx->conn, err, "UPDATE campaign_target SET next_at = $2 WHERE id = $1", "ii", turn->target, when);
}

bool parked_release(struct store *store, int64_t now, struct error *err)
{
	struct turn turns[TARGETS_AT_ONCE];
	size_t n;
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn || !due(conn, now, turns, &n, err))
		return false;
	if (n == 0)
		return true;
	struct store_tx *tx = store_begin(store, err);
	bool ok = tx && due(tx->conn, now, turns, &n, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = take_turn(tx, &turns[i], now, err);
	if (ok)
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}
