#include "mail/inner.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* A row of the queue is sealed: the recipient, a line end, the message. What must be compared is a keyed hash. */

static struct str keyed(const unsigned char key[KEY_BYTES], const char *what, struct str text, struct arena *arena)
{
	struct str said = arena_printf(arena, "%s %.*s", what, (int)text.n, text.p ? text.p : "");
	return said.p ? stamp(arena, key, said) : said;
}

static struct str about(struct str recipient, struct arena *arena)
{
	return arena_printf(arena, "mail for %.*s", (int)recipient.n, recipient.p ? recipient.p : "");
}

static bool seal_message(const unsigned char key[KEY_BYTES], const struct mail_message *m, struct outbox_item *out,
    struct arena *arena, struct error *err)
{
	struct buf text = { 0 };
	struct str to = mail_same(m->to.address, arena);
	buf_add(&text, m->to.address);
	buf_addc(&text, '\n');
	if (!mail_compose(m, &text, err)) {
		buf_free(&text);
		return false;
	}
	out->recipient = keyed(key, "recipient", to, arena);
	out->domain = keyed(key, "domain", mail_domain(to), arena);
	out->sealed = seal(arena, key, about(out->recipient, arena), buf_str(&text));
	if (text.p)
		sodium_memzero(text.p, text.cap);
	bool ok = !text.failed && out->recipient.n && out->domain.n && out->sealed.p;
	buf_free(&text);
	return ok ? true : error_memory(err);
}

bool mail_queue(struct store *store, struct store_tx *tx, const struct mail_message *m, struct str once,
    struct arena *arena, struct error *err)
{
	unsigned char key[KEY_BYTES];
	struct outbox_item item = { 0 };
	struct str mark = STR("");
	if (!store_key(store, KEY_MAIL, key, err))
		return false;
	if (once.n)
		mark = keyed(key, "once", once, arena);
	bool ok = seal_message(key, m, &item, arena, err);
	sodium_memzero(key, sizeof key);
	if (ok && once.n && mark.n == 0)
		ok = error_memory(err);
	return ok && outbox_add(tx, &item, mark, clock_now(), err);
}

bool mail_park(struct store *store, struct store_tx *tx, const struct mail_message *m, const struct mail_turn *turn,
    struct str once, struct arena *arena, struct error *err)
{
	unsigned char key[KEY_BYTES];
	struct outbox_item item = { 0 };
	if (!store_key(store, KEY_MAIL, key, err))
		return false;
	struct outbox_parking parking = { .target = turn->target,
		.tag = keyed(key, "tag", turn->tag, arena),
		.held = turn->held,
		.once = keyed(key, "once", once, arena) };
	bool ok = seal_message(key, m, &item, arena, err);
	sodium_memzero(key, sizeof key);
	if (ok && (!parking.tag.n || !parking.once.n))
		ok = error_memory(err);
	return ok && outbox_park(tx, &item, &parking, clock_now(), err);
}

bool mail_cancel(struct store *store, struct store_tx *tx, struct str tag, struct arena *arena, struct error *err)
{
	unsigned char key[KEY_BYTES];
	if (!store_key(store, KEY_MAIL, key, err))
		return false;
	struct str mark = keyed(key, "tag", tag, arena);
	sodium_memzero(key, sizeof key);
	return mark.n ? parked_cancel(tx, mark, err) : error_memory(err);
}

/* ---- return paths: where a bounce comes to says whose it is ---- */

#define PROOF 16

static struct str token_of(const unsigned char key[KEY_BYTES], int64_t id, struct arena *arena)
{
	char hex[HASH_HEX_MAX];
	struct str number = arena_printf(arena, "%lld", (long long)id);
	struct str proof = number.p ? keyed(key, "bounce", number, arena) : number;
	if (!proof.p)
		return proof;
	hash_hex(proof, 32, hex);
	return arena_printf(arena, "b-%lld-%.*s", (long long)id, PROOF, hex);
}

bool mail_return_path(struct store *store, const struct mail_settings *s, int64_t id, struct str *out,
    struct arena *arena, struct error *err)
{
	unsigned char key[KEY_BYTES];
	struct str base = str_from(s->bounces && *s->bounces ? s->bounces : s->from), domain = mail_domain(base);
	if (!store_key(store, KEY_MAIL, key, err))
		return false;
	struct str token = token_of(key, id, arena);
	sodium_memzero(key, sizeof key);
	if (!token.p || domain.n == 0 || !base.p)
		return token.p ? error_set(err, ERR_INVALID, "mail_from is not set") : error_memory(err);
	size_t local = base.n - domain.n - 1;
	*out = arena_printf(arena, "%.*s+%.*s@%.*s", (int)local, base.p, (int)token.n, token.p, (int)domain.n, domain.p);
	return out->p ? true : error_memory(err);
}

/* ---- delivery ---- */

static bool open_message(struct store *store, const struct outbox_item *item, struct str *to, struct str *message,
    struct arena *arena, struct error *err)
{
	unsigned char key[KEY_BYTES];
	if (!store_key(store, KEY_MAIL, key, err))
		return false;
	bool ok = unseal(arena, key, about(item->recipient, arena), item->sealed, message);
	sodium_memzero(key, sizeof key);
	if (!ok)
		return error_set(err, ERR_INVALID, "message %lld is not of this site's key", (long long)item->id);
	*to = str_split(message, '\n');
	return true;
}

static int64_t next_try(const struct outbox_item *item, int64_t now)
{
	int64_t wait = MAIL_RETRY_SECONDS;
	uint16_t chance;
	for (int64_t i = 1; i < item->tries && wait < MAIL_RETRY_MAX_SECONDS; i++)
		wait *= 2;
	if (wait > MAIL_RETRY_MAX_SECONDS)
		wait = MAIL_RETRY_MAX_SECONDS;
	random_bytes(&chance, sizeof chance);
	return now + wait +
	       wait / 4 * chance / UINT16_MAX; /* so that many that failed together do not come back together */
}

/* Mailboxes that are not there, or not any more (RFC 3463). */
static bool is_nobody(const struct mail_report *r)
{
	static const char *const nobody[] = { "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1" };
	for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++) {
		if (strcmp(r->status, nobody[i]) == 0)
			return true;
	}
	return false;
}

static bool note(struct store *store, struct outbox_item *item, const struct mail_report *r, int64_t now,
    struct mail_sum *sum, struct error *err)
{
	item->code = r->code;
	item->status = str_from(r->status);
	switch (r->result) {
	case MAIL_SENT:
		sum->sent++;
		return outbox_tried(store, item, OUTBOX_SENT, err);
	case MAIL_REFUSED:
		sum->refused++;
		return outbox_tried(store, item, OUTBOX_REFUSED, err) &&
		       (!is_nobody(r) || outbox_bounced(store, item->id, item->status, now, err));
	case MAIL_LATER:
		break;
	}
	sum->later++;
	if (now - item->created_at > MAIL_LIFE_SECONDS)
		return outbox_tried(store, item, OUTBOX_GIVEN_UP, err);
	item->next_at = next_try(item, now);
	return outbox_tried(store, item, OUTBOX_WAITING, err);
}

static bool deliver_one(struct store *store, struct mailer *mailer, const struct mail_settings *s,
    struct outbox_item *item, struct mail_report *report, struct arena *arena, struct error *err)
{
	struct str to = { 0 }, message = { 0 }, return_path = { 0 };
	*report = (struct mail_report){ .result = MAIL_LATER };
	if (!open_message(store, item, &to, &message, arena, err)) {
		if (err->code != ERR_INVALID)
			return false;
		log_error(err, "reading the queue of mail");
		*err = (struct error){ 0 };
		report->result = MAIL_REFUSED; /* it will not open tomorrow either */
		return true;
	}
	return mail_return_path(store, s, item->id, &return_path, arena, err) &&
	       mailer_send(mailer, return_path, to, message, report, arena, err);
}

/* A server that cannot be reached is not asked for the rest as well; nor is a command that says so of its server. */
static bool is_away(const struct mail_report *r)
{
	bool about_one = r->code >= 400 && r->code != 421 && r->code < 530;
	return r->result == MAIL_LATER && !about_one && r->code != EX_SOFTWARE;
}

bool mail_deliver(struct store *store, struct mailer *mailer, const struct mail_settings *s, const atomic_bool *stop,
    struct mail_sum *sum, struct error *err)
{
	struct arena *arena = arena_new();
	bool ok = arena && parked_release(store, clock_now(), err), away = false;
	*sum = (struct mail_sum){ 0 };
	while (ok && !away && !(stop && atomic_load(stop))) {
		struct outbox_item item;
		struct mail_report report;
		arena_reset(arena);
		if (!outbox_claim(store, clock_now(), s->rate ? s->rate : MAIL_RATE, &item, arena, err)) {
			ok = err->code == ERR_NOT_FOUND;
			break;
		}
		ok = deliver_one(store, mailer, s, &item, &report, arena, err) &&
		     note(store, &item, &report, clock_now(), sum, err);
		away = ok && is_away(&report);
		if (away)
			log_msg(LOG_WARN, "mail waits: %s", report.why);
	}
	arena_free(arena);
	if (!arena)
		return error_memory(err);
	if (ok)
		*err = (struct error){ 0 };
	return ok;
}
