#include "cli/campaign.h"

#include <jansson.h>
#include <string.h>

/* One opened signature as a line of CSV or an object of JSON. */

bool export_format_read(const char *name, enum export_format *out)
{
	static const char *const names[EXPORT_FORMATS] = { "csv", "json", "actionnetwork", "osdi" };
	for (int i = 0; i < EXPORT_FORMATS; i++) {
		if (strcmp(name ? name : "csv", names[i]) == 0) {
			*out = (enum export_format)i;
			return true;
		}
	}
	return false;
}

static struct str field_value(const struct signing *s, struct str name)
{
	for (size_t i = 0; i < s->n_fields; i++) {
		if (str_eq(s->fields[i].name, name))
			return s->fields[i].value;
	}
	return STR("");
}

static struct str field_of_kind(const struct sealed_head *h, const struct signing *s, enum campaign_field_kind kind)
{
	for (size_t i = 0; i < h->n_fields; i++) {
		if (h->fields[i].kind == kind)
			return field_value(s, h->fields[i].name);
	}
	return STR("");
}

static bool is_known(const struct sealed_head *h, struct str name)
{
	for (size_t i = 0; i < h->n_fields; i++) {
		if (str_eq(h->fields[i].name, name))
			return true;
	}
	return false;
}

static bool agreed(const struct signing *s, struct str consent)
{
	for (size_t i = 0; i < s->n_consents; i++) {
		if (str_eq(s->consents[i].name, consent))
			return true;
	}
	return false;
}

static struct str date_of(const struct signature *s, struct arena *arena)
{
	return str_sub(time_rfc3339(arena, s->day * 86400), 0, 10);
}

/* "山田 花子": the family's name first where that is the custom, else last; one word is the given name. */
static void split_name(struct str name, struct str lang, struct str *given, struct str *family)
{
	bool family_first = str_starts(lang, STR("ja")) || str_starts(lang, STR("zh")) || str_starts(lang, STR("ko"));
	static const struct str spaces[] = { { " ", 1 }, { "\xe3\x80\x80", 3 } };
	*given = str_trim(name);
	*family = STR("");
	for (size_t i = 0; i < 2; i++) {
		ptrdiff_t at = str_find(*given, spaces[i]);
		while (!family_first && at >= 0) {
			ptrdiff_t more = str_find(str_skip(*given, (size_t)at + 1), spaces[i]);
			if (more < 0)
				break;
			at += more + 1;
		}
		if (at < 0)
			continue;
		struct str first = str_sub(*given, 0, (size_t)at);
		struct str last = str_trim(str_skip(*given, (size_t)at + spaces[i].n));
		*family = family_first ? first : last;
		*given = family_first ? last : first;
		return;
	}
}

/* ---- CSV (RFC 4180) ---- */

/* What a spreadsheet would take for a formula gets an apostrophe before it. */
static void cell(struct buf *out, struct str s, bool first)
{
	bool formula = s.n && memchr("=+-@\t\r", s.p[0], 6);
	bool quotes = formula;
	for (size_t i = 0; i < s.n && !quotes; i++)
		quotes = s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
	if (!first)
		buf_addc(out, ',');
	if (!quotes) {
		buf_add(out, s);
		return;
	}
	buf_addc(out, '"');
	if (formula)
		buf_addc(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, s.p[i]);
	}
	buf_addc(out, '"');
}

static void csv_head(const struct sealed_head *h, struct buf *out)
{
	buf_adds(out, "\xef\xbb\xbf"
	              "entry,signed_on,language,mail"); /* the mark tells Excel that it is UTF-8 */
	for (size_t i = 0; i < h->n_fields; i++)
		cell(out, h->fields[i].name, false);
	buf_adds(out, ",region,consents,public_name,public_town,public_comment,other\r\n");
}

static struct str consents_text(const struct signing *s, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < s->n_consents; i++)
		buf_printf(&out, "%s%.*s:%lld", i ? " " : "", (int)s->consents[i].name.n, s->consents[i].name.p,
		    (long long)s->consents[i].version);
	return buf_take(&out, arena);
}

/* Fields that the campaign has no more. */
static struct str other_text(const struct sealed_head *h, const struct signing *s, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < s->n_fields; i++) {
		if (is_known(h, s->fields[i].name))
			continue;
		if (out.n)
			buf_adds(&out, "; ");
		buf_add(&out, s->fields[i].name);
		buf_addc(&out, '=');
		buf_add(&out, s->fields[i].value);
	}
	return buf_take(&out, arena);
}

static void csv_line(const struct sealed_head *h, const struct signature *row, const struct signing *s, struct buf *out,
    struct arena *arena)
{
	if (row->leaf != LEAF_NONE)
		buf_printf(out, "%lld", (long long)row->leaf);
	cell(out, date_of(row, arena), false);
	cell(out, s->lang, false);
	cell(out, s->mail, false);
	for (size_t i = 0; i < h->n_fields; i++)
		cell(out, field_value(s, h->fields[i].name), false);
	cell(out, s->region, false);
	cell(out, consents_text(s, arena), false);
	cell(out, s->public_name, false);
	cell(out, s->public_town, false);
	cell(out, s->public_comment, false);
	cell(out, other_text(h, s, arena), false);
	buf_adds(out, "\r\n");
}

/* Action Network's column names. It is a list to write to: whoever did not ask for news is not in it. */
static void action_network_line(const struct sealed_head *h, const struct signing *s, struct buf *out)
{
	struct str given, family;
	split_name(field_of_kind(h, s, FIELD_NAME), s->lang, &given, &family);
	cell(out, s->mail, true);
	cell(out, given, false);
	cell(out, family, false);
	cell(out, field_of_kind(h, s, FIELD_POSTCODE), false);
	cell(out, field_of_kind(h, s, FIELD_TOWN), false);
	cell(out, field_of_kind(h, s, FIELD_PREFECTURE), false);
	cell(out, field_of_kind(h, s, FIELD_COUNTRY), false);
	cell(out, s->lang, false);
	cell(out, field_of_kind(h, s, FIELD_COMMENT), false);
	buf_adds(out, "\r\n");
}

/* ---- JSON ---- */

static json_t *text(struct str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static json_t *fields_json(const struct signing *s)
{
	json_t *out = json_object();
	for (size_t i = 0; i < s->n_fields; i++)
		json_object_setn_new(out, s->fields[i].name.p, s->fields[i].name.n, text(s->fields[i].value));
	return out;
}

static json_t *consents_json(const struct signing *s)
{
	json_t *out = json_object();
	for (size_t i = 0; i < s->n_consents; i++)
		json_object_setn_new(out, s->consents[i].name.p, s->consents[i].name.n, json_integer(s->consents[i].version));
	return out;
}

static json_t *letters_json(const struct signing *s)
{
	json_t *out = json_array();
	for (size_t i = 0; i < s->n_letters; i++)
		json_array_append_new(out, json_pack("{s:I, s:o, s:o}", "target", (json_int_t)s->letters[i].target, "subject",
		                               text(s->letters[i].subject), "text", text(s->letters[i].text)));
	return out;
}

static json_t *plain_json(const struct signature *row, const struct signing *s, struct arena *arena)
{
	json_t *out = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "entry",
	    row->leaf == LEAF_NONE ? json_null() : json_integer(row->leaf), "signed_on", text(date_of(row, arena)), "lang",
	    text(s->lang), "mail", text(s->mail), "fields", fields_json(s), "consents", consents_json(s));
	if (out && s->region.n)
		json_object_set_new(out, "region", text(s->region));
	if (out && s->has_public)
		json_object_set_new(out, "public",
		    json_pack("{s:o, s:o, s:o}", "name", text(s->public_name), "town", text(s->public_town), "comment",
		        text(s->public_comment)));
	if (out && s->n_letters)
		json_object_set_new(out, "letters", letters_json(s));
	return out;
}

/* A signature of the Open Supporter Data Interface 1.2, with its person. */
static json_t *osdi_json(
    const struct sealed_head *h, const struct signature *row, const struct signing *s, struct arena *arena)
{
	struct str given, family;
	split_name(field_of_kind(h, s, FIELD_NAME), s->lang, &given, &family);
	json_t *address = json_pack("{s:b, s:o, s:o, s:o, s:o}", "primary", 1, "locality",
	    text(field_of_kind(h, s, FIELD_TOWN)), "region", text(field_of_kind(h, s, FIELD_PREFECTURE)), "postal_code",
	    text(field_of_kind(h, s, FIELD_POSTCODE)), "country", text(field_of_kind(h, s, FIELD_COUNTRY)));
	json_t *person = json_pack("{s:o, s:o, s:[{s:b, s:o, s:s}], s:[o], s:[o], s:o}", "given_name", text(given),
	    "family_name", text(family), "email_addresses", "primary", 1, "address", text(s->mail), "status",
	    agreed(s, STR("news")) ? "subscribed" : "unsubscribed", "postal_addresses", address, "languages_spoken",
	    text(s->lang), "custom_fields", fields_json(s));
	return json_pack("{s:o, s:o, s:o}", "created_date", text(date_of(row, arena)), "comments",
	    text(field_of_kind(h, s, FIELD_COMMENT)), "person", person);
}

static bool add_json(struct buf *out, json_t *json)
{
	char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
	if (line)
		buf_adds(out, line);
	free(line);
	json_decref(json);
	return line != NULL;
}

/* ---- the formats ---- */

void export_begin(enum export_format format, const struct sealed_head *h, struct buf *out)
{
	switch (format) {
	case EXPORT_CSV:
		csv_head(h, out);
		break;
	case EXPORT_ACTION_NETWORK:
		buf_adds(out,
		    "Email Address,First Name,Last Name,Zip/Postal Code,City,State/Province,Country,Language,Comments\r\n");
		break;
	case EXPORT_JSON:
		buf_adds(out, "[\n");
		break;
	case EXPORT_OSDI:
		buf_adds(out, "{\"_embedded\":{\"osdi:signatures\":[\n");
		break;
	case EXPORT_FORMATS:
		break;
	}
}

void export_end(enum export_format format, struct buf *out)
{
	if (format == EXPORT_JSON)
		buf_adds(out, "\n]\n");
	if (format == EXPORT_OSDI)
		buf_adds(out, "\n]}}\n");
}

struct str export_between(enum export_format format)
{
	return format == EXPORT_JSON || format == EXPORT_OSDI ? STR(",\n") : STR("");
}

bool export_one(enum export_format format, const struct sealed_head *h, const struct signature *row,
    const struct signing *s, struct buf *out, bool *left_out, struct arena *arena)
{
	*left_out = format == EXPORT_ACTION_NETWORK && !agreed(s, STR("news"));
	if (*left_out)
		return true;
	if (format == EXPORT_CSV)
		csv_line(h, row, s, out, arena);
	else if (format == EXPORT_ACTION_NETWORK)
		action_network_line(h, s, out);
	else
		return add_json(out, format == EXPORT_JSON ? plain_json(row, s, arena) : osdi_json(h, row, s, arena));
	return !out->failed;
}
