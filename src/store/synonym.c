#include "store/inner.h"

#include "text/text.h"

static bool is_space(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == 0x3000 || cp == 0xA0;
}

static bool is_end_mark(uint32_t cp)
{
	return cp == '?' || cp == '!' || cp == '.' || cp == 0x3002 || cp == 0x3001 || cp == 0xFF1F || cp == 0xFF01 ||
	       cp == 0x2026;
}

struct str query_normal(struct str query, struct arena *arena)
{
	struct buf out = { 0 };
	struct str folded = text_fold(str_sub(query, 0, utf8_floor(query, QUERY_MAX)), arena);
	size_t end = 0; /* behind the last character that is neither space nor mark */
	bool space = false;
	for (size_t at = 0; at < folded.n;) {
		uint32_t cp = utf8_next(folded, &at);
		if (is_space(cp)) {
			space = out.n > 0;
			continue;
		}
		if (space)
			buf_addc(&out, ' ');
		space = false;
		buf_addcp(&out, cp);
		if (!is_end_mark(cp))
			end = out.n;
	}
	return str_sub(buf_take(&out, arena), 0, end);
}

/* ---- a line ---- */

static ptrdiff_t find_comma(struct str s, size_t *n)
{
	ptrdiff_t latin = str_find(s, STR(",")), wide = str_find(s, STR("、"));
	if (wide >= 0 && (latin < 0 || wide < latin)) {
		*n = STR("、").n;
		return wide;
	}
	*n = 1;
	return latin;
}

static bool add_words(struct str list, struct str *words, size_t *n, struct error *err)
{
	while (list.n) {
		size_t comma_n = 0;
		ptrdiff_t comma = find_comma(list, &comma_n);
		struct str word = str_trim(comma < 0 ? list : str_sub(list, 0, (size_t)comma));
		list = comma < 0 ? STR("") : str_skip(list, (size_t)comma + comma_n);
		if (word.n == 0)
			continue;
		if (*n == SYNONYM_WORDS_MAX)
			return error_set(err, ERR_TOO_LARGE, "a group has %d words at the most", SYNONYM_WORDS_MAX);
		words[(*n)++] = word;
	}
	return true;
}

bool synonym_parse(struct str line, struct synonym *out, bool *found, struct arena *arena, struct error *err)
{
	struct str *words = arena_array(arena, SYNONYM_WORDS_MAX, sizeof *words);
	struct str lang = out->lang;
	size_t n = 0;
	*out = (struct synonym){ .lang = lang };
	line = str_trim(line);
	*found = line.n > 0 && line.p[0] != '#';
	if (!words)
		return error_memory(err);
	if (!*found)
		return true;
	ptrdiff_t arrow = str_find(line, STR("=>"));
	out->one_way = arrow >= 0;
	if (out->one_way) {
		if (!add_words(str_sub(line, 0, (size_t)arrow), words, &n, err))
			return false;
		if (n != 1)
			return error_set(err, ERR_INVALID, "before => stands one word");
		line = str_skip(line, (size_t)arrow + 2);
	}
	if (!add_words(line, words, &n, err))
		return false;
	if (n < 2)
		return error_set(err, ERR_INVALID, "a synonym wants two words at least, with commas between them");
	out->words = words;
	out->n_words = n;
	return true;
}

struct str synonym_text(const struct synonym *s, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < s->n_words; i++) {
		buf_adds(&out, i == 0 ? "" : i == 1 && s->one_way ? " => " : ", ");
		buf_add(&out, s->words[i]);
	}
	return buf_take(&out, arena);
}

/* ---- kept ---- */

static bool split_words(struct str text, struct synonym *out, struct arena *arena)
{
	struct str *words = arena_array(arena, SYNONYM_WORDS_MAX, sizeof *words);
	while (words && text.n && out->n_words < SYNONYM_WORDS_MAX)
		words[out->n_words++] = str_split(&text, '\n');
	out->words = words;
	return words != NULL;
}

bool synonym_list(struct store *store, struct synonym **out, size_t *n, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	bool ok = true;
	struct db_conn *conn = db_reader(store->db, err);
	*out = NULL;
	*n = 0;
	struct db_rows *rows =
	    conn ? db_query(conn, err, "SELECT id, lang, one_way, words FROM synonym ORDER BY id", "") : NULL;
	while (rows && ok && db_next(rows)) {
		*out = grow_array(arena, *out, *n, &cap, sizeof **out);
		if (!*out)
			break;
		struct synonym *s = &(*out)[(*n)++];
		*s = (struct synonym){ .id = db_int(rows, 0), .lang = db_dup(rows, 1, arena), .one_way = db_int(rows, 2) != 0 };
		ok = split_words(db_dup(rows, 3, arena), s, arena);
	}
	if (!rows || !db_done(rows))
		return false;
	return ok && (*out || *n == 0) ? true : error_memory(err);
}

/* The words, a line each, each of them once. */
static bool join_words(const struct synonym *s, struct str *out, struct arena *arena, struct error *err)
{
	struct buf text = { 0 };
	size_t n = 0;
	for (size_t i = 0; i < s->n_words; i++) {
		struct str word = str_trim(s->words[i]);
		bool again = word.n == 0;
		for (size_t j = 0; j < i && !again; j++)
			again = str_eq(str_trim(s->words[j]), word);
		if (again)
			continue;
		if (word.n > SYNONYM_WORD_MAX || !utf8_valid(word) || str_find(word, STR("\n")) >= 0) {
			buf_free(&text);
			return error_set(err, ERR_INVALID, "a word is UTF-8 on one line, at most %d bytes", SYNONYM_WORD_MAX);
		}
		if (n++)
			buf_addc(&text, '\n');
		buf_add(&text, word);
	}
	*out = buf_take(&text, arena);
	if (n < 2 || n > SYNONYM_WORDS_MAX)
		return error_set(
		    err, ERR_INVALID, "a synonym wants two different words at least, and %d at the most", SYNONYM_WORDS_MAX);
	return out->p ? true : error_memory(err);
}

static bool insert(struct store_tx *tx, struct synonym *s, struct str words, struct error *err)
{
	int64_t n;
	if (!db_get_int(tx->conn, err, &n, "SELECT COUNT(*) FROM synonym", ""))
		return false;
	if (n >= SYNONYMS_MAX)
		return error_set(err, ERR_TOO_LARGE, "%d synonyms are kept at the most", SYNONYMS_MAX);
	if (!db_exec(tx->conn, err, "INSERT INTO synonym (lang, one_way, words) VALUES ($1, $2, $3)", "sts", s->lang,
	        s->one_way, words))
		return false;
	s->id = db_last_id(tx->conn);
	return true;
}

bool synonym_save(struct store_tx *tx, struct synonym *s, bool *changed, struct arena *arena, struct error *err)
{
	struct str words = STR("");
	int64_t there;
	if (changed)
		*changed = false;
	if (!join_words(s, &words, arena, err))
		return false;
	if (db_get_int(tx->conn, err, &there, "SELECT id FROM synonym WHERE words = $1 AND one_way = $2 AND lang = $3",
	        "sts", words, s->one_way, s->lang)) {
		s->id = there;
		return true;
	}
	if (err->code != ERR_NOT_FOUND)
		return false;
	*err = (struct error){ 0 };
	if (s->id == 0) {
		if (!insert(tx, s, words, err))
			return false;
	} else if (!db_exec(tx->conn, err, "UPDATE synonym SET lang = $2, one_way = $3, words = $4 WHERE id = $1", "ists",
	               s->id, s->lang, s->one_way, words)) {
		return false;
	} else if (db_changes(tx->conn) == 0) {
		return error_set(err, ERR_NOT_FOUND, "there is no synonym %lld", (long long)s->id);
	}
	if (changed)
		*changed = true;
	return change_add(tx, CHANGE_SYNONYMS, 0, err);
}

bool synonym_delete(struct store_tx *tx, int64_t id, struct error *err)
{
	if (!db_exec(tx->conn, err, "DELETE FROM synonym WHERE id = $1", "i", id))
		return false;
	if (db_changes(tx->conn) == 0)
		return error_set(err, ERR_NOT_FOUND, "there is no synonym %lld", (long long)id);
	return change_add(tx, CHANGE_SYNONYMS, 0, err);
}
