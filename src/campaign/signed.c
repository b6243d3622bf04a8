#include "campaign/inner.h"

#include <sodium.h>

/* What is held of a person who signed, and the way out. */

bool signature_of(
    struct campaigns *c, const struct campaign *campaign, struct str address, int64_t *id, struct error *err)
{
	unsigned char signer[SIGNER_BYTES];
	if (!signer_of(c->store, campaign->public_id, address, signer, err))
		return false;
	return signature_find(c->store, campaign->id, str_bytes(signer, sizeof signer), id, err);
}

/* "ID.EXPIRES.STAMP" */
static bool ticket_stamp(struct campaigns *c, const struct campaign *campaign, struct str id, struct str expires,
    struct str *out, struct arena *arena, struct error *err)
{
	unsigned char key[KEY_BYTES];
	char hex[2 * CAMPAIGN_ID_BYTES + 1];
	if (!store_key(c->store, KEY_WITHDRAW, key, err))
		return false;
	sodium_bin2hex(hex, sizeof hex, campaign->public_id, CAMPAIGN_ID_BYTES);
	struct str said =
	    arena_printf(arena, "held %s %.*s %.*s", hex, (int)id.n, id.p, (int)expires.n, expires.p ? expires.p : "");
	*out = said.p ? stamp(arena, key, said) : said;
	sodium_memzero(key, sizeof key);
	return out->n ? true : error_memory(err);
}

struct str signature_ticket(struct campaigns *c, const struct campaign *campaign, int64_t id, int64_t expires,
    struct arena *arena, struct error *err)
{
	struct str proof, out = { 0 };
	struct str number = arena_printf(arena, "%lld", (long long)id);
	struct str until = arena_printf(arena, "%lld", (long long)expires);
	if (!number.p || !until.p) {
		error_memory(err);
		return out;
	}
	if (!ticket_stamp(c, campaign, number, until, &proof, arena, err))
		return out;
	out = arena_printf(arena, "%.*s.%.*s.%.*s", (int)number.n, number.p, (int)until.n, until.p, (int)proof.n, proof.p);
	if (!out.p)
		error_memory(err);
	return out;
}

bool signature_from_ticket(struct campaigns *c, const struct campaign *campaign, struct str ticket, int64_t now,
    int64_t *id, struct arena *arena, struct error *err)
{
	int64_t expires;
	struct str want, proof = ticket, number = str_split(&proof, '.'), until = str_split(&proof, '.');
	if (ticket.n > 256 || !str_to_int(number, id) || !str_to_int(until, &expires) || now >= expires)
		return error_set(err, ERR_NOT_FOUND, "this link has expired: ask for another one");
	if (!ticket_stamp(c, campaign, number, until, &want, arena, err))
		return false;
	return same_bytes(want, proof) ? true : error_set(err, ERR_NOT_FOUND, "this link is not whole");
}

bool signature_held(struct campaigns *c, int64_t id, struct held *out, struct arena *arena, struct error *err)
{
	struct signature s;
	struct error none = { 0 };
	if (!signature_get(c->store, id, &s, arena, err))
		return false;
	*out = (struct held){ .id = id, .leaf = s.leaf, .lang = s.lang, .day = s.day, .sealed_bytes = s.sealed.n };
	out->has_public = public_get(c->store, id, &out->shown, arena, &none);
	if (out->has_public || none.code == ERR_NOT_FOUND)
		return true;
	if (err)
		*err = none;
	return false;
}

bool signature_withdraw(struct campaigns *c, const struct campaign *campaign, int64_t id, struct error *err)
{
	struct job job = { .kind = JOB_WITHDRAW, .campaign = campaign, .signature = { .id = id } };
	return job_run(c, &job, err);
}

static bool end_held(
    struct campaigns *c, enum job_kind kind, const struct campaign *campaign, size_t *n, struct error *err)
{
	struct job job = { .kind = kind, .campaign = campaign };
	bool ok = job_run(c, &job, err);
	*n = ok ? job.n : 0;
	return ok;
}

bool signatures_release_held(struct campaigns *c, const struct campaign *campaign, size_t *n, struct error *err)
{
	return end_held(c, JOB_RELEASE, campaign, n, err);
}

bool signatures_drop_held(struct campaigns *c, const struct campaign *campaign, size_t *n, struct error *err)
{
	return end_held(c, JOB_DROP, campaign, n, err);
}
