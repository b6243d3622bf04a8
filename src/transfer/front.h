/* Private to transfer: what stands before a Markdown text, in the manner of Hugo, Jekyll, Zenn, Qiita and Kairan. */
#ifndef KAIRAN_TRANSFER_FRONT_H
#define KAIRAN_TRANSFER_FRONT_H

#include "transfer/inner.h"

#define FRONT_FIELDS_MAX 500
#define FRONT_LIST_MAX 64

/* A scalar with the names of the maps around it, in lower case: "original.title". A list is the same path again. */
struct front_field {
	struct str path, value;
};

struct front_fields {
	struct front_field *v;
	size_t n;
	struct arena *arena;
};

/* False when there are too many. */
bool front_add(struct front_fields *, struct str path, struct str value);

/* toml.c: the subset that front matter uses: tables, strings, numbers, dates, arrays, inline tables. */
bool toml_read(struct front_fields *, struct str text, size_t first_line, struct error *);

struct front_list {
	struct str v[FRONT_LIST_MAX];
	size_t n;
};

struct front {
	struct str title, slug, date, updated, expiry, summary, translator, preface, lang, status, key;
	struct front_list authors, translators, categories, tags, aliases;
	struct original original;
	int weight; /* 0: none */
	bool draft, hidden, sticky, headless;
};

/* Takes front matter off the start of *body: YAML between ---, TOML between +++, or a JSON object. Where there is none
 * nothing is changed. */
bool front_read(struct front *, struct str *body, struct arena *, struct error *);

#endif
