#include "search/inner.h"

#include <math.h>
#include <string.h>

/* A question's terms. Scripts without spaces are asked for by overlapping pairs; the words in them are told by their
 * script (runs of kanji, of katakana, of Latin letters), hiragana mostly joins words. A word is a slot: it counts as there
 * when all its pairs stand in one passage. */

#define SYNONYM_WEIGHT 0.8
#define EXPANSIONS_MAX 32   /* of a prefix */
#define EXPANSION_ROWS 4000 /* looked at for them */
#define HIRAGANA_WEIGHT 0.5 /* pairs of hiragana alone: endings and particles */

struct making {
	struct terms *out;
	const struct view *view;
	struct arena *arena;
	struct error *err;
	bool title_only, quiet; /* quiet: for what is left out; it counts for nothing */
};

bool is_tail(const struct text_tokens *tokens, size_t i)
{
	const struct token *t = &tokens->v[i];
	return t->kind == TOKEN_UNIGRAM && i > 0 && t[-1].kind == TOKEN_BIGRAM && t[-1].end == t->end;
}

/* ---- postings ---- */

static bool grow(struct term *t, size_t *cap, struct arena *arena)
{
	size_t more = *cap ? *cap * 2 : 8;
	struct chunk *bigger = arena_array(arena, more, sizeof *bigger);
	if (!bigger)
		return false;
	if (t->n_chunks)
		memcpy(bigger, t->chunks, t->n_chunks * sizeof *bigger);
	t->chunks = bigger;
	*cap = more;
	return true;
}

static bool load(struct making *m, struct term *t)
{
	size_t cap = 0;
	struct db_rows *rows = db_query(
	    m->view->conn, m->err, "SELECT first, n, data FROM posting WHERE term = $1 ORDER BY first", "s", t->term);
	while (rows && db_next(rows)) {
		if (t->n_chunks == cap && !grow(t, &cap, m->arena))
			break;
		t->df += db_int(rows, 1);
		t->chunks[t->n_chunks++] = (struct chunk){ db_int(rows, 0), db_dup(rows, 2, m->arena) };
	}
	return rows && db_done(rows);
}

static double idf(const struct view *v, int64_t df)
{
	double n = (double)(v->docs->live > df ? v->docs->live : df);
	return log(1 + (n - (double)df + 0.5) / ((double)df + 0.5));
}

/* The bits that a term has already; 0: it is new. */
static uint64_t bits_of(const struct making *m, struct str term)
{
	for (size_t i = 0; i < m->out->n; i++) {
		if (str_eq(m->out->v[i].term, term) && m->out->v[i].title_only == m->title_only)
			return m->out->v[i].bits;
	}
	return 0;
}

/* MASK_BITS when there is none left. */
static unsigned new_bit(const struct making *m)
{
	return m->out->n_bits < MASK_BITS && m->out->n < TERMS_MAX ? m->out->n_bits++ : MASK_BITS;
}

/* *bits 0: there is no room. */
static bool add_term(struct making *m, struct str term, double worth, uint64_t *bits)
{
	*bits = bits_of(m, term);
	unsigned bit = *bits ? MASK_BITS : new_bit(m);
	if (bit == MASK_BITS)
		return true;
	*bits = (uint64_t)1 << bit;
	struct term *t = &m->out->v[m->out->n++];
	*t = (struct term){ .term = term, .bits = *bits, .title_only = m->title_only };
	if (!load(m, t))
		return false;
	t->weight = m->quiet ? 0 : worth * idf(m->view, t->df);
	m->out->bit_weight[bit] = t->weight;
	return true;
}

/* All terms that begin so, the commonest first, under one bit. */
static bool add_prefix(struct making *m, struct str prefix, uint64_t *bits)
{
	struct str names[EXPANSIONS_MAX];
	size_t n = 0;
	int64_t df = 0;
	unsigned bit = new_bit(m);
	*bits = bit == MASK_BITS ? 0 : (uint64_t)1 << bit;
	if (bit == MASK_BITS)
		return true;
	struct str end = arena_printf(m->arena, "%.*s\xf4\x8f\xbf\xbf", (int)prefix.n, prefix.p);
	struct db_rows *rows = db_query(m->view->conn, m->err,
	    "SELECT term, SUM(n) FROM (SELECT term, n FROM posting WHERE term >= $1 AND term < $2 LIMIT $3) AS some"
	    " GROUP BY term ORDER BY 2 DESC LIMIT $4",
	    "ssii", prefix, end, (int64_t)EXPANSION_ROWS, (int64_t)EXPANSIONS_MAX);
	while (rows && n < EXPANSIONS_MAX && db_next(rows)) {
		names[n++] = db_dup(rows, 0, m->arena);
		df += db_int(rows, 1);
	}
	if (!rows || !db_done(rows))
		return false;
	double weight = m->quiet ? 0 : idf(m->view, df);
	for (size_t i = 0; i < n && m->out->n < TERMS_MAX; i++) {
		struct term *t = &m->out->v[m->out->n++];
		*t = (struct term){ .term = names[i], .bits = *bits, .title_only = m->title_only, .weight = weight };
		if (!load(m, t))
			return false;
	}
	m->out->bit_weight[bit] = weight;
	return true;
}

/* ---- words ---- */

enum script { SCRIPT_NONE, SCRIPT_LATIN, SCRIPT_HAN, SCRIPT_KATAKANA, SCRIPT_HIRAGANA };

static enum script script_of(uint32_t cp)
{
	if (cp_is_han(cp))
		return SCRIPT_HAN;
	if (cp >= 0x30A1 && cp <= 0x30FC && cp != 0x30FB)
		return SCRIPT_KATAKANA;
	return cp >= 0x3041 && cp <= 0x3096 ? SCRIPT_HIRAGANA : SCRIPT_LATIN;
}

/* The script of both characters of a pair, else none. */
static enum script script_of_term(const struct token *t)
{
	size_t at = 0;
	if (t->kind == TOKEN_WORD || t->kind == TOKEN_NUMBER)
		return SCRIPT_LATIN;
	enum script first = script_of(utf8_next(t->term, &at));
	if (at >= t->term.n)
		return SCRIPT_NONE;
	return script_of(utf8_next(t->term, &at)) == first ? first : SCRIPT_NONE;
}

static void add_slot(struct making *m, uint64_t bits)
{
	if (bits && m->out->n_slots < SLOTS_MAX && !m->quiet)
		m->out->slots[m->out->n_slots++] = (struct slot){ .alternatives = { bits }, .n = 1 };
}

static bool counts_for_nothing(const struct token *t, struct str lang, bool strict)
{
	return strict && text_is_stopword(t->term, lang);
}

static bool add_token(struct making *m, const struct text_tokens *tokens, size_t i, bool prefix, uint64_t *bits)
{
	const struct token *t = &tokens->v[i];
	double worth = script_of_term(t) == SCRIPT_HIRAGANA ? HIRAGANA_WEIGHT : 1;
	/* A single character of a script without spaces begins the pairs that it stands in. */
	if (t->kind == TOKEN_UNIGRAM || (prefix && i + 1 == tokens->n))
		return add_prefix(m, t->term, bits);
	return add_term(m, t->term, worth, bits);
}

/* The terms of one piece of the question; *all gets their bits. */
static bool add_words(struct making *m, struct str text, struct str lang, bool prefix, bool strict, uint64_t *all)
{
	struct text_tokens tokens;
	uint64_t run = 0;
	enum script running = SCRIPT_NONE;
	size_t slots = m->out->n_slots;
	*all = 0;
	if (!text_tokenize(&tokens, text, lang, m->arena, m->err))
		return false;
	for (size_t i = 0; i < tokens.n; i++) {
		uint64_t bits;
		enum script script = script_of_term(&tokens.v[i]);
		bool touches =
		    i > 0 && tokens.v[i].position == tokens.v[i - 1].position + 1 && tokens.v[i].start < tokens.v[i - 1].end;
		if (!touches || script != running) {
			add_slot(m, run);
			run = 0;
			running = script;
		}
		if (is_tail(&tokens, i) || counts_for_nothing(&tokens.v[i], lang, strict))
			continue;
		if (!add_token(m, &tokens, i, prefix, &bits))
			return false;
		if (!bits)
			break;
		*all |= bits;
		if (script == SCRIPT_HAN || script == SCRIPT_KATAKANA || script == SCRIPT_LATIN)
			run |= bits;
	}
	add_slot(m, run);
	if (m->out->n_slots == slots)
		add_slot(m, *all);
	return true;
}

/* ---- synonyms: their terms take the bits of the word that they stand for, so that one is as good as the other ---- */

/* The k-th of n parts of the bits; each part has at least one. */
static uint64_t share_of(uint64_t bits, size_t k, size_t n)
{
	size_t all = (size_t)__builtin_popcountll(bits), i = 0;
	uint64_t share = 0;
	size_t from = k * all / n, to = (k + 1) * all / n;
	if (from == to)
		to = from + 1;
	for (uint64_t left = bits; left; left &= left - 1, i++) {
		if (i >= from && i < to)
			share |= left & (~left + 1);
	}
	return share;
}

static bool add_synonym(struct making *m, struct str other, struct str lang, uint64_t bits)
{
	struct text_tokens tokens;
	size_t n = 0, k = 0;
	if (!text_tokenize(&tokens, other, lang, m->arena, m->err))
		return false;
	for (size_t i = 0; i < tokens.n; i++)
		n += !is_tail(&tokens, i);
	for (size_t i = 0; i < tokens.n && m->out->n < TERMS_MAX; i++) {
		if (is_tail(&tokens, i))
			continue;
		uint64_t share = share_of(bits, k++, n);
		if (bits_of(m, tokens.v[i].term))
			continue;
		struct term *t = &m->out->v[m->out->n++];
		*t = (struct term){ .term = tokens.v[i].term, .bits = share, .title_only = m->title_only };
		if (!load(m, t))
			return false;
		t->weight = SYNONYM_WEIGHT * idf(m->view, t->df);
	}
	return true;
}

/* The bits that the word's terms have in the question. */
static bool bits_of_word(struct making *m, struct str word, struct str lang, uint64_t *bits)
{
	struct text_tokens tokens;
	*bits = 0;
	if (!text_tokenize(&tokens, word, lang, m->arena, m->err))
		return false;
	for (size_t i = 0; i < tokens.n; i++)
		*bits |= is_tail(&tokens, i) ? 0 : bits_of(m, tokens.v[i].term);
	return true;
}

static bool add_synonyms(struct making *m, struct str text, struct str lang)
{
	const struct synonyms *all = m->view->synonyms;
	struct str folded = text_fold(text, m->arena);
	for (size_t i = 0; all && i < all->n; i++) {
		const struct synonym_pair *pair = &all->v[i];
		uint64_t bits;
		if ((pair->lang.n && !str_eq(pair->lang, lang)) || !synonym_stands_in(folded, pair->word))
			continue;
		if (!bits_of_word(m, pair->word, lang, &bits) || (bits && !add_synonym(m, pair->other, lang, bits)))
			return false;
	}
	return true;
}

/* "a OR b": the slots of b become alternatives of the last slot before. */
static void join_slots(struct terms *t, size_t before, uint64_t bits)
{
	if (before == 0 || before > t->n_slots)
		return;
	struct slot *s = &t->slots[before - 1];
	if (s->n < ALTERNATIVES_MAX)
		s->alternatives[s->n++] = bits;
	t->n_slots = before;
}

static bool add_query_word(struct making *m, const struct query_word *w, struct str lang, bool strict)
{
	struct terms *t = m->out;
	size_t slots = t->n_slots;
	uint64_t bits;
	m->title_only = w->title;
	m->quiet = w->without;
	if (!add_words(m, w->text, lang, w->prefix, strict && !w->phrase, &bits))
		return false;
	if (!w->without && !w->phrase && !add_synonyms(m, w->text, lang))
		return false;
	if (w->without && w->phrase)
		t->not_phrases[t->n_not_phrases++] = text_fold(w->text, m->arena);
	else if (w->without && bits)
		t->without[t->n_without++] = bits;
	else if (w->phrase && bits)
		t->phrases[t->n_phrases++] = text_fold(w->text, m->arena);
	if (w->or_before && bits && !w->without)
		join_slots(t, slots, bits);
	return true;
}

static void weigh(struct terms *t)
{
	t->mass = 0;
	for (unsigned bit = 0; bit < t->n_bits; bit++)
		t->mass += t->bit_weight[bit];
	for (size_t i = 0; i < t->n_slots; i++) {
		for (unsigned bit = 0; bit < t->n_bits; bit++) {
			if (t->slots[i].alternatives[0] >> bit & 1)
				t->slots[i].weight += t->bit_weight[bit];
		}
	}
}

bool terms_of(struct terms *out, const struct query *q, struct search *s, const struct view *v, struct str lang,
    struct arena *arena, struct error *err)
{
	struct making m = { .out = out, .view = v, .arena = arena, .err = err };
	struct buf folded = { 0 }, written = { 0 };
	(void)s;
	/* Words that only ask count for nothing, unless there are no others. */
	for (int strict = 1; strict >= 0 && out->n == 0; strict--) {
		*out = (struct terms){ 0 };
		for (size_t i = 0; i < q->n; i++) {
			if (!add_query_word(&m, &q->words[i], lang, strict != 0))
				return false;
		}
	}
	for (size_t i = 0; i < q->n; i++) {
		if (q->words[i].without)
			continue;
		if (written.n) {
			buf_addc(&folded, ' ');
			buf_addc(&written, ' ');
		}
		buf_add(&written, q->words[i].text);
		struct str word = text_fold(q->words[i].text, arena);
		/* The rest of a word whose first vowel is long: in the title the mark is folded away. */
		while (str_starts(word, STR("ー")))
			word = str_skip(word, 3);
		buf_add(&folded, word);
	}
	out->folded = folded.n ? buf_take(&folded, arena) : STR("");
	out->written = written.n ? buf_take(&written, arena) : STR("");
	weigh(out);
	return true;
}
