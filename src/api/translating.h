/* What the files on translations share. Private to this module. */
#ifndef KAIRAN_API_TRANSLATING_H
#define KAIRAN_API_TRANSLATING_H

#include "api/article.h"

/* A translation with its blocks; as the path names it. */
struct translating {
	struct translation t;
	struct translation_block *blocks;
	size_t n;
};
bool translating_load(struct api_call *, struct translating *);
extern const struct api_schema ORIGINAL_NEW; /* where an original comes from: a text, or an address to be asked */
struct original_asked translating_original(struct api_call *, json_t *object);
/* What somebody can mend becomes a refusal with this status; false always. */
bool translating_told(struct api_call *, const char *problem, int status, const char *pointer);

#endif
