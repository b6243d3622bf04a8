/* The pages about images, and what the article form has of them. Private to the desk. */
#ifndef KAIRAN_DESK_MEDIA_H
#define KAIRAN_DESK_MEDIA_H

#include "desk/page.h"

bool media_page(struct desk_page *); /* the library, and uploading */
bool media_send(struct desk_page *);
bool media_upload(struct desk_page *); /* from a script: one image in, JSON out */
bool image_page(struct desk_page *);   /* one image */
bool image_send(struct desk_page *);

/* ---- media_take.c ---- */

/* Decodes, keeps and notes one image that a form brought; `alt` is its alternative text in `lang`, or empty. False with
 * *problem, a msgid, where the file is not one that can be taken; else with p->err. */
bool media_take(struct desk_page *, const struct web_file *, struct str alt, struct str lang, struct media *out,
    const char **problem);
/* What stands in a text for it. */
struct str media_markdown(struct arena *, const struct media *, struct str alt);
/* A line of the library, under `list`. */
void media_show(struct desk_page *, struct view_value *list, const struct media_about *);

/* ---- media_form.c: in the form of an article ---- */

/* Was the form sent by one of its buttons about images? Then *done, after taking or finding what was asked for; the form is
 * to be shown again. */
bool media_form(struct desk_page *, const struct article *, bool *done);
/* What its editor should know of its images: those without alternative text. */
bool media_notices(struct desk_page *, int64_t article);

#endif
