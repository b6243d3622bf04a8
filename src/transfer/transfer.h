/*
 * transfer: brings articles in from a WordPress export, a folder of Markdown, a folder of HTML.
 *
 * Each import is one transaction: it comes in whole or not at all. A second run changes nothing; after an edit only what
 * differs is written (articles are known again by `import_key`). What cannot be carried over is listed, never hidden.
 */
#ifndef KAIRAN_TRANSFER_H
#define KAIRAN_TRANSFER_H

#include "store/store.h"

#define PROBLEMS_MAX 1000

struct import_problem {
	struct str where, what;
};

struct import_summary {
	/* Of media and redirects, those that were not there before. */
	size_t new_articles, changed_articles, same_articles, categories, media, redirects, comments_left_out,
	    shortcodes_dropped;
	size_t attachments, blocks_dropped; /* of a WordPress export: listed in it; of the block editor, left nothing */
	struct import_problem problems[PROBLEMS_MAX];
	size_t n_problems, more_problems;
	double seconds;
};

struct import_options {
	const char *uploads; /* a copy of wp-content/uploads, or NULL */
	const char *types;   /* further post types that hold articles, separated by commas, or NULL */
	void (*progress)(void *user, size_t articles, double part); /* part of the file that is read, 0 to 1; may be NULL */
	void *user;
};

/* Texts of the summary live in the arena. */
bool import_wordpress(struct store *, const char *file, const struct import_options *, struct import_summary *,
    struct arena *, struct error *);
bool import_markdown(struct store *, const char *dir, const struct import_options *, struct import_summary *,
    struct arena *, struct error *);
bool import_html(struct store *, const char *dir, const struct import_options *, struct import_summary *,
    struct arena *, struct error *);
/* A campaign as docs/campaigns.md describes its file; one with the same slug is changed. `public_key`: in place of what the file
 * says, where it is not empty. What it became is in *out. ERR_INVALID says where and what. */
bool import_campaign(
    struct store *, struct str json, struct str public_key, struct campaign *out, struct arena *, struct error *);

#endif
