#include "store/inner.h"

/* One allowance for all: it fills with time. */
static bool take_turn(struct store *store, int64_t now)
{
	pthread_mutex_lock(&store->readers);
	int64_t gained = now > store->questions_at ? (now - store->questions_at) / QUESTION_SECONDS : 0;
	store->questions_at += gained * QUESTION_SECONDS;
	if (gained >= QUESTIONS_AT_ONCE - store->questions_left) {
		gained = QUESTIONS_AT_ONCE - store->questions_left;
		store->questions_at = now;
	}
	store->questions_left += (int)gained;
	bool may = store->questions_left > 0;
	store->questions_left -= may;
	pthread_mutex_unlock(&store->readers);
	return may;
}

/* Controls other than line breaks say nothing to a reader of the list. */
static struct str plain(struct str text, struct arena *arena)
{
	struct buf out = { 0 };
	text = utf8_clean(arena, text);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (c != '\r')
			buf_addc(&out, (c < ' ' && c != '\n') || c == 127 ? ' ' : text.p[i]);
	}
	return str_trim(buf_take(&out, arena));
}

static bool keep(struct store_tx *tx, struct str text, struct str lang, struct str day, struct error *err)
{
	int64_t n;
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM question WHERE text <> $1", "s", text))
		return false;
	if (n >= QUESTIONS_KEPT)
		return error_set(err, ERR_CONFLICT, "%d questions are waiting: no more are taken", QUESTIONS_KEPT);
	if (!db_exec(tx->conn, err,
	        "INSERT INTO question (lang, text, day, times) VALUES ($1, $2, $3, 1)"
	        " ON CONFLICT (text, lang) DO UPDATE SET day = $3, times = question.times + 1",
	        "sss", lang, text, day) ||
	    !db_get_int(tx->conn, err, &n, "SELECT id FROM question WHERE text = $1 AND lang = $2", "ss", text, lang))
		return false;
	return change_add(tx, CHANGE_QUESTION, n, err);
}

bool question_add(struct store_tx *tx, struct str text, struct str lang, int64_t now, struct error *err)
{
	struct arena *arena;
	if (text.n > QUESTION_MAX)
		return error_set(err, ERR_TOO_LARGE, "a question has %zu bytes at the most", QUESTION_MAX);
	if (!(arena = arena_new()))
		return error_memory(err);
	bool ok = true;
	text = plain(text, arena);
	if (text.n == 0)
		ok = error_set(err, ERR_INVALID, "the question is empty");
	else if (!take_turn(tx->store, now))
		ok = error_set(err, ERR_CONFLICT, "many questions came at once: try again in a minute");
	ok = ok && keep(tx, text, lang, str_sub(time_rfc3339(arena, now), 0, 10), err);
	arena_free(arena);
	return ok;
}

bool question_list(struct store *store, struct question **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct db_rows *rows =
	    conn ? db_query(conn, err, "SELECT id, lang, text, day, times FROM question ORDER BY day DESC, id DESC", "")
	         : NULL;
	while (rows && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		(*out)[(*n)++] = (struct question){ db_int(rows, 0), db_dup(rows, 1, arena), db_dup(rows, 2, arena),
			db_dup(rows, 3, arena), db_int(rows, 4) };
	}
	if (!rows || !db_done(rows))
		return false;
	return *out || *n == 0 ? true : error_memory(err);
}

bool question_delete(struct store_tx *tx, int64_t id, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM question WHERE id = $1", "i", id))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no question %lld", (long long)id);
}
