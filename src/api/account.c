#include "api/inner.h"

/* Who am I, and what may I do? */

static bool get(struct api_call *c)
{
	json_t *token = api_object(c), *scopes = api_list(c);
	for (int s = 0; s < SCOPES; s++) {
		struct str name = scope_name((enum scope)s);
		if (c->token.scopes & (1u << s))
			api_push(c, scopes, json_stringn(name.p, name.n));
	}
	api_str(c, token, "name", c->token.name);
	api_put(c, token, "scopes", scopes);
	api_time(c, token, "created", c->token.created_at);
	api_time(c, token, "expires", c->token.expires_at);
	c->answer = api_object(c);
	api_str(c, c->answer, "login", c->who.login);
	api_str(c, c->answer, "name", c->who.name.n ? c->who.name : c->who.login);
	api_str(c, c->answer, "role", role_name(c->who.role));
	api_put(c, c->answer, "token", token);
	return true;
}

static const struct api_field TOKEN_FIELDS[] = {
	{ "name", API_TEXT, .flags = API_REQUIRED },
	{ "scopes", API_LIST, API_REQUIRED, .item = API_TEXT },
	{ "created", API_TIME, .flags = API_REQUIRED },
	{ "expires", API_TIME, API_REQUIRED | API_NULLABLE, .about = "null: never." },
};
API_SCHEMA(TOKEN, "Token", TOKEN_FIELDS);
static const struct api_field ME_FIELDS[] = {
	{ "login", API_TEXT, .flags = API_REQUIRED },
	{ "name", API_TEXT, .flags = API_REQUIRED },
	{ "role", API_TEXT, .flags = API_REQUIRED },
	{ "token", API_OBJECT, API_REQUIRED, .of = &TOKEN },
};
API_SCHEMA(ME, "Me", ME_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/me", "getMe", "Whose token this is, and its scopes", NULL, SCOPE_ARTICLES_READ, DESK_ACCOUNT,
	    API_ANY_TOKEN, 200, NULL, NULL, &ME, 0, get },
};
const struct api_group ACCOUNT_GROUP = { "Account", API_ACTIONS(ACTIONS) };
