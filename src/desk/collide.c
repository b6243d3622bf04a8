#include "desk/editor.h"

#include "desk/merge.h"

/* Two people changed one article: what each did apart is brought together, what overlaps is asked about. */

struct colliding {
	struct desk_page *p;
	struct collision *out;
};

enum side { MINE, THEIRS, BOTH };

static enum side chosen(struct colliding *c, struct overlap overlap)
{
	struct collision *out = c->out;
	if (out->n == OVERLAPS_MAX) {
		out->open++;
		return MINE;
	}
	struct str name = arena_printf(c->p->arena, "choice-%zu", out->n);
	struct str choice = out->choices && name.p ? web_field_get(c->p->req, name.p) : STR("");
	out->overlaps[out->n++] = overlap;
	if (str_eq(choice, STR("theirs")))
		return THEIRS;
	if (overlap.text && str_eq(choice, STR("both")))
		return BOTH;
	out->open += !str_eq(choice, STR("mine"));
	return MINE;
}

/* A value that cannot be cut. */
static enum side pick(struct colliding *c, const char *label, struct str base, struct str mine, struct str theirs)
{
	if (str_eq(mine, theirs) || str_eq(theirs, base))
		return MINE;
	if (str_eq(mine, base))
		return THEIRS;
	return chosen(c, (struct overlap){ label, base, mine, theirs, .shown_as_is = true });
}

static void add_both(struct buf *out, struct str mine, struct str theirs)
{
	while (mine.n && mine.p[mine.n - 1] == '\n')
		mine.n--;
	buf_add(out, mine);
	buf_adds(out, "\n\n");
	buf_add(out, theirs);
}

static bool merge_text(
    struct colliding *c, const char *label, struct str base, struct str mine, struct str theirs, struct str *merged)
{
	struct merge_part *parts;
	size_t n;
	struct buf out = { 0 };
	if (!merge_texts(base, mine, theirs, &parts, &n, c->p->arena, c->p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!parts[i].conflict) {
			buf_add(&out, parts[i].text);
			continue;
		}
		enum side side =
		    chosen(c, (struct overlap){ label, parts[i].base, parts[i].mine, parts[i].theirs, .text = true });
		if (side == BOTH)
			add_both(&out, parts[i].mine, parts[i].theirs);
		else
			buf_add(&out, side == MINE ? parts[i].mine : parts[i].theirs);
	}
	*merged = buf_take(&out, c->p->arena);
	return merged->p ? true : error_memory(c->p->err);
}

/* Texts of two formats cannot be mixed. */
static bool merge_texts_of(
    struct colliding *c, const struct article *base, const struct article *mine, const struct article *theirs)
{
	struct article *out = &c->out->merged;
	if (base->format == mine->format && mine->format == theirs->format)
		return merge_text(c, N_("Preface"), base->preface, mine->preface, theirs->preface, &out->preface) &&
		       merge_text(c, N_("Text"), base->body, mine->body, theirs->body, &out->body);
	enum side side = chosen(c, (struct overlap){ N_("Text"), base->body, mine->body, theirs->body, .text = false });
	const struct article *from = side == MINE ? mine : theirs;
	out->format = from->format;
	out->preface = from->preface;
	out->body = from->body;
	return true;
}

static void merge_lines(
    struct colliding *c, const struct article *base, const struct article *mine, const struct article *theirs)
{
	struct article *out = &c->out->merged;
	const struct original *b = &base->original, *m = &mine->original, *t = &theirs->original;
	const struct {
		const char *label;
		struct str base, mine, theirs, *out;
	} fields[] = {
		{ N_("Title"), base->title, mine->title, theirs->title, &out->title },
		{ N_("Name in the address"), base->slug, mine->slug, theirs->slug, &out->slug },
		{ N_("Language"), base->lang, mine->lang, theirs->lang, &out->lang },
		{ N_("Summary"), base->summary, mine->summary, theirs->summary, &out->summary },
		{ N_("Author"), base->author, mine->author, theirs->author, &out->author },
		{ N_("Translator"), base->translator, mine->translator, theirs->translator, &out->translator },
		{ N_("Title of the original"), b->title, m->title, t->title, &out->original.title },
		{ N_("Author of the original"), b->author, m->author, t->author, &out->original.author },
		{ N_("Publisher of the original"), b->publisher, m->publisher, t->publisher, &out->original.publisher },
		{ N_("Address of the original"), b->url, m->url, t->url, &out->original.url },
		{ N_("Date of the original"), b->date, m->date, t->date, &out->original.date },
		{ N_("Licence of the original"), b->licence, m->licence, t->licence, &out->original.licence },
		{ N_("Language of the original"), b->lang, m->lang, t->lang, &out->original.lang },
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		*fields[i].out = pick(c, fields[i].label, fields[i].base, fields[i].mine, fields[i].theirs) == MINE
		                     ? fields[i].mine
		                     : fields[i].theirs;
}

static struct str time_text(struct colliding *c, const struct article *a)
{
	return a->published_at ? desk_time(c->p, a->published_at) : STR("");
}

static struct str status_text(struct colliding *c, const struct article *a)
{
	return desk_message(c->p, desk_status_label(a->status));
}

/* A form has minutes: the same minute is no change. */
static void merge_publication(
    struct colliding *c, const struct article *base, const struct article *mine, const struct article *theirs)
{
	struct article *out = &c->out->merged;
	if (pick(c, N_("Status"), status_text(c, base), status_text(c, mine), status_text(c, theirs)) == THEIRS)
		out->status = theirs->status;
	if (pick(c, N_("Date of publication"), time_text(c, base), time_text(c, mine), time_text(c, theirs)) == THEIRS)
		out->published_at = theirs->published_at;
	if (mine->sticky == base->sticky)
		out->sticky = theirs->sticky;
}

static struct str category_text(struct colliding *c, const struct category *all, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].id == id)
			return category_name_in(&all[i], c->p->lang, c->p->settings.default_lang)->name;
	}
	return STR("");
}

static bool in_set(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

static int64_t first_of(const struct article *a)
{
	return a->n_categories ? a->categories[0] : 0;
}

/* The main one stands first; the others are a set. */
static bool merge_categories(
    struct colliding *c, const struct article *base, const struct article *mine, const struct article *theirs)
{
	struct category *all;
	size_t n_all, n = 0;
	struct article *out = &c->out->merged;
	int64_t *ids = arena_array(c->p->arena, mine->n_categories + theirs->n_categories + 1, sizeof *ids);
	if (!ids)
		return error_memory(c->p->err);
	if (!category_list(c->p->store, &all, &n_all, c->p->arena, c->p->err))
		return false;
	int64_t m = first_of(mine), t = first_of(theirs);
	int64_t main_id = pick(c, N_("Main category"), category_text(c, all, n_all, first_of(base)),
	                      category_text(c, all, n_all, m), category_text(c, all, n_all, t)) == MINE
	                      ? m
	                      : t;
	if (main_id)
		ids[n++] = main_id;
	for (size_t i = 0; i < mine->n_categories; i++) {
		int64_t id = mine->categories[i];
		bool there = in_set(theirs->categories, theirs->n_categories, id);
		if (id != main_id && (there || !in_set(base->categories, base->n_categories, id)))
			ids[n++] = id;
	}
	for (size_t i = 0; i < theirs->n_categories; i++) {
		int64_t id = theirs->categories[i];
		if (!in_set(ids, n, id) && !in_set(base->categories, base->n_categories, id))
			ids[n++] = id;
	}
	out->categories = ids;
	out->n_categories = n;
	return true;
}

bool collide(struct desk_page *p, const struct article *base, const struct article *mine, const struct article *theirs,
    struct str state, struct collision *out)
{
	struct colliding c = { p, out };
	struct str *tags;
	*out = (struct collision){ .merged = *mine };
	out->choices = state.n && str_eq(web_field_get(p->req, "resolving"), state);
	merge_lines(&c, base, mine, theirs);
	merge_publication(&c, base, mine, theirs);
	if (!merge_texts_of(&c, base, mine, theirs) || !merge_categories(&c, base, mine, theirs) ||
	    !merge_sets(base->tags, base->n_tags, mine->tags, mine->n_tags, theirs->tags, theirs->n_tags, &tags,
	        &out->merged.n_tags, p->arena, p->err))
		return false;
	out->merged.tags = tags;
	return true;
}

/* ---- the page ---- */

static bool show_side(
    struct desk_page *p, struct view_value *v, const char *key, const struct overlap *o, struct str side)
{
	static const char *const kinds[] = { "same", "old", "new", "gap" };
	struct diff_part *parts;
	size_t n;
	struct view_value *list = view_set_list(v, key);
	if (o->shown_as_is) {
		struct view_value *part = view_push_object(list);
		view_set_bool(part, "same", true);
		view_set_str(part, "text", side.n ? side : STR("–"));
		return true;
	}
	if (!diff_texts(o->base, side, true, &parts, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *part = view_push_object(list);
		view_set_bool(part, kinds[parts[i].kind], true);
		view_set_str(part, "text", parts[i].text);
	}
	return true;
}

static bool show_overlap(struct desk_page *p, struct view_value *list, const struct overlap *o, size_t i)
{
	struct view_value *v = view_push_object(list);
	view_set_str(v, "choice", arena_printf(p->arena, "choice-%zu", i));
	view_set_str(v, "label", desk_message(p, o->label));
	view_set_str(v, "before", o->base);
	view_set_bool(v, "had_before", o->base.n > 0);
	view_set_bool(v, "both", o->text);
	view_set_int(v, "place", (int64_t)i + 1);
	return show_side(p, v, "mine", o, o->mine) && show_side(p, v, "theirs", o, o->theirs);
}

bool collision_page(struct desk_page *p, const struct collision *c, struct str state)
{
	struct view_value *list = view_set_list(p->root, "overlaps");
	p->res->status = 409;
	for (size_t i = 0; i < c->n; i++) {
		if (!show_overlap(p, list, &c->overlaps[i], i))
			return false;
	}
	view_set_str(p->root, "action", p->req->path);
	view_set_str(p->root, "resolving", state);
	view_set_int(p->root, "overlap_count", (int64_t)c->n);
	view_set_bool(p->root, "again", web_field_get(p->req, "resolving").n > 0);
	desk_keep_fields(p, KEPT_FOR_CHOICES);
	return desk_render(p, N_("Two people changed this article"), "desk/conflict");
}
