/*
 * Part of desk.h, to be included through it: what the desk does without a page, so that its pages and the api do the same.
 *
 * What somebody can mend is told by *problem, a msgid (an English sentence), with the function false; else by the error.
 * What writes takes the caller's transaction, and leaves its entry in the audit log there. Results live in the arena.
 */
#ifndef KAIRAN_DESK_WORK_H
#define KAIRAN_DESK_WORK_H

#include "base/base.h"
#include "store/store.h"

struct site;

/* Who works, on what. All of it is borrowed. */
struct desk_work {
	struct site *site;
	struct store *store;
	const struct settings *settings;
	const struct person *who; /* as logs and revisions name them */
	struct str name;          /* as a by-line prints it */
	int64_t now;
	struct arena *arena;
	struct error *err;
};

/* May they change what several articles show: an image, a source? `open`: a published one shows it. */
bool desk_may_shared(enum role, bool open);
/* How a comment knows its passage: the beginning of the passage's text, on one line. */
struct str review_quote(struct str html, struct arena *);

/* ---- originals of translations (original.c) ---- */

struct source_text {
	struct original_copy copy;
	struct doc_block *blocks;
	size_t n;
	struct str title; /* as its text has it; empty: none */
};
enum source_format { SOURCE_GUESS, SOURCE_MARKDOWN, SOURCE_HTML, SOURCE_PLAIN };
enum source_format source_format_parse(struct str name); /* "html", "markdown", "plain"; else it is guessed */
/* Reads bytes from outside. `name` of the file and `url` may be empty. ERR_INVALID: there is no text in it. */
bool original_read(struct str bytes, struct str name, struct str url, enum source_format, int64_t now,
    struct source_text *out, struct arena *, struct error *);
/* An address within a page, made absolute by the page's own (RFC 3986, 5.2); `url` itself where it cannot be. */
struct str address_in(struct str base, struct str url, struct arena *);
struct original_asked {
	struct str bytes, name; /* a text, and its file's name; or */
	struct str url;         /* where the text is from; without a text the address is asked */
	enum source_format format;
};
/* *given false: neither. */
bool original_take(const struct desk_work *, const struct original_asked *, struct source_text *out, bool *given,
    const char **problem);

/* ---- translations (translating.c) ---- */

struct translation_asked {
	struct str lang;    /* into which */
	struct str article; /* of this site, by number, path or address; or empty: `original` */
	struct original_asked original;
	struct str from; /* the language of the original; empty: told by the text */
};
struct translation_begun {
	struct translation t;
	struct source_text s;
	struct article own; /* the version that the site has already; id 0: none */
	int64_t known;      /* the translation that is in the making already; 0: none */
};
/* Reads the original, and asks its address where that is wished. ERR_USAGE: the site has no such language. */
bool translation_prepare(
    const struct desk_work *, const struct translation_asked *, struct translation_begun *out, const char **problem);
/* Starts it, where it is not known: sets out->t.id. A version that the site has is laid beside the original, as drafts. */
bool translation_start(const struct desk_work *, struct store_tx *, struct translation_begun *);
/* Puts what is written into its article, a new one where there is none; `over`: also over what it says by now. ERR_DENIED:
 * the role may not. Sets t->article. */
bool translation_into(const struct desk_work *, struct store_tx *, struct translation *,
    const struct translation_block *, size_t n, bool over, const char **problem);
/* Takes what the article says by now into the blocks. ERR_NOT_FOUND: there is no article. */
bool translation_take(const struct desk_work *, struct store_tx *, const struct translation *,
    const struct translation_block *, size_t n, const char **problem);
/* A run of saves of one translation by one person is one line of the log. */
bool translation_note(const struct desk_work *, struct store_tx *, const struct translation *);
/* What the log calls it: "12 Title". */
struct str translation_object(const struct translation *, struct arena *);
/* The fields that a translation's form has beside its blocks: *problem where one is too long, or no address. */
bool translation_fields_fine(const struct translation *, const char **problem);
/* Names what an article says, as far as the blocks and the preface make it. */
struct str article_made(const struct article *, struct arena *);

/* ---- what a translation lost of a block (checks.c) ---- */

enum missing_kind { MISSING_NUMBER, MISSING_LINK, MISSING_MARK };
struct missing {
	enum missing_kind kind;
	struct str text; /* as the original has it */
};
/* Numbers are compared by what they say (5 million = 500万), links by their address (those of this site by their number,
 * since a translation links to translations), marks of sources by their names. At most MISSING_MAX. An empty target lacks
 * nothing: the block is left out. */
#define MISSING_MAX 8
size_t missing_in(struct str source, struct str target, struct missing out[MISSING_MAX]);

/* ---- agreed words in a block (terms.c) ---- */

struct terms; /* the terms of a language pair, made ready to be found */
struct terms *terms_new(const struct glossary_term *, size_t n, struct arena *);
/* Those that count for a translation: of its pair of languages. */
bool translation_terms(struct store *, const struct translation *, struct terms **out, struct arena *, struct error *);
struct term_hit {
	const struct glossary_term *term;
	bool missing;         /* the translation has none of its words */
	struct str forbidden; /* and this word, which it should not; empty: none */
};
#define TERM_HITS_MAX 24
/* The terms that occur in a block, by its keys (see term_key), in the order of their first places. */
size_t terms_in(const struct terms *, struct str source_key, struct str target_key, struct term_hit out[TERM_HITS_MAX]);

/* The block's HTML with those terms marked where they occur (term_marks.c); `to` is the language of their words, which stand
 * beside them for who cannot see the list. */
bool terms_mark(struct str html, struct str from, struct str to, const struct term_hit *, size_t n, struct str *out,
    struct arena *, struct error *);

/* ---- sources (source_read.c), pages (pages.c) ---- */

/* Fills what is empty in *s from a saved page, or where `html` is empty from the page at its address. */
bool source_read(const struct desk_work *, struct source_record *s, struct str html, const char **problem);

/* Begins a page that stands apart, as a draft; `kind` is "empty" or has a text to start from: "about", "contact",
 * "privacy". `original`: the page that it is a version of; 0: none. *a has title and language, and gets the rest. */
bool desk_page_begin(const struct desk_work *, struct store_tx *, struct article *a, struct str kind, int64_t original,
    const char **problem);

#endif
