#include "campaign/inner.h"

#include <sodium.h>
#include <string.h>

/* Whose signature it is, as a keyed hash of the address; and which addresses count as one person's. */

static bool is_gmail(struct str domain)
{
	return str_eq(domain, STR("gmail.com")) || str_eq(domain, STR("googlemail.com"));
}

/* Lower case; without quotes; what follows a "+" dropped, if something stands before it; at Gmail without dots. */
struct str address_canonical(struct str address, struct arena *arena)
{
	size_t at = address.n;
	while (at > 0 && address.p[at - 1] != '@')
		at--;
	if (at == 0)
		return STR("");
	char *out = arena_cstr(arena, address);
	if (!out)
		return (struct str){ 0 };
	for (size_t i = 0; i < address.n; i++)
		out[i] = address.p[i] >= 'A' && address.p[i] <= 'Z' ? (char)(address.p[i] + 'a' - 'A') : address.p[i];
	struct str domain = str_of(out + at, address.n - at);
	bool gmail = is_gmail(domain);
	size_t n = 0;
	for (size_t i = 0; i + 1 < at; i++) {
		if (out[i] == '+' && n > 0)
			break;
		if (out[i] != '"' && !(gmail && out[i] == '.'))
			out[n++] = out[i];
	}
	return arena_printf(arena, "%.*s@%.*s", (int)n, out, gmail ? 9 : (int)domain.n, gmail ? "gmail.com" : domain.p);
}

void signer_hash(const unsigned char key[KEY_BYTES], const unsigned char campaign[CAMPAIGN_ID_BYTES],
    struct str canonical, unsigned char out[SIGNER_BYTES])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, key, KEY_BYTES, SIGNER_BYTES);
	crypto_generichash_update(&state, campaign, CAMPAIGN_ID_BYTES);
	crypto_generichash_update(&state, bytes_of(canonical), canonical.n);
	crypto_generichash_final(&state, out, SIGNER_BYTES);
	sodium_memzero(&state, sizeof state);
}

bool signer_of(struct store *store, const unsigned char campaign[CAMPAIGN_ID_BYTES], struct str address,
    unsigned char out[SIGNER_BYTES], struct error *err)
{
	unsigned char key[KEY_BYTES];
	if (!store_key(store, KEY_SIGNER, key, err))
		return false;
	struct arena *arena = arena_secret(arena_new());
	struct str canonical = arena ? address_canonical(address, arena) : (struct str){ 0 };
	if (canonical.n)
		signer_hash(key, campaign, canonical, out);
	sodium_memzero(key, sizeof key);
	bool ok = canonical.n > 0, out_of_memory = !canonical.p;
	arena_free(arena);
	return ok ? true : out_of_memory ? error_memory(err) : error_set(err, ERR_INVALID, "this is no mail address");
}
