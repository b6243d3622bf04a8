/* The pages about what articles cite. Private to the desk. */
#ifndef KAIRAN_DESK_SOURCES_H
#define KAIRAN_DESK_SOURCES_H

#include "desk/page.h"

bool sources_page(struct desk_page *);
bool source_new_page(struct desk_page *);
bool source_new_send(struct desk_page *);
bool source_page(struct desk_page *);
bool source_send(struct desk_page *);
bool links_page(struct desk_page *);
bool links_send(struct desk_page *);

const char *source_state_label(enum source_state); /* a msgid */
/* A line of a list of sources. */
void source_line(struct desk_page *, struct view_value *list, const struct source_record *);
/* The fields of a form, and what of them is wrong is told by the store. */
struct source_record source_fields(struct desk_page *, const struct source_record *old);
void source_show_fields(struct desk_page *, const struct source_record *);

/* What the editor of an article should know: dead links among its citations, under "dead_links". */
bool source_notices(struct desk_page *, int64_t article);

#endif
