#include "campaign/inner.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Follows a log from its first entry on, by public data alone: the tree anew, and each withdrawal held against what it
 * withdraws. */

struct log_check {
	unsigned char campaign[CAMPAIGN_ID_BYTES];
	struct frontier frontier;
	unsigned char *types; /* of each entry: ENTRY_…, or WITHDRAWN_LATER */
	size_t cap;
	int64_t signed_, withdrawn;
};
#define WITHDRAWN_LATER 3

struct log_check *log_check_new(const unsigned char campaign[CAMPAIGN_ID_BYTES])
{
	struct log_check *c = calloc(1, sizeof *c);
	if (c)
		memcpy(c->campaign, campaign, CAMPAIGN_ID_BYTES);
	return c;
}

void log_check_free(struct log_check *c)
{
	if (c)
		free(c->types);
	free(c);
}

static bool grow(struct log_check *c, const struct hash *leaf)
{
	struct hash up = *leaf;
	unsigned l = 0;
	if (c->frontier.size == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 4096;
		unsigned char *types = realloc(c->types, cap);
		if (!types)
			return false;
		c->types = types;
		c->cap = cap;
	}
	for (; c->frontier.size >> l & 1; l++)
		merkle_node(&c->frontier.node[l], &up, &up);
	c->frontier.node[l] = up;
	c->frontier.size++;
	return true;
}

bool log_check_add(struct log_check *c, struct str entry, struct error *err)
{
	struct hash leaf;
	unsigned char commitment[32];
	int type;
	uint64_t withdrawn, at = c->frontier.size;
	if (!entry_read(entry, c->campaign, &type, &withdrawn, commitment, err))
		return error_context(err, "entry %llu", (unsigned long long)at);
	if (type == ENTRY_WITHDRAWN && (withdrawn >= at || c->types[withdrawn] != ENTRY_SIGNED))
		return error_set(err, ERR_DENIED, "entry %llu withdraws what is no signature, or was withdrawn before",
		    (unsigned long long)at);
	merkle_leaf(entry, &leaf);
	if (!grow(c, &leaf))
		return error_memory(err);
	c->types[at] = (unsigned char)type;
	if (type == ENTRY_WITHDRAWN)
		c->types[withdrawn] = WITHDRAWN_LATER;
	c->signed_ += type == ENTRY_SIGNED;
	c->withdrawn += type == ENTRY_WITHDRAWN;
	return true;
}

uint64_t log_check_size(const struct log_check *c)
{
	return c->frontier.size;
}

bool log_check_withdrawn(const struct log_check *c, uint64_t leaf)
{
	return leaf < c->frontier.size && c->types[leaf] == WITHDRAWN_LATER;
}

static bool head_of(struct str note, const unsigned char public_key[32], const struct log_check *c,
    struct checkpoint *out, struct error *err)
{
	return checkpoint_read(note, public_key, out, err) &&
	       (memcmp(out->campaign, c->campaign, CAMPAIGN_ID_BYTES) == 0 ||
	           error_set(err, ERR_DENIED, "the head is of another campaign's log"));
}

bool log_head_size(struct str note, const unsigned char public_key[32], unsigned char campaign[CAMPAIGN_ID_BYTES],
    int64_t *size, int64_t *count, struct error *err)
{
	struct checkpoint head;
	if (!checkpoint_read(note, public_key, &head, err))
		return false;
	memcpy(campaign, head.campaign, CAMPAIGN_ID_BYTES);
	*size = (int64_t)head.size;
	*count = head.count;
	return true;
}

bool log_check_head(const struct log_check *c, struct str note, const unsigned char public_key[32], struct error *err)
{
	struct checkpoint head;
	struct hash root;
	if (!head_of(note, public_key, c, &head, err))
		return false;
	frontier_root(&c->frontier, &root);
	if (head.size != c->frontier.size || memcmp(&root, &head.root, sizeof root) != 0)
		return error_set(err, ERR_DENIED, "at %llu entries the log says something else than its signed head",
		    (unsigned long long)head.size);
	return head.count == c->signed_ - c->withdrawn
	           ? true
	           : error_set(err, ERR_DENIED, "the head counts %lld signatures, and the log has %lld",
	                 (long long)head.count, (long long)(c->signed_ - c->withdrawn));
}
