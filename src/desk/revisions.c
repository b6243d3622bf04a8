#include "desk/page.h"

/* What an article said before, and how it differs. */

static struct str categories_line(struct desk_page *p, const struct category *all, size_t n, const struct article *a)
{
	struct buf out = { 0 };
	for (size_t k = 0; k < a->n_categories; k++) {
		for (size_t i = 0; i < n; i++) {
			if (all[i].id != a->categories[k])
				continue;
			buf_adds(&out, out.n ? ", " : "");
			buf_add(&out, category_name_in(&all[i], p->lang, p->settings.default_lang)->name);
		}
	}
	return buf_take(&out, p->arena);
}

static struct str tags_line(struct desk_page *p, const struct article *a)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < a->n_tags; i++) {
		buf_adds(&out, i ? ", " : "");
		buf_add(&out, a->tags[i]);
	}
	return buf_take(&out, p->arena);
}

static bool put_field(
    struct desk_page *p, struct view_value *list, const char *label, struct str old, struct str new_text)
{
	struct diff_part *parts;
	size_t n;
	static const char *const kinds[] = { "same", "old", "new", "gap" };
	if (str_eq(old, new_text))
		return true;
	if (!diff_texts(old, new_text, false, &parts, &n, p->arena, p->err))
		return false;
	struct view_value *field = view_push_object(list), *out = view_set_list(field, "parts");
	view_set_str(field, "label", desk_message(p, label));
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(out);
		view_set_bool(v, kinds[parts[i].kind], true);
		view_set_str(v, "text", parts[i].text);
	}
	return true;
}

bool differences(
    struct desk_page *p, struct view_value *object, const struct article *old, const struct article *new_one)
{
	struct category *all;
	size_t n;
	const struct original *a = &old->original, *b = &new_one->original;
	struct view_value *list = view_set_list(object, "fields");
	if (!category_list(p->store, &all, &n, p->arena, p->err))
		return false;
	const struct {
		const char *label;
		struct str old, new_text;
	} fields[] = {
		{ N_("Title"), old->title, new_one->title },
		{ N_("Name in the address"), old->slug, new_one->slug },
		{ N_("Language"), old->lang, new_one->lang },
		{ N_("Summary"), old->summary, new_one->summary },
		{ N_("Preface"), old->preface, new_one->preface },
		{ N_("Text"), old->body, new_one->body },
		{ N_("Author"), old->author, new_one->author },
		{ N_("Translator"), old->translator, new_one->translator },
		{ N_("Title of the original"), a->title, b->title },
		{ N_("Author of the original"), a->author, b->author },
		{ N_("Publisher of the original"), a->publisher, b->publisher },
		{ N_("Address of the original"), a->url, b->url },
		{ N_("Date of the original"), a->date, b->date },
		{ N_("Licence of the original"), a->licence, b->licence },
		{ N_("Language of the original"), a->lang, b->lang },
		{ N_("Categories"), categories_line(p, all, n, old), categories_line(p, all, n, new_one) },
		{ N_("Tags"), tags_line(p, old), tags_line(p, new_one) },
		{ N_("Status"), desk_message(p, desk_status_label(old->status)),
		    desk_message(p, desk_status_label(new_one->status)) },
		{ N_("Date of publication"), old->published_at ? desk_time(p, old->published_at) : STR(""),
		    new_one->published_at ? desk_time(p, new_one->published_at) : STR("") },
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (!put_field(p, list, fields[i].label, fields[i].old, fields[i].new_text))
			return false;
	}
	return true;
}

/* ---- pages ---- */

static struct str who_saved(const struct desk_page *p, struct str name)
{
	return name.n ? name : desk_message(p, N_("(from outside the desk)"));
}

static bool show_article(struct desk_page *p, struct article *a)
{
	int64_t id;
	if (!desk_capture_id(p, 0, &id) || !article_whole(p->store, id, a, p->arena, p->err))
		return false;
	view_set_str(p->root, "article_title", a->title);
	view_set_str(p->root, "article_lang", a->lang);
	view_set_str(p->root, "article_url", arena_printf(p->arena, "/desk/articles/%lld", (long long)id));
	view_set_str(p->root, "revisions_url", arena_printf(p->arena, "/desk/articles/%lld/revisions", (long long)id));
	return true;
}

bool revisions_page(struct desk_page *p)
{
	struct article a;
	struct revision *all;
	size_t n;
	if (!show_article(p, &a) || !revision_list(p->store, a.id, &all, &n, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "revisions");
	for (size_t i = 0; i < n; i++) {
		struct view_value *r = view_push_object(list);
		view_set_str(r, "url",
		    arena_printf(p->arena, "/desk/articles/%lld/revisions/%lld", (long long)a.id, (long long)all[i].id));
		view_set_str(r, "at", desk_time(p, all[i].at));
		view_set_str(r, "who", who_saved(p, all[i].name));
		view_set_str(r, "status", desk_message(p, desk_status_label(all[i].text.status)));
	}
	view_set_bool(p->root, "has_revisions", n > 0);
	return desk_render(p, N_("Revisions"), "desk/revisions");
}

/* The one before it; zeroes for the first. */
static bool before(struct desk_page *p, int64_t article, int64_t id, struct revision *out)
{
	struct revision *all;
	size_t n;
	*out = (struct revision){ 0 };
	if (!revision_list(p->store, article, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (all[i].id < id)
			return revision_get(p->store, article, all[i].id, out, p->arena, p->err);
	}
	return true;
}

bool revision_page(struct desk_page *p)
{
	struct article a;
	struct revision r, old;
	int64_t id;
	bool to_now = str_eq(web_param_get(p->req, "to"), STR("now"));
	if (!show_article(p, &a) || !desk_capture_id(p, 1, &id) ||
	    !revision_get(p->store, a.id, id, &r, p->arena, p->err) || !before(p, a.id, id, &old))
		return false;
	view_set_str(p->root, "at", desk_time(p, r.at));
	view_set_str(p->root, "who", who_saved(p, r.name));
	view_set_bool(p->root, "to_now", to_now);
	view_set_str(p->root, "this_url",
	    arena_printf(p->arena, "/desk/articles/%lld/revisions/%lld", (long long)a.id, (long long)id));
	view_set_str(p->root, "restore_url",
	    arena_printf(p->arena, "/desk/articles/%lld?revision=%lld", (long long)a.id, (long long)id));
	return differences(p, p->root, to_now ? &r.text : &old.text, to_now ? &a : &r.text) &&
	       desk_render(p, N_("Revision"), "desk/revision");
}
