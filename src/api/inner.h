/* What the files of the api share. Private to this module. */
#ifndef KAIRAN_API_INNER_H
#define KAIRAN_API_INNER_H

#include "api/api.h"
#include "site/site.h"

#include <jansson.h>

/* ---- what JSON looks like (schema.c checks it, openapi.c describes it) ---- */

enum api_type {
	API_LINE, /* a text without line breaks and other controls */
	API_TEXT, /* CR LF counts as LF */
	API_INTEGER,
	API_NUMBER,
	API_BOOLEAN,
	API_TIME, /* RFC 3339 */
	API_OBJECT,
	API_LIST,
	API_MAP /* an object of texts by name */
};

enum { API_REQUIRED = 1, API_NULLABLE = 2 };

struct api_schema;
struct api_field {
	const char *name;
	enum api_type type;
	unsigned flags;
	size_t max; /* bytes of a text, value of an integer, entries of a list or map; 0: not said (answers) */
	const char *const *values;   /* NULL, or the only texts that there are, ended by NULL */
	const struct api_schema *of; /* of an object, and of the entries of a list where they are objects */
	enum api_type item;          /* otherwise, of a list */
	size_t item_max;             /* likewise as `max`, of a list or map */
	const char *about;           /* NULL: the name says it */
};
struct api_schema {
	const char *name; /* in the document */
	const struct api_field *fields;
	size_t n;
};
#define API_SCHEMA(variable, name, fields) \
	static const struct api_schema variable = { name, fields, sizeof(fields) / sizeof *(fields) }

struct api_fault {
	char pointer[160]; /* RFC 6901 */
	char detail[200];
};
struct api_faults {
	struct api_fault v[API_ERRORS_MAX];
	size_t n;
};
void api_fault(struct api_faults *, const char *pointer, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Is the value an object as the schema says? */
void schema_check(const struct api_schema *, json_t *value, struct api_faults *);
/* Of a query: each parameter once, and known; gives an object as the schema says. Faults name the parameter. */
json_t *schema_query(const struct api_schema *, const struct web_param *, size_t n, struct api_faults *);
/* Text to JSON within API_DEPTH_MAX and API_VALUES_MAX; an empty text is an empty object. The caller's to decref. */
json_t *json_read(struct str text, struct error *); /* read.c */

/* ---- actions ---- */

struct api_call;
typedef bool (*api_handler)(struct api_call *);

enum {
	API_PUBLIC = 1,      /* served by the site, without a token: only described here */
	API_MATCH = 2,       /* needs If-Match (428) */
	API_MAY_MATCH = 4,   /* takes If-Match */
	API_ETAG = 8,        /* the answer has an ETag */
	API_SECRET = 16,     /* the answer holds what is kept nowhere: not kept under an Idempotency-Key either */
	API_PAGED = 32,      /* a page of a list: ?cursor, ?limit, "next", Link */
	API_RAW = 64,        /* the body is no JSON */
	API_ANY_TOKEN = 128, /* no scope is needed */
	API_CONFLICTS = 256, /* may answer 409 */
	API_GONE = 512,      /* may answer 404, though its path names nothing */
};

struct api_action {
	unsigned method; /* of web_method */
	const char *path;
	const char *name;  /* operationId */
	const char *about; /* a line */
	const char *more;  /* NULL, or what else there is to know */
	enum scope scope;
	enum desk_right right;
	unsigned flags;
	int status;                                     /* of success */
	const struct api_schema *query, *body, *answer; /* NULL: none */
	size_t body_max;                                /* 0: FORM_MAX */
	api_handler handler;
};
struct api_group {
	const char *name;
	const struct api_action *actions;
	size_t n;
};
#define DESK "/api/v1/desk"
#define API_ACTIONS(actions) actions, sizeof(actions) / sizeof *(actions)

extern const struct api_schema API_NOTHING;                                  /* a body that says nothing */
const struct api_group *const *api_groups(void);                             /* NULL at the end */
const struct api_action *action_of_route(unsigned method, const char *path); /* NULL: none */
bool action_may(const struct api_action *, enum role, unsigned scopes);

/* ---- a call ---- */

struct api_call {
	struct site *site;
	struct store *store;
	const struct web_request *req;
	struct web_response *res;
	struct arena *arena;
	struct error *err;
	const struct api_action *action;
	struct settings settings;
	struct access_token token;
	struct person who;    /* whose token it is */
	struct person as;     /* the same, by the name that logs and revisions show: with the token's */
	json_t *query, *body; /* checked by the schemas; NULL where there is none */
	json_t *answer;       /* the handler's, freed by the call */
	json_t *current;      /* of a 412: what there is now */
	struct str etag;      /* with its quotes */
	int status;           /* starts as the action's */
	int refused;          /* status of a refusal */
	char detail[ERROR_MESSAGE_MAX];
	struct api_faults faults;
	bool failed; /* JSON that could not be made: memory is out */
	bool keyed;  /* under an Idempotency-Key */
	int64_t now;
};

bool api_enter(const struct web_request *, struct web_response *, struct error *);
/* Both return false. A refusal is answered as a problem with this status. */
bool api_refuse(struct api_call *, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool api_refuse_field(struct api_call *, const char *pointer, const char *fmt, ...)
    __attribute__((format(printf, 3, 4))); /* 422 */
/* A transaction of this call. Commits when ok, else rolls back; tx may be NULL. */
struct store_tx *api_begin(struct api_call *);
bool api_commit(struct api_call *, struct store_tx *, bool ok);
struct desk_work api_work(struct api_call *); /* for what the desk does too */
bool api_audit(struct api_call *, struct store_tx *, struct str action, struct str object);
/* Is it this state (an ETag with quotes) that the sender changes? False: 412 or 428 is set. */
bool api_match(struct api_call *, struct str etag);
/* The ETag of what the JSON says; empty when memory is out. */
struct str api_etag(struct api_call *, json_t *);
/* May this call change an article so? One answer for role and scopes. */
bool api_may_edit(const struct api_call *, bool own, enum article_status from, enum article_status to);
bool api_id(struct api_call *, size_t capture, int64_t *out); /* 404 for what is no number */
void api_location(struct api_call *, const char *path, int64_t id);
/* The page asked for: entries, and the cursor to go on from (empty: the beginning). */
size_t api_limit(struct api_call *);
struct str api_cursor(struct api_call *);
/* Makes the answer {"items": items, "next": cursor} with its Link; an empty cursor: it is the last page. Takes items. */
bool api_page(struct api_call *, json_t *items, struct str next);
/* For handlers that have all entries at hand: the slice [*from, *to) of n, and the cursor after it. */
bool api_slice(struct api_call *, size_t n, size_t *from, size_t *to, struct str *next);
int api_status_of(const struct error *); /* 0: 500 */
bool problem_write(struct web_response *, int status, const char *detail, const struct api_faults *, json_t *current);
const char *problem_title(int status);

/* throttle.c: takes one of the token's calls; false: *wait seconds until there is one. */
bool throttle_take(int64_t token, uint64_t now_us, int *wait);

/* ---- JSON made and read (json.c); what cannot be made sets c->failed ---- */

void api_str(struct api_call *, json_t *object, const char *key, struct str);
void api_int(struct api_call *, json_t *object, const char *key, int64_t);
void api_bool(struct api_call *, json_t *object, const char *key, bool);
void api_time(struct api_call *, json_t *object, const char *key, int64_t t); /* 0: null */
void api_null(struct api_call *, json_t *object, const char *key);
void api_put(struct api_call *, json_t *object, const char *key, json_t *value); /* takes the value */
void api_push(struct api_call *, json_t *list, json_t *value);                   /* takes the value */
json_t *api_object(struct api_call *);
json_t *api_list(struct api_call *);
json_t *api_texts(struct api_call *, const struct str *, size_t n);
json_t *api_ids(struct api_call *, const int64_t *, size_t n);
/* Of the body or query; *out stays where the field is absent. False when absent. Texts are borrowed from the call. */
bool api_get_str(json_t *object, const char *key, struct str *out);
bool api_get_text(struct api_call *, json_t *object, const char *key, struct str *out); /* with LF alone */
bool api_get_int(json_t *object, const char *key, int64_t *out);
bool api_get_bool(json_t *object, const char *key, bool *out);
bool api_get_time(json_t *object, const char *key, int64_t *out); /* null: 0 */
bool api_get_ids(struct api_call *, json_t *object, const char *key, const int64_t **out, size_t *n);
bool api_get_texts(struct api_call *, json_t *object, const char *key, const struct str **out, size_t *n);

/* ---- the groups, a file each ---- */

#define API_PAGE_FIELDS                                                                                    \
	{ "limit", API_INTEGER, .max = API_PAGE_MAX, .about = "Entries of a page; 50 where it is not said." }, \
	{                                                                                                      \
		"cursor", API_LINE, .max = API_CURSOR_MAX, .about = "Where to go on: `next` of the page before."   \
	}
#define API_PAGE_ANSWER(schema)                                                                                  \
	{ "items", API_LIST, API_REQUIRED, .of = &(schema) },                                                        \
	{                                                                                                            \
		"next", API_TEXT, API_REQUIRED | API_NULLABLE, .about = "The cursor of the next page; null on the last." \
	}

extern const struct api_group ACCOUNT_GROUP, ARTICLES_GROUP, TRASH_GROUP, REVISIONS_GROUP, REDIRECTS_GROUP,
    CATEGORIES_GROUP, SEARCHING_GROUP, SETTINGS_GROUP, PEOPLE_GROUP, MEDIA_GROUP, LOG_GROUP, WEBHOOKS_GROUP,
    READING_GROUP;
extern const struct api_group REVIEW_GROUP, STRUCTURE_GROUP, SOURCES_GROUP, TRANSLATIONS_GROUP, BLOCKS_GROUP,
    GLOSSARY_GROUP, PAGES_GROUP, OVERVIEW_GROUP;

bool openapi_json(const struct web_request *, struct web_response *, struct error *); /* openapi.c */
bool docs_page(const struct web_request *, struct web_response *, struct error *);    /* docs.c */

#endif
