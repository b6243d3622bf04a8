#include "../unit.h"

#include "api/inner.h"

#include <string.h>

/* Everything that the desk does, a program can do: each route of the desk is answered by actions of the API, or says here why
 * not. A route that is added to the desk fails this test until it is listed. */

#define ACCOUNT "one's own account: passwords, passkeys and sessions are for the person at the browser"
#define FORM "a form to be filled in; what it shows and sends is named beside it"
#define TYPING "keeps what a form holds while somebody types; a program keeps its own"

static const struct row {
	const char *route;   /* method and path */
	const char *actions; /* names with spaces between; NULL: none, because: */
	const char *why;
} ROWS[] = {
	{ "GET /desk/sign-in", NULL, ACCOUNT },
	{ "POST /desk/sign-in", NULL, ACCOUNT },
	{ "POST /desk/sign-in/second", NULL, ACCOUNT },
	{ "POST /desk/sign-in/passkey", NULL, ACCOUNT },
	{ "POST /desk/sign-in/again", NULL, ACCOUNT },
	{ "GET /desk/invitation", NULL, ACCOUNT },
	{ "POST /desk/invitation", NULL, ACCOUNT },
	{ "GET /desk", "getOverview", NULL },
	{ "GET /desk/articles", "listArticles", NULL },
	{ "POST /desk/sign-out", NULL, ACCOUNT },
	{ "GET /desk/account", "getMe", NULL },
	{ "POST /desk/account/language", NULL, ACCOUNT },
	{ "POST /desk/account/password", NULL, ACCOUNT },
	{ "POST /desk/account/sessions", NULL, ACCOUNT },
	{ "GET /desk/account/totp", NULL, ACCOUNT },
	{ "POST /desk/account/totp", NULL, ACCOUNT },
	{ "POST /desk/account/totp/off", NULL, ACCOUNT },
	{ "POST /desk/account/passkeys", NULL, ACCOUNT },
	{ "POST /desk/account/passkeys/remove", NULL, ACCOUNT },
	{ "GET /desk/account/tokens", NULL, "a token that could make tokens could give itself what it lacks" },
	{ "POST /desk/account/tokens", NULL, "a token that could make tokens could give itself what it lacks" },
	{ "GET /desk/webhooks", "listWebhooks", NULL },
	{ "POST /desk/webhooks", "createWebhook", NULL },
	{ "GET /desk/webhooks/:id", "getWebhook listDeliveries", NULL },
	{ "POST /desk/webhooks/:id", "changeWebhook deleteWebhook testWebhook renewWebhookSecret repeatDelivery", NULL },
	{ "GET /desk/log", "listLog", NULL },
	{ "GET /desk/people", "listPeople", NULL },
	{ "POST /desk/people", "addPerson invitePerson", NULL },
	{ "GET /desk/people/:id", "getPerson", NULL },
	{ "POST /desk/people/:id", "changePerson removePerson withdrawInvitation endSessions resetSecondStep", NULL },
	{ "POST /desk/articles/act", "publishArticle changeArticle trashArticle", NULL },
	{ "POST /desk/undo", NULL, "takes back a click; a program has the state from before, and sends it" },
	{ "GET /desk/trash", "listTrash", NULL },
	{ "POST /desk/trash", "restoreFromTrash", NULL },
	{ "POST /desk/trash/delete", "deleteFromTrash", NULL },
	{ "GET /desk/articles/:id/review", "getReview", NULL },
	{ "POST /desk/articles/:id/ask", "askForReview", NULL },
	{ "POST /desk/articles/:id/judge", "judgeArticle", NULL },
	{ "POST /desk/articles/:id/comments", "addComment settleComment", NULL },
	{ "GET /desk/categories", "listCategories", NULL },
	{ "POST /desk/categories", "createCategory moveCategory", NULL },
	{ "GET /desk/categories/:id", "getCategory", NULL },
	{ "POST /desk/categories/:id", "changeCategory mergeCategory deleteCategory", NULL },
	{ "GET /desk/categories/:id/articles", "listEntries", NULL },
	{ "POST /desk/categories/:id/articles", "moveEntries createCategory", NULL },
	{ "GET /desk/tags", "listTags", NULL },
	{ "GET /desk/tags/tag", "listTags", NULL },
	{ "POST /desk/tags/tag", "renameTag deleteTag", NULL },
	{ "GET /desk/redirects", "listRedirects", NULL },
	{ "GET /desk/redirects/redirect", "listRedirects", NULL },
	{ "POST /desk/redirects/redirect", "putRedirect deleteRedirect", NULL },
	{ "POST /desk/redirects/import", "putRedirect", NULL },
	{ "GET /desk/synonyms", "listSynonyms", NULL },
	{ "POST /desk/synonyms", "createSynonym", NULL },
	{ "GET /desk/synonyms/:id", "getSynonym", NULL },
	{ "POST /desk/synonyms/:id", "changeSynonym deleteSynonym", NULL },
	{ "GET /desk/pins", "listPins", NULL },
	{ "GET /desk/pins/pin", "listPins", NULL },
	{ "POST /desk/pins/pin", "putPin deletePin", NULL },
	{ "GET /desk/questions", "listQuestions", NULL },
	{ "POST /desk/questions", "deleteQuestion", NULL },
	{ "GET /desk/searches", "listUnanswered", NULL },
	{ "POST /desk/searches", "dismissUnanswered", NULL },
	{ "GET /desk/translate", "listTranslations", NULL },
	{ "GET /desk/translate/new", NULL, FORM },
	{ "POST /desk/translate/new", "createTranslation", NULL },
	{ "GET /desk/translate/:id", "getTranslation listBlocks getBlock listCopies", NULL },
	{ "POST /desk/translate/:id", "changeTranslation saveBlock settleTranslation deleteTranslation", NULL },
	{ "POST /desk/translate/:id/block", "saveBlock", NULL },
	{ "POST /desk/translate/:id/original", "renewOriginal", NULL },
	{ "GET /desk/translate/:id/copies/:copy", "getCopy", NULL },
	{ "POST /desk/translate/:id/article", "putTranslation takeTranslation", NULL },
	{ "GET /desk/glossary", "listTerms getTerm", NULL },
	{ "POST /desk/glossary", "createTerm changeTerm deleteTerm", NULL },
	{ "GET /desk/glossary/export", "listTerms", NULL },
	{ "POST /desk/glossary/import", "createTerm changeTerm", NULL },
	{ "GET /desk/settings", "getSettings", NULL },
	{ "POST /desk/settings", "changeSettings", NULL },
	{ "GET /desk/settings/look", "getSettings", NULL },
	{ "POST /desk/settings/look", "changeSettings uploadMedia", NULL },
	{ "GET /desk/settings/preview.css", NULL, FORM },
	{ "GET /desk/settings/menus", "getSettings", NULL },
	{ "POST /desk/settings/menus", "changeSettings", NULL },
	{ "GET /desk/pages", "listPages", NULL },
	{ "POST /desk/pages", "createPage changePage", NULL },
	{ "GET /desk/articles/new", NULL, FORM },
	{ "POST /desk/articles/new", "createArticle", NULL },
	{ "GET /desk/sources", "listSources", NULL },
	{ "GET /desk/sources/new", NULL, FORM },
	{ "POST /desk/sources/new", "createSource", NULL },
	{ "GET /desk/sources/:id", "getSource", NULL },
	{ "POST /desk/sources/:id", "changeSource mergeSource checkSource deleteSource", NULL },
	{ "GET /desk/links", "getLinks listSources", NULL },
	{ "POST /desk/links", "changeLinks", NULL },
	{ "GET /desk/media", "listMedia", NULL },
	{ "POST /desk/media", "uploadMedia", NULL },
	{ "POST /desk/media/upload", "uploadMedia", NULL },
	{ "GET /desk/media/:hash", "getMedia", NULL },
	{ "POST /desk/media/:hash", "describeMedia replaceMedia deleteMedia", NULL },
	{ "POST /desk/articles/autosave", NULL, TYPING },
	{ "POST /desk/articles/preview", "previewArticle", NULL },
	{ "POST /desk/drafts/drop", NULL, TYPING },
	{ "POST /desk/paste", "convertToMarkdown", NULL },
	{ "GET /desk/articles/:id", "getArticle", NULL },
	{ "POST /desk/articles/:id", "changeArticle publishArticle", NULL },
	{ "GET /desk/articles/:id/revisions", "listRevisions", NULL },
	{ "GET /desk/articles/:id/revisions/:revision", "getRevision restoreRevision", NULL },
};
#define N_ROWS (sizeof ROWS / sizeof *ROWS)

static const struct row *row_of(const struct web_route *route)
{
	char name[200];
	snprintf(name, sizeof name, "%s %s", (route->methods & WEB_POST) ? "POST" : "GET", route->path);
	for (size_t i = 0; i < N_ROWS; i++) {
		if (strcmp(ROWS[i].route, name) == 0)
			return &ROWS[i];
	}
	print_error("%s: which actions of the API do this, or why none?\n", name);
	return NULL;
}

static bool is_action(struct str name)
{
	for (size_t i = 0; api_action_name(i); i++) {
		if (str_eq(name, str_from(api_action_name(i))))
			return true;
	}
	print_error("%.*s is no action\n", (int)name.n, name.p);
	return false;
}

static void each_route_has_its_actions(void **state)
{
	size_t n, missing = 0;
	const struct web_route *routes = desk_routes(&n);
	(void)state;
	for (size_t i = 0; i < n; i++)
		missing += row_of(&routes[i]) == NULL;
	assert_int_equal(missing, 0);
	/* None is listed that is gone. */
	assert_int_equal(n, N_ROWS);
}

static void each_action_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS; i++) {
		struct str rest = ROWS[i].actions ? str_from(ROWS[i].actions) : STR("");
		assert_true((rest.n > 0) != (ROWS[i].why != NULL));
		while (rest.n)
			assert_true(is_action(str_split(&rest, ' ')));
	}
}

/* What an action does for a program, the desk does for a person. */
static void each_action_has_its_route(void **state)
{
	size_t lonely = 0;
	(void)state;
	for (size_t i = 0; api_action_name(i); i++) {
		bool found = false;
		for (size_t k = 0; k < N_ROWS && !found; k++) {
			struct str rest = ROWS[k].actions ? str_from(ROWS[k].actions) : STR("");
			while (rest.n && !found)
				found = str_eq(str_split(&rest, ' '), str_from(api_action_name(i)));
		}
		if (!found)
			print_error("%s stands beside no route of the desk\n", api_action_name(i));
		lonely += !found;
	}
	assert_int_equal(lonely, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_route_has_its_actions),
		cmocka_unit_test(each_action_is_there),
		cmocka_unit_test(each_action_has_its_route),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
