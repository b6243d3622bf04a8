#include "search/inner.h"

bool search_suggest(struct search *s, struct str typed, struct str lang, size_t limit, struct suggestion **out, size_t *n,
	struct arena *arena, struct error *err)
{
	struct str folded = text_fold(str_trim(str_sub(typed, 0, utf8_floor(typed, QUERY_MAX))), arena);
	struct category *all;
	struct view v;
	size_t n_all;
	*n = 0;
	*out = arena_array(arena, limit, sizeof **out);
	if (!*out || !view_open(s, &v, err))
		return *out ? false : error_memory(err);
	bool ok = folded.n == 0 || category_list(s->store, &all, &n_all, arena, err);
	for (size_t i = 0; ok && folded.n && i < n_all && *n < limit / 2; i++) {
		const struct category_name *name = category_name_in(&all[i], lang, lang);
		if (name && str_find(text_fold(name->name, arena), folded) >= 0)
			(*out)[(*n)++] = (struct suggestion){ .text = name->name, .category = all[i].id, .lang = lang, .slug = all[i].slug };
	}
	struct db_rows *rows = ok && folded.n ? db_query(v.conn, err,
		"SELECT article, title, lang, slug FROM doc WHERE instr(title, $1) > 0"
		" ORDER BY lang <> $2, instr(title, $1) > 1, length(title), article LIMIT $3",
		"ssi", folded, lang, (int64_t)limit) : NULL;
	while (rows && *n < limit && db_next(rows))
		(*out)[(*n)++] = (struct suggestion){ .article = db_int(rows, 0), .text = db_dup(rows, 1, arena),
			.lang = db_dup(rows, 2, arena), .slug = db_dup(rows, 3, arena) };
	if (folded.n)
		ok = rows && db_done(rows);
	view_close(&v);
	return ok;
}
