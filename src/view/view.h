/*
 * view: templates (the Mustache specification, with partials, set delimiters and lambdas for translation),
 * message catalogs (.po) and what a language does to dates and numbers.
 *
 * A theme is compiled once, when it is loaded, and is read-only after that: any number of threads may render
 * from it. Values are plain data made in the request's arena; the engine copies nothing.
 */
#ifndef KAIRAN_VIEW_H
#define KAIRAN_VIEW_H

#include "base/base.h"

/* ---- values ----------------------------------------------------------------------------------------- */

struct view_value; /* string, raw HTML, number, bool, list or object */

struct view_value *view_object(struct arena *);
struct view_value *view_list(struct arena *);

/* Keys are borrowed and must outlive the value (string literals). A NULL object or value is ignored, and what
 * cannot be allocated is left out and remembered in the object: view_failed tells. */
void view_set(struct view_value *object, const char *key, struct view_value *value);
void view_set_str(struct view_value *object, const char *key, struct str text);  /* escaped when rendered */
void view_set_html(struct view_value *object, const char *key, struct str html); /* clean HTML, not escaped by {{ }} */
void view_set_int(struct view_value *object, const char *key, int64_t n);
void view_set_bool(struct view_value *object, const char *key, bool b);
/* Makes an object under the key, or appends one to the list, and returns it. */
struct view_value *view_set_object(struct view_value *object, const char *key);
struct view_value *view_set_list(struct view_value *object, const char *key);
struct view_value *view_push_object(struct view_value *list);
void view_push_str(struct view_value *list, struct str text);
bool view_failed(const struct view_value *root);
/* The value that a JSON text says; for the specification's tests and the theme preview. NULL when malformed. */
struct view_value *view_from_json(struct str json, struct arena *);

/* ---- catalogs --------------------------------------------------------------------------------------- */

struct catalog; /* messages of one language; immutable once loaded */

/* Reads a .po text (UTF-8, msgctxt, plural forms of the usual expressions, fuzzy and obsolete ones skipped).
 * An error names the line. `name` stands in messages. */
struct catalog *catalog_load(struct str po, const char *name, struct error *);
void catalog_free(struct catalog *);
/* The translation, or msgid itself. Borrowed from the catalog. A NULL catalog translates nothing. */
struct str catalog_get(const struct catalog *, struct str msgid);
struct str catalog_plural(const struct catalog *, struct str one, struct str many, int64_t n);
size_t catalog_count(const struct catalog *); /* translated messages */

/* ---- language --------------------------------------------------------------------------------------- */

/* How one language writes things. `lang` is BCP 47; `offset` seconds east of UTC. */
struct str view_date(struct arena *, struct str lang, int64_t t, int offset); /* 2024年5月1日 / 1 May 2024 */
struct str view_number(struct arena *, struct str lang, int64_t n);           /* 1,702 */
struct str view_lang_name(struct str lang);                                   /* in itself: 日本語, English */
/* A date as far as it is known ("2024", "2024-05", "2024-05-01"): 2024年5月 / May 2024. */
struct str view_partial_date(struct arena *, struct str lang, struct str iso);

/* ---- themes ----------------------------------------------------------------------------------------- */

struct theme;

/* Compiles every *.mustache of the built-in theme, or its namesake in `override_dir` (NULL: none), where files
 * of other names may stand too, as partials. A broken template, an unknown partial or a circle of partials is an
 * error with file and line. Other files (style.css, script.js, images) are assets, likewise overridable. */
struct theme *theme_load(const char *override_dir, struct error *);
void theme_free(struct theme *);
/* Renders `name` ("article", without ending) with `data`; {{#_}}text{{/_}} is translated by the catalog:
 * the text between is the msgid; {name} in it is replaced by the (escaped) value of that key. {{#_n}}count|{count}
 * article|{count} articles{{/_n}} chooses the plural by the number under the first word. */
bool theme_render(const struct theme *, const char *name, const struct view_value *data, const struct catalog *,
    struct buf *out, struct error *);
struct theme_asset {
	struct str name; /* "style.css" */
	struct str data;
	struct str type; /* "text/css; charset=utf-8" */
	struct str hash; /* 16 hex digits of its content, for addresses that never change their meaning */
};
const struct theme_asset *theme_asset(const struct theme *, struct str name); /* NULL when absent */
/* True when a file of the override folder changed since loading: `serve --dev` then loads anew. */
bool theme_changed(const struct theme *);

/* One template alone, for tests and fuzzing. Partials are a JSON object's strings, or an empty slice. */
bool view_render_text(struct str template, struct str json, struct str partials_json, struct buf *out, struct error *);

#endif
