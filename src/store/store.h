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
#include "store/draft.h"
#include "store/outbox.h"
#include "store/people.h"
#include "store/programs.h"

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
	struct str other_title; /* what the work is called elsewhere: found by it, not shown; mostly empty */
	struct str preface;     /* the translator's, in `format` */
	struct str body;
	enum doc_format format;
	struct str summary; /* empty: the excerpt serves */
	enum article_status status;
	bool sticky;
	struct str author, translator; /* names as printed */
	struct original original;
	int64_t created_at, updated_at, published_at; /* 0: unknown, now is taken on creation */
	struct str source;         /* path below the imported folder, or original address; empty: written here */
	struct str import_key;     /* identity in its import ("wp:https://example.org/?p=12"); unique; empty: none */
	struct str import_hash;    /* hash of what was imported, so that a second run changes nothing */
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
	bool page; /* stands apart: see page_set */
};

enum article_order { ORDER_NEWEST, ORDER_OLDEST, ORDER_TITLE, ORDER_UPDATED };

struct article_filter {
	struct str lang;      /* the reader's: of each group the version in it, else in the default language, else the
	                         oldest. Empty: every version is an item of its own */
	struct str only_lang; /* only articles of this language */
	int64_t category;     /* with its descendants; 0: all */
	struct str tag;
	struct str title;       /* stands in the title; for the desk (not with `lang` and ARTICLE_PUBLISHED), as are: */
	struct str by;          /* stands in the name of author or translator */
	int64_t writer;         /* made at the desk by this person; 0: whoever */
	int64_t waiting;        /* for this person, to judge, to publish or to mend; 0: whatever */
	bool judges, publishes; /* of `waiting`: what that person may do */
	bool no_pages;          /* without those that stand apart */
	int status;             /* an article_status, or -1: all but the trash; readers' pages ask for ARTICLE_PUBLISHED */
	enum article_order order; /* sticky ones first, but for ORDER_UPDATED */
	size_t offset, limit;     /* limit 0: all */
};
/* *total (may be NULL) is the number without offset and limit. */
bool article_list(struct store *, const struct article_filter *, struct article_item **out, size_t *n, size_t *total,
    struct arena *, struct error *);
/* For programs that read on from where they were, last changed first: those changed before `at`, or then with a lower id;
 * 0 and 0: from the newest. Of the filter only_lang, category, tag, title, status and limit count. */
bool article_list_after(struct store *, const struct article_filter *, int64_t at, int64_t id,
    struct article_item **out, size_t *n, struct arena *, struct error *);
/* Those of a status with the earliest date of publication first: id, language, title and times alone. */
bool article_waiting(struct store *, enum article_status, size_t limit, struct article_item **out, size_t *n,
    struct arena *, struct error *);
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
bool article_texts(
    struct store *, int64_t after, size_t limit, struct article_text **out, size_t *n, struct arena *, struct error *);
/* One article for the index; *published false when readers may not see it (then *out is not set). */
bool article_text_by_id(
    struct store *, int64_t id, struct article_text *out, bool *published, struct arena *, struct error *);

/* ---- categories ------------------------------------------------------------------------------------- */

struct category_name {
	struct str lang, name, description;
};

struct category {
	int64_t id, parent;          /* parent 0: at the top */
	struct str slug;             /* unique; empty: made from the first name */
	int position;                /* order among its siblings, then by id */
	struct category_name *names; /* at least one */
	size_t n_names;
	int64_t articles; /* published, with the descendants', each group once; set by reads */
	struct str import_key;
};

bool category_save(
    struct store_tx *, struct category *, bool *changed, struct arena *, struct error *); /* refuses circles */
/* All, as a tree in reading order: each parent before its children. */
bool category_list(struct store *, struct category **out, size_t *n, struct arena *, struct error *);
bool category_by_slug(struct store *, struct str slug, struct category *out, struct arena *, struct error *);
/* The first of the three that is not empty decides; ERR_NOT_FOUND. A slug also finds what its redirect leads to: then
 * out->slug is another one, and what an import says of the old category is not said of this one. */
bool category_find_tx(struct store_tx *, struct str slug, struct str import_key, struct str name, struct category *out,
    struct arena *, struct error *); /* the first that is not empty decides; ERR_NOT_FOUND */
bool category_of_article(
    struct store *, int64_t article, struct category **out, size_t *n, struct arena *, struct error *);
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
	struct str hash;   /* 32 hex digits of the content that was brought; what is served is a bare re-encoding of it */
	struct str name;   /* file name for the address: /media/HASH/NAME */
	struct str type;   /* by content: image/png, image/jpeg, image/gif, image/webp, image/avif */
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
bool redirect_save(
    struct store_tx *, struct str from, int64_t article, int64_t category, struct str path, struct error *);
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
bool category_move_articles(
    struct store_tx *, const int64_t *articles, size_t n, int64_t from, int64_t into, size_t *moved, struct error *);
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
bool category_entries(struct store *, const struct category_filter *, struct article_item **out, size_t *n,
    size_t *total, struct arena *, struct error *);
bool article_item_by_id(struct store *, int64_t id, struct article_item *out, struct arena *, struct error *);
/* Of these articles (n at most ARTICLE_ITEMS_MAX) those that stand in lists: published, and no page; in the order given. */
#define ARTICLE_ITEMS_MAX 8
bool article_items(struct store *, const int64_t *ids, size_t n, struct article_item **out, size_t *n_out,
    struct arena *, struct error *);

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
bool tag_rename(
    struct store_tx *, struct str from, struct str to, bool merge, size_t *articles, struct arena *, struct error *);
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
bool redirect_check(struct store_tx *, struct str from, const struct redirect *to, enum redirect_fault *,
    struct str *where, struct arena *, struct error *);
bool redirect_delete(struct store_tx *, struct str from, struct error *); /* ERR_NOT_FOUND */

/* ---- settings --------------------------------------------------------------------------------------- */

/* Names such as "name.ja", "greeting.en", "accent", "default_lang", "languages" ("ja en"), "time_zone" ("Asia/Tokyo" or
 * "+09:00"), "base_url". The list with defaults and checks is in settings.c. */
struct settings {
	struct str default_lang;
	struct str *langs; /* interface languages, the default first */
	size_t n_langs;
	struct str base_url;     /* https://help.example.org, no slash at the end; empty: relative where it may be */
	struct str accent;       /* #rrggbb */
	struct str accent_dark;  /* for dark pages; empty: made from the other */
	struct str icon;         /* the path of an image, /media/…; empty: the theme's */
	struct str css_hash;     /* of the site's own CSS (the setting "css"); empty: none */
	const struct zone *zone; /* NULL: always the same offset */
	int time_offset;         /* seconds east of UTC, now; settings_offset tells it for another time */
	size_t page_size;
};
int settings_offset(const struct settings *, int64_t t); /* seconds east of UTC at that time */
/* A time as time_parse reads it, in the site's zone where it names none. */
bool settings_parse_time(const struct settings *, struct str text, int64_t *out);
bool settings_read(struct store *, struct settings *out, struct arena *, struct error *);
/* "name" or "greeting" … in a language: the setting "KEY.LANG", else of the default language, else the built-in text. */
struct str setting_text(struct store *, const char *key, struct str lang, struct arena *);
/* A setting by its whole name, or what it is by default; empty where there is none. */
struct str setting_value(struct store *, struct str name, struct arena *);
bool setting_set(struct store_tx *, struct str name, struct str value, struct error *); /* ERR_INVALID says why */
/* Names all that the settings say now, so that a form can tell whether they changed meanwhile. Empty on failure. */
struct str settings_state(struct store *, struct arena *, struct error *);
/* A menu, "menu_header.ja" or "menu_footer.en": a link a line, address, space, label. Addresses are paths of this site,
 * https, http or mailto. ERR_INVALID and ERR_TOO_LARGE (MENU_LINKS_MAX) name the line. Links are slices of the text. */
struct menu_link {
	struct str url, label;
};
bool menu_parse(struct str text, struct menu_link **out, size_t *n, size_t *line, struct arena *, struct error *);
struct str menu_text(const struct menu_link *, size_t n, struct arena *);
bool setting_list(struct store *, struct str **names, struct str **values, size_t *n, struct arena *, struct error *);

/* ---- pages (page.c) ------------------------------------------------------------------------------------- */

/* A page such as About is an article that stands apart: at an address of its own, in no listing, feed, category or count,
 * and found by search only if it is wished. Makes an article one, or changes whether it is found. */
bool page_set(struct store_tx *, int64_t article, bool found, struct error *);
bool page_is(struct store *, int64_t article, bool *page, struct error *);
struct page_item {
	int64_t id, group_id;
	struct str lang, slug, title;
	enum article_status status;
	int64_t updated_at;
	bool found;
};
/* All of any status, translations together, at most PAGES_MAX. */
bool page_list(struct store *, struct page_item **out, size_t *n, struct arena *, struct error *);

/* ---- what editors know about searching, what readers ask ---- */

#include "store/asking.h"

/* ---- people (people.h: the site's key, accounts, sign-in, sessions, passkeys) --------------------------- */

/* Who did what when. `who` NULL: from the shell. Actions are words such as "article.save"; the object says of what. */
bool audit_add(struct store_tx *, const struct person *who, struct str action, struct str object, struct error *);
struct audit {
	int64_t id, at;
	struct str name, action, object; /* name empty: from the shell */
};
/* Newest first: those with id < before (0: from the newest), at most limit. */
bool audit_list(
    struct store *, int64_t before, size_t limit, struct audit **out, size_t *n, struct arena *, struct error *);

/* ---- writing at the desk -------------------------------------------------------------------------------- */

/* Names all that an editor can change of an article. */
struct str article_state(const struct article *, struct arena *);
/* Reads an article with its categories and tags. */
bool article_whole(struct store *, int64_t id, struct article *out, struct arena *, struct error *);
/* Saves as article_save does, keeps what the article said before and says now as revisions, and notes it in the audit
 * log. `base` is the state that the change was made from: where the article says something else by now, nothing is
 * written, *theirs is what it says, and the error is ERR_CONFLICT. */
bool article_edit(struct store_tx *, struct article *, const struct person *who, struct str base,
    struct article *theirs, bool *changed, struct arena *, struct error *);
/* Did this person write it (make it at the desk)? */
bool article_is_by(struct store *, int64_t article, int64_t person, bool *out, struct error *);

struct revision {
	int64_t id, at;
	struct str name;     /* who saved it; empty: it came from outside the desk */
	struct article text; /* id is the article's; of a list only title and status are set */
};
bool revision_list(struct store *, int64_t article, struct revision **out, size_t *n, struct arena *,
    struct error *); /* newest first */
bool revision_get(struct store *, int64_t article, int64_t id, struct revision *out, struct arena *, struct error *);
/* The newest that says what article_state named; ERR_NOT_FOUND where none was kept. */
bool revision_by_state(
    struct store *, int64_t article, struct str state, struct revision *out, struct arena *, struct error *);

/* ---- translating, glossary ---- */

#include "store/translations.h"

/* ---- the change feed -------------------------------------------------------------------------------- */

enum change_kind {
	CHANGE_ARTICLE = 1, /* its page: anything of it that readers see */
	CHANGE_CATEGORY,    /* its name or place */
	CHANGE_LISTS,       /* id 0: which articles there are, counts, the tree: portal, API */
	CHANGE_UPDATES,     /* anything published is new or edited: feeds, sitemap; id: below which category, 0: at all */
	CHANGE_SETTINGS,    /* id 0: every page */
	CHANGE_MEDIA,
	CHANGE_REDIRECT,     /* id 0 */
	CHANGE_SYNONYMS,     /* id 0: how questions are widened */
	CHANGE_PINS,         /* id 0: what is put first */
	CHANGE_TAG,          /* tag_change_id: which articles its page lists */
	CHANGE_ITEM,         /* what a line about an article shows: title, summary, names */
	CHANGE_LISTING,      /* id: a category's list of articles, its order, its count */
	CHANGE_AROUND,       /* id: a group's versions, or what stands before and after it in lists; 0: of any */
	CHANGE_CAMPAIGN = 30, /* id: its pages; 0: which campaigns there are, and what a line about one shows */
	CHANGE_QUESTION = 40 /* a reader sent it */
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
bool store_backup(struct store *, const char *path, struct error *); /* notes its time */
bool store_backup_time(struct store *, int64_t *at, struct error *); /* of the last one; 0: never */
/* What the database takes on the disk, and what is free there. */
bool store_space(struct store *, int64_t *bytes, int64_t *free_bytes, struct error *);

#include "store/overview.h"
#include "store/flow.h"
#include "store/library.h" /* images */
#include "store/campaigns.h"
#include "store/signatures.h"
#include "store/sources.h" /* what articles cite */

#endif
