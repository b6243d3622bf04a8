#include "campaign/inner.h"

#include <string.h>

/* The jobs of one transaction. Entries of the log get their numbers in the order of the jobs; what all of a campaign's jobs
 * add to its counts and its tree is written once, at the end. The state in memory changes after the commit, or not at all. */

#define HELD_PAGE 512
#define HOUR 3600

struct day_sum {
	int64_t day;
	struct str lang;
	int64_t n;
};
struct region_sum {
	struct str region;
	int64_t n, held;
};

/* What a batch does to one campaign. */
struct change_of {
	const struct campaign *campaign;
	struct log_state *state;
	struct frontier before;
	struct campaign_counts counts; /* as they will be */
	struct hash *leaves;
	size_t n_leaves, cap_leaves;
	struct day_sum *days;
	size_t n_days, cap_days;
	struct region_sum *regions;
	size_t n_regions, cap_regions;
	struct growth growth;
	struct str note;
	struct change_of *next;
};

struct batch {
	struct campaigns *c;
	struct store_tx *tx;
	struct arena *arena;
	struct change_of *changes;
	int64_t pending; /* more, or fewer, that wait */
};

static void *grown(struct arena *arena, void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	size_t bigger = *cap ? *cap * 2 : 64;
	void *copy = arena_array(arena, bigger, size);
	if (copy && n)
		memcpy(copy, items, n * size);
	*cap = copy ? bigger : *cap;
	return copy;
}

static struct change_of *change_find(struct batch *b, const struct campaign *campaign, struct error *err)
{
	for (struct change_of *c = b->changes; c; c = c->next) {
		if (c->campaign->id == campaign->id)
			return c;
	}
	struct change_of *c = arena_alloc(b->arena, sizeof *c);
	if (!c) {
		error_memory(err);
		return NULL;
	}
	pthread_mutex_lock(&b->c->lock);
	struct log_state *state = state_find(b->c, campaign->id, err);
	if (state)
		*c = (struct change_of){
			.campaign = campaign, .state = state, .before = state->frontier, .counts = state->counts
		};
	pthread_mutex_unlock(&b->c->lock);
	if (!state)
		return NULL;
	c->next = b->changes;
	b->changes = c;
	return c;
}

/* ---- what jobs share ---- */

static bool log_entry(struct batch *b, struct change_of *c, struct str entry, struct error *err)
{
	struct hash *leaves = grown(b->arena, c->leaves, c->n_leaves, &c->cap_leaves, sizeof *leaves);
	if (!leaves)
		return error_memory(err);
	c->leaves = leaves;
	merkle_leaf(entry, &leaves[c->n_leaves++]);
	return leaf_add(b->tx, c->campaign->id, c->counts.size++, entry, err);
}

static bool log_signed(struct batch *b, struct change_of *c, const unsigned char commitment[32], struct error *err)
{
	unsigned char entry[LEAF_ENTRY_MAX];
	size_t n = entry_signed(c->campaign->public_id, commitment, entry);
	c->counts.signed_++;
	return log_entry(b, c, str_bytes(entry, n), err);
}

static bool sum_day(struct batch *b, struct change_of *c, int64_t day, struct str lang, struct error *err)
{
	for (size_t i = 0; i < c->n_days; i++) {
		if (c->days[i].day == day && str_eq(c->days[i].lang, lang)) {
			c->days[i].n++;
			return true;
		}
	}
	struct day_sum *days = grown(b->arena, c->days, c->n_days, &c->cap_days, sizeof *days);
	if (!days)
		return error_memory(err);
	c->days = days;
	days[c->n_days++] = (struct day_sum){ day, lang, 1 };
	return true;
}

static bool sum_region(struct batch *b, struct change_of *c, struct str region, bool held, struct error *err)
{
	size_t i = 0;
	if (region.n == 0)
		return true;
	while (i < c->n_regions && !str_eq(c->regions[i].region, region))
		i++;
	if (i == c->n_regions) {
		struct region_sum *regions = grown(b->arena, c->regions, i, &c->cap_regions, sizeof *regions);
		if (!regions)
			return error_memory(err);
		c->regions = regions;
		regions[c->n_regions++] = (struct region_sum){ region, 0, 0 };
	}
	c->regions[i].n += !held;
	c->regions[i].held += held;
	return true;
}

/* An outcome that the sender is told; the transaction goes on. */
static bool refuse(struct job *job, enum error_code code, const char *why)
{
	job->ok = false;
	error_set(&job->err, code, "%s", why);
	return true;
}

/* ---- the jobs: false spoils the transaction ---- */

static bool begin(struct batch *b, struct job *job, struct error *err)
{
	/* To the next full hour: the row need not say to the second when somebody was here. */
	int64_t expires = (job->now + PENDING_SECONDS + HOUR - 1) / HOUR * HOUR;
	b->pending++;
	return pending_add(b->tx, job->pending, job->campaign->id, job->signature.sealed, expires, err);
}

static bool discard(struct batch *b, struct job *job, struct error *err)
{
	bool there;
	if (!pending_remove(b->tx, job->pending, &there, err))
		return false;
	b->pending -= there;
	return there || refuse(job, ERR_NOT_FOUND, "this link was used, or has expired");
}

static bool show_name(struct batch *b, struct job *job, struct error *err)
{
	const struct signing *s = job->signing;
	if (!s->has_public)
		return true;
	struct public_signature shown = { .signature = job->signature.id,
		.campaign = job->campaign->id,
		.name = s->public_name,
		.town = s->public_town,
		.comment = s->public_comment,
		.state = job->campaign->moderated ? PUBLIC_WAITING : PUBLIC_SHOWN,
		.at = job->signature.day * 86400 };
	return public_add(b->tx, &shown, err);
}

static bool confirm(struct batch *b, struct job *job, struct error *err)
{
	bool there, added;
	struct change_of *c = change_find(b, job->campaign, err);
	if (!c || !pending_remove(b->tx, job->pending, &there, err))
		return false;
	b->pending -= there;
	if (!there)
		return refuse(job, ERR_NOT_FOUND, "this link was used, or has expired");
	job->signature.leaf = job->hold ? LEAF_NONE : c->counts.size;
	if (!signature_add(b->tx, &job->signature, &added, err))
		return false;
	if (!added)
		return refuse(job, ERR_EXISTS, "this address has signed already");
	job->receipt->index = job->signature.leaf;
	if (!letters_queue(&b->c->post, b->tx, job->campaign, job->signature.signer, job->signing, job->hold, err))
		return false;
	if (!show_name(b, job, err) || !sum_region(b, c, job->signing->region, job->hold, err))
		return false;
	if (job->hold) {
		c->counts.held++;
		return true;
	}
	return log_signed(b, c, job->commitment, err) && sum_day(b, c, job->signature.day, job->signature.lang, err);
}

static bool withdraw(struct batch *b, struct job *job, struct error *err)
{
	unsigned char entry[LEAF_ENTRY_MAX];
	struct signature s;
	struct error none = { 0 };
	struct change_of *c = change_find(b, job->campaign, err);
	if (!c)
		return false;
	if (!signature_get_tx(b->tx, job->signature.id, &s, b->arena, &none) || s.campaign != job->campaign->id) {
		if (none.code == ERR_NOT_FOUND || none.code == ERR_NONE)
			return refuse(job, ERR_NOT_FOUND, "no such signature is held");
		*err = none;
		return false;
	}
	if (!letters_cancel(&b->c->post, b->tx, job->campaign, s.signer, err) || !signature_remove(b->tx, s.id, err))
		return false;
	if (s.leaf == LEAF_NONE) {
		c->counts.held--;
		return true;
	}
	c->counts.withdrawn++;
	size_t n = entry_withdrawn(job->campaign->public_id, (uint64_t)s.leaf, entry);
	return log_entry(b, c, str_bytes(entry, n), err);
}

static bool release_one(struct batch *b, struct change_of *c, const struct signature *s, struct error *err)
{
	unsigned char sum[32], commitment[32];
	if (s->nonce.n != 32)
		return error_set(err, ERR_DB, "signature %lld is damaged", (long long)s->id);
	sha256(s->sealed, sum);
	commitment_of(bytes_of(s->nonce), sum, commitment);
	return signature_place(b->tx, s->id, c->counts.size, err) && log_signed(b, c, commitment, err) &&
	       sum_day(b, c, s->day, s->lang, err);
}

static bool end_held(struct batch *b, struct job *job, struct error *err)
{
	bool count = job->kind == JOB_RELEASE;
	struct signature *page;
	size_t n = HELD_PAGE;
	int64_t after = 0;
	struct change_of *c = change_find(b, job->campaign, err);
	while (c && n == HELD_PAGE) {
		if (!signature_list_held(b->tx, job->campaign->id, after, HELD_PAGE, &page, &n, b->arena, err))
			return false;
		for (size_t i = 0; i < n; i++) {
			if (!(count ? release_one(b, c, &page[i], err) : signature_remove(b->tx, page[i].id, err)))
				return false;
			after = page[i].id;
		}
		job->n += n;
		c->counts.held -= (int64_t)n;
	}
	return c && region_release(b->tx, job->campaign->id, count, err) &&
	       (count ? letters_release : letters_drop)(b->tx, job->campaign->id, err);
}

#define TEND_AT_ONCE 2000

static bool tend(struct batch *b, struct job *job, struct error *err)
{
	if (job->campaign) {
		struct change_of *c = change_find(b, job->campaign, err);
		if (!c || !signature_forget(b->tx, job->campaign->id, TEND_AT_ONCE, &job->n, err))
			return false;
		if (job->n == 0)
			c->counts.held = 0; /* they are gone too */
		return true;
	}
	if (!pending_expire(b->tx, job->now, TEND_AT_ONCE, &job->n, err))
		return false;
	b->pending -= (int64_t)job->n;
	return true;
}

static bool apply(struct batch *b, struct job *job, struct error *err)
{
	static bool (*const doing[])(struct batch *, struct job *, struct error *) = { [JOB_BEGIN] = begin,
		[JOB_DISCARD] = discard,
		[JOB_CONFIRM] = confirm,
		[JOB_WITHDRAW] = withdraw,
		[JOB_RELEASE] = end_held,
		[JOB_DROP] = end_held,
		[JOB_TEND] = tend };
	job->ok = true;
	job->err = (struct error){ 0 };
	job->n = 0;
	return doing[job->kind](b, job, err);
}

/* ---- what is written once a campaign ---- */

static bool write_tiles(struct batch *b, const struct change_of *c, struct error *err)
{
	for (unsigned l = 8; l < c->growth.n_levels; l += 8) {
		const struct growth_level *level = &c->growth.levels[l];
		for (size_t i = 0; i < level->n; i++) {
			uint64_t at = level->base + i;
			bool is_old = (at + 1) << l <= c->before.size;
			if (!is_old && !tile_add(b->tx, c->campaign->id, (int)l / 8, (int64_t)at, level->nodes[i].b, err))
				return false;
		}
	}
	return true;
}

static bool write_head(struct batch *b, struct change_of *c, struct error *err)
{
	struct checkpoint head = { .size = c->growth.after.size, .count = c->counts.signed_ - c->counts.withdrawn };
	memcpy(head.campaign, c->campaign->public_id, CAMPAIGN_ID_BYTES);
	frontier_root(&c->growth.after, &head.root);
	if (!b->c->has_key) {
		*err = b->c->key_error;
		return false;
	}
	c->note = checkpoint_sign(&head, &b->c->key, b->arena);
	if (!c->note.p)
		return error_memory(err);
	struct log_head row = { .size = c->counts.size, .at = clock_now(), .note = c->note };
	return head_put(b->tx, c->campaign->id, &row, err);
}

static bool write_sums(struct batch *b, const struct change_of *c, struct error *err)
{
	for (size_t i = 0; i < c->n_days; i++) {
		if (!day_add(b->tx, c->campaign->id, c->days[i].day, c->days[i].lang, c->days[i].n, err))
			return false;
	}
	for (size_t i = 0; i < c->n_regions; i++) {
		const struct region_sum *r = &c->regions[i];
		if (!region_add(b->tx, c->campaign->id, r->region, r->n, r->held, err))
			return false;
	}
	return true;
}

static bool write_change(struct batch *b, struct change_of *c, struct error *err)
{
	if (!growth_make(&c->growth, &c->before, c->leaves, c->n_leaves, b->arena))
		return error_memory(err);
	struct tally tally = { .size = c->counts.size,
		.signed_ = c->counts.signed_,
		.withdrawn = c->counts.withdrawn,
		.held = c->counts.held,
		.frontier = frontier_write(&c->growth.after, b->arena) };
	if (!tally.frontier.p)
		return error_memory(err);
	return tally_put(b->tx, c->campaign->id, &tally, err) && write_tiles(b, c, err) && write_sums(b, c, err) &&
	       (c->n_leaves == 0 || write_head(b, c, err));
}

/* ---- after the commit ---- */

static void keep_states(struct batch *b)
{
	pthread_mutex_lock(&b->c->lock);
	b->c->pending += b->pending;
	for (struct change_of *c = b->changes; c; c = c->next) {
		c->state->frontier = c->growth.after;
		c->state->changed |= memcmp(&c->state->counts, &c->counts, sizeof c->counts) != 0;
		c->counts.count = c->counts.signed_ - c->counts.withdrawn;
		c->state->counts = c->counts;
	}
	pthread_mutex_unlock(&b->c->lock);
}

static void fill_receipt(struct batch *b, struct job *job)
{
	struct receipt *r = job->receipt;
	struct change_of *c = b->changes;
	if (job->kind != JOB_CONFIRM || !job->ok || r->index == LEAF_NONE)
		return;
	while (c && c->campaign->id != job->campaign->id)
		c = c->next;
	if (!c) /* cannot be: what is signed changes its campaign */
		return;
	r->size = c->counts.size;
	r->n_path = growth_path(&c->growth, (uint64_t)r->index, r->path);
	r->checkpoint = arena_dup(job->arena, c->note);
}

bool batch_commit(struct campaigns *c, struct job *first, struct arena *arena, struct error *err)
{
	struct batch b = { .c = c, .arena = arena, .tx = store_begin(c->store, err) };
	bool ok = b.tx != NULL;
	for (struct job *job = first; ok && job; job = job->next)
		ok = apply(&b, job, err);
	for (struct change_of *change = b.changes; ok && change; change = change->next)
		ok = write_change(&b, change, err);
	if (!ok) {
		store_rollback(b.tx);
		return false;
	}
	if (!store_commit(b.tx, err))
		return false;
	keep_states(&b);
	for (struct job *job = first; job; job = job->next)
		fill_receipt(&b, job);
	return true;
}
