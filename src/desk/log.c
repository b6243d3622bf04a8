#include "desk/page.h"

#define ENTRIES_PAGE 100

bool log_page(struct desk_page *p)
{
	struct audit *all;
	size_t n;
	int64_t before;
	struct view_value *list = view_set_list(p->root, "entries");
	if (!str_to_int(web_param_get(p->req, "before"), &before) || before < 0)
		before = 0;
	if (!audit_list(p->store, before, ENTRIES_PAGE, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *e = view_push_object(list);
		view_set_str(e, "at", desk_time(p, all[i].at));
		bool clock = str_starts(all[i].action, STR("clock."));
		view_set_str(e, "who",
		    all[i].name.n ? all[i].name : desk_message(p, clock ? N_("(by itself, on time)") : N_("(from the shell)")));
		view_set_str(e, "action", all[i].action);
		view_set_str(e, "object", all[i].object);
	}
	view_set_bool(p->root, "has_entries", n > 0);
	if (n == ENTRIES_PAGE)
		view_set_str(p->root, "older_url", arena_printf(p->arena, "/desk/log?before=%lld", (long long)all[n - 1].id));
	return desk_render(p, N_("Who did what"), "desk/log");
}
