#include "store/inner.h"

/* Counts, and where each campaign's log ends. */

static bool tally_on(struct db_conn *conn, int64_t campaign, struct tally *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err,
	    "SELECT size, signed, withdrawn, held, frontier FROM campaign_tally WHERE campaign = $1", "i", campaign);
	*out = (struct tally){ 0 };
	if (rows && db_next(rows))
		*out = (struct tally){ .size = db_int(rows, 0),
			.signed_ = db_int(rows, 1),
			.withdrawn = db_int(rows, 2),
			.held = db_int(rows, 3),
			.frontier = db_dup(rows, 4, arena) };
	return rows && db_done(rows);
}

bool tally_get(struct store *store, int64_t campaign, struct tally *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && tally_on(conn, campaign, out, arena, err);
}

bool tally_get_tx(struct store_tx *tx, int64_t campaign, struct tally *out, struct arena *arena, struct error *err)
{
	return tally_on(tx->conn, campaign, out, arena, err);
}

bool tally_put(struct store_tx *tx, int64_t campaign, const struct tally *t, struct error *err)
{
	return db_exec(tx->conn, err,
	    "INSERT INTO campaign_tally (campaign, size, signed, withdrawn, held, frontier) VALUES ($1, $2, $3, $4, $5, $6)"
	    " ON CONFLICT (campaign) DO UPDATE SET size = excluded.size, signed = excluded.signed,"
	    " withdrawn = excluded.withdrawn, held = excluded.held, frontier = excluded.frontier",
	    "iiiiib", campaign, t->size, t->signed_, t->withdrawn, t->held, t->frontier);
}

bool day_add(struct store_tx *tx, int64_t campaign, int64_t day, struct str lang, int64_t n, struct error *err)
{
	return db_exec(tx->conn, err,
	    "INSERT INTO campaign_day (campaign, day, lang, signed) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (campaign, day, lang) DO UPDATE SET signed = campaign_day.signed + excluded.signed",
	    "iisi", campaign, day, lang, n);
}

bool region_add(struct store_tx *tx, int64_t campaign, struct str region, int64_t n, int64_t held, struct error *err)
{
	return db_exec(tx->conn, err,
	    "INSERT INTO campaign_region (campaign, region, n, held) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (campaign, region) DO UPDATE SET n = campaign_region.n + excluded.n,"
	    " held = campaign_region.held + excluded.held",
	    "isii", campaign, region, n, held);
}

bool region_release(struct store_tx *tx, int64_t campaign, bool count, struct error *err)
{
	return db_exec(tx->conn, err,
	    "UPDATE campaign_region SET n = n + CASE WHEN $1 THEN held ELSE 0 END, held = 0 WHERE campaign = $2", "ti",
	    count, campaign);
}

bool day_list(
    struct store *store, int64_t campaign, struct day_count **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	*out = NULL;
	*n = 0;
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows =
	    conn ? db_query(conn, err, "SELECT day, lang, signed FROM campaign_day WHERE campaign = $1 ORDER BY day, lang",
	               "i", campaign)
	         : NULL;
	while (rows && db_next(rows)) {
		struct day_count *grown = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!grown) {
			db_done(rows);
			return error_memory(err);
		}
		*out = grown;
		grown[(*n)++] = (struct day_count){ db_int(rows, 0), db_dup(rows, 1, arena), db_int(rows, 2) };
	}
	return rows && db_done(rows);
}

bool region_list(
    struct store *store, int64_t campaign, struct region_count **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, CAMPAIGN_REGIONS_MAX, sizeof **out);
	if (!*out)
		return error_memory(err);
	struct db_rows *rows =
	    conn ? db_query(conn, err,
	               "SELECT region, n FROM campaign_region WHERE campaign = $1 AND n > 0 ORDER BY region", "i", campaign)
	         : NULL;
	while (rows && *n < CAMPAIGN_REGIONS_MAX && db_next(rows))
		(*out)[(*n)++] = (struct region_count){ db_dup(rows, 0, arena), db_int(rows, 1) };
	return rows && db_done(rows);
}
