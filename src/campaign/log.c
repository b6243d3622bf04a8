#include "campaign/inner.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

/* The log as it is served: the latest signed head, the key, entries, proofs. */

/* A log without entries has a head too, made when it is asked for. */
static bool empty_checkpoint(
    struct campaigns *c, const struct campaign *campaign, struct str *note, struct arena *arena, struct error *err)
{
	struct checkpoint head = { 0 };
	if (!c->has_key) {
		if (err)
			*err = c->key_error;
		return false;
	}
	memcpy(head.campaign, campaign->public_id, CAMPAIGN_ID_BYTES);
	merkle_empty(&head.root);
	*note = checkpoint_sign(&head, &c->key, arena);
	return note->p ? true : error_memory(err);
}

bool log_checkpoint(
    struct campaigns *c, const struct campaign *campaign, struct str *note, struct arena *arena, struct error *err)
{
	struct log_head head;
	struct error none = { 0 };
	if (head_last(c->store, campaign->id, &head, arena, &none)) {
		*note = head.note;
		return true;
	}
	if (none.code == ERR_NOT_FOUND)
		return empty_checkpoint(c, campaign, note, arena, err);
	if (err)
		*err = none;
	return false;
}

bool log_key(
    struct campaigns *c, const struct campaign *campaign, struct str *text, struct arena *arena, struct error *err)
{
	if (!c->has_key) {
		if (err)
			*err = c->key_error;
		return false;
	}
	*text = log_key_text(campaign->public_id, c->key.public_key, arena);
	return text->p ? true : error_memory(err);
}

bool log_leaves(struct campaigns *c, const struct campaign *campaign, int64_t from, struct str *text,
    struct arena *arena, struct error *err)
{
	struct str *rows;
	size_t n;
	struct buf out = { 0 };
	if (from < 0)
		return error_set(err, ERR_USAGE, "entries are counted from 0");
	if (!leaf_list(c->store, campaign->id, from, LOG_ENTRIES, &rows, &n, arena, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		char hex[2 * LEAF_ENTRY_MAX + 1];
		if (rows[i].n > LEAF_ENTRY_MAX)
			continue;
		buf_adds(&out, sodium_bin2hex(hex, sizeof hex, bytes_of(rows[i]), rows[i].n));
		buf_addc(&out, '\n');
	}
	*text = buf_take(&out, arena);
	return text->p ? true : error_memory(err);
}

/* No more than what is signed and on the disk. */
static bool within(struct campaigns *c, const struct campaign *campaign, int64_t size, struct error *err)
{
	struct campaign_counts counts;
	if (!campaign_counts(c, campaign->id, &counts, err))
		return false;
	return size >= 0 && size <= counts.size ? true : error_set(err, ERR_USAGE, "the log is not of that size yet");
}

static bool take_json(json_t *json, struct str *out, struct arena *arena, struct error *err)
{
	*out = json_text(json, arena);
	return out->p ? true : error_memory(err);
}

bool log_proof(struct campaigns *c, const struct campaign *campaign, int64_t leaf, int64_t size, struct str *json,
    struct arena *arena, struct error *err)
{
	struct hash path[64];
	size_t n;
	if (leaf < 0 || leaf >= size)
		return error_set(err, ERR_USAGE, "there is no such entry in a log of that size");
	if (!within(c, campaign, size, err) ||
	    !proof_inclusion(c->store, campaign->id, (uint64_t)leaf, (uint64_t)size, path, &n, arena, err))
		return false;
	return take_json(
	    json_pack("{s:I, s:I, s:o}", "index", (json_int_t)leaf, "size", (json_int_t)size, "path", path_json(path, n)),
	    json, arena, err);
}

bool log_consistency(struct campaigns *c, const struct campaign *campaign, int64_t from, int64_t to, struct str *json,
    struct arena *arena, struct error *err)
{
	struct hash path[130];
	size_t n;
	if (from < 0 || from > to)
		return error_set(err, ERR_USAGE, "the earlier size comes first");
	if (!within(c, campaign, to, err) ||
	    !proof_consistency(c->store, campaign->id, (uint64_t)from, (uint64_t)to, path, &n, arena, err))
		return false;
	return take_json(
	    json_pack("{s:I, s:I, s:o}", "from", (json_int_t)from, "to", (json_int_t)to, "path", path_json(path, n)), json,
	    arena, err);
}
