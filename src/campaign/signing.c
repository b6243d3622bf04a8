#include "campaign/inner.h"

#include <sodium.h>
#include <string.h>

/* From the form to the sealed box: what a person typed is readable only in the memory of the request that has it. */

#define DAY 86400

void sha256(struct str bytes, unsigned char out[32])
{
	crypto_hash_sha256(out, bytes_of(bytes), bytes.n);
}

bool signing_begin(struct campaigns *c, const struct campaign *campaign, const struct signing *s, struct str *token,
    struct arena *arena, struct error *err)
{
	struct token t;
	struct str plain;
	pthread_mutex_lock(&c->lock);
	bool fits = c->pending < PENDING_MAX;
	pthread_mutex_unlock(&c->lock);
	if (!fits)
		return error_set(err, ERR_UNAVAILABLE, "too many signatures wait for their confirmation; come back later");
	if (!signing_encode(s, &plain, arena, err))
		return false;
	*token = token_new(&t, arena);
	struct job job = { .kind = JOB_BEGIN, .campaign = campaign, .pending = t.id, .now = clock_now() };
	job.signature.sealed = token_seal(&t, campaign->public_id, plain, arena);
	sodium_memzero(t.key, sizeof t.key);
	if (!token->p || !job.signature.sealed.p)
		return error_memory(err);
	return job_run(c, &job, err);
}

static bool open_token(struct campaigns *c, const struct campaign *campaign, struct str text, struct token *t,
    struct str *plain, struct signing *out, struct arena *arena, struct error *err)
{
	struct str sealed;
	if (!token_read(text, t))
		return error_set(err, ERR_NOT_FOUND, "this link is not whole");
	bool ok = pending_find(c->store, t->id, campaign->id, clock_now(), &sealed, arena, err);
	if (ok && !token_unseal(t, campaign->public_id, sealed, plain, arena))
		ok = error_set(err, ERR_NOT_FOUND, "this link does not fit what waits for it");
	sodium_memzero(t->key, sizeof t->key);
	return ok && signing_decode(*plain, out, arena, err);
}

bool signing_open(struct campaigns *c, const struct campaign *campaign, struct str token, struct signing *out,
    struct arena *arena, struct error *err)
{
	struct token t;
	struct str plain;
	return open_token(c, campaign, token, &t, &plain, out, arena, err);
}

/* All that is costly, before the one thread has it. */
static bool seal_signature(struct campaigns *c, struct job *job, struct str plain, unsigned char signer[SIGNER_BYTES],
    struct arena *arena, struct error *err)
{
	unsigned char key[SEAL_KEY_BYTES];
	const struct campaign *campaign = job->campaign;
	struct receipt *r = job->receipt;
	if (!public_key_parse(campaign->public_key, key, err) ||
	    !signer_of(c->store, campaign->public_id, job->signing->mail, signer, err))
		return false;
	struct str sealed = box_seal(key, plain, arena);
	if (!sealed.p)
		return error_memory(err);
	memcpy(r->campaign, campaign->public_id, CAMPAIGN_ID_BYTES);
	random_bytes(r->nonce, sizeof r->nonce);
	sha256(sealed, r->sealed_sha256);
	commitment_of(r->nonce, r->sealed_sha256, job->commitment);
	job->signature = (struct signature){ .campaign = campaign->id,
		.signer = str_bytes(signer, SIGNER_BYTES),
		.sealed = sealed,
		.nonce = str_bytes(r->nonce, sizeof r->nonce),
		.lang = job->signing->lang,
		.day = job->now / DAY };
	return true;
}

bool signing_confirm(struct campaigns *c, const struct campaign *campaign, struct str token, bool hold,
    struct receipt *out, struct arena *arena, struct error *err)
{
	struct token t;
	struct str plain = { 0 };
	struct signing s = { 0 };
	unsigned char signer[SIGNER_BYTES];
	*out = (struct receipt){ .index = LEAF_NONE };
	if (!open_token(c, campaign, token, &t, &plain, &s, arena, err))
		return false;
	struct job job = { .kind = JOB_CONFIRM,
		.campaign = campaign,
		.pending = t.id,
		.signing = &s,
		.hold = hold,
		.now = clock_now(),
		.receipt = out,
		.arena = arena };
	if (!seal_signature(c, &job, plain, signer, arena, err) || !job_run(c, &job, err))
		return false;
	return out->index == LEAF_NONE || out->checkpoint.p ? true : error_memory(err);
}

bool signing_discard(struct campaigns *c, const struct campaign *campaign, struct str token, struct error *err)
{
	struct token t;
	if (!token_read(token, &t))
		return error_set(err, ERR_NOT_FOUND, "this link is not whole");
	sodium_memzero(t.key, sizeof t.key);
	struct job job = { .kind = JOB_DISCARD, .campaign = campaign, .pending = t.id };
	return job_run(c, &job, err);
}
