#include "store/inner.h"

/* Who is to look at an article, and what they found. A row an article: its last round; what came before stands in the log
 * and among the comments. */

/* What a reviewer judged: all that an editor can change but where and when it appears. */
static struct str text_state(const struct article *a, struct arena *arena)
{
	struct article text = *a;
	text.status = ARTICLE_DRAFT;
	text.published_at = 0;
	text.sticky = false;
	return article_state(&text, arena);
}

static struct str name_of(const struct person *who)
{
	return who->name.n ? who->name : who->login;
}

bool review_open(
    struct store_tx *tx, int64_t article, const struct person *who, int64_t reviewer, int64_t now, struct error *err)
{
	return db_exec(tx->conn, err,
	    "INSERT INTO review (article, state, asker, asker_name, reviewer, asked_at, judge_name, judged_at, text)"
	    " VALUES ($1, $2, $3, $4, $5, $6, '', 0, '') ON CONFLICT (article) DO UPDATE SET state = $2, asker = $3,"
	    " asker_name = $4, reviewer = $5, asked_at = $6, judge_name = '', judged_at = 0, text = ''",
	    "iiisii", article, (int64_t)REVIEW_OPEN, who->id, name_of(who), reviewer, now);
}

static bool log_it(struct store_tx *tx, const struct article *a, const struct person *who, const char *action,
    struct arena *arena, struct error *err)
{
	struct str object = arena_printf(arena, "%lld %.*s", (long long)a->id, (int)a->title.n, a->title.p);
	return object.p ? audit_add(tx, who, str_from(action), object, err) : error_memory(err);
}

bool review_ask(struct store_tx *tx, int64_t article, const struct person *who, int64_t reviewer, int64_t now,
    struct arena *arena, struct error *err)
{
	struct article a;
	int64_t there;
	if (!article_whole_on(tx->conn, article, &a, arena, err))
		return false;
	if (a.status != ARTICLE_DRAFT && a.status != ARTICLE_REVIEW)
		return error_set(err, ERR_CONFLICT, "only a draft is sent for review");
	if (reviewer && !db_get_int(tx->conn, err, &there, "SELECT id FROM person WHERE id = $1", "i", reviewer))
		return false;
	if (!review_open(tx, article, who, reviewer, now, err))
		return false;
	if (a.status == ARTICLE_REVIEW)
		return log_it(tx, &a, who, "review.ask", arena, err);
	return article_move(tx, &a, ARTICLE_REVIEW, a.published_at, who, STR("review.ask"), arena, err);
}

bool review_judge(struct store_tx *tx, int64_t article, const struct person *who, bool good, int64_t now,
    struct arena *arena, struct error *err)
{
	struct article a;
	if (!article_whole_on(tx->conn, article, &a, arena, err))
		return false;
	if (a.status != ARTICLE_REVIEW)
		return error_set(err, ERR_CONFLICT, "the article is not in review");
	struct str text = text_state(&a, arena);
	if (!text.p)
		return error_memory(err);
	if (!db_exec(tx->conn, err,
	        "INSERT INTO review (article, state, asker, asker_name, reviewer, asked_at, judge_name, judged_at, text)"
	        " VALUES ($1, $2, 0, '', 0, 0, $3, $4, $5) ON CONFLICT (article) DO UPDATE SET state = $2, judge_name = $3,"
	        " judged_at = $4, text = $5",
	        "iisis", article, (int64_t)(good ? REVIEW_APPROVED : REVIEW_BACK), name_of(who), now, text))
		return false;
	if (good)
		return log_it(tx, &a, who, "review.approve", arena, err);
	return article_move(tx, &a, ARTICLE_DRAFT, a.published_at, who, STR("review.back"), arena, err);
}

/* A state counts as long as the article has the status that belongs to it. */
static enum review_state still(enum review_state state, enum article_status status)
{
	if (status == ARTICLE_REVIEW)
		return state == REVIEW_APPROVED ? state : REVIEW_OPEN;
	return status == ARTICLE_DRAFT && state == REVIEW_BACK ? state : REVIEW_NONE;
}

bool review_find(
    struct store *store, const struct article *a, struct review *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct str text = STR("");
	*out = (struct review){ 0 };
	struct db_rows *rows =
	    !conn ? NULL
	          : db_query(conn, err,
	                "SELECT r.state, r.reviewer, r.asker_name, COALESCE(p.name, ''), COALESCE(p.login, ''), r.asked_at,"
	                " r.judge_name, r.judged_at, r.text FROM review r LEFT JOIN person p ON p.id = r.reviewer"
	                " WHERE r.article = $1",
	                "i", a->id);
	if (rows && db_next(rows)) {
		*out = (struct review){ .state = (enum review_state)db_int(rows, 0),
			.reviewer = db_int(rows, 1),
			.asker_name = db_dup(rows, 2, arena),
			.reviewer_name = db_dup(rows, db_str(rows, 3).n ? 3 : 4, arena),
			.asked_at = db_int(rows, 5),
			.judge_name = db_dup(rows, 6, arena),
			.judged_at = db_int(rows, 7) };
		text = db_dup(rows, 8, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	out->state = still(out->state, a->status);
	out->changed = out->state == REVIEW_APPROVED && !str_eq(text, text_state(a, arena));
	return true;
}

bool review_brief(struct store *store, const struct article_item *item, struct review *out, size_t *open,
    struct arena *arena, struct error *err)
{
	int64_t n;
	struct db_conn *conn = db_reader(store->db, err);
	*out = (struct review){ 0 };
	if (!conn ||
	    !db_get_int(conn, err, &n, "SELECT COUNT(*) FROM comment WHERE article = $1 AND parent = 0 AND resolved_at = 0",
	        "i", item->id))
		return false;
	*open = (size_t)n;
	if (item->status != ARTICLE_REVIEW && item->status != ARTICLE_DRAFT)
		return true;
	struct db_rows *rows = db_query(conn, err,
	    "SELECT r.state, COALESCE(p.name, ''), COALESCE(p.login, '') FROM review r LEFT JOIN person p ON p.id = "
	    "r.reviewer"
	    " WHERE r.article = $1",
	    "i", item->id);
	if (rows && db_next(rows)) {
		out->state = (enum review_state)db_int(rows, 0);
		out->reviewer_name = db_dup(rows, db_str(rows, 1).n ? 1 : 2, arena);
	}
	out->state = still(out->state, item->status);
	return rows && db_done(rows);
}
