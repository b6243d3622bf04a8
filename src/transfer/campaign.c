#include "transfer/transfer.h"

#include <jansson.h>
#include <string.h>

/* A campaign from a JSON file: docs/campaigns.md describes it. What the file does not say is empty or 0. */

struct reading {
	struct arena *arena;
	struct store *store;
	struct error *err;
	bool failed;
};

static bool fault(struct reading *r, const char *where, const char *what)
{
	if (!r->failed)
		error_set(r->err, ERR_INVALID, "%s: %s", where, what);
	r->failed = true;
	return false;
}

static struct str text(struct reading *r, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	if (!v)
		return STR("");
	if (!json_is_string(v)) {
		fault(r, key, "a text is wanted");
		return STR("");
	}
	struct str copy = arena_dup(r->arena, str_of(json_string_value(v), json_string_length(v)));
	r->failed |= !copy.p;
	return copy;
}

static int64_t number(struct reading *r, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	if (v && !json_is_integer(v))
		fault(r, key, "a number is wanted");
	return json_integer_value(v);
}

static bool flag(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

static int64_t time_of(struct reading *r, const json_t *o, const char *key)
{
	int64_t t = 0;
	struct str s = text(r, o, key);
	if (s.n && !time_parse(s, 0, &t))
		fault(r, key, "a time such as 2026-12-01T09:00:00+09:00 is wanted");
	return t;
}

/* One of the words that a function knows; the first where nothing is said. */
static int word(struct reading *r, const json_t *o, const char *key, int (*of)(struct str))
{
	struct str s = text(r, o, key);
	int n = s.n ? of(s) : 0;
	if (n < 0)
		fault(r, key, "this word is not known");
	return n < 0 ? 0 : n;
}

/* Room for what an array or an object holds. */
static void *parts(struct reading *r, const json_t *all, const char *key, size_t size, size_t *n)
{
	if (all && !json_is_array(all) && !json_is_object(all))
		fault(r, key, "a list is wanted");
	*n = json_is_array(all) ? json_array_size(all) : json_object_size(all);
	void *out = arena_array(r->arena, *n + 1, size);
	if (out)
		return out;
	r->failed = true;
	error_memory(r->err);
	*n = 0;
	return NULL;
}

/* Lines of a list of texts, or the text itself. */
static struct str lines(struct reading *r, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key), *line;
	struct buf out = { 0 };
	size_t i;
	if (!json_is_array(v))
		return text(r, o, key);
	json_array_foreach(v, i, line)
	{
		buf_add(&out, str_of(json_string_value(line), json_string_length(line)));
		buf_addc(&out, '\n');
	}
	return buf_take(&out, r->arena);
}

static struct str lang_of(struct reading *r, const char *key)
{
	return arena_dup(r->arena, str_from(key));
}

/* ---- parts ---- */

#define EACH_LANG(o, lang, v) json_object_foreach((json_t *)(uintptr_t)(o), lang, v)

static void read_texts(struct reading *r, const json_t *o, struct campaign *c)
{
	const json_t *all = json_object_get(o, "texts");
	const char *lang;
	json_t *v;
	size_t n = 0;
	c->texts = parts(r, all, "texts", sizeof *c->texts, &c->n_texts);
	if (!c->texts)
		return;
	EACH_LANG(all, lang, v)
	{
		c->texts[n++] = (struct campaign_text){ .lang = lang_of(r, lang),
			.title = text(r, v, "title"),
			.summary = text(r, v, "summary"),
			.body = text(r, v, "body"),
			.demands = lines(r, v, "demands"),
			.thanks = text(r, v, "thanks"),
			.tips = text(r, v, "tips"),
			.organisation = text(r, v, "organisation"),
			.questions = lines(r, v, "questions") };
	}
}

static void read_fields(struct reading *r, const json_t *o, struct campaign *c)
{
	const json_t *all = json_object_get(o, "fields"), *one;
	size_t i;
	c->fields = parts(r, all, "fields", sizeof *c->fields, &c->n_fields);
	json_array_foreach(all, i, one)
	{
		struct campaign_field *f = &c->fields[i];
		const json_t *texts = json_object_get(one, "texts");
		const char *lang;
		json_t *v;
		size_t n = 0;
		f->name = text(r, one, "name");
		f->kind = (enum campaign_field_kind)word(r, one, "kind", campaign_field_of);
		f->required = flag(one, "required");
		f->texts = parts(r, texts, "texts", sizeof *f->texts, &f->n_texts);
		if (!f->texts)
			return;
		EACH_LANG(texts, lang, v)
		{
			f->texts[n++] = (struct campaign_field_text){ lang_of(r, lang), text(r, v, "label"), text(r, v, "help"),
				lines(r, v, "choices") };
		}
	}
}

static void read_consents(struct reading *r, const json_t *o, struct campaign *c)
{
	const json_t *all = json_object_get(o, "consents"), *one;
	size_t i;
	c->consents = parts(r, all, "consents", sizeof *c->consents, &c->n_consents);
	json_array_foreach(all, i, one)
	{
		struct campaign_consent *k = &c->consents[i];
		const json_t *texts = json_object_get(one, "texts");
		const char *lang;
		json_t *v;
		size_t n = 0;
		k->name = text(r, one, "name");
		k->required = flag(one, "required");
		k->texts = parts(r, texts, "texts", sizeof *k->texts, &k->n_texts);
		if (!k->texts)
			return;
		EACH_LANG(texts, lang, v)
		{
			(void)v;
			k->texts[n++] = (struct campaign_consent_text){ lang_of(r, lang), text(r, texts, lang) };
		}
	}
}

static void read_targets(struct reading *r, const json_t *o, struct campaign *c)
{
	const json_t *all = json_object_get(o, "targets"), *one;
	size_t i;
	c->targets = parts(r, all, "targets", sizeof *c->targets, &c->n_targets);
	json_array_foreach(all, i, one) c->targets[i] = (struct campaign_target){ .name = text(r, one, "name"),
		.office = text(r, one, "office"),
		.address = text(r, one, "address"),
		.lang = text(r, one, "lang"),
		.salutation = text(r, one, "salutation"),
		.areas = text(r, one, "areas"),
		.group = text(r, one, "group") };
}

static void read_letters(struct reading *r, const json_t *o, struct campaign *c)
{
	const json_t *all = json_object_get(o, "letters"), *one;
	size_t i;
	c->letters = parts(r, all, "letters", sizeof *c->letters, &c->n_letters);
	json_array_foreach(all, i, one) c->letters[i] = (struct campaign_letter){ .group = text(r, one, "group"),
		.lang = text(r, one, "lang"),
		.subject = text(r, one, "subject"),
		.body = text(r, one, "body"),
		.sign_off = text(r, one, "sign_off") };
}

static void read_updates(struct reading *r, const json_t *o, struct campaign *c)
{
	const json_t *all = json_object_get(o, "updates"), *one;
	size_t i;
	c->updates = parts(r, all, "updates", sizeof *c->updates, &c->n_updates);
	json_array_foreach(all, i, one) c->updates[i] = (struct campaign_update){ .at = time_of(r, one, "at"),
		.lang = text(r, one, "lang"),
		.title = text(r, one, "title"),
		.body = text(r, one, "body") };
}

static void read_milestones(struct reading *r, const json_t *o, struct campaign *c)
{
	const json_t *all = json_object_get(o, "milestones"), *one;
	size_t i;
	c->milestones = parts(r, all, "milestones", sizeof *c->milestones, &c->n_milestones);
	json_array_foreach(all, i, one)
	{
		struct campaign_milestone *m = &c->milestones[i];
		const json_t *texts = json_object_get(one, "texts");
		const char *lang;
		json_t *v;
		size_t n = 0;
		m->count = number(r, one, "count");
		m->answered_at = time_of(r, one, "answered_at");
		m->texts = parts(r, texts, "texts", sizeof *m->texts, &m->n_texts);
		if (!m->texts)
			return;
		EACH_LANG(texts, lang, v)
		{
			m->texts[n++] =
			    (struct campaign_milestone_text){ lang_of(r, lang), text(r, v, "promise"), text(r, v, "answer") };
		}
	}
}

/* "ja/tor": an article that is not there is left out. */
static void read_articles(struct reading *r, const json_t *o, struct campaign *c)
{
	const json_t *all = json_object_get(o, "articles"), *one;
	size_t i, n;
	c->articles = parts(r, all, "articles", sizeof *c->articles, &n);
	json_array_foreach(all, i, one)
	{
		struct str slug = str_of(json_string_value(one), json_string_length(one)), lang = str_split(&slug, '/');
		struct article a;
		struct error gone = { 0 };
		if (article_by_slug(r->store, lang, slug, &a, r->arena, &gone))
			c->articles[c->n_articles++] = a.id;
	}
}

static void read_settings(struct reading *r, const json_t *o, struct campaign *c)
{
	c->slug = text(r, o, "slug");
	c->kind = (enum campaign_kind)word(r, o, "kind", campaign_kind_of);
	c->state = (enum campaign_state)word(r, o, "state", campaign_state_of);
	c->regions = (enum campaign_regions)word(r, o, "regions", campaign_regions_of);
	c->editing = (enum letter_editing)word(r, o, "editing", campaign_editing_of);
	c->public_key = text(r, o, "public_key");
	c->organiser = text(r, o, "organiser");
	c->organiser_url = text(r, o, "organiser_url");
	c->goal = number(r, o, "goal");
	c->starts_at = time_of(r, o, "starts_at");
	c->ends_at = time_of(r, o, "ends_at");
	c->delete_at = time_of(r, o, "delete_at");
	c->min_age = number(r, o, "min_age");
	c->sponsors_needed = number(r, o, "sponsors_needed");
	c->moderated = flag(o, "moderated");
	c->reply_to = flag(o, "reply_to");
	c->digest_only = flag(o, "digest_only");
	c->rate = number(r, o, "rate");
	c->days = json_object_get(o, "days") ? number(r, o, "days") : 127;
	c->hour_from = number(r, o, "hour_from");
	c->hour_to = json_object_get(o, "hour_to") ? number(r, o, "hour_to") : 24;
	c->embed_hosts = text(r, o, "embed_hosts");
	c->domains_allowed = text(r, o, "domains_allowed");
	c->domains_blocked = text(r, o, "domains_blocked");
}

/* What was imported before under this slug is changed, not doubled. */
static bool keep_identity(struct store *store, struct campaign *c, struct arena *arena, struct error *err)
{
	struct campaign old;
	struct error why = { 0 };
	if (c->slug.n == 0 || !campaign_find(store, c->slug, &old, arena, &why)) {
		if (why.code && why.code != ERR_NOT_FOUND)
			*err = why;
		return why.code == ERR_NONE || why.code == ERR_NOT_FOUND;
	}
	c->id = old.id;
	c->revision = old.revision;
	memcpy(c->public_id, old.public_id, sizeof c->public_id);
	if (c->public_key.n == 0)
		c->public_key = old.public_key;
	return true;
}

static bool save(struct store *store, struct campaign *c, struct arena *arena, struct error *err)
{
	struct campaign_fault wrong = { 0 };
	struct store_tx *tx = store_begin(store, err);
	if (tx && campaign_save(tx, c, &wrong, arena, err))
		return store_commit(tx, err);
	store_rollback(tx);
	struct str told = err && err->code == ERR_INVALID ? campaign_fault_text(&wrong, arena) : STR("");
	return told.n ? error_set(err, ERR_INVALID, "%.*s", (int)told.n, told.p) : false;
}

bool import_campaign(struct store *store, struct str json, struct str public_key, struct campaign *c,
    struct arena *arena, struct error *err)
{
	struct reading r = { .arena = arena, .store = store, .err = err };
	json_error_t where;
	json_t *o = json_loadb(json.p ? json.p : "", json.n, JSON_REJECT_DUPLICATES, &where);
	*c = (struct campaign){ 0 };
	if (!json_is_object(o)) {
		json_decref(o);
		return error_set(err, ERR_INVALID, "no JSON object: line %d: %s", where.line, where.text);
	}
	read_settings(&r, o, c);
	read_texts(&r, o, c);
	read_fields(&r, o, c);
	read_consents(&r, o, c);
	read_targets(&r, o, c);
	read_letters(&r, o, c);
	read_updates(&r, o, c);
	read_milestones(&r, o, c);
	read_articles(&r, o, c);
	json_decref(o);
	if (public_key.n)
		c->public_key = public_key;
	if (r.failed)
		return err->code ? false : error_memory(err);
	return keep_identity(store, c, arena, err) && save(store, c, arena, err);
}
