#include "desk/sources.h"

/* One source: its fields, what to write to cite it, where it is cited; two become one. */

static struct str line(struct desk_page *p, const char *name)
{
	return str_trim(web_field_get(p->req, name));
}

struct source_record source_fields(struct desk_page *p, const struct source_record *old)
{
	struct source_record s = *old;
	s.url = line(p, "url");
	s.title = line(p, "title");
	s.author = line(p, "author");
	s.outlet = line(p, "outlet");
	s.published = line(p, "published");
	s.accessed = line(p, "accessed");
	s.archive_url = line(p, "archive_url");
	return s;
}

void source_show_fields(struct desk_page *p, const struct source_record *s)
{
	struct view_value *v = view_set_object(p->root, "s");
	view_set_str(v, "url", s->url);
	view_set_str(v, "title", s->title);
	view_set_str(v, "author", s->author);
	view_set_str(v, "outlet", s->outlet);
	view_set_str(v, "published", s->published);
	view_set_str(v, "accessed", s->accessed);
	view_set_str(v, "archive_url", s->archive_url);
}

/* ---- what to write ---- */

static void add_escaped(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '[' || c == ']' || c == '\\' || c == '*' || c == '_' || c == '`' || c == '<')
			buf_addc(out, '\\');
		buf_addc(out, c == '\n' || c == '\r' ? ' ' : c);
	}
}

static void add_address(struct buf *out, struct str url)
{
	for (size_t i = 0; i < url.n; i++) {
		unsigned char c = (unsigned char)url.p[i];
		if (c <= ' ' || c == '<' || c == '>' || c == '(' || c == ')')
			buf_printf(out, "%%%02X", c);
		else
			buf_addc(out, (char)c);
	}
}

/* All of it in words, which stay as they are whatever the record says later. */
static struct str written_out(struct desk_page *p, const struct source_record *s)
{
	struct buf out = { 0 };
	bool ja = str_starts(p->lang, STR("ja"));
	const char *comma = ja ? "、" : ", ";
	const struct str parts[] = { s->author, s->outlet, view_partial_date(p->arena, p->lang, s->published) };
	buf_printf(&out, "[^s%lld]: [", (long long)s->id);
	add_escaped(&out, s->title.n ? s->title : s->url);
	buf_adds(&out, "](");
	add_address(&out, s->url);
	buf_addc(&out, ')');
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].n == 0)
			continue;
		buf_adds(&out, comma);
		add_escaped(&out, parts[i]);
	}
	if (s->accessed.n) {
		buf_adds(&out, ja ? "（" : " (accessed ");
		buf_add(&out, view_partial_date(p->arena, p->lang, s->accessed));
		buf_adds(&out, ja ? "閲覧）" : ")");
	}
	return buf_take(&out, p->arena);
}

static void show_markdown(struct desk_page *p, const struct source_record *s)
{
	struct buf out = { 0 };
	buf_printf(&out, "[^s%lld]: <", (long long)s->id);
	add_address(&out, s->url);
	buf_addc(&out, '>');
	view_set_str(p->root, "mark", arena_printf(p->arena, "[^s%lld]", (long long)s->id));
	view_set_str(p->root, "footnote", buf_take(&out, p->arena));
	view_set_str(p->root, "footnote_long", written_out(p, s));
}

/* ---- pages ---- */

static bool may_change(struct desk_page *p, int64_t id, bool *may)
{
	bool open = false;
	if (id && !source_is_public(p->store, id, &open, p->err))
		return false;
	*may = desk_may_shared(p->who.role, open);
	return true;
}

static bool show(struct desk_page *p, const struct source_record *s, const struct source_record *fields)
{
	struct article_item *items;
	size_t n;
	bool may;
	if (!source_citers(p->store, s->id, &items, &n, p->arena, p->err) || !may_change(p, s->id, &may))
		return false;
	struct view_value *list = view_set_list(p->root, "articles"), *lines = view_set_list(p->root, "lines");
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		view_set_str(v, "url", arena_printf(p->arena, "/desk/articles/%lld", (long long)items[i].id));
		view_set_str(v, "title", items[i].title);
		view_set_str(v, "item_lang", items[i].lang);
		view_set_str(v, "status", desk_message(p, desk_status_label(items[i].status)));
	}
	source_line(p, lines, s);
	source_show_fields(p, fields);
	show_markdown(p, s);
	view_set_bool(p->root, "cited", n > 0);
	view_set_str(p->root, "action", arena_printf(p->arena, "/desk/sources/%lld", (long long)s->id));
	view_set_bool(p->root, "may_change", may);
	view_set_bool(p->root, "may_merge", desk_may(p->who.role, DESK_PUBLISH));
	view_set_bool(p->root, "failing", s->state >= SOURCE_FAILING);
	view_set_str(p->root, "archive_guess", source_archive_guess(s->url, s->accessed, p->arena));
	return desk_render(p, N_("Source"), "desk/source");
}

static bool find(struct desk_page *p, struct source_record *out)
{
	int64_t id;
	return desk_capture_id(p, 0, &id) && source_get(p->store, id, out, p->arena, p->err);
}

bool source_page(struct desk_page *p)
{
	struct source_record s;
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return find(p, &s) && show(p, &s, &s);
}

static struct str object_of(struct desk_page *p, const struct source_record *s)
{
	return arena_printf(p->arena, "%lld %.*s", (long long)s->id, (int)utf8_floor(s->url, 200), s->url.p);
}

static const char *problem_of(const struct error *why)
{
	switch (why->code) {
	case ERR_INVALID:
		return N_("The address must start with https:// or http://.");
	case ERR_TOO_LARGE:
		return N_("A text is too long. Shorten it and save again.");
	case ERR_EXISTS:
		return N_("This address has a record already:");
	case ERR_CONFLICT:
		return N_("Articles cite this source. Take it out of them first.");
	default:
		return NULL;
	}
}

/* Saves; what the editor can mend is told, with *told set. */
static bool save(struct desk_page *p, struct source_record *s, const char *action, bool *told)
{
	struct error why = { 0 };
	struct store_tx *tx = store_begin(p->store, p->err);
	*told = false;
	if (!tx)
		return false;
	if (source_save(tx, s, p->arena, &why) && audit_add(tx, &p->who, str_from(action), object_of(p, s), &why))
		return store_commit(tx, p->err);
	store_rollback(tx);
	const char *problem = problem_of(&why);
	if (!problem) {
		*p->err = why;
		return false;
	}
	*told = true;
	desk_problem(p, why.code == ERR_TOO_LARGE ? 413 : why.code == ERR_EXISTS ? 409 : 422, problem);
	if (why.code == ERR_EXISTS)
		view_set_str(p->root, "other_url", arena_printf(p->arena, "/desk/sources/%lld", (long long)s->id));
	return false;
}

static bool go_to(struct desk_page *p, int64_t id)
{
	return desk_go(p, arena_printf(p->arena, "/desk/sources/%lld?saved=1", (long long)id).p);
}

static bool merge(struct desk_page *p, const struct source_record *s)
{
	struct source_record other;
	struct error none = { 0 };
	struct str asked = line(p, "other");
	int64_t id;
	bool found = str_to_int(asked, &id) ? source_get(p->store, id, &other, p->arena, &none)
	                                    : source_by_url(p->store, asked, &other, p->arena, &none);
	if (!found || other.id == s->id) {
		desk_problem(p, 422, N_("There is no other source of this address. Copy the address from the other’s page."));
		return show(p, s, s);
	}
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && source_merge(tx, s->id, other.id, p->err) &&
	          audit_add(tx, &p->who, STR("source.merge"),
	              arena_printf(p->arena, "%lld into %lld", (long long)other.id, (long long)s->id), p->err);
	return desk_commit(p, tx, ok) && go_to(p, s->id);
}

static bool delete (struct desk_page *p, const struct source_record *s)
{
	struct error why = { 0 };
	struct store_tx *tx = store_begin(p->store, p->err);
	if (!tx)
		return false;
	if (source_delete(tx, s->id, &why) && audit_add(tx, &p->who, STR("source.delete"), object_of(p, s), &why))
		return store_commit(tx, p->err) && desk_go(p, "/desk/sources?saved=1");
	store_rollback(tx);
	if (why.code == ERR_CONFLICT) {
		desk_problem(p, 409, problem_of(&why));
		return show(p, s, s);
	}
	*p->err = why;
	return false;
}

static bool check_again(struct desk_page *p, const struct source_record *s)
{
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && link_check_again(tx, s->id, p->err);
	return desk_commit(p, tx, ok) && go_to(p, s->id);
}

bool source_send(struct desk_page *p)
{
	struct source_record s;
	bool may, told;
	struct str what = web_field_get(p->req, "do");
	if (!find(p, &s) || !may_change(p, s.id, &may))
		return false;
	if (str_eq(what, STR("check")))
		return check_again(p, &s);
	bool all = desk_may(p->who.role, DESK_PUBLISH);
	if (!may || (!all && !str_eq(what, STR("save"))))
		return error_set(p->err, ERR_DENIED, "the role may not change this source");
	if (str_eq(what, STR("merge")))
		return merge(p, &s);
	if (str_eq(what, STR("delete")))
		return delete (p, &s);
	struct source_record fields = source_fields(p, &s), asked = fields;
	if (save(p, &fields, "source.save", &told))
		return go_to(p, s.id);
	return told && show(p, &s, &asked);
}

/* ---- a new one ---- */

static bool show_new(struct desk_page *p, const struct source_record *s)
{
	source_show_fields(p, s);
	view_set_bool(p->root, "empty", s->url.n == 0);
	return desk_render(p, N_("Add a source"), "desk/source_new");
}

bool source_new_page(struct desk_page *p)
{
	struct source_record s = { .url = str_trim(web_param_get(p->req, "url")) };
	return show_new(p, &s);
}

bool source_new_send(struct desk_page *p)
{
	struct source_record none = { 0 }, s = source_fields(p, &none), there;
	struct error ignored = { 0 };
	const char *problem = NULL;
	bool told;
	if (str_eq(web_field_get(p->req, "do"), STR("read"))) {
		/* A work that is known already is cited, not read again. */
		if (s.url.n && source_by_url(p->store, s.url, &there, p->arena, &ignored) && there.title.n)
			return desk_go(p, arena_printf(p->arena, "/desk/sources/%lld", (long long)there.id).p);
		const struct web_file *file = web_file_get(p->req, "page");
		struct desk_work w = desk_work(p);
		if (!source_read(&w, &s, file ? file->bytes : STR(""), &problem)) {
			if (!problem)
				return false;
			desk_problem(p, 422, problem);
			return show_new(p, &s);
		}
		view_set_bool(p->root, "was_read", true);
		return show_new(p, &s);
	}
	struct source_record asked = s;
	if (save(p, &s, "source.add", &told))
		return go_to(p, s.id);
	return told && show_new(p, &asked);
}
