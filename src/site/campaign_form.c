#include "site/campaign.h"

#include <string.h>

/* The form as it is shown: first, and again with what was typed and what is wrong, beside each field. */

bool sign_form_new(struct campaign_view *v, struct sign_form *f)
{
	struct arena *arena = v->p.arena;
	*f = (struct sign_form){ 0 };
	f->values = arena_array(arena, v->c.n_fields + 1, sizeof *f->values);
	f->wrong = arena_array(arena, v->c.n_fields + 1, sizeof *f->wrong);
	f->ticked = arena_array(arena, v->c.n_consents + 1, sizeof *f->ticked);
	f->not_ticked = arena_array(arena, v->c.n_consents + 1, sizeof *f->not_ticked);
	if (!f->values || !f->wrong || !f->ticked || !f->not_ticked)
		return error_memory(v->p.err);
	random_bytes(&f->lot, sizeof f->lot);
	return sign_letters_new(v, f);
}

struct str sign_form_value(const struct campaign_view *v, const struct sign_form *f, enum campaign_field_kind kind)
{
	for (size_t i = 0; i < v->c.n_fields; i++) {
		if (v->c.fields[i].kind == kind && f->values[i].n)
			return f->values[i];
	}
	return STR("");
}

/* ---- fields ---- */

static void add_option(struct view_value *list, struct str value, struct str label, struct str chosen)
{
	struct view_value *option = view_push_object(list);
	view_set_str(option, "option_value", value);
	view_set_str(option, "option_label", label);
	view_set_bool(option, "option_chosen", value.n && str_eq(value, chosen));
}

static void add_options(struct page *p, struct view_value *field, const struct campaign_field *f, struct str chosen)
{
	struct view_value *list = view_set_list(field, "options");
	if (f->kind == FIELD_PREFECTURE) {
		for (int i = 1; i <= PREFECTURES_MAX; i++) {
			struct str code = arena_printf(p->arena, "%02d", i);
			add_option(list, code, region_name(code, p->lang), chosen);
		}
	} else if (f->kind == FIELD_COUNTRY) {
		add_option(list, STR("JP"), region_name(STR("JP"), p->lang), chosen);
		for (size_t i = 0; i < COUNTRIES_MAX; i++) {
			if (strcmp(COUNTRIES[i].code, "JP") != 0)
				add_option(
				    list, str_from(COUNTRIES[i].code), region_name(str_from(COUNTRIES[i].code), p->lang), chosen);
		}
	} else {
		const struct campaign_field_text *text = campaign_field_text(f, p->lang);
		struct str rest = text ? text->choices : STR("");
		while (rest.n) {
			struct str choice = str_trim(str_split(&rest, '\n'));
			if (choice.n)
				add_option(list, choice, choice, chosen);
		}
	}
}

/* Of two fields for names the first is the family's. */
static const char *autocomplete(const struct campaign_view *v, size_t at)
{
	size_t names = 0, before = 0;
	for (size_t i = 0; i < v->c.n_fields; i++) {
		bool name = v->c.fields[i].kind == FIELD_NAME;
		names += name;
		before += name && i < at;
	}
	switch (v->c.fields[at].kind) {
	case FIELD_NAME:
		return names == 1 ? "name" : before == 0 ? "family-name" : before == 1 ? "given-name" : "off";
	case FIELD_TOWN:
		return "address-level2";
	case FIELD_POSTCODE:
		return "postal-code";
	case FIELD_PREFECTURE:
		return "address-level1";
	case FIELD_COUNTRY:
		return "country";
	default:
		return "off";
	}
}

static void add_field(struct campaign_view *v, struct view_value *list, const struct sign_form *form, size_t at)
{
	struct page *p = &v->p;
	const struct campaign_field *f = &v->c.fields[at];
	const struct campaign_field_text *text = campaign_field_text(f, p->lang);
	struct view_value *field = view_push_object(list);
	bool choice = f->kind == FIELD_CHOICE || f->kind == FIELD_PREFECTURE || f->kind == FIELD_COUNTRY;
	view_set_str(field, "field_name", arena_printf(p->arena, "f_%.*s", (int)f->name.n, f->name.p));
	view_set_str(field, "field_label", text && text->label.n ? text->label : f->name);
	view_set_str(field, "field_help", text ? text->help : STR(""));
	view_set_str(field, "field_value", form->values[at]);
	view_set_str(field, "field_wrong", form->wrong[at] ? page_message(p, str_from(form->wrong[at])) : STR(""));
	view_set_str(field, "field_auto", str_from(autocomplete(v, at)));
	view_set_bool(field, "field_required", f->required);
	view_set_bool(field, "is_mail", false);
	view_set_bool(field, "is_choice", choice);
	view_set_bool(field, "is_long", f->kind == FIELD_COMMENT);
	view_set_bool(field, "is_postcode", f->kind == FIELD_POSTCODE);
	view_set_bool(field, "is_line", !choice && f->kind != FIELD_COMMENT);
	view_set_int(field, "field_max", f->kind == FIELD_COMMENT ? SIGN_COMMENT_MAX / 4 : SIGN_LINE_MAX / 4);
	if (choice)
		add_options(p, field, f, form->values[at]);
}

static void add_mail(struct campaign_view *v, struct view_value *list, const struct sign_form *form)
{
	struct page *p = &v->p;
	struct view_value *field = view_push_object(list);
	view_set_str(field, "field_name", STR("mail"));
	view_set_str(field, "field_label", page_message(p, STR("Mail address")));
	view_set_str(field, "field_help", page_message(p, STR("A link to confirm is sent there.")));
	view_set_str(field, "field_value", form->mail);
	view_set_str(field, "field_wrong", form->mail_wrong ? page_message(p, str_from(form->mail_wrong)) : STR(""));
	view_set_str(field, "field_auto", STR("email"));
	view_set_bool(field, "field_required", true);
	view_set_bool(field, "is_mail", true);
	view_set_bool(field, "is_choice", false);
	view_set_bool(field, "is_long", false);
	view_set_bool(field, "is_postcode", false);
	view_set_bool(field, "is_line", false);
}

/* In Japan an address is written from the large to the small, behind its postcode; elsewhere mostly the other way. */
static int address_rank(enum campaign_field_kind kind, bool large_first)
{
	switch (kind) {
	case FIELD_POSTCODE:
		return large_first ? 1 : 3;
	case FIELD_PREFECTURE:
		return large_first ? 2 : 4;
	case FIELD_TOWN:
		return large_first ? 3 : 2;
	case FIELD_COUNTRY:
		return 5;
	default:
		return 0;
	}
}

/* Fields as the organiser has them, those of an address among each other as the language has it. */
static void order_fields(const struct campaign_view *v, size_t *order)
{
	bool large_first = str_starts(v->p.lang, STR("ja"));
	for (size_t i = 0; i < v->c.n_fields; i++)
		order[i] = i;
	for (size_t i = 0; i < v->c.n_fields; i++) {
		for (size_t j = i + 1; j < v->c.n_fields; j++) {
			int a = address_rank(v->c.fields[order[i]].kind, large_first);
			int b = address_rank(v->c.fields[order[j]].kind, large_first);
			if (a && b && a > b) {
				size_t swapped = order[i];
				order[i] = order[j];
				order[j] = swapped;
			}
		}
	}
}

static void set_fields(struct campaign_view *v, const struct sign_form *form)
{
	struct view_value *list = view_set_list(v->p.root, "fields");
	size_t *order = arena_array(v->p.arena, v->c.n_fields + 1, sizeof *order), last_name = 0, n = v->c.n_fields;
	if (!order)
		return;
	order_fields(v, order);
	for (size_t i = 0; i < n; i++) {
		if (v->c.fields[order[i]].kind == FIELD_NAME)
			last_name = i + 1;
	}
	for (size_t i = 0; i <= n; i++) {
		if (i == last_name)
			add_mail(v, list, form);
		if (i < n)
			add_field(v, list, form, order[i]);
	}
}

/* ---- consents, the question ---- */

static void set_consents(struct campaign_view *v, const struct sign_form *form)
{
	struct page *p = &v->p;
	struct view_value *list = view_set_list(p->root, "consents");
	for (size_t i = 0; i < v->c.n_consents; i++) {
		const struct campaign_consent *c = &v->c.consents[i];
		const struct campaign_consent_text *text = campaign_consent_text(c, p->lang);
		struct view_value *object = view_push_object(list);
		view_set_str(object, "consent_name", arena_printf(p->arena, "c_%.*s", (int)c->name.n, c->name.p));
		view_set_int(object, "consent_version", c->version);
		view_set_str(object, "consent_text", text ? text->text : c->name);
		view_set_bool(object, "consent_ticked", form->ticked[i]);
		view_set_bool(object, "consent_required", c->required);
		view_set_str(
		    object, "consent_wrong", form->not_ticked[i] ? page_message(p, str_from(form->not_ticked[i])) : STR(""));
	}
	if (v->c.min_age <= 0)
		return;
	struct view_value *age = view_set_object(p->root, "age");
	view_set_int(age, "years", v->c.min_age);
	view_set_bool(age, "old_enough", form->old_enough);
	view_set_str(age, "too_young", form->too_young ? page_message(p, str_from(form->too_young)) : STR(""));
}

static const char *const NUMBERS[] = { N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"),
	N_("seven"), N_("eight"), N_("nine") };

static void set_question(struct campaign_view *v)
{
	struct page *p = &v->p;
	struct guard_question q;
	static const char *const names[] = { "first_number", "second_number" };
	if (!guard_question(p->site->guard, v->c.id, v->text->questions, clock_now(), &q, p->arena))
		return;
	struct view_value *question = view_set_object(p->root, "ask");
	view_set_str(question, "ticket", q.ticket);
	if (q.text.n) {
		view_set_str(question, "question_text", q.text);
		return;
	}
	struct str words[2] = { page_message(p, str_from(NUMBERS[q.a - 1])), page_message(p, str_from(NUMBERS[q.b - 1])) };
	view_set_str(question, "question_text",
	    campaign_message(p, STR(N_("How much is {first_number} plus {second_number}?")), names, words, 2));
}

void sign_form_show(struct campaign_view *v, const struct sign_form *form)
{
	struct page *p = &v->p;
	view_set_bool(p->root, "has_form", true);
	view_set_bool(p->root, "can_sign", true);
	view_set_str(p->root, "sign_url", url_campaign(p, p->lang, v->c.slug, "/sign"));
	view_set_str(p->root, "work_url", url_campaign(p, p->settings.default_lang, v->c.slug, "/work"));
	view_set_str(p->root, "form_problem", form->problem ? page_message(p, str_from(form->problem)) : STR(""));
	campaign_assets(p, true);
	set_fields(v, form);
	set_consents(v, form);
	sign_letters_show(v, form);
	if (form->ask)
		set_question(v);
}
