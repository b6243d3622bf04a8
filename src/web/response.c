#include "web/inner.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define COMPRESS_MIN 512 /* smaller answers gain nothing */
#define POLICY                                                                                                  \
	"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action " \
	"'self'; "                                                                                                  \
	"base-uri 'none'; frame-ancestors "

void web_key_add(struct web_response *res, web_key key)
{
	for (size_t i = 0; i < res->n_keys; i++) {
		if (res->keys[i] == key)
			return;
	}
	if (res->n_keys == WEB_KEYS_MAX)
		res->keys[WEB_KEYS_MAX - 1] = WEB_KEY_ALL;
	else
		res->keys[res->n_keys++] = key;
}

void web_header(struct web_response *res, struct str name, struct str value)
{
	if (res->n_headers == WEB_HEADERS_MAX)
		return;
	res->headers[res->n_headers].name = name;
	res->headers[res->n_headers++].value = value;
}

void web_redirect(struct web_response *res, int status, struct str location)
{
	res->status = status;
	res->location = location;
	res->n_keys = 0;
	buf_clear(&res->body);
	res->type = STR("text/plain; charset=utf-8");
}

static bool cookie_safe(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == ',' || s.p[i] == ';' || s.p[i] == '\\')
			return false;
	}
	return true;
}

bool web_set_cookie(struct web_response *res, struct str name, struct str value, struct str path, int64_t max_age_s,
    bool secure, struct arena *arena, struct error *err)
{
	if (name.n == 0 || !cookie_safe(name) || str_find(name, STR("=")) >= 0 || !cookie_safe(value) || !cookie_safe(path))
		return error_set(err, ERR_INTERNAL, "a cookie with characters that none may have");
	struct str line =
	    arena_printf(arena, "%.*s=%.*s; Path=%.*s; Max-Age=%lld; HttpOnly; SameSite=Strict%s", (int)name.n, name.p,
	        (int)value.n, value.p, (int)path.n, path.p, (long long)max_age_s, secure ? "; Secure" : "");
	if (!line.p)
		return error_memory(err);
	if (res->n_headers == WEB_HEADERS_MAX)
		return error_set(err, ERR_INTERNAL, "no room for one more header");
	web_header(res, STR("Set-Cookie"), line);
	res->cookie = res->no_store = true;
	return true;
}

static void header(struct MHD_Response *r, const char *name, struct str value)
{
	char copy[URL_MAX + 512];
	if (value.n == 0 || value.n >= sizeof copy)
		return;
	memcpy(copy, value.p, value.n);
	copy[value.n] = '\0';
	/* A line break would start another header; MHD refuses it as well. */
	if (!strpbrk(copy, "\r\n"))
		MHD_add_response_header(r, name, copy);
}

static struct str cache_control(const struct web_response *res)
{
	if (res->immutable)
		return STR("public, max-age=31536000, immutable");
	if (res->no_store || res->status >= 400)
		return STR("no-store");
	return STR("no-cache") /* kept, and asked about each time */;
}

static void add_policy(struct MHD_Response *r, const struct web_response *res)
{
	struct buf policy = { 0 };
	buf_adds(&policy, POLICY);
	buf_add(&policy, res->framed_by.n ? res->framed_by : STR("'none'"));
	buf_adds(&policy, res->untrusted ? "; sandbox" : "");
	/* Without memory, nothing at all may be done. */
	header(r, "Content-Security-Policy", policy.failed ? STR("sandbox; default-src 'none'") : buf_str(&policy));
	buf_free(&policy);
}

static void add_headers(struct MHD_Response *r, const struct web_response *res, const char *etag, const char *encoding)
{
	header(r, "Content-Type", res->type);
	add_policy(r, res);
	header(r, "Referrer-Policy", STR("no-referrer"));
	header(r, "X-Content-Type-Options", STR("nosniff"));
	header(r, "Permissions-Policy",
	    STR("camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"));
	header(r, "Cross-Origin-Opener-Policy", STR("same-origin"));
	header(r, "Cross-Origin-Resource-Policy", res->framed_by.n ? STR("cross-origin") : STR("same-origin"));
	header(r, "Cache-Control", cache_control(res));
	header(r, "Location", res->location);
	if (etag)
		header(r, "ETag", str_from(etag));
	if (encoding)
		header(r, "Content-Encoding", str_from(encoding));
	if (etag)
		header(r, "Vary", STR("Accept-Encoding"));
	for (size_t i = 0; i < res->n_headers; i++) {
		char name[64];
		if (res->headers[i].name.n >= sizeof name)
			continue;
		memcpy(name, res->headers[i].name.p, res->headers[i].name.n);
		name[res->headers[i].name.n] = '\0';
		header(r, name, res->headers[i].value);
	}
}

static struct str gzip(struct str in, struct buf *out)
{
	z_stream z = { 0 };
	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return STR("");
	size_t bound = deflateBound(&z, in.n);
	char *p = malloc(bound);
	z.next_in = (Bytef *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = (Bytef *)p;
	z.avail_out = (uInt)bound;
	if (p && deflate(&z, Z_FINISH) == Z_STREAM_END)
		buf_add(out, str_of(p, bound - z.avail_out));
	deflateEnd(&z);
	free(p);
	return buf_str(out);
}

static struct str brotli(struct str in, struct buf *out)
{
	size_t n = BrotliEncoderMaxCompressedSize(in.n);
	uint8_t *p = malloc(n ? n : 1);
	if (p && BrotliEncoderCompress(5, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, in.n, (const uint8_t *)in.p, &n, p))
		buf_add(out, str_of((const char *)p, n));
	free(p);
	return buf_str(out);
}

static bool compressible(struct str type)
{
	return str_starts(type, STR("text/")) || str_find(type, STR("json")) >= 0 || str_find(type, STR("xml")) >= 0 ||
	       str_starts(type, STR("image/svg"));
}

static struct MHD_Response *make(struct str body)
{
	return MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)(body.p ? body.p : ""), MHD_RESPMEM_MUST_COPY);
}

static void add_encoded(struct page_entry *e, const struct web_response *res, enum encoding which, const char *name)
{
	struct buf out = { 0 };
	struct str in = buf_str(&res->body), packed = which == GZIP ? gzip(in, &out) : brotli(in, &out);
	if (packed.n && packed.n < in.n && !out.failed && (e->responses[which] = make(packed))) {
		add_headers(e->responses[which], res, e->etag, name);
		e->bytes += packed.n;
	}
	buf_free(&out);
}

void entry_keep(struct page_entry *e)
{
	atomic_fetch_add(&e->users, 1);
}

void entry_release(struct page_entry *e)
{
	if (!e || atomic_fetch_sub(&e->users, 1) != 1)
		return;
	for (size_t i = 0; i < ENCODINGS; i++) {
		if (e->responses[i])
			MHD_destroy_response(e->responses[i]);
	}
	if (e->not_modified)
		MHD_destroy_response(e->not_modified);
	free((char *)(uintptr_t)e->key.p);
	free(e->keys);
	free(e);
}

/* The encodings have one validator, which is therefore a weak one (RFC 9110, 8.8.1). */
static void name_etag(struct page_entry *e, struct str body)
{
	char hash[HASH_HEX_MAX];
	hash_hex(body, 16, hash);
	memcpy(e->etag, "W/\"", 3);
	memcpy(e->etag + 3, hash, 24);
	e->etag[27] = '"';
}

static bool copy_keys(struct page_entry *e, const struct web_response *res, struct str key)
{
	char *key_copy = malloc(key.n + 1);
	e->key.p = key_copy;
	e->key.n = key.n;
	e->hash = str_hash(key);
	e->keys = calloc(res->n_keys + 1, sizeof *e->keys);
	if (!key_copy || !e->keys)
		return false;
	if (key.n)
		memcpy(key_copy, key.p, key.n);
	e->n_keys = res->n_keys;
	for (size_t i = 0; i < res->n_keys; i++) {
		e->keys[i].entry = e;
		e->keys[i].key = res->keys[i];
	}
	return true;
}

struct page_entry *entry_make(struct web_response *res, struct str key, bool compress)
{
	struct page_entry *e = calloc(1, sizeof *e);
	struct str body = buf_str(&res->body);
	if (!e)
		return NULL;
	atomic_init(&e->users, 1);
	e->status = res->status;
	e->bytes = sizeof *e + body.n + key.n + res->n_keys * sizeof *e->keys;
	e->responses[IDENTITY] = make(body);
	e->not_modified = make(STR(""));
	if (!copy_keys(e, res, key) || !e->responses[IDENTITY] || !e->not_modified) {
		entry_release(e);
		return NULL;
	}
	bool validate = res->status == 200 && !res->no_store;
	if (validate)
		name_etag(e, body);
	add_headers(e->responses[IDENTITY], res, validate ? e->etag : NULL, NULL);
	add_headers(e->not_modified, res, validate ? e->etag : NULL, NULL);
	if (compress && body.n >= COMPRESS_MIN && compressible(res->type)) {
		add_encoded(e, res, GZIP, "gzip");
		add_encoded(e, res, BROTLI, "br");
	}
	return e;
}
