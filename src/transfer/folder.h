/* Private to transfer: what the imports of folders (Markdown, HTML) share. */
#ifndef KAIRAN_TRANSFER_FOLDER_H
#define KAIRAN_TRANSFER_FOLDER_H

#include "transfer/inner.h"

struct folder {
	struct import *im;
	const char *dir;
	struct str *files;
	size_t n;
	size_t at;       /* the file that is being read */
	struct str last; /* its folder, and that folder's category */
	int64_t last_category;
	struct folder_group *groups; /* translations of each other, by key */
	size_t mask;
};

struct folder_format {
	const char *const *endings; /* NULL at the end */
	/* What can be done with a text alone, on the reading thread: the result lives in the arena given, as long as the file
	 * is being saved. May be NULL. */
	void *(*parse)(struct str text, struct arena *, struct error *);
	/* Before the files; may be NULL. */
	bool (*before)(struct folder *);
	/* Saves what one file holds; texts live in im->arena. An error that is no fault of the machine is noted, and the
	 * import goes on. */
	bool (*file)(struct folder *, struct str name, struct str text, const void *parsed);
};

bool folder_import(const struct folder_format *, struct store *, const char *dir, const struct import_options *,
    struct import_summary *, struct arena *kept, struct error *);

/* The category of a file that names none: its folder, inside that folder's parents; 0 at the top. Folders that only hold
 * the site (content, posts, a language, a year) are none. */
bool folder_category(struct folder *, struct str name, int64_t *id);
/* Is this index file alone in its folder (a bundle), which is then the page itself? */
bool folder_is_bundle(const struct folder *, struct str name);
/* The language that a file's name or folder tells ("vpn.en.md", "content/en/vpn.md"), or empty. */
struct str folder_language(struct folder *, struct str name);
/* The file's name without its language and ending: the same for all its translations. */
struct str folder_key(struct folder *, struct str name);
/* Puts an article into the group of this key: a->group_id is set when another language is there already. */
void folder_group(struct folder *, struct str key, struct article *);
void folder_grouped(struct folder *, struct str key, const struct article *); /* after it was saved */
/* Old addresses of a file: its path, without its ending, and for an index its folder's. */
bool folder_redirects(struct folder *, struct str name, int64_t article);

/* A path or address inside the folder: no scheme, no host, not only a fragment. */
bool path_is_local(struct str url);
struct str path_folder(struct str name);                 /* "a/b/c.md": "a/b"; empty at the top */
struct str path_base(struct str name);                   /* "c.md" */
struct str path_stem(struct str base);                   /* "c" */
struct str path_decoded(struct str url, struct arena *); /* without query and fragment, percent-decoded */

/* ahead.c: a thread of its own reads the files in their order, some ahead of who saves them. */
struct ahead_file {
	struct arena *arena;      /* what is below lives here */
	struct str text, charset; /* as UTF-8; what it was, where that was another */
	size_t bad;               /* bytes that were no text */
	bool read;                /* there is a text; else err says why not */
	const void *parsed;       /* NULL with a format that parses: err says why */
	struct error err;
};
struct ahead; /* dir, files and format are borrowed */
struct ahead *ahead_new(
    const struct folder_format *, const char *dir, const struct str *files, size_t n, struct error *);
/* The next file, to be asked for n times; valid until the next call. Waits for it. */
const struct ahead_file *ahead_next(struct ahead *);
void ahead_free(struct ahead *); /* ends the thread; NULL is fine */

#endif
