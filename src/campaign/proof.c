#include "campaign/inner.h"

#include <string.h>

/* Proofs from what is stored: the leaves' entries, and the roots of whole subtrees of 256, 65536, … leaves (a level of
 * tiles each). A proof reads at most 255 rows a level. */

struct log_reader {
	struct store *store;
	int64_t campaign;
	struct arena *arena;
	struct error *err;
};

/* `count` neighbouring nodes of a level of tiles (0: leaves), folded. */
static bool read_nodes(struct log_reader *r, int level, uint64_t from, size_t count, struct hash *out)
{
	struct str *rows;
	size_t n;
	bool ok = level == 0 ? leaf_list(r->store, r->campaign, (int64_t)from, count, &rows, &n, r->arena, r->err)
	                     : tile_list(r->store, r->campaign, level, (int64_t)from, count, &rows, &n, r->arena, r->err);
	struct hash *nodes = ok ? arena_array(r->arena, count, sizeof *nodes) : NULL;
	if (!ok || !nodes)
		return ok ? error_memory(r->err) : false;
	if (n != count)
		return error_set(r->err, ERR_DB, "the log of campaign %lld lacks entries", (long long)r->campaign);
	for (size_t i = 0; i < n; i++) {
		if (level == 0)
			merkle_leaf(rows[i], &nodes[i]);
		else if (rows[i].n == LOG_HASH_BYTES)
			memcpy(nodes[i].b, rows[i].p, LOG_HASH_BYTES);
		else
			return error_set(r->err, ERR_DB, "the log of campaign %lld is damaged", (long long)r->campaign);
	}
	merkle_fold(nodes, n, out);
	return true;
}

static uint64_t below(uint64_t n) /* the largest power of two below n > 1 */
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/* MTH of n > 0 leaves from `from`, which is a multiple of the power of two that is not below n. */
static bool range_root(struct log_reader *r, uint64_t from, uint64_t n, struct hash *out)
{
	struct hash left, right;
	if ((n & (n - 1)) == 0) {
		int level = (63 - __builtin_clzll(n)) / 8;
		return read_nodes(r, level, from >> (8 * level), (size_t)(n >> (8 * level)), out);
	}
	uint64_t k = below(n);
	if (!range_root(r, from, k, &left) || !range_root(r, from + k, n - k, &right))
		return false;
	merkle_node(&left, &right, out);
	return true;
}

bool proof_inclusion(struct store *store, int64_t campaign, uint64_t leaf, uint64_t size, struct hash path[64],
    size_t *n, struct arena *arena, struct error *err)
{
	struct log_reader r = { store, campaign, arena, err };
	uint64_t from = 0, left = size;
	*n = 0;
	if (leaf >= size)
		return error_set(err, ERR_USAGE, "there is no such entry in a log of that size");
	while (left > 1) {
		uint64_t k = below(left);
		bool first = leaf - from < k;
		if (!(first ? range_root(&r, from + k, left - k, &path[*n]) : range_root(&r, from, k, &path[*n])))
			return false;
		*n += 1;
		from += first ? 0 : k;
		left = first ? k : left - k;
	}
	/* Found from the root down; said from the leaf up. */
	for (size_t i = 0; i < *n / 2; i++) {
		struct hash other = path[i];
		path[i] = path[*n - 1 - i];
		path[*n - 1 - i] = other;
	}
	return true;
}

/* RFC 6962, 2.1.2, from the root down. */
bool proof_consistency(struct store *store, int64_t campaign, uint64_t from, uint64_t to, struct hash path[130],
    size_t *n, struct arena *arena, struct error *err)
{
	struct log_reader r = { store, campaign, arena, err };
	struct hash down[130];
	uint64_t at = 0, m = from, left = to;
	bool whole = true;
	size_t found = 0;
	*n = 0;
	if (from > to)
		return error_set(err, ERR_USAGE, "a log does not shrink");
	if (from == 0 || from == to)
		return true;
	while (m != left) {
		uint64_t k = below(left);
		bool first = m <= k;
		if (!(first ? range_root(&r, at + k, left - k, &down[found]) : range_root(&r, at, k, &down[found])))
			return false;
		found++;
		whole = whole && first;
		at += first ? 0 : k;
		m -= first ? 0 : k;
		left = first ? k : left - k;
	}
	if (!whole && !range_root(&r, at, m, &down[found++]))
		return false;
	while (found > 0)
		path[(*n)++] = down[--found];
	return true;
}
