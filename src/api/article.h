/* An article as JSON. Private to this module. */
#ifndef KAIRAN_API_ARTICLE_H
#define KAIRAN_API_ARTICLE_H

#include "api/inner.h"

extern const char *const ARTICLE_STATUSES[];
extern const struct api_schema ARTICLE, ARTICLE_ITEM, ARTICLE_NEW, ARTICLE_CHANGE;
extern const struct api_schema ARTICLE_TEXT;  /* of a revision */
extern const struct api_schema ARTICLE_SAVED; /* without the texts, which its sender has */

json_t *article_json(struct api_call *, const struct article *);           /* as ARTICLE says */
json_t *article_item_json(struct api_call *, const struct article_item *); /* as ARTICLE_ITEM says */
struct str article_etag(struct api_call *, const struct article *);
/* Puts what the body says over what the article says. `old` is what it was (zeroes: new). False: refused. */
bool article_fields(struct api_call *, const struct article *old, struct article *);

#endif
