#include "desk/passkey.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The data as they are stop at the domain: with the right one all of them is read. */
static struct str with_domain(struct arena *arena, struct str data, struct str id)
{
	if (data.n < crypto_hash_sha256_BYTES)
		return data;
	char *copy = arena_alloc(arena, data.n);
	if (!copy)
		return data;
	memcpy(copy, data.p, data.n);
	crypto_hash_sha256((unsigned char *)copy, (const unsigned char *)id.p, id.n);
	return str_of(copy, data.n);
}

static void register_and_verify(struct arena *arena, const struct webauthn_party *party, struct webauthn_answer a)
{
	struct error err = { 0 };
	struct passkey key = { 0 };
	int64_t counter;
	if (!webauthn_register(party, &a, &key, arena, &err))
		return;
	if (key.credential.n == 0 || key.credential.n > CREDENTIAL_MAX || key.public_key.n == 0 || key.counter < 0)
		abort();
	a.signature = str_sub(a.authenticator_data, 0, 72);
	if (webauthn_verify(party, &a, &key, true, &counter, &err))
		abort(); /* nobody signed that */
}

/* The first line is the client data, the rest the authenticator data. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct webauthn_party party;
	struct error err = { 0 };
	struct str data = str_of((const char *)bytes, n), json = str_split(&data, '\n'), challenge, decoded;
	struct arena *arena = arena_new();
	if (!arena || sodium_init() < 0)
		abort();
	webauthn_party(STR(""), json, &party, arena);
	webauthn_party(json, STR(""), &party, arena);
	if (!webauthn_party(STR(""), STR("localhost:8080"), &party, arena))
		abort();
	if (webauthn_client_data(json, "webauthn.get", &party, &challenge, arena, &err) && challenge.n == 0)
		abort();
	base64url_bytes(arena, data, &decoded);
	register_and_verify(arena, &party,
	    (struct webauthn_answer){ .client_data = json, .authenticator_data = with_domain(arena, data, party.id) });
	arena_free(arena);
	return 0;
}
