#include "image/inner.h"

#include <dlfcn.h>
#include <math.h>
#include <string.h>
#include <vips/vips.h>

/* libvips, opened by name: a server that answers readers never has it, its loaders and their hundred libraries in its
 * memory. */

gboolean vips_vector_isenabled(void);
void vips_vector_set_enabled(gboolean); /* of a private header before 8.15 */

#define FUNCTIONS(X)              \
	X(vips_init)                  \
	X(vips_concurrency_set)       \
	X(vips_cache_set_max)         \
	X(vips_block_untrusted_set)   \
	X(vips_operation_block_set)   \
	X(vips_vector_set_enabled)    \
	X(vips_image_new_from_buffer) \
	X(vips_image_get_width)       \
	X(vips_image_get_height)      \
	X(vips_image_get_page_height) \
	X(vips_image_get_n_pages)     \
	X(vips_image_get_typeof)      \
	X(vips_image_hasalpha)        \
	X(vips_image_copy_memory)     \
	X(vips_image_get_fields)      \
	X(vips_image_remove)          \
	X(vips_thumbnail_buffer)      \
	X(vips_thumbnail_image)       \
	X(vips_colourspace)           \
	X(vips_cast)                  \
	X(vips_copy)                  \
	X(vips_black)                 \
	X(vips_jpegsave_buffer)       \
	X(vips_pngsave_buffer)        \
	X(vips_gifsave_buffer)        \
	X(vips_webpsave_buffer)       \
	X(vips_heifsave_buffer)       \
	X(g_object_unref)             \
	X(g_free)                     \
	X(g_strfreev)

static struct {
#define X(name) __typeof__ (&(name))(name);
	FUNCTIONS(X)
#undef X
} v;

static bool find(void *library)
{
	bool all = true;
#define X(name)                                  \
	*(void **)(&v.name) = dlsym(library, #name); \
	all &= v.name || strcmp(#name, "vips_vector_set_enabled") == 0;
	FUNCTIONS(X)
#undef X
	return all;
}

bool decode_open(void)
{
	static const char *const loaders[] = { "VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadNsgif",
		"VipsForeignLoadWebp", "VipsForeignLoadHeif" };
	void *library = dlopen("libvips.so.42", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		library = dlopen("libvips.so", RTLD_NOW | RTLD_LOCAL);
	if (!library || !find(library) || v.vips_init("kairan") != 0)
		return false;
	v.vips_concurrency_set(1);
	v.vips_cache_set_max(0);
	/* It would make code at run time, in memory that may not run here. */
	if (v.vips_vector_set_enabled)
		v.vips_vector_set_enabled(FALSE);
	v.vips_block_untrusted_set(TRUE);
	v.vips_operation_block_set("VipsForeignLoad", TRUE);
	for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++)
		v.vips_operation_block_set(loaders[i], FALSE);
	return true;
}

static void drop(VipsImage *image)
{
	if (image)
		v.g_object_unref(image);
}

/* ---- encoding ---- */

struct encoded {
	void *p;
	size_t n;
};

static void encoded_free(struct encoded *e)
{
	if (e->p)
		v.g_free(e->p);
	*e = (struct encoded){ 0 };
}

static bool webp(VipsImage *image, bool lossless, struct encoded *out)
{
	return v.vips_webpsave_buffer(
	           image, &out->p, &out->n, "Q", lossless ? 70 : 80, "lossless", lossless, "strip", TRUE, NULL) == 0;
}

/* Drawings and screenshots are often smaller without loss than with it. */
static bool smaller_webp(VipsImage *image, struct encoded *out)
{
	struct encoded exact = { 0 };
	if (!webp(image, false, out))
		return false;
	if (!webp(image, true, &exact))
		return true;
	if (exact.n < out->n) {
		encoded_free(out);
		*out = exact;
	} else {
		encoded_free(&exact);
	}
	return true;
}

static bool avif(VipsImage *image, bool drawn, struct encoded *out)
{
	return v.vips_heifsave_buffer(image, &out->p, &out->n, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q",
	           drawn ? 65 : 55, "effort", 3, "subsample_mode",
	           drawn ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_AUTO, "strip", TRUE, NULL) == 0;
}

static bool encode_whole(VipsImage *image, struct str type, bool palette, struct encoded *out)
{
	if (str_eq(type, STR("image/jpeg")))
		return v.vips_jpegsave_buffer(image, &out->p, &out->n, "Q", 85, "interlace", TRUE, "optimize_coding", TRUE,
		           "strip", TRUE, NULL) == 0;
	if (str_eq(type, STR("image/png")))
		return v.vips_pngsave_buffer(
		           image, &out->p, &out->n, "compression", 8, "palette", palette, "strip", TRUE, NULL) == 0;
	if (str_eq(type, STR("image/gif")))
		return v.vips_gifsave_buffer(image, &out->p, &out->n, NULL) == 0;
	if (str_eq(type, STR("image/avif")))
		return avif(image, false, out);
	return webp(image, false, out);
}

uint32_t decode_powers(void)
{
	VipsImage *black = NULL, *image = NULL;
	struct encoded a = { 0 }, w = { 0 };
	uint32_t powers = 0;
	if (v.vips_black(&black, 16, 16, "bands", 3, NULL) == 0 && v.vips_cast(black, &image, VIPS_FORMAT_UCHAR, NULL) == 0)
		powers = (webp(image, false, &w) ? 1u : 0u) | (avif(image, false, &a) ? 2u : 0u);
	encoded_free(&a);
	encoded_free(&w);
	drop(image);
	drop(black);
	return powers;
}

/* ---- decoding ---- */

struct source {
	struct str data, type;
	bool moving, palette;
	const char *options; /* of the loader */
	int width, height, frames;
};

static enum child_end look(struct source *s)
{
	bool may_move = str_eq(s->type, STR("image/gif")) || str_eq(s->type, STR("image/webp"));
	s->options = may_move ? "[n=-1]" : "";
	VipsImage *image =
	    v.vips_image_new_from_buffer(s->data.p, s->data.n, s->options, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
	if (!image)
		return CHILD_BROKEN;
	s->width = v.vips_image_get_width(image);
	s->height = may_move ? v.vips_image_get_page_height(image) : v.vips_image_get_height(image);
	s->frames = may_move ? v.vips_image_get_n_pages(image) : 1;
	s->moving = s->frames > 1;
	s->palette = v.vips_image_get_typeof(image, "palette-bit-depth") != 0;
	drop(image);
	if (s->width < 1 || s->height < 1 || s->frames < 1)
		return CHILD_BROKEN;
	bool fits = s->frames <= IMAGE_FRAMES_MAX && (int64_t)s->width * s->height * s->frames <= IMAGE_PIXELS_MAX;
	return fits ? CHILD_DONE : CHILD_LARGE;
}

static int side_of(const struct source *s)
{
	if (!s->moving)
		return IMAGE_SIDE;
	int side = (int)sqrt((double)IMAGE_MOVING_PIXELS / s->frames);
	return side < IMAGE_MOVING_SIDE ? side : IMAGE_MOVING_SIDE;
}

/* All that libraries hung on the picture goes, but for what makes an animation move. */
static void strip(VipsImage *image)
{
	static const char *const kept[] = { "delay", "loop", "gif-delay", "gif-loop", "page-height", "n-pages" };
	gchar **names = v.vips_image_get_fields(image);
	for (size_t i = 0; names && names[i]; i++) {
		bool keep = false;
		for (size_t j = 0; j < sizeof kept / sizeof *kept; j++)
			keep |= strcmp(names[i], kept[j]) == 0;
		if (!keep)
			v.vips_image_remove(image, names[i]);
	}
	v.g_strfreev(names);
}

/* Upright, in sRGB with eight bits, no larger than it may be, and in memory. */
static VipsImage *load(const struct source *s)
{
	VipsImage *small = NULL, *rgb = NULL, *bytes = NULL, *image = NULL, *own = NULL;
	int side = side_of(s);
	void *p = (void *)(uintptr_t)s->data.p; /* the library only reads it */
	bool ok = v.vips_thumbnail_buffer(p, s->data.n, &small, side, "height", side, "size", VIPS_SIZE_DOWN,
	              "option_string", s->options, "export_profile", "srgb", NULL) == 0 &&
	          v.vips_colourspace(small, &rgb, VIPS_INTERPRETATION_sRGB, NULL) == 0 &&
	          v.vips_cast(rgb, &bytes, VIPS_FORMAT_UCHAR, NULL) == 0 &&
	          (image = v.vips_image_copy_memory(bytes)) != NULL && v.vips_copy(image, &own, NULL) == 0;
	if (ok)
		strip(own);
	drop(small);
	drop(rgb);
	drop(bytes);
	drop(image);
	return ok ? own : NULL;
}

static bool emit_encoded(decode_emit emit, enum record_kind kind, struct encoded *e)
{
	bool ok = e->n <= MEDIA_MAX && emit(kind, e->p, e->n);
	encoded_free(e);
	return ok;
}

/* Of an animation AVIF would be a still. */
static enum child_end size(const struct source *s, VipsImage *image, decode_emit emit)
{
	struct encoded e = { 0 };
	bool drawn = str_eq(s->type, STR("image/png")) || str_eq(s->type, STR("image/gif"));
	bool ok = drawn && !s->moving ? smaller_webp(image, &e) : webp(image, false, &e);
	if (!ok || !emit_encoded(emit, RECORD_SIZE, &e))
		return CHILD_BROKEN;
	/* A library without AV1 makes none. */
	if (!s->moving && avif(image, drawn, &e) && !emit_encoded(emit, RECORD_SIZE, &e))
		return CHILD_BROKEN;
	return CHILD_DONE;
}

static enum child_end sizes(const struct source *s, VipsImage *image, decode_emit emit)
{
	static const int widths[] = { 480, 960, 1600 };
	const size_t n = sizeof widths / sizeof *widths;
	int whole = v.vips_image_get_width(image);
	if (whole < 64)
		return CHILD_DONE;
	for (size_t i = 0; i < n; i++) {
		VipsImage *narrow = NULL;
		if (whole <= widths[i])
			return size(s, image, emit);
		if (v.vips_thumbnail_image(image, &narrow, widths[i], "height", VIPS_MAX_COORD, "size", VIPS_SIZE_DOWN, NULL) !=
		    0)
			return CHILD_BROKEN;
		VipsImage *ready = v.vips_image_copy_memory(narrow);
		enum child_end end = ready ? size(s, ready, emit) : CHILD_BROKEN;
		drop(ready);
		drop(narrow);
		if (end != CHILD_DONE)
			return end;
	}
	return CHILD_DONE;
}

enum child_end decode_run(struct str data, unsigned want, decode_emit emit)
{
	struct source s = { .data = data };
	struct encoded e = { 0 };
	if (!image_read(data, &s.type, &s.width, &s.height))
		return CHILD_BROKEN;
	enum child_end end = look(&s);
	VipsImage *image = end == CHILD_DONE ? load(&s) : NULL;
	if (!image)
		return end == CHILD_DONE ? CHILD_BROKEN : end;
	if (want & IMAGE_WHOLE)
		end = encode_whole(image, s.type, s.palette, &e) && emit_encoded(emit, RECORD_WHOLE, &e) ? CHILD_DONE
		                                                                                         : CHILD_BROKEN;
	if (end == CHILD_DONE && (want & IMAGE_SIZES))
		end = sizes(&s, image, emit);
	drop(image);
	return end;
}
