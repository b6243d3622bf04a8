#include "search/spell.h"

#include <string.h>

#define HEAD \
	2 /* characters at whose place a mistake is looked for one by one; behind them all words that begin so are */
#define RANGE_MAX 2000    /* words looked at for one beginning */
#define SEGMENT_MAX 12    /* kana of one word in a text that is all kana */
#define SAME_SOUND_MAX 16 /* words of one reading */

struct letters {
	uint32_t v[SPELL_CHARACTERS_MAX];
	size_t n;
};

static bool letters_of(struct letters *out, struct str s)
{
	out->n = 0;
	for (size_t at = 0; at < s.n;) {
		if (out->n == SPELL_CHARACTERS_MAX)
			return false;
		out->v[out->n++] = utf8_next(s, &at);
	}
	return true;
}

static struct str text_of(const struct letters *l, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < l->n; i++)
		buf_addcp(&out, l->v[i]);
	return buf_take(&out, arena);
}

static bool is_kana_key(const struct letters *l)
{
	return l->n && cp_is_kana(l->v[0]);
}

/* Optimal string alignment (Damerau, Levenshtein): each swap of neighbours is one mistake. Over `max`: max + 1. */
static int distance(const struct letters *a, const struct letters *b, int max)
{
	int rows[3][SPELL_CHARACTERS_MAX + 1];
	int *before = rows[0], *last = rows[1], *now = rows[2];
	for (size_t j = 0; j <= b->n; j++)
		last[j] = (int)j;
	for (size_t i = 1; i <= a->n; i++) {
		int least = now[0] = (int)i;
		for (size_t j = 1; j <= b->n; j++) {
			int d = last[j - 1] + (a->v[i - 1] != b->v[j - 1]);
			d = last[j] + 1 < d ? last[j] + 1 : d;
			d = now[j - 1] + 1 < d ? now[j - 1] + 1 : d;
			if (i > 1 && j > 1 && a->v[i - 1] == b->v[j - 2] && a->v[i - 2] == b->v[j - 1] && before[j - 2] + 1 < d)
				d = before[j - 2] + 1;
			now[j] = d;
			least = d < least ? d : least;
		}
		if (least > max)
			return max + 1;
		int *free_row = before;
		before = last;
		last = now;
		now = free_row;
	}
	return last[b->n];
}

static int mistakes_allowed(const struct letters *l)
{
	if (is_kana_key(l))
		return l->n < 3 ? 0 : l->n < 7 ? 1 : 2;
	return l->n < 4 ? 0 : l->n < 8 ? 1 : 2;
}

static void consider(struct spelling *best, struct str word, int64_t articles, int distance, struct arena *arena)
{
	bool better =
	    best->word.n == 0 || distance < best->distance || (distance == best->distance && articles > best->articles);
	if (better)
		*best = (struct spelling){ arena_dup(arena, word), articles, distance };
}

bool spell_known(struct speller *s, struct str folded, int64_t *articles)
{
	struct error none = { 0 };
	*articles = 0;
	return db_get_int(s->conn, &none, articles, "SELECT articles FROM spell_word WHERE word = $1", "s", folded) ||
	       none.code == ERR_NOT_FOUND || error_set(s->err, none.code, "%s", none.message);
}

/* Words with exactly this key. */
static struct db_rows *words_with(struct speller *s, struct str key)
{
	return db_query(s->conn, s->err,
	    "SELECT word, articles FROM spell_word WHERE key = $1 AND key <> ''"
	    " UNION ALL SELECT word, articles FROM spell_word WHERE word = $1 AND key = ''",
	    "s", key);
}

/* Characters that the two share. */
static size_t shared(struct str a, struct str b)
{
	size_t n = 0;
	for (size_t at = 0; at < a.n;) {
		size_t from = at;
		utf8_next(a, &at);
		n += str_find(b, str_sub(a, from, at)) >= 0;
	}
	return n;
}

bool spell_by_key(struct speller *s, struct str key, struct str like, struct spelling *out)
{
	size_t best = 0;
	*out = (struct spelling){ 0 };
	struct db_rows *rows = words_with(s, key);
	for (size_t i = 0; rows && i < SAME_SOUND_MAX && db_next(rows); i++) {
		struct str word = db_str(rows, 0);
		int64_t articles = db_int(rows, 1);
		size_t alike = shared(like, word);
		if (out->word.n && (alike < best || (alike == best && articles <= out->articles)))
			continue;
		best = alike;
		*out = (struct spelling){ arena_dup(s->arena, word), articles, 0 };
	}
	return rows && db_done(rows);
}

static bool try_key(struct speller *s, const struct letters *l, struct spelling *best)
{
	struct db_rows *rows = words_with(s, text_of(l, s->arena));
	while (rows && db_next(rows))
		consider(best, db_str(rows, 0), db_int(rows, 1), 1, s->arena);
	return rows && db_done(rows);
}

static bool try_swaps(struct speller *s, const struct letters *l, struct spelling *best)
{
	for (size_t i = 0; i + 1 < l->n; i++) {
		struct letters swapped = *l;
		swapped.v[i] = l->v[i + 1];
		swapped.v[i + 1] = l->v[i];
		if (l->v[i] != l->v[i + 1] && !try_key(s, &swapped, best))
			return false;
	}
	return true;
}

/* All letters at place i: in its stead, and before it. */
static bool try_letters(struct speller *s, const struct letters *l, size_t i, struct spelling *best)
{
	bool kana = is_kana_key(l);
	for (uint32_t cp = kana ? 0x3042 : 'a'; cp <= (kana ? 0x3093u : 'z'); cp++) {
		struct letters other = *l;
		other.v[i] = cp;
		if (cp != l->v[i] && !try_key(s, &other, best))
			return false;
		if (l->n == SPELL_CHARACTERS_MAX)
			continue;
		memmove(other.v + i + 1, l->v + i, (l->n - i) * sizeof *l->v);
		other.n = l->n + 1;
		if (!try_key(s, &other, best))
			return false;
	}
	return true;
}

/* One mistake among the first characters. */
static bool try_head(struct speller *s, const struct letters *l, struct spelling *best)
{
	for (size_t i = 0; i < HEAD && i < l->n; i++) {
		struct letters without = *l;
		memmove(without.v + i, l->v + i + 1, (l->n - i - 1) * sizeof *l->v);
		without.n--;
		if ((without.n && !try_key(s, &without, best)) || !try_letters(s, l, i, best))
			return false;
	}
	return true;
}

/* All words that begin alike. */
static bool try_range(struct speller *s, const struct letters *l, int max, struct spelling *best)
{
	static const char by_key[] = "SELECT word, articles, key FROM spell_word WHERE key >= $1 AND key < $2 AND key <> ''"
	                             " AND length(key) BETWEEN $3 AND $4 LIMIT $5";
	static const char by_word[] =
	    "SELECT word, articles, word FROM spell_word WHERE word >= $1 AND word < $2 AND key = ''"
	    " AND length(word) BETWEEN $3 AND $4 LIMIT $5";
	struct letters head = *l;
	head.n = HEAD < l->n ? HEAD : l->n;
	struct str prefix = text_of(&head, s->arena), end = key_end(prefix, s->arena);
	for (int i = 0; i < 2; i++) {
		/* A site's kana words may be kept by themselves, its Latin ones by a key. */
		struct db_rows *rows = db_query(s->conn, s->err, i ? by_word : by_key, "ssiii", prefix, end,
		    (int64_t)l->n - max, (int64_t)l->n + max, (int64_t)RANGE_MAX);
		while (rows && db_next(rows)) {
			struct letters other;
			int d = letters_of(&other, db_str(rows, 2)) ? distance(l, &other, max) : max + 1;
			if (d <= max && d > 0)
				consider(best, db_str(rows, 0), db_int(rows, 1), d, s->arena);
		}
		if (!rows || !db_done(rows))
			return false;
	}
	return true;
}

bool spell_near(struct speller *s, struct str key, struct spelling *out)
{
	struct letters l;
	*out = (struct spelling){ 0 };
	if (!letters_of(&l, key) || l.n == 0)
		return true;
	int max = mistakes_allowed(&l);
	return max == 0 || (try_swaps(s, &l, out) && try_range(s, &l, max, out) && (out->word.n || try_head(s, &l, out)));
}

/* The only letter in which two words of the same length differ, or -1. */
static ptrdiff_t difference(const struct letters *a, const struct letters *b)
{
	ptrdiff_t at = -1;
	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i] == b->v[i])
			continue;
		if (at >= 0)
			return -1;
		at = (ptrdiff_t)i;
	}
	return at;
}

/* Of two kanji one is little to go by: then what stands in the other's place must be heard in the word's reading. */
static bool sounds_alike(struct speller *s, const struct letters *l, ptrdiff_t at, struct str key)
{
	char character[4];
	if (l->n > 2)
		return true;
	struct str own = spell_key(s->reader, str_of(character, utf8_put(l->v[at], character)), s->arena);
	return at == 0 ? str_starts(key, own) : str_ends(key, own);
}

bool spell_near_han(struct speller *s, struct str word, struct spelling *out)
{
	struct letters l, other;
	size_t first = 0;
	*out = (struct spelling){ 0 };
	if (!letters_of(&l, word) || l.n < 2)
		return true;
	utf8_next(word, &first);
	struct str prefix = str_sub(word, 0, first);
	struct db_rows *rows = db_query(s->conn, s->err,
	    "SELECT word, articles, key FROM spell_word WHERE word >= $1 AND word < $2 AND length(word) = $3 LIMIT $4",
	    "ssii", prefix, key_end(prefix, s->arena), (int64_t)l.n, (int64_t)RANGE_MAX);
	while (rows && db_next(rows)) {
		ptrdiff_t at = letters_of(&other, db_str(rows, 0)) ? difference(&l, &other) : -1;
		if (at >= 0 && sounds_alike(s, &l, at, db_dup(rows, 2, s->arena)))
			consider(out, db_str(rows, 0), db_int(rows, 1), 1, s->arena);
	}
	return rows && db_done(rows);
}

/* ---- kana cut into words ---- */

#define COST_WORD 12
#define COST_PARTICLE 16
#define COST_PARTICLES 8 /* of more than one kana */
#define COST_SINGLE 6    /* more, for a word of one kanji: there are many that sound the same */

/* The best way to cut what comes before a place: where its last word begins, and what it is. */
struct cut {
	int cost; /* 0: there is none */
	size_t from;
	struct str word;
};

/* What joins words in a question, as keys. */
static bool is_particle(struct str kana)
{
	static const char particles[] =
	    " の を と は が に で も へ や から まで より など とは での への ための について する した して ";
	char padded[40] = " ";
	if (kana.n == 0 || kana.n > 30)
		return false;
	memcpy(padded + 1, kana.p, kana.n);
	padded[kana.n + 1] = ' ';
	return str_find(str_from(particles), str_of(padded, kana.n + 2)) >= 0;
}

/* Commoner words cost less: eight articles are one step. */
static int cost_of(int64_t articles)
{
	int cost = COST_WORD;
	for (; articles >= 8 && cost > COST_WORD - 4; articles /= 8)
		cost--;
	return cost;
}

static void put_cut(struct cut *cuts, size_t from, size_t to, int cost, struct str word)
{
	cost += cuts[from].cost;
	if (cuts[to].cost == 0 || cost < cuts[to].cost)
		cuts[to] = (struct cut){ cost, from, word };
}

static bool cut_at(struct speller *s, const struct letters *l, size_t from, struct cut *cuts)
{
	for (size_t n = 1; n <= SEGMENT_MAX && from + n <= l->n; n++) {
		struct letters part = { .n = n };
		struct spelling found = { 0 };
		memcpy(part.v, l->v + from, n * sizeof *l->v);
		struct str text = text_of(&part, s->arena);
		if (from > 0 && is_particle(text))
			put_cut(cuts, from, from + n, n == 1 ? COST_PARTICLE : COST_PARTICLES, text);
		if (n > 1 && !spell_by_key(s, text, STR(""), &found))
			return false;
		if (found.word.n)
			put_cut(cuts, from, from + n, cost_of(found.articles) + (utf8_count(found.word) == 1 ? COST_SINGLE : 0),
			    found.word);
	}
	return true;
}

bool spell_by_reading(struct speller *s, struct str key, struct str *out)
{
	struct letters l;
	struct cut cuts[SPELL_CHARACTERS_MAX + 1] = { 0 };
	*out = STR("");
	if (!letters_of(&l, key) || l.n < 2 || !is_kana_key(&l))
		return true;
	cuts[0].cost = 1;
	for (size_t i = 0; i < l.n; i++) {
		if (cuts[i].cost && !cut_at(s, &l, i, cuts))
			return false;
	}
	for (size_t at = l.n; cuts[l.n].cost && at > 0; at = cuts[at].from)
		*out = arena_printf(s->arena, "%.*s%.*s", (int)cuts[at].word.n, cuts[at].word.p, (int)out->n, out->p);
	return true;
}
