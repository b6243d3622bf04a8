#include "desk/structure.h"

/* Words that mean the same in a search. A form has a group a line, as the shell's file has. */

static const struct mend MENDS[] = {
	{ ERR_INVALID,
	    N_("Each line wants two different words at least, with commas between them, or one word, => and its others.") },
	{ ERR_TOO_LARGE, N_("There are too many words in a line, or too many synonyms.") },
	{ ERR_CONFLICT,
	    N_("Somebody else changed these synonyms meanwhile. Nothing was saved; here is what they say now.") },
};
#define N_MENDS (sizeof MENDS / sizeof *MENDS)

static void show_langs(struct desk_page *p, struct str chosen)
{
	struct view_value *list = view_set_list(p->root, "langs");
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		struct str lang = p->settings.langs[i];
		desk_choice(list, lang, view_lang_name(lang), str_eq(lang, chosen));
	}
}

static struct str chosen_lang(const struct desk_page *p)
{
	struct str lang = web_field_get(p->req, "lang");
	for (size_t i = 0; i < p->settings.n_langs; i++) {
		if (str_eq(lang, p->settings.langs[i]))
			return lang;
	}
	return STR("");
}

static bool show_list(struct desk_page *p)
{
	static const char *const keep[] = { "q" };
	struct synonym *all;
	size_t n, found = 0;
	struct paging paging = paging_of(p, ROWS_PAGE);
	struct str q = query_normal(web_param_get(p->req, "q"), p->arena);
	struct view_value *list = view_set_list(p->root, "synonyms");
	if (!synonym_list(p->store, &all, &n, p->arena, p->err))
		return false;
	/* The newest first: it is what one wants to see again. */
	for (size_t i = n; i-- > 0;) {
		struct str text = synonym_text(&all[i], p->arena);
		if (q.n && str_find(query_normal(text, p->arena), q) < 0)
			continue;
		if (found++ < paging.offset || found > paging.offset + paging.limit)
			continue;
		struct view_value *v = view_push_object(list);
		view_set_str(v, "url", with_number(p, "/desk/synonyms/", all[i].id));
		view_set_str(v, "text", text);
		view_set_bool(v, "one_way", all[i].one_way);
		view_set_str(v, "lang_name", all[i].lang.n ? view_lang_name(all[i].lang) : STR(""));
	}
	view_set_bool(p->root, "has_synonyms", found > 0);
	view_set_str(p->root, "q", web_param_get(p->req, "q"));
	paging_show(p, &paging, found, "/desk/synonyms", keep, 1);
	return true;
}

static bool show_all(struct desk_page *p)
{
	show_langs(p, chosen_lang(p));
	view_set_str(p->root, "lines", web_field_get(p->req, "lines"));
	return show_list(p) && structure_render(p, N_("Synonyms"), "desk/synonyms", "synonyms");
}

bool synonyms_page(struct desk_page *p)
{
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show_all(p);
}

/* All lines or none. */
static bool add_lines(struct desk_page *p, struct store_tx *tx, size_t *added, struct error *why)
{
	struct str rest = web_field_get(p->req, "lines"), first = STR("");
	if (rest.n > SYNONYM_FORM_MAX)
		return error_set(why, ERR_TOO_LARGE, "too many lines at once");
	for (*added = 0; rest.n;) {
		struct synonym s = { .lang = chosen_lang(p) };
		bool found, changed = false;
		struct str line = str_split(&rest, '\n');
		if (!synonym_parse(line, &s, &found, p->arena, why) ||
		    (found && !synonym_save(tx, &s, &changed, p->arena, why)))
			return false;
		if (changed && !audit_add(tx, &p->who, STR("synonym.add"), synonym_text(&s, p->arena), why))
			return false;
		first = found ? line : first;
		*added += changed;
	}
	return first.n || error_set(why, ERR_INVALID, "no line has synonyms");
}

bool synonyms_send(struct desk_page *p)
{
	struct error why = { 0 };
	size_t added;
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (!add_lines(p, tx, &added, &why))
		return undo(p, tx, &why, MENDS, N_MENDS) && show_all(p);
	return store_commit(tx, p->err) && desk_go(p, "/desk/synonyms?saved=1");
}

/* ---- one ---- */

static bool find(struct desk_page *p, struct synonym *out)
{
	struct synonym *all;
	size_t n;
	int64_t id;
	*out = (struct synonym){ .lang = STR("") };
	if (!desk_capture_id(p, 0, &id) || !synonym_list(p->store, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (all[i].id == id) {
			*out = all[i];
			return true;
		}
	}
	return error_set(p->err, ERR_NOT_FOUND, "there is no such synonym");
}

static struct str state_of(struct desk_page *p, const struct synonym *s)
{
	struct str text = synonym_text(s, p->arena);
	return form_state(p, arena_printf(p->arena, "%.*s %.*s", (int)s->lang.n, s->lang.p, (int)text.n, text.p));
}

static bool show_one(struct desk_page *p, const struct synonym *s, struct str line)
{
	show_langs(p, p->req->method == WEB_GET ? s->lang : chosen_lang(p));
	view_set_str(p->root, "line", line);
	view_set_str(p->root, "action", with_number(p, "/desk/synonyms/", s->id));
	view_set_str(p->root, "base", state_of(p, s));
	return structure_render(p, N_("Synonyms"), "desk/synonym", "synonyms");
}

bool synonym_form(struct desk_page *p)
{
	struct synonym s;
	return find(p, &s) && show_one(p, &s, synonym_text(&s, p->arena));
}

static bool change(struct desk_page *p, struct store_tx *tx, const struct synonym *now, struct error *why)
{
	struct synonym s = { .lang = chosen_lang(p) };
	bool found;
	if (!synonym_parse(form_line(p, "line"), &s, &found, p->arena, why))
		return false;
	s.id = now->id;
	return found ? synonym_save(tx, &s, NULL, p->arena, why) : error_set(why, ERR_INVALID, "the line is empty");
}

bool synonym_send(struct desk_page *p)
{
	struct synonym now;
	struct error why = { 0 };
	bool delete = form_do(p, "delete");
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (!find(p, &now)) {
		store_rollback(tx);
		return false;
	}
	bool current = str_eq(web_field_get(p->req, "base"), state_of(p, &now));
	bool ok = current ? delete ? synonym_delete(tx, now.id, &why) : change(p, tx, &now, &why)
	                  : error_set(&why, ERR_CONFLICT, "the synonyms were changed meanwhile");
	if (!ok)
		return undo(p, tx, &why, MENDS, N_MENDS) &&
		       show_one(p, &now, current ? form_line(p, "line") : synonym_text(&now, p->arena));
	return finish(p, tx, delete ? "synonym.delete" : "synonym.save",
	    delete ? synonym_text(&now, p->arena) : form_line(p, "line"), STR("/desk/synonyms?saved=1"));
}
