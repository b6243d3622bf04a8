#include "campaign/inner.h"

#include <stdlib.h>
#include <string.h>

/* All that campaigns read from outside: keys, links, what a link opens, receipts, heads, entries, files of signatures.
 * What is read is written again, and must say the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void keys(struct str text)
{
	unsigned char key[SEAL_KEY_BYTES], again[SEAL_KEY_BYTES], campaign[CAMPAIGN_ID_BYTES];
	char written[CAMPAIGN_KEY_TEXT];
	struct token token;
	struct error err = { 0 };
	if (public_key_read(text, key, &err)) {
		public_key_write(key, written);
		must(public_key_read(str_from(written), again, &err) && memcmp(key, again, sizeof key) == 0);
	}
	if (secret_key_read(text, key, &err)) {
		secret_key_write(key, written);
		must(secret_key_read(str_from(written), again, &err) && memcmp(key, again, sizeof key) == 0);
	}
	token_read(text, &token);
	log_key_read(text, campaign, key, &err);
}

static void typed(struct str json, struct arena *arena)
{
	struct signing s, again;
	struct str out, twice;
	struct error err = { 0 };
	if (!signing_decode(json, &s, arena, &err) || !signing_encode(&s, &out, arena, &err))
		return;
	must(signing_decode(out, &again, arena, &err) && signing_encode(&again, &twice, arena, &err) && str_eq(out, twice));
	struct str canonical = address_canonical(s.mail, arena);
	must(str_eq(address_canonical(canonical, arena), canonical));
}

static void receipts(struct str json, struct arena *arena)
{
	struct receipt r, again;
	struct error err = { 0 };
	const unsigned char key[32] = { 1 };
	if (!receipt_read(json, &r, arena, &err))
		return;
	must(!receipt_good(&r, key, &err)); /* nobody has signed with it */
	struct str out = receipt_json(&r, arena);
	must(receipt_read(out, &again, arena, &err) && str_eq(receipt_json(&again, arena), out));
}

static void heads(struct str note, struct arena *arena)
{
	struct checkpoint head;
	struct sealed_head file;
	struct signature line;
	struct error err = { 0 };
	const unsigned char key[32] = { 1 };
	checkpoint_read(note, NULL, &head, &err);
	must(!checkpoint_read(note, key, &head, &err));
	sealed_head_read(note, &file, arena, &err);
	sealed_line_read(note, &line, arena);
}

/* Entries of 64 bytes at the most, as long as the byte before each says. */
static void entries(struct str bytes)
{
	const unsigned char campaign[CAMPAIGN_ID_BYTES] = { 0 };
	struct log_check *check = log_check_new(campaign);
	struct error err = { 0 };
	while (check && bytes.n) {
		size_t length = (unsigned char)bytes.p[0] % 64;
		log_check_add(check, str_sub(bytes, 1, 1 + length), &err);
		bytes = str_skip(bytes, 1 + length);
	}
	log_check_free(check);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = str_of((const char *)data, n);
	struct arena *arena = arena_new();
	if (!arena)
		return 0;
	keys(text);
	typed(text, arena);
	receipts(text, arena);
	heads(text, arena);
	entries(text);
	arena_free(arena);
	return 0;
}
