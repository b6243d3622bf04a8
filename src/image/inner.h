/* What the files of image share. Private to this module. */
#ifndef KAIRAN_IMAGE_INNER_H
#define KAIRAN_IMAGE_INNER_H

#include "image/image.h"

#define CHILD_ARGUMENT "image-child"
#define WANT_POWERS 8 /* beside enum image_want: says what it can, and decodes nothing */

/* The child's exit statuses. */
enum child_end { CHILD_DONE = 0, CHILD_BROKEN = 10, CHILD_LARGE, CHILD_NO_LIBRARY, CHILD_UNCONFINED };

/* What the child writes before each picture's bytes. Numbers as this machine has them: both ends are one program. */
enum record_kind { RECORD_WHOLE = 1, RECORD_SIZE, RECORD_POWERS };
struct record {
	uint32_t kind, bytes;
	uint32_t powers; /* of RECORD_POWERS: 1 WebP, 2 AVIF, 4 confined */
};

/* ---- child.c ---- */
const char *child_program(void); /* the name that this program was called by */

/* ---- webp.c ---- */
struct str webp_bare(
    struct str data, struct arena *); /* without the chunks that are no picture; p NULL without memory */

/* ---- confine.c ---- */
void confine_limits(bool later);  /* before anything of the library is loaded */
bool confine_calls(bool *filter); /* after it; false where that was refused. *filter: by seccomp */

/* ---- decode.c: the library, in the child alone ---- */
bool decode_open(void); /* finds libvips and takes from it all loaders but those of the five types */
uint32_t decode_powers(void);
typedef bool (*decode_emit)(enum record_kind, const void *bytes, size_t n);
/* Hands each picture to `emit` as soon as it is made. */
enum child_end decode_run(struct str data, unsigned want, decode_emit emit);

#endif
