#include "site.h"

#include <sodium.h>

/* The tree against the definition, written down once more as plainly as RFC 6962 has it; proofs from what is stored. */

static struct hash mth(const struct hash *leaves, size_t n)
{
	struct hash out, left, right;
	size_t k = 1;
	if (n == 0) {
		merkle_empty(&out);
		return out;
	}
	if (n == 1)
		return leaves[0];
	while (k * 2 < n)
		k *= 2;
	left = mth(leaves, k);
	right = mth(leaves + k, n - k);
	merkle_node(&left, &right, &out);
	return out;
}

static bool same(const struct hash *a, const struct hash *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

#define LEAVES 700

static void make_leaves(struct hash *leaves)
{
	for (size_t i = 0; i < LEAVES; i++) {
		unsigned char entry[2] = { (unsigned char)(i >> 8), (unsigned char)i };
		merkle_leaf(str_bytes(entry, 2), &leaves[i]);
	}
}

static void test_growth(void **state)
{
	static struct hash leaves[LEAVES];
	struct arena *arena = arena_new();
	(void)state;
	make_leaves(leaves);
	for (size_t step = 1; step < 90; step += 4) {
		struct frontier f = { 0 };
		for (size_t at = 0; at < LEAVES;) {
			size_t n = at + step > LEAVES ? LEAVES - at : step;
			struct growth g;
			struct hash root, want = mth(leaves, at + n), path[64];
			assert_true(growth_make(&g, &f, leaves + at, n, arena));
			frontier_root(&g.after, &root);
			assert_true(same(&root, &want));
			for (size_t i = at; i < at + n; i++) {
				size_t length = growth_path(&g, i, path);
				assert_true(inclusion_good(&leaves[i], i, at + n, path, length, &root));
				assert_false(inclusion_good(&leaves[i], i + 1, at + n, path, length, &root));
			}
			f = g.after;
			at += n;
		}
		struct frontier again;
		assert_true(frontier_read(f.size, frontier_write(&f, arena), &again));
		assert_memory_equal(&f, &again, sizeof f);
		arena_reset(arena);
	}
	arena_free(arena);
}

/* Fills the log of campaign 7 in batches of odd sizes, as the committing thread does. */
static void fill(struct site *s, size_t total)
{
	struct error err = { 0 };
	struct campaign_counts c;
	size_t n = 0;
	while (n < total) {
		struct receipt r;
		struct str token;
		char mail[40];
		snprintf(mail, sizeof mail, "l%zu@example.org", n++);
		struct signing form = { .lang = STR("ja"), .mail = str_from(mail) };
		assert_true(signing_begin(s->campaigns, &s->campaign, &form, &token, s->arena, &err));
		assert_true(signing_confirm(s->campaigns, &s->campaign, token, true, &r, s->arena, &err));
		if (n % 97 == 0)
			assert_true(signatures_release_held(s->campaigns, &s->campaign, &(size_t){ 0 }, &err));
	}
	assert_true(signatures_release_held(s->campaigns, &s->campaign, &(size_t){ 0 }, &err));
	assert_true(campaign_counts(s->campaigns, s->campaign.id, &c, &err));
	assert_int_equal(c.size, total);
}

static void test_stored(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct hash path[130], leaves[600];
	struct str *rows;
	size_t n, total = 600;
	fill(s, total);
	assert_true(leaf_list(s->store, s->campaign.id, 0, total, &rows, &n, s->arena, &err));
	assert_int_equal(n, total);
	for (size_t i = 0; i < n; i++)
		merkle_leaf(rows[i], &leaves[i]);
	static const size_t sizes[] = { 1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 599, 600 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct hash root = mth(leaves, sizes[i]);
		for (size_t leaf = 0; leaf < sizes[i]; leaf += 37) {
			assert_true(proof_inclusion(s->store, s->campaign.id, leaf, sizes[i], path, &n, s->arena, &err));
			assert_true(inclusion_good(&leaves[leaf], leaf, sizes[i], path, n, &root));
		}
		for (size_t k = 0; k <= i; k++) {
			struct hash old = mth(leaves, sizes[k]);
			assert_true(proof_consistency(s->store, s->campaign.id, sizes[k], sizes[i], path, &n, s->arena, &err));
			assert_true(consistency_good(sizes[k], sizes[i], path, n, &old, &root));
			old.b[3] ^= 1;
			assert_false(consistency_good(sizes[k], sizes[i], path, n, &old, &root));
		}
	}
	assert_false(proof_inclusion(s->store, s->campaign.id, 600, 600, path, &n, s->arena, &err));
	struct str note;
	struct checkpoint head;
	struct hash root = mth(leaves, total);
	struct log_key key;
	assert_true(log_key_of(s->store, &key, &err));
	assert_true(log_checkpoint(s->campaigns, &s->campaign, &note, s->arena, &err));
	assert_true(checkpoint_read(note, key.public_key, &head, &err));
	assert_int_equal(head.size, total);
	assert_int_equal(head.count, total);
	assert_true(same(&head.root, &root));
	((char *)(uintptr_t)note.p)[60] ^= 1;
	assert_false(checkpoint_read(note, key.public_key, &head, &err));
	/* Heads of one hour: the last. */
	struct log_head *heads;
	assert_true(head_list(s->store, s->campaign.id, 10, &heads, &n, s->arena, &err));
	assert_in_range(n, 1, 2);
}

static void test_served(void **state)
{
	struct site *s = *state;
	struct error err = { 0 };
	struct str text;
	unsigned char campaign[CAMPAIGN_ID_BYTES], key[LOG_PUBLIC_KEY];
	struct checkpoint head;
	assert_true(log_checkpoint(s->campaigns, &s->campaign, &text, s->arena, &err));
	assert_true(checkpoint_read(text, NULL, &head, &err));
	assert_int_equal(head.size, 0);
	fill(s, 3);
	assert_true(log_key(s->campaigns, &s->campaign, &text, s->arena, &err));
	assert_true(log_key_read(text, campaign, key, &err));
	assert_memory_equal(campaign, s->campaign.public_id, CAMPAIGN_ID_BYTES);
	assert_true(log_leaves(s->campaigns, &s->campaign, 1, &text, s->arena, &err));
	assert_int_equal(text.n, 2 * (2 * 49 + 1));
	assert_true(log_proof(s->campaigns, &s->campaign, 1, 3, &text, s->arena, &err));
	assert_true(str_starts(text, STR("{\"index\":1,\"size\":3,\"path\":[\"")));
	assert_false(log_proof(s->campaigns, &s->campaign, 1, 4, &text, s->arena, &err));
	assert_int_equal(err.code, ERR_USAGE);
	assert_true(log_consistency(s->campaigns, &s->campaign, 2, 3, &text, s->arena, &err));
	assert_false(log_consistency(s->campaigns, &s->campaign, 3, 2, &text, s->arena, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),
		cmocka_unit_test_setup_teardown(test_stored, open_site, close_site),
		cmocka_unit_test_setup_teardown(test_served, open_site, close_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
