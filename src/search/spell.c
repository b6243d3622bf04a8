#include "search/spell.h"

/* A question is corrected run by run: what the site knows stays; of the rest, Latin words and katakana get the nearest
 * word, kanji one that sounds the same, and what is all kana or all romaji is written in the site's words. */

#define RARE 1          /* a word of so few articles may itself be a mistake … */
#define RARE_FACTOR 30  /* … if one near it is so much commoner */
#define SHORT_FACTOR 10 /* so much more must be found when a word of two characters is changed that is found itself */

struct correcting {
	struct speller s;
	struct str lang;
	struct buf plain, html;
	struct buf was, is; /* what was changed, and to what: phrases */
	bool short_word;    /* a word of two characters was changed */
};

static void keep(struct correcting *c, struct str text)
{
	buf_add(&c->plain, text);
	buf_add_html(&c->html, text);
}

static bool has_run(struct str text, enum run wanted)
{
	bool has = false;
	for (size_t at = 0; at < text.n && !has;)
		has = run_next(text, &at) == wanted;
	return has;
}

/* Spelling that search does not care for: case, width, サーバー and サーバ. */
static bool is_same(struct str a, struct str b, struct arena *arena)
{
	bool kana = !has_run(a, RUN_HAN) && !has_run(b, RUN_HAN) && !has_run(a, RUN_HIRAGANA);
	return str_eq(text_fold(a, arena), text_fold(b, arena)) ||
	       (kana && str_eq(text_reading_key(a, arena), text_reading_key(b, arena)));
}

static void put(struct correcting *c, struct str was, struct str text)
{
	if (is_same(was, text, c->s.arena)) {
		keep(c, was);
		return;
	}
	c->short_word = c->short_word || utf8_count(was) <= 2;
	buf_printf(&c->was, "\"%.*s\" ", (int)was.n, was.p);
	buf_printf(&c->is, "\"%.*s\" ", (int)text.n, text.p);
	buf_add(&c->plain, text);
	buf_adds(&c->html, "<em>");
	buf_add_html(&c->html, text);
	buf_adds(&c->html, "</em>");
}

/* Better than what was typed? The word typed is unknown, or rare and near one that is not. */
static bool is_better(const struct spelling *found, int64_t typed)
{
	if (found->word.n == 0)
		return false;
	return typed == 0 || (typed <= RARE && found->distance <= 1 && found->articles >= RARE_FACTOR);
}

static bool needs_help(int64_t articles)
{
	return articles <= RARE;
}

/* What romaji spells in the site's words; empty when it spells none. */
static bool read_romaji(struct correcting *c, struct str word, struct str *out)
{
	struct romaji romaji;
	*out = STR("");
	if (!text_romaji(&romaji, word, c->s.arena) || !romaji.whole)
		return true;
	struct str kana = romaji.kana;
	if (romaji.n_next && !str_eq(romaji.next[romaji.n_next - 1], STR("ん")))
		return true;
	if (romaji.n_next)
		kana = arena_printf(c->s.arena, "%.*sん", (int)kana.n, kana.p);
	return spell_by_reading(&c->s, text_reading_key(kana, c->s.arena), out);
}

static bool correct_latin(struct correcting *c, struct str word)
{
	struct str folded = text_normal(word, c->s.arena), japanese = STR("");
	struct spelling near;
	int64_t articles;
	if (!spell_known(&c->s, folded, &articles))
		return false;
	if (!needs_help(articles)) {
		keep(c, word);
		return true;
	}
	if (!spell_near(&c->s, folded, &near) || (articles == 0 && !read_romaji(c, word, &japanese)))
		return false;
	/* Readers of Japanese who type romaji; for others a mistake is more likely. */
	bool romaji = japanese.n && (str_starts(c->lang, STR("ja")) || near.word.n == 0);
	put(c, word, romaji ? japanese : is_better(&near, articles) ? near.word : word);
	return true;
}

static bool correct_katakana(struct correcting *c, struct str word)
{
	struct str key = text_reading_key(word, c->s.arena), parts = STR("");
	struct spelling found;
	int64_t articles;
	if (!spell_known(&c->s, text_normal(word, c->s.arena), &articles) || !spell_by_key(&c->s, key, word, &found))
		return false;
	if (!needs_help(articles)) {
		keep(c, word);
		return true;
	}
	/* Of several words that the site has: right, though it has not all of them together, if they are not kanji. */
	if (found.word.n == 0 && !spell_by_reading(&c->s, key, &parts))
		return false;
	if (found.word.n == 0 && parts.n == 0 && !spell_near(&c->s, key, &found))
		return false;
	put(c, word, is_better(&found, articles) ? found.word : has_run(parts, RUN_HAN) ? parts : word);
	return true;
}

/* Kanji that the site does not have together: others that sound the same, or all but one of them. */
static bool correct_han(struct correcting *c, struct str word)
{
	struct spelling found = { 0 };
	int64_t articles;
	if (!spell_known(&c->s, text_normal(word, c->s.arena), &articles))
		return false;
	if (articles > 0 || utf8_count(word) < 2) {
		keep(c, word);
		return true;
	}
	struct str key = spell_key(c->s.reader, word, c->s.arena);
	if (!spell_by_key(&c->s, key, word, &found) || (found.word.n == 0 && !spell_near_han(&c->s, word, &found)))
		return false;
	put(c, word, found.word.n ? found.word : word);
	return true;
}

/* A run of kanji: the dictionary's words in it that the site has stay, what lies between is one word. */
static bool correct_han_run(struct correcting *c, struct str run)
{
	struct text_word *words;
	size_t n, from = 0;
	int64_t articles;
	if (!spell_known(&c->s, run, &articles) || !text_words(c->s.reader, run, &words, &n, c->s.arena, c->s.err))
		return false;
	if (articles > 0) {
		keep(c, run);
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		struct str word = str_sub(run, words[i].start, words[i].end);
		if (!spell_known(&c->s, word, &articles))
			return false;
		/* One kanji may be half of a word that is wrong. */
		if (articles == 0 || utf8_count(word) == 1)
			continue;
		if (!correct_han(c, str_sub(run, from, words[i].start)))
			return false;
		keep(c, word);
		from = words[i].end;
	}
	return correct_han(c, str_skip(run, from));
}

static bool correct_run(struct correcting *c, enum run kind, struct str run)
{
	switch (kind) {
	case RUN_LATIN:
		return correct_latin(c, run);
	case RUN_KATAKANA:
		return correct_katakana(c, run);
	case RUN_HAN:
		return correct_han_run(c, run);
	default:
		keep(c, run);
		return true;
	}
}

/* What lies between two spaces. */
struct typed_part {
	struct str text;
	bool runs[RUN_DIGITS + 1];
};

static struct typed_part part_at(struct str query, size_t *at)
{
	struct typed_part chunk = { 0 };
	size_t from = *at;
	while (*at < query.n) {
		size_t next = *at;
		enum run run = run_next(query, &next);
		if (run == RUN_SPACE)
			break;
		chunk.runs[run] = true;
		*at = next;
	}
	chunk.text = str_sub(query, from, *at);
	return chunk;
}

/* All kana: in the site's words. Kana and stray consonants: an input method was on while Latin was meant. */
static bool correct_whole(struct correcting *c, const struct typed_part *chunk, struct str *out)
{
	bool kana =
	    chunk->runs[RUN_HIRAGANA] && !chunk->runs[RUN_HAN] && !chunk->runs[RUN_NONE] && !chunk->runs[RUN_DIGITS];
	int64_t articles;
	*out = STR("");
	if (!kana)
		return true;
	if (!chunk->runs[RUN_LATIN]) {
		if (!spell_known(&c->s, text_normal(chunk->text, c->s.arena), &articles))
			return false;
		return articles > 0 || spell_by_reading(&c->s, text_reading_key(chunk->text, c->s.arena), out);
	}
	struct str typed = text_typed(chunk->text, c->s.arena);
	if (!spell_known(&c->s, typed, &articles))
		return false;
	if (articles > 0)
		*out = typed;
	return articles > 0 || read_romaji(c, typed, out);
}

static bool correct_chunk(struct correcting *c, const struct typed_part *chunk)
{
	struct str whole;
	/* lang:ja, "a phrase", -not and the like say exactly what is meant. */
	if (str_find(chunk->text, STR(":")) >= 0) {
		keep(c, chunk->text);
		return true;
	}
	if (!correct_whole(c, chunk, &whole))
		return false;
	if (whole.n) {
		put(c, chunk->text, whole);
		return true;
	}
	for (size_t at = 0; at < chunk->text.n;) {
		size_t from = at;
		enum run kind = run_next(chunk->text, &at);
		if (!correct_run(c, kind, str_sub(chunk->text, from, at)))
			return false;
	}
	return true;
}

static bool correct(struct correcting *c, struct str query)
{
	for (size_t at = 0; at < query.n;) {
		struct typed_part chunk = part_at(query, &at);
		size_t from = at;
		if (!correct_chunk(c, &chunk))
			return false;
		if (at < query.n)
			run_next(query, &at);
		keep(c, str_sub(query, from, at));
	}
	return true;
}

static bool count_results(
    struct search *s, struct str query, struct str lang, size_t *total, struct arena *arena, struct error *err)
{
	struct search_result found;
	struct search_request ask = { .query = query, .lang = lang, .limit = 1 };
	bool ok = search_query(s, &ask, &found, arena, err);
	*total = found.total;
	return ok;
}

/* Do the words put in find more? Each of them is in more articles than what was typed; but the vocabulary does not hold
 * every word, so the index is asked too. Parts of a misspelt word may match, so that no less is enough; but not of a short
 * one. */
static bool finds_more(struct search *s, const struct correcting *c, struct str was, struct str is, bool *more)
{
	size_t before = 0, after = 0;
	bool ok = count_results(s, was, c->lang, &before, c->s.arena, c->s.err) &&
	          count_results(s, is, c->lang, &after, c->s.arena, c->s.err);
	*more = ok && after > 0 && after >= (c->short_word ? before * SHORT_FACTOR : before);
	return ok;
}

bool spell_suggest(struct search *search, struct str query, struct str lang, struct str *out, struct str *out_html,
    struct arena *arena, struct error *err)
{
	struct view v;
	struct correcting c = { .s = { .reader = search->reader, .arena = arena, .err = err }, .lang = lang };
	bool more = false;
	*out = *out_html = STR("");
	if (!view_open(search, &v, err))
		return false;
	c.s.conn = v.conn;
	query = utf8_clean(arena, str_trim(str_sub(query, 0, utf8_floor(query, QUERY_MAX))));
	bool ok = correct(&c, query);
	struct str plain = buf_take(&c.plain, arena), html = buf_take(&c.html, arena), was = buf_take(&c.was, arena),
	           is = buf_take(&c.is, arena);
	ok = ok && (was.n == 0 || finds_more(search, &c, was, is, &more));
	view_close(&v);
	if (ok && more && plain.p && html.p) {
		*out = plain;
		*out_html = html;
	}
	return ok;
}
