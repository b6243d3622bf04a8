#include "store/inner.h"

#define MINUTE 60
#define OUTBOX_COLUMNS "id, state, recipient, domain, created_at, next_at, tries, tried_at, code, status"

struct str outbox_state_name(enum outbox_state state)
{
	static const char *const names[OUTBOX_STATES] = { "waiting", "sent", "refused", "given up", "bounced" };
	return (unsigned)state < OUTBOX_STATES ? str_from(names[state]) : STR("");
}

static struct outbox_item item_of(struct db_rows *r, struct arena *arena)
{
	return (struct outbox_item){ .id = db_int(r, 0),
		.state = (enum outbox_state)db_int(r, 1),
		.recipient = db_dup(r, 2, arena),
		.domain = db_dup(r, 3, arena),
		.created_at = db_int(r, 4),
		.next_at = db_int(r, 5),
		.tries = db_int(r, 6),
		.tried_at = db_int(r, 7),
		.code = db_int(r, 8),
		.status = db_dup(r, 9, arena) };
}

bool outbox_not_suppressed(struct store_tx *tx, struct str recipient, struct error *err)
{
	int64_t n;
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM outbox_suppressed WHERE recipient = $1", "s", recipient))
		return false;
	return n ? error_set(err, ERR_DENIED, "mail to this recipient came back before") : true;
}

static bool may_add(struct store_tx *tx, const struct outbox_item *item, struct error *err)
{
	int64_t n;
	if (!outbox_not_suppressed(tx, item->recipient, err))
		return false;
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM outbox WHERE state = $1", "i", (int64_t)OUTBOX_WAITING))
		return false;
	return n < MAIL_WAITING_MAX ? true : error_set(err, ERR_TOO_LARGE, "the queue of mail is full");
}

bool outbox_use_once(struct store_tx *tx, struct str once, int64_t now, struct error *err)
{
	if (once.n == 0)
		return true;
	if (!db_exec(tx->conn, err, "INSERT INTO outbox_once (hash, at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
	        "si", once, now))
		return false;
	return db_changes(tx->conn) > 0 ? true : error_set(err, ERR_EXISTS, "this message was generated already");
}

bool outbox_add(struct store_tx *tx, struct outbox_item *item, struct str once, int64_t now, struct error *err)
{
	if (!may_add(tx, item, err) || !outbox_use_once(tx, once, now, err) ||
	    !db_exec(tx->conn, err,
	        "INSERT INTO outbox (state, recipient, domain, sealed, created_at, next_at, tries, tried_at, code, status)"
	        " VALUES ($1, $2, $3, $4, $5, $5, 0, 0, 0, '')",
	        "issbi", (int64_t)OUTBOX_WAITING, item->recipient, item->domain, item->sealed, now))
		return error_context(err, "queueing a message");
	item->id = db_last_id(tx->conn);
	return true;
}

/* ---- delivery ---- */

static bool first_due(
    struct store_tx *tx, int64_t now, struct outbox_item *out, bool *found, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT " OUTBOX_COLUMNS ", sealed FROM outbox WHERE state = $1 AND next_at <= $2 ORDER BY next_at, id LIMIT 1",
	    "ii", (int64_t)OUTBOX_WAITING, now);
	*found = rows && db_next(rows);
	if (*found) {
		*out = item_of(rows, arena);
		out->sealed = db_dup(rows, 10, arena);
	}
	return rows && db_done(rows);
}

/* A domain that had its share makes all its messages wait, so that the next look passes over none of them again. */
static bool has_share(
    struct store_tx *tx, const struct outbox_item *item, int64_t now, int64_t rate, bool *has, struct error *err)
{
	int64_t n;
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM outbox WHERE domain = $1 AND tried_at > $2", "si",
	        item->domain, now - MINUTE))
		return false;
	*has = n < rate;
	return *has ||
	       db_exec(tx->conn, err, "UPDATE outbox SET next_at = $1 WHERE domain = $2 AND state = $3 AND next_at <= $4",
	           "isii", now + MINUTE, item->domain, (int64_t)OUTBOX_WAITING, now);
}

static bool claim(struct store_tx *tx, int64_t now, int64_t rate, struct outbox_item *out, bool *found,
    struct arena *arena, struct error *err)
{
	bool has = false;
	while (!has) {
		if (!first_due(tx, now, out, found, arena, err))
			return false;
		if (!*found)
			return true;
		if (!has_share(tx, out, now, rate, &has, err))
			return false;
	}
	out->tries++;
	out->tried_at = now;
	return db_exec(tx->conn, err, "UPDATE outbox SET next_at = $1, tries = $2, tried_at = $3 WHERE id = $4", "iiii",
	    now + MAIL_LEASE_SECONDS, out->tries, now, out->id);
}

bool outbox_claim(
    struct store *store, int64_t now, int64_t rate, struct outbox_item *out, struct arena *arena, struct error *err)
{
	bool found = false;
	struct store_tx *tx = store_begin(store, err);
	if (!tx || !claim(tx, now, rate, out, &found, arena, err)) {
		store_rollback(tx);
		return false;
	}
	if (!store_commit(tx, err))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "no mail is due");
}

static bool finish(struct store_tx *tx, const struct outbox_item *item, enum outbox_state state, struct error *err)
{
	if (state == OUTBOX_WAITING)
		return db_exec(tx->conn, err, "UPDATE outbox SET next_at = $1, code = $2, status = $3 WHERE id = $4", "iisi",
		    item->next_at, item->code, item->status, item->id);
	if (!db_exec(tx->conn, err,
	        "UPDATE outbox SET state = $1, sealed = $2, code = $3, status = $4, tag = '' WHERE id = $5", "ibisi",
	        (int64_t)state, STR(""), item->code, item->status, item->id))
		return false;
	return db_exec(tx->conn, err,
	    "UPDATE campaign_target SET sent = sent + $2, failed = failed + 1 - $2"
	    " WHERE id = (SELECT target FROM outbox WHERE id = $1 AND target <> 0)",
	    "ii", item->id, (int64_t)(state == OUTBOX_SENT));
}

bool outbox_tried(struct store *store, const struct outbox_item *item, enum outbox_state state, struct error *err)
{
	struct store_tx *tx = store_begin(store, err);
	if (tx && finish(tx, item, state, err))
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

/* ---- bounces ---- */

static bool suppress(struct store_tx *tx, int64_t id, struct str status, int64_t now, struct error *err)
{
	/* A letter that came back was not sent after all. */
	if (!db_exec(tx->conn, err,
	        "UPDATE campaign_target SET sent = sent - 1, failed = failed + 1"
	        " WHERE id = (SELECT target FROM outbox WHERE id = $1 AND state = $2 AND target <> 0)",
	        "ii", id, (int64_t)OUTBOX_SENT))
		return false;
	if (!db_exec(tx->conn, err, "UPDATE outbox SET state = $1, status = $2, sealed = $3 WHERE id = $4", "isbi",
	        (int64_t)OUTBOX_BOUNCED, status, STR(""), id))
		return false;
	if (db_changes(tx->conn) == 0)
		return error_set(err, ERR_NOT_FOUND, "no such message is known any more");
	return db_exec(tx->conn, err,
	    "INSERT INTO outbox_suppressed (recipient, at, status) SELECT recipient, $1, $2 FROM outbox WHERE id = $3"
	    " ON CONFLICT (recipient) DO NOTHING",
	    "isi", now, status, id);
}

bool outbox_bounced(struct store *store, int64_t id, struct str status, int64_t now, struct error *err)
{
	struct store_tx *tx = store_begin(store, err);
	if (tx && suppress(tx, id, status, now, err))
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

/* ---- the queue as seen ---- */

bool outbox_next(struct store *store, int64_t *at, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	/* A target that was never written to has 0: its turn is now, which is said by 1. */
	return conn &&
	       db_get_int(conn, err, at,
	           "SELECT COALESCE(MIN(t), 0) FROM (SELECT MIN(next_at) AS t FROM outbox WHERE state = $1 UNION ALL"
	           " SELECT CASE WHEN MIN(next_at) < 1 THEN 1 ELSE MIN(next_at) END FROM campaign_target"
	           " WHERE waiting > 0) AS due WHERE t IS NOT NULL",
	           "i", (int64_t)OUTBOX_WAITING);
}

static bool count_states(struct db_conn *conn, int64_t counts[OUTBOX_STATES], struct error *err)
{
	for (int i = 0; i < OUTBOX_STATES; i++)
		counts[i] = 0;
	struct db_rows *rows = db_query(conn, err, "SELECT state, COUNT(*) FROM outbox GROUP BY state", "");
	while (rows && db_next(rows)) {
		int64_t state = db_int(rows, 0);
		if (state >= 0 && state < OUTBOX_STATES)
			counts[state] = db_int(rows, 1);
	}
	return rows && db_done(rows);
}

bool outbox_list(struct store *store, size_t limit, struct outbox_item **out, size_t *n, int64_t counts[OUTBOX_STATES],
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	if (!count_states(conn, counts, err))
		return false;
	struct db_rows *rows =
	    db_query(conn, err, "SELECT " OUTBOX_COLUMNS " FROM outbox ORDER BY id DESC LIMIT $1", "i", (int64_t)limit);
	while (rows && *n < limit && db_next(rows))
		(*out)[(*n)++] = item_of(rows, arena);
	return rows && db_done(rows);
}

bool outbox_hurry(struct store_tx *tx, int64_t now, struct error *err)
{
	return db_exec(tx->conn, err, "UPDATE outbox SET next_at = $1 WHERE state = $2 AND next_at > $1", "ii", now,
	    (int64_t)OUTBOX_WAITING);
}

bool outbox_tidy(struct store *store, int64_t now, struct error *err)
{
	struct store_tx *tx = store_begin(store, err);
	if (tx && db_exec(tx->conn, err, "DELETE FROM outbox WHERE state <> $1 AND tried_at < $2", "ii",
	              (int64_t)OUTBOX_WAITING, now - MAIL_KEPT_SECONDS))
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}
