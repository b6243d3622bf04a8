#include "transfer/wxr.h"

#include "transfer/wxr_bytes.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

/* libxml2 feeds this from below (SAX): no tree is built, so that no element of the file, however long, is ever held whole
 * but in our own bounded buffer. */

#define DEPTH_MAX 32
#define UNREAD_MAX \
	(2 * WXR_FIELD_MAX) /* what the parser may hold back waiting for the end of a field, tag or comment */

enum part { PART_NONE, PART_SITE, PART_AUTHOR, PART_TERM, PART_ITEM };

struct parse {
	const struct wxr_events *events;
	void *user;
	struct arena *arena;
	struct error *err;
	xmlParserCtxtPtr xml;
	int depth;
	enum part part;
	bool in_meta, failed;
	struct str *target; /* the field that is being read, and where it stands */
	int target_depth;
	struct buf text;
	struct wxr_item item;
	struct wxr_term term;
	struct str site, login, name, meta_key, meta_value, ignored;
};

struct field {
	const char *name;
	size_t offset;
};

#define IN_ITEM(name, member)                   \
	{                                           \
		name, offsetof(struct wxr_item, member) \
	}
static const struct field ITEM_FIELDS[] = {
	IN_ITEM("title", title),
	IN_ITEM("link", link),
	IN_ITEM("dc:creator", creator),
	IN_ITEM("content:encoded", content),
	IN_ITEM("excerpt:encoded", excerpt),
	IN_ITEM("pubDate", published),
	IN_ITEM("wp:post_id", id),
	IN_ITEM("wp:post_parent", parent),
	IN_ITEM("wp:menu_order", order),
	IN_ITEM("wp:post_date", date),
	IN_ITEM("wp:post_date_gmt", date_gmt),
	IN_ITEM("wp:post_modified", modified),
	IN_ITEM("wp:post_modified_gmt", modified_gmt),
	IN_ITEM("wp:post_name", name),
	IN_ITEM("wp:status", status),
	IN_ITEM("wp:post_type", type),
	IN_ITEM("wp:post_password", password),
	IN_ITEM("wp:is_sticky", sticky),
	IN_ITEM("wp:attachment_url", attachment),
};

#define IN_TERM(name, member)                   \
	{                                           \
		name, offsetof(struct wxr_term, member) \
	}
static const struct field TERM_FIELDS[] = {
	IN_TERM("wp:term_id", id),
	IN_TERM("wp:term_taxonomy", taxonomy),
	IN_TERM("wp:category_nicename", slug),
	IN_TERM("wp:tag_slug", slug),
	IN_TERM("wp:term_slug", slug),
	IN_TERM("wp:cat_name", name),
	IN_TERM("wp:tag_name", name),
	IN_TERM("wp:term_name", name),
	IN_TERM("wp:category_parent", parent),
	IN_TERM("wp:term_parent", parent),
	IN_TERM("wp:category_description", description),
	IN_TERM("wp:tag_description", description),
	IN_TERM("wp:term_description", description),
};

static struct str *field_of(const struct field *fields, size_t n, void *base, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(fields[i].name, name) == 0)
			return (struct str *)((char *)base + fields[i].offset);
	}
	return NULL;
}

static void stop(struct parse *p)
{
	p->failed = true;
	xmlStopParser(p->xml);
}

static void refuse(struct parse *p, const char *why)
{
	if (!p->failed)
		error_set(p->err, ERR_INVALID, "line %d, column %d: %s", p->xml->input->line, p->xml->input->col, why);
	stop(p);
}

static void begin_field(struct parse *p, struct str *target, int depth)
{
	p->target = target;
	p->target_depth = depth;
	buf_clear(&p->text);
}

/* ---- what opens ---- */

static void begin_part(struct parse *p, const char *name)
{
	p->part = PART_NONE;
	if (strcmp(name, "item") == 0) {
		arena_reset(p->arena);
		p->item = (struct wxr_item){ 0 };
		p->part = PART_ITEM;
	} else if (strcmp(name, "wp:author") == 0) {
		p->login = p->name = STR("");
		p->part = PART_AUTHOR;
	} else if (strcmp(name, "wp:category") == 0 || strcmp(name, "wp:tag") == 0 || strcmp(name, "wp:term") == 0) {
		p->term = (struct wxr_term){ .taxonomy = strcmp(name, "wp:tag") == 0 ? STR("post_tag") : STR("category") };
		p->part = PART_TERM;
	} else if (strcmp(name, "link") == 0 || strcmp(name, "wp:base_site_url") == 0 ||
	           strcmp(name, "wp:base_blog_url") == 0) {
		p->part = PART_SITE;
		begin_field(p, &p->site, 2);
	}
}

static struct str attribute(struct parse *p, const xmlChar **attributes, const char *name)
{
	for (size_t i = 0; attributes && attributes[i]; i += 2) {
		if (strcmp((const char *)attributes[i], name) == 0)
			return arena_dup(p->arena, str_from((const char *)attributes[i + 1]));
	}
	return STR("");
}

static void begin_mark(struct parse *p, const xmlChar **attributes, int depth)
{
	struct wxr_item *it = &p->item;
	if (it->n_marks == WXR_MARKS_MAX) {
		it->more_marks++;
		return;
	}
	struct wxr_mark *mark = &it->marks[it->n_marks++];
	*mark = (struct wxr_mark){ attribute(p, attributes, "domain"), attribute(p, attributes, "nicename"), STR("") };
	begin_field(p, &mark->name, depth);
}

static void begin_item_field(struct parse *p, const char *name, const xmlChar **attributes, int depth)
{
	struct str *to = field_of(ITEM_FIELDS, sizeof ITEM_FIELDS / sizeof *ITEM_FIELDS, &p->item, name);
	if (to)
		begin_field(p, to, depth);
	else if (strcmp(name, "category") == 0)
		begin_mark(p, attributes, depth);
	else if (strcmp(name, "wp:comment") == 0)
		p->item.comments++;
}

static void begin_meta(struct parse *p)
{
	p->in_meta = true;
	p->meta_key = p->meta_value = STR("");
}

/* Depth 0 is rss, 1 channel, 2 an item or a term, 3 their fields, 4 the fields of a meta field. */
static void on_start(void *user, const xmlChar *tag, const xmlChar **attributes)
{
	struct parse *p = user;
	const char *name = (const char *)tag;
	int depth = p->depth++;
	if (p->failed || p->target)
		return;
	if (depth == 0 && strcmp(name, "rss") != 0)
		refuse(p, "this is no WordPress export: it does not start with <rss>");
	else if (depth > DEPTH_MAX)
		refuse(p, "elements stand too deep inside each other");
	else if (depth == 2)
		begin_part(p, name);
	else if (depth == 3 && (strcmp(name, "wp:postmeta") == 0 || strcmp(name, "wp:termmeta") == 0))
		begin_meta(p);
	else if (depth == 3 && p->part == PART_ITEM)
		begin_item_field(p, name, attributes, depth);
	else if (depth == 3 && p->part == PART_TERM)
		begin_field(p, field_of(TERM_FIELDS, sizeof TERM_FIELDS / sizeof *TERM_FIELDS, &p->term, name), depth);
	else if (depth == 3 && p->part == PART_AUTHOR && strcmp(name, "wp:author_login") == 0)
		begin_field(p, &p->login, depth);
	else if (depth == 3 && p->part == PART_AUTHOR && strcmp(name, "wp:author_display_name") == 0)
		begin_field(p, &p->name, depth);
	else if (depth == 4 && p->in_meta)
		begin_field(p, strcmp(name, "wp:meta_key") == 0 ? &p->meta_key : &p->meta_value, depth);
}

/* ---- what closes ---- */

static void end_meta(struct parse *p)
{
	struct wxr_item *it = &p->item;
	const struct {
		const char *key;
		struct str *to;
	} known[] = { { "_thumbnail_id", &it->thumbnail }, { "_wp_attached_file", &it->file },
		{ "_wp_attachment_image_alt", &it->alt }, { "_wpml_import_language_code", &it->lang },
		{ "_wpml_import_translation_group", &it->group } };
	int64_t order;
	p->in_meta = false;
	if (p->part == PART_TERM && str_ends(p->meta_key, STR("order")) && str_to_int(p->meta_value, &order) && order > 0 &&
	    order < 100000)
		p->term.order = (int)order;
	if (p->part != PART_ITEM)
		return;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (str_eq(p->meta_key, str_from(known[i].key)))
			*known[i].to = p->meta_value;
	}
	if (str_eq(p->meta_key, STR("_wp_old_slug")) && it->n_old_slugs < WXR_OLD_SLUGS_MAX)
		it->old_slugs[it->n_old_slugs++] = p->meta_value;
}

static void end_part(struct parse *p)
{
	enum part part = p->part;
	bool ok = true;
	p->part = PART_NONE;
	if (part == PART_SITE)
		ok = p->events->site(p->user, str_trim(p->site));
	else if (part == PART_AUTHOR)
		ok = p->events->author(p->user, p->login, p->name);
	else if (part == PART_TERM)
		ok = p->events->term(p->user, &p->term);
	else if (part == PART_ITEM)
		ok = p->events->item(p->user, &p->item);
	if (!ok)
		stop(p);
}

static void on_end(void *user, const xmlChar *tag)
{
	struct parse *p = user;
	int depth = --p->depth;
	(void)tag;
	if (p->failed)
		return;
	if (p->target && depth == p->target_depth) {
		struct str *target = p->target;
		p->target = NULL;
		p->item.cut = p->item.cut || p->text.failed;
		p->text.failed = false;
		*target = arena_dup(p->arena, buf_str(&p->text));
		if (!target->p) {
			error_memory(p->err);
			stop(p);
			return;
		}
	}
	if (depth == 3 && p->in_meta)
		end_meta(p);
	if (depth == 2)
		end_part(p);
}

static void on_text(void *user, const xmlChar *text, int n)
{
	struct parse *p = user;
	if (p->target && !p->failed)
		buf_add(&p->text, str_of((const char *)text, (size_t)n));
}

static void on_doctype(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	refuse(user, "an export holds no document type declaration, and no entities of its own");
}

static xmlEntityPtr on_entity(void *user, const xmlChar *name)
{
	(void)user;
	return xmlGetPredefinedEntity(name);
}

static void tell_fault(struct parse *p)
{
	const xmlError *fault = xmlCtxtGetLastError(p->xml);
	struct str text = str_sub(str_trim(str_from(fault ? fault->message : NULL)), 0, 200), after = STR("");
	/* Without a tree the parser does not know where the other tag stood. */
	ptrdiff_t unknown = str_find(text, STR(" line 0"));
	if (unknown >= 0) {
		after = str_skip(text, (size_t)unknown + 7);
		text = str_sub(text, 0, (size_t)unknown);
	}
	p->failed = true;
	error_set(p->err, ERR_INVALID, "line %d, column %d: %.*s%.*s", fault ? fault->line : 0, fault ? fault->int2 : 0,
	    (int)text.n, text.n ? text.p : "", (int)after.n, after.p);
}

/* ---- the stream ---- */

static bool feed(struct parse *p, struct wxr_bytes *bytes)
{
	struct str chunk;
	do {
		if (!wxr_bytes_next(bytes, &chunk, p->err))
			return false;
		/* An empty last chunk tells the parser that this was all. */
		xmlParseChunk(p->xml, chunk.p, (int)chunk.n, chunk.n == 0);
		if (!p->failed && p->xml->wellFormed == 0)
			tell_fault(p);
		if (!p->failed && p->xml->input && p->xml->input->end - p->xml->input->cur > (ptrdiff_t)UNREAD_MAX)
			refuse(p, "a field, a tag or a comment is far too long or does not end");
		if (p->failed)
			return false;
		if (p->events->progress)
			p->events->progress(p->user, wxr_bytes_part(bytes));
	} while (chunk.n);
	return true;
}

static bool parse(struct parse *p, struct wxr_bytes *bytes)
{
	xmlSAXHandler sax = { .startElement = on_start,
		.endElement = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.ignorableWhitespace = on_text,
		.internalSubset = on_doctype,
		.getEntity = on_entity,
		.initialized = 1 /* SAX 1: names stay whole, with their prefix */ };
	p->xml = xmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL);
	if (!p->xml)
		return error_memory(p->err);
	/* The limits are our own: DEPTH_MAX, UNREAD_MAX, no entities. */
	xmlCtxtUseOptions(p->xml, XML_PARSE_NONET | XML_PARSE_HUGE);
	bool ok = feed(p, bytes);
	xmlFreeDoc(p->xml->myDoc);
	xmlFreeParserCtxt(p->xml);
	return ok;
}

bool wxr_read(const char *file, const struct wxr_events *events, void *user, uint64_t *replaced, struct arena *arena,
    struct error *err)
{
	struct parse *p = calloc(1, sizeof *p);
	struct wxr_bytes *bytes = p ? wxr_bytes_open(file, err) : NULL;
	if (!p)
		return error_memory(err);
	p->events = events;
	p->user = user;
	p->arena = arena;
	p->err = err;
	p->text.max = WXR_FIELD_MAX;
	bool ok = bytes && parse(p, bytes);
	if (replaced)
		*replaced = bytes ? wxr_bytes_replaced(bytes) : 0;
	wxr_bytes_close(bytes);
	buf_free(&p->text);
	free(p);
	return ok;
}
