#include "api/translating.h"

#include <sodium.h>

/* A translation block by block, and the frozen copies of its originals. */

static const char *const KINDS[] = { [DOC_PARAGRAPH] = "paragraph",
	[DOC_HEADING] = "heading",
	[DOC_ITEM] = "item",
	[DOC_QUOTE] = "quote",
	[DOC_TABLE] = "table",
	[DOC_FIGURE] = "figure",
	[DOC_CODE] = "code",
	[DOC_RULE] = "rule",
	[DOC_SOURCE] = "source",
	[DOC_TITLE] = "title",
	NULL };
static const char *const STATES[] = { "open", "draft", "done", "changed", NULL };

static json_t *terms_json(struct api_call *c, const struct translation_block *b, const struct terms *terms)
{
	struct term_hit hits[TERM_HITS_MAX];
	size_t n = terms_in(terms, b->source_key, b->target_key, hits);
	json_t *list = api_list(c);
	for (size_t i = 0; i < n; i++) {
		json_t *o = api_object(c);
		api_int(c, o, "id", hits[i].term->id);
		api_str(c, o, "term", hits[i].term->term);
		api_str(c, o, "word", hits[i].term->word);
		api_bool(c, o, "missing", hits[i].missing);
		api_str(c, o, "forbidden", hits[i].forbidden);
		api_push(c, list, o);
	}
	return list;
}

static json_t *missing_json(struct api_call *c, const struct translation_block *b)
{
	struct missing missing[MISSING_MAX];
	size_t n = missing_in(b->source.markdown, b->target, missing);
	json_t *list = api_list(c);
	for (size_t i = 0; i < n; i++) {
		struct str text = utf8_clean(c->arena, missing[i].text);
		api_push(c, list, json_stringn(text.p ? text.p : "", text.n));
	}
	return list;
}

static struct str etag_of(struct api_call *c, const struct translation_block *b)
{
	struct str stamp = block_stamp(b, c->arena);
	return arena_printf(c->arena, "\"%.*s\"", (int)stamp.n, stamp.p);
}

static json_t *block_json(struct api_call *c, const struct translating *w, size_t i, const struct terms *terms)
{
	const struct translation_block *b = &w->blocks[i];
	json_t *o = api_object(c);
	api_int(c, o, "id", b->id);
	api_int(c, o, "number", (int64_t)i + 1);
	api_str(c, o, "kind", str_from(KINDS[b->source.kind]));
	api_str(c, o, "source", b->source.markdown);
	api_str(c, o, "was", b->was);
	api_str(c, o, "target", b->target);
	api_str(c, o, "state", block_state_name(b->state));
	api_str(c, o, "etag", etag_of(c, b));
	api_put(c, o, "terms", terms_json(c, b, terms));
	api_put(c, o, "missing", missing_json(c, b));
	return o;
}

static bool list(struct api_call *c)
{
	struct translating w = { 0 };
	struct terms *terms;
	size_t from, to;
	struct str next;
	if (!translating_load(c, &w) || !api_slice(c, w.n, &from, &to, &next) ||
	    !translation_terms(c->store, &w.t, &terms, c->arena, c->err))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++)
		api_push(c, out, block_json(c, &w, i, terms));
	return api_page(c, out, next);
}

static bool find(struct api_call *c, struct translating *w, size_t *at)
{
	int64_t id;
	if (!translating_load(c, w) || !api_id(c, 1, &id))
		return false;
	for (*at = 0; *at < w->n; ++*at) {
		if (w->blocks[*at].id == id)
			return true;
	}
	return api_refuse(c, 404, "the translation has no such block");
}

static bool answer(struct api_call *c)
{
	struct translating w = { 0 };
	struct terms *terms;
	size_t at;
	if (!find(c, &w, &at) || !translation_terms(c->store, &w.t, &terms, c->arena, c->err))
		return false;
	c->answer = block_json(c, &w, at, terms);
	if (c->req->method != WEB_GET)
		c->etag = etag_of(c, &w.blocks[at]);
	return true;
}

static bool changed_meanwhile(struct api_call *c)
{
	if (!answer(c))
		return false;
	c->current = c->answer;
	c->answer = NULL;
	return api_refuse(c, 412, "it was changed meanwhile: `current` is what it says now");
}

static bool save(struct api_call *c)
{
	struct translating w = { 0 };
	struct desk_work work = api_work(c);
	size_t at, n_conflicts = 0;
	int64_t conflict;
	bool changed;
	if (!find(c, &w, &at))
		return false;
	if (!api_match(c, etag_of(c, &w.blocks[at])))
		return c->refused == 412 ? changed_meanwhile(c) : false;
	struct block_edit edit = { .id = w.blocks[at].id,
		.stamp = block_stamp(&w.blocks[at], c->arena),
		.target = w.blocks[at].target,
		.done = w.blocks[at].state == BLOCK_DONE };
	if (api_get_text(c, c->body, "target", &edit.target))
		edit.target = str_trim(edit.target);
	api_get_bool(c->body, "done", &edit.done);
	struct store_tx *tx = api_begin(c);
	bool ok = tx &&
	          translation_save(tx, &w.t, STR(""), &edit, 1, &conflict, &n_conflicts, &changed, c->arena, c->err) &&
	          n_conflicts == 0 && (!changed || translation_note(&work, tx, &w.t));
	if (api_commit(c, tx, ok))
		return answer(c);
	return n_conflicts ? changed_meanwhile(c) : false;
}

/* ---- the frozen copies ---- */

static json_t *copy_json(struct api_call *c, const struct original_copy *k)
{
	json_t *o = api_object(c);
	api_int(c, o, "id", k->id);
	api_time(c, o, "at", k->at);
	api_str(c, o, "url", k->url);
	api_str(c, o, "name", k->name);
	api_str(c, o, "type", k->type);
	api_int(c, o, "size", k->size);
	api_str(c, o, "hash", k->hash);
	return o;
}

static bool copies(struct api_call *c)
{
	struct original_copy *all;
	struct translation t = { 0 };
	size_t n, from, to;
	struct str next;
	int64_t id;
	if (!api_id(c, 0, &id) || !translation_get(c->store, id, &t, c->arena, c->err) ||
	    !translation_copies(c->store, id, &all, &n, c->arena, c->err) || !api_slice(c, n, &from, &to, &next))
		return false;
	json_t *out = api_list(c);
	for (size_t i = from; i < to; i++)
		api_push(c, out, copy_json(c, &all[i]));
	return api_page(c, out, next);
}

/* In base64: whatever it is, it is no text of ours. */
static bool copy(struct api_call *c)
{
	struct original_copy k = { 0 };
	int64_t id, which;
	if (!api_id(c, 0, &id) || !api_id(c, 1, &which) || !translation_copy_get(c->store, id, which, &k, c->arena, c->err))
		return false;
	size_t room = sodium_base64_encoded_len(k.data.n, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(c->arena, room);
	if (!text)
		return error_memory(c->err);
	sodium_bin2base64(
	    text, room, (const unsigned char *)(k.data.p ? k.data.p : ""), k.data.n, sodium_base64_VARIANT_ORIGINAL);
	c->answer = copy_json(c, &k);
	api_put(c, c->answer, "base64", json_string(text));
	return true;
}

/* ---- the rows ---- */

static const struct api_field TERM_FIELDS[] = {
	{ "id", API_INTEGER, API_REQUIRED, .about = "In the glossary." },
	{ "term", API_TEXT, .flags = API_REQUIRED },
	{ "word", API_TEXT, API_REQUIRED, .about = "The agreed translation; several with | between them." },
	{ "missing", API_BOOLEAN, API_REQUIRED, .about = "The translation has none of its words." },
	{ "forbidden", API_TEXT, API_REQUIRED, .about = "The word that it has and should not; empty: none." },
};
API_SCHEMA(TERM, "BlockTerm", TERM_FIELDS);
static const struct api_field BLOCK_FIELDS[] = {
	{ "id", API_INTEGER, .flags = API_REQUIRED },
	{ "number", API_INTEGER, API_REQUIRED, .about = "Its place, from 1." },
	{ "kind", API_TEXT, API_REQUIRED, .values = KINDS },
	{ "source", API_TEXT, API_REQUIRED, .about = "Markdown; empty: the original has it no longer." },
	{ "was", API_TEXT, API_REQUIRED, .about = "What the original said when this was translated, where it changed." },
	{ "target", API_TEXT, API_REQUIRED, .about = "The translation, as Markdown." },
	{ "state", API_TEXT, API_REQUIRED, .values = STATES },
	{ "etag", API_TEXT, API_REQUIRED, .about = "For If-Match." },
	{ "terms", API_LIST, API_REQUIRED, .of = &TERM, .about = "Of the glossary, that occur in the original." },
	{ "missing", API_LIST, API_REQUIRED, .item = API_TEXT,
	    .about = "Numbers, links and marks of sources that the translation lacks." },
};
API_SCHEMA(BLOCK, "Block", BLOCK_FIELDS);
static const struct api_field PAGE_FIELDS[] = { API_PAGE_ANSWER(BLOCK) };
API_SCHEMA(PAGE, "BlockPage", PAGE_FIELDS);
static const struct api_field QUERY_FIELDS[] = { API_PAGE_FIELDS };
API_SCHEMA(QUERY, "BlockQuery", QUERY_FIELDS);
static const struct api_field SAVE_FIELDS[] = {
	{ "target", API_TEXT, .max = ARTICLE_BODY_MAX, .about = "Markdown." },
	{ "done", API_BOOLEAN, .about = "Without a text: it is left out on purpose." },
};
API_SCHEMA(SAVE, "BlockChange", SAVE_FIELDS);
#define COPY_FIELDS                                                                                  \
	{ "id", API_INTEGER, .flags = API_REQUIRED }, { "at", API_TIME, .flags = API_REQUIRED },         \
	    { "url", API_TEXT, .flags = API_REQUIRED }, { "name", API_TEXT, .flags = API_REQUIRED },     \
	    { "type", API_TEXT, .flags = API_REQUIRED }, { "size", API_INTEGER, .flags = API_REQUIRED }, \
	{                                                                                                \
		"hash", API_TEXT, API_REQUIRED, .about = "BLAKE2b of 32 bytes, as hex."                      \
	}
static const struct api_field COPY_LIST[] = { COPY_FIELDS };
API_SCHEMA(COPY_ITEM, "OriginalCopyItem", COPY_LIST);
static const struct api_field COPIES_FIELDS[] = { API_PAGE_ANSWER(COPY_ITEM) };
API_SCHEMA(COPIES, "OriginalCopyPage", COPIES_FIELDS);
static const struct api_field COPY_WHOLE_FIELDS[] = {
	COPY_FIELDS,
	{ "base64", API_TEXT, API_REQUIRED, .about = "Its bytes." },
};
API_SCHEMA(COPY, "OriginalCopy", COPY_WHOLE_FIELDS);

static const struct api_action ACTIONS[] = {
	{ WEB_GET, DESK "/translations/:id/blocks", "listBlocks", "Its blocks, original beside translation, in order", NULL,
	    SCOPE_TRANSLATIONS, DESK_TRANSLATE, API_PAGED, 200, &QUERY, NULL, &PAGE, 0, list },
	{ WEB_GET, DESK "/translations/:id/blocks/:block", "getBlock", "One of them", NULL, SCOPE_TRANSLATIONS,
	    DESK_TRANSLATE, 0, 200, NULL, NULL, &BLOCK, 0, answer },
	{ WEB_PATCH, DESK "/translations/:id/blocks/:block", "saveBlock", "Saves the translation of a block",
	    "\"done\" is said of the original that the ETag names.", SCOPE_TRANSLATIONS, DESK_TRANSLATE,
	    API_ETAG | API_MATCH, 200, NULL, &SAVE, &BLOCK, 10 * MIB, save },
	{ WEB_GET, DESK "/translations/:id/copies", "listCopies", "The frozen copies of its original, newest first", NULL,
	    SCOPE_TRANSLATIONS, DESK_TRANSLATE, API_PAGED, 200, &QUERY, NULL, &COPIES, 0, copies },
	{ WEB_GET, DESK "/translations/:id/copies/:copy", "getCopy", "One of them, with its bytes", NULL,
	    SCOPE_TRANSLATIONS, DESK_TRANSLATE, 0, 200, NULL, NULL, &COPY, 0, copy },
};
const struct api_group BLOCKS_GROUP = { "Blocks of translations", API_ACTIONS(ACTIONS) };
