#include "campaign/inner.h"

#include <string.h>

/* A tree grows at its right edge alone. So from the roots of its whole subtrees (one for each bit of its size) and the new
 * leaves follow the new root, the whole subtrees that became complete, and the paths of the new leaves. */

/* From the lowest level up: what is smaller stands to the right. False for an empty range. */
static bool fold_below(const struct frontier *f, unsigned levels, struct hash *out)
{
	bool any = false;
	for (unsigned l = 0; l < levels; l++) {
		if (!(f->size >> l & 1))
			continue;
		if (any)
			merkle_node(&f->node[l], out, out);
		else
			*out = f->node[l];
		any = true;
	}
	return any;
}

void frontier_root(const struct frontier *f, struct hash *out)
{
	if (!fold_below(f, TREE_LEVELS, out))
		merkle_empty(out);
}

struct str frontier_write(const struct frontier *f, struct arena *arena)
{
	size_t n = (size_t)__builtin_popcountll(f->size);
	unsigned char *out = arena_alloc(arena, n * LOG_HASH_BYTES + 1), *at = out;
	for (unsigned l = 0; out && l < TREE_LEVELS; l++) {
		if (!(f->size >> l & 1))
			continue;
		memcpy(at, f->node[l].b, LOG_HASH_BYTES);
		at += LOG_HASH_BYTES;
	}
	return str_bytes(out, out ? n * LOG_HASH_BYTES : 0);
}

bool frontier_read(uint64_t size, struct str bytes, struct frontier *out)
{
	*out = (struct frontier){ .size = size };
	if (size >> TREE_LEVELS || bytes.n != (size_t)__builtin_popcountll(size) * LOG_HASH_BYTES)
		return false;
	for (unsigned l = 0; l < TREE_LEVELS; l++) {
		if (!(size >> l & 1))
			continue;
		memcpy(out->node[l].b, bytes.p, LOG_HASH_BYTES);
		bytes = str_skip(bytes, LOG_HASH_BYTES);
	}
	return true;
}

/* A level begins with an even index: with the old whole subtree there, where its right neighbour is new. */
static bool level_begin(
    struct growth_level *level, unsigned l, const struct frontier *before, size_t room, struct arena *arena)
{
	bool old = before->size >> l & 1;
	level->base = (before->size >> l) & ~(uint64_t)1;
	level->nodes = arena_array(arena, room + 1, sizeof *level->nodes);
	level->n = 0;
	if (level->nodes && old)
		level->nodes[level->n++] = before->node[l];
	return level->nodes != NULL;
}

/* The parents of the pairs of a level. Where it began with an old one, so does the first new parent: that was incomplete. */
static bool level_up(struct growth *g, unsigned l, const struct frontier *before, struct arena *arena)
{
	struct growth_level *below = &g->levels[l - 1], *level = &g->levels[l];
	size_t pairs = below->n / 2;
	if (!level_begin(level, l, before, pairs, arena))
		return false;
	for (size_t i = 0; i < pairs; i++)
		merkle_node(&below->nodes[2 * i], &below->nodes[2 * i + 1], &level->nodes[level->n++]);
	return true;
}

bool growth_make(
    struct growth *g, const struct frontier *before, const struct hash *leaves, size_t n, struct arena *arena)
{
	*g = (struct growth){ .before = before->size, .after = *before };
	g->after.size = before->size + n;
	if (!level_begin(&g->levels[0], 0, before, n, arena))
		return false;
	for (size_t i = 0; i < n; i++)
		g->levels[0].nodes[g->levels[0].n++] = leaves[i];
	for (g->n_levels = 1; g->n_levels < TREE_LEVELS && g->levels[g->n_levels - 1].n > 1; g->n_levels++) {
		if (!level_up(g, (unsigned)g->n_levels, before, arena))
			return false;
	}
	for (unsigned l = 0; l < g->n_levels; l++) {
		const struct growth_level *level = &g->levels[l];
		bool whole = g->after.size >> l & 1;
		g->after.node[l] = whole ? level->nodes[level->n - 1] : (struct hash){ 0 };
	}
	return true;
}

size_t growth_path(const struct growth *g, uint64_t leaf, struct hash *path)
{
	uint64_t size = g->after.size;
	size_t n = 0;
	for (unsigned l = 0; l < TREE_LEVELS && (size - 1) >> l; l++) {
		uint64_t at = leaf >> l, beside = at ^ 1;
		if (beside + 1 <= size >> l) {
			/* A whole subtree: new, or an old one at the edge. */
			const struct growth_level *level = &g->levels[l];
			bool here = l < g->n_levels && beside >= level->base && beside - level->base < level->n;
			path[n++] = here ? level->nodes[beside - level->base] : g->after.node[l];
		} else if (beside << l < size && fold_below(&g->after, l, &path[n])) {
			n++;
		}
	}
	return n;
}
