#include "store/inner.h"

#include <sodium.h>

#define NONCE_BYTES 16

static struct str stamp_of(const unsigned char key[KEY_BYTES], const char *what, struct str about, int64_t expires,
    struct str nonce, struct arena *arena)
{
	struct str said = arena_printf(arena, "%s %lld %.*s %.*s", what, (long long)expires, (int)nonce.n, nonce.p,
	    (int)about.n, about.p ? about.p : "");
	return said.p ? stamp(arena, key, said) : said;
}

struct str ticket_make(const struct store *store, const char *what, struct str about, int64_t expires,
    struct arena *arena, struct error *err)
{
	unsigned char key[KEY_BYTES];
	if (!store_key(store, KEY_SIGNIN, key, err))
		return (struct str){ 0 };
	struct str nonce = random_token(arena, NONCE_BYTES);
	struct str proof = nonce.p ? stamp_of(key, what, about, expires, nonce, arena) : nonce;
	struct str ticket = { 0 };
	sodium_memzero(key, sizeof key);
	if (proof.p)
		ticket =
		    arena_printf(arena, "%lld.%.*s.%.*s", (long long)expires, (int)nonce.n, nonce.p, (int)proof.n, proof.p);
	if (!ticket.p)
		error_memory(err);
	return ticket;
}

bool ticket_good(
    const struct store *store, const char *what, struct str about, struct str ticket, int64_t now, struct arena *arena)
{
	unsigned char key[KEY_BYTES];
	int64_t expires;
	struct str proof = ticket, until = str_split(&proof, '.'), nonce = str_split(&proof, '.');
	if (ticket.n > 256 || !str_to_int(until, &expires) || now >= expires || !store_key(store, KEY_SIGNIN, key, NULL))
		return false;
	struct str want = stamp_of(key, what, about, expires, nonce, arena);
	sodium_memzero(key, sizeof key);
	return want.p && want.n && same_bytes(want, proof);
}
