/* Private to cli: the parts of `kairan campaign`. */
#ifndef KAIRAN_CLI_CAMPAIGN_H
#define KAIRAN_CLI_CAMPAIGN_H

#include "campaign/campaign.h"
#include "cli/cli.h"

#include <stdio.h>

/* ---- campaign_columns.c: one signature as a piece of an export ---- */

enum export_format { EXPORT_CSV, EXPORT_JSON, EXPORT_ACTION_NETWORK, EXPORT_OSDI, EXPORT_FORMATS };
bool export_format_read(const char *name, enum export_format *out);
/* Before the first one, and after the last. */
void export_begin(enum export_format, const struct sealed_head *, struct buf *);
void export_end(enum export_format, struct buf *);
struct str export_between(enum export_format); /* two of them */
/* *left_out: it does not belong into this format. */
bool export_one(enum export_format, const struct sealed_head *, const struct signature *, const struct signing *,
    struct buf *, bool *left_out, struct arena *);

/* ---- campaign_export.c ---- */

struct export_options {
	const char *key, *format, *out, *sealed;
};
int campaign_export(struct cli *, const char *slug, const struct export_options *);
int campaign_sealed(struct cli *, const char *slug, const char *out);
/* Opens `path` for writing as a file that only its owner reads; NULL: standard output. */
FILE *private_file(const char *path, struct error *);
/* The site's campaign of this slug. */
bool find_campaign(struct cli *, const char *slug, struct store **, struct campaign *, struct arena *, struct error *);
void sealed_head_of(const struct campaign *, int64_t count, struct sealed_head *, struct arena *);

/* ---- campaign_verify.c ---- */

int campaign_verify(const char *where, const char *receipt, const char *since);

#endif
