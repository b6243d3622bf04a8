#include "store/inner.h"

#include <sodium.h>
#include <stdio.h>

/* Who wants to be told what, and what there is to tell: the change feed says which article to look at, `hook_seen` what
 * was told of it last. */

#define WEBHOOK_COLUMNS "id, url, events, created_at, failing_since, disabled_at"
#define SECRET_BYTES 24
#define NEWS_AT_ONCE 200

static const char *const EVENT_NAMES[HOOK_EVENTS] = { "article.published", "article.changed", "article.withdrawn",
	"question.asked", "test" };

struct str hook_event_name(enum hook_event event)
{
	return (unsigned)event < HOOK_EVENTS ? str_from(EVENT_NAMES[event]) : STR("");
}

bool hook_event_parse(struct str name, enum hook_event *out)
{
	for (unsigned i = 0; i < HOOK_EVENTS; i++) {
		if (!str_eq(name, str_from(EVENT_NAMES[i])))
			continue;
		*out = (enum hook_event)i;
		return true;
	}
	return false;
}

static struct webhook webhook_of(struct db_rows *r, struct arena *arena)
{
	return (struct webhook){ .id = db_int(r, 0),
		.url = db_dup(r, 1, arena),
		.secret = STR(""),
		.events = (unsigned)db_int(r, 2),
		.created_at = db_int(r, 3),
		.failing_since = db_int(r, 4),
		.disabled_at = db_int(r, 5) };
}

bool webhook_list(struct store *store, struct webhook **out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	*n = 0;
	*out = arena_array(arena, WEBHOOKS_MAX, sizeof **out);
	if (!conn || !*out)
		return conn ? error_memory(err) : false;
	struct db_rows *rows =
	    db_query(conn, err, "SELECT " WEBHOOK_COLUMNS " FROM webhook ORDER BY id LIMIT $1", "i", (int64_t)WEBHOOKS_MAX);
	while (rows && *n < WEBHOOKS_MAX && db_next(rows))
		(*out)[(*n)++] = webhook_of(rows, arena);
	return rows && db_done(rows);
}

static bool find_on(struct db_conn *conn, int64_t id, struct webhook *out, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, "SELECT " WEBHOOK_COLUMNS " FROM webhook WHERE id = $1", "i", id);
	bool found = rows && db_next(rows);
	if (found)
		*out = webhook_of(rows, arena);
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such webhook");
}

bool webhook_find(struct store *store, int64_t id, struct webhook *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && find_on(conn, id, out, arena, err);
}

/* ---- making, changing ---- */

/* A secret is made from the site's key and a salt, which alone stands in the database; as the Standard Webhooks
 * specification writes one. */
static bool secret_of(
    const struct store *store, struct str salt, struct str *out, struct arena *arena, struct error *err)
{
	unsigned char key[KEY_BYTES], bytes[SECRET_BYTES];
	char text[sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_ORIGINAL)];
	if (!store_key(store, KEY_WEBHOOK, key, err))
		return false;
	crypto_generichash(bytes, sizeof bytes, (const unsigned char *)salt.p, salt.n, key, sizeof key);
	sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
	*out = arena_printf(arena, "whsec_%s", text);
	sodium_memzero(key, sizeof key);
	sodium_memzero(bytes, sizeof bytes);
	return out->p ? true : error_memory(err);
}

bool webhook_secret(struct store *store, int64_t id, struct str *secret, struct arena *arena, struct error *err)
{
	struct str salt = STR("");
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows = conn ? db_query(conn, err, "SELECT secret FROM webhook WHERE id = $1", "i", id) : NULL;
	if (rows && db_next(rows))
		salt = db_dup(rows, 0, arena);
	if (!rows || !db_done(rows))
		return false;
	return salt.n ? secret_of(store, salt, secret, arena, err)
	              : error_set(err, ERR_NOT_FOUND, "there is no such webhook");
}

/* Of the web, with a host, and without a password. Where it leads is looked at when it is asked. */
static bool is_address(struct str url)
{
	size_t scheme = str_starts_ci(url, STR("https://")) ? 8 : str_starts_ci(url, STR("http://")) ? 7 : 0;
	struct str rest = str_skip(url, scheme), host = str_split(&rest, '/');
	if (scheme == 0 || host.n == 0 || url.n > WEBHOOK_URL_MAX || str_find(host, STR("@")) >= 0)
		return false;
	for (size_t i = 0; i < url.n; i++) {
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 127)
			return false;
	}
	return utf8_valid(url);
}

/* From now on: what is public already is no news. */
static bool begin_telling(struct store_tx *tx, struct error *err)
{
	return db_exec(tx->conn, err, "DELETE FROM hook_seen", "") &&
	       db_exec(tx->conn, err,
	           "INSERT INTO hook_seen (article, state, lang, slug, title)"
	           " SELECT id, '', lang, slug, title FROM article WHERE status = $1",
	           "i", (int64_t)ARTICLE_PUBLISHED) &&
	       db_exec(tx->conn, err,
	           "INSERT INTO meta (name, value) SELECT 'hooks', CAST(COALESCE(MAX(seq), 0) AS TEXT) FROM change WHERE 1 = 1"
	           " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
	           "");
}

static bool add(struct store_tx *tx, struct webhook *w, int64_t now, struct arena *arena, struct error *err)
{
	int64_t n, live;
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM webhook", "") ||
	    !db_get_int(tx->conn, err, &live, "SELECT COUNT(*) FROM webhook WHERE disabled_at = 0", ""))
		return false;
	if (n >= WEBHOOKS_MAX)
		return error_set(err, ERR_TOO_LARGE, "a site has at most %d webhooks", WEBHOOKS_MAX);
	struct str salt = random_token(arena, SECRET_BYTES);
	w->created_at = now;
	if (!salt.p)
		return error_memory(err);
	if (!secret_of(tx->store, salt, &w->secret, arena, err))
		return false;
	if ((live == 0 && !begin_telling(tx, err)) ||
	    !db_exec(tx->conn, err,
	        "INSERT INTO webhook (url, secret, events, created_at, failing_since, disabled_at)"
	        " VALUES ($1, $2, $3, $4, 0, 0)",
	        "ssii", w->url, salt, (int64_t)w->events, now))
		return false;
	w->id = db_last_id(tx->conn);
	return true;
}

bool webhook_save(struct store_tx *tx, struct webhook *w, int64_t now, struct arena *arena, struct error *err)
{
	struct webhook old;
	if (!is_address(w->url))
		return error_set(err, ERR_INVALID, "a webhook's address starts with https:// or http:// and names a host");
	w->events &= (1u << HOOK_TEST) - 1;
	if (w->events == 0)
		return error_set(err, ERR_INVALID, "a webhook needs an event");
	if (w->id == 0)
		return add(tx, w, now, arena, err);
	return find_on(tx->conn, w->id, &old, arena, err) &&
	       db_exec(tx->conn, err, "UPDATE webhook SET url = $1, events = $2 WHERE id = $3", "sii", w->url,
	           (int64_t)w->events, w->id);
}

bool webhook_enable(struct store_tx *tx, int64_t id, bool on, int64_t now, struct arena *arena, struct error *err)
{
	struct webhook w = { 0 };
	int64_t live = 0;
	if (!find_on(tx->conn, id, &w, arena, err))
		return false;
	if (on == (w.disabled_at == 0))
		return true;
	if (!db_get_int(tx->conn, err, &live, "SELECT COUNT(*) FROM webhook WHERE disabled_at = 0", ""))
		return false;
	if (on && live == 0 && !begin_telling(tx, err))
		return false;
	return db_exec(tx->conn, err, "UPDATE webhook SET disabled_at = $1, failing_since = 0 WHERE id = $2", "ii",
	    on ? (int64_t)0 : now, id);
}

bool webhook_renew(struct store_tx *tx, int64_t id, struct str *secret, struct arena *arena, struct error *err)
{
	struct webhook w = { 0 };
	struct str salt = random_token(arena, SECRET_BYTES);
	if (!salt.p)
		return error_memory(err);
	return find_on(tx->conn, id, &w, arena, err) && secret_of(tx->store, salt, secret, arena, err) &&
	       db_exec(tx->conn, err, "UPDATE webhook SET secret = $1 WHERE id = $2", "si", salt, id);
}

bool webhook_delete(struct store_tx *tx, int64_t id, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM webhook WHERE id = $1", "i", id))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no such webhook");
}

/* ---- news ---- */

static bool position(struct db_conn *conn, int64_t *out, struct error *err)
{
	struct error none = { 0 };
	*out = 0;
	if (db_get_int(conn, &none, out, "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'hooks'", ""))
		return true;
	return none.code == ERR_NOT_FOUND || error_set(err, none.code, "%s", none.message);
}

bool webhook_waits(struct store *store, bool *out, struct error *err)
{
	int64_t live, at, last;
	struct db_conn *conn = db_reader(store->db, err);
	*out = false;
	if (!conn || !db_get_int(conn, err, &live, "SELECT COUNT(*) FROM webhook WHERE disabled_at = 0", ""))
		return false;
	if (live == 0)
		return true;
	if (!position(conn, &at, err) || !db_get_int(conn, err, &last, "SELECT COALESCE(MAX(seq), 0) FROM change", ""))
		return false;
	*out = last > at;
	return true;
}

static bool tell(struct hook_news **out, size_t *n, struct hook_news news)
{
	(*out)[(*n)++] = news;
	return true;
}

/* What was told of it; state.p is NULL where it was not public then. */
static bool seen(
    struct store_tx *tx, int64_t id, struct article *a, struct str *state, struct arena *arena, struct error *err)
{
	struct db_rows *rows =
	    db_query(tx->conn, err, "SELECT state, lang, slug, title FROM hook_seen WHERE article = $1", "i", id);
	*state = (struct str){ 0 };
	if (rows && db_next(rows)) {
		*state = db_dup(rows, 0, arena);
		a->lang = db_dup(rows, 1, arena);
		a->slug = db_dup(rows, 2, arena);
		a->title = db_dup(rows, 3, arena);
	}
	return rows && db_done(rows);
}

static bool look_at(
    struct store_tx *tx, int64_t id, struct hook_news **out, size_t *n, struct arena *arena, struct error *err)
{
	struct article a = { 0 }, was = { 0 };
	struct error none = { 0 };
	struct str before, now = { 0 };
	if (!seen(tx, id, &was, &before, arena, err))
		return false;
	if (article_get(tx->conn, id, &a, arena, &none) && !article_relations(tx->conn, &a, arena, err))
		return false;
	if (none.code && none.code != ERR_NOT_FOUND)
		return error_set(err, none.code, "%s", none.message);
	if (!none.code && a.status == ARTICLE_PUBLISHED) {
		now = article_state(&a, arena);
		if (!now.p)
			return error_memory(err);
	}
	if (!before.p && !now.p)
		return true;
	if (!now.p)
		return db_exec(tx->conn, err, "DELETE FROM hook_seen WHERE article = $1", "i", id) &&
		       tell(out, n, (struct hook_news){ HOOK_WITHDRAWN, id, was.lang, was.slug, was.title });
	if (before.p && str_eq(before, now))
		return true;
	return db_exec(tx->conn, err,
	           "INSERT INTO hook_seen (article, state, lang, slug, title) VALUES ($1, $2, $3, $4, $5)"
	           " ON CONFLICT (article) DO UPDATE SET state = $2, lang = $3, slug = $4, title = $5",
	           "issss", id, now, a.lang, a.slug, a.title) &&
	       tell(out, n, (struct hook_news){ before.p ? HOOK_CHANGED : HOOK_PUBLISHED, id, a.lang, a.slug, a.title });
}

bool webhook_news(struct store_tx *tx, struct hook_news **out, size_t *n, struct arena *arena, struct error *err)
{
	int64_t at, last = 0;
	struct id_set articles = { 0 };
	*n = 0;
	*out = arena_array(arena, NEWS_AT_ONCE, sizeof **out);
	if (!*out)
		return error_memory(err);
	if (!position(tx->conn, &at, err))
		return false;
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT seq, kind, id FROM change WHERE seq > $1 ORDER BY seq LIMIT $2", "ii", at, (int64_t)NEWS_AT_ONCE);
	bool ok = rows != NULL;
	while (ok && db_next(rows)) {
		last = db_int(rows, 0);
		if (db_int(rows, 1) == CHANGE_ARTICLE)
			ok = id_set_add(&articles, (uint64_t)db_int(rows, 2), err);
		else if (db_int(rows, 1) == CHANGE_QUESTION)
			tell(out, n, (struct hook_news){ HOOK_QUESTION, db_int(rows, 2), STR(""), STR(""), STR("") });
	}
	ok = rows && db_done(rows) && ok;
	for (size_t i = 0; ok && i < articles.n; i++)
		ok = look_at(tx, (int64_t)articles.items[i], out, n, arena, err);
	id_set_free(&articles);
	if (!ok || last == 0)
		return ok;
	char text[32];
	int length = snprintf(text, sizeof text, "%lld", (long long)last);
	return db_exec(tx->conn, err,
	    "INSERT INTO meta (name, value) VALUES ('hooks', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
	    "s", str_of(text, length > 0 ? (size_t)length : 0));
}
