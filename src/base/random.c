#include "base/base.h"

#include <sodium.h>
#include <stdlib.h>

/* libsodium aborts the process when the system has no randomness to give: there is nothing safe to do instead. */
static void ready(void)
{
	if (sodium_init() < 0)
		abort();
}

void random_bytes(void *out, size_t n)
{
	ready();
	randombytes_buf(out, n);
}

struct str random_token(struct arena *a, size_t n_bytes)
{
	unsigned char raw[64];
	char text[sodium_base64_ENCODED_LEN(sizeof raw, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
	if (n_bytes > sizeof raw)
		n_bytes = sizeof raw;
	random_bytes(raw, n_bytes);
	sodium_bin2base64(text, sizeof text, raw, n_bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	struct str token = arena_dup(a, str_from(text));
	sodium_memzero(raw, sizeof raw);
	sodium_memzero(text, sizeof text);
	return token;
}

void hash_hex(struct str data, size_t n_bytes, char out[HASH_HEX_MAX])
{
	unsigned char raw[32];
	if (n_bytes < 16)
		n_bytes = 16;
	if (n_bytes > sizeof raw)
		n_bytes = sizeof raw;
	ready();
	crypto_generichash(raw, n_bytes, (const unsigned char *)data.p, data.n, NULL, 0);
	sodium_bin2hex(out, HASH_HEX_MAX, raw, n_bytes);
}
