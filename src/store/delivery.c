#include "store/inner.h"

/* What is to be told to a webhook, until it has been told, and a while longer for who looks at the log. */

#define DELIVERY_COLUMNS \
	"d.id, d.webhook, d.message, d.event, d.payload, d.at, d.state, d.tries, d.next_at, d.tried_at, d.status, d.problem"

/* Seconds after each try, as the Standard Webhooks specification advises; then it is given up. */
static const int64_t WAITS[] = { 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 };

static struct delivery delivery_of(struct db_rows *r, struct arena *arena)
{
	return (struct delivery){ .id = db_int(r, 0),
		.webhook = db_int(r, 1),
		.message = db_dup(r, 2, arena),
		.event = (enum hook_event)db_int(r, 3),
		.payload = db_dup(r, 4, arena),
		.at = db_int(r, 5),
		.state = (enum delivery_state)db_int(r, 6),
		.tries = (int)db_int(r, 7),
		.next_at = db_int(r, 8),
		.tried_at = db_int(r, 9),
		.status = (int)db_int(r, 10),
		.problem = db_dup(r, 11, arena) };
}

bool delivery_add(struct store_tx *tx, int64_t webhook, enum hook_event event, struct str payload, int64_t now,
    struct arena *arena, struct error *err)
{
	struct str name = random_token(arena, 18),
	           message = arena_printf(arena, "msg_%.*s", (int)name.n, name.p ? name.p : "");
	if (!name.p || !message.p)
		return error_memory(err);
	return db_exec(tx->conn, err,
	           "INSERT INTO delivery (webhook, message, event, payload, at, state, tries, next_at, tried_at, status, problem)"
	           " VALUES ($1, $2, $3, $4, $5, $6, 0, $5, 0, 0, '')",
	           "isisii", webhook, message, (int64_t)event, payload, now, (int64_t)DELIVERY_WAITING) &&
	       /* The oldest make room, told or not. */
	       db_exec(tx->conn, err,
	           "DELETE FROM delivery WHERE webhook = $1 AND id <= (SELECT id FROM delivery WHERE webhook = $1"
	           " ORDER BY id DESC LIMIT 1 OFFSET $2)",
	           "ii", webhook, (int64_t)DELIVERIES_KEPT);
}

bool delivery_test(struct store_tx *tx, int64_t webhook, int64_t now, struct arena *arena, struct error *err)
{
	struct str at = time_rfc3339(arena, now);
	struct str payload = arena_printf(arena, "{\"type\":\"test\",\"timestamp\":\"%.*s\",\"data\":{\"webhook\":%lld}}",
	    (int)at.n, at.p ? at.p : "", (long long)webhook);
	if (!at.p || !payload.p)
		return error_memory(err);
	return delivery_add(tx, webhook, HOOK_TEST, payload, now, arena, err);
}

bool delivery_list(struct store *store, int64_t webhook, int64_t before, size_t limit, struct delivery **out, size_t *n,
    struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT " DELIVERY_COLUMNS
	    " FROM delivery d WHERE d.webhook = $1 AND ($2 = 0 OR d.id < $2) ORDER BY d.id DESC LIMIT $3",
	    "iii", webhook, before, (int64_t)limit);
	while (rows && *n < limit && db_next(rows))
		(*out)[(*n)++] = delivery_of(rows, arena);
	return rows && db_done(rows);
}

bool delivery_again(struct store_tx *tx, int64_t webhook, int64_t id, int64_t now, struct error *err)
{
	if (!db_exec(tx->conn, err,
	        "UPDATE delivery SET state = $1, tries = 0, next_at = $2 WHERE id = $3 AND webhook = $4", "iiii",
	        (int64_t)DELIVERY_WAITING, now, id, webhook))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no such delivery");
}

bool delivery_due(
    struct store *store, int64_t now, struct delivery **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, WEBHOOKS_MAX, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	/* One of each webhook, so that one that is slow holds up the others by no more than that. */
	struct db_rows *rows = db_query(conn, err,
	    "SELECT " DELIVERY_COLUMNS " FROM delivery d WHERE d.id IN (SELECT MIN(x.id) FROM delivery x JOIN webhook w"
	    " ON w.id = x.webhook WHERE x.state = $1 AND x.next_at <= $2 AND (w.disabled_at = 0 OR x.event = $3)"
	    " GROUP BY x.webhook) ORDER BY d.id LIMIT $4",
	    "iiii", (int64_t)DELIVERY_WAITING, now, (int64_t)HOOK_TEST, (int64_t)WEBHOOKS_MAX);
	while (rows && *n < WEBHOOKS_MAX && db_next(rows))
		(*out)[(*n)++] = delivery_of(rows, arena);
	return rows && db_done(rows);
}

static bool failing(struct store_tx *tx, const struct delivery *d, int64_t now, bool gone, struct error *err)
{
	/* A test says nothing of the others. */
	if (d->event == HOOK_TEST)
		return true;
	return db_exec(tx->conn, err, "UPDATE webhook SET failing_since = $1 WHERE id = $2 AND failing_since = 0", "ii",
	           now, d->webhook) &&
	       db_exec(tx->conn, err,
	           "UPDATE webhook SET disabled_at = $1 WHERE id = $2 AND disabled_at = 0 AND ($3 = 1 OR failing_since <= $4)",
	           "iiti", now, d->webhook, gone, now - WEBHOOK_FAILING_SECONDS);
}

bool delivery_tried(struct store_tx *tx, const struct delivery *d, int status, struct str problem, int64_t retry_after,
    int64_t now, struct error *err)
{
	bool good = status >= 200 && status < 300;
	size_t tries = (size_t)d->tries;
	bool over = !good && (tries >= sizeof WAITS / sizeof *WAITS || d->event == HOOK_TEST || status == 410);
	int64_t wait = good || over ? 0 : WAITS[tries];
	if (wait && retry_after > wait)
		wait = retry_after < 86400 ? retry_after : 86400;
	enum delivery_state state = good ? DELIVERY_DONE : over ? DELIVERY_FAILED : DELIVERY_WAITING;
	if (!db_exec(tx->conn, err,
	        "UPDATE delivery SET state = $1, tries = tries + 1, next_at = $2, tried_at = $3, status = $4, problem = $5"
	        " WHERE id = $6",
	        "iiiisi", (int64_t)state, now + wait, now, (int64_t)status, problem, d->id))
		return false;
	if (!good)
		return failing(tx, d, now, status == 410, err);
	return db_exec(tx->conn, err, "UPDATE webhook SET failing_since = 0 WHERE id = $1", "i", d->webhook);
}
