#include "campaign/inner.h"

#include <sodium.h>
#include <string.h>

/* Sealed signatures as a text file, to be opened elsewhere: a head, an empty line, a line each, and how many there were. */

#define FIRST_LINE "kairan sealed signatures v1"

void sealed_head_write(const struct sealed_head *h, struct buf *out)
{
	char hex[2 * CAMPAIGN_ID_BYTES + 1];
	sodium_bin2hex(hex, sizeof hex, h->campaign, CAMPAIGN_ID_BYTES);
	buf_printf(out, FIRST_LINE "\ncampaign %s\nslug ", hex);
	buf_add(out, h->slug);
	buf_adds(out, "\nkey ");
	buf_add(out, h->public_key);
	buf_printf(out, "\ncount %lld\n", (long long)h->count);
	for (size_t i = 0; i < h->n_fields; i++) {
		buf_adds(out, "field ");
		buf_add(out, campaign_field_name(h->fields[i].kind));
		buf_addc(out, ' ');
		buf_add(out, h->fields[i].name);
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
}

static bool head_line(struct sealed_head *h, struct str line, struct arena *arena)
{
	size_t n = 0;
	struct str rest = line, word = str_split(&rest, ' ');
	if (str_eq(word, STR("campaign")))
		return rest.n == 2 * CAMPAIGN_ID_BYTES &&
		       sodium_hex2bin(h->campaign, CAMPAIGN_ID_BYTES, rest.p, rest.n, NULL, &n, NULL) == 0;
	if (str_eq(word, STR("count")))
		return str_to_int(rest, &h->count) && h->count >= 0;
	rest = arena_dup(arena, rest);
	if (str_eq(word, STR("slug")))
		h->slug = rest;
	else if (str_eq(word, STR("key")))
		h->public_key = rest;
	else if (str_eq(word, STR("field"))) {
		int kind = campaign_field_of(str_split(&rest, ' '));
		if (kind < 0 || h->n_fields == SIGNING_FIELDS_MAX)
			return false;
		h->fields[h->n_fields++] = (struct sealed_field){ rest, (enum campaign_field_kind)kind };
	}
	return rest.p != NULL; /* other words are a later version's */
}

bool sealed_head_read(struct str text, struct sealed_head *out, struct arena *arena, struct error *err)
{
	*out = (struct sealed_head){ .count = -1 };
	out->fields = arena_array(arena, SIGNING_FIELDS_MAX, sizeof *out->fields);
	if (!out->fields)
		return error_memory(err);
	bool ok = str_eq(str_split(&text, '\n'), STR(FIRST_LINE));
	while (ok && text.n)
		ok = head_line(out, str_split(&text, '\n'), arena);
	return ok && out->public_key.n && out->count >= 0
	           ? true
	           : error_set(err, ERR_INVALID, "this is no file of sealed signatures");
}

void sealed_line_write(const struct signature *s, struct buf *out)
{
	size_t size = sodium_base64_ENCODED_LEN(s->sealed.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	if (s->leaf == LEAF_NONE)
		buf_adds(out, "-");
	else
		buf_printf(out, "%lld", (long long)s->leaf);
	buf_printf(out, " %lld %.*s ", (long long)s->day, (int)s->lang.n, s->lang.p ? s->lang.p : "");
	buf_reserve(out, size);
	if (out->failed)
		return;
	sodium_bin2base64(
	    out->p + out->n, size, bytes_of(s->sealed), s->sealed.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	out->n += size - 1;
	buf_addc(out, '\n');
}

bool sealed_line_read(struct str line, struct signature *out, struct arena *arena)
{
	struct str leaf = str_split(&line, ' '), day = str_split(&line, ' ');
	*out = (struct signature){ .leaf = LEAF_NONE };
	out->lang = str_split(&line, ' ');
	return (str_eq(leaf, STR("-")) || (str_to_int(leaf, &out->leaf) && out->leaf >= 0)) && str_to_int(day, &out->day) &&
	       line.n <= 2 * SIGNING_MAX && base64url_bytes(arena, line, &out->sealed);
}
