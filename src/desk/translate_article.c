#include "desk/translate.h"

/* The article that a translation makes: put together, and what became of it elsewhere taken in. */

bool translate_article_send(struct desk_page *p)
{
	struct workbench w;
	const char *problem = NULL;
	struct str what = web_field_get(p->req, "do");
	struct desk_work work = desk_work(p);
	bool over = str_eq(what, STR("over"));
	if (!workbench_load(p, &w))
		return false;
	bool take = str_eq(what, STR("take")) && w.t.article;
	if (!take && !over && !str_eq(what, STR("put")))
		return error_set(p->err, ERR_USAGE, "the form does not say what to do");
	struct store_tx *tx = store_begin(p->store, p->err);
	if (desk_commit(p, tx,
	        tx && (take ? translation_take(&work, tx, &w.t, w.blocks, w.n, &problem)
	                    : translation_into(&work, tx, &w.t, w.blocks, w.n, over, &problem))))
		return desk_go(
		    p, arena_printf(p->arena, "/desk/translate/%lld?%s", (long long)w.t.id, take ? "saved=1" : "put=1").p);
	if (!problem)
		return false;
	*p->err = (struct error){ 0 };
	desk_problem(p, 409, problem);
	return workbench_show(p, &w);
}
