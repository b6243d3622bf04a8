/*
 * image: what the pictures that people bring become before a reader sees them: decoded, turned upright, brought to sRGB,
 * stripped of all that is no picture (EXIF, places, names of cameras and people), bounded, and encoded again in several
 * widths.
 *
 * Libraries that decode pictures are the part of a server that hostile files aim at. So this process never decodes one: it
 * tells type and size by a few bytes of its own reading, and hands the rest to a child, this same program run again, which
 * opens libvips, bounds its memory and time, gives up every system call but those that computing takes (seccomp, where
 * Linux is), and only then looks at the file. What the child answers is not believed either. Without libvips at run time
 * images are kept as they came.
 *
 * Any thread; a call blocks for as long as the child works, so not on an HTTP thread.
 */
#ifndef KAIRAN_IMAGE_H
#define KAIRAN_IMAGE_H

#include "base/base.h"

/* ---- telling what it is (head.c) ---- */

/* Type ("image/png") and size in pixels by content; false for anything but PNG, JPEG, GIF, WebP and AVIF. */
bool image_read(struct str data, struct str *type, int *width, int *height);
/* What a file is that image_read refuses, for a message: "SVG", "HEIC", "PDF", "TIFF", "BMP"; empty: not known. */
struct str image_other_kind(struct str data);
/* "png" for "image/png" and so on; "bin" for what is none of the five. */
const char *image_extension(struct str type);

/* ---- making pictures of it (make.c) ---- */

enum image_want {
	IMAGE_WHOLE = 1, /* the picture in its own format, at most IMAGE_SIDE pixels wide and high */
	IMAGE_SIZES = 2, /* narrower ones as WebP, and as AVIF where the library can */
	IMAGE_LATER = 4  /* with what the machine has to spare */
};

struct image_made {
	struct str type;
	int width, height;
	struct str data;
};

struct image_set {
	struct image_made whole;  /* with IMAGE_WHOLE; its type is the file's */
	struct image_made *sizes; /* narrowest first within a type; may be none */
	size_t n_sizes;
};

/* ERR_INVALID: not one of the five types, or it cannot be decoded. ERR_TOO_LARGE: more than IMAGE_PIXELS_MAX pixels (of
 * all frames together), more than IMAGE_FRAMES_MAX frames, or more work than IMAGE_SECONDS. ERR_UNAVAILABLE: there is no
 * libvips, or the system does not let the child be confined. */
bool image_make(struct str data, unsigned want, struct image_set *out, struct arena *, struct error *);

/* Ends all work that runs and refuses more: for the end of the process. */
void image_give_up(void);

/* What this system can do. */
struct image_powers {
	bool decodes; /* libvips is there and its child can be confined */
	bool webp, avif;
	bool confined; /* by seccomp, beside the limits on memory and time */
};
bool image_powers(struct image_powers *out, struct error *);

/* ---- the child (child.c) ---- */

/* To be called first thing in main: where these are a child's arguments, works and never returns. */
void image_child(int argc, char **argv);

#endif
