/*
 * Private to search. How the parts fit:
 *
 *   analyse.c   an article becomes its terms, each with the passages that hold it
 *   posting.c   lists of articles a term, as bytes
 *   links.c     what other articles call an article when they link to it
 *   synonyms.c  the editors' synonyms
 *   related*.c  articles like each: related.c finds them, related_keep.c keeps the lists and renews them
 *   writer.c    puts a batch of changed articles into the index's tables
 *   docs.c      what ranking must know of every article, in memory, as an immutable snapshot
 *   file.c      the index file: opened, told apart, built anew beside the live one, swapped
 *   index.c     follows the change feed
 *   parse.c     the query language
 *   terms.c     a question's terms, with their postings
 *   match.c     the candidates: BM25F over the fields, rare terms first
 *   rank.c      the second look at the best of them
 *   query.c     the answer: filters, facets, hits
 *   snippet.c   passages with what matched marked
 *   suggest*.c  what may be meant by what is typed so far
 *   spell*.c    corrections
 *
 * A passage ("segment") is the title, a heading, or a line of text of at most SEGMENT_BYTES. It is the unit in which
 * nearness is known: an entry of a posting says in which passages of the article the term stands.
 */
#ifndef KAIRAN_SEARCH_INNER_H
#define KAIRAN_SEARCH_INNER_H

#include "db/db.h"
#include "search/search.h"
#include "text/text.h"

#include <pthread.h>
#include <stdatomic.h>

#define SEGMENT_BYTES 240
#define CHUNK_BYTES 900 /* of a posting in one row: fits a leaf page of SQLite without overflow */
#define TERMS_MAX 192
#define FILTERS_MAX 16
#define SLOTS_MAX 32 /* words of a question that count as one each */

/* ---- analyse.c ---- */

enum field { FIELD_TITLE, FIELD_HEADINGS, FIELD_NAMES, FIELD_META, FIELD_BODY, FIELD_CITATIONS, FIELDS };

/* How an article is laid out: passages of field f are those below end[f] and not below end[f - 1]; the title is
 * passage 0. */
struct shape {
	uint32_t end[FIELDS];
	uint32_t tokens[FIELDS];
};

struct doc_term {
	struct str term;
	struct str segments; /* as posting.c encodes them */
};

struct analysed {
	struct shape shape;
	struct doc_term *terms;
	size_t n;
};

/* The texts of an article as they are indexed and kept, one a field. */
struct doc_texts {
	struct str lang, field[FIELDS];
};

bool analyse(struct analysed *out, const struct doc_texts *, struct arena *, struct error *);
/* The passage that starts at *at; moves *at behind it. False at the end. Empty lines are passed over. */
bool segment_next(struct str text, size_t *at, struct str *out);
/* `links`: the texts of links that lead to it, a line each. */
void texts_of(struct doc_texts *out, const struct article_text *, struct str links, struct arena *);
/* The texts of all fields, packed with brotli, and back. ERR_DB when the bytes are damaged. */
bool texts_pack(const struct doc_texts *, struct str *out, struct arena *, struct error *);
bool texts_unpack(struct str packed, struct doc_texts *out, struct arena *, struct error *);
/* Those of an article that is in the index; empty ones when it is not. */
bool texts_read(struct db_conn *, int64_t article, struct doc_texts *out, struct arena *, struct error *);

/* ---- posting.c ----
 * An entry: twice the article as the difference from the entry before (0 for the first, whose article is the row's
 * `first`), plus 1 where one passage follows, else the number of bytes; then the passages as differences from -1 on, a byte
 * each: 255 moves on 254 without naming one. */

struct posting {
	const unsigned char *p, *end;
	int64_t doc;
	struct str segments;
};

void posting_start(struct posting *, struct str chunk, int64_t first);
bool posting_next(struct posting *); /* false at the end, or where the bytes make no sense */
void posting_add(struct buf *chunk, int64_t delta, struct str segments);
void segments_add(struct buf *, int64_t last, int64_t segment); /* `last` -1 at the start */

struct segments {
	const unsigned char *p, *end;
	int64_t at; /* start with -1 */
};
static inline struct segments segments_of(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	return (struct segments){ p, p + s.n, -1 };
}
static inline bool segments_next(struct segments *s)
{
	while (s->p < s->end) {
		unsigned step = *s->p++;
		if (step == 255) {
			s->at += 254;
			continue;
		}
		s->at += step;
		return true;
	}
	return false;
}

/* ---- docs.c ---- */

/* What the first look needs of each article, in one array: index is the article's id. */
struct doc_hot {
	struct shape shape;
	int64_t published_at;
	bool live;
	uint8_t lang; /* index into langs */
};

struct doc_cold {
	int64_t group;
	struct str title;   /* folded */
	struct str written; /* as it is written, where folding joins characters (人々, ヴァ); else empty */
	const int64_t *categories;
	size_t n_categories;
};

#define LANGS_MAX 64
struct docs {
	struct doc_hot *hot;
	struct doc_cold **cold; /* shared with the snapshots before and after */
	int64_t n;              /* ids are below this */
	int64_t live;
	double average[FIELDS]; /* tokens an article */
	char langs[LANGS_MAX][16];
	size_t n_langs;
	struct doc_cold **dead; /* what this one replaced: freed with the snapshot before */
	size_t n_dead;
};

/* Does the question, folded or as it is written, stand in the title? */
bool title_holds(const struct doc_cold *, struct str folded, struct str written);
struct docs *docs_load(struct db_conn *, struct error *);
/* A copy with these articles read anew; `old` stays as it is. */
struct docs *docs_update(struct docs *old, struct db_conn *, const int64_t *ids, size_t n, struct error *);
void docs_forget(struct docs *old, struct docs *now); /* frees what only the one before still held */
void docs_free(struct docs *);
struct str docs_lang(const struct docs *, int64_t id);

/* ---- file.c ---- */

/* An open index file: index-N.db, to which data/index.db is a link while it is in use. */
struct index_file {
	struct db *db;
	_Atomic(struct docs *) docs;
	char *path;
	int64_t signal; /* of the database when docs was read */
};

struct search {
	struct store *store;
	char *path;                 /* data/index.db */
	struct text_reader *reader; /* NULL where no dictionary is installed */
	pthread_mutex_t writing;    /* one change at a time; readers never take it */
	_Atomic(struct index_file *) file;
	_Atomic(struct synonyms *) synonyms;
	atomic_bool stale, damaged;
	/* Lists of related articles to be looked at in turn: how many are left, and the next. For whoever holds `writing`. */
	int64_t sweep_left, sweep_at;
	/* Readers are counted by the parity of the epoch in which they came. Who has replaced something moves the epoch on,
	 * waits until those of the epoch before have gone, and frees it. */
	atomic_uint epoch;
	atomic_int readers[2];
};

/* A reader's hold on the file and the articles in use. No lock is taken and nothing waited for. */
struct view {
	struct search *search;
	unsigned parity;
	struct index_file *file;
	struct docs *docs;
	const struct synonyms *synonyms; /* NULL before they are read */
	struct db_conn *conn;
};
bool view_open(struct search *, struct view *, struct error *);
void view_close(struct view *);

struct index_file *index_file_open(struct search *, const char *path, struct error *);
struct index_file *index_file_make(struct search *, struct error *); /* the next generation, empty */
void index_file_close(struct index_file *);                          /* NULL is fine */
void index_file_discard(struct index_file *);                        /* closes and removes it */
/* Makes it the one in use, for other processes too, and removes the one before. */
bool index_file_use(struct search *, struct index_file *, struct error *);
bool index_file_refresh(
    struct search *, struct error *);                /* what another process has swapped or written is taken over */
void index_docs_use(struct search *, struct docs *); /* in the file in use */
void synonyms_use(struct search *, struct synonyms *);
bool index_file_sound(struct index_file *, struct error *); /* reads all of it; false with err->code 0: it is damaged */

bool meta_get(struct db_conn *, const char *name, int64_t *out);
bool meta_set(struct db_conn *, const char *name, int64_t value, struct error *);

/* ---- links.c ---- */

bool links_put(struct db_conn *, int64_t article, const struct article_text *, struct arena *, struct error *);
/* Brings the rows in line with the article (NULL: gone), and adds to ids the articles whose link texts that changes. */
bool links_changed(struct db_conn *, int64_t article, const struct article_text *, int64_t *ids, size_t *n, size_t max,
    struct arena *, struct error *);
bool addresses_forget(struct db_conn *, int64_t article, struct arena *, struct error *);
/* Notes the article's addresses; *out: the texts of links that lead to them, a line each. */
bool links_to(
    struct search *, struct db_conn *, const struct article *, struct str *out, struct arena *, struct error *);

/* ---- synonyms.c ---- */

struct synonym_pair {
	struct str lang, word, other; /* word: folded; other: as written */
};
struct synonyms {
	struct synonym_pair *v;
	size_t n;
	struct arena *arena;
};
struct synonyms *synonyms_load(struct store *, struct error *);
void synonyms_free(struct synonyms *);
bool synonym_stands_in(struct str folded, struct str word);

/* ---- writer.c ---- */

struct writer;
/* Collects changes and puts them into the tables in order of terms. `empty`: there is nothing in them yet. */
struct writer *writer_new(struct search *, struct db_conn *, bool empty, struct error *);
/* Each article once, in rising order of ids. `text` NULL: it is gone. */
bool writer_put(struct writer *, int64_t article, const struct article_text *text, struct arena *, struct error *);
bool writer_flush(struct writer *, struct error *);
void writer_free(struct writer *);

enum name_kind { NAME_TAG, NAME_AUTHOR, NAME_TRANSLATOR, NAME_SOURCE };

/* ---- parse.c ---- */

struct query_word {
	struct str text;
	bool phrase, without, prefix, title, or_before; /* or_before: either this or the word before */
};

struct query {
	struct query_word words[SLOTS_MAX];
	size_t n;
	struct query_filter {
		enum filter_key { BY_LANG, BY_CATEGORY, BY_TAG, BY_AUTHOR, BY_TRANSLATOR, BY_SOURCE } key;
		struct str value;
		bool without;
	} filters[FILTERS_MAX];
	size_t n_filters;
	int64_t after, before; /* seconds; 0: none. before: exclusive */
};
/* Never fails: what is no operator is a word. */
void query_parse(struct query *, struct str typed, struct arena *);

/* ---- terms.c ---- */

struct chunk {
	int64_t first;
	struct str data;
};

struct term {
	struct str term;
	struct chunk *chunks; /* in order of articles */
	size_t n_chunks;
	int64_t df;
	double weight; /* idf and what the kind of term is worth; 0: it only marks passages */
	uint64_t bits; /* in the masks. Terms that stand for the same share theirs: those of a prefix, and of a synonym */
	bool title_only;
};

/* A word of the question: the bits of its terms. One of the alternatives (synonyms) whole in a passage makes it whole. */
#define ALTERNATIVES_MAX 8
struct slot {
	uint64_t alternatives[ALTERNATIVES_MAX];
	size_t n;
	double weight;
};

#define MASK_BITS 64
struct terms {
	struct term v[TERMS_MAX];
	size_t n;
	double bit_weight[MASK_BITS];
	unsigned n_bits;
	struct slot slots[SLOTS_MAX];
	size_t n_slots;
	uint64_t without[SLOTS_MAX]; /* articles with such a passage are no answer */
	size_t n_without;
	struct str phrases[SLOTS_MAX], not_phrases[SLOTS_MAX]; /* folded; must stand in the text, or must not */
	size_t n_phrases, n_not_phrases;
	double mass;                /* sum of the bits' weights */
	struct str folded, written; /* the words of the question */
};
bool terms_of(struct terms *, const struct query *, struct search *, const struct view *, struct str lang,
    struct arena *, struct error *);
/* Is this the last character of a run, which the pair before it has already? */
bool is_tail(const struct text_tokens *, size_t i);

/* ---- filter.c, match.c and rank.c ---- */

struct candidate {
	int64_t article, published_at, group;
	double score;
	uint32_t segment; /* the best passage */
	bool relaxed, pinned;
};

struct filter {
	uint64_t langs; /* a bit each: those that are let through */
	struct category_set {
		const int64_t *ids; /* a category and those below it */
		size_t n;
		bool without;
	} sets[FILTERS_MAX + 1]; /* all of them must hold */
	size_t n_sets;
	int64_t after, before;
	const unsigned char *allowed; /* a bit an article, or NULL */
};
int reader_lang_number(const struct docs *, struct str lang); /* -1: none of the articles' */
bool filter_make(struct filter *, struct search *, const struct view *, const struct search_request *,
    const struct query *, struct arena *, struct error *);
bool filter_lets(const struct filter *, const struct docs *, int64_t article);
int candidate_by_score(const void *, const void *); /* for qsort: best first, then by article */

#define OTHER_LANGUAGE 0.7 /* articles in other languages than the reader's follow */
#define CANDIDATES_MAX 1000
/* The best articles by BM25F, best first, at most CANDIDATES_MAX; *total counts those that match well enough. */
bool match(const struct view *, const struct terms *, const struct filter *, int reader_lang, struct candidate *out,
    size_t *n, size_t *total, struct arena *, struct error *);
#define RANKED_AGAIN 100
/* Looks at the passages of the first RANKED_AGAIN, sets score, segment and relaxed, and sorts all. */
bool rank_again(const struct view *, const struct terms *, int reader_lang, const struct search_watch *,
    struct candidate *, size_t n, struct arena *, struct error *);

/* ---- forest.c ---- */

#define FOREST_FEATURES 19
/* What a forest of small decision trees adds to the sum of a candidate's features (rank.c names them). */
double forest_score(const double features[FOREST_FEATURES]);

/* Sets out[i] when one of the masks stands whole in a passage of candidate i. */
bool marks_any(const struct view *, const struct terms *, const uint64_t *masks, size_t n_masks,
    const struct candidate *, size_t n, bool *out, struct arena *, struct error *);

/* ---- snippet.c ---- */

/* Text with what matches in <mark>, as clean HTML. */
struct str mark_title(struct str title, struct str lang, const struct terms *, struct arena *);
/* The passage and a little around it. */
struct str snippet_make(const struct doc_texts *, uint32_t segment, const struct terms *, struct arena *);

/* Ids as a short run of bytes; they are sorted. */
struct str ids_pack(int64_t *ids, size_t n, struct arena *);
/* Takes the next one off; *id starts with 0. False at the end. */
bool ids_next(struct str *packed, int64_t *id);

/* ---- related.c and related_keep.c ---- */

extern const char RELATED_SCHEMA[];

#define RELATED_KEPT 5
#define RELATED_ALIKE 40 /* looked at for shared categories */
#define RELATED_NEAR 90
struct related_found {
	int64_t list[RELATED_KEPT]; /* best first */
	size_t n;
	int64_t near[RELATED_NEAR]; /* all that were thought of: what is like this, this may be like */
	size_t n_near;
};
/* None when the article is not in the index. */
bool related_find(
    struct search *, const struct view *, int64_t article, struct related_found *out, struct arena *, struct error *);
/* Makes their lists due, and in time all that these articles touch. */
bool related_changed(struct db_conn *, const int64_t *articles, size_t n, struct error *);
bool related_all_due(struct db_conn *, struct error *); /* in an index made anew */

/* ---- suggestions: suggest_index.c keeps them, suggest.c answers ---- */

/* The tables of both, for the migrations. */
extern const char SUGGEST_SCHEMA[];

/* Before and after all articles are added anew, in one transaction: in between, nothing is found. */
bool suggest_clear(struct db_conn *, struct error *);
bool suggest_settle(struct db_conn *, struct arena *, struct error *);
/* An article that is not in there. Its title, headings and tags. */
bool suggest_add(struct db_conn *, struct text_reader *, const struct article_text *, struct arena *, struct error *);
bool suggest_forget(struct db_conn *, int64_t article, struct error *);
/* The names of the categories that hold articles; cheap when they are what they were. */
bool suggest_categories(struct db_conn *, struct text_reader *, struct store *, struct error *);

enum entry_kind { ENTRY_CATEGORY, ENTRY_TITLE, ENTRY_TAG, ENTRY_HEADING };
#define KEY_MAX 18        /* bytes of a text that it is found by; a longer beginning is compared with the text itself */
#define HOT_MORE_THAN 128 /* beginnings that so many keys have keep a list of their best entries */
#define HOT_KEPT 32

/* A word of an entry: as written, and as read (the same where they do not differ); both as keys. */
struct entry_word {
	struct str surface, reading;
	bool start; /* is found by its beginning */
};
#define ENTRY_WORDS_MAX 32
struct entry_words {
	struct entry_word v[ENTRY_WORDS_MAX];
	size_t n;
};
/* What must be kept of an entry's words beside its (folded) text. */
bool entry_pack(struct str *out, struct text_reader *, struct str folded, struct arena *, struct error *);
/* From what is kept of an entry; packed empty: what the text shows without a reader. */
bool entry_words(struct entry_words *, struct str text, struct str packed, struct arena *, struct error *);
/* The key from word `from` on, at most `max` bytes. */
struct str entry_key(const struct entry_words *, size_t from, bool reading, size_t max, struct arena *);
/* The first text after all that begin with this one. */
struct str key_end(struct str prefix, struct arena *);

/* suggest_hot.c: a key that has been put in, or taken out. All of an entry's keys first, then this for each. */
struct hot_key {
	struct str lang, key;
	int64_t rank, entry;
};
bool hot_add(struct db_conn *, const struct hot_key *, struct arena *, struct error *);
bool hot_remove(struct db_conn *, const struct hot_key *, struct arena *, struct error *);
/* All lists of a language below a beginning (empty: all), of which there are none yet. */
bool hot_build(struct db_conn *, struct str lang, struct str prefix, struct arena *, struct error *);

/* ---- did you mean: spell_index.c keeps the site's words, spell.c corrects ---- */

extern const char SPELL_SCHEMA[];

bool spell_clear(struct db_conn *, struct error *);
/* An article that is not in there: the words of its title, headings and tags, and those that its text has often. */
bool spell_add(struct db_conn *, struct text_reader *, const struct article_text *, struct arena *, struct error *);
bool spell_forget(struct db_conn *, int64_t article, struct error *);

/* A question without its mistakes, in the site's own words: *out is all of it, *out_html the same with what was changed
 * in <em>; both empty when nothing that is known to find more comes to mind. For when a search finds little. */
bool spell_suggest(struct search *, struct str query, struct str lang, struct str *out, struct str *out_html,
    struct arena *, struct error *);

#endif
