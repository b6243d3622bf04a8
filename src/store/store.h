/*
 * store: the truth. Articles, categories, tags, media, redirects, settings, what editors know about searching, readers'
 * questions, and the change feed that everything derived follows. All SQL on the truth is in this module.
 *
 * Writes happen in a transaction (store_begin … store_commit); each leaves rows in the change feed and keeps the
 * category counts and the rendered documents right, in the same transaction. Reads take a thread's own connection
 * and wait for nobody. What a read returns is copied to the arena given.
 *
 * An article and its translations form a group; listings and counts count a group once.
 */
#ifndef KAIRAN_STORE_H
#define KAIRAN_STORE_H

#include "base/base.h"
#include "doc/doc.h"
#include "image/image.h"
#include "store/outbox.h"
#include "store/people.h"

struct store;
struct store_tx; /* a running write transaction; one a process at a time, others wait */

struct store *store_open(const char *path, bool create, struct error *);
void store_close(struct store *);
struct store_tx *store_begin(struct store *, struct error *);
bool store_commit(struct store_tx *, struct error *); /* false: nothing was written */
void store_rollback(struct store_tx *);               /* NULL is fine */

/* ---- articles --------------------------------------------------------------------------------------- */

enum article_status {
	ARTICLE_DRAFT,
	ARTICLE_REVIEW,
	ARTICLE_SCHEDULED, /* published_at lies ahead; store_tend publishes it */
	ARTICLE_PUBLISHED,
	ARTICLE_PRIVATE,
	ARTICLE_ARCHIVED,
	ARTICLE_TRASHED /* in no listing; only article_trash puts it there, only article_restore takes it out */
};
struct str article_status_name(enum article_status);
bool article_status_parse(struct str name, enum article_status *out); /* "trashed" is none that may be asked for */

/* Of a translation: the work it was made from. */
struct original {
	struct str title, author, publisher, url, date, licence, lang;
};

struct article {
	int64_t id;       /* 0: new */
	int64_t group_id; /* articles that are translations of each other; 0: a new group */
	struct str lang;  /* BCP 47 */
	struct str slug;  /* unique within its language; empty: made from the title */
	struct str title;
	struct str other_title; /* what the work is called elsewhere: it is found by it, but does not show it; mostly empty */
	struct str preface; /* the translator's, in `format` */
	struct str body;
	enum doc_format format;
	struct str summary; /* empty: the excerpt serves */
	enum article_status status;
	bool sticky;
	struct str author, translator; /* names as printed */
	struct original original;
	int64_t created_at, updated_at, published_at; /* 0: unknown, now is taken on creation */
	struct str source;     /* path below the imported folder, or original address; empty: written here */
	struct str import_key; /* identity in its import ("wp:https://example.org/?p=12"); unique; empty: none */
	struct str import_hash; /* hash of what was imported, so that a second run changes nothing */
	const int64_t *categories; /* ids, the first is the main one */
	size_t n_categories;
	const struct str *tags;
	size_t n_tags;
};

/* What is derived from an article when it is saved. */
struct rendered {
	struct str html, preface_html, excerpt, text, preface_text, headings_text, citations_heading, lead_image;
	const struct doc_heading *headings;
	size_t n_headings;
	const struct doc_citation *citations;
	size_t n_citations;
	const struct doc_warning *warnings;
	size_t n_warnings;
	const struct str *media; /* hashes of the images shown, of a fresh rendering */
	size_t n_media;
};

/* Saves a new or a changed article, with categories and tags, and renders it. Makes a free slug where the wished one
 * is taken ("vpn-2"); a published article whose slug changes leaves a redirect. a->id, group_id and slug are set
 * (in the arena). Saving what is already there writes nothing and sets *changed to false (changed may be NULL). */
bool article_save(struct store_tx *, struct article *a, bool *changed, struct arena *, struct error *);
/* Renders anew an article whose links may lead to their goals only now, after an import. A link to an old address (one
 * that starts with a slash and has a redirect) is written as the address its goal has today; the body keeps the old one.
 * *title and *dead (in the arena): its title, and the old addresses that lead nowhere. */
bool article_relink(struct store_tx *, int64_t id, struct str *title, struct str **dead, size_t *n_dead, struct arena *,
    struct error *);
bool article_delete(struct store_tx *, int64_t id, struct error *);
bool article_set_status(struct store_tx *, int64_t id, enum article_status, struct error *); /* ERR_CONFLICT: trash */
/* Makes two articles translations of each other: all of b's group join a's. Refuses two of one language. */
bool article_join(struct store_tx *, int64_t a, int64_t b, struct error *);

/* ERR_NOT_FOUND when there is none. Any status: the caller checks. */
bool article_by_id(struct store *, int64_t id, struct article *out, struct arena *, struct error *);
bool article_by_slug(
    struct store *, struct str lang, struct str slug, struct article *out, struct arena *, struct error *);
bool article_by_import_key(struct store_tx *, struct str key, struct article *out, struct arena *, struct error *);
bool article_rendered(struct store *, int64_t id, struct rendered *out, struct arena *, struct error *);

/* A line of a listing. */
struct article_item {
	int64_t id, group_id;
	struct str lang, slug, title, summary, author, translator, source; /* summary: or the excerpt */
	enum article_status status;
	int64_t published_at, updated_at;
	bool sticky;
};

enum article_order { ORDER_NEWEST, ORDER_OLDEST, ORDER_TITLE, ORDER_UPDATED };

struct article_filter {
	struct str lang;      /* the reader's: of each group the version in it, else in the default language, else the
	                         oldest. Empty: every version is an item of its own */
	struct str only_lang; /* only articles of this language */
	int64_t category;     /* with its descendants; 0: all */
	struct str tag;
	struct str title;     /* stands in the title; for the desk (not with `lang` and ARTICLE_PUBLISHED), as are: */
	struct str by;        /* stands in the name of author or translator */
	int64_t writer;       /* made at the desk by this person; 0: whoever */
	int64_t waiting;      /* for this person, to judge, to publish or to mend; 0: whatever */
	bool judges, publishes; /* of `waiting`: what that person may do */
	int status;           /* an article_status, or -1: all but the trash; readers' pages ask for ARTICLE_PUBLISHED */
	enum article_order order; /* sticky ones first, but for ORDER_UPDATED */
	size_t offset, limit; /* limit 0: all */
};
/* *total (may be NULL) is the number without offset and limit. */
bool article_list(struct store *, const struct article_filter *, struct article_item **out, size_t *n, size_t *total,
    struct arena *, struct error *);
/* For programs that read on from where they were, last changed first: those changed before `at`, or then with a lower id;
 * 0 and 0: from the newest. Of the filter only_lang, category, tag, title, status and limit count. */
bool article_list_after(struct store *, const struct article_filter *, int64_t at, int64_t id, struct article_item **out,
	size_t *n, struct arena *, struct error *);
/* Published translations of an article, itself among them, in the order of lang. */
bool article_translations(
    struct store *, int64_t group_id, struct article_item **out, size_t *n, struct arena *, struct error *);
/* The published translations of an article, without itself. */
bool article_versions(struct store *, int64_t id, struct article_item **out, size_t *n, struct arena *, struct error *);
/* The neighbours in the order of the category's page in that language; id 0 where there is none. */
bool article_neighbours(struct store *, int64_t id, int64_t category, struct str lang, struct article_item *previous,
    struct article_item *next, struct arena *, struct error *);

/* Published articles for the index, in order of id, a page at a time: all with id > after, at most limit. */
struct article_text {
	struct article article; /* body and preface empty: the plain texts are in `rendered` */
	struct rendered rendered;
};
bool article_texts(struct store *, int64_t after, size_t limit, struct article_text **out, size_t *n, struct arena *,
    struct error *);
/* One article for the index; *published false when readers may not see it (then *out is not set). */
bool article_text_by_id(
    struct store *, int64_t id, struct article_text *out, bool *published, struct arena *, struct error *);

/* ---- categories ------------------------------------------------------------------------------------- */

struct category_name {
	struct str lang, name, description;
};

struct category {
	int64_t id, parent; /* parent 0: at the top */
	struct str slug;    /* unique; empty: made from the first name */
	int position;       /* order among its siblings, then by id */
	struct category_name *names; /* at least one */
	size_t n_names;
	int64_t articles; /* published, with the descendants', each group once; set by reads */
	struct str import_key;
};

bool category_save(struct store_tx *, struct category *, bool *changed, struct arena *, struct error *); /* refuses circles */
/* All, as a tree in reading order: each parent before its children. */
bool category_list(struct store *, struct category **out, size_t *n, struct arena *, struct error *);
bool category_by_slug(struct store *, struct str slug, struct category *out, struct arena *, struct error *);
bool category_find_tx(struct store_tx *, struct str slug, struct str import_key, struct str name, struct category *out,
    struct arena *, struct error *); /* the first that is not empty decides; ERR_NOT_FOUND */
bool category_of_article(struct store *, int64_t article, struct category **out, size_t *n, struct arena *, struct error *);
/* Name in the language, else in the default language, else the first. */
const struct category_name *category_name_in(const struct category *, struct str lang, struct str default_lang);
/* A plain recount, for tests and `check`: the problems as lines, or an empty slice. */
struct str store_check(struct store *, struct arena *, struct error *);

struct tag_count {
	struct str name;
	int64_t articles;
};
bool tag_list(struct store *, struct tag_count **out, size_t *n, struct arena *, struct error *);
bool tags_of_article(struct store *, int64_t article, struct str **out, size_t *n, struct arena *, struct error *);

/* ---- media ------------------------------------------------------------------------------------------ */

struct media {
	struct str hash; /* 32 hex digits of the content that was brought; what is served is a bare re-encoding of it */
	struct str name; /* file name for the address: /media/HASH/NAME */
	struct str type; /* by content: image/png, image/jpeg, image/gif, image/webp, image/avif */
	int width, height; /* pixels, 0 unknown */
	struct str data;
	bool is_new; /* set by media_save: it was not there before */
};
/* Keeps an image; the type is told by its content (ERR_INVALID when it is none of the above), the same content is
 * kept once. */
bool media_save(struct store_tx *, struct str name, struct str data, struct media *out, struct arena *, struct error *);
/* The image of this hash, or the one that took its place. */
bool media_find(struct store *, struct str hash, bool with_data, struct media *out, struct arena *, struct error *);

/* ---- redirects -------------------------------------------------------------------------------------- */

/* `from` is a path, percent-decoded, with its query where that matters ("/?p=12"), without a slash at its end. The
 * target is an article (whose address may change later), a category, or a path. */
bool redirect_save(struct store_tx *, struct str from, int64_t article, int64_t category, struct str path, struct error *);
struct redirect {
	int64_t article, category;
	struct str path;
};
/* The form in which an address is kept: of a decoded path and its query as sent. With a query that names an old entry
 * (p, page_id, attachment_id, cat and a number) it is "/?p=12", "/blog/?p=12"; an empty slice where it names none. Without
 * a query: the path without a slash at its end. */
struct str redirect_key(struct arena *, struct str path, struct str query);
/* Looks up an address as it stands in a text, "/a/b/?p=12#part", by the query and then by the path. */
bool redirect_find_url(struct store_tx *, struct str url, struct redirect *out, struct arena *, struct error *);
bool redirect_find(struct store *, struct str from, struct redirect *out, struct arena *, struct error *);
/* The paths that lead to an article: its own, first, and the old ones; at most ARTICLE_PATHS_MAX. */
#define ARTICLE_PATHS_MAX 64
bool article_paths(struct store *, const struct article *, struct str **out, size_t *n, struct arena *, struct error *);
/* The article that a path (percent-decoded) leads to; ERR_NOT_FOUND when it is none. Any status. */
bool article_of_path(struct store *, struct str path, int64_t *id, struct arena *, struct error *);
bool redirect_find_tx(struct store_tx *, struct str from, struct redirect *out, struct arena *, struct error *);

/* ---- care of the tree, the tags, the redirects ------------------------------------------------------------ */

bool category_by_id(struct store *, int64_t id, struct category *out, struct arena *, struct error *);
/* Names the shape of the tree: what stands below what, in which order. A change says which shape it was made from;
 * ERR_CONFLICT when the tree has another one by now. */
bool category_shape(struct store *, struct str *out, struct arena *, struct error *);
bool category_shape_is(struct store_tx *, struct str shape, struct arena *, struct error *);
/* Puts a category below `parent` (0: at the top) before its child `before` (0: last). ERR_INVALID for a circle,
 * ERR_TOO_LARGE past CATEGORY_DEPTH_MAX, ERR_CONFLICT when `before` stands elsewhere. */
bool category_place(struct store_tx *, int64_t id, int64_t parent, int64_t before, struct error *);
/* Moves articles, each with its translations, out of `from` (0: those that stand in none) into `into` (0: into none). Where
 * it stood among an article's categories stays. *moved counts groups; what is not in `from` any more is left alone. */
bool category_move_articles(struct store_tx *, const int64_t *articles, size_t n, int64_t from, int64_t into, size_t *moved,
	struct error *);
/* All of `from` goes into `into`: its articles, what stands below it, its redirects, its own address. ERR_INVALID when
 * `into` stands below `from`. */
bool category_merge(struct store_tx *, int64_t from, int64_t into, size_t *moved, struct error *);
/* Its children take its place, its articles go into `into` (0: out of it), its address leads there, or to its parent. */
bool category_delete(struct store_tx *, int64_t id, int64_t into, size_t *moved, struct error *);
/* What stands right in a category, drafts as well: of each group one version. Newest first. */
struct category_filter {
	int64_t category;       /* 0: articles without any */
	struct str lang, title; /* preferred language; words of the title */
	size_t offset, limit;   /* limit 0: all */
};
bool category_entries(struct store *, const struct category_filter *, struct article_item **out, size_t *n, size_t *total,
	struct arena *, struct error *);
bool article_item_by_id(struct store *, int64_t id, struct article_item *out, struct arena *, struct error *);

struct tag_use {
	struct str name;
	int64_t articles, uses; /* published, each group once; articles of any status */
};
struct tag_filter {
	struct str text; /* stands in the name */
	bool by_use;     /* the most used first, else by name */
	size_t offset, limit;
};
bool tag_find(struct store *, const struct tag_filter *, struct tag_use **out, size_t *n, size_t *total, struct arena *,
	struct error *);
bool tag_get(struct store *, struct str name, struct tag_use *out, struct error *); /* ERR_NOT_FOUND: nobody bears it */
/* ERR_EXISTS when there is a tag `to` and `merge` is false; ERR_INVALID for what is no tag. The old page leads to the new
 * one. *articles counts those that bore the old one. */
bool tag_rename(struct store_tx *, struct str from, struct str to, bool merge, size_t *articles, struct arena *,
	struct error *);
/* Takes it off all articles; its page leads to a search for the word. */
bool tag_delete(struct store_tx *, struct str name, size_t *articles, struct arena *, struct error *);
int64_t tag_change_id(struct str tag); /* of CHANGE_TAG */

struct redirect_row {
	struct str from;
	struct redirect to;
	struct str title; /* of the article */
};
/* Those with the text in either address, by the old one. */
bool redirect_list(struct store *, struct str text, size_t offset, size_t limit, struct redirect_row **out, size_t *n,
	size_t *total, struct arena *, struct error *);
/* The form in which an old address is kept: of a path or a whole URL as people copy them. Empty for what is none. */
struct str redirect_source(struct str address, struct arena *);
bool redirect_path_is_safe(struct str path); /* it starts with one slash, and no browser takes it for another host */
/* What an address of this site, as people copy it, is: an article, a category, else a path. ERR_INVALID: of no page here. */
bool redirect_target(struct store_tx *, struct str address, struct redirect *out, struct arena *, struct error *);
enum redirect_fault {
	REDIRECT_FINE,
	REDIRECT_LOOP,  /* it leads back to itself */
	REDIRECT_CHAIN, /* the goal is itself an old address, which leads to `where` */
	REDIRECT_LINKED /* the old address is itself what `where` leads to */
};
/* ERR_NOT_FOUND when the goal is gone. */
bool redirect_check(struct store_tx *, struct str from, const struct redirect *to, enum redirect_fault *, struct str *where,
	struct arena *, struct error *);
bool redirect_delete(struct store_tx *, struct str from, struct error *); /* ERR_NOT_FOUND */

/* ---- settings --------------------------------------------------------------------------------------- */

/* Names such as "name.ja", "greeting.en", "accent", "default_lang", "languages" ("ja en"), "time_zone" (seconds or
 * "+09:00"), "base_url". The list with defaults and checks is in settings.c. */
struct settings {
	struct str default_lang;
	struct str *langs; /* interface languages, the default first */
	size_t n_langs;
	struct str base_url; /* https://help.example.org, no slash at the end; empty: relative where it may be */
	struct str accent;   /* #rrggbb */
	int time_offset;     /* seconds east of UTC */
	size_t page_size;
};
bool settings_read(struct store *, struct settings *out, struct arena *, struct error *);
/* "name" or "greeting" … in a language: the setting "KEY.LANG", else of the default language, else the built-in text. */
struct str setting_text(struct store *, const char *key, struct str lang, struct arena *);
/* A setting that is in no language; empty where it is not set. */
struct str setting_value(struct store *, const char *name, struct arena *);
bool setting_set(struct store_tx *, struct str name, struct str value, struct error *); /* ERR_INVALID says why */
bool setting_list(struct store *, struct str **names, struct str **values, size_t *n, struct arena *, struct error *);

/* ---- searching: synonyms, pinned answers --------------------------------------------------------------- */

/* The form in which questions are compared: folded as the index folds, white space made one space, marks at the end
 * off. Empty for what holds nothing but marks. */
struct str query_normal(struct str query, struct arena *);

/* Words that mean the same: each finds what any other of them finds. Or, one way, the first also finds what the others
 * find, but not the other way round (a narrower word finds the wider). */
struct synonym {
	int64_t id;      /* 0: new */
	struct str lang; /* of the questions it counts for; empty: all */
	bool one_way;
	const struct str *words; /* at least two, at most SYNONYM_WORDS_MAX; as written, trimmed */
	size_t n_words;
};
/* All, in the order of coming. */
bool synonym_list(struct store *, struct synonym **out, size_t *n, struct arena *, struct error *);
/* Saves a new or a changed one and sets its id. One that is there already writes nothing and gets the id of the other;
 * *changed (may be NULL) tells. ERR_INVALID for one word alone, ERR_TOO_LARGE past SYNONYMS_MAX. */
bool synonym_save(struct store_tx *, struct synonym *, bool *changed, struct arena *, struct error *);
bool synonym_delete(struct store_tx *, int64_t id, struct error *); /* ERR_NOT_FOUND */
/* Reads a line: "a, b, c" or, one way, "a => b, c"; commas may be Japanese ones. *found is false for an empty line and
 * a comment (#). Words are slices of the line; out->lang stays as it was. */
bool synonym_parse(struct str line, struct synonym *out, bool *found, struct arena *, struct error *);
struct str synonym_text(const struct synonym *, struct arena *); /* such a line */

/* Articles that editors put first for a question. */
struct pin {
	int64_t id;
	struct str query;  /* as written; compared by query_normal */
	const int64_t *articles; /* in their order, at most PIN_ARTICLES_MAX; any status */
	size_t n_articles;
};
bool pin_list(struct store *, struct pin **out, size_t *n, struct arena *, struct error *);
/* Takes the place of what was pinned to the same question, and sets pin->id. ERR_NOT_FOUND for an article that is not
 * there, ERR_INVALID for an empty question or list. */
bool pin_save(struct store_tx *, struct pin *, struct arena *, struct error *);
bool pin_delete(struct store_tx *, int64_t id, struct error *); /* ERR_NOT_FOUND */
/* What a reader of `lang` is shown for the question: of each pinned article the version in that language (as listings
 * choose it), published ones only. Nothing pinned is no error: *n is 0. */
bool pin_find(struct store *, struct str query, struct str lang, int64_t **articles, size_t *n, struct arena *, struct error *);
/* The same for articles that are not pinned yet. */
bool pin_versions(struct store *, const int64_t *articles, size_t n_articles, struct str lang, int64_t **out, size_t *n,
	struct arena *, struct error *);

/* ---- readers' questions, searches in vain -------------------------------------------------------------- */

/* A question that a reader sent to the editors. Nothing about the sender is kept, not even the hour. */
struct question {
	int64_t id;
	struct str lang; /* of the page it was sent from */
	struct str text;
	struct str day;  /* "2026-05-01", UTC; of the last time it was sent */
	int64_t times;   /* it was sent, word for word */
};
/* Newest first. */
bool question_list(struct store *, struct question **out, size_t *n, struct arena *, struct error *);
/* Keeps one. ERR_INVALID when empty, ERR_TOO_LARGE over QUESTION_MAX, ERR_CONFLICT when too many come at once (all
 * senders share one allowance, so that none needs to be told apart) or QUESTIONS_KEPT are waiting. */
bool question_add(struct store_tx *, struct str text, struct str lang, int64_t now, struct error *);
bool question_delete(struct store_tx *, int64_t id, struct error *); /* ERR_NOT_FOUND */

/* A question that found nothing. It is kept once it came in UNANSWERED_HOURS separate hours; before that memory alone
 * holds a keyed hash of it. Never blocks, never fails: what does not fit is forgotten. */
void unanswered_note(struct store *, struct str query, int64_t now);
/* Writes what has come to be kept; nothing to write takes no transaction. For the follower, now and then. */
bool unanswered_flush(struct store *, struct error *);
struct unanswered {
	struct str query; /* normalised */
	int64_t searches; /* as far as they were counted: what memory held is lost at a restart */
	struct str first_day, last_day;
};
/* Takes one off the list for good, however often it comes back. ERR_NOT_FOUND. */
bool unanswered_dismiss(struct store_tx *, struct str query, struct error *);
/* Most searches first; without those that were dismissed. */
bool unanswered_list(struct store *, struct unanswered **out, size_t *n, struct arena *, struct error *);

/* ---- people (people.h: the site's key, accounts, sign-in, sessions, passkeys) --------------------------- */

/* Who did what when. `who` NULL: from the shell. Actions are words such as "article.save"; the object says of what. */
bool audit_add(struct store_tx *, const struct person *who, struct str action, struct str object, struct error *);
struct audit {
	int64_t id, at;
	struct str name, action, object; /* name empty: from the shell */
};
/* Newest first: those with id < before (0: from the newest), at most limit. */
bool audit_list(struct store *, int64_t before, size_t limit, struct audit **out, size_t *n, struct arena *, struct error *);

/* ---- tokens of programs ---------------------------------------------------------------------------------- */

/* What a program that has a token may do, as far as the role of the token's person allows it too. */
enum scope {
	SCOPE_ARTICLES_READ, /* of any status, with revisions */
	SCOPE_ARTICLES_WRITE,
	SCOPE_ARTICLES_PUBLISH, /* also what readers notice */
	SCOPE_MEDIA,
	SCOPE_STRUCTURE, /* categories, tags, redirects */
	SCOPE_SEARCH,    /* synonyms, pinned answers, questions, searches in vain */
	SCOPE_SETTINGS,
	SCOPE_PEOPLE,
	SCOPE_LOG,
	SCOPE_WEBHOOKS,
	SCOPES
};
struct str scope_name(enum scope); /* "articles:read" */
bool scope_parse(struct str name, enum scope *out);
/* Names between spaces or commas, as bits; ERR_INVALID names the one that is none. */
bool scopes_parse(struct str names, unsigned *out, struct error *);
struct str scopes_names(unsigned scopes, struct arena *);

struct access_token {
	int64_t id, person;
	struct str name; /* what for, as its person says */
	unsigned scopes; /* bits of enum scope */
	int64_t created_at, expires_at; /* expires_at 0: never */
	struct str used_day; /* "2026-05-01", UTC; empty: not yet */
};
/* Makes one and gives the secret, which is kept nowhere but as a hash. ERR_INVALID without name or scopes or with an end
 * that has passed, ERR_TOO_LARGE over TOKENS_EACH. */
bool access_token_add(struct store_tx *, struct access_token *, int64_t now, struct str *secret, struct arena *, struct error *);
bool access_token_list(struct store *, int64_t person, struct access_token **out, size_t *n, struct arena *, struct error *); /* newest first */
bool access_token_remove(struct store_tx *, int64_t person, int64_t id, struct error *); /* ERR_NOT_FOUND: not this person's */
/* ERR_NOT_FOUND: none, or past its end. */
bool access_token_find(struct store *, struct str secret, int64_t now, struct access_token *out, struct person *who, struct arena *,
	struct error *);
/* Notes the day; takes a transaction of its own when it is another one. */
bool access_token_touch(struct store *, const struct access_token *, int64_t now, struct error *);

/* A request that is sent again under the same key is done once, for a day (ONCE_SECONDS). */
enum once_state {
	ONCE_FIRST, /* nobody has begun: go on */
	ONCE_BUSY,  /* somebody is at it */
	ONCE_OTHER, /* the key was used for another request */
	ONCE_LOST,  /* it was done, but what came of it is not known */
	ONCE_KNOWN  /* it was done: here is the answer */
};
struct once {
	enum once_state state;
	int status;
	struct str location, etag, answer;
};
/* `request` is a hash of what is asked. Takes a transaction of its own. */
bool once_begin(struct store *, int64_t token, struct str key, struct str request, int64_t now, struct once *out,
	struct arena *, struct error *);
/* Within the transaction that does it: from now on it counts as done. */
bool once_done(struct store_tx *, int64_t token, struct str key, struct error *);
/* What is answered, whether it was done or not: a refusal that changed nothing is forgotten, so that it can be tried again. */
bool once_end(struct store *, int64_t token, struct str key, const struct once *answer, struct error *);

/* ---- writing at the desk -------------------------------------------------------------------------------- */

/* Names all that an editor can change of an article. */
struct str article_state(const struct article *, struct arena *);
/* Reads an article with its categories and tags. */
bool article_whole(struct store *, int64_t id, struct article *out, struct arena *, struct error *);
/* Saves as article_save does, keeps what the article said before and says now as revisions, and notes it in the audit
 * log. `base` is the state that the change was made from: where the article says something else by now, nothing is
 * written, *theirs is what it says, and the error is ERR_CONFLICT. */
bool article_edit(struct store_tx *, struct article *, const struct person *who, struct str base, struct article *theirs,
	bool *changed, struct arena *, struct error *);
/* Did this person write it (make it at the desk)? */
bool article_is_by(struct store *, int64_t article, int64_t person, bool *out, struct error *);

struct revision {
	int64_t id, at;
	struct str name;     /* who saved it; empty: it came from outside the desk */
	struct article text; /* id is the article's; of a list only title and status are set */
};
bool revision_list(struct store *, int64_t article, struct revision **out, size_t *n, struct arena *, struct error *); /* newest first */
bool revision_get(struct store *, int64_t article, int64_t id, struct revision *out, struct arena *, struct error *);

/* ---- translating ---------------------------------------------------------------------------------------- */

/* A translation in the making is written block by block beside a frozen copy of its original. What is written is put into
 * an ordinary article, whose readers are told when the original has moved on since. */

enum block_state {
	BLOCK_OPEN,
	BLOCK_DRAFT,
	BLOCK_DONE,   /* without text: left out on purpose */
	BLOCK_CHANGED /* was done, and then the original said something else */
};
struct str block_state_name(enum block_state); /* "open" */

struct translation_block {
	int64_t id;
	struct doc_block source; /* markdown empty: the original has it no longer. text is not set by reads */
	struct str was;          /* what the original said when this was written, where it says something else now */
	struct str target;       /* Markdown, without the block's lead */
	enum block_state state;
	struct str source_key, target_key; /* term_key of their plain texts */
};

struct translation {
	int64_t id;
	int64_t article;        /* what is made of it; 0: nothing yet */
	int64_t source_article; /* of this site, that it is made from; 0: from elsewhere */
	struct str lang;
	struct str preface, author, translator;
	struct original original; /* its lang is the language translated from */
	/* set by reads: */
	struct str title;      /* of the translation, else of the original */
	struct str made;       /* names the text that was put into the article last; empty: none */
	int64_t behind_at;     /* since when readers are told that the original moved on; 0: they are not */
	struct str started_by; /* name */
	int64_t created_at, updated_at;
	int64_t blocks, done, changed; /* counts */
};

/* An original as it came. */
struct original_copy {
	int64_t id, at;
	struct str url, type, name; /* name: of the file; empty: none */
	struct str hash;            /* BLAKE2b of 32 bytes as hex; set when it is saved */
	int64_t size;
	struct str data;            /* of a list: empty */
	struct original about;      /* what its metadata says; url is not used */
};

/* What the blocks and the copy of an article of this site are. */
bool translation_source(
    const struct article *, struct original_copy *, struct doc_block **, size_t *n, struct arena *, struct error *);
/* Starts one and sets t->id. The original's title becomes the first block. ERR_TOO_LARGE over TRANSLATION_BLOCKS_MAX. */
bool translation_new(struct store_tx *, struct translation *t, const struct original_copy *, const struct doc_block *, size_t n,
    struct arena *, struct error *);
bool translation_get(struct store *, int64_t id, struct translation *out, struct arena *, struct error *);
bool translation_blocks(
    struct store *, int64_t id, struct translation_block **out, size_t *n, struct arena *, struct error *);
/* The one that makes an article, or (source) one of those from it; *id 0: there is none. */
bool translation_of_article(struct store *, int64_t article, int64_t *id, struct error *);
bool translation_list(struct store *, size_t offset, size_t limit, struct translation **out, size_t *n, struct arena *,
    struct error *); /* latest change first */
/* Those whose readers are told that the original moved on, longest first. */
bool translations_behind(struct store *, size_t limit, struct translation **out, size_t *n, struct arena *, struct error *);
bool translation_copies(
    struct store *, int64_t id, struct original_copy **out, size_t *n, struct arena *, struct error *); /* newest first */
bool translation_copy_get(
    struct store *, int64_t id, int64_t copy, struct original_copy *out, struct arena *, struct error *);
bool translation_delete(struct store_tx *, int64_t id, struct error *); /* the article stays */

/* What a form says of a block. `stamp` is block_stamp of what the form was made from. */
struct block_edit {
	int64_t id;
	struct str stamp, target;
	bool done;
};
struct str block_stamp(const struct translation_block *, struct arena *);
struct str translation_stamp(const struct translation *, struct arena *); /* of its own fields */
/* Saves what the form changed, and only that: what it left as it was stays as others have it by now. Where both changed a
 * block nothing is written to it and its id is among the conflicts. `t` has the fields and `stamp` that of the form; with
 * stamp empty they are not looked at. *changed: anything was written. */
bool translation_save(struct store_tx *, const struct translation *t, struct str stamp, const struct block_edit *, size_t n,
    int64_t *conflicts, size_t *n_conflicts, bool *changed, struct arena *, struct error *);
/* The original says something else: takes in the copy and its blocks. Blocks keep their translations. */
bool translation_renew(struct store_tx *, int64_t id, const struct original_copy *, const struct doc_block *, size_t n,
    struct arena *, struct error *);
/* Declares that what changed in the original does not matter: nothing is marked any more, readers are told nothing. */
bool translation_settle(struct store_tx *, int64_t id, struct error *);
/* Notes what was put into which article. Readers are told nothing more when nothing is left to do. */
bool translation_put(struct store_tx *, int64_t id, int64_t article, struct str made, struct error *);

/* What readers of an article are told; *behind_at 0: nothing. */
struct translation_notice {
	int64_t behind_at, source_article;
	struct str url; /* of an original elsewhere */
	struct str source_lang, source_slug; /* of a published one of this site; empty: none */
};
bool translation_notice(struct store *, int64_t article, struct translation_notice *out, struct arena *, struct error *);

/* Which old text each new one continues: from[j] is an index of `old`, each at most once, or ALIGN_NEW. Equal texts first,
 * in their order; between them the likest; then what moved. */
#define ALIGN_NEW SIZE_MAX
bool align_texts(
    const struct str *old, size_t n, const struct str *new_texts, size_t m, size_t *from, struct arena *, struct error *);

/* ---- glossary ------------------------------------------------------------------------------------------- */

struct glossary_term {
	int64_t id; /* 0: new */
	struct str source_lang, lang;
	struct str term;
	struct str word;      /* the agreed translation; several that will do have "|" between them, the best first */
	struct str forbidden; /* likewise: what must not be written for it; may be empty */
	struct str note, category;
	struct str key, word_keys, forbidden_keys; /* set by reads; of several, one a line */
};
/* The form in which terms are compared with texts: for scripts that write spaces the stems with a space before and after
 * each, else the folded text without spaces. A term occurs in a text when its key stands in the text's. */
struct str term_key(struct str text, struct str lang, struct arena *);
/* ERR_INVALID without term, word or languages; ERR_TOO_LARGE over a limit; ERR_EXISTS when another has this term. */
bool term_save(struct store_tx *, struct glossary_term *, struct arena *, struct error *);
/* Takes the place of what has the same term and languages; sets *changed. */
bool term_import(struct store_tx *, struct glossary_term *, bool *changed, struct arena *, struct error *);
bool term_get(struct store *, int64_t id, struct glossary_term *out, struct arena *, struct error *);
bool term_delete(struct store_tx *, int64_t id, struct error *); /* ERR_NOT_FOUND */
struct term_filter {
	struct str source_lang, lang; /* empty: all */
	struct str words;             /* stand in term, word or note */
	size_t offset, limit;         /* limit 0: all */
};
bool term_list(struct store *, const struct term_filter *, struct glossary_term **out, size_t *n, size_t *total, struct arena *,
    struct error *); /* by term */

/* ---- the change feed -------------------------------------------------------------------------------- */

enum change_kind {
	CHANGE_ARTICLE = 1, /* its page: anything of it that readers see */
	CHANGE_CATEGORY,    /* its name or place */
	CHANGE_LISTS,       /* id 0: which articles there are, counts, the tree: portal, API */
	CHANGE_UPDATES,     /* anything published is new or edited: feeds, sitemap; id: below which category, 0: at all */
	CHANGE_SETTINGS,    /* id 0: every page */
	CHANGE_MEDIA,
	CHANGE_REDIRECT,    /* id 0 */
	CHANGE_SYNONYMS,    /* id 0: how questions are widened */
	CHANGE_PINS,        /* id 0: what is put first */
	CHANGE_TAG,         /* tag_change_id: which articles its page lists */
	CHANGE_ITEM,        /* what a line about an article shows: title, summary, names */
	CHANGE_LISTING,     /* id: a category's list of articles, its order, its count */
	CHANGE_AROUND       /* id: a group's versions, or what stands before and after it in lists; 0: of any */
};
struct change {
	int64_t seq;
	enum change_kind kind;
	int64_t id;
};
/* Changes with seq > after, in order, at most limit. */
bool change_list(
    struct store *, int64_t after, size_t limit, struct change **out, size_t *n, struct arena *, struct error *);
bool change_last(struct store *, int64_t *seq, struct error *);
/* The oldest change still kept (0: none): who has not seen the one before it must start anew. */
bool change_first(struct store *, int64_t *seq, struct error *);
/* Moves when something was committed here or by another process: ask it, then read the feed. */
int64_t store_signal(struct store *);
/* Blocks until the signal differs from `last`, at most `ms`; commits of this process wake it at once. */
int64_t store_wait(struct store *, int64_t last, int ms);

/* Names this database for ever (random, made with it): tells an index of another site apart. */
struct str store_identity(struct store *, struct arena *);
bool store_backup(struct store *, const char *path, struct error *);

#include "store/flow.h"
#include "store/library.h" /* images */
#include "store/sources.h" /* what articles cite */

#endif
