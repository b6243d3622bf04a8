#include "api/inner.h"

/* What the site itself serves to everybody (src/site/api.c): described here, so that one document says all. */

static const struct api_field LIST_QUERY_FIELDS[] = {
	{ "lang", API_LINE, .about = "Only articles in this language." },
	{ "category", API_LINE, .about = "The slug of one; those below it count." },
	{ "tag", API_LINE, .flags = 0 },
	{ "page", API_INTEGER, .max = 1000000, .about = "From 1." },
	{ "per_page", API_INTEGER, .max = 100 },
};
API_SCHEMA(LIST_QUERY, "ReadingListQuery", LIST_QUERY_FIELDS);

#define ITEM_FIELDS                                                                                       \
	{ "id", API_INTEGER, .flags = API_REQUIRED },                                                         \
	    { "group", API_INTEGER, API_REQUIRED, .about = "The same for translations of each other." },      \
	    { "lang", API_TEXT, .flags = API_REQUIRED }, { "slug", API_TEXT, .flags = API_REQUIRED },         \
	    { "title", API_TEXT, .flags = API_REQUIRED }, { "summary", API_TEXT, .flags = API_REQUIRED },     \
	    { "author", API_TEXT, .flags = API_REQUIRED }, { "translator", API_TEXT, .flags = API_REQUIRED }, \
	    { "url", API_TEXT, API_REQUIRED, .about = "Whole where base_url is set." },                       \
	    { "published", API_TIME, .flags = API_REQUIRED | API_NULLABLE },                                  \
	{                                                                                                     \
		"updated", API_TIME, .flags = API_REQUIRED | API_NULLABLE                                         \
	}
static const struct api_field ITEM_LIST[] = { ITEM_FIELDS };
API_SCHEMA(ITEM, "PublishedItem", ITEM_LIST);
static const struct api_field LIST_FIELDS[] = {
	{ "total", API_INTEGER, .flags = API_REQUIRED },
	{ "page", API_INTEGER, .flags = API_REQUIRED },
	{ "per_page", API_INTEGER, .flags = API_REQUIRED },
	{ "articles", API_LIST, API_REQUIRED, .of = &ITEM },
};
API_SCHEMA(LIST, "PublishedPage", LIST_FIELDS);

static const struct api_field CITATION_FIELDS[] = {
	{ "number", API_INTEGER, .flags = API_REQUIRED },
	{ "text", API_TEXT, .flags = API_REQUIRED },
	{ "url", API_TEXT, .flags = API_REQUIRED },
	{ "outlet", API_TEXT, .flags = API_REQUIRED },
	{ "published", API_TEXT, API_REQUIRED, .about = "As far as known: 2024, 2024-05, 2024-05-01." },
	{ "accessed", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(CITATION, "Citation", CITATION_FIELDS);
static const struct api_field WORK_FIELDS[] = {
	{ "title", API_TEXT, .flags = API_REQUIRED },
	{ "author", API_TEXT, .flags = API_REQUIRED },
	{ "publisher", API_TEXT, .flags = API_REQUIRED },
	{ "url", API_TEXT, .flags = API_REQUIRED },
	{ "date", API_TEXT, .flags = API_REQUIRED },
	{ "licence", API_TEXT, .flags = API_REQUIRED },
	{ "lang", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(WORK, "PublishedOriginal", WORK_FIELDS);
static const struct api_field WHOLE_FIELDS[] = {
	ITEM_FIELDS,
	{ "preface_html", API_TEXT, .flags = API_REQUIRED },
	{ "html", API_TEXT, .flags = API_REQUIRED },
	{ "text", API_TEXT, .flags = API_REQUIRED },
	{ "citations", API_LIST, API_REQUIRED, .of = &CITATION },
	{ "original", API_OBJECT, API_REQUIRED | API_NULLABLE, .of = &WORK, .about = "null for what is no translation." },
	{ "categories", API_LIST, API_REQUIRED, .item = API_TEXT, .about = "Slugs." },
	{ "tags", API_LIST, API_REQUIRED, .item = API_TEXT },
	{ "translations", API_LIST, API_REQUIRED, .of = &ITEM },
};
API_SCHEMA(WHOLE, "PublishedArticle", WHOLE_FIELDS);

static const struct api_field CATEGORY_QUERY_FIELDS[] = { { "lang", API_LINE, .about = "Of the names." } };
API_SCHEMA(CATEGORY_QUERY, "ReadingCategoryQuery", CATEGORY_QUERY_FIELDS);
static const struct api_field CATEGORY_FIELDS[] = {
	{ "slug", API_TEXT, .flags = API_REQUIRED },
	{ "name", API_TEXT, .flags = API_REQUIRED },
	{ "description", API_TEXT, .flags = API_REQUIRED },
	{ "parent", API_TEXT, API_REQUIRED | API_NULLABLE, .about = "A slug." },
	{ "articles", API_INTEGER, .flags = API_REQUIRED },
	{ "url", API_TEXT, .flags = API_REQUIRED },
};
API_SCHEMA(CATEGORY, "PublishedCategory", CATEGORY_FIELDS);
static const struct api_field TREE_FIELDS[] = { { "categories", API_LIST, API_REQUIRED, .of = &CATEGORY } };
API_SCHEMA(TREE, "PublishedCategories", TREE_FIELDS);

static const char *const ORDERS[] = { "newest", NULL };
static const struct api_field SEARCH_QUERY_FIELDS[] = {
	{ "q", API_LINE, .max = QUERY_MAX },
	{ "lang", API_LINE, .about = "The reader's; it comes first." },
	{ "only_lang", API_LINE, .about = "Leaves out all others." },
	{ "category", API_LINE, .about = "A slug." },
	{ "year", API_INTEGER, .max = 9999 },
	{ "order", API_LINE, .values = ORDERS },
	{ "page", API_INTEGER, .max = 1000000 },
	{ "per_page", API_INTEGER, .max = 100 },
};
API_SCHEMA(SEARCH_QUERY, "ReadingSearchQuery", SEARCH_QUERY_FIELDS);
static const struct api_field HIT_FIELDS[] = {
	{ "id", API_INTEGER, .flags = API_REQUIRED },
	{ "lang", API_TEXT, .flags = API_REQUIRED },
	{ "title", API_TEXT, .flags = API_REQUIRED },
	{ "title_html", API_TEXT, API_REQUIRED, .about = "Matches stand in mark elements." },
	{ "snippet_html", API_TEXT, .flags = API_REQUIRED },
	{ "url", API_TEXT, .flags = API_REQUIRED },
	{ "published", API_TIME, .flags = API_REQUIRED | API_NULLABLE },
	{ "score", API_NUMBER, .flags = API_REQUIRED },
	{ "relaxed", API_BOOLEAN, API_REQUIRED, .about = "Has only some of the words." },
	{ "pinned", API_BOOLEAN, API_REQUIRED, .about = "Editors put it first for this question." },
};
API_SCHEMA(HIT, "Hit", HIT_FIELDS);
static const struct api_field FOUND_FIELDS[] = {
	{ "query", API_TEXT, .flags = API_REQUIRED },
	{ "total", API_INTEGER, .flags = API_REQUIRED },
	{ "ms", API_NUMBER, .flags = API_REQUIRED },
	{ "did_you_mean", API_TEXT, .flags = API_REQUIRED | API_NULLABLE },
	{ "hits", API_LIST, API_REQUIRED, .of = &HIT },
};
API_SCHEMA(FOUND, "SearchResult", FOUND_FIELDS);

#define PUBLIC(path, name, about, query, answer)                                                                       \
	{                                                                                                                  \
		WEB_GET, path, name, about, NULL, SCOPE_ARTICLES_READ, DESK_SEE, API_PUBLIC, 200, query, NULL, answer, 0, NULL \
	}
static const struct api_action ACTIONS[] = {
	PUBLIC("/api/v1/articles", "readArticles", "Published articles, newest first", &LIST_QUERY, &LIST),
	PUBLIC("/api/v1/articles/:id", "readArticle", "A published article", NULL, &WHOLE),
	PUBLIC("/api/v1/categories", "readCategories", "The tree, in the order of the portal", &CATEGORY_QUERY, &TREE),
	PUBLIC("/api/v1/search", "search", "What the site's search finds", &SEARCH_QUERY, &FOUND),
};
const struct api_group READING_GROUP = { "Reading (without a token)", API_ACTIONS(ACTIONS) };
