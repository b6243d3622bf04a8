#include "store/inner.h"

#include <nettle/hmac.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* RFC 6238 over RFC 4226. SHA-1 is what every app can; its known weakness does not touch HMAC. */

#define STEP_SECONDS 30
#define SECRET_BYTES 20
#define RECOVERY_BYTES 10

static const char BASE32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* n is a multiple of five. */
static struct str base32(const unsigned char *bytes, size_t n, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i += 5) {
		uint64_t group = 0;
		for (size_t k = 0; k < 5; k++)
			group = group << 8 | bytes[i + k];
		for (int shift = 35; shift >= 0; shift -= 5)
			buf_addc(&out, BASE32[group >> shift & 31]);
	}
	return buf_take(&out, arena);
}

static bool base32_bytes(struct str text, unsigned char out[SECRET_BYTES])
{
	if (text.n != SECRET_BYTES * 8 / 5)
		return false;
	for (size_t i = 0; i < text.n; i += 8) {
		uint64_t group = 0;
		for (size_t k = 0; k < 8; k++) {
			const char *at = text.p[i + k] ? strchr(BASE32, text.p[i + k]) : NULL;
			if (!at)
				return false;
			group = group << 5 | (uint64_t)(at - BASE32);
		}
		for (size_t k = 0; k < 5; k++)
			out[i / 8 * 5 + k] = (unsigned char)(group >> (32 - 8 * k));
	}
	return true;
}

struct str totp_new_secret(struct arena *arena)
{
	unsigned char bytes[SECRET_BYTES];
	random_bytes(bytes, sizeof bytes);
	return base32(bytes, sizeof bytes, arena);
}

bool totp_code(struct str secret, int64_t step, char out[7])
{
	unsigned char key[SECRET_BYTES], counter[8], digest[SHA1_DIGEST_SIZE];
	struct hmac_sha1_ctx ctx;
	if (!base32_bytes(secret, key))
		return false;
	for (size_t i = 0; i < 8; i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	hmac_sha1_set_key(&ctx, sizeof key, key);
	hmac_sha1_update(&ctx, sizeof counter, counter);
	hmac_sha1_digest(&ctx, sizeof digest, digest);
	const unsigned char *at = digest + (digest[SHA1_DIGEST_SIZE - 1] & 15);
	uint32_t n = (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
	snprintf(out, 7, "%06u", n % 1000000);
	return true;
}

bool totp_check(struct str secret, struct str code, int64_t now, int64_t *step)
{
	char want[7];
	bool found = false;
	if (code.n != 6)
		return false;
	for (int64_t s = now / STEP_SECONDS - 1; s <= now / STEP_SECONDS + 1; s++) {
		if (!totp_code(secret, s, want))
			return false;
		if (sodium_memcmp(want, code.p, 6) == 0) {
			*step = s;
			found = true;
		}
	}
	return found;
}

/* ---- recovery codes ---- */

static bool add_recovery(struct store_tx *tx, int64_t id, struct str *code, struct arena *arena, struct error *err)
{
	unsigned char bytes[RECOVERY_BYTES];
	char hash[HASH_HEX_MAX];
	random_bytes(bytes, sizeof bytes);
	*code = base32(bytes, sizeof bytes, arena);
	if (!code->p)
		return error_memory(err);
	token_hash(*code, hash);
	return db_exec(tx->conn, err, "INSERT INTO recovery (person, hash) VALUES ($1, $2)", "is", id, str_from(hash));
}

bool recovery_make(
    struct store_tx *tx, int64_t person, struct str **codes, size_t *n, struct arena *arena, struct error *err)
{
	*n = RECOVERY_CODES;
	*codes = arena_array(arena, RECOVERY_CODES, sizeof **codes);
	if (!*codes)
		return error_memory(err);
	if (!db_exec(tx->conn, err, "DELETE FROM recovery WHERE person = $1", "i", person))
		return false;
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		if (!add_recovery(tx, person, &(*codes)[i], arena, err))
			return false;
	}
	return true;
}

bool person_set_totp(struct store_tx *tx, int64_t id, struct str secret, int64_t step, struct str **codes, size_t *n,
    struct arena *arena, struct error *err)
{
	char code[7];
	struct str sealed;
	if (!totp_code(secret, step, code))
		return error_set(err, ERR_INVALID, "a secret is 32 characters of base32");
	return totp_seal(tx->store, id, secret, &sealed, arena, err) &&
	       db_exec(
	           tx->conn, err, "UPDATE person SET totp = $1, totp_step = $2 WHERE id = $3", "sii", sealed, step, id) &&
	       recovery_make(tx, id, codes, n, arena, err);
}

bool person_clear_totp(struct store_tx *tx, int64_t id, struct error *err)
{
	return db_exec(tx->conn, err, "UPDATE person SET totp = '', totp_step = 0 WHERE id = $1", "i", id) &&
	       db_exec(tx->conn, err,
	           "DELETE FROM recovery WHERE person = $1 AND NOT EXISTS (SELECT 1 FROM passkey k WHERE k.person = $1)",
	           "i", id);
}

bool recovery_count(struct store *store, int64_t person, int64_t *n, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	return conn && db_get_int(conn, err, n, "SELECT COUNT(*) FROM recovery WHERE person = $1", "i", person);
}
