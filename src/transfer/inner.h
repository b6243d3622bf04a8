/* Private to transfer: what the importers share. */
#ifndef KAIRAN_TRANSFER_INNER_H
#define KAIRAN_TRANSFER_INNER_H

#include "transfer/transfer.h"

#include <yaml.h>

struct import {
	struct store *store;
	struct store_tx *tx;
	const struct import_options *options;
	struct import_summary *sum;
	struct arena *kept;  /* for the whole import */
	struct arena *arena; /* for one article */
	struct error *err;
	struct settings settings;
};

bool import_begin(struct import *, struct store *, const struct import_options *, struct import_summary *,
    struct arena *, struct error *);
bool import_end(struct import *, bool ok, uint64_t started); /* commits or rolls back */
void import_note(struct import *, struct str where, const char *what, struct str detail);
/* Saves an article that is known by its import_key; counts it. One whose source says what it said before stays as it is,
 * with all that was edited here since. Sets id, group, language and slug. */
bool import_article(struct import *, struct article *);
/* The category of this name (and slug), made where there is none. */
bool import_category(struct import *, struct str slug, struct str name, int64_t parent, int64_t *id);
/* The category of this import_key, else of this slug and name, made where there is none; sets id and slug. What the export
 * declares of one that it made itself, it also changes. */
bool import_category_whole(struct import *, struct category *, bool declared);
bool import_redirect(struct import *, struct str from, int64_t article);
/* To an article, a category or a path. Of two articles that claim an address the later one has it. */
bool import_redirect_to(struct import *, struct str from, int64_t article, int64_t category, struct str path);
/* categories.c: the categories that a folder's categories.yaml lists; fine where there is none. */
bool import_categories(struct import *, const char *dir);
/* The one of the site's languages that the text is in; the default one where it seems to be in none of them. */
struct str import_language(struct import *, struct str text);
/* Reads an image beside a file into the store, and counts it where it was not there; the address, or empty. */
struct str import_image(struct import *, const char *dir, struct str path);

/* yaml.c: reads one document, which the caller deletes; `what` and the line stand in an error. */
bool yaml_read(yaml_document_t *, struct str text, const char *what, size_t first_line, struct error *);
struct str yaml_text(yaml_document_t *, int node, struct arena *); /* of a scalar, well-formed; else empty */

/* files.c: the files below a folder, sorted; links are not followed. */
bool files_below(
    const char *dir, const char *const *endings, struct str **out, size_t *n, struct arena *, struct error *);
bool file_text(const char *dir, struct str name, struct str *out, struct arena *, struct error *);
struct str path_join(
    struct arena *, struct str base_file, struct str relative); /* normalised; empty when it leaves the folder */

#endif
