#include "base/base.h"

#include <sodium.h>
#include <stdlib.h>

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

static void ready(void)
{
	if (sodium_init() < 0)
		abort();
}

static const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

struct str seal(struct arena *arena, const unsigned char key[KEY_BYTES], struct str about, struct str plain)
{
	unsigned char *out = arena_alloc(arena, NONCE + plain.n + TAG);
	if (!out)
		return (struct str){ 0 };
	ready();
	randombytes_buf(out, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    out + NONCE, NULL, bytes_of(plain), plain.n, bytes_of(about), about.n, NULL, out, key);
	return str_of((const char *)out, NONCE + plain.n + TAG);
}

bool unseal(
    struct arena *arena, const unsigned char key[KEY_BYTES], struct str about, struct str sealed, struct str *plain)
{
	if (sealed.n < NONCE + TAG)
		return false;
	size_t n = sealed.n - NONCE - TAG;
	unsigned char *out = arena_alloc(arena, n + 1);
	ready();
	if (!out || crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, bytes_of(sealed) + NONCE, n + TAG,
	                bytes_of(about), about.n, bytes_of(sealed), key) != 0)
		return false;
	*plain = str_of((const char *)out, n);
	return true;
}

struct str stamp(struct arena *arena, const unsigned char key[KEY_BYTES], struct str said)
{
	unsigned char raw[32];
	ready();
	crypto_generichash(raw, sizeof raw, bytes_of(said), said.n, key, KEY_BYTES);
	return base64url(arena, str_of((const char *)raw, sizeof raw));
}

bool same_bytes(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}

struct str base64url(struct arena *arena, struct str bytes)
{
	size_t size = sodium_base64_ENCODED_LEN(bytes.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *out = arena_alloc(arena, size);
	ready();
	if (!out)
		return (struct str){ 0 };
	sodium_bin2base64(out, size, bytes_of(bytes), bytes.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return str_from(out);
}

bool base64url_bytes(struct arena *arena, struct str text, struct str *bytes)
{
	size_t n;
	unsigned char *out = arena_alloc(arena, text.n / 4 * 3 + 4);
	ready();
	/* Without a place for the end, what follows the last good character is an error. */
	if (!out || sodium_base642bin(out, text.n / 4 * 3 + 4, (const char *)bytes_of(text), text.n, NULL, &n, NULL,
	                sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return false;
	*bytes = str_of((const char *)out, n);
	return true;
}
