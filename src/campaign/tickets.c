#include "campaign/guarding.h"

#include "text/text.h"

#include <sodium.h>
#include <string.h>

/* A ticket is "KIND.NUMBER.EXPIRY.STAMP": kind "w" with the bits of a work, "q" with the number of the organiser's question, or
 * "s" for a sum, whose stamp is followed by one over the answer too, which therefore stands nowhere. */

#define STAMP_LENGTH 32

struct ticket {
	struct str kind;
	int64_t number, expires, of_kind;
	struct str stamp, proof;
};

/* answer 0: of the ticket itself. */
static struct str stamp_of(
    struct guard *g, int64_t campaign, const struct ticket *t, int64_t answer, struct arena *arena)
{
	struct str said = arena_printf(arena, "ticket %lld %.*s %lld %lld %lld", (long long)campaign, (int)t->kind.n,
	    t->kind.p, (long long)t->number, (long long)t->expires, (long long)answer);
	return said.p ? str_sub(stamp(arena, g->key, said), 0, STAMP_LENGTH) : said;
}

static struct str write_ticket(
    struct guard *g, int64_t campaign, struct str kind, int64_t answer, int64_t now, struct arena *arena)
{
	struct ticket t = { .kind = kind, .expires = now + TICKET_SECONDS };
	pthread_mutex_lock(&g->lock);
	/* Its place was that of one which is forgotten by now. */
	t.number = (int64_t)++g->issued;
	g->used[t.number % TICKETS_REMEMBERED / 8] &= (unsigned char)~(1u << (t.number % 8));
	pthread_mutex_unlock(&g->lock);
	if (!kind.p)
		return (struct str){ 0 };
	struct str own = stamp_of(g, campaign, &t, 0, arena);
	struct str proof = answer ? stamp_of(g, campaign, &t, answer, arena) : STR("");
	if (own.n == 0 || (answer && proof.n == 0))
		return (struct str){ 0 };
	return arena_printf(arena, "%.*s.%lld.%lld.%.*s%.*s", (int)kind.n, kind.p, (long long)t.number,
	    (long long)t.expires, (int)own.n, own.p, (int)proof.n, proof.p);
}

static bool read_ticket(struct str text, char kind, struct ticket *t)
{
	if (text.n == 0 || text.n > TICKET_MAX || text.p[0] != kind)
		return false;
	t->kind = str_split(&text, '.');
	struct str number = str_split(&text, '.'), expires = str_split(&text, '.');
	t->stamp = str_sub(text, 0, STAMP_LENGTH);
	t->proof = str_skip(text, t->stamp.n);
	t->of_kind = 0;
	return str_to_int(number, &t->number) && str_to_int(expires, &t->expires) && t->number > 0 &&
	       (t->kind.n == 1 || str_to_int(str_skip(t->kind, 1), &t->of_kind));
}

static bool ours(struct guard *g, int64_t campaign, const struct ticket *t, struct arena *arena)
{
	return same_bytes(t->stamp, stamp_of(g, campaign, t, 0, arena));
}

/* Of a ticket that is ours: each is good once, whatever comes of it. */
static bool use(struct guard *g, const struct ticket *t, int64_t now)
{
	pthread_mutex_lock(&g->lock);
	uint64_t number = (uint64_t)t->number;
	unsigned char *byte = &g->used[number % TICKETS_REMEMBERED / 8], bit = (unsigned char)(1u << (number % 8));
	bool known = number <= g->issued && g->issued - number < TICKETS_REMEMBERED && now <= t->expires;
	bool fine = known && !(*byte & bit);
	if (fine)
		*byte |= bit;
	pthread_mutex_unlock(&g->lock);
	return fine;
}

/* ---- work ---- */

static unsigned doublings(unsigned n)
{
	unsigned bits = 0;
	for (; n >= 2; n /= 2)
		bits++;
	return bits;
}

static unsigned bits_for(struct guard *g, int64_t campaign, struct str network, int64_t now)
{
	pthread_mutex_lock(&g->lock);
	double rate = rate_now(&g->sent, now);
	unsigned from = network.n ? sketch_count(&g->sketch, now, "network", campaign, network) : 0;
	pthread_mutex_unlock(&g->lock);
	unsigned bits = WORK_BITS + doublings((unsigned)(rate / WORK_RATE)) + doublings(from / NETWORK_FORMS_FREE);
	return bits < WORK_BITS_MAX ? bits : WORK_BITS_MAX;
}

bool guard_work(
    struct guard *g, int64_t campaign, struct str network, int64_t now, struct guard_work *out, struct arena *arena)
{
	out->bits = bits_for(g, campaign, network, now);
	out->ticket = write_ticket(g, campaign, arena_printf(arena, "w%u", out->bits), 0, now, arena);
	return out->ticket.n > 0;
}

static bool has_zero_bits(const unsigned char *hash, unsigned bits)
{
	unsigned zero = 0;
	for (size_t i = 0; i < crypto_hash_sha256_BYTES; i++) {
		if (hash[i] == 0) {
			zero += 8;
			continue;
		}
		for (unsigned char bit = 0x80; !(hash[i] & bit); bit >>= 1)
			zero++;
		break;
	}
	return zero >= bits;
}

enum guard_verdict guard_worked(
    struct guard *g, int64_t campaign, struct str ticket, struct str n, int64_t now, struct arena *arena)
{
	struct ticket t;
	unsigned char hash[crypto_hash_sha256_BYTES];
	if (!read_ticket(ticket, 'w', &t) || !ours(g, campaign, &t, arena))
		return GUARD_LATE;
	struct str said = n.n <= 20 ? arena_printf(arena, "%.*s.%.*s", (int)ticket.n, ticket.p, (int)n.n, n.p) : n;
	if (said.n == 0 || n.n > 20)
		return GUARD_WRONG;
	crypto_hash_sha256(hash, (const unsigned char *)said.p, said.n);
	if (!has_zero_bits(hash, (unsigned)t.of_kind))
		return GUARD_WRONG;
	return use(g, &t, now) ? GUARD_FINE : GUARD_LATE;
}

/* ---- questions ---- */

/* The line of that number, from 0; empty when there is none. Lines without an answer are none. */
static struct str line_at(struct str own, int64_t wanted, int64_t *count)
{
	int64_t n = 0;
	struct str found = STR("");
	while (own.n) {
		struct str line = str_trim(str_split(&own, '\n'));
		if (str_find(line, STR("|")) <= 0)
			continue;
		if (n++ == wanted)
			found = line;
	}
	*count = n;
	return found;
}

bool guard_question(
    struct guard *g, int64_t campaign, struct str own, int64_t now, struct guard_question *out, struct arena *arena)
{
	int64_t count, which;
	*out = (struct guard_question){ 0 };
	line_at(own, -1, &count);
	if (count == 0) {
		out->a = 1 + (int)randombytes_uniform(9);
		out->b = 1 + (int)randombytes_uniform(9);
		out->ticket = write_ticket(g, campaign, STR("s"), out->a + out->b, now, arena);
		return out->ticket.n > 0;
	}
	which = randombytes_uniform((uint32_t)count);
	struct str line = line_at(own, which, &count);
	out->text = str_trim(str_split(&line, '|'));
	out->ticket = write_ticket(g, campaign, arena_printf(arena, "q%lld", (long long)which), 0, now, arena);
	return out->ticket.n > 0;
}

/* "12", "１２", "十二", "twelve"; -1 for what is none. */
static int64_t number_of(struct str folded)
{
	static const char *const words[][2] = { { "二", "two" }, { "三", "three" }, { "四", "four" }, { "五", "five" },
		{ "六", "six" }, { "七", "seven" }, { "八", "eight" }, { "九", "nine" }, { "十", "ten" }, { "十一", "eleven" },
		{ "十二", "twelve" }, { "十三", "thirteen" }, { "十四", "fourteen" }, { "十五", "fifteen" },
		{ "十六", "sixteen" }, { "十七", "seventeen" }, { "十八", "eighteen" } };
	int64_t n;
	if (str_to_int(folded, &n))
		return n;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq(folded, str_from(words[i][0])) || str_eq(folded, str_from(words[i][1])))
			return (int64_t)i + 2;
	}
	return -1;
}

static bool right(struct str own, int64_t which, struct str folded, struct arena *arena)
{
	int64_t count;
	struct str line = line_at(own, which, &count);
	str_split(&line, '|');
	while (line.n) {
		if (str_eq(text_fold(str_trim(str_split(&line, '|')), arena), folded))
			return true;
	}
	return false;
}

enum guard_verdict guard_answered(struct guard *g, int64_t campaign, struct str own, struct str ticket,
    struct str answer, int64_t now, struct arena *arena)
{
	struct ticket t;
	struct str folded = answer.n <= ANSWER_BYTES_MAX ? text_fold(str_trim(answer), arena) : STR("");
	if (read_ticket(ticket, 'q', &t)) {
		if (!ours(g, campaign, &t, arena) || !use(g, &t, now))
			return GUARD_LATE;
		return folded.n && right(own, t.of_kind, folded, arena) ? GUARD_FINE : GUARD_WRONG;
	}
	if (!read_ticket(ticket, 's', &t) || !ours(g, campaign, &t, arena) || !use(g, &t, now))
		return GUARD_LATE;
	int64_t answered = number_of(folded);
	bool fine = answered > 0 && same_bytes(t.proof, stamp_of(g, campaign, &t, answered, arena));
	return fine ? GUARD_FINE : GUARD_WRONG;
}
