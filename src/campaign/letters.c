#include "campaign/campaign.h"

#include <string.h>

/* Which letters somebody is to send. */

/* ---- targets ---- */

static struct str digits_of(struct str postcode, char out[8])
{
	size_t n = 0;
	for (size_t i = 0; i < postcode.n && n < 7; i++) {
		if (postcode.p[i] >= '0' && postcode.p[i] <= '9')
			out[n++] = postcode.p[i];
	}
	return str_of(out, n);
}

/* How well areas fit: 2 for the prefecture, else the digits of the longest beginning of the postcode (3 to 7), 0: not. */
static size_t fit(struct str areas, struct str prefecture, struct str digits)
{
	size_t best = 0;
	while (areas.n) {
		char room[8];
		struct str word = str_split(&areas, ' ');
		if (word.n == 2 && str_eq(word, prefecture) && best < 2)
			best = 2;
		struct str beginning = digits_of(word, room);
		if (word.n > 2 && str_starts(digits, beginning) && beginning.n > best)
			best = beginning.n;
	}
	return best;
}

/* A stretch of the circle of those that fit, from where the lot points to, so that each is as likely. */
static void draw(
    const struct campaign_target **all, size_t n_all, uint32_t lot, const struct campaign_target **out, size_t *n)
{
	size_t from = n_all > SIGNING_LETTERS_MAX ? lot % n_all : 0;
	*n = n_all < SIGNING_LETTERS_MAX ? n_all : SIGNING_LETTERS_MAX;
	for (size_t i = 0; i < *n; i++)
		out[i] = all[(from + i) % n_all];
}

void letter_targets(const struct campaign *c, struct str prefecture, struct str postcode, uint32_t lot,
    const struct campaign_target **out, size_t *n)
{
	const struct campaign_target *fitting[CAMPAIGN_TARGETS_MAX];
	char room[8];
	size_t best = 0, n_fitting = 0;
	struct str digits = digits_of(postcode, room);
	for (size_t i = 0; i < c->n_targets; i++) {
		size_t how = fit(c->targets[i].areas, prefecture, digits);
		best = how > best ? how : best;
	}
	for (size_t i = 0; i < c->n_targets && n_fitting < CAMPAIGN_TARGETS_MAX; i++) {
		const struct campaign_target *t = &c->targets[i];
		if (t->areas.n == 0 || (best && fit(t->areas, prefecture, digits) == best))
			fitting[n_fitting++] = t;
	}
	draw(fitting, n_fitting, lot, out, n);
}

/* ---- their letters ---- */

static bool is_for(const struct campaign_letter *l, const struct campaign_target *t, struct str lang)
{
	return str_eq(l->group, t->group) && str_eq(l->lang, lang);
}

const struct campaign_letter *letter_for(const struct campaign *c, const struct campaign_target *t, uint32_t lot)
{
	struct str lang = STR("");
	size_t variants = 0;
	for (size_t i = 0; i < c->n_letters; i++) {
		if (str_eq(c->letters[i].group, t->group) && (lang.n == 0 || str_eq(c->letters[i].lang, t->lang)))
			lang = c->letters[i].lang;
	}
	for (size_t i = 0; i < c->n_letters; i++)
		variants += is_for(&c->letters[i], t, lang);
	size_t chosen = variants ? lot % variants : 0;
	for (size_t i = 0; i < c->n_letters; i++) {
		if (is_for(&c->letters[i], t, lang) && chosen-- == 0)
			return &c->letters[i];
	}
	return NULL;
}

static const struct letter_edit *edit_of(const struct letter_edit *edits, size_t n, int64_t letter)
{
	for (size_t i = 0; i < n; i++) {
		if (edits[i].letter == letter)
			return &edits[i];
	}
	return NULL;
}

static bool fill_in(const struct campaign *c, const struct campaign_letter *l, const struct letter_edit *edit,
    struct signing_letter *out, struct arena *arena)
{
	out->subject = l->subject;
	out->text = l->body;
	if (!edit || c->editing == LETTER_FIXED)
		return true;
	struct str own = str_trim(edit->text);
	if (c->editing == LETTER_FREE) {
		out->subject = str_trim(edit->subject).n ? str_trim(edit->subject) : out->subject;
		out->text = own.n ? own : out->text;
		return true;
	}
	if (own.n)
		out->text = arena_printf(arena, "%.*s\n\n%.*s", (int)own.n, own.p, (int)l->body.n, l->body.p);
	return out->text.p != NULL;
}

struct choice {
	const struct campaign_target *target;
	const struct campaign_letter *letter;
};

/* Those with the same letter stand together, so that its text is written once. */
static void gather(struct choice *choices, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct choice one = choices[i];
		size_t at = i;
		for (; at > 0 && choices[at - 1].letter > one.letter; at--)
			choices[at] = choices[at - 1];
		choices[at] = one;
	}
}

bool letters_choose(const struct campaign *c, struct signing *s, struct str prefecture, struct str postcode,
    uint32_t lot, const struct letter_edit *edits, size_t n_edits, struct arena *arena, struct error *err)
{
	const struct campaign_target *targets[SIGNING_LETTERS_MAX];
	struct choice choices[SIGNING_LETTERS_MAX];
	size_t n, n_choices = 0;
	s->n_letters = 0;
	if (!campaign_has_letters(c))
		return true;
	letter_targets(c, prefecture, postcode, lot, targets, &n);
	for (size_t i = 0; i < n; i++) {
		const struct campaign_letter *l = letter_for(c, targets[i], lot);
		if (l)
			choices[n_choices++] = (struct choice){ targets[i], l };
	}
	gather(choices, n_choices);
	s->letters = arena_array(arena, n_choices + 1, sizeof *s->letters);
	if (!s->letters)
		return error_memory(err);
	for (size_t i = 0; i < n_choices; i++) {
		struct signing_letter *out = &s->letters[s->n_letters++];
		out->target = choices[i].target->id;
		if (i > 0 && choices[i].letter == choices[i - 1].letter)
			continue;
		if (!fill_in(c, choices[i].letter, edit_of(edits, n_edits, choices[i].letter->id), out, arena))
			return error_memory(err);
	}
	return true;
}
