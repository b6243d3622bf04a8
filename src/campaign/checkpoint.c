#include "campaign/inner.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Entries of the log, and its signed head: a checkpoint of C2SP's tlog-checkpoint, that is a signed note. */

#define ORIGIN "kairan/campaign/"
#define ORIGIN_TEXT (sizeof ORIGIN - 1 + 2 * CAMPAIGN_ID_BYTES)
#define KEY_ID 4
#define ALGORITHM 1 /* Ed25519 */
#define DASH "\xe2\x80\x94 "
#define BASE64_MAX 200

/* ---- entries ---- */

size_t entry_signed(const unsigned char campaign[CAMPAIGN_ID_BYTES], const unsigned char commitment[32],
    unsigned char out[LEAF_ENTRY_MAX])
{
	out[0] = ENTRY_SIGNED;
	memcpy(out + 1, campaign, CAMPAIGN_ID_BYTES);
	memcpy(out + 1 + CAMPAIGN_ID_BYTES, commitment, 32);
	return 1 + CAMPAIGN_ID_BYTES + 32;
}

size_t entry_withdrawn(
    const unsigned char campaign[CAMPAIGN_ID_BYTES], uint64_t leaf, unsigned char out[LEAF_ENTRY_MAX])
{
	out[0] = ENTRY_WITHDRAWN;
	memcpy(out + 1, campaign, CAMPAIGN_ID_BYTES);
	for (unsigned i = 0; i < 8; i++)
		out[1 + CAMPAIGN_ID_BYTES + i] = (unsigned char)(leaf >> (56 - 8 * i));
	return 1 + CAMPAIGN_ID_BYTES + 8;
}

bool entry_read(struct str entry, const unsigned char campaign[CAMPAIGN_ID_BYTES], int *type, uint64_t *leaf,
    unsigned char commitment[32], struct error *err)
{
	const unsigned char *p = bytes_of(entry), *rest = p + 1 + CAMPAIGN_ID_BYTES;
	size_t n = entry.n > 1 + CAMPAIGN_ID_BYTES ? entry.n - 1 - CAMPAIGN_ID_BYTES : 0;
	bool known = (n == 32 && p[0] == ENTRY_SIGNED) || (n == 8 && p[0] == ENTRY_WITHDRAWN);
	if (!known || memcmp(p + 1, campaign, CAMPAIGN_ID_BYTES) != 0)
		return error_set(err, ERR_INVALID, "an entry of the log is not of its form");
	*type = p[0];
	*leaf = 0;
	if (p[0] == ENTRY_SIGNED)
		memcpy(commitment, rest, 32);
	for (unsigned i = 0; p[0] == ENTRY_WITHDRAWN && i < 8; i++)
		*leaf = *leaf << 8 | rest[i];
	return true;
}

/* ---- keys ---- */

bool log_key_of(struct store *store, struct log_key *out, struct error *err)
{
	unsigned char seed[KEY_BYTES];
	if (!store_key(store, KEY_LOG, seed, err))
		return false;
	crypto_sign_seed_keypair(out->public_key, out->secret_key, seed);
	sodium_memzero(seed, sizeof seed);
	return true;
}

static void origin_of(const unsigned char campaign[CAMPAIGN_ID_BYTES], char out[ORIGIN_TEXT + 1])
{
	memcpy(out, ORIGIN, sizeof ORIGIN);
	sodium_bin2hex(out + sizeof ORIGIN - 1, 2 * CAMPAIGN_ID_BYTES + 1, campaign, CAMPAIGN_ID_BYTES);
}

static bool origin_read(struct str text, unsigned char campaign[CAMPAIGN_ID_BYTES])
{
	size_t n = 0;
	char again[ORIGIN_TEXT + 1];
	if (text.n != ORIGIN_TEXT || !str_starts(text, STR(ORIGIN)) ||
	    sodium_hex2bin(
	        campaign, CAMPAIGN_ID_BYTES, text.p + sizeof ORIGIN - 1, 2 * CAMPAIGN_ID_BYTES, NULL, &n, NULL) != 0 ||
	    n != CAMPAIGN_ID_BYTES)
		return false;
	origin_of(campaign, again); /* one spelling alone */
	return str_eq(text, str_from(again));
}

/* The key's number: SHA-256(name ‖ "\n" ‖ 0x01 ‖ key), its first four bytes. */
static void key_id(const char *name, const unsigned char public_key[LOG_PUBLIC_KEY], unsigned char out[KEY_ID])
{
	static const unsigned char between[] = { '\n', ALGORITHM };
	unsigned char all[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)name, strlen(name));
	crypto_hash_sha256_update(&state, between, sizeof between);
	crypto_hash_sha256_update(&state, public_key, LOG_PUBLIC_KEY);
	crypto_hash_sha256_final(&state, all);
	memcpy(out, all, KEY_ID);
}

static void base64(const unsigned char *p, size_t n, char out[BASE64_MAX])
{
	sodium_bin2base64(out, BASE64_MAX, p, n, sodium_base64_VARIANT_ORIGINAL);
}

/* Exactly `n` bytes, in one spelling alone. */
static bool unbase64(struct str text, unsigned char *out, size_t n)
{
	unsigned char raw[BASE64_MAX];
	char again[BASE64_MAX];
	size_t got = 0;
	if (n > 100 || text.n != sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL) - 1 ||
	    sodium_base642bin(raw, sizeof raw, text.p, text.n, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    got != n)
		return false;
	base64(raw, n, again);
	memcpy(out, raw, n);
	return str_eq(text, str_from(again));
}

struct str log_key_text(const unsigned char campaign[CAMPAIGN_ID_BYTES], const unsigned char public_key[LOG_PUBLIC_KEY],
    struct arena *arena)
{
	unsigned char id[KEY_ID], typed[1 + LOG_PUBLIC_KEY] = { ALGORITHM };
	char name[ORIGIN_TEXT + 1], hex[2 * KEY_ID + 1], text[BASE64_MAX];
	origin_of(campaign, name);
	key_id(name, public_key, id);
	memcpy(typed + 1, public_key, LOG_PUBLIC_KEY);
	sodium_bin2hex(hex, sizeof hex, id, sizeof id);
	base64(typed, sizeof typed, text);
	return arena_printf(arena, "%s+%s+%s\n", name, hex, text);
}

bool log_key_read(struct str text, unsigned char campaign[CAMPAIGN_ID_BYTES], unsigned char public_key[LOG_PUBLIC_KEY],
    struct error *err)
{
	unsigned char id[KEY_ID], typed[1 + LOG_PUBLIC_KEY];
	char hex[2 * KEY_ID + 1], name_text[ORIGIN_TEXT + 1];
	struct str rest = str_trim(text), name = str_split(&rest, '+'), number = str_split(&rest, '+');
	if (!origin_read(name, campaign) || !unbase64(rest, typed, sizeof typed) || typed[0] != ALGORITHM)
		return error_set(err, ERR_INVALID, "this is no key of a campaign's log");
	origin_of(campaign, name_text);
	key_id(name_text, typed + 1, id);
	sodium_bin2hex(hex, sizeof hex, id, sizeof id);
	if (!str_eq(number, str_from(hex)))
		return error_set(err, ERR_INVALID, "the number of the log's key does not fit it");
	memcpy(public_key, typed + 1, LOG_PUBLIC_KEY);
	return true;
}

/* ---- the signed head ---- */

struct str checkpoint_sign(const struct checkpoint *c, const struct log_key *key, struct arena *arena)
{
	unsigned char signature[KEY_ID + crypto_sign_BYTES];
	char name[ORIGIN_TEXT + 1], root[BASE64_MAX], proof[BASE64_MAX];
	origin_of(c->campaign, name);
	base64(c->root.b, LOG_HASH_BYTES, root);
	struct str body =
	    arena_printf(arena, "%s\n%llu\n%s\ncount %lld\n", name, (unsigned long long)c->size, root, (long long)c->count);
	if (!body.p)
		return body;
	key_id(name, key->public_key, signature);
	crypto_sign_detached(signature + KEY_ID, NULL, bytes_of(body), body.n, key->secret_key);
	base64(signature, sizeof signature, proof);
	return arena_printf(arena, "%.*s\n" DASH "%s %s\n", (int)body.n, body.p, name, proof);
}

/* "0", or digits that do not begin with one. */
static bool read_number(struct str text, int64_t *out)
{
	bool digits = text.n > 0 && (text.n == 1 || text.p[0] != '0');
	for (size_t i = 0; i < text.n; i++)
		digits = digits && text.p[i] >= '0' && text.p[i] <= '9';
	return digits && str_to_int(text, out);
}

static bool body_read(struct str body, struct checkpoint *c)
{
	int64_t size;
	struct str origin = str_split(&body, '\n'), number = str_split(&body, '\n'), root = str_split(&body, '\n');
	struct str count = str_split(&body, '\n');
	if (!origin_read(origin, c->campaign) || !read_number(number, &size) ||
	    !unbase64(root, c->root.b, LOG_HASH_BYTES) || !str_starts(count, STR("count ")) ||
	    !read_number(str_skip(count, 6), &c->count) || body.n)
		return false;
	c->size = (uint64_t)size;
	return true;
}

/* One of the note's signatures may be this key's; others are passed over, as the format says. */
static bool is_signed(
    struct str body, struct str lines, const char *name, const unsigned char public_key[LOG_PUBLIC_KEY])
{
	unsigned char id[KEY_ID], proof[KEY_ID + crypto_sign_BYTES];
	key_id(name, public_key, id);
	while (lines.n) {
		struct str line = str_split(&lines, '\n');
		if (!str_starts(line, STR(DASH)))
			return false;
		line = str_skip(line, sizeof DASH - 1);
		struct str by = str_split(&line, ' ');
		if (str_eq(by, str_from(name)) && unbase64(line, proof, sizeof proof) && memcmp(proof, id, KEY_ID) == 0 &&
		    crypto_sign_verify_detached(proof + KEY_ID, bytes_of(body), body.n, public_key) == 0)
			return true;
	}
	return false;
}

bool checkpoint_read(
    struct str note, const unsigned char public_key[LOG_PUBLIC_KEY], struct checkpoint *out, struct error *err)
{
	char name[ORIGIN_TEXT + 1];
	ptrdiff_t end = str_find(note, STR("\n\n"));
	*out = (struct checkpoint){ 0 };
	if (note.n > CHECKPOINT_MAX || end < 0 || !str_ends(note, STR("\n")) ||
	    !body_read(str_sub(note, 0, (size_t)end + 1), out))
		return error_set(err, ERR_INVALID, "this is no signed head of a campaign's log");
	if (!public_key)
		return true;
	origin_of(out->campaign, name);
	return is_signed(str_sub(note, 0, (size_t)end + 1), str_skip(note, (size_t)end + 2), name, public_key)
	           ? true
	           : error_set(err, ERR_DENIED, "the head of the log is not signed with its key");
}
