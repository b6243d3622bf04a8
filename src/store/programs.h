/*
 * Part of store.h: tokens of programs, requests that are done once, webhooks and their deliveries.
 */
#ifndef KAIRAN_STORE_PROGRAMS_H
#define KAIRAN_STORE_PROGRAMS_H

#include "base/base.h"
#include "store/people.h"

struct store;
struct store_tx;

/* ---- tokens of programs ---------------------------------------------------------------------------------- */

/* What a program that has a token may do, as far as the role of the token's person allows it too. */
enum scope {
	SCOPE_ARTICLES_READ, /* of any status, with revisions */
	SCOPE_ARTICLES_WRITE,
	SCOPE_ARTICLES_PUBLISH, /* also what readers notice */
	SCOPE_MEDIA,
	SCOPE_STRUCTURE, /* categories, tags, redirects */
	SCOPE_SEARCH,    /* synonyms, pinned answers, questions, searches in vain */
	SCOPE_SETTINGS,
	SCOPE_PEOPLE,
	SCOPE_LOG,
	SCOPE_WEBHOOKS,
	SCOPE_TRANSLATIONS, /* in the making, and the glossary */
	SCOPE_SOURCES,      /* what articles cite, and the link check */
	SCOPES
};
struct str scope_name(enum scope); /* "articles:read" */
bool scope_parse(struct str name, enum scope *out);
/* Names between spaces or commas, as bits; ERR_INVALID names the one that is none. */
bool scopes_parse(struct str names, unsigned *out, struct error *);
struct str scopes_names(unsigned scopes, struct arena *);

struct access_token {
	int64_t id, person;
	struct str name;                /* what for, as its person says */
	unsigned scopes;                /* bits of enum scope */
	int64_t created_at, expires_at; /* expires_at 0: never */
	struct str used_day;            /* "2026-05-01", UTC; empty: not yet */
};
/* Makes one and gives the secret, which is kept nowhere but as a hash. ERR_INVALID without name or scopes or with an end
 * that has passed, ERR_TOO_LARGE over TOKENS_EACH. */
bool access_token_add(
    struct store_tx *, struct access_token *, int64_t now, struct str *secret, struct arena *, struct error *);
bool access_token_list(struct store *, int64_t person, struct access_token **out, size_t *n, struct arena *,
    struct error *); /* newest first */
bool access_token_remove(
    struct store_tx *, int64_t person, int64_t id, struct error *); /* ERR_NOT_FOUND: not this person's */
/* ERR_NOT_FOUND: none, or past its end. */
bool access_token_find(struct store *, struct str secret, int64_t now, struct access_token *out, struct person *who,
    struct arena *, struct error *);
/* Notes the day; takes a transaction of its own when it is another one. */
bool access_token_touch(struct store *, const struct access_token *, int64_t now, struct error *);

/* A request that is sent again under the same key is done once, for a day (ONCE_SECONDS). */
enum once_state {
	ONCE_FIRST, /* nobody has begun: go on */
	ONCE_BUSY,  /* somebody is at it */
	ONCE_OTHER, /* the key was used for another request */
	ONCE_LOST,  /* it was done, but what came of it is not known */
	ONCE_KNOWN  /* it was done: here is the answer */
};
struct once {
	enum once_state state;
	int status;
	struct str location, etag, answer;
};
/* `request` is a hash of what is asked. Takes a transaction of its own. */
bool once_begin(struct store *, int64_t token, struct str key, struct str request, int64_t now, struct once *out,
    struct arena *, struct error *);
/* Within the transaction that does it: from now on it counts as done. */
bool once_done(struct store_tx *, int64_t token, struct str key, struct error *);
/* What is answered, whether it was done or not: a refusal that changed nothing is forgotten, so that it can be tried again. */
bool once_end(struct store *, int64_t token, struct str key, const struct once *answer, struct error *);

/* ---- webhooks --------------------------------------------------------------------------------------------- */

enum hook_event { HOOK_PUBLISHED, HOOK_CHANGED, HOOK_WITHDRAWN, HOOK_QUESTION, HOOK_TEST, HOOK_EVENTS };
struct str hook_event_name(enum hook_event); /* "article.published" */
bool hook_event_parse(struct str name, enum hook_event *out);

/* Another server that is told what changes here. */
struct webhook {
	int64_t id;        /* 0: new */
	struct str url;    /* https:// or http:// */
	struct str secret; /* "whsec_…"; only set where it is new */
	unsigned events;   /* bits of enum hook_event, without HOOK_TEST */
	int64_t created_at;
	int64_t failing_since; /* since when nothing arrives; 0: it works, or nothing was told yet */
	int64_t disabled_at;   /* 0: it is told; by hand, or by itself after WEBHOOK_FAILING_SECONDS */
};
bool webhook_list(struct store *, struct webhook **out, size_t *n, struct arena *, struct error *);
bool webhook_find(struct store *, int64_t id, struct webhook *out, struct arena *, struct error *);
/* A new one gets id and secret; of another, address and events are changed. ERR_INVALID, ERR_TOO_LARGE over WEBHOOKS_MAX;
 * ERR_UNAVAILABLE without the site's key, from which secrets are made. */
bool webhook_save(struct store_tx *, struct webhook *, int64_t now, struct arena *, struct error *);
bool webhook_enable(struct store_tx *, int64_t id, bool on, int64_t now, struct arena *, struct error *);
bool webhook_renew(
    struct store_tx *, int64_t id, struct str *secret, struct arena *, struct error *); /* another secret */
bool webhook_secret(struct store *, int64_t id, struct str *secret, struct arena *, struct error *);
bool webhook_delete(struct store_tx *, int64_t id, struct error *); /* with its deliveries */

/* Has the feed something that no webhook was told of yet? Cheap. */
bool webhook_waits(struct store *, bool *out, struct error *);
struct hook_news {
	enum hook_event event;
	int64_t id;                   /* of the article or question */
	struct str lang, slug, title; /* of an article: as it is, or was */
};
/* What the feed says since the last time, some of it at a time; the place in the feed moves on with the transaction. */
bool webhook_news(struct store_tx *, struct hook_news **out, size_t *n, struct arena *, struct error *);

enum delivery_state { DELIVERY_WAITING, DELIVERY_DONE, DELIVERY_FAILED };
struct delivery {
	int64_t id, webhook;
	struct str message; /* its name, the same at every try */
	enum hook_event event;
	struct str payload; /* JSON */
	int64_t at;
	enum delivery_state state;
	int tries;
	int64_t next_at, tried_at; /* tried_at 0: not yet */
	int status;                /* HTTP, of the last try; 0: no answer */
	struct str problem;        /* why there was none */
};
bool delivery_add(struct store_tx *, int64_t webhook, enum hook_event, struct str payload, int64_t now, struct arena *,
    struct error *);
/* A message that says nothing, tried once. */
bool delivery_test(struct store_tx *, int64_t webhook, int64_t now, struct arena *, struct error *);
/* Newest first, those with id < before (0: all). */
bool delivery_list(struct store *, int64_t webhook, int64_t before, size_t limit, struct delivery **out, size_t *n,
    struct arena *, struct error *);
bool delivery_again(struct store_tx *, int64_t webhook, int64_t id, int64_t now, struct error *); /* ERR_NOT_FOUND */
/* At most one of each webhook; of one that is disabled only tests. */
bool delivery_due(struct store *, int64_t now, struct delivery **out, size_t *n, struct arena *, struct error *);
/* What came of a try. A failure is tried again, later each time, at least `retry_after` seconds later (0: not said), for
 * about four days; a webhook that takes nothing for WEBHOOK_FAILING_SECONDS, or says that it is gone, is disabled. */
bool delivery_tried(struct store_tx *, const struct delivery *, int status, struct str problem, int64_t retry_after,
    int64_t now, struct error *);

#endif
