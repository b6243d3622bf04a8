#include "desk/translate.h"

#include <string.h>

/* What the workbench's form says: saved, block by block or all at once. */

/* Browsers send line breaks as CR LF. */
static struct str clean(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			continue;
		buf_addc(&out, s.p[i] == '\r' ? '\n' : s.p[i]);
	}
	struct str text = str_trim(buf_take(&out, arena));
	return text.p ? text : STR("");
}

static struct str line(struct desk_page *p, const char *name)
{
	struct str text = clean(web_field_get(p->req, name), p->arena);
	struct buf out = { 0 };
	for (size_t i = 0; i < text.n; i++)
		buf_addc(&out, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
	struct str one = buf_take(&out, p->arena);
	return one.p ? one : STR("");
}

struct sent {
	struct block_edit *edits;
	size_t n;
	int64_t *conflicts;
	size_t n_conflicts;
};

/* Fields are called "t12-STAMP" (the text of block 12) and "d12" (it is done). */
static bool read_edits(struct desk_page *p, struct sent *s)
{
	const struct web_request *req = p->req;
	int64_t id;
	s->edits = arena_array(p->arena, req->n_fields + 1, sizeof *s->edits);
	s->conflicts = arena_array(p->arena, req->n_fields + 1, sizeof *s->conflicts);
	s->n = 0;
	if (!s->edits || !s->conflicts)
		return error_memory(p->err);
	for (size_t i = 0; i < req->n_fields; i++) {
		struct str name = req->fields[i].name, rest = str_skip(name, 1), number = str_split(&rest, '-');
		if (name.n > 1 && name.p[0] == 't' && rest.n && str_to_int(number, &id))
			s->edits[s->n++] =
			    (struct block_edit){ .id = id, .stamp = rest, .target = clean(req->fields[i].value, p->arena) };
	}
	for (size_t i = 0, at = 0; i < req->n_fields; i++) {
		struct str name = req->fields[i].name;
		if (name.n < 2 || name.p[0] != 'd' || !str_to_int(str_skip(name, 1), &id))
			continue;
		for (size_t k = 0; k < s->n; k++) {
			size_t j = (at + k) % s->n;
			if (s->edits[j].id != id)
				continue;
			s->edits[j].done = true;
			at = j;
			break;
		}
	}
	return true;
}

static bool read_fields(struct desk_page *p, struct translation *t, const char **problem)
{
	t->preface = clean(web_field_get(p->req, "preface"), p->arena);
	t->author = line(p, "author");
	t->translator = line(p, "translator");
	t->original = (struct original){ .lang = t->original.lang,
		.title = line(p, "original_title"),
		.author = line(p, "original_author"),
		.publisher = line(p, "original_publisher"),
		.url = line(p, "original_url"),
		.date = line(p, "original_date"),
		.licence = line(p, "original_licence") };
	return translation_fields_fine(t, problem);
}

static bool store_edits(
    struct desk_page *p, const struct translation *t, struct str stamp, struct sent *s, struct error *why)
{
	bool changed;
	struct desk_work w = desk_work(p);
	w.err = why;
	struct store_tx *tx = store_begin(p->store, why);
	if (tx && translation_save(tx, t, stamp, s->edits, s->n, s->conflicts, &s->n_conflicts, &changed, p->arena, why) &&
	    (!changed || translation_note(&w, tx, t)))
		return store_commit(tx, why);
	store_rollback(tx);
	return false;
}

/* "save-12" says which block was looked at: the page comes back there. */
static int64_t block_asked(struct str what)
{
	int64_t id = 0;
	ptrdiff_t at = str_find(what, STR("-"));
	return at > 0 && str_to_int(str_skip(what, (size_t)at + 1), &id) ? id : 0;
}

static void copy_original(const struct workbench *w, struct sent *s, int64_t id)
{
	for (size_t i = 0; i < s->n; i++) {
		for (size_t k = 0; k < w->n && s->edits[i].id == id; k++) {
			if (w->blocks[k].id == id && s->edits[i].target.n == 0)
				s->edits[i].target = w->blocks[k].source.markdown;
		}
	}
}

/* The form again, with all that it said. */
static bool again(struct desk_page *p, struct workbench *w, const struct translation *fields, const struct sent *s,
    int status, const char *problem)
{
	bool told_all = status == 409;
	struct translation now;
	if (problem)
		desk_problem(p, status, problem);
	if (!translation_get(p->store, w->t.id, &now, p->arena, p->err) ||
	    !translation_blocks(p->store, w->t.id, &w->blocks, &w->n, p->arena, p->err))
		return false;
	w->head = told_all ? translation_stamp(&now, p->arena) : web_field_get(p->req, "head");
	w->t = now;
	w->t.preface = fields->preface;
	w->t.author = fields->author;
	w->t.translator = fields->translator;
	w->t.original = fields->original;
	w->edits = s->edits;
	w->n_edits = s->n;
	w->conflicts = s->conflicts;
	w->n_conflicts = s->n_conflicts;
	return workbench_show(p, w);
}

static bool save(struct desk_page *p, struct workbench *w, struct str what)
{
	struct sent s = { 0 };
	struct translation fields = w->t;
	struct error why = { 0 };
	const char *problem;
	int64_t at = block_asked(what);
	if (!read_edits(p, &s))
		return false;
	if (!read_fields(p, &fields, &problem))
		return again(p, w, &fields, &s, 422, problem);
	if (str_starts(what, STR("copy-")))
		copy_original(w, &s, at);
	if (!store_edits(p, &fields, web_field_get(p->req, "head"), &s, &why)) {
		if (why.code == ERR_CONFLICT)
			return again(p, w, &fields, &s, 409,
			    N_("Somebody else changed the preface or the credits meanwhile. Look at them and save again."));
		*p->err = why;
		return false;
	}
	if (s.n_conflicts)
		return again(p, w, &fields, &s, 409,
		    N_("Somebody else changed what you changed too. Both texts stand below, marked; the rest is saved."));
	return desk_go(
	    p, at ? arena_printf(p->arena, "/desk/translate/%lld?saved=1#b%lld", (long long)w->t.id, (long long)at).p
	          : arena_printf(p->arena, "/desk/translate/%lld?saved=1", (long long)w->t.id).p);
}

static bool settle(struct desk_page *p, const struct workbench *w)
{
	struct store_tx *tx = store_begin(p->store, p->err);
	struct str object = translation_object(&w->t, p->arena);
	return desk_commit(p, tx,
	           tx && translation_settle(tx, w->t.id, p->err) &&
	               audit_add(tx, &p->who, STR("translation.settle"), object, p->err)) &&
	       desk_go(p, arena_printf(p->arena, "/desk/translate/%lld?saved=1", (long long)w->t.id).p);
}

static bool delete_all(struct desk_page *p, const struct workbench *w)
{
	struct store_tx *tx = store_begin(p->store, p->err);
	struct str object = translation_object(&w->t, p->arena);
	return desk_commit(p, tx,
	           tx && translation_delete(tx, w->t.id, p->err) &&
	               audit_add(tx, &p->who, STR("translation.delete"), object, p->err)) &&
	       desk_go(p, "/desk/translate?deleted=1");
}

bool translate_send(struct desk_page *p)
{
	struct workbench w;
	struct str what = web_field_get(p->req, "do");
	if (!workbench_load(p, &w))
		return false;
	if (str_eq(what, STR("settle")))
		return settle(p, &w);
	if (str_eq(what, STR("delete")))
		return delete_all(p, &w);
	if (str_eq(what, STR("save")) || str_starts(what, STR("save-")) || str_starts(what, STR("copy-")))
		return save(p, &w, what);
	return error_set(p->err, ERR_USAGE, "the form does not say what to do");
}

/* ---- one block, from the page's script ---- */

bool translate_block_send(struct desk_page *p)
{
	struct workbench w;
	struct sent s = { 0 };
	struct terms *terms;
	if (!workbench_load(p, &w) || !read_edits(p, &s) || !store_edits(p, &w.t, STR(""), &s, p->err) ||
	    !workbench_load(p, &w) || !translation_terms(p->store, &w.t, &terms, p->arena, p->err))
		return false;
	struct view_value *rows = view_set_list(p->root, "rows");
	for (size_t i = 0; i < w.n; i++) {
		for (size_t k = 0; k < s.n; k++) {
			if (s.edits[k].id == w.blocks[i].id)
				show_block(p, view_push_object(rows), &w.blocks[i], terms);
		}
	}
	view_set_int(p->root, "done", w.t.done);
	view_set_int(p->root, "all", w.t.blocks);
	p->res->status = s.n_conflicts ? 409 : 200;
	if (view_failed(p->root))
		return error_memory(p->err);
	return theme_render(site_theme(p->site), "desk/translate_saved", p->root, p->catalog, &p->res->body, p->err);
}

/* ---- a new original ---- */

static bool refuse(struct desk_page *p, struct workbench *w, const char *problem)
{
	desk_problem(p, p->err->code == ERR_TOO_LARGE ? 413 : 422, problem);
	*p->err = (struct error){ 0 };
	return workbench_show(p, w);
}

bool translate_original_send(struct desk_page *p)
{
	struct workbench w;
	struct source_text s;
	const char *problem = NULL;
	bool given;
	if (!workbench_load(p, &w))
		return false;
	/* Of an article of this site the original is what it says. */
	if (w.t.source_article)
		return error_set(p->err, ERR_USAGE, "the original is an article of this site");
	struct original_asked asked = original_sent(p);
	struct desk_work work = desk_work(p);
	if (!original_take(&work, &asked, &s, &given, &problem))
		return problem ? refuse(p, &w, problem) : false;
	if (!given)
		return refuse(p, &w, N_("Give an article, a file, a text or an address: one of them is the original."));
	struct store_tx *tx = store_begin(p->store, p->err);
	struct str object = translation_object(&w.t, p->arena);
	bool ok = tx && translation_renew(tx, w.t.id, &s.copy, s.blocks, s.n, p->arena, p->err) &&
	          audit_add(tx, &p->who, STR("translation.original"), object, p->err);
	return desk_commit(p, tx, ok) &&
	       desk_go(p, arena_printf(p->arena, "/desk/translate/%lld?saved=1", (long long)w.t.id).p);
}
