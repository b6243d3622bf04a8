#include "campaign/inner.h"

#include <sodium.h>
#include <string.h>

/* The hashes of RFC 6962, 2.1, and the checks of its proofs as RFC 9162, 2.1.3.2 and 2.1.4.2, writes them down. */

static void hash_parts(unsigned char prefix, struct str a, struct str b, struct hash *out)
{
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, &prefix, 1);
	crypto_hash_sha256_update(&state, bytes_of(a), a.n);
	crypto_hash_sha256_update(&state, bytes_of(b), b.n);
	crypto_hash_sha256_final(&state, out->b);
}

void merkle_leaf(struct str entry, struct hash *out)
{
	hash_parts(0, entry, STR(""), out);
}

void merkle_node(const struct hash *left, const struct hash *right, struct hash *out)
{
	hash_parts(1, str_bytes(left->b, LOG_HASH_BYTES), str_bytes(right->b, LOG_HASH_BYTES), out);
}

void merkle_empty(struct hash *out)
{
	crypto_hash_sha256(out->b, (const unsigned char *)"", 0);
}

/* Pairs from the left; one that is left over goes up as it is. */
void merkle_fold(struct hash *nodes, size_t n, struct hash *out)
{
	while (n > 1) {
		for (size_t i = 0; i + 1 < n; i += 2)
			merkle_node(&nodes[i], &nodes[i + 1], &nodes[i / 2]);
		if (n % 2)
			nodes[n / 2] = nodes[n - 1];
		n = (n + 1) / 2;
	}
	*out = nodes[0];
}

/* ---- proofs ---- */

static bool same_hash(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, LOG_HASH_BYTES) == 0;
}

bool inclusion_good(
    const struct hash *leaf, uint64_t index, uint64_t size, const struct hash *path, size_t n, const struct hash *root)
{
	struct hash r = *leaf;
	if (index >= size)
		return false;
	uint64_t fn = index, sn = size - 1;
	for (size_t i = 0; i < n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			merkle_node(&path[i], &r, &r);
			while (!(fn & 1) && fn != 0)
				fn >>= 1, sn >>= 1;
		} else {
			merkle_node(&r, &path[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && same_hash(&r, root);
}

/* The rest of the way, once both walks have begun at the same node. */
static bool walk_both(uint64_t fn, uint64_t sn, struct hash r, const struct hash *path, size_t n,
    const struct hash *old_root, const struct hash *new_root)
{
	struct hash f = r, s = r;
	for (size_t i = 0; i < n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			merkle_node(&path[i], &f, &f);
			merkle_node(&path[i], &s, &s);
			while (!(fn & 1) && fn != 0)
				fn >>= 1, sn >>= 1;
		} else {
			merkle_node(&s, &path[i], &s);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && same_hash(&f, old_root) && same_hash(&s, new_root);
}

bool consistency_good(uint64_t from, uint64_t to, const struct hash *path, size_t n, const struct hash *old_root,
    const struct hash *new_root)
{
	struct hash empty;
	merkle_empty(&empty);
	if (from > to)
		return false;
	if (from == 0)
		return n == 0 && same_hash(old_root, &empty);
	if (from == to)
		return n == 0 && same_hash(old_root, new_root);
	bool whole = (from & (from - 1)) == 0; /* then the old root is where both begin, and not sent */
	if (!whole && n == 0)
		return false;
	uint64_t fn = from - 1, sn = to - 1;
	while (fn & 1)
		fn >>= 1, sn >>= 1;
	return whole ? walk_both(fn, sn, *old_root, path, n, old_root, new_root)
	             : walk_both(fn, sn, path[0], path + 1, n - 1, old_root, new_root);
}
