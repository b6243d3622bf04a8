/* What the files about translations share. Private to store. */
#ifndef KAIRAN_STORE_TRANSLATING_H
#define KAIRAN_STORE_TRANSLATING_H

#include "store/inner.h"

bool translation_on(struct db_conn *, int64_t id, struct translation *, struct arena *, struct error *);
bool translation_blocks_on(
    struct db_conn *, int64_t id, struct translation_block **, size_t *n, struct arena *, struct error *);
/* After any change of the blocks. */
bool translation_count(struct store_tx *, int64_t id, struct error *);
/* After the original changed: are readers to be told? */
bool translation_judge(struct store_tx *, int64_t id, struct error *);
/* What terms are looked for in: the key of the plain text of a block's Markdown. */
struct str target_key(enum doc_block_kind, struct str markdown, struct str lang, struct arena *, struct error *);

#endif
