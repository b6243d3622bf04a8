#include "site/campaign.h"

#include <jansson.h>
#include <stdlib.h>

static void set(json_t *object, const char *key, struct str value)
{
	if (value.n)
		json_object_set_new(object, key, json_stringn(value.p, value.n));
}

static json_t *person(const char *type, struct str name)
{
	json_t *p = json_object();
	json_object_set_new(p, "@type", json_string(type));
	set(p, "name", name);
	return p;
}

static json_t *original_work(const struct original *o, struct arena *arena)
{
	json_t *work = person("CreativeWork", o->title);
	set(work, "url", o->url);
	set(work, "inLanguage", o->lang);
	struct licence l;
	bool known = licence_read(o->licence, &l, arena) && l.url.n;
	set(work, "license", known ? l.url : o->licence);
	set(work, "datePublished", o->date);
	if (o->author.n)
		json_object_set_new(work, "author", person("Person", o->author));
	if (o->publisher.n)
		json_object_set_new(work, "publisher", person("Organization", o->publisher));
	return work;
}

/* "<" is written as an escape, so that no text can end the script element around it. */
struct str json_ld_text(json_t *ld, struct arena *arena)
{
	char *text = json_dumps(ld, JSON_COMPACT);
	json_decref(ld);
	struct buf out = { 0 };
	for (const char *c = text; c && *c; c++) {
		if (*c == '<')
			buf_adds(&out, "\\u003c");
		else
			buf_addc(&out, *c);
	}
	free(text);
	return buf_take(&out, arena);
}

/* schema.org Article. */
struct str article_json_ld(struct page *p, const struct article *a, const struct rendered *r)
{
	json_t *ld = person("Article", STR(""));
	json_object_set_new(ld, "@context", json_string("https://schema.org"));
	set(ld, "headline", a->title);
	set(ld, "description", a->summary.n ? a->summary : r->excerpt);
	set(ld, "inLanguage", a->lang);
	set(ld, "url", url_absolute(p, url_article(p, a->lang, a->slug)));
	set(ld, "datePublished", time_rfc3339(p->arena, a->published_at));
	set(ld, "dateModified", time_rfc3339(p->arena, a->updated_at));
	if (r->lead_image.n && str_starts(r->lead_image, STR("/")))
		set(ld, "image", url_absolute(p, r->lead_image));
	if (a->author.n)
		json_object_set_new(ld, "author", person("Person", a->author));
	if (a->translator.n)
		json_object_set_new(ld, "translator", person("Person", a->translator));
	json_object_set_new(
	    ld, "publisher", person("Organization", setting_text(p->site->store, "name", p->lang, p->arena)));
	if (a->original.title.n || a->original.url.n)
		json_object_set_new(ld, "translationOfWork", original_work(&a->original, p->arena));
	return json_ld_text(ld, p->arena);
}
