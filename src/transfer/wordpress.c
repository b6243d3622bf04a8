#include "transfer/wordpress.h"

#include <string.h>

#define AUTHORS_MAX 100000
#define BLOCKS_BYTES_MAX (4 * MIB) /* of all reusable blocks */
#define TALLIES_MAX 500
#define NAME_MAX_KEPT 1024

void *wp_grow(struct wordpress *w, void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	size_t more = *cap ? *cap * 2 : 32;
	void *copy = arena_array(w->im.kept, more, size);
	if (!copy) {
		error_memory(w->im.err);
		return NULL;
	}
	if (n)
		memcpy(copy, items, n * size);
	*cap = more;
	return copy;
}

struct str wp_keep(struct wordpress *w, struct str s, size_t max)
{
	return arena_dup(w->im.kept, s.n > max ? str_sub(s, 0, utf8_floor(s, max)) : s);
}

void wp_count(struct wordpress *w, const char *what, struct str name)
{
	for (size_t i = 0; i < w->n_tallies; i++) {
		if (strcmp(w->tallies[i].what, what) == 0 && str_eq(w->tallies[i].name, name)) {
			w->tallies[i].count++;
			return;
		}
	}
	if (w->n_tallies == TALLIES_MAX) {
		w->im.sum->more_problems++;
		return;
	}
	struct wp_tally *v = wp_grow(w, w->tallies, w->n_tallies, &w->cap_tallies, sizeof *v);
	if (!v)
		return;
	w->tallies = v;
	v[w->n_tallies++] =
	    (struct wp_tally){ what, wp_keep(w, name, NAME_MAX_KEPT), wp_keep(w, w->label, NAME_MAX_KEPT), 1 };
}

static void note_tallies(struct wordpress *w)
{
	for (size_t i = 0; i < w->n_tallies; i++) {
		const struct wp_tally *t = &w->tallies[i];
		struct str often =
		    t->first.n ? arena_printf(w->im.kept, "%zu times, first in \"%.*s\"", t->count, (int)t->first.n, t->first.p)
		               : arena_printf(w->im.kept, "%zu times", t->count);
		import_note(&w->im, t->name, t->what, often);
	}
}

/* ---- the first reading ---- */

static bool on_site(void *user, struct str url)
{
	wp_site(user, url);
	return true;
}

static bool on_author(void *user, struct str login, struct str name)
{
	struct wordpress *w = user;
	if (login.n == 0 || w->n_authors == AUTHORS_MAX)
		return true;
	w->authors = wp_grow(w, w->authors, w->n_authors, &w->cap_authors, sizeof *w->authors);
	if (!w->authors)
		return false;
	w->authors[w->n_authors].login = wp_keep(w, login, NAME_MAX_KEPT);
	w->authors[w->n_authors++].name = wp_keep(w, name.n ? name : login, NAME_MAX_KEPT);
	return true;
}

static bool on_term(void *user, const struct wxr_term *term)
{
	return wp_term_add(user, term);
}

static bool keep_block(struct wordpress *w, const struct wxr_item *it)
{
	struct wp_block block = { 0 };
	if (!str_to_int(it->id, &block.id) || w->block_bytes + it->content.n > BLOCKS_BYTES_MAX)
		return true;
	struct wp_block *v = wp_grow(w, w->blocks, w->n_blocks, &w->cap_blocks, sizeof *v);
	if (!v)
		return false;
	block.content = arena_dup(w->im.kept, it->content);
	w->block_bytes += it->content.n;
	w->blocks = v;
	w->blocks[w->n_blocks++] = block;
	return true;
}

static bool survey_item(void *user, const struct wxr_item *it)
{
	struct wordpress *w = user;
	int64_t date;
	w->items++;
	wp_dates(it, w->time_offset, &w->time_offset, &date);
	if (str_eq(it->type, STR("attachment")))
		return wp_attachment_add(w, it);
	if (str_eq(it->type, STR("wp_block")))
		return keep_block(w, it);
	if (!wp_holds_articles(w, it->type) || str_eq(it->status, STR("trash")))
		return true;
	if (!wp_doc_add(w, it))
		return false;
	for (size_t i = 0; i < it->n_marks; i++) {
		if (!wp_term_add_mark(w, &it->marks[i]))
			return false;
	}
	return true;
}

static void survey_progress(void *user, double part)
{
	struct wordpress *w = user;
	if (w->im.options->progress)
		w->im.options->progress(w->im.options->user, 0, part);
}

/* ---- the second ---- */

static bool skip_site(void *user, struct str url)
{
	(void)user;
	(void)url;
	return true;
}

static bool skip_author(void *user, struct str login, struct str name)
{
	(void)user;
	(void)login;
	(void)name;
	return true;
}

static bool skip_term(void *user, const struct wxr_term *term)
{
	(void)user;
	(void)term;
	return true;
}

static bool is_of_the_input(enum error_code code)
{
	return code == ERR_INVALID || code == ERR_TOO_LARGE || code == ERR_EXISTS;
}

/* An item that cannot be brought in is told of, and does not hold up the others. */
static bool bring_item(void *user, const struct wxr_item *it)
{
	struct wordpress *w = user;
	w->item = it;
	w->items++;
	if (wp_item(w))
		return true;
	if (!is_of_the_input(w->im.err->code))
		return error_context(w->im.err, "item %zu", w->items);
	import_note(&w->im, w->label, "was left out", str_from(w->im.err->message));
	*w->im.err = (struct error){ 0 };
	return true;
}

static void bring_progress(void *user, double part)
{
	struct wordpress *w = user;
	const struct import_summary *s = w->im.sum;
	size_t articles = s->new_articles + s->changed_articles + s->same_articles;
	if (w->im.options->progress && articles)
		w->im.options->progress(w->im.options->user, articles, part);
}

static bool survey(struct wordpress *w, const char *file)
{
	const struct wxr_events events = { on_site, on_author, on_term, survey_item, survey_progress };
	uint64_t replaced = 0;
	w->survey = true;
	if (!wxr_read(file, &events, w, &replaced, w->im.arena, w->im.err))
		return false;
	w->survey = false;
	w->items = 0;
	w->item = NULL;
	wp_attachments_sort(w);
	wp_docs_sort(w);
	if (replaced)
		import_note(&w->im, STR("the file"), "bytes that are no characters were replaced",
		    arena_printf(w->im.kept, "%llu", (unsigned long long)replaced));
	arena_reset(w->im.arena);
	return wp_terms_save(w);
}

static bool bring(struct wordpress *w, const char *file)
{
	const struct wxr_events events = { skip_site, skip_author, skip_term, bring_item, bring_progress };
	if (!wxr_read(file, &events, w, NULL, w->im.arena, w->im.err))
		return false;
	w->item = NULL;
	w->label = STR("");
	arena_reset(w->im.arena);
	if (!wp_terms_redirect(w) || !wp_attachments_redirect(w) || !wp_links_finish(w))
		return false;
	note_tallies(w);
	return true;
}

bool import_wordpress(struct store *store, const char *file, const struct import_options *options,
    struct import_summary *sum, struct arena *kept, struct error *err)
{
	uint64_t started = clock_mono_us();
	struct wordpress *w = arena_alloc(kept, sizeof *w);
	if (!w)
		return error_memory(err);
	if (!import_begin(&w->im, store, options, sum, kept, err))
		return false;
	w->time_offset = w->im.settings.time_offset;
	bool ok = survey(w, file) && bring(w, file);
	if (!ok)
		error_context(err, "%s", file);
	return import_end(&w->im, ok, started);
}
