#include "desk/tokens.h"

/* Tokens by which a person's programs work for them. A token is shown once, when it is made. */

static const struct {
	const char *label;
	enum desk_right right; /* without it the scope opens nothing */
} ABOUT[SCOPES] = {
	[SCOPE_ARTICLES_READ] = { N_("Read articles of any status"), DESK_SEE },
	[SCOPE_ARTICLES_WRITE] = { N_("Write and change drafts"), DESK_SEE },
	[SCOPE_ARTICLES_PUBLISH] = { N_("Publish, and change what is public"), DESK_PUBLISH },
	[SCOPE_MEDIA] = { N_("Upload images"), DESK_SEE },
	[SCOPE_STRUCTURE] = { N_("Categories, tags, old addresses"), DESK_SEE },
	[SCOPE_SEARCH] = { N_("Synonyms, pinned answers, questions"), DESK_SEE },
	[SCOPE_SETTINGS] = { N_("Settings of the site"), DESK_PEOPLE },
	[SCOPE_PEOPLE] = { N_("People and invitations"), DESK_PEOPLE },
	[SCOPE_LOG] = { N_("Read who did what"), DESK_LOG },
	[SCOPE_WEBHOOKS] = { N_("Webhooks"), DESK_WEBHOOKS },
	[SCOPE_TRANSLATIONS] = { N_("Translations in the making, and the glossary"), DESK_TRANSLATE },
	[SCOPE_SOURCES] = { N_("Sources and links"), DESK_SEE },
};

static const int64_t DAYS[] = { 30, 90, 365, 0 };
static const char *const DAYS_LABELS[] = { N_("after 30 days"), N_("after 90 days"), N_("after a year"), N_("no end") };

static struct str day_of(struct desk_page *p, int64_t t)
{
	struct civil c = civil_from_unix(t + p->settings.time_offset);
	return arena_printf(p->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static bool show_list(struct desk_page *p)
{
	struct access_token *all;
	size_t n;
	struct view_value *list = view_set_list(p->root, "tokens");
	if (!access_token_list(p->store, p->who.id, &all, &n, p->arena, p->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list), *scopes = view_set_list(v, "held");
		view_set_int(v, "token_id", all[i].id);
		view_set_str(v, "token_name", all[i].name);
		view_set_str(v, "used", all[i].used_day);
		view_set_bool(v, "ended", all[i].expires_at && all[i].expires_at <= p->now);
		view_set_str(v, "ends", all[i].expires_at ? day_of(p, all[i].expires_at) : STR(""));
		for (int s = 0; s < SCOPES; s++) {
			if (all[i].scopes & (1u << s))
				view_set_str(view_push_object(scopes), "scope", scope_name((enum scope)s));
		}
	}
	view_set_bool(p->root, "has_tokens", n > 0);
	return true;
}

static bool show(struct desk_page *p, struct str name, unsigned chosen, int64_t days)
{
	struct view_value *scopes = view_set_list(p->root, "scopes"), *ends = view_set_list(p->root, "choices");
	for (int s = 0; s < SCOPES; s++) {
		if (desk_may(p->who.role, ABOUT[s].right))
			desk_choice(scopes, scope_name((enum scope)s), desk_message(p, ABOUT[s].label), (chosen & (1u << s)) != 0);
	}
	for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++)
		desk_choice(
		    ends, arena_printf(p->arena, "%lld", (long long)DAYS[i]), desk_message(p, DAYS_LABELS[i]), DAYS[i] == days);
	view_set_str(p->root, "token_name_wish", name);
	return show_list(p) && desk_render(p, N_("Tokens for programs"), "desk/tokens");
}

bool tokens_page(struct desk_page *p)
{
	view_set_bool(p->root, "saved", web_param_get(p->req, "saved").n > 0);
	return show(p, STR(""), 1u << SCOPE_ARTICLES_READ, 90);
}

static bool add(struct desk_page *p)
{
	enum scope scope;
	int64_t days = -1;
	struct error why = { 0 };
	struct str secret = STR("");
	struct access_token t = { .person = p->who.id, .name = web_field_get(p->req, "name") };
	for (size_t i = 0; i < p->req->n_fields; i++) {
		if (str_eq(p->req->fields[i].name, STR("scope")) && scope_parse(p->req->fields[i].value, &scope))
			t.scopes |= 1u << scope;
	}
	if (!str_to_int(web_field_get(p->req, "days"), &days) || days < 0 || days > TOKEN_DAYS_MAX)
		return error_set(p->err, ERR_USAGE, "the form does not say when the token ends");
	t.expires_at = days ? p->now + days * 86400 : 0;
	struct store_tx *tx = store_begin(p->store, &why);
	struct str object =
	    arena_printf(p->arena, "%.*s: %.*s", (int)p->who.login.n, p->who.login.p, (int)t.name.n, t.name.p);
	if (tx && access_token_add(tx, &t, p->now, &secret, p->arena, &why) &&
	    audit_add(tx, &p->who, STR("token.add"), object, &why)) {
		if (!store_commit(tx, p->err))
			return false;
		view_set_str(p->root, "secret", secret);
		return show(p, STR(""), 1u << SCOPE_ARTICLES_READ, 90);
	}
	store_rollback(tx);
	if (why.code == ERR_INVALID)
		desk_problem(p, 422, N_("A token needs a name, and something that it may do."));
	else if (why.code == ERR_TOO_LARGE)
		desk_problem(p, 422, N_("You have as many tokens as one may have. End one that is not used."));
	else {
		*p->err = why;
		return false;
	}
	return show(p, t.name, t.scopes, days);
}

bool tokens_send(struct desk_page *p)
{
	int64_t id;
	struct str end = web_field_get(p->req, "end");
	if (end.n == 0)
		return add(p);
	if (!str_to_int(end, &id))
		return error_set(p->err, ERR_USAGE, "a token has a number");
	struct store_tx *tx = store_begin(p->store, p->err);
	struct str object = arena_printf(p->arena, "%.*s: %lld", (int)p->who.login.n, p->who.login.p, (long long)id);
	return desk_commit(p, tx,
	           tx && access_token_remove(tx, p->who.id, id, p->err) &&
	               audit_add(tx, &p->who, STR("token.remove"), object, p->err)) &&
	       desk_go(p, "/desk/account/tokens?saved=1");
}
