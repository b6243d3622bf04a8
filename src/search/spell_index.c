#include "search/spell.h"

#include <stdlib.h>

/* The site's vocabulary: each word with the number of articles that have it. What an article has is kept with it, so
 * that it can be taken out exactly; a word that no article has is gone. */

#define ARTICLE_WORDS_MAX 256 /* of one article, the first that come */
#define SEEN_MAX 4096         /* different runs of one text that are counted; a power of two */
#define OFTEN 3 /* times that a text must have a word; of katakana, which are mostly names of things, one less */
#define WORD_BYTES_MAX 60
#define HAN_MAX 6 /* characters: longer runs are several words */

const char SPELL_SCHEMA[] =
    /* key: the reading, empty where it is the word itself. */
    "CREATE TABLE spell_word (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, key TEXT NOT NULL, articles INTEGER NOT NULL);"
    "CREATE INDEX spell_word_key ON spell_word (key) WHERE key <> '';"
    /* words: by ids_pack. */
    "CREATE TABLE spell_article (article INTEGER PRIMARY KEY, words BLOB NOT NULL);";

/* ---- runs ---- */

static enum run run_of(uint32_t cp)
{
	if (cp <= ' ' || cp == 0x3000 || cp == 0xA0)
		return RUN_SPACE;
	if ((cp >= '0' && cp <= '9') || (cp >= 0xFF10 && cp <= 0xFF19))
		return RUN_DIGITS;
	if ((cp | 32) >= 'a' && (cp | 32) <= 'z' && cp < 0x80)
		return RUN_LATIN;
	if (cp_is_han(cp))
		return RUN_HAN;
	if (cp >= 0x3041 && cp <= 0x309F)
		return RUN_HIRAGANA;
	if (cp_is_kana(cp))
		return RUN_KATAKANA;
	/* Other letters with accents, Greek, Cyrillic, full-width Latin. */
	bool letter = (cp >= 0xC0 && cp <= 0x52F && cp != 0xD7 && cp != 0xF7) || (cp >= 0x1E00 && cp <= 0x1FFF) ||
	              (cp >= 0xFF21 && cp <= 0xFF3A) || (cp >= 0xFF41 && cp <= 0xFF5A);
	return letter ? RUN_LATIN : RUN_NONE;
}

enum run run_next(struct str text, size_t *at)
{
	enum run run = run_of(utf8_next(text, at));
	for (size_t next = *at; next < text.n; *at = next) {
		size_t from = next;
		enum run other = run_of(utf8_next(text, &next));
		bool lengthens = run == RUN_HIRAGANA && str_starts(str_skip(text, from), STR("ー"));
		if (other != run && !lengthens)
			break;
	}
	return run;
}

struct str spell_key(struct text_reader *reader, struct str word, struct arena *arena)
{
	return text_reading_key(text_reading(reader, word, arena), arena);
}

/* ---- the words of an article ---- */

struct seen {
	struct str run;
	uint32_t times;
};

struct collecting {
	struct text_reader *reader;
	struct arena *arena;
	struct str words[ARTICLE_WORDS_MAX];
	size_t n;
	struct seen *seen; /* SEEN_MAX */
	size_t n_seen;
};

static void collect_word(struct collecting *c, struct str word)
{
	struct str folded = text_normal(word, c->arena);
	if (folded.n == 0 || folded.n > WORD_BYTES_MAX || c->n == ARTICLE_WORDS_MAX)
		return;
	for (size_t i = 0; i < c->n; i++) {
		if (str_eq(c->words[i], folded))
			return;
	}
	c->words[c->n++] = folded;
}

static bool is_word(enum run run, struct str text)
{
	size_t n = utf8_count(text);
	switch (run) {
	case RUN_LATIN:
		return n >= 3;
	case RUN_KATAKANA:
		return n >= 2;
	case RUN_HAN:
		return n >= 2 && n <= HAN_MAX;
	default:
		return false;
	}
}

/* Short texts that matter: every run, and what the dictionary takes for words. */
static bool collect_all(struct collecting *c, struct str text, struct error *err)
{
	struct text_word *words;
	size_t n;
	for (size_t at = 0; at < text.n;) {
		size_t from = at;
		enum run run = run_next(text, &at);
		if (is_word(run, str_sub(text, from, at)))
			collect_word(c, str_sub(text, from, at));
	}
	if (!text_words(c->reader, text, &words, &n, c->arena, err))
		return false;
	for (size_t i = 0; i < n && c->reader; i++) {
		struct str word = str_sub(text, words[i].start, words[i].end);
		size_t at = 0, next = 0;
		enum run run = run_next(word, &at);
		/* Also a word of one kanji, or with its ending in kana (守る), or of three kana. */
		bool han = run == RUN_HAN && utf8_count(word) <= HAN_MAX;
		if (words[i].content && (is_word(run, word) || han || (run == RUN_HIRAGANA && at == word.n && word.n >= 9)) &&
		    cp_is_cjk(utf8_next(word, &next)))
			collect_word(c, word);
	}
	return true;
}

static void count_run(struct collecting *c, enum run kind, struct str run)
{
	size_t at = str_hash(run) % SEEN_MAX;
	while (c->seen[at].times && !str_eq(c->seen[at].run, run))
		at = (at + 1) % SEEN_MAX;
	if (c->seen[at].times == 0) {
		if (c->n_seen >= SEEN_MAX / 2)
			return;
		c->n_seen++;
		c->seen[at].run = run;
	}
	if (++c->seen[at].times == (kind == RUN_KATAKANA ? OFTEN - 1 : OFTEN))
		collect_word(c, run);
}

static void collect_often(struct collecting *c, struct str text)
{
	for (size_t at = 0; at < text.n && c->n < ARTICLE_WORDS_MAX;) {
		size_t from = at;
		enum run run = run_next(text, &at);
		struct str word = str_sub(text, from, at);
		if (word.n <= WORD_BYTES_MAX && is_word(run, word))
			count_run(c, run, word);
	}
}

static bool collect(struct collecting *c, const struct article_text *t, struct error *err)
{
	bool ok = collect_all(c, t->article.title, err);
	for (size_t i = 0; ok && i < t->article.n_tags; i++)
		ok = collect_all(c, t->article.tags[i], err);
	for (size_t i = 0; ok && i < t->rendered.n_headings; i++)
		ok = collect_all(c, t->rendered.headings[i].text, err);
	if (ok)
		collect_often(c, t->rendered.text);
	return ok;
}

/* ---- tables ---- */

/* One article more has the word. */
static bool count_word(struct db_conn *conn, struct text_reader *reader, struct str word, int64_t *id,
    struct arena *arena, struct error *err)
{
	struct error none = { 0 };
	if (db_get_int(conn, &none, id, "SELECT id FROM spell_word WHERE word = $1", "s", word))
		return db_exec(conn, err, "UPDATE spell_word SET articles = articles + 1 WHERE id = $1", "i", *id);
	if (none.code != ERR_NOT_FOUND)
		return error_set(err, none.code, "%s", none.message);
	struct str key = spell_key(reader, word, arena);
	if (!db_exec(conn, err, "INSERT INTO spell_word (word, key, articles) VALUES ($1, $2, 1)", "ss", word,
	        str_eq(key, word) ? STR("") : key))
		return false;
	*id = db_last_id(conn);
	return true;
}

static bool count_words(struct db_conn *conn, const struct collecting *c, int64_t article, struct error *err)
{
	int64_t ids[ARTICLE_WORDS_MAX];
	for (size_t i = 0; i < c->n; i++) {
		if (!count_word(conn, c->reader, c->words[i], &ids[i], c->arena, err))
			return false;
	}
	return db_exec(conn, err, "INSERT INTO spell_article (article, words) VALUES ($1, $2)", "ib", article,
	    ids_pack(ids, c->n, c->arena));
}

bool spell_add(struct db_conn *conn, struct text_reader *reader, const struct article_text *t, struct arena *arena,
    struct error *err)
{
	struct collecting c = { .reader = reader, .arena = arena };
	/* Too large for the arena, in which many articles may be at once. */
	c.seen = calloc(SEEN_MAX, sizeof *c.seen);
	bool ok = c.seen ? collect(&c, t, err) && count_words(conn, &c, t->article.id, err) : error_memory(err);
	free(c.seen);
	return ok || error_context(err, "words of article %lld", (long long)t->article.id);
}

static bool forget(struct db_conn *conn, int64_t article, struct arena *arena, struct error *err)
{
	struct str packed = STR("");
	int64_t id = 0;
	struct db_rows *rows = db_query(conn, err, "SELECT words FROM spell_article WHERE article = $1", "i", article);
	if (rows && db_next(rows))
		packed = db_dup(rows, 0, arena);
	if (!rows || !db_done(rows))
		return false;
	while (ids_next(&packed, &id)) {
		if (!db_exec(conn, err, "UPDATE spell_word SET articles = articles - 1 WHERE id = $1", "i", id) ||
		    !db_exec(conn, err, "DELETE FROM spell_word WHERE id = $1 AND articles <= 0", "i", id))
			return false;
	}
	return db_exec(conn, err, "DELETE FROM spell_article WHERE article = $1", "i", article);
}

bool spell_forget(struct db_conn *conn, int64_t article, struct error *err)
{
	struct arena *arena = arena_new();
	bool ok = arena ? forget(conn, article, arena, err) : error_memory(err);
	arena_free(arena);
	return ok || error_context(err, "taking an article's words out");
}

bool spell_clear(struct db_conn *conn, struct error *err)
{
	return db_exec(conn, err, "DELETE FROM spell_word", "") && db_exec(conn, err, "DELETE FROM spell_article", "");
}
