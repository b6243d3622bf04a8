#include "search/inner.h"

#include <stdio.h>

/* What is suggested is kept once for each text and language (an entry), with the articles where it stands (places). An
 * entry is found by keys: from the start of each of its words, as written and as read. Everything here is a function of
 * the articles that are in, whatever the order in which they came and went. */

#define HEADINGS_MAX 64 /* of one article */
#define HEADING_LEVEL_MAX 2
#define HEADING_STARTS_MAX 2 /* words of a heading that it is found by; more of a title */
#define HEADING_CHARACTERS_MIN 3
#define TEXT_MAX 240 /* bytes: a longer title is found by its beginning, a longer heading not at all */
#define KEYS_MAX (2 * ENTRY_WORDS_MAX)
#define PLACES_MAX 256 /* entries of one article */
#define SLOTS 4        /* numbers tried for an entry, should texts share a hash */

const char SUGGEST_SCHEMA[] =
    /* article: or a category, as a negative number. entries: by ids_pack. */
    "CREATE TABLE suggest_article (article INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, published_at INTEGER NOT NULL,"
    " slug TEXT NOT NULL, entries BLOB NOT NULL);"
    /* words: empty when the text shows them by itself. */
    "CREATE TABLE suggest_entry (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, lang TEXT NOT NULL, text TEXT NOT NULL,"
    " words TEXT NOT NULL);"
    /* anchor: of a heading. */
    "CREATE TABLE suggest_place (entry INTEGER NOT NULL, article INTEGER NOT NULL, anchor TEXT NOT NULL,"
    " PRIMARY KEY (entry, article)) WITHOUT ROWID;"
    "CREATE TABLE suggest_key (lang TEXT NOT NULL, key TEXT NOT NULL, rank INTEGER NOT NULL, entry INTEGER NOT NULL,"
    " PRIMARY KEY (lang, key, rank, entry)) WITHOUT ROWID;"
    /* Of each beginning that more than HOT_MORE_THAN keys have: its HOT_KEPT best. */
    "CREATE TABLE suggest_hot (lang TEXT NOT NULL, key TEXT NOT NULL, rank INTEGER NOT NULL, entry INTEGER NOT NULL,"
    " PRIMARY KEY (lang, key, rank, entry)) WITHOUT ROWID;"
    "CREATE TABLE suggest_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;";

/* ---- keys ---- */

/* What is shown first: starts before midst, and among them by kind; then shorter texts. */
static int64_t rank_of(enum entry_kind kind, bool start, struct str text)
{
	static const int64_t at_start[] = { [ENTRY_CATEGORY] = 0, [ENTRY_TITLE] = 1, [ENTRY_TAG] = 2, [ENTRY_HEADING] = 5 };
	static const int64_t within[] = { [ENTRY_CATEGORY] = 3, [ENTRY_TITLE] = 4, [ENTRY_TAG] = 6, [ENTRY_HEADING] = 7 };
	size_t length = utf8_count(text);
	return (start ? at_start[kind] : within[kind]) << 7 | (int64_t)(length < 127 ? length : 127);
}

struct key {
	struct str text;
	int64_t rank;
};

struct keys {
	struct key v[KEYS_MAX];
	size_t n;
};

static void add_key(struct keys *keys, struct str text, int64_t rank)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (keys->v[i].rank == rank && str_eq(keys->v[i].text, text))
			return;
	}
	if (text.n && keys->n < KEYS_MAX)
		keys->v[keys->n++] = (struct key){ text, rank };
}

/* An entry as it is kept. */
struct entry {
	int64_t id;
	enum entry_kind kind;
	struct str lang, text, words;
};

static bool keys_of(struct keys *keys, const struct entry *e, struct arena *arena, struct error *err)
{
	struct entry_words *words = arena_alloc(arena, sizeof *words);
	keys->n = 0;
	if (!words)
		return error_memory(err);
	if (!entry_words(words, e->text, e->words, arena, err))
		return false;
	size_t starts = 0, most = e->kind == ENTRY_HEADING ? HEADING_STARTS_MAX : ENTRY_WORDS_MAX;
	for (size_t i = 0; i < words->n && starts < most; i++) {
		if (!words->v[i].start)
			continue;
		starts++;
		int64_t rank = rank_of(e->kind, i == 0, e->text);
		add_key(keys, entry_key(words, i, false, KEY_MAX, arena), rank);
		add_key(keys, entry_key(words, i, true, KEY_MAX, arena), rank);
	}
	return true;
}

/* While all is added anew, keys wait in a table beside the file: in order they are faster put in, and take less room. */
static bool is_building(struct db_conn *conn, bool *out, struct error *err)
{
	int64_t n = 0;
	bool ok = db_get_int(conn, err, &n, "SELECT COUNT(*) FROM suggest_state WHERE name = 'building'", "");
	*out = n > 0;
	return ok;
}

bool suggest_clear(struct db_conn *conn, struct error *err)
{
	return db_exec(conn, err, "DELETE FROM suggest_article", "") &&
	       db_exec(conn, err, "DELETE FROM suggest_entry", "") && db_exec(conn, err, "DELETE FROM suggest_place", "") &&
	       db_exec(conn, err, "DELETE FROM suggest_key", "") && db_exec(conn, err, "DELETE FROM suggest_hot", "") &&
	       db_exec(conn, err, "DELETE FROM suggest_state", "") &&
	       db_exec(conn, err,
	           "CREATE TEMP TABLE IF NOT EXISTS suggest_waiting (lang TEXT NOT NULL, key TEXT NOT NULL, rank INTEGER NOT NULL,"
	           " entry INTEGER NOT NULL)",
	           "") &&
	       db_exec(conn, err, "DELETE FROM suggest_waiting", "") &&
	       db_exec(conn, err, "INSERT INTO suggest_state (name, value) VALUES ('building', 1)", "");
}

bool suggest_settle(struct db_conn *conn, struct arena *arena, struct error *err)
{
	struct str lang = STR("");
	bool ok =
	    db_exec(conn, err,
	        "INSERT INTO suggest_key (lang, key, rank, entry) SELECT DISTINCT lang, key, rank, entry FROM suggest_waiting"
	        " ORDER BY lang, key, rank, entry",
	        "") &&
	    db_exec(conn, err, "DELETE FROM suggest_waiting", "");
	while (ok) {
		struct db_rows *rows =
		    db_query(conn, err, "SELECT lang FROM suggest_key WHERE lang > $1 ORDER BY lang LIMIT 1", "s", lang);
		bool more = rows && db_next(rows);
		if (more)
			lang = db_dup(rows, 0, arena);
		ok = rows && db_done(rows);
		if (!more)
			break;
		ok = ok && hot_build(conn, lang, STR(""), arena, err);
	}
	return ok && db_exec(conn, err, "DELETE FROM suggest_state WHERE name = 'building'", "");
}

/* ---- entries and places ---- */

/* FNV-1a: the same in every process, which str_hash is not. */
static uint32_t hash_part(uint32_t hash, struct str s)
{
	for (size_t i = 0; i <= s.n; i++)
		hash = (hash ^ (i < s.n ? (unsigned char)s.p[i] : 0)) * 16777619u;
	return hash;
}

/* Sets e->id to the number of this entry, or to one that is free for it; 0 when there is none left. */
static bool find_entry(struct db_conn *conn, struct entry *e, bool *there, struct error *err)
{
	char kind = (char)('0' + e->kind);
	uint32_t hash = hash_part(hash_part(hash_part(2166136261u, str_of(&kind, 1)), e->lang), e->text) & 0x7FFFFFF0u;
	e->id = 0;
	*there = false;
	for (int64_t id = (int64_t)hash + SLOTS; id > (int64_t)hash && !*there; id--) {
		struct db_rows *rows = db_query(conn, err, "SELECT kind, lang, text FROM suggest_entry WHERE id = $1", "i", id);
		bool taken = rows && db_next(rows);
		*there = taken && db_int(rows, 0) == (int64_t)e->kind && str_eq(db_str(rows, 1), e->lang) &&
		         str_eq(db_str(rows, 2), e->text);
		if (*there || !taken)
			e->id = id;
		if (!rows || !db_done(rows))
			return false;
	}
	return true;
}

static bool insert_entry(
    struct db_conn *conn, struct text_reader *reader, struct entry *e, struct arena *arena, struct error *err)
{
	struct str plain, folded = text_normal(e->text, arena);
	bool bulk;
	struct keys *keys = arena_alloc(arena, sizeof *keys);
	if (!keys)
		return error_memory(err);
	if (!is_building(conn, &bulk, err) || !entry_pack(&e->words, reader, folded, arena, err) ||
	    !entry_pack(&plain, NULL, folded, arena, err))
		return false;
	if (str_eq(e->words, plain))
		e->words = STR("");
	if (!keys_of(keys, e, arena, err) ||
	    !db_exec(conn, err, "INSERT INTO suggest_entry (id, kind, lang, text, words) VALUES ($1, $2, $3, $4, $5)",
	        "iisss", e->id, (int64_t)e->kind, e->lang, e->text, e->words))
		return false;
	const char *insert =
	    bulk ? "INSERT INTO suggest_waiting (lang, key, rank, entry) VALUES ($1, $2, $3, $4)"
	         : "INSERT INTO suggest_key (lang, key, rank, entry) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
	for (size_t i = 0; i < keys->n; i++) {
		if (!db_exec(conn, err, insert, "ssii", e->lang, keys->v[i].text, keys->v[i].rank, e->id))
			return false;
	}
	for (size_t i = 0; i < keys->n && !bulk; i++) {
		if (!hot_add(conn, &(struct hot_key){ e->lang, keys->v[i].text, keys->v[i].rank, e->id }, arena, err))
			return false;
	}
	return true;
}

static bool remove_entry(struct db_conn *conn, struct entry *e, struct arena *arena, struct error *err)
{
	struct keys *keys = arena_alloc(arena, sizeof *keys);
	if (!keys)
		return error_memory(err);
	if (!keys_of(keys, e, arena, err))
		return false;
	for (size_t i = 0; i < keys->n; i++) {
		if (!db_exec(conn, err, "DELETE FROM suggest_key WHERE lang = $1 AND key = $2 AND rank = $3 AND entry = $4",
		        "ssii", e->lang, keys->v[i].text, keys->v[i].rank, e->id))
			return false;
	}
	for (size_t i = 0; i < keys->n; i++) {
		if (!hot_remove(conn, &(struct hot_key){ e->lang, keys->v[i].text, keys->v[i].rank, e->id }, arena, err))
			return false;
	}
	return db_exec(conn, err, "DELETE FROM suggest_entry WHERE id = $1", "i", e->id);
}

/* The entries of an article that is being put in. */
struct adding {
	struct db_conn *conn;
	struct text_reader *reader;
	int64_t article, ids[PLACES_MAX];
	size_t n;
};

static bool add_place(struct adding *to, struct entry e, struct str anchor, struct arena *arena, struct error *err)
{
	struct db_conn *conn = to->conn;
	bool there;
	e.text = str_trim(e.text);
	if (e.text.n == 0 || e.lang.n > TOKEN_MAX || to->n == PLACES_MAX)
		return true;
	if (!find_entry(conn, &e, &there, err))
		return false;
	if (e.id == 0)
		return true;
	to->ids[to->n++] = e.id;
	return (there || insert_entry(conn, to->reader, &e, arena, err)) &&
	       db_exec(conn, err,
	           "INSERT INTO suggest_place (entry, article, anchor) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", "iis",
	           e.id, to->article, anchor);
}

/* Removes the entry where it stands nowhere any more. */
static bool sweep_entry(struct db_conn *conn, int64_t id, struct arena *arena, struct error *err)
{
	struct entry e = { .id = id };
	struct db_rows *rows = db_query(conn, err,
	    "SELECT kind, lang, text, words FROM suggest_entry e WHERE id = $1"
	    " AND NOT EXISTS (SELECT 1 FROM suggest_place WHERE entry = $1)",
	    "i", id);
	bool idle = rows && db_next(rows);
	if (idle)
		e = (struct entry){ id, (enum entry_kind)db_int(rows, 0), db_dup(rows, 1, arena), db_dup(rows, 2, arena),
			db_dup(rows, 3, arena) };
	return rows && db_done(rows) && (!idle || remove_entry(conn, &e, arena, err));
}

static bool forget(struct db_conn *conn, int64_t article, struct arena *arena, struct error *err)
{
	struct str packed = STR("");
	int64_t id = 0;
	struct db_rows *rows = db_query(conn, err, "SELECT entries FROM suggest_article WHERE article = $1", "i", article);
	if (rows && db_next(rows))
		packed = db_dup(rows, 0, arena);
	if (!rows || !db_done(rows))
		return false;
	while (ids_next(&packed, &id)) {
		if (!db_exec(conn, err, "DELETE FROM suggest_place WHERE entry = $1 AND article = $2", "ii", id, article) ||
		    !sweep_entry(conn, id, arena, err))
			return false;
	}
	return db_exec(conn, err, "DELETE FROM suggest_article WHERE article = $1", "i", article);
}

static bool write_article(
    struct adding *to, int64_t group, int64_t published_at, struct str slug, struct arena *arena, struct error *err)
{
	return db_exec(to->conn, err,
	    "INSERT INTO suggest_article (article, group_id, published_at, slug, entries) VALUES ($1, $2, $3, $4, $5)",
	    "iiisb", to->article, group, published_at, slug, ids_pack(to->ids, to->n, arena));
}

bool suggest_forget(struct db_conn *conn, int64_t article, struct error *err)
{
	struct arena *arena = arena_new();
	bool ok = arena ? forget(conn, article, arena, err) : error_memory(err);
	arena_free(arena);
	return ok || error_context(err, "taking an article's suggestions out");
}

/* Headings that say something by themselves, and not the title again. */
static bool is_telling(const struct doc_heading *h, struct str title)
{
	bool label = str_ends(h->text, STR(":")) || str_ends(h->text, STR("："));
	return !label && h->level <= HEADING_LEVEL_MAX && h->text.n <= TEXT_MAX &&
	       utf8_count(h->text) >= HEADING_CHARACTERS_MIN && !str_eq(str_trim(h->text), str_trim(title));
}

static bool add_article(struct db_conn *conn, struct text_reader *reader, const struct article_text *t,
    struct arena *arena, struct error *err)
{
	const struct article *a = &t->article;
	const struct rendered *r = &t->rendered;
	struct adding to = { .conn = conn, .reader = reader, .article = a->id };
	struct entry title = { .kind = ENTRY_TITLE, .lang = a->lang, .text = a->title };
	bool ok = add_place(&to, title, STR(""), arena, err);
	for (size_t i = 0; ok && i < r->n_headings && i < HEADINGS_MAX; i++) {
		struct entry e = { .kind = ENTRY_HEADING, .lang = a->lang, .text = r->headings[i].text };
		if (is_telling(&r->headings[i], a->title))
			ok = add_place(&to, e, r->headings[i].id, arena, err);
	}
	for (size_t i = 0; ok && i < a->n_tags; i++) {
		struct entry e = { .kind = ENTRY_TAG, .lang = a->lang, .text = a->tags[i] };
		ok = add_place(&to, e, STR(""), arena, err);
	}
	return ok && write_article(&to, a->group_id, a->published_at, a->slug, arena, err);
}

bool suggest_add(struct db_conn *conn, struct text_reader *reader, const struct article_text *t, struct arena *arena,
    struct error *err)
{
	return add_article(conn, reader, t, arena, err) ||
	       error_context(err, "suggestions for article %lld", (long long)t->article.id);
}

/* ---- categories ---- */

static uint32_t hash_of(const struct category *all, size_t n)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < n; i++) {
		char text[48];
		snprintf(text, sizeof text, "%lld %d", (long long)all[i].id, all[i].articles > 0);
		hash = hash_part(hash_part(hash, str_from(text)), all[i].slug);
		for (size_t j = 0; j < all[i].n_names; j++)
			hash = hash_part(hash_part(hash, all[i].names[j].lang), all[i].names[j].name);
	}
	return hash;
}

static bool forget_categories(struct db_conn *conn, struct arena *arena, struct error *err)
{
	int64_t id = 0;
	bool ok = true;
	while (ok) {
		struct error none = { 0 };
		if (!db_get_int(conn, &none, &id, "SELECT article FROM suggest_article WHERE article < 0 LIMIT 1", ""))
			return none.code == ERR_NOT_FOUND ? true : error_set(err, none.code, "%s", none.message);
		ok = forget(conn, id, arena, err);
	}
	return ok;
}

static bool renew_categories(struct db_conn *conn, struct text_reader *reader, const struct category *all, size_t n,
    struct arena *arena, struct error *err)
{
	bool ok = forget_categories(conn, arena, err);
	for (size_t i = 0; ok && i < n; i++) {
		struct adding to = { .conn = conn, .reader = reader, .article = -all[i].id };
		if (all[i].articles == 0)
			continue;
		for (size_t j = 0; ok && j < all[i].n_names; j++) {
			struct entry e = { .kind = ENTRY_CATEGORY, .lang = all[i].names[j].lang, .text = all[i].names[j].name };
			ok = add_place(&to, e, STR(""), arena, err);
		}
		ok = ok && write_article(&to, 0, 0, all[i].slug, arena, err);
	}
	return ok &&
	       db_exec(conn, err,
	           "INSERT INTO suggest_state (name, value) VALUES ('categories', $1) ON CONFLICT (name) DO UPDATE SET value = $1",
	           "i", (int64_t)hash_of(all, n));
}

bool suggest_categories(struct db_conn *conn, struct text_reader *reader, struct store *store, struct error *err)
{
	struct arena *arena = arena_new();
	struct category *all = NULL;
	size_t n = 0;
	int64_t known = -1;
	struct error none = { 0 };
	bool ok = arena ? category_list(store, &all, &n, arena, err) : error_memory(err);
	if (ok && !db_get_int(conn, &none, &known, "SELECT value FROM suggest_state WHERE name = 'categories'", ""))
		ok = none.code == ERR_NOT_FOUND || error_set(err, none.code, "%s", none.message);
	if (ok && known != (int64_t)hash_of(all, n))
		ok = renew_categories(conn, reader, all, n, arena, err);
	arena_free(arena);
	return ok || error_context(err, "suggestions for the categories");
}
