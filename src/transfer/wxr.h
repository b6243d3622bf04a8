/*
 * Private to transfer: WordPress eXtended RSS 1.0 to 1.2 as a stream of events. Plain or gzip.
 *
 * Held at a time is one item (its fields in the arena given, which is reset before each) and 64 KiB of the file; nothing
 * grows with the file. Bytes that are no UTF-8 and control characters, which real exports hold and XML forbids, are
 * replaced and counted. A document type declaration is refused, and with it every entity of one's own. A gzip file that
 * unpacks to more than WXR_RATIO_MAX times its size is refused.
 */
#ifndef KAIRAN_WXR_H
#define KAIRAN_WXR_H

#include "base/base.h"

#define WXR_MARKS_MAX 256 /* terms on one item */
#define WXR_OLD_SLUGS_MAX 16

/* A category, tag or term of a taxonomy of one's own, as the channel lists it. */
struct wxr_term {
	struct str id, taxonomy, slug, name, parent, description;
	int order;
};

/* A term on an item. */
struct wxr_mark {
	struct str taxonomy, slug, name;
};

struct wxr_item {
	struct str title, link, creator, content, excerpt, id, parent, order, date, date_gmt, modified, modified_gmt,
	    published, name, status, type, password, sticky, attachment;
	struct wxr_mark marks[WXR_MARKS_MAX];
	size_t n_marks, more_marks;
	struct str thumbnail, file, alt, lang, group; /* of its meta fields; lang and group as WPML exports them */
	struct str old_slugs[WXR_OLD_SLUGS_MAX];
	size_t n_old_slugs;
	size_t comments;
	bool cut; /* a field was longer than WXR_FIELD_MAX: it is empty or has its start only */
};

/* An event that returns false ends the reading; it has filled the error. Strings live until the next event. */
struct wxr_events {
	bool (*site)(void *user, struct str url); /* again when a better one is told */
	bool (*author)(void *user, struct str login, struct str name);
	bool (*term)(void *user, const struct wxr_term *);
	bool (*item)(void *user, const struct wxr_item *);
	void (*progress)(void *user, double part); /* of the file, 0 to 1; may be NULL */
};

/* *replaced (may be NULL) is the number of characters that were none. An error names line, column and reason. */
bool wxr_read(
    const char *file, const struct wxr_events *, void *user, uint64_t *replaced, struct arena *, struct error *);

#endif
