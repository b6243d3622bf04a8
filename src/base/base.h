/*
 * base: what every other module stands on: byte slices, growable buffers, an arena for the life of one
 * request, errors with context, the log, clocks, random bytes and UTF-8.
 *
 * Depends on nothing of Kairan. A function that can fail returns bool (or a pointer, NULL on failure) and
 * fills `struct error` where it takes one. Slices are borrowed; who owns the bytes is said at each function.
 * Nothing here keeps state a thread, and all of it may be called from any thread.
 */
#ifndef KAIRAN_BASE_H
#define KAIRAN_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

/* ---- slices (str.c) --------------------------------------------------------------------------------- */

/* A borrowed run of bytes, not ended by NUL; p may be NULL when n is 0. Almost always UTF-8. */
struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })

struct str str_from(const char *nul_ended); /* NULL gives an empty slice */
struct str str_of(const char *p, size_t n);
bool str_eq(struct str a, struct str b);
bool str_eq_ci(struct str a, struct str b); /* ASCII case only */
int str_cmp(struct str a, struct str b);    /* byte order */
bool str_starts(struct str s, struct str prefix);
bool str_starts_ci(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
ptrdiff_t str_find(struct str s, struct str needle);      /* offset, or -1 */
ptrdiff_t str_find_ci(struct str s, struct str needle);   /* ASCII case only; offset, or -1 */
struct str str_sub(struct str s, size_t from, size_t to); /* clamped to s */
struct str str_skip(struct str s, size_t n);
struct str str_trim(struct str s); /* ASCII white space and U+3000 off both ends */
/* Cuts s at the first `sep`: what is before it is returned, *s keeps what is after (empty when none). */
struct str str_split(struct str *s, char sep);
bool str_to_int(struct str s, int64_t *out); /* decimal, whole slice, no overflow */
struct arena;
/* Percent-decoded; as it was where that gives no well-formed UTF-8. "+" stays. */
struct str uri_decode(struct arena *, struct str s);
uint64_t str_hash(struct str s); /* 64-bit, seeded once a process: for tables, never to be stored */

/* ---- arena (arena.c) -------------------------------------------------------------------------------- */

/* Memory freed all at once: a request, an import item, a render. Not for sharing between threads.
 * With KAIRAN_ARENA_DEBUG=1 in the environment each allocation is a malloc of its own, so that
 * AddressSanitizer sees every overrun. */
struct arena;

struct arena *arena_new(void); /* NULL when memory is out */
/* From now on its memory is wiped before it is freed or used again. The same arena; NULL gives NULL. */
struct arena *arena_secret(struct arena *);
void arena_free(struct arena *);                          /* NULL is fine */
void arena_reset(struct arena *);                         /* forgets all, keeps the first block for the next use */
void *arena_alloc(struct arena *, size_t size);           /* zeroed, aligned for any type; NULL when out */
void *arena_array(struct arena *, size_t n, size_t size); /* same, with the product checked */
struct str arena_dup(struct arena *, struct str s);       /* a NUL ends the copy, not counted; p NULL when out */
char *arena_cstr(struct arena *, struct str s);           /* NUL-ended copy; NULL when out */
struct str arena_printf(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t arena_used(const struct arena *);

/* ---- growable buffer (buf.c) ------------------------------------------------------------------------ */

/* Start with {0}. Appending never fails visibly: when memory is out, or the buffer would pass `max`
 * (0: BUF_MAX), `failed` is set and stays, and later appends do nothing. Check it once, at the end. */
struct buf {
	char *p;
	size_t n, cap, max;
	bool failed;
};

void buf_free(struct buf *);
void buf_wipe(struct buf *);              /* overwrites what it holds, then frees */
void buf_reserve(struct buf *, size_t n); /* room for n bytes more, so that what is added leaves no copies behind */
void buf_add(struct buf *, struct str s);
void buf_adds(struct buf *, const char *nul_ended);
void buf_addc(struct buf *, char c);
void buf_addcp(struct buf *, uint32_t codepoint); /* as UTF-8 */
void buf_printf(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_add_html(struct buf *, struct str s);                 /* with & < > " ' escaped */
void buf_add_uri(struct buf *, struct str s, struct str keep); /* percent-encodes all but unreserved and `keep` */
void buf_clear(struct buf *);                                  /* length 0, memory kept, failed cleared */
struct str buf_str(const struct buf *);                        /* borrowed; valid until the next append */
struct str buf_take(struct buf *, struct arena *); /* copied to the arena, buffer freed; p NULL on failure */

/* ---- errors (error.c) ------------------------------------------------------------------------------- */

enum error_code {
	ERR_NONE,
	ERR_USAGE,   /* the caller's words are wrong: exit status 2, HTTP 400 */
	ERR_INVALID, /* input that is not what it must be */
	ERR_NOT_FOUND,
	ERR_EXISTS,
	ERR_CONFLICT,    /* changed meanwhile, or locked */
	ERR_UNAVAILABLE, /* not ready: the same may go well in a moment; HTTP 503 */
	ERR_DENIED,
	ERR_TOO_LARGE,
	ERR_IO, /* the system refused: disk, network */
	ERR_DB,
	ERR_MEMORY,
	ERR_INTERNAL
};

/* `message` is for a person: what was being done to what, and why not; it holds no personal data.
 * `detail` is for the log only. Start with {0}. The first cause is at the end of the message:
 * error_context puts "what was being done: " in front. */
struct error {
	enum error_code code;
	char message[ERROR_MESSAGE_MAX];
	char detail[ERROR_DETAIL_MAX];
};

/* Both return false, so that a caller can write `return error_set(...)`. err may be NULL. */
bool error_set(struct error *err, enum error_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool error_context(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void error_detail(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool error_memory(struct error *err); /* ERR_MEMORY; returns false */

/* ---- log (log.c) ------------------------------------------------------------------------------------ */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level);
/* One line to stderr: level and text, and the time when stderr is not a journal. Never log a reader's
 * address, query or headers. */
void log_msg(enum log_level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_error(const struct error *err, const char *what);

/* ---- time (clock.c) --------------------------------------------------------------------------------- */

int64_t clock_now(void);      /* seconds since 1970, UTC */
uint64_t clock_mono_us(void); /* microseconds that only go forward */
struct civil {
	int year, month, day, hour, minute, second; /* month and day from 1 */
};
int64_t civil_to_unix(struct civil c); /* UTC, proleptic Gregorian */
struct civil civil_from_unix(int64_t t);
/* RFC 3339 and its everyday relatives: "2024-05-01", "2024-05-01 09:00[:00]", "2024-05-01T09:00:00[.5]Z",
 * "+09:00", "+0900". Without a zone `default_offset` (seconds east of UTC) is meant. */
bool time_parse(struct str s, int default_offset, int64_t *out);
struct str time_rfc3339(struct arena *, int64_t t); /* 2024-05-01T00:00:00Z */
struct str time_http(struct arena *, int64_t t);    /* Wed, 01 May 2024 00:00:00 GMT */

/* A time zone of the system's tz database, by its name ("Asia/Tokyo"); kept as long as the process lives. ERR_NOT_FOUND. */
struct zone;
const struct zone *zone_find(struct str name, struct error *);
int zone_offset(const struct zone *, int64_t t); /* seconds east of UTC at that time */
/* The names to choose from, as far as the system lists them (none is fine); false when memory is out. */
bool zone_names(struct str **out, size_t *n, struct arena *);

/* ---- random and hashes (random.c) ------------------------------------------------------------------- */

void random_bytes(void *out, size_t n);                  /* from the system; never fails */
struct str random_token(struct arena *, size_t n_bytes); /* URL-safe base64 */
#define HASH_HEX_MAX 65
void hash_hex(struct str data, size_t n_bytes, char out[HASH_HEX_MAX]); /* BLAKE2b, 16 to 32 bytes, as hex */

/* ---- under lock and key (seal.c) ---------------------------------------------------------------------- */

#define KEY_BYTES 32
/* XChaCha20-Poly1305 (IETF form) under a random nonce, which stands in front. `about` is authenticated with it: what was
 * sealed about one thing does not open as another's. p NULL when memory is out. */
struct str seal(struct arena *, const unsigned char key[KEY_BYTES], struct str about, struct str plain);
/* False for what was sealed under another key or about something else, was changed, or is no such thing. */
bool unseal(struct arena *, const unsigned char key[KEY_BYTES], struct str about, struct str sealed, struct str *plain);
/* Keyed BLAKE2b of 32 bytes, as URL-safe base64: proves that who holds the key said this. */
struct str stamp(struct arena *, const unsigned char key[KEY_BYTES], struct str said);
bool same_bytes(struct str a, struct str b);            /* in a time that does not tell where they differ */
struct str base64url(struct arena *, struct str bytes); /* RFC 4648 section 5, no padding */
bool base64url_bytes(struct arena *, struct str text, struct str *bytes);

/* ---- UTF-8 (utf8.c) --------------------------------------------------------------------------------- */

#define UTF8_REPLACEMENT 0xFFFDu
/* Reads one code point at s.p[*at] and moves *at on; an ill-formed sequence gives U+FFFD and moves on as
 * Unicode 15 section 3.9 says. *at must be below s.n. */
uint32_t utf8_next(struct str s, size_t *at);
size_t utf8_put(uint32_t cp, char out[4]); /* bytes written */
bool utf8_valid(struct str s);
struct str utf8_clean(struct arena *, struct str s); /* ill-formed parts become U+FFFD; s itself when well-formed */
size_t utf8_floor(struct str s, size_t at);          /* the nearest boundary of a code point at or before `at` */
size_t utf8_count(struct str s);                     /* code points */
bool cp_is_cjk(uint32_t cp);  /* Han, kana, Hangul, bopomofo and CJK punctuation, full-width forms */
bool cp_is_han(uint32_t cp);  /* ideographs, and the iteration mark */
bool cp_is_kana(uint32_t cp); /* hiragana, katakana (also half-width), the long vowel mark */

/* ---- files (file.c) --------------------------------------------------------------------------------- */

bool file_read(const char *path, size_t max, struct buf *out, struct error *err);
bool file_write(const char *path, struct str data, struct error *err); /* whole or not at all: temp, fsync, rename */
bool file_exists(const char *path);
bool dir_make(const char *path, struct error *err); /* with its parents; fine when there */

/* ---- files built into the program (embed.c and what the build makes of themes/, locale/, sample/) ---- */

struct embedded_file {
	const char *path; /* "themes/default/portal.mustache", "locale/ja.po", "sample/ja/vpn.md" */
	struct str data;
};
/* All of them in byte order of path; *n is their number. */
const struct embedded_file *embedded_all(size_t *n);
const struct embedded_file *embedded_find(struct str path); /* NULL when absent */

#endif
