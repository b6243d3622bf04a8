#include "site/campaign.h"

#include "mail/mail.h"
#include "text/text.h"

#include <string.h>

/* What a form says, and whether it can be taken. Each fault is said beside its field. */

/* Without control characters; in a line, without breaks. */
static struct str clean(struct page *p, struct str typed, bool lines)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < typed.n; i++) {
		unsigned char c = (unsigned char)typed.p[i];
		if (c == '\r' && i + 1 < typed.n && typed.p[i + 1] == '\n')
			continue;
		if (c == '\n' || c == '\r')
			buf_addc(&out, lines ? '\n' : ' ');
		else if (c == '\t' || (c >= ' ' && c != 0x7f))
			buf_addc(&out, (char)c);
	}
	return str_trim(buf_take(&out, p->arena));
}

static struct str field_of(struct page *p, const char *before, struct str name)
{
	struct str whole = arena_printf(p->arena, "%s%.*s", before, (int)name.n, name.p);
	return whole.p ? web_field_get(p->req, whole.p) : STR("");
}

static bool abroad(const struct campaign_view *v, const struct sign_form *f)
{
	struct str country = sign_form_value(v, f, FIELD_COUNTRY);
	return country.n && !str_eq(country, STR("JP"));
}

/* "１００－０００１", "〒100-0001", "1000001": all are 100-0001. */
static const char *read_postcode(struct campaign_view *v, const struct sign_form *f, struct str *value)
{
	char digits[8];
	size_t n = 0;
	struct str plain = text_normal(*value, v->p.arena);
	if (abroad(v, f)) {
		*value = str_sub(plain, 0, utf8_floor(plain, plain.n < 16 ? plain.n : 16));
		return NULL;
	}
	for (size_t i = 0; i < plain.n; i++) {
		if (plain.p[i] < '0' || plain.p[i] > '9')
			continue;
		if (n == 7)
			return N_("A postcode has seven digits, such as 100-0001.");
		digits[n++] = plain.p[i];
	}
	if (n != 7)
		return N_("A postcode has seven digits, such as 100-0001.");
	*value = arena_printf(v->p.arena, "%.3s-%.4s", digits, digits + 3);
	return NULL;
}

static bool is_choice(struct page *p, const struct campaign_field *f, struct str value)
{
	/* In any language: the page may have been another's. */
	for (size_t i = 0; i < f->n_texts; i++) {
		struct str rest = f->texts[i].choices;
		while (rest.n) {
			if (str_eq(str_trim(str_split(&rest, '\n')), value))
				return true;
		}
	}
	(void)p;
	return false;
}

static const char *check_field(struct campaign_view *v, struct sign_form *f, size_t i)
{
	const struct campaign_field *field = &v->c.fields[i];
	struct str *value = &f->values[i];
	size_t max = field->kind == FIELD_COMMENT ? SIGN_COMMENT_MAX : SIGN_LINE_MAX;
	if (value->n == 0)
		return field->required ? N_("Please fill this in.") : NULL;
	if (value->n > max)
		return N_("This is too long. Please shorten it.");
	switch (field->kind) {
	case FIELD_POSTCODE:
		return read_postcode(v, f, value);
	case FIELD_PREFECTURE:
	case FIELD_COUNTRY:
		return region_name(*value, STR("en")).n ? NULL : N_("Please choose one of these.");
	case FIELD_CHOICE:
		return is_choice(&v->p, field, *value) ? NULL : N_("Please choose one of these.");
	default:
		return NULL;
	}
}

static const char *check_mail(struct campaign_view *v, struct sign_form *f)
{
	struct page *p = &v->p;
	struct error why = { 0 };
	struct str address;
	/* ｈａｎａ＠ｅｘａｍｐｌｅ．ｊｐ */
	struct str plain = f->mail;
	for (size_t i = 0; i < f->mail.n; i++) {
		if ((unsigned char)f->mail.p[i] >= 0x80) {
			plain = text_normal(f->mail, p->arena);
			break;
		}
	}
	if (plain.n == 0)
		return N_("Please fill this in.");
	if (!mail_address(plain, &address, p->arena, &why))
		return N_("This is no mail address. It looks like hana@example.jp.");
	f->mail = address;
	struct str more = setting_value(p->site->store, STR("disposable"), p->arena);
	switch (guard_domain(p->site->guard, mail_domain(address), v->c.domains_allowed, v->c.domains_blocked, more)) {
	case DOMAIN_DISPOSABLE:
		return N_("This is a throw-away address. Please give one that stays yours, so that you can withdraw later.");
	case DOMAIN_BLOCKED:
		return N_("Addresses of this domain cannot sign here. Please give another.");
	case DOMAIN_NOT_ALLOWED:
		return N_("Only addresses of certain domains can sign here. Please give such a one.");
	default:
		return NULL;
	}
}

static bool read_consents(struct campaign_view *v, struct sign_form *f)
{
	bool fine = true;
	for (size_t i = 0; i < v->c.n_consents; i++) {
		struct str said = field_of(&v->p, "c_", v->c.consents[i].name);
		int64_t version;
		/* What was agreed to is the text that was shown; a box whose text changed meanwhile is asked anew. */
		f->ticked[i] = str_to_int(said, &version) && version == v->c.consents[i].version;
		if (said.n && !f->ticked[i])
			f->not_ticked[i] = N_("This text has changed meanwhile. Please read it again.");
		else if (v->c.consents[i].required && !f->ticked[i])
			f->not_ticked[i] = N_("Without this you cannot sign here.");
		fine = fine && !f->not_ticked[i];
	}
	f->old_enough = v->c.min_age <= 0 || web_field_get(v->p.req, "age").n > 0;
	if (!f->old_enough)
		f->too_young = N_("Who is younger cannot sign here.");
	return fine && f->old_enough;
}

bool sign_form_read(struct campaign_view *v, struct sign_form *f)
{
	bool fine = true;
	f->mail = clean(&v->p, web_field_get(v->p.req, "mail"), false);
	for (size_t i = 0; i < v->c.n_fields; i++)
		f->values[i] = clean(&v->p, field_of(&v->p, "f_", v->c.fields[i].name), v->c.fields[i].kind == FIELD_COMMENT);
	for (size_t i = 0; i < v->c.n_fields; i++) {
		f->wrong[i] = check_field(v, f, i);
		fine = fine && !f->wrong[i];
	}
	f->mail_wrong = check_mail(v, f);
	fine = read_consents(v, f) && fine && !f->mail_wrong;
	fine = sign_letters_read(v, f) && fine;
	if (!fine)
		f->problem = N_("Something is missing or cannot be right. It is marked below; nothing that you wrote is lost.");
	return fine;
}

/* ---- what is signed with ---- */

static struct str public_name(struct campaign_view *v, const struct sign_form *f)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < v->c.n_fields; i++) {
		if (v->c.fields[i].kind != FIELD_NAME || f->values[i].n == 0)
			continue;
		buf_adds(&out, out.n ? " " : "");
		buf_add(&out, f->values[i]);
	}
	return buf_take(&out, v->p.arena);
}

static void set_public(struct campaign_view *v, const struct sign_form *f, struct signing *s)
{
	for (size_t i = 0; i < v->c.n_consents; i++) {
		if (f->ticked[i] && str_eq(v->c.consents[i].name, STR("public")))
			s->has_public = true;
	}
	if (!s->has_public)
		return;
	s->public_name = public_name(v, f);
	s->public_town = sign_form_value(v, f, FIELD_TOWN);
	if (s->public_town.n == 0)
		s->public_town = region_name(sign_form_value(v, f, FIELD_PREFECTURE), v->p.lang);
	s->public_comment = sign_form_value(v, f, FIELD_COMMENT);
}

bool sign_form_signing(struct campaign_view *v, const struct sign_form *f, struct signing *s)
{
	struct page *p = &v->p;
	*s = (struct signing){ .lang = p->lang, .mail = f->mail };
	s->fields = arena_array(p->arena, v->c.n_fields + 1, sizeof *s->fields);
	s->consents = arena_array(p->arena, v->c.n_consents + 1, sizeof *s->consents);
	if (!s->fields || !s->consents)
		return error_memory(p->err);
	for (size_t i = 0; i < v->c.n_fields; i++) {
		if (f->values[i].n)
			s->fields[s->n_fields++] = (struct signing_field){ v->c.fields[i].name, f->values[i] };
	}
	for (size_t i = 0; i < v->c.n_consents; i++) {
		if (f->ticked[i])
			s->consents[s->n_consents++] = (struct signing_consent){ v->c.consents[i].name, v->c.consents[i].version };
	}
	set_public(v, f, s);
	if (v->c.regions == REGIONS_PREFECTURE)
		s->region = sign_form_value(v, f, FIELD_PREFECTURE);
	else if (v->c.regions == REGIONS_COUNTRY)
		s->region = sign_form_value(v, f, FIELD_COUNTRY);
	return sign_letters_signing(v, f, s);
}
