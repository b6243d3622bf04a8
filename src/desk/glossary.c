#include "desk/translate.h"

#include "text/text.h"

#include <string.h>

/* The words that all translators agreed on: listed, searched, added, changed, removed; as a file, out and in. */

#define TERMS_SHOWN 200
#define CSV_FIELDS 7

static const char *const COLUMNS[CSV_FIELDS] = { "source language", "language", "term", "translation", "forbidden",
	"note", "category" };

static struct str param(const struct desk_page *p, const char *name)
{
	return str_trim(web_param_get(p->req, name));
}

static void show_term(struct desk_page *p, struct view_value *v, const struct glossary_term *t)
{
	view_set_int(v, "id", t->id);
	view_set_str(v, "from", t->source_lang);
	view_set_str(v, "to", t->lang);
	view_set_str(v, "from_name", lang_name(p, t->source_lang));
	view_set_str(v, "to_name", lang_name(p, t->lang));
	view_set_str(v, "term", t->term);
	view_set_str(v, "word", t->word);
	view_set_str(v, "forbidden", t->forbidden);
	view_set_str(v, "note", t->note);
	view_set_str(v, "category", t->category);
	view_set_str(v, "edit_url", arena_printf(p->arena, "/desk/glossary?edit=%lld#term", (long long)t->id));
}

static bool show_list(struct desk_page *p)
{
	struct glossary_term *terms;
	size_t n, total;
	int64_t page = 1;
	str_to_int(param(p, "page"), &page);
	if (page < 1 || page > 10000)
		page = 1;
	struct term_filter f = { .source_lang = param(p, "from"),
		.lang = param(p, "to"),
		.words = str_sub(param(p, "q"), 0, QUERY_MAX),
		.limit = TERMS_SHOWN,
		.offset = (size_t)(page - 1) * TERMS_SHOWN };
	if (!term_list(p->store, &f, &terms, &n, &total, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "terms");
	for (size_t i = 0; i < n; i++)
		show_term(p, view_push_object(list), &terms[i]);
	view_set_bool(p->root, "has_terms", n > 0);
	view_set_int(p->root, "total", (int64_t)total);
	view_set_str(p->root, "q", f.words);
	view_set_bool(p->root, "filtered", f.words.n > 0);
	struct buf q = { 0 };
	buf_add_uri(&q, f.words, STR(""));
	struct str words = buf_take(&q, p->arena);
	if (page > 1)
		view_set_str(p->root, "previous_url",
		    arena_printf(p->arena, "/desk/glossary?q=%.*s&page=%lld", (int)words.n, words.p ? words.p : "",
		        (long long)page - 1));
	if (f.offset + n < total)
		view_set_str(p->root, "next_url",
		    arena_printf(p->arena, "/desk/glossary?q=%.*s&page=%lld", (int)words.n, words.p ? words.p : "",
		        (long long)page + 1));
	return true;
}

/* The form: empty, of a term, or as it was sent. */
static bool show(struct desk_page *p, const struct glossary_term *form)
{
	struct view_value *v = view_set_object(p->root, "form");
	show_term(p, v, form);
	view_set_bool(v, "is_new", form->id == 0);
	struct view_value *langs = view_set_list(p->root, "langs");
	for (size_t i = 0; i < p->settings.n_langs; i++)
		desk_choice(langs, p->settings.langs[i], view_lang_name(p->settings.langs[i]),
		    str_eq(p->settings.langs[i], form->lang));
	return show_list(p) && desk_render(p, N_("Glossary"), "desk/glossary");
}

bool glossary_page(struct desk_page *p)
{
	struct glossary_term t = { .lang = p->settings.default_lang,
		.source_lang = str_eq(p->settings.default_lang, STR("en")) ? STR("ja") : STR("en") };
	int64_t id, imported;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	if (str_to_int(param(p, "imported"), &imported)) {
		view_set_bool(p->root, "was_imported", true);
		view_set_int(p->root, "imported", imported);
	}
	if (str_to_int(param(p, "edit"), &id) && !term_get(p->store, id, &t, p->arena, p->err))
		return false;
	return show(p, &t);
}

static struct str field(struct desk_page *p, const char *name)
{
	struct str s = str_trim(web_field_get(p->req, name));
	struct buf out = { 0 };
	for (size_t i = 0; i < s.n; i++)
		buf_addc(&out, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
	struct str line = buf_take(&out, p->arena);
	return line.p ? line : STR("");
}

static bool told(struct desk_page *p, const struct glossary_term *t, const struct error *why)
{
	if (why->code == ERR_INVALID)
		desk_problem(p, 422, N_("A term needs two languages, the term itself and its translation."));
	else if (why->code == ERR_EXISTS)
		desk_problem(p, 409, N_("The glossary has this term already. Look it up and change it."));
	else if (why->code == ERR_TOO_LARGE)
		desk_problem(p, 413, N_("A field is too long, or the glossary is full."));
	else {
		*p->err = *why;
		return false;
	}
	return show(p, t);
}

static bool known_lang(const struct desk_page *p, struct str lang)
{
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		if (str_eq(lang, p->settings.langs[i]))
			return true;
	}
	return false;
}

bool glossary_send(struct desk_page *p)
{
	struct glossary_term t = { .source_lang = field(p, "from"),
		.lang = field(p, "to"),
		.term = field(p, "term"),
		.word = field(p, "word"),
		.forbidden = field(p, "forbidden"),
		.note = field(p, "note"),
		.category = field(p, "category") };
	struct str what = web_field_get(p->req, "do");
	struct error why = { 0 };
	bool removing = str_eq(what, STR("remove"));
	if (!removing && !str_eq(what, STR("save")))
		return error_set(p->err, ERR_USAGE, "the form does not say what to do");
	if (!str_to_int(web_field_get(p->req, "id"), &t.id))
		t.id = 0;
	if (!removing && !known_lang(p, t.lang))
		return error_set(p->err, ERR_USAGE, "the site has no such language");
	struct store_tx *tx = store_begin(p->store, &why);
	struct str object = t.term;
	bool ok = tx && (removing ? term_delete(tx, t.id, &why) : term_save(tx, &t, p->arena, &why)) &&
	          audit_add(tx, &p->who, removing ? STR("glossary.remove") : STR("glossary.save"), object, &why);
	if (ok)
		return store_commit(tx, p->err) && desk_go(p, "/desk/glossary?saved=1");
	store_rollback(tx);
	return told(p, &t, &why);
}

/* ---- as a file ---- */

static void csv_put(struct buf *out, struct str field, bool last)
{
	bool quote = false;
	for (size_t i = 0; i < field.n; i++)
		quote |= strchr(",;\"\t\r\n", field.p[i]) != NULL;
	if (quote)
		buf_addc(out, '"');
	for (size_t i = 0; i < field.n; i++) {
		if (field.p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, field.p[i]);
	}
	if (quote)
		buf_addc(out, '"');
	buf_adds(out, last ? "\r\n" : ",");
}

bool glossary_export(struct desk_page *p)
{
	struct glossary_term *terms;
	size_t n;
	struct term_filter all = { 0 };
	struct buf *out = &p->res->body;
	if (!term_list(p->store, &all, &terms, &n, NULL, p->arena, p->err))
		return false;
	/* Spreadsheets take it for UTF-8 by this mark alone. */
	buf_adds(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < CSV_FIELDS; i++)
		csv_put(out, str_from(COLUMNS[i]), i + 1 == CSV_FIELDS);
	for (size_t i = 0; i < n; i++) {
		const struct str fields[CSV_FIELDS] = { terms[i].source_lang, terms[i].lang, terms[i].term, terms[i].word,
			terms[i].forbidden, terms[i].note, terms[i].category };
		for (size_t k = 0; k < CSV_FIELDS; k++)
			csv_put(out, fields[k], k + 1 == CSV_FIELDS);
	}
	p->res->type = STR("text/csv; charset=utf-8");
	web_header(p->res, STR("Content-Disposition"), STR("attachment; filename=\"glossary.csv\""));
	return true;
}

static bool import(struct desk_page *p, struct store_tx *tx, struct str text, size_t *n, size_t *line)
{
	struct str fields[CSV_FIELDS];
	size_t n_fields;
	char separator = csv_separator(text);
	*n = 0;
	for (*line = 1; text.n; (*line)++) {
		if (!csv_row(&text, separator, fields, CSV_FIELDS, &n_fields, p->arena))
			return error_set(p->err, ERR_INVALID, "a quoted field does not end");
		bool changed, head = *line == 1 && n_fields > 2 && str_eq_ci(fields[0], str_from(COLUMNS[0]));
		if (head || (n_fields == 1 && str_trim(fields[0]).n == 0))
			continue;
		for (size_t i = n_fields; i < CSV_FIELDS; i++)
			fields[i] = STR("");
		struct glossary_term t = { .source_lang = fields[0],
			.lang = fields[1],
			.term = fields[2],
			.word = fields[3],
			.forbidden = fields[4],
			.note = fields[5],
			.category = fields[6] };
		if (!term_import(tx, &t, &changed, p->arena, p->err))
			return false;
		*n += changed;
	}
	return true;
}

bool glossary_import(struct desk_page *p)
{
	const struct web_file *file = web_file_get(p->req, "file");
	struct glossary_term empty = { .lang = p->settings.default_lang };
	struct str charset;
	size_t n = 0, bad, line = 0;
	if (!file || file->bytes.n == 0) {
		desk_problem(p, 422, N_("Choose a CSV file first."));
		return show(p, &empty);
	}
	struct str text = text_utf8(file->bytes, &charset, &bad, p->arena);
	struct store_tx *tx = store_begin(p->store, p->err);
	if (tx && import(p, tx, text, &n, &line) &&
	    audit_add(tx, &p->who, STR("glossary.import"), arena_printf(p->arena, "%zu", n), p->err))
		return store_commit(tx, p->err) && desk_go(p, arena_printf(p->arena, "/desk/glossary?imported=%zu", n).p);
	store_rollback(tx);
	if (p->err->code != ERR_INVALID && p->err->code != ERR_TOO_LARGE)
		return false;
	*p->err = (struct error){ 0 };
	view_set_int(p->root, "bad_line", (int64_t)line);
	view_set_bool(p->root, "has_bad_line", true);
	p->res->status = 422;
	return show(p, &empty);
}
