#include "site/campaign.h"

/* The letters beside the form: which there are, what was made of them. */

#define TARGETS_NAMED 6

static struct sign_letter *shown_already(struct sign_form *f, const struct campaign_letter *letter)
{
	for (size_t i = 0; i < f->n_letters; i++) {
		if (f->letters[i].letter == letter)
			return &f->letters[i];
	}
	return NULL;
}

static void name_targets(struct campaign_view *v, struct sign_form *f)
{
	bool ja = str_starts(v->p.lang, STR("ja"));
	for (size_t i = 0; i < f->n_letters; i++) {
		struct buf names = { 0 };
		size_t n = 0;
		for (size_t j = 0; j < v->c.n_targets && n <= TARGETS_NAMED; j++) {
			if (letter_for(&v->c, &v->c.targets[j], f->lot) != f->letters[i].letter)
				continue;
			buf_adds(&names, n == 0 ? "" : ja ? "、" : ", ");
			if (n++ < TARGETS_NAMED)
				buf_add(&names, v->c.targets[j].name);
			else
				buf_adds(&names, "…");
		}
		f->letters[i].targets = buf_take(&names, v->p.arena);
	}
}

/* By the lot that the form carries, so that who sees it again sees the same. */
static bool choose(struct campaign_view *v, struct sign_form *f)
{
	f->n_letters = 0;
	f->letters = arena_array(v->p.arena, v->c.n_letters + 1, sizeof *f->letters);
	if (!f->letters)
		return error_memory(v->p.err);
	for (size_t i = 0; i < v->c.n_targets && f->n_letters < v->c.n_letters; i++) {
		const struct campaign_letter *letter = letter_for(&v->c, &v->c.targets[i], f->lot);
		if (!letter || shown_already(f, letter))
			continue;
		struct sign_letter *l = &f->letters[f->n_letters++];
		l->letter = letter;
		l->subject = letter->subject;
		l->text = v->c.editing == LETTER_FREE ? letter->body : STR("");
	}
	name_targets(v, f);
	return true;
}

bool sign_letters_new(struct campaign_view *v, struct sign_form *f)
{
	return campaign_has_letters(&v->c) ? choose(v, f) : true;
}

static struct str edited(struct page *p, const char *what, int64_t letter)
{
	struct str name = arena_printf(p->arena, "%s%lld", what, (long long)letter);
	return name.p ? web_field_get(p->req, name.p) : STR("");
}

static struct str one_line(struct page *p, struct str s)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		buf_addc(&out, c < ' ' || c == 0x7f ? ' ' : (char)c);
	}
	return str_trim(buf_take(&out, p->arena));
}

static struct str lines(struct page *p, struct str s)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\n' || (c >= ' ' && c != 0x7f))
			buf_addc(&out, (char)c);
	}
	return str_trim(buf_take(&out, p->arena));
}

bool sign_letters_read(struct campaign_view *v, struct sign_form *f)
{
	int64_t lot;
	bool fine = true;
	if (!campaign_has_letters(&v->c))
		return true;
	if (str_to_int(web_field_get(v->p.req, "lot"), &lot) && lot >= 0 && lot <= UINT32_MAX) {
		f->lot = (uint32_t)lot;
		if (!choose(v, f))
			return false;
	}
	if (v->c.editing == LETTER_FIXED)
		return true;
	for (size_t i = 0; i < f->n_letters; i++) {
		struct sign_letter *l = &f->letters[i];
		l->text = lines(&v->p, edited(&v->p, "text_", l->letter->id));
		if (v->c.editing == LETTER_FREE)
			l->subject = one_line(&v->p, edited(&v->p, "subject_", l->letter->id));
		bool empty = v->c.editing == LETTER_FREE && (l->subject.n == 0 || l->text.n == 0);
		bool longer = l->text.n > CAMPAIGN_LETTER_MAX || l->subject.n > MAIL_SUBJECT_MAX;
		l->wrong = empty    ? N_("A letter wants a subject and a text.")
		           : longer ? N_("This is too long. Please shorten it.")
		                    : NULL;
		fine = fine && !l->wrong;
	}
	return fine;
}

void sign_letters_show(struct campaign_view *v, const struct sign_form *f)
{
	struct page *p = &v->p;
	if (f->n_letters == 0)
		return;
	struct view_value *letters = view_set_object(p->root, "letters"), *list = view_set_list(letters, "versions");
	view_set_str(letters, "lot", arena_printf(p->arena, "%u", (unsigned)f->lot));
	view_set_html(letters, "tips_html", campaign_markdown(p, v->text->tips, v->text->lang, "tips-"));
	for (size_t i = 0; i < f->n_letters; i++) {
		const struct sign_letter *l = &f->letters[i];
		struct view_value *version = view_push_object(list);
		view_set_int(version, "letter_id", l->letter->id);
		view_set_str(version, "letter_lang", l->letter->lang);
		view_set_str(version, "letter_targets", l->targets);
		view_set_str(version, "letter_subject", l->subject);
		view_set_str(version, "letter_text", l->text);
		view_set_str(version, "letter_body", l->letter->body);
		view_set_str(version, "letter_wrong", l->wrong ? page_message(p, str_from(l->wrong)) : STR(""));
		view_set_bool(version, "letter_free", v->c.editing == LETTER_FREE);
		view_set_bool(version, "letter_above", v->c.editing == LETTER_ABOVE);
		view_set_bool(version, "letter_fixed", v->c.editing == LETTER_FIXED);
		view_set_int(version, "letter_max", CAMPAIGN_LETTER_MAX / 3);
	}
}

bool sign_letters_signing(struct campaign_view *v, const struct sign_form *f, struct signing *s)
{
	struct page *p = &v->p;
	if (!campaign_has_letters(&v->c))
		return true;
	struct letter_edit *edits = arena_array(p->arena, f->n_letters + 1, sizeof *edits);
	if (!edits)
		return error_memory(p->err);
	for (size_t i = 0; i < f->n_letters; i++) {
		edits[i] = (struct letter_edit){ f->letters[i].letter->id, STR(""), STR("") };
		if (v->c.editing != LETTER_FIXED)
			edits[i].text = f->letters[i].text;
		if (v->c.editing == LETTER_FREE)
			edits[i].subject = f->letters[i].subject;
	}
	return letters_choose(&v->c, s, sign_form_value(v, f, FIELD_PREFECTURE), sign_form_value(v, f, FIELD_POSTCODE),
	    f->lot, edits, f->n_letters, p->arena, p->err);
}
