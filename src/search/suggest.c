#include "search/inner.h"

#include <stdlib.h>

/* What has been typed is asked for in several forms (as written, as read, as romaji), each the beginning of a key. The
 * few best of all that match are then looked at: what they are, where they stand, how new they are. */

#define FORMS_MAX (2 * ROMAJI_NEXT_MAX + 2)
#define ENTRIES_MAX 2048
#define LOOKED_AT (4 * SUGGESTIONS_MAX)
#define LANGUAGES_MAX 32
#define COMPARED_MAX 200 /* entries in all that are compared with a text longer than keys */
#define LATER_MAX 30     /* places in a long text that are tried */
#define LATER_BYTES_MIN 4
#define HALF_MAX 24  /* entries whose readings are compared with half a conversion */
#define PLACES_MAX 3 /* a heading that more articles have says nothing */
#define IN_OTHER_LANGUAGE (1u << 12)
#define BY_ROMAJI (1u << 11)

struct form {
	struct str key;
	uint32_t cost;
};

struct candidate_entry {
	int64_t entry;
	uint32_t score; /* the less the better */
};

/* An entry that was looked at. */
struct shown {
	struct suggestion s;
	uint32_t score;
	int64_t group, published_at;
};

struct asking {
	struct db_conn *conn;
	struct text_reader *reader;
	struct arena *arena;
	struct error *err;
	struct form forms[FORMS_MAX];
	size_t n_forms;
	struct candidate_entry *found;
	size_t n_found;
	struct shown shown[LOOKED_AT];
	size_t n_shown;
	size_t n_compared; /* entries whose words were read for what is longer than keys */
};

/* ---- forms ---- */

static bool has_han(struct str s)
{
	for (size_t at = 0; at < s.n;) {
		if (cp_is_han(utf8_next(s, &at)))
			return true;
	}
	return false;
}

static void add_form(struct asking *a, struct str text, uint32_t cost)
{
	struct str key = text_reading_key(text, a->arena);
	for (size_t i = 0; i < a->n_forms; i++) {
		if (str_eq(a->forms[i].key, key))
			return;
	}
	if (key.n && a->n_forms < FORMS_MAX)
		a->forms[a->n_forms++] = (struct form){ key, cost };
}

/* As written and, where there are kanji, as read. */
static void add_forms(struct asking *a, struct str text, uint32_t cost)
{
	static const char *const vu[] = { "ば", "び", "べ", "ぼ" };
	add_form(a, text, cost);
	/* ヴ is the beginning of ヴァ, which is バ. */
	for (size_t i = 0; i < 4 && (str_ends(text, STR("ヴ")) || str_ends(text, STR("ゔ"))); i++)
		add_form(a, arena_printf(a->arena, "%.*s%s", (int)text.n - 3, text.p, vu[i]), cost);
	if (has_han(text))
		add_form(a, text_reading(a->reader, text_normal(text, a->arena), a->arena), cost);
}

static void make_forms(struct asking *a, struct str typed)
{
	struct romaji romaji;
	add_forms(a, typed, 0);
	if (!text_romaji(&romaji, typed, a->arena))
		return;
	if (romaji.n_next == 0)
		add_forms(a, romaji.kana, BY_ROMAJI);
	for (size_t i = 0; i < romaji.n_next; i++) {
		struct str kana = romaji.kana, last = romaji.next[i];
		add_forms(a, arena_printf(a->arena, "%.*s%.*s", (int)kana.n, kana.p, (int)last.n, last.p), BY_ROMAJI);
	}
}

/* ---- candidates ---- */

static void add_candidate(struct asking *a, int64_t entry, uint32_t score)
{
	if (a->n_found < ENTRIES_MAX)
		a->found[a->n_found++] = (struct candidate_entry){ entry, score };
}

/* Of an entry: its words. */
static bool read_words(struct asking *a, int64_t entry, struct entry_words *words)
{
	struct str text = STR(""), packed = STR("");
	struct db_rows *rows = db_query(a->conn, a->err, "SELECT text, words FROM suggest_entry WHERE id = $1", "i", entry);
	if (rows && db_next(rows)) {
		text = db_dup(rows, 0, a->arena);
		packed = db_dup(rows, 1, a->arena);
	}
	return rows && db_done(rows) && entry_words(words, text, packed, a->arena, a->err);
}

/* Does a word of the entry begin with all of a form that is longer than keys are? */
static bool begins_long(const struct entry_words *words, struct str form, struct arena *arena)
{
	for (size_t i = 0; i < words->n; i++) {
		if (words->v[i].start && (str_eq(entry_key(words, i, false, form.n, arena), form) ||
		                             str_eq(entry_key(words, i, true, form.n, arena), form)))
			return true;
	}
	return false;
}

struct row {
	int64_t rank, entry;
};

#define ROWS_MAX (HOT_MORE_THAN + 1)
struct rows {
	struct row v[ROWS_MAX];
	size_t n;
	bool best_only; /* of a common beginning: there are more */
};

/* The best entries of a beginning; of an uncommon one, all. */
static bool entries_of(struct asking *a, struct str lang, struct str prefix, struct rows *out)
{
	out->n = 0;
	struct db_rows *hot = db_query(a->conn, a->err,
	    "SELECT rank, entry FROM suggest_hot WHERE lang = $1 AND key = $2 ORDER BY rank, entry", "ss", lang, prefix);
	while (hot && out->n < ROWS_MAX && db_next(hot))
		out->v[out->n++] = (struct row){ db_int(hot, 0), db_int(hot, 1) };
	out->best_only = out->n > 0;
	if (!hot || !db_done(hot))
		return false;
	if (out->best_only)
		return true;
	struct db_rows *all = db_query(a->conn, a->err,
	    "SELECT rank, entry FROM suggest_key WHERE lang = $1 AND key >= $2 AND key < $3 LIMIT $4", "sssi", lang, prefix,
	    key_end(prefix, a->arena), (int64_t)ROWS_MAX);
	while (all && out->n < ROWS_MAX && db_next(all))
		out->v[out->n++] = (struct row){ db_int(all, 0), db_int(all, 1) };
	return all && db_done(all);
}

static struct str key_part(struct str form)
{
	return str_sub(form, 0, utf8_floor(form, KEY_MAX < form.n ? KEY_MAX : form.n));
}

/* Adds those of the rows that begin with all of a form that is longer than keys are. */
static bool take_long(struct asking *a, struct str form, const struct rows *rows, uint32_t cost)
{
	struct entry_words *words = arena_alloc(a->arena, sizeof *words);
	if (!words)
		return error_memory(a->err);
	for (size_t i = 0; i < rows->n && a->n_compared < COMPARED_MAX; i++) {
		a->n_compared++;
		if (!read_words(a, rows->v[i].entry, words))
			return false;
		if (begins_long(words, form, a->arena))
			add_candidate(a, rows->v[i].entry, cost | (uint32_t)rows->v[i].rank);
	}
	return true;
}

/* Where too many texts begin alike, they are found by a later word of what was typed. Where words begin is not known, so
 * every place is tried, until one helps. */
static bool collect_long(struct asking *a, struct str lang, const struct form *form, uint32_t cost)
{
	struct rows rows;
	size_t before = a->n_found, at = 0;
	if (!entries_of(a, lang, key_part(form->key), &rows) || !take_long(a, form->key, &rows, cost | form->cost))
		return false;
	bool all = !rows.best_only;
	for (size_t tried = 0;
	     !all && tried < LATER_MAX && a->n_compared < COMPARED_MAX && a->n_found < before + SUGGESTIONS_MAX; tried++) {
		utf8_next(form->key, &at);
		struct str later = str_skip(form->key, at);
		if (later.n < LATER_BYTES_MIN)
			return true;
		if (!entries_of(a, lang, key_part(later), &rows))
			return false;
		if (!rows.best_only && rows.n && !take_long(a, form->key, &rows, cost | form->cost))
			return false;
		all = !rows.best_only && a->n_found > before;
	}
	return true;
}

static bool collect(struct asking *a, struct str lang, uint32_t cost)
{
	struct rows rows;
	for (size_t i = 0; i < a->n_forms; i++) {
		const struct form *form = &a->forms[i];
		if (form->key.n > KEY_MAX) {
			if (!collect_long(a, lang, form, cost))
				return false;
			continue;
		}
		if (!entries_of(a, lang, form->key, &rows))
			return false;
		for (size_t j = 0; j < rows.n; j++)
			add_candidate(a, rows.v[j].entry, cost | form->cost | (uint32_t)rows.v[j].rank);
	}
	return true;
}

/* ---- half converted: kanji as far as they are, then kana for what is yet to be converted (監し, 市場か) ---- */

/* Where the last kanji ends. */
static size_t han_end(struct str s)
{
	size_t end = 0;
	for (size_t at = 0; at < s.n;) {
		if (cp_is_han(utf8_next(s, &at)))
			end = at;
	}
	return end;
}

static bool is_kana(struct str s)
{
	bool kana = s.n > 0;
	for (size_t at = 0; at < s.n && kana;)
		kana = cp_is_kana(utf8_next(s, &at));
	return kana;
}

/* Is there a word from which on the kanji are written so, and the reading after theirs begins with the kana? A kanji is
 * read with one to three kana; where kanji end with a word, that word's reading says it. */
static bool half_matches(const struct entry_words *words, struct str kanji, struct str kana, struct arena *arena)
{
	for (size_t i = 0; i < words->n; i++) {
		if (!words->v[i].start || !str_eq(entry_key(words, i, false, kanji.n, arena), kanji))
			continue;
		struct str reading = entry_key(words, i, true, 3 * (3 * kanji.n + kana.n), arena);
		size_t at = 0, count = utf8_count(kanji);
		for (size_t passed = 0; at < reading.n && passed <= 3 * count; passed++) {
			if (passed >= count && str_starts(str_skip(reading, at), kana))
				return true;
			utf8_next(reading, &at);
		}
	}
	return false;
}

struct half {
	struct str kanji, kana;
};

static struct half half_of(struct str key)
{
	struct half half = { .kanji = str_sub(key, 0, han_end(key)) };
	half.kana = str_skip(key, half.kanji.n);
	if (half.kanji.n > KEY_MAX || !is_kana(half.kana))
		half.kanji = STR("");
	return half;
}

/* All forms with these kanji, which differ in what follows. */
static bool take_half(struct asking *a, struct str kanji, const struct row *row, struct entry_words *words)
{
	if (!read_words(a, row->entry, words))
		return false;
	for (size_t i = 0; i < a->n_forms; i++) {
		struct half half = half_of(a->forms[i].key);
		if (str_eq(half.kanji, kanji) && half_matches(words, kanji, half.kana, a->arena))
			add_candidate(a, row->entry, a->forms[i].cost | (uint32_t)row->rank);
	}
	return true;
}

static bool collect_half(struct asking *a, struct str lang)
{
	struct rows rows;
	struct entry_words *words = arena_alloc(a->arena, sizeof *words);
	struct str done = STR("");
	for (size_t i = 0; words && i < a->n_forms; i++) {
		struct half half = half_of(a->forms[i].key);
		if (half.kanji.n == 0 || str_eq(half.kanji, done))
			continue;
		done = half.kanji;
		if (!entries_of(a, lang, done, &rows))
			return false;
		for (size_t j = 0; j < rows.n && j < HALF_MAX; j++) {
			if (!take_half(a, done, &rows.v[j], words))
				return false;
		}
	}
	return words != NULL || error_memory(a->err);
}

/* ---- what they are ---- */

static int by_score(const void *a, const void *b)
{
	const struct candidate_entry *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static int by_score_and_date(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	if (x->published_at != y->published_at)
		return x->published_at > y->published_at ? -1 : 1;
	return str_cmp(x->s.text, y->s.text);
}

/* Where the entry stands: the newest article; *n counts, up to one more than PLACES_MAX. */
static bool read_place(struct asking *a, int64_t entry, struct shown *out, size_t *n)
{
	*n = 0;
	struct db_rows *rows = db_query(a->conn, a->err,
	    "SELECT p.article, p.anchor, a.group_id, a.published_at, a.slug FROM suggest_place p"
	    " JOIN suggest_article a ON a.article = p.article WHERE p.entry = $1 LIMIT $2",
	    "ii", entry, (int64_t)PLACES_MAX + 1);
	while (rows && db_next(rows)) {
		int64_t article = db_int(rows, 0), date = db_int(rows, 3);
		if ((*n)++ > 0 && date <= out->published_at)
			continue;
		out->published_at = date;
		out->group = db_int(rows, 2);
		out->s.article = article > 0 ? article : 0;
		out->s.category = article < 0 ? -article : 0;
		out->s.slug = db_dup(rows, 4, a->arena);
		out->s.fragment = db_dup(rows, 1, a->arena);
	}
	return rows && db_done(rows);
}

static bool look_at(struct asking *a, const struct candidate_entry *c)
{
	static const enum suggestion_kind kinds[] = { SUGGEST_CATEGORY, SUGGEST_ARTICLE, SUGGEST_TAG, SUGGEST_HEADING };
	struct shown shown = { .score = c->score };
	size_t places = 0;
	struct db_rows *rows =
	    db_query(a->conn, a->err, "SELECT kind, lang, text FROM suggest_entry WHERE id = $1", "i", c->entry);
	bool found = rows && db_next(rows);
	if (found) {
		shown.s.kind = kinds[db_int(rows, 0) & 3];
		shown.s.lang = db_dup(rows, 1, a->arena);
		shown.s.text = db_dup(rows, 2, a->arena);
	}
	if (!rows || !db_done(rows) || !read_place(a, c->entry, &shown, &places))
		return false;
	if (!found || places == 0 || (shown.s.kind == SUGGEST_HEADING && places > PLACES_MAX))
		return true;
	if (shown.s.kind == SUGGEST_TAG)
		shown.s.article = shown.group = 0;
	a->shown[a->n_shown++] = shown;
	return true;
}

static bool look_at_best(struct asking *a)
{
	size_t kept = 0;
	a->n_shown = 0;
	qsort(a->found, a->n_found, sizeof *a->found, by_score);
	for (size_t i = 0; i < a->n_found && a->n_shown < LOOKED_AT && kept < 2 * LOOKED_AT; i++) {
		bool again = false;
		for (size_t j = 0; j < kept; j++)
			again = again || a->found[j].entry == a->found[i].entry;
		if (again)
			continue;
		a->found[kept++] = a->found[i];
		if (!look_at(a, &a->found[kept - 1]))
			return false;
	}
	qsort(a->shown, a->n_shown, sizeof *a->shown, by_score_and_date);
	return true;
}

/* The same article, a translation of it, or the same words again. */
static bool is_again(const struct shown *shown, const struct shown *taken, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool same_group = shown->group && shown->group == taken[i].group;
		bool same_category = shown->s.category && shown->s.category == taken[i].s.category;
		bool same_text = shown->s.kind == taken[i].s.kind && str_eq(shown->s.text, taken[i].s.text);
		if (same_group || same_category || same_text)
			return true;
	}
	return false;
}

static size_t choose(const struct asking *a, size_t limit, struct suggestion *out)
{
	struct shown taken[SUGGESTIONS_MAX];
	size_t n = 0, categories = 0;
	for (size_t i = 0; i < a->n_shown && n < limit; i++) {
		bool category = a->shown[i].s.kind == SUGGEST_CATEGORY || a->shown[i].s.kind == SUGGEST_TAG;
		if (is_again(&a->shown[i], taken, n) || (category && categories >= (limit + 1) / 2))
			continue;
		categories += category;
		taken[n] = a->shown[i];
		out[n++] = a->shown[i].s;
	}
	return n;
}

/* Other languages, as far as the reader's own does not fill the list. */
static bool collect_others(struct asking *a, struct str own)
{
	struct str lang = STR("");
	for (size_t i = 0; i < LANGUAGES_MAX; i++) {
		struct db_rows *rows =
		    db_query(a->conn, a->err, "SELECT lang FROM suggest_key WHERE lang > $1 ORDER BY lang LIMIT 1", "s", lang);
		bool more = rows && db_next(rows);
		if (more)
			lang = db_dup(rows, 0, a->arena);
		if (!rows || !db_done(rows))
			return false;
		if (!more)
			return true;
		if (!str_eq(lang, own) && !collect(a, lang, IN_OTHER_LANGUAGE))
			return false;
	}
	return true;
}

static bool answer(struct asking *a, struct str lang, size_t limit, struct suggestion *out, size_t *n)
{
	if (!collect(a, lang, 0) || !look_at_best(a))
		return false;
	*n = choose(a, limit, out);
	if (*n == limit)
		return true;
	if (!collect_half(a, lang) || !collect_others(a, lang) || !look_at_best(a))
		return false;
	*n = choose(a, limit, out);
	return true;
}

/* Of a heading: the title above it. */
static bool read_context(struct asking *a, struct suggestion *s)
{
	struct str entries = STR("");
	int64_t id = 0;
	struct db_rows *rows =
	    db_query(a->conn, a->err, "SELECT entries FROM suggest_article WHERE article = $1", "i", s->article);
	if (rows && db_next(rows))
		entries = db_dup(rows, 0, a->arena);
	if (!rows || !db_done(rows))
		return false;
	while (s->context.n == 0 && ids_next(&entries, &id)) {
		rows = db_query(a->conn, a->err, "SELECT text FROM suggest_entry WHERE id = $1 AND kind = $2", "ii", id,
		    (int64_t)ENTRY_TITLE);
		if (rows && db_next(rows))
			s->context = db_dup(rows, 0, a->arena);
		if (!rows || !db_done(rows))
			return false;
	}
	return true;
}

bool search_suggest(struct search *s, struct str typed, struct str lang, size_t limit, struct suggestion **out,
    size_t *n, struct arena *arena, struct error *err)
{
	struct asking *a = arena_alloc(arena, sizeof *a);
	struct view v;
	limit = limit < SUGGESTIONS_MAX ? limit : SUGGESTIONS_MAX;
	*n = 0;
	*out = arena_array(arena, limit + 1, sizeof **out);
	if (!a || !*out || !(a->found = arena_array(arena, ENTRIES_MAX, sizeof *a->found)))
		return error_memory(err);
	if (!view_open(s, &v, err))
		return false;
	a->conn = v.conn;
	a->reader = s->reader;
	a->arena = arena;
	a->err = err;
	typed = utf8_clean(arena, str_sub(typed, 0, utf8_floor(typed, TOKEN_MAX)));
	make_forms(a, str_trim(typed));
	bool ok = (a->n_forms == 0 || limit == 0 || answer(a, lang, limit, *out, n));
	for (size_t i = 0; ok && i < *n; i++)
		ok = (*out)[i].kind != SUGGEST_HEADING || read_context(a, &(*out)[i]);
	view_close(&v);
	return ok;
}
