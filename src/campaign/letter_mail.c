#include "campaign/campaign.h"

#include <string.h>

/* A letter as its target reads it, and its way into the mail. */

#define LETTER_ROOM (4 * KIB) /* of MAIL_TEXT_MAX, for what is put around a text */

/* How letters begin and end, as they are written in each language. */
static const struct manner {
	const char *lang, *salutation, *sign_off;
} MANNERS[] = {
	{ "en", "Dear {target},", "Yours sincerely," },
	{ "ja", "{office}\n{target} 様", "どうぞよろしくお願い申し上げます。" },
	{ "de", "Guten Tag, {target},", "Mit freundlichen Grüßen" },
	{ "es", "Estimado/a {target}:", "Atentamente," },
	{ "fr", "Bonjour {target},", "Cordialement," },
	{ "it", "Gentile {target},", "Cordiali saluti," },
	{ "ko", "{office} {target} 귀하", "감사합니다." },
	{ "pt", "Prezado(a) {target},", "Atenciosamente," },
	{ "zh", "尊敬的{target}：", "此致敬礼" },
};

static const struct manner *manner_of(struct str lang)
{
	struct str rest = lang, main_part = str_split(&rest, '-');
	for (size_t i = 0; i < sizeof MANNERS / sizeof *MANNERS; i++) {
		if (str_eq_ci(main_part, str_from(MANNERS[i].lang)))
			return &MANNERS[i];
	}
	return &MANNERS[0];
}

/* What was typed into the field of this kind. */
static struct str typed(const struct campaign *c, const struct signing *s, enum campaign_field_kind kind)
{
	for (size_t i = 0; i < c->n_fields; i++) {
		if (c->fields[i].kind != kind)
			continue;
		for (size_t j = 0; j < s->n_fields; j++) {
			if (str_eq(s->fields[j].name, c->fields[i].name))
				return str_trim(s->fields[j].value);
		}
	}
	return STR("");
}

/* One line without controls, not longer than a header takes. */
static struct str line_of(struct str text, size_t max, struct arena *arena)
{
	struct buf out = { 0 };
	text = utf8_clean(arena, text);
	text = str_sub(text, 0, utf8_floor(text, max));
	for (size_t i = 0; i < text.n; i++)
		buf_addc(&out, (unsigned char)text.p[i] < ' ' || text.p[i] == 127 ? ' ' : text.p[i]);
	struct str line = str_trim(buf_take(&out, arena));
	return line.p ? line : STR("");
}

struct words {
	struct str target, office, name, town;
};

static bool put_word(struct buf *out, struct str *rest, const struct words *w)
{
	const struct {
		struct str key, value;
	} words[] = { { STR("{target}"), w->target }, { STR("{office}"), w->office }, { STR("{name}"), w->name },
		{ STR("{town}"), w->town } };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_starts(*rest, words[i].key)) {
			buf_add(out, words[i].value);
			*rest = str_skip(*rest, words[i].key.n);
			return true;
		}
	}
	return false;
}

static void fill(struct buf *out, struct str text, const struct words *w)
{
	while (text.n) {
		if (text.p[0] == '{' && put_word(out, &text, w))
			continue;
		buf_addc(out, text.p[0]);
		text = str_skip(text, 1);
	}
}

/* A paragraph; a line that only had a placeholder of nothing is left out. */
static void fill_lines(struct buf *out, struct str text, const struct words *w)
{
	while (text.n) {
		struct str line = str_split(&text, '\n');
		size_t before = out->n;
		fill(out, line, w);
		if (out->n > before || line.n == 0)
			buf_addc(out, '\n');
	}
}

static struct str sign_off_of(const struct campaign *c, const struct campaign_target *t)
{
	for (size_t i = 0; i < c->n_letters; i++) {
		const struct campaign_letter *l = &c->letters[i];
		if (str_eq(l->group, t->group) && str_eq(l->lang, t->lang) && l->sign_off.n)
			return l->sign_off;
	}
	return str_from(manner_of(t->lang)->sign_off);
}

/* Where a form asks for family and given name apart, both. */
static struct str full_name(const struct campaign *c, const struct signing *s, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < c->n_fields; i++) {
		for (size_t j = 0; c->fields[i].kind == FIELD_NAME && j < s->n_fields; j++) {
			if (!str_eq(c->fields[i].name, s->fields[j].name) || s->fields[j].value.n == 0)
				continue;
			buf_adds(&out, out.n ? " " : "");
			buf_add(&out, s->fields[j].value);
		}
	}
	return line_of(buf_take(&out, arena), MAIL_NAME_MAX, arena);
}

bool letter_whole(const struct campaign *c, const struct campaign_target *t, const struct signing *s,
    struct str subject, struct str text, struct letter_whole *out, struct arena *arena, struct error *err)
{
	struct buf line = { 0 }, body = { 0 };
	struct words w = { t->name, t->office, full_name(c, s, arena),
		line_of(typed(c, s, FIELD_TOWN), MAIL_NAME_MAX, arena) };
	struct str salutation = t->salutation.n ? t->salutation : str_from(manner_of(t->lang)->salutation);
	text = utf8_clean(arena, text);
	fill(&line, subject, &w);
	fill_lines(&body, salutation, &w);
	buf_addc(&body, '\n');
	fill_lines(&body, str_trim(str_sub(text, 0, utf8_floor(text, MAIL_TEXT_MAX - LETTER_ROOM))), &w);
	buf_addc(&body, '\n');
	fill_lines(&body, sign_off_of(c, t), &w);
	if (w.name.n && str_find(sign_off_of(c, t), STR("{name}")) < 0)
		fill_lines(&body, w.name, &w);
	out->subject = line_of(buf_take(&line, arena), MAIL_SUBJECT_MAX, arena);
	out->text = buf_take(&body, arena);
	out->text = str_sub(out->text, 0, utf8_floor(out->text, MAIL_TEXT_MAX));
	return out->text.p && out->subject.p ? true : error_memory(err);
}

/* ---- the mail ---- */

static bool agreed(const struct signing *s, struct str consent)
{
	for (size_t i = 0; i < s->n_consents; i++) {
		if (str_eq(s->consents[i].name, consent))
			return true;
	}
	return false;
}

static const struct campaign_target *target_of(const struct campaign *c, int64_t id)
{
	for (size_t i = 0; i < c->n_targets; i++) {
		if (c->targets[i].id == id)
			return &c->targets[i];
	}
	return NULL;
}

static struct str hex_of(const unsigned char *bytes, size_t n, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%02x", bytes[i]);
	return buf_take(&out, arena);
}

/* Campaign and signer. */
static struct str tag_of(const struct campaign *c, struct str signer, struct arena *arena)
{
	struct str id = hex_of(c->public_id, sizeof c->public_id, arena),
	           who = hex_of((const unsigned char *)signer.p, signer.n, arena);
	return id.p && who.p ? arena_printf(arena, "letter %s %s", id.p, who.p) : (struct str){ 0 };
}

/* Is it one of what keeps a letter from being made, and nothing else? */
static bool is_left_out(struct error *err)
{
	static const enum error_code codes[] = { ERR_EXISTS, ERR_DENIED, ERR_NOT_FOUND, ERR_INVALID, ERR_TOO_LARGE };
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		if (err->code != codes[i])
			continue;
		if (err->code == ERR_INVALID || err->code == ERR_TOO_LARGE)
			log_error(err, "making a letter of a campaign");
		*err = (struct error){ 0 };
		return true;
	}
	return false;
}

static bool post(const struct letters_post *post, struct store_tx *tx, const struct campaign *c,
    const struct campaign_target *t, const struct signing *s, const struct signing_letter *l,
    const struct mail_turn *turn, struct arena *arena, struct error *err)
{
	struct letter_whole whole;
	if (!letter_whole(c, t, s, l->subject, l->text, &whole, arena, err))
		return false;
	struct str name = full_name(c, s, arena);
	struct mail_message m = { .from = { name.n ? name : c->organiser, post->from },
		.to = { line_of(t->name, MAIL_NAME_MAX, arena), t->address },
		.subject = whole.subject,
		.text = whole.text,
		.lang = t->lang,
		.at = clock_now() };
	if (c->reply_to && agreed(s, STR("reply")))
		m.reply_to = (struct mail_party){ name, s->mail };
	struct str once = arena_printf(arena, "%.*s %.*s %.*s", (int)turn->tag.n, turn->tag.p, (int)t->address.n,
	    t->address.p, (int)t->name.n, t->name.p);
	return once.p ? mail_park(post->store, tx, &m, turn, once, arena, err) : error_memory(err);
}

static bool queue_all(const struct letters_post *p, struct store_tx *tx, const struct campaign *c, struct str signer,
    const struct signing *s, bool hold, struct arena *arena, struct error *err)
{
	struct signing_letter last = { 0 };
	struct mail_turn turn = { .tag = tag_of(c, signer, arena), .held = hold };
	if (!turn.tag.p)
		return error_memory(err);
	for (size_t i = 0; i < s->n_letters; i++) {
		const struct signing_letter *l = &s->letters[i];
		if (l->subject.n || l->text.n)
			last = *l;
		const struct campaign_target *t = target_of(c, l->target);
		if (!t || t->address.n == 0 || last.text.n == 0)
			continue;
		turn.target = t->id;
		if (!post(p, tx, c, t, s, &last, &turn, arena, err) && !is_left_out(err))
			return false;
	}
	return true;
}

bool letters_queue(const struct letters_post *p, struct store_tx *tx, const struct campaign *c, struct str signer,
    const struct signing *s, bool hold, struct error *err)
{
	if (!campaign_has_letters(c) || c->digest_only || s->n_letters == 0 || p->from.n == 0)
		return true;
	struct arena *arena = arena_new();
	bool ok = arena ? queue_all(p, tx, c, signer, s, hold, arena, err) : error_memory(err);
	arena_free(arena);
	return ok;
}

bool letters_cancel(
    const struct letters_post *p, struct store_tx *tx, const struct campaign *c, struct str signer, struct error *err)
{
	if (!campaign_has_letters(c))
		return true;
	struct arena *arena = arena_new();
	struct str tag = arena ? tag_of(c, signer, arena) : (struct str){ 0 };
	bool ok = tag.p ? mail_cancel(p->store, tx, tag, arena, err) : error_memory(err);
	arena_free(arena);
	return ok;
}

bool letters_release(struct store_tx *tx, int64_t campaign, struct error *err)
{
	return parked_release_held(tx, campaign, err);
}

bool letters_drop(struct store_tx *tx, int64_t campaign, struct error *err)
{
	return parked_drop_held(tx, campaign, err);
}
