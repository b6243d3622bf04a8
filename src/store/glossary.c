#include "store/inner.h"

#include "text/text.h"

/* Agreed words: the terms of a language pair, with the forms in which they are found in texts. */

static bool writes_spaces(struct str lang)
{
	static const char *const without[] = { "ja", "zh", "th", "km", "lo", "my" };
	struct str rest = lang, main_part = str_split(&rest, '-');
	for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
		if (str_eq_ci(main_part, str_from(without[i])))
			return false;
	}
	return true;
}

static struct str key_of_words(struct str text, struct str lang, struct arena *arena)
{
	struct error ignored = { 0 };
	struct text_tokens tokens;
	struct buf out = { 0 };
	if (!text_tokenize(&tokens, text, lang, arena, &ignored))
		return (struct str){ 0 };
	for (size_t i = 0; i < tokens.n; i++) {
		/* A run of another script has overlapping pairs: its characters would stand twice. */
		buf_addc(&out, ' ');
		buf_add(&out, tokens.v[i].term);
	}
	if (out.n)
		buf_addc(&out, ' ');
	struct str key = buf_take(&out, arena);
	return key.n ? key : arena_dup(arena, STR(""));
}

static struct str key_without_spaces(struct str text, struct arena *arena)
{
	struct buf out = { 0 };
	struct str folded = text_fold(text, arena);
	for (size_t i = 0; i < folded.n; i++) {
		if ((unsigned char)folded.p[i] > ' ')
			buf_addc(&out, folded.p[i]);
	}
	struct str key = buf_take(&out, arena);
	return key.n ? key : arena_dup(arena, STR(""));
}

struct str term_key(struct str text, struct str lang, struct arena *arena)
{
	return writes_spaces(lang) ? key_of_words(text, lang, arena) : key_without_spaces(text, arena);
}

static void place(struct term_places *p, char *bytes, char c, size_t from, size_t to)
{
	bytes[p->key.n] = c;
	p->from[p->key.n] = (uint32_t)from;
	p->to[p->key.n++] = (uint32_t)to;
}

/* The space between two words stands for no bytes, before the one and behind the other. */
static bool places_of_words(
    struct str text, struct str lang, struct term_places *out, struct arena *arena, struct error *err)
{
	struct text_tokens tokens;
	size_t n = 1, last = 0;
	if (!text_tokenize(&tokens, text, lang, arena, err))
		return false;
	for (size_t i = 0; i < tokens.n; i++)
		n += tokens.v[i].term.n + 1;
	char *bytes = arena_alloc(arena, n);
	out->from = arena_array(arena, n, sizeof *out->from);
	out->to = arena_array(arena, n, sizeof *out->to);
	if (!bytes || !out->from || !out->to)
		return error_memory(err);
	for (size_t i = 0; i < tokens.n; i++) {
		const struct token *t = &tokens.v[i];
		place(out, bytes, ' ', t->start, last);
		for (size_t k = 0; k < t->term.n; k++)
			place(out, bytes, t->term.p[k], t->start, t->end);
		last = t->end;
	}
	if (tokens.n)
		place(out, bytes, ' ', last, last);
	out->key.p = bytes;
	return true;
}

bool term_key_places(struct str text, struct str lang, struct term_places *out, struct arena *arena, struct error *err)
{
	struct text_places folded;
	*out = (struct term_places){ .key = STR("") };
	if (writes_spaces(lang))
		return places_of_words(text, lang, out, arena, err);
	if (!text_fold_places(&folded, text, arena, err))
		return false;
	char *bytes = arena_alloc(arena, folded.folded.n + 1);
	if (!bytes)
		return error_memory(err);
	out->from = folded.from;
	out->to = folded.to;
	/* In place: what is left out only moves the rest towards the beginning. */
	for (size_t i = 0; i < folded.folded.n; i++) {
		if ((unsigned char)folded.folded.p[i] > ' ')
			place(out, bytes, folded.folded.p[i], folded.from[i], folded.to[i]);
	}
	out->key.p = bytes;
	return true;
}

/* Of several words with "|" between them: their keys, a line each. */
static struct str keys_of(struct str words, struct str lang, struct arena *arena)
{
	struct buf out = { 0 };
	while (words.n) {
		struct str key = term_key(str_trim(str_split(&words, '|')), lang, arena);
		if (key.n == 0)
			continue;
		buf_add(&out, key);
		buf_addc(&out, '\n');
	}
	struct str keys = buf_take(&out, arena);
	return keys.n ? keys : arena_dup(arena, STR(""));
}

static bool check(struct glossary_term *t, struct arena *arena, struct error *err)
{
	struct str *fields[] = { &t->source_lang, &t->lang, &t->term, &t->word, &t->forbidden, &t->note, &t->category };
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		*fields[i] = str_trim(*fields[i]);
		if (fields[i]->n > (fields[i] == &t->note ? GLOSSARY_NOTE_MAX : GLOSSARY_TERM_MAX))
			return error_set(err, ERR_TOO_LARGE, "a term has a field that is too long");
	}
	t->key = term_key(t->term, t->source_lang, arena);
	t->word_keys = keys_of(t->word, t->lang, arena);
	t->forbidden_keys = keys_of(t->forbidden, t->lang, arena);
	if (!t->key.p || !t->word_keys.p || !t->forbidden_keys.p)
		return error_memory(err);
	if (t->key.n == 0 || t->word_keys.n == 0 || t->source_lang.n == 0 || t->lang.n == 0 || t->source_lang.n > 35 ||
	    t->lang.n > 35)
		return error_set(err, ERR_INVALID, "a term needs two languages, a word and a translation");
	return true;
}

static bool find_same(struct store_tx *tx, const struct glossary_term *t, int64_t *id, struct error *err)
{
	struct error none = { 0 };
	*id = 0;
	return db_get_int(tx->conn, &none, id,
	           "SELECT id FROM glossary WHERE source_lang = $1 AND lang = $2 AND term_key = $3", "sss", t->source_lang,
	           t->lang, t->key) ||
	       none.code == ERR_NOT_FOUND || error_set(err, none.code, "%s", none.message);
}

static bool insert(struct store_tx *tx, struct glossary_term *t, struct error *err)
{
	int64_t n;
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM glossary", ""))
		return false;
	if (n >= GLOSSARY_TERMS_MAX)
		return error_set(
		    err, ERR_TOO_LARGE, "the glossary has %d terms, which is as many as it takes", GLOSSARY_TERMS_MAX);
	if (!db_exec(tx->conn, err,
	        "INSERT INTO glossary (source_lang, lang, term, term_key, word, word_keys, forbidden, forbidden_keys, note, category)"
	        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
	        "ssssssssss", t->source_lang, t->lang, t->term, t->key, t->word, t->word_keys, t->forbidden,
	        t->forbidden_keys, t->note, t->category))
		return false;
	t->id = db_last_id(tx->conn);
	return true;
}

static bool update(struct store_tx *tx, const struct glossary_term *t, struct error *err)
{
	if (!db_exec(tx->conn, err,
	        "UPDATE glossary SET source_lang = $1, lang = $2, term = $3, term_key = $4, word = $5, word_keys = $6,"
	        " forbidden = $7, forbidden_keys = $8, note = $9, category = $10 WHERE id = $11",
	        "ssssssssssi", t->source_lang, t->lang, t->term, t->key, t->word, t->word_keys, t->forbidden,
	        t->forbidden_keys, t->note, t->category, t->id))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no term %lld", (long long)t->id);
}

bool term_save(struct store_tx *tx, struct glossary_term *t, struct arena *arena, struct error *err)
{
	int64_t other;
	if (!check(t, arena, err) || !find_same(tx, t, &other, err))
		return false;
	if (other && other != t->id)
		return error_set(err, ERR_EXISTS, "the glossary has this term already");
	return t->id ? update(tx, t, err) : insert(tx, t, err);
}

static void fill(struct db_rows *r, struct glossary_term *t, struct arena *arena)
{
	*t = (struct glossary_term){ .id = db_int(r, 0),
		.source_lang = db_dup(r, 1, arena),
		.lang = db_dup(r, 2, arena),
		.term = db_dup(r, 3, arena),
		.key = db_dup(r, 4, arena),
		.word = db_dup(r, 5, arena),
		.word_keys = db_dup(r, 6, arena),
		.forbidden = db_dup(r, 7, arena),
		.forbidden_keys = db_dup(r, 8, arena),
		.note = db_dup(r, 9, arena),
		.category = db_dup(r, 10, arena) };
}

#define COLUMNS \
	"SELECT id, source_lang, lang, term, term_key, word, word_keys, forbidden, forbidden_keys, note, category FROM glossary "

static bool get_on(struct db_conn *conn, int64_t id, struct glossary_term *out, struct arena *arena, struct error *err)
{
	struct db_rows *r = db_query(conn, err, COLUMNS "WHERE id = $1", "i", id);
	bool found = r && db_next(r);
	if (found)
		fill(r, out, arena);
	if (!r || !db_done(r))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no term %lld", (long long)id);
}

bool term_get(struct store *store, int64_t id, struct glossary_term *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && get_on(conn, id, out, arena, err);
}

bool term_import(struct store_tx *tx, struct glossary_term *t, bool *changed, struct arena *arena, struct error *err)
{
	struct glossary_term old = { 0 };
	*changed = false;
	if (!check(t, arena, err) || !find_same(tx, t, &t->id, err))
		return false;
	if (t->id) {
		if (!get_on(tx->conn, t->id, &old, arena, err))
			return false;
		if (str_eq(old.term, t->term) && str_eq(old.word, t->word) && str_eq(old.forbidden, t->forbidden) &&
		    str_eq(old.note, t->note) && str_eq(old.category, t->category))
			return true;
	}
	*changed = true;
	return t->id ? update(tx, t, err) : insert(tx, t, err);
}

bool term_delete(struct store_tx *tx, int64_t id, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM glossary WHERE id = $1", "i", id))
		return false;
	return db_changes(tx->conn) ? true : error_set(err, ERR_NOT_FOUND, "there is no term %lld", (long long)id);
}

#define WHERE                                                                                                       \
	"WHERE ($1 = '' OR source_lang = $1) AND ($2 = '' OR lang = $2) AND ($3 = '' OR lower(term) LIKE $3 ESCAPE '!'" \
	" OR lower(word) LIKE $3 ESCAPE '!' OR lower(note) LIKE $3 ESCAPE '!' OR lower(category) LIKE $3 ESCAPE '!') "

/* Anywhere in the text; case is told apart by no letter of ASCII. */
static struct str pattern(struct str words, struct arena *arena)
{
	struct buf out = { 0 };
	if (words.n == 0)
		return STR("");
	buf_addc(&out, '%');
	for (size_t i = 0; i < words.n; i++) {
		char c = words.p[i];
		if (c == '%' || c == '_' || c == '!')
			buf_addc(&out, '!');
		buf_addc(&out, c >= 'A' && c <= 'Z' ? (char)(c | 32) : c);
	}
	buf_addc(&out, '%');
	return buf_take(&out, arena);
}

bool term_list(struct store *store, const struct term_filter *f, struct glossary_term **out, size_t *n, size_t *total,
    struct arena *arena, struct error *err)
{
	size_t cap = 0;
	int64_t all;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct str words = pattern(f->words, arena);
	if (!conn || !words.p)
		return conn ? error_memory(err) : false;
	if (total) {
		if (!db_get_int(conn, err, &all, "SELECT COUNT(*) FROM glossary " WHERE, "sss", f->source_lang, f->lang, words))
			return false;
		*total = (size_t)all;
	}
	struct db_rows *r =
	    db_query(conn, err, COLUMNS WHERE "ORDER BY source_lang, lang, lower(term), id LIMIT $4 OFFSET $5", "sssii",
	        f->source_lang, f->lang, words, f->limit ? (int64_t)f->limit : GLOSSARY_TERMS_MAX, (int64_t)f->offset);
	while (r && db_next(r)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		fill(r, &(*out)[(*n)++], arena);
	}
	if (!r || !db_done(r))
		return false;
	return *out || *n == 0 ? true : error_memory(err);
}
