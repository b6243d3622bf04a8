#include "site.h"

#include <jansson.h>
#include <sodium.h>

/* The formats to the byte, as tests/vectors/campaign.json has them: tests/http/campaign_verify.test.mjs checks what Node's
 * crypto can of the same file. WRITE_VECTORS=FILE in the environment writes it anew, which a change of a format alone may
 * want. */

#define LEAVES 9

static json_t *vectors;

static struct str text(const char *path)
{
	json_t *at = vectors;
	char part[32];
	while (*path) {
		size_t n = strcspn(path, ".");
		assert_true(n < sizeof part);
		memcpy(part, path, n);
		part[n] = '\0';
		at = json_object_get(at, part);
		path += n + (path[n] == '.');
	}
	assert_true(json_is_string(at));
	return str_of(json_string_value(at), json_string_length(at));
}

/* Of hexadecimal digits; the caller frees. */
static unsigned char *bytes(struct str hex, size_t *n)
{
	unsigned char *out = malloc(hex.n / 2 + 1);
	assert_non_null(out);
	assert_int_equal(sodium_hex2bin(out, hex.n / 2 + 1, hex.p, hex.n, NULL, n, NULL), 0);
	return out;
}

static void same(const char *path, const unsigned char *got, size_t n)
{
	size_t want_n;
	unsigned char *want = bytes(text(path), &want_n);
	assert_int_equal(want_n, n);
	assert_memory_equal(got, want, n);
	free(want);
}

static void fixed(const char *path, unsigned char *out, size_t n)
{
	size_t got;
	unsigned char *raw = bytes(text(path), &got);
	assert_int_equal(got, n);
	memcpy(out, raw, n);
	free(raw);
}

/* ---- writing ---- */

static json_t *hex(const unsigned char *p, size_t n)
{
	char *room = malloc(2 * n + 1);
	sodium_bin2hex(room, 2 * n + 1, p, n);
	json_t *out = json_string(room);
	free(room);
	return out;
}

static void fill(unsigned char *out, size_t n, unsigned char with)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(with + i);
}

static void write_private(json_t *v, struct arena *arena)
{
	unsigned char secret[32], public_key[32], campaign[16], key[32], signer[32];
	char a[CAMPAIGN_KEY_TEXT], b[CAMPAIGN_KEY_TEXT];
	struct token token;
	struct str payload =
	    STR("{\"v\":1,\"lang\":\"ja\",\"mail\":\"hanako@example.org\",\"fields\":{\"name\":\"山田花子\"},"
	        "\"consents\":[{\"name\":\"news\",\"version\":2}],\"region\":\"13\"}");
	fill(secret, 32, 7), fill(campaign, 16, 0xa0), fill(key, 32, 0x40);
	key_public_of(secret, public_key);
	public_key_write(public_key, a);
	secret_key_write(secret, b);
	json_object_set_new(v, "keys",
	    json_pack("{s:o,s:s,s:o,s:s}", "public", hex(public_key, 32), "public_text", a, "secret", hex(secret, 32),
	        "secret_text", b));
	struct str word = token_new(&token, arena), sealed = token_seal(&token, campaign, payload, arena);
	json_object_set_new(v, "token",
	    json_pack("{s:s%,s:o,s:o,s:o,s:s%,s:o}", "text", word.p, word.n, "id", hex(token.id, 16), "key",
	        hex(token.key, 32), "campaign", hex(campaign, 16), "plain", payload.p, payload.n, "sealed",
	        hex(bytes_of(sealed), sealed.n)));
	struct str box = box_seal(public_key, payload, arena);
	json_object_set_new(
	    v, "box", json_pack("{s:s%,s:o}", "plain", payload.p, payload.n, "sealed", hex(bytes_of(box), box.n)));
	signer_hash(key, campaign, STR("hanako@example.org"), signer);
	json_object_set_new(v, "signer",
	    json_pack("{s:o,s:o,s:s,s:s,s:o}", "key", hex(key, 32), "campaign", hex(campaign, 16), "address",
	        "Hanako+news@Example.org", "canonical", "hanako@example.org", "hash", hex(signer, 32)));
}

/* SUBPROOF of RFC 6962, 2.1.2, as it is defined. */
static void subproof(json_t *out, const struct hash *leaves, size_t m, size_t n, bool whole)
{
	struct hash root, copy[LEAVES];
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	if (m == n) {
		memcpy(copy, leaves, n * sizeof *copy);
		merkle_fold(copy, n, &root);
		if (!whole)
			json_array_append_new(out, hex(root.b, 32));
		return;
	}
	bool left = m <= k;
	if (left)
		subproof(out, leaves, m, k, whole);
	else
		subproof(out, leaves + k, m - k, n - k, false);
	memcpy(copy, left ? leaves + k : leaves, (left ? n - k : k) * sizeof *copy);
	merkle_fold(copy, left ? n - k : k, &root);
	json_array_append_new(out, hex(root.b, 32));
}

static void write_log(json_t *v, struct arena *arena)
{
	unsigned char campaign[16], seed[32], nonce[32], sum[32], commitment[32], entry[LEAF_ENTRY_MAX];
	struct hash leaves[LEAVES];
	struct frontier f = { 0 };
	struct growth g;
	struct log_key key;
	json_t *entries = json_array(), *roots = json_object(), *proofs = json_array();
	fill(campaign, 16, 0xa0), fill(seed, 32, 0x11);
	crypto_sign_seed_keypair(key.public_key, key.secret_key, seed);
	struct receipt r = { .index = 4 };
	for (size_t i = 0; i < LEAVES; i++) {
		fill(nonce, 32, (unsigned char)(0x20 + i)), fill(sum, 32, (unsigned char)(0x60 + i));
		commitment_of(nonce, sum, commitment);
		size_t n = i == 6 ? entry_withdrawn(campaign, 2, entry) : entry_signed(campaign, commitment, entry);
		json_array_append_new(entries, hex(entry, n));
		merkle_leaf(str_bytes(entry, n), &leaves[i]);
		if (i == 4) {
			memcpy(r.campaign, campaign, 16), memcpy(r.nonce, nonce, 32), memcpy(r.sealed_sha256, sum, 32);
			json_object_set_new(v, "commitment",
			    json_pack("{s:o,s:o,s:o}", "nonce", hex(nonce, 32), "sealed_sha256", hex(sum, 32), "commitment",
			        hex(commitment, 32)));
		}
	}
	for (size_t n = 0; n <= LEAVES; n++) {
		struct hash root, copy[LEAVES];
		char name[8];
		memcpy(copy, leaves, sizeof copy);
		merkle_empty(&root);
		if (n)
			merkle_fold(copy, n, &root);
		snprintf(name, sizeof name, "%zu", n);
		json_object_set_new(roots, name, hex(root.b, 32));
	}
	assert_true(growth_make(&g, &f, leaves, LEAVES, arena));
	struct checkpoint head = { .size = LEAVES, .count = LEAVES - 2 };
	memcpy(head.campaign, campaign, 16);
	frontier_root(&g.after, &head.root);
	r.size = LEAVES;
	r.n_path = growth_path(&g, 4, r.path);
	r.checkpoint = checkpoint_sign(&head, &key, arena);
	struct str name = log_key_text(campaign, key.public_key, arena), receipt = receipt_json(&r, arena);
	for (int to = 1; to <= LEAVES; to++) {
		for (int from = 1; from <= to; from++) {
			json_t *path = json_array();
			subproof(path, leaves, (size_t)from, (size_t)to, true);
			json_array_append_new(proofs, json_pack("{s:i,s:i,s:o}", "from", from, "to", to, "path", path));
		}
	}
	json_object_set_new(v, "entries", entries);
	json_object_set_new(v, "roots", roots);
	json_object_set_new(v, "consistency", proofs);
	json_object_set_new(v, "checkpoint",
	    json_pack("{s:o,s:s%,s:s%,s:i,s:i}", "seed", hex(seed, 32), "key", name.p, name.n, "note", r.checkpoint.p,
	        r.checkpoint.n, "size", LEAVES, "count", LEAVES - 2));
	json_object_set_new(v, "receipt", json_loadb(receipt.p, receipt.n, 0, NULL));
}

static int open_vectors(void **state)
{
	struct arena *arena = arena_new();
	const char *write = getenv("WRITE_VECTORS");
	*state = arena;
	if (write) {
		json_t *v = json_object();
		write_private(v, arena);
		write_log(v, arena);
		assert_int_equal(json_dump_file(v, write, JSON_INDENT(1)), 0);
		json_decref(v);
	}
	vectors = json_load_file(write ? write : VECTORS, 0, NULL);
	return vectors ? 0 : -1;
}

static int close_vectors(void **state)
{
	json_decref(vectors);
	arena_free(*state);
	return 0;
}

/* ---- checking ---- */

static void test_keys(void **state)
{
	unsigned char key[32];
	struct error err = { 0 };
	(void)state;
	assert_true(secret_key_read(text("keys.secret_text"), key, &err));
	same("keys.secret", key, 32);
	key_public_of(key, key);
	same("keys.public", key, 32);
	assert_true(public_key_read(text("keys.public_text"), key, &err));
	same("keys.public", key, 32);
}

static void test_token(void **state)
{
	struct token token;
	unsigned char campaign[16];
	size_t n;
	struct str plain;
	unsigned char *sealed = bytes(text("token.sealed"), &n);
	assert_true(token_read(text("token.text"), &token));
	same("token.id", token.id, sizeof token.id);
	same("token.key", token.key, sizeof token.key);
	fixed("token.campaign", campaign, sizeof campaign);
	assert_true(token_unseal(&token, campaign, str_bytes(sealed, n), &plain, *state));
	assert_true(str_eq(plain, text("token.plain")));
	campaign[0] ^= 1;
	assert_false(token_unseal(&token, campaign, str_bytes(sealed, n), &plain, *state));
	free(sealed);
}

static void test_box(void **state)
{
	unsigned char secret[32], public_key[32];
	size_t n;
	struct str plain;
	struct signing s;
	struct error err = { 0 };
	unsigned char *sealed = bytes(text("box.sealed"), &n);
	fixed("keys.secret", secret, 32), fixed("keys.public", public_key, 32);
	assert_true(box_open(public_key, secret, str_bytes(sealed, n), &plain, *state));
	assert_true(str_eq(plain, text("box.plain")));
	assert_true(signing_decode(plain, &s, *state, &err));
	struct str again;
	assert_true(signing_encode(&s, &again, *state, &err));
	assert_true(str_eq(again, plain));
	free(sealed);
}

static void test_signer(void **state)
{
	unsigned char key[32], campaign[16], hash[32];
	struct str canonical = address_canonical(text("signer.address"), *state);
	assert_true(str_eq(canonical, text("signer.canonical")));
	fixed("signer.key", key, 32), fixed("signer.campaign", campaign, 16);
	signer_hash(key, campaign, canonical, hash);
	same("signer.hash", hash, 32);
}

static void test_log(void **state)
{
	unsigned char nonce[32], sum[32], commitment[32], seed[32], campaign[16], public_key[32];
	struct log_key key;
	struct checkpoint head;
	struct receipt r;
	struct error err = { 0 };
	fixed("commitment.nonce", nonce, 32), fixed("commitment.sealed_sha256", sum, 32);
	commitment_of(nonce, sum, commitment);
	same("commitment.commitment", commitment, 32);
	fixed("checkpoint.seed", seed, 32);
	crypto_sign_seed_keypair(key.public_key, key.secret_key, seed);
	assert_true(log_key_read(text("checkpoint.key"), campaign, public_key, &err));
	assert_memory_equal(public_key, key.public_key, 32);
	assert_true(checkpoint_read(text("checkpoint.note"), public_key, &head, &err));
	assert_true(str_eq(checkpoint_sign(&head, &key, *state), text("checkpoint.note")));
	struct log_check *log = log_check_new(campaign);
	size_t i;
	json_t *entry;
	json_array_foreach(json_object_get(vectors, "entries"), i, entry)
	{
		size_t n;
		unsigned char *raw = bytes(str_from(json_string_value(entry)), &n);
		assert_true(log_check_add(log, str_bytes(raw, n), &err));
		free(raw);
	}
	assert_true(log_check_head(log, text("checkpoint.note"), public_key, &err));
	assert_true(log_check_withdrawn(log, 2));
	log_check_free(log);
	struct str receipt = json_text(json_incref(json_object_get(vectors, "receipt")), *state);
	assert_true(receipt_read(receipt, &r, *state, &err));
	assert_true(receipt_good(&r, public_key, &err));
}

static void test_consistency(void **state)
{
	size_t i, k, n;
	json_t *proof, *at;
	(void)state;
	json_array_foreach(json_object_get(vectors, "consistency"), i, proof)
	{
		struct hash path[64], from, to;
		char name[32];
		size_t count = 0;
		int64_t a = json_integer_value(json_object_get(proof, "from")),
		        b = json_integer_value(json_object_get(proof, "to"));
		json_array_foreach(json_object_get(proof, "path"), k, at)
		{
			unsigned char *raw = bytes(str_from(json_string_value(at)), &n);
			memcpy(path[count++].b, raw, 32);
			free(raw);
		}
		snprintf(name, sizeof name, "roots.%lld", (long long)a);
		fixed(name, from.b, 32);
		snprintf(name, sizeof name, "roots.%lld", (long long)b);
		fixed(name, to.b, 32);
		assert_true(consistency_good((uint64_t)a, (uint64_t)b, path, count, &from, &to));
		from.b[0] ^= 1;
		assert_false(consistency_good((uint64_t)a, (uint64_t)b, path, count, &from, &to));
	}
	assert_int_equal(i, LEAVES * (LEAVES + 1) / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_keys), cmocka_unit_test(test_token),
		cmocka_unit_test(test_box), cmocka_unit_test(test_signer), cmocka_unit_test(test_log),
		cmocka_unit_test(test_consistency) };
	if (sodium_init() < 0)
		return 1;
	/* The arena is the group's state. */
	return cmocka_run_group_tests(tests, open_vectors, close_vectors);
}
