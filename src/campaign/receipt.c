#include "campaign/inner.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

/* A signer's receipt, as JSON; and what it proves. */

#define HEX_MAX 65

static json_t *hex_of(const unsigned char *p, size_t n)
{
	char hex[HEX_MAX];
	sodium_bin2hex(hex, sizeof hex, p, n);
	return json_string(hex);
}

static bool hex_read(const json_t *value, unsigned char *out, size_t n)
{
	size_t got = 0;
	const char *text = json_string_value(value);
	return text && json_string_length(value) == 2 * n && sodium_hex2bin(out, n, text, 2 * n, NULL, &got, NULL) == 0 &&
	       got == n;
}

struct str json_text(json_t *json, struct arena *arena)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	struct str out = text ? arena_dup(arena, str_from(text)) : (struct str){ 0 };
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
	json_decref(json);
	return out;
}

json_t *path_json(const struct hash *path, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < n; i++)
		json_array_append_new(list, hex_of(path[i].b, LOG_HASH_BYTES));
	return list;
}

struct str receipt_json(const struct receipt *r, struct arena *arena)
{
	bool held = r->index == LEAF_NONE;
	json_t *json = json_pack("{s:s, s:o, s:o, s:o}", "type", "kairan signature receipt v1", "campaign",
	    hex_of(r->campaign, CAMPAIGN_ID_BYTES), "nonce", hex_of(r->nonce, 32), "sealed_sha256",
	    hex_of(r->sealed_sha256, 32));
	if (json && !held) {
		json_object_set_new(json, "index", json_integer(r->index));
		json_object_set_new(json, "size", json_integer(r->size));
		json_object_set_new(json, "path", path_json(r->path, r->n_path));
		json_object_set_new(json, "checkpoint", json_stringn(r->checkpoint.p, r->checkpoint.n));
	}
	return json_text(json, arena);
}

static bool path_read(const json_t *list, struct receipt *out)
{
	out->n_path = json_array_size(list);
	if (!json_is_array(list) || out->n_path > 64)
		return false;
	for (size_t i = 0; i < out->n_path; i++) {
		if (!hex_read(json_array_get(list, i), out->path[i].b, LOG_HASH_BYTES))
			return false;
	}
	return true;
}

static bool fields_read(const json_t *json, struct receipt *out, struct arena *arena)
{
	const char *type = json_string_value(json_object_get(json, "type"));
	json_t *index = json_object_get(json, "index"), *size = json_object_get(json, "size");
	const char *note = json_string_value(json_object_get(json, "checkpoint"));
	if (!type || strcmp(type, "kairan signature receipt v1") != 0 ||
	    !hex_read(json_object_get(json, "campaign"), out->campaign, CAMPAIGN_ID_BYTES) ||
	    !hex_read(json_object_get(json, "nonce"), out->nonce, 32) ||
	    !hex_read(json_object_get(json, "sealed_sha256"), out->sealed_sha256, 32))
		return false;
	if (!index) {
		out->index = LEAF_NONE;
		return true;
	}
	if (!json_is_integer(index) || !json_is_integer(size) || !note || !path_read(json_object_get(json, "path"), out))
		return false;
	out->index = json_integer_value(index);
	out->size = json_integer_value(size);
	out->checkpoint = arena_dup(arena, str_from(note));
	return out->checkpoint.p && out->index >= 0 && out->size > out->index;
}

bool receipt_read(struct str text, struct receipt *out, struct arena *arena, struct error *err)
{
	*out = (struct receipt){ 0 };
	json_t *json =
	    text.n <= RECEIPT_MAX ? json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	bool ok = json && fields_read(json, out, arena);
	json_decref(json);
	return ok ? true : error_set(err, ERR_INVALID, "this is no receipt of a signature");
}

bool receipt_good(const struct receipt *r, const unsigned char public_key[32], struct error *err)
{
	struct checkpoint head;
	struct hash leaf;
	unsigned char commitment[32], entry[LEAF_ENTRY_MAX];
	if (r->index == LEAF_NONE)
		return error_set(err, ERR_INVALID, "the signature was held for review when this receipt was given");
	if (!checkpoint_read(r->checkpoint, public_key, &head, err))
		return false;
	if (head.size != (uint64_t)r->size || memcmp(head.campaign, r->campaign, CAMPAIGN_ID_BYTES) != 0)
		return error_set(err, ERR_INVALID, "the receipt and its head of the log do not belong together");
	commitment_of(r->nonce, r->sealed_sha256, commitment);
	merkle_leaf(str_bytes(entry, entry_signed(r->campaign, commitment, entry)), &leaf);
	return inclusion_good(&leaf, (uint64_t)r->index, head.size, r->path, r->n_path, &head.root)
	           ? true
	           : error_set(err, ERR_DENIED, "the signature is not in the log that was signed");
}

bool receipt_is_entry(const struct receipt *r, struct str entry)
{
	unsigned char commitment[32], want[LEAF_ENTRY_MAX];
	commitment_of(r->nonce, r->sealed_sha256, commitment);
	return str_eq(entry, str_bytes(want, entry_signed(r->campaign, commitment, want)));
}
