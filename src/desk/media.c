#include "desk/media.h"

#include <jansson.h>
#include <stdlib.h>

/* The library of images: found, added; one for a script. */

#define LIBRARY_PAGE 48

struct asked {
	struct str words;
	bool unused, wordless;
	size_t page; /* from 1 */
};

static struct asked read_asked(const struct desk_page *p)
{
	int64_t page = 1;
	struct str only = web_param_get(p->req, "only");
	struct asked q = { .words = str_trim(web_param_get(p->req, "q")),
		.unused = str_eq(only, STR("unused")),
		.wordless = str_eq(only, STR("wordless")),
		.page = 1 };
	if (str_to_int(web_param_get(p->req, "page"), &page) && page > 0 && page < 1000000)
		q.page = (size_t)page;
	return q;
}

static struct str page_url(struct desk_page *p, const struct asked *q, size_t page)
{
	struct buf out = { 0 };
	buf_printf(&out, "/desk/media?page=%zu", page);
	if (q->unused || q->wordless)
		buf_adds(&out, q->unused ? "&only=unused" : "&only=wordless");
	if (q->words.n) {
		buf_adds(&out, "&q=");
		buf_add_uri(&out, q->words, STR(""));
	}
	return buf_take(&out, p->arena);
}

static bool show_library(struct desk_page *p)
{
	struct asked q = read_asked(p);
	struct media_about *all;
	size_t n, total;
	struct media_filter f = { .words = q.words,
		.unused = q.unused,
		.wordless = q.wordless,
		.lang = p->lang,
		.offset = (q.page - 1) * LIBRARY_PAGE,
		.limit = LIBRARY_PAGE };
	if (!media_list(p->store, &f, &all, &n, &total, p->arena, p->err))
		return false;
	struct view_value *list = view_set_list(p->root, "images"), *only = view_set_list(p->root, "only");
	desk_choice(only, STR("wordless"), desk_message(p, N_("without alternative text")), q.wordless);
	desk_choice(only, STR("unused"), desk_message(p, N_("in no article")), q.unused);
	for (size_t i = 0; i < n; i++)
		media_show(p, list, &all[i]);
	view_set_str(p->root, "q", q.words);
	view_set_bool(p->root, "has_images", n > 0);
	view_set_int(p->root, "total", (int64_t)total);
	view_set_str(p->root, "total_text", view_number(p->arena, p->lang, (int64_t)total));
	view_set_bool(p->root, "filtered", q.words.n || q.unused || q.wordless);
	if (q.page > 1)
		view_set_str(p->root, "previous_url", page_url(p, &q, q.page - 1));
	if (f.offset + n < total && n > 0)
		view_set_str(p->root, "next_url", page_url(p, &q, q.page + 1));
	return desk_render(p, N_("Images"), "desk/media");
}

bool media_page(struct desk_page *p)
{
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show_library(p);
}

/* One image leads to its page, where the words are asked for; several, or one that was refused, to the library. */
bool media_send(struct desk_page *p)
{
	struct view_value *refused = view_set_list(p->root, "refused");
	struct media m = { 0 };
	size_t taken = 0, failed = 0;
	for (size_t i = 0; i < p->req->n_files; i++) {
		const struct web_file *f = &p->req->files[i];
		const char *problem;
		if (f->bytes.n == 0 && p->req->n_files > 1)
			continue;
		if (media_take(p, f, STR(""), p->lang, &m, &problem)) {
			taken++;
			continue;
		}
		if (!problem)
			return false;
		struct view_value *v = view_push_object(refused);
		view_set_str(v, "name", f->filename);
		view_set_str(v, "why", desk_message(p, problem));
		failed++;
	}
	if (failed == 0 && taken == 1)
		return desk_go(p, arena_printf(p->arena, "/desk/media/%.*s?saved=1", (int)m.hash.n, m.hash.p).p);
	if (failed == 0 && taken > 0)
		return desk_go(p, "/desk/media?saved=1");
	view_set_bool(p->root, "has_refused", failed > 0);
	p->res->status = 422;
	return show_library(p);
}

/* ---- for a script ---- */

static bool answer(struct desk_page *p, int status, const char *key, struct str text)
{
	json_t *json = json_pack("{s:s%}", key, text.p ? text.p : "", text.n);
	char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (!line)
		return error_memory(p->err);
	buf_adds(&p->res->body, line);
	free(line);
	p->res->type = STR("application/json");
	p->res->status = status;
	return true;
}

bool media_upload(struct desk_page *p)
{
	struct media m;
	const char *problem;
	struct str alt = str_trim(web_field_get(p->req, "alt")), lang = web_field_get(p->req, "lang");
	const struct web_file *f = web_file_get(p->req, "file");
	if (!f)
		return answer(p, 422, "error", desk_message(p, N_("Choose an image first.")));
	if (media_take(p, f, alt, lang.n ? lang : p->lang, &m, &problem))
		return answer(p, 200, "markdown", media_markdown(p->arena, &m, alt));
	return problem ? answer(p, 422, "error", desk_message(p, problem)) : false;
}
