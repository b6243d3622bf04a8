/* What the files about campaigns share. Private to this module. */
#ifndef KAIRAN_STORE_CAMPAIGN_H
#define KAIRAN_STORE_CAMPAIGN_H

#include "store/inner.h"

/* ---- campaign.c ---- */
bool campaign_get_on(struct db_conn *, int64_t id, struct campaign *, struct arena *, struct error *);

/* ---- campaign_parts.c: reading ---- */
bool campaign_read_texts(struct db_conn *, struct campaign *, struct arena *, struct error *);
bool campaign_read_parts(struct db_conn *, struct campaign *, struct arena *, struct error *); /* all others */

/* ---- campaign_save_parts.c: writing; `old` is what stands there, zeroes for a new one ---- */
bool campaign_write_parts(
    struct store_tx *, struct campaign *, const struct campaign *old, struct arena *, struct error *);

#endif
