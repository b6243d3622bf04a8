#include "campaign/inner.h"

#include <sodium.h>
#include <string.h>

/* Padding, so that a ciphertext tells little of what is in it; sealed boxes; commitments to them. */

struct str pad_text(struct str plain, struct arena *arena)
{
	size_t size = (plain.n / SIGNING_STEP + 1) * SIGNING_STEP;
	unsigned char *out = arena_alloc(arena, size);
	if (!out)
		return (struct str){ 0 };
	memcpy(out, bytes_of(plain), plain.n);
	out[plain.n] = 0x80; /* the rest is zero */
	return str_bytes(out, size);
}

bool unpad_text(struct str padded, struct str *plain)
{
	size_t n;
	if (padded.n == 0 || padded.n % SIGNING_STEP || sodium_unpad(&n, bytes_of(padded), padded.n, SIGNING_STEP) != 0)
		return false;
	*plain = str_of(padded.p, n);
	return true;
}

struct str box_seal(const unsigned char public_key[SEAL_KEY_BYTES], struct str plain, struct arena *arena)
{
	struct str padded = pad_text(plain, arena);
	unsigned char *out = padded.p ? arena_alloc(arena, padded.n + crypto_box_SEALBYTES) : NULL;
	bool ok = out && crypto_box_seal(out, bytes_of(padded), padded.n, public_key) == 0;
	return ok ? str_bytes(out, padded.n + crypto_box_SEALBYTES) : (struct str){ 0 };
}

bool box_open(const unsigned char public_key[SEAL_KEY_BYTES], const unsigned char secret_key[SEAL_KEY_BYTES],
    struct str sealed, struct str *plain, struct arena *arena)
{
	if (sealed.n < crypto_box_SEALBYTES + SIGNING_STEP)
		return false;
	unsigned char *out = arena_alloc(arena, sealed.n - crypto_box_SEALBYTES);
	return out && crypto_box_seal_open(out, bytes_of(sealed), sealed.n, public_key, secret_key) == 0 &&
	       unpad_text(str_bytes(out, sealed.n - crypto_box_SEALBYTES), plain);
}

void commitment_of(const unsigned char nonce[32], const unsigned char sealed_sha256[32], unsigned char out[32])
{
	static const char label[] = "kairan signature v1";
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)label, sizeof label - 1);
	crypto_hash_sha256_update(&state, nonce, 32);
	crypto_hash_sha256_update(&state, sealed_sha256, 32);
	crypto_hash_sha256_final(&state, out);
}
