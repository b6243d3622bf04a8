#include "campaign/inner.h"

#include <sodium.h>
#include <string.h>

/* The token in a mailed link: from it follow the row's name and its key, and from neither the token. */

#define TOKEN_BYTES 24
static const char ID_LABEL[] = "kairan pending id v1", KEY_LABEL[] = "kairan pending key v1";

static void derive(const unsigned char raw[TOKEN_BYTES], struct token *out)
{
	crypto_generichash(out->id, sizeof out->id, raw, TOKEN_BYTES, (const unsigned char *)ID_LABEL, sizeof ID_LABEL - 1);
	crypto_generichash(
	    out->key, sizeof out->key, raw, TOKEN_BYTES, (const unsigned char *)KEY_LABEL, sizeof KEY_LABEL - 1);
}

struct str token_new(struct token *out, struct arena *arena)
{
	unsigned char raw[TOKEN_BYTES];
	random_bytes(raw, sizeof raw);
	derive(raw, out);
	struct str text = base64url(arena, str_bytes(raw, sizeof raw));
	sodium_memzero(raw, sizeof raw);
	return text;
}

bool token_read(struct str text, struct token *out)
{
	unsigned char raw[TOKEN_BYTES];
	size_t n = 0;
	bool ok = text.n == TOKEN_TEXT && sodium_base642bin(raw, sizeof raw, text.p, text.n, NULL, &n, NULL,
	                                      sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
	ok = ok && n == TOKEN_BYTES;
	if (ok)
		derive(raw, out);
	sodium_memzero(raw, sizeof raw);
	return ok;
}

static struct str about(const struct token *t, const unsigned char campaign[CAMPAIGN_ID_BYTES],
    unsigned char room[CAMPAIGN_ID_BYTES + PENDING_ID_BYTES])
{
	memcpy(room, campaign, CAMPAIGN_ID_BYTES);
	memcpy(room + CAMPAIGN_ID_BYTES, t->id, PENDING_ID_BYTES);
	return str_bytes(room, CAMPAIGN_ID_BYTES + PENDING_ID_BYTES);
}

struct str token_seal(
    const struct token *t, const unsigned char campaign[CAMPAIGN_ID_BYTES], struct str plain, struct arena *arena)
{
	unsigned char room[CAMPAIGN_ID_BYTES + PENDING_ID_BYTES];
	struct str padded = pad_text(plain, arena);
	return padded.p ? seal(arena, t->key, about(t, campaign, room), padded) : padded;
}

bool token_unseal(const struct token *t, const unsigned char campaign[CAMPAIGN_ID_BYTES], struct str sealed,
    struct str *plain, struct arena *arena)
{
	unsigned char room[CAMPAIGN_ID_BYTES + PENDING_ID_BYTES];
	struct str padded;
	return unseal(arena, t->key, about(t, campaign, room), sealed, &padded) && unpad_text(padded, plain);
}
