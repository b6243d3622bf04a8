#include "store/inner.h"

#include <string.h>

/* What a campaign must be to be saved, and to be opened. The first fault is told, with its place. */

static const char *const PARTS[CAMPAIGN_PARTS] = { "the campaign", "text", "field", "consent", "target", "letter",
	"update", "milestone" };
static const char *const WRONGS[CAMPAIGN_WRONGS] = {
	[WRONG_TITLE] = "the title is missing or too long",
	[WRONG_LONG] = "a text is too long",
	[WRONG_MANY] = "there are too many",
	[WRONG_LANG] = "the language is missing, or stands there twice",
	[WRONG_SLUG] = "the address is taken by another campaign",
	[WRONG_KEY] = "this is no public key: it starts with kcp1. and has 53 characters",
	[WRONG_KEY_FIXED] = "the key cannot change once the campaign was open",
	[WRONG_URL] = "this is no address of a site: it starts with https://",
	[WRONG_DATES] = "the end must come after the start, and the deletion after the end",
	[WRONG_NUMBER] = "a number is negative or too large",
	[WRONG_DAYS] = "letters need a day and an hour on which they may go out",
	[WRONG_HOSTS] = "this is no list of hosts",
	[WRONG_DOMAINS] = "this is no list of mail domains",
	[WRONG_NAME] = "the name must be of a-z, 0-9 and _, and stand there once",
	[WRONG_LABEL] = "the label is missing or too long",
	[WRONG_CHOICES] = "a choice needs two to 60 answers",
	[WRONG_CONSENT] = "the text is missing or too long",
	[WRONG_TARGET_NAME] = "the name is missing or too long",
	[WRONG_ADDRESS] = "this is no mail address",
	[WRONG_AREAS] = "areas are numbers of prefectures (13) or beginnings of postcodes (100-00)",
	[WRONG_LETTER] = "the subject or the text is missing or too long",
	[WRONG_COUNT] = "the number of signatures is missing, or stands there twice",
	[WRONG_QUESTIONS] = "a line is a question, a bar and an answer: What colour is snow?|white",
};

struct str campaign_fault_text(const struct campaign_fault *f, struct arena *arena)
{
	const char *part = PARTS[f->part], *wrong = WRONGS[f->wrong];
	const char *lang = f->lang.n ? arena_cstr(arena, f->lang) : "";
	if (f->number)
		return arena_printf(arena, "%s %zu%s%s: %s", part, f->number, *lang ? " in " : "", lang, wrong);
	return arena_printf(arena, "%s%s%s: %s", part, *lang ? " in " : "", lang, wrong);
}

static bool wrong(
    struct campaign_fault *out, enum campaign_part part, size_t number, struct str lang, enum campaign_wrong what)
{
	*out = (struct campaign_fault){ part, number, lang, what };
	return false;
}

/* ---- what stands in a line ---- */

static bool has_controls(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
			return true;
	}
	return false;
}

static bool is_line(struct str s, size_t max)
{
	return s.n <= max && utf8_valid(s) && !has_controls(s);
}

static bool is_text(struct str s, size_t max)
{
	return s.n <= max && utf8_valid(s);
}

static bool is_lang(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return s.n >= 2 && s.n <= 35;
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return s.n > 0 && s.n <= 40;
}

/* What `mail` takes is stricter; this is what must hold wherever an address came from. */
static bool is_address(struct str s)
{
	ptrdiff_t at = str_find(s, STR("@"));
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 127 || strchr("<>,;:\\\"", s.p[i]))
			return false;
	}
	return at > 0 && (size_t)at + 1 < s.n && s.n <= MAIL_ADDRESS_MAX &&
	       str_find(str_skip(s, (size_t)at + 1), STR("@")) < 0;
}

static bool is_key(struct str s)
{
	if (s.n == 0)
		return true;
	for (size_t i = 5; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return s.n == 53 && str_starts(s, STR("kcp1."));
}

static bool is_web(struct str s)
{
	return s.n == 0 || ((str_starts(s, STR("https://")) || str_starts(s, STR("http://"))) && s.n <= 1000 &&
	                       is_line(s, 1000) && str_find(s, STR(" ")) < 0);
}

/* A word of a list of hosts: letters, digits, dots, hyphens; with `star` also "*". A host may have a port. */
static bool is_host(struct str s, bool star)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || (c == ':' && !star) ||
		        (c == '*' && (star || i == 0))))
			return false;
	}
	return s.n > 0 && s.n <= 253;
}

static bool are_hosts(struct str list, bool star)
{
	if (list.n > CAMPAIGN_HOSTS_MAX)
		return false;
	while (list.n) {
		struct str word = str_split(&list, ' ');
		if (word.n && !is_host(word, star))
			return false;
	}
	return true;
}

/* "13": a prefecture, 01 to 47; "100" or "100-00": the beginning of a postcode, three digits at least. */
static bool are_areas(struct str list)
{
	while (list.n) {
		int64_t number = 0;
		struct str word = str_split(&list, ' '), rest = word;
		struct str first = str_split(&rest, '-');
		bool prefecture = word.n == 2 && str_to_int(word, &number) && number >= 1 && number <= 47;
		bool postcode =
		    first.n == 3 && str_to_int(first, &number) && rest.n <= 4 && (rest.n == 0 || str_to_int(rest, &number));
		if (word.n && !prefecture && !postcode)
			return false;
	}
	return true;
}

/* ---- the parts ---- */

#define ONCE(items, i, key, found)                  \
	for (size_t before = 0; before < (i); before++) \
	(found) = (found) || str_eq((items)[before].key, (items)[i].key)

static bool check_questions(struct str lines)
{
	while (lines.n) {
		struct str line = str_trim(str_split(&lines, '\n')), rest = line;
		struct str question = str_trim(str_split(&rest, '|'));
		if (line.n && (question.n == 0 || str_trim(rest).n == 0))
			return false;
	}
	return true;
}

static bool check_texts(const struct campaign *c, struct campaign_fault *f)
{
	if (c->n_texts > SITE_LANGS_MAX)
		return wrong(f, PART_TEXT, 0, STR(""), WRONG_MANY);
	for (size_t i = 0; i < c->n_texts; i++) {
		const struct campaign_text *t = &c->texts[i];
		bool twice = false;
		ONCE(c->texts, i, lang, twice);
		if (!is_lang(t->lang) || twice)
			return wrong(f, PART_TEXT, 0, t->lang, WRONG_LANG);
		if (t->title.n == 0 || !is_line(t->title, CAMPAIGN_LINE_MAX))
			return wrong(f, PART_TEXT, 0, t->lang, WRONG_TITLE);
		if (!is_text(t->summary, CAMPAIGN_SUMMARY_MAX) || !is_text(t->body, CAMPAIGN_TEXT_MAX) ||
		    !is_text(t->demands, CAMPAIGN_TEXT_MAX) || !is_text(t->thanks, CAMPAIGN_TEXT_MAX) ||
		    !is_text(t->tips, CAMPAIGN_TEXT_MAX) || !is_text(t->organisation, CAMPAIGN_TEXT_MAX) ||
		    !is_text(t->questions, CAMPAIGN_TEXT_MAX))
			return wrong(f, PART_TEXT, 0, t->lang, WRONG_LONG);
		if (!check_questions(t->questions))
			return wrong(f, PART_TEXT, 0, t->lang, WRONG_QUESTIONS);
	}
	return c->n_texts ? true : wrong(f, PART_TEXT, 0, STR(""), WRONG_TITLE);
}

static size_t count_lines(struct str lines)
{
	size_t n = 0;
	while (lines.n)
		n += str_trim(str_split(&lines, '\n')).n > 0;
	return n;
}

static bool check_field_texts(const struct campaign_field *field, size_t number, struct campaign_fault *f)
{
	for (size_t i = 0; i < field->n_texts; i++) {
		const struct campaign_field_text *t = &field->texts[i];
		bool twice = false;
		ONCE(field->texts, i, lang, twice);
		if (!is_lang(t->lang) || twice)
			return wrong(f, PART_FIELD, number, t->lang, WRONG_LANG);
		if (t->label.n == 0 || !is_line(t->label, CAMPAIGN_LINE_MAX) || !is_text(t->help, CAMPAIGN_SUMMARY_MAX))
			return wrong(f, PART_FIELD, number, t->lang, WRONG_LABEL);
		size_t lines = count_lines(t->choices);
		if (field->kind == FIELD_CHOICE &&
		    (lines < 2 || lines > CAMPAIGN_CHOICES_MAX || !is_text(t->choices, CAMPAIGN_TEXT_MAX)))
			return wrong(f, PART_FIELD, number, t->lang, WRONG_CHOICES);
	}
	return field->n_texts ? true : wrong(f, PART_FIELD, number, STR(""), WRONG_LABEL);
}

static bool check_fields(const struct campaign *c, struct campaign_fault *f)
{
	if (c->n_fields > CAMPAIGN_FIELDS_MAX)
		return wrong(f, PART_FIELD, 0, STR(""), WRONG_MANY);
	for (size_t i = 0; i < c->n_fields; i++) {
		bool twice = false;
		ONCE(c->fields, i, name, twice);
		if (!is_name(c->fields[i].name) || twice)
			return wrong(f, PART_FIELD, i + 1, STR(""), WRONG_NAME);
		if (!check_field_texts(&c->fields[i], i + 1, f))
			return false;
	}
	return true;
}

static bool check_consents(const struct campaign *c, struct campaign_fault *f)
{
	if (c->n_consents > CAMPAIGN_CONSENTS_MAX)
		return wrong(f, PART_CONSENT, 0, STR(""), WRONG_MANY);
	for (size_t i = 0; i < c->n_consents; i++) {
		const struct campaign_consent *k = &c->consents[i];
		bool twice = false;
		ONCE(c->consents, i, name, twice);
		if (!is_name(k->name) || twice)
			return wrong(f, PART_CONSENT, i + 1, STR(""), WRONG_NAME);
		if (k->n_texts == 0)
			return wrong(f, PART_CONSENT, i + 1, STR(""), WRONG_CONSENT);
		for (size_t j = 0; j < k->n_texts; j++) {
			bool same = false;
			ONCE(k->texts, j, lang, same);
			if (!is_lang(k->texts[j].lang) || same)
				return wrong(f, PART_CONSENT, i + 1, k->texts[j].lang, WRONG_LANG);
			if (k->texts[j].text.n == 0 || !is_text(k->texts[j].text, CAMPAIGN_SUMMARY_MAX))
				return wrong(f, PART_CONSENT, i + 1, k->texts[j].lang, WRONG_CONSENT);
		}
	}
	return true;
}

static bool check_targets(const struct campaign *c, struct campaign_fault *f)
{
	if (c->n_targets > CAMPAIGN_TARGETS_MAX)
		return wrong(f, PART_TARGET, 0, STR(""), WRONG_MANY);
	for (size_t i = 0; i < c->n_targets; i++) {
		const struct campaign_target *t = &c->targets[i];
		if (t->name.n == 0 || !is_line(t->name, MAIL_NAME_MAX) || !is_line(t->office, CAMPAIGN_LINE_MAX) ||
		    !is_line(t->salutation, CAMPAIGN_LINE_MAX))
			return wrong(f, PART_TARGET, i + 1, STR(""), WRONG_TARGET_NAME);
		if (!is_lang(t->lang))
			return wrong(f, PART_TARGET, i + 1, t->lang, WRONG_LANG);
		/* A petition's target may be somebody without an address. */
		if (!is_address(t->address) && (t->address.n || campaign_has_letters(c)))
			return wrong(f, PART_TARGET, i + 1, STR(""), WRONG_ADDRESS);
		if (!are_areas(t->areas) || t->areas.n > CAMPAIGN_LINE_MAX)
			return wrong(f, PART_TARGET, i + 1, STR(""), WRONG_AREAS);
		if (t->group.n && !is_name(t->group))
			return wrong(f, PART_TARGET, i + 1, STR(""), WRONG_NAME);
	}
	return true;
}

static bool check_letters(const struct campaign *c, struct campaign_fault *f)
{
	if (c->n_letters > CAMPAIGN_LETTERS_MAX)
		return wrong(f, PART_LETTER, 0, STR(""), WRONG_MANY);
	for (size_t i = 0; i < c->n_letters; i++) {
		const struct campaign_letter *l = &c->letters[i];
		if (!is_lang(l->lang))
			return wrong(f, PART_LETTER, i + 1, l->lang, WRONG_LANG);
		if (l->group.n && !is_name(l->group))
			return wrong(f, PART_LETTER, i + 1, l->lang, WRONG_NAME);
		if (l->subject.n == 0 || !is_line(l->subject, MAIL_SUBJECT_MAX / 2) || l->body.n == 0 ||
		    !is_text(l->body, CAMPAIGN_LETTER_MAX) || !is_text(l->sign_off, CAMPAIGN_LINE_MAX))
			return wrong(f, PART_LETTER, i + 1, l->lang, WRONG_LETTER);
	}
	return true;
}

static bool check_updates(const struct campaign *c, struct campaign_fault *f)
{
	if (c->n_updates > CAMPAIGN_UPDATES_MAX)
		return wrong(f, PART_UPDATE, 0, STR(""), WRONG_MANY);
	for (size_t i = 0; i < c->n_updates; i++) {
		const struct campaign_update *u = &c->updates[i];
		if (!is_lang(u->lang))
			return wrong(f, PART_UPDATE, i + 1, u->lang, WRONG_LANG);
		if (u->title.n == 0 || !is_line(u->title, CAMPAIGN_LINE_MAX))
			return wrong(f, PART_UPDATE, i + 1, u->lang, WRONG_TITLE);
		if (!is_text(u->body, CAMPAIGN_TEXT_MAX))
			return wrong(f, PART_UPDATE, i + 1, u->lang, WRONG_LONG);
	}
	return true;
}

static bool check_milestones(const struct campaign *c, struct campaign_fault *f)
{
	if (c->n_milestones > CAMPAIGN_MILESTONES_MAX)
		return wrong(f, PART_MILESTONE, 0, STR(""), WRONG_MANY);
	for (size_t i = 0; i < c->n_milestones; i++) {
		const struct campaign_milestone *m = &c->milestones[i];
		bool twice = false;
		for (size_t before = 0; before < i; before++)
			twice = twice || c->milestones[before].count == m->count;
		if (m->count <= 0 || m->count > CAMPAIGN_NUMBER_MAX || m->answered_at < 0 || twice)
			return wrong(f, PART_MILESTONE, i + 1, STR(""), WRONG_COUNT);
		for (size_t j = 0; j < m->n_texts; j++) {
			bool same = false;
			ONCE(m->texts, j, lang, same);
			if (!is_lang(m->texts[j].lang) || same)
				return wrong(f, PART_MILESTONE, i + 1, m->texts[j].lang, WRONG_LANG);
			if (!is_text(m->texts[j].promise, CAMPAIGN_SUMMARY_MAX) || !is_text(m->texts[j].answer, CAMPAIGN_TEXT_MAX))
				return wrong(f, PART_MILESTONE, i + 1, m->texts[j].lang, WRONG_LONG);
		}
	}
	return true;
}

static bool check_row(const struct campaign *c, struct campaign_fault *f)
{
	int64_t numbers[] = { c->goal, c->rate, c->sponsors_needed, c->min_age * 1000000 };
	struct str none = STR("");
	if (!is_key(c->public_key))
		return wrong(f, PART_CAMPAIGN, 0, none, WRONG_KEY);
	if (!is_line(c->organiser, CAMPAIGN_LINE_MAX))
		return wrong(f, PART_CAMPAIGN, 0, none, WRONG_LONG);
	if (!is_web(c->organiser_url))
		return wrong(f, PART_CAMPAIGN, 0, none, WRONG_URL);
	if (c->starts_at < 0 || c->ends_at < 0 || c->delete_at < 0 || (c->ends_at && c->ends_at <= c->starts_at) ||
	    (c->delete_at && c->delete_at < (c->ends_at ? c->ends_at : c->starts_at)))
		return wrong(f, PART_CAMPAIGN, 0, none, WRONG_DATES);
	if (c->min_age < 0 || c->min_age > 120)
		return wrong(f, PART_CAMPAIGN, 0, none, WRONG_NUMBER);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		if (numbers[i] < 0 || numbers[i] > CAMPAIGN_NUMBER_MAX)
			return wrong(f, PART_CAMPAIGN, 0, none, WRONG_NUMBER);
	}
	if (c->days < 1 || c->days > 127 || c->hour_from < 0 || c->hour_to > 24 || c->hour_from >= c->hour_to)
		return wrong(f, PART_CAMPAIGN, 0, none, WRONG_DAYS);
	if (!are_hosts(c->embed_hosts, false))
		return wrong(f, PART_CAMPAIGN, 0, none, WRONG_HOSTS);
	return are_hosts(c->domains_allowed, true) && are_hosts(c->domains_blocked, true)
	           ? true
	           : wrong(f, PART_CAMPAIGN, 0, none, WRONG_DOMAINS);
}

bool campaign_check(const struct campaign *c, struct campaign_fault *f)
{
	if (c->n_articles > CAMPAIGN_ARTICLES_MAX)
		return wrong(f, PART_CAMPAIGN, 0, STR(""), WRONG_MANY);
	return check_texts(c, f) && check_row(c, f) && check_fields(c, f) && check_consents(c, f) && check_targets(c, f) &&
	       check_letters(c, f) && check_updates(c, f) && check_milestones(c, f);
}

/* ---- opening ---- */

static bool asks(const struct campaign *c, enum campaign_field_kind kind)
{
	for (size_t i = 0; i < c->n_fields; i++) {
		if (c->fields[i].kind == kind)
			return true;
	}
	return false;
}

static bool has_letter(const struct campaign *c, struct str group)
{
	for (size_t i = 0; i < c->n_letters; i++) {
		if (str_eq(c->letters[i].group, group))
			return true;
	}
	return false;
}

static unsigned letters_lack(const struct campaign *c)
{
	unsigned lacks = c->n_targets ? 0 : LACK_TARGETS;
	for (size_t i = 0; i < c->n_targets; i++) {
		const struct campaign_target *t = &c->targets[i];
		struct str areas = t->areas;
		if (!has_letter(c, t->group))
			lacks |= LACK_LETTERS;
		while (areas.n) {
			struct str word = str_split(&areas, ' ');
			if (word.n == 2 && !asks(c, FIELD_PREFECTURE) && !asks(c, FIELD_POSTCODE))
				lacks |= LACK_FIELD;
			if (word.n > 2 && !asks(c, FIELD_POSTCODE))
				lacks |= LACK_FIELD;
		}
	}
	return c->n_letters ? lacks : lacks | LACK_LETTERS;
}

unsigned campaign_lacks(const struct campaign *c, int64_t now)
{
	unsigned lacks = campaign_has_letters(c) ? letters_lack(c) : 0;
	if (c->public_key.n == 0)
		lacks |= LACK_KEY;
	if (c->organiser.n == 0)
		lacks |= LACK_ORGANISER;
	if (c->n_texts == 0)
		lacks |= LACK_TEXT;
	for (size_t i = 0; i < c->n_texts; i++) {
		if (str_trim(c->texts[i].body).n == 0 && str_trim(c->texts[i].demands).n == 0)
			lacks |= LACK_TEXT;
	}
	if ((c->regions == REGIONS_PREFECTURE && !asks(c, FIELD_PREFECTURE)) ||
	    (c->regions == REGIONS_COUNTRY && !asks(c, FIELD_COUNTRY)))
		lacks |= LACK_FIELD;
	if (c->ends_at && c->ends_at <= now)
		lacks |= LACK_DATES;
	return lacks;
}
