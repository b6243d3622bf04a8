#include "view/inner.h"

static const struct view_value *find(const struct renderer *r, struct str name)
{
	struct str rest = name;
	const struct view_value *v = NULL;
	if (str_eq(name, STR(".")))
		return r->depth ? r->stack[r->depth - 1] : NULL;
	struct str first = str_split(&rest, '.');
	for (size_t i = r->depth; i > 0 && !v; i--)
		v = value_get(r->stack[i - 1], first);
	while (v && rest.n)
		v = value_get(v, str_split(&rest, '.'));
	return v;
}

static void write_value(struct renderer *r, const struct view_value *v, bool raw)
{
	if (!v || v->kind == VALUE_LIST || v->kind == VALUE_OBJECT)
		return;
	if (raw || v->kind == VALUE_HTML)
		buf_add(r->out, v->text);
	else
		buf_add_html(r->out, v->text);
}

/* {name} in a message is the value of that key. */
static void write_message(struct renderer *r, struct str text)
{
	while (text.n) {
		ptrdiff_t open = str_find(text, STR("{")),
		          close = open >= 0 ? str_find(str_skip(text, (size_t)open), STR("}")) : -1;
		if (open < 0 || close < 0) {
			buf_add(r->out, text);
			return;
		}
		buf_add(r->out, str_sub(text, 0, (size_t)open));
		write_value(r, find(r, str_sub(text, (size_t)open + 1, (size_t)(open + close))), false);
		text = str_skip(text, (size_t)(open + close) + 1);
	}
}

static void write_plural(struct renderer *r, struct str text)
{
	struct str rest = text, key = str_split(&rest, '|'), one = str_split(&rest, '|');
	int64_t n = 0;
	const struct view_value *v = find(r, key);
	if (v)
		str_to_int(v->text, &n);
	write_message(r, catalog_plural(r->catalog, one, rest, n));
}

static bool push(struct renderer *r, const struct view_value *v)
{
	if (r->depth == STACK_MAX)
		return error_set(r->err, ERR_INVALID, "a template goes too deep");
	r->stack[r->depth++] = v;
	return true;
}

static bool render_in(struct renderer *r, const struct view_value *v, const struct part *children)
{
	if (!push(r, v))
		return false;
	bool ok = render_parts(r, children);
	r->depth--;
	return ok;
}

static bool render_section(struct renderer *r, const struct part *part)
{
	const struct view_value *v = find(r, part->text);
	if (!value_truthy(v))
		return true;
	if (v->kind != VALUE_LIST)
		return render_in(r, v, part->children);
	for (const struct view_value *item = v->first; item; item = item->next) {
		if (!render_in(r, item, part->children))
			return false;
	}
	return true;
}

static struct str indented(struct renderer *r, struct str text, struct str indent)
{
	struct buf out = { 0 };
	while (text.n) {
		struct str line = text;
		str_split(&text, '\n');
		buf_add(&out, indent);
		buf_add(&out, str_sub(line, 0, line.n - text.n));
	}
	return buf_take(&out, r->arena);
}

static bool render_partial(struct renderer *r, const struct part *part)
{
	const struct template_source *found = NULL;
	for (size_t i = 0; i < r->n_templates; i++) {
		if (str_eq(r->templates[i].name, part->text))
			found = &r->templates[i];
	}
	if (!found)
		return true;
	if (r->partials >= TEMPLATE_DEPTH_MAX)
		return error_set(
		    r->err, ERR_INVALID, "the partial %.*s calls itself without end", (int)part->text.n, part->text.p);
	const struct part *parts = found->parts;
	if (part->indent.n && r->arena) {
		parts = template_parse(indented(r, found->text, part->indent), found->name, r->arena, r->err);
		if (!parts)
			return false;
	}
	r->partials++;
	bool ok = render_parts(r, parts);
	r->partials--;
	return ok;
}

bool render_parts(struct renderer *r, const struct part *part)
{
	bool ok = true;
	for (; part && ok; part = part->next) {
		switch (part->kind) {
		case PART_TEXT:
			buf_add(r->out, part->text);
			break;
		case PART_VALUE:
		case PART_RAW:
			write_value(r, find(r, part->text), part->kind == PART_RAW);
			break;
		case PART_MESSAGE:
			write_message(r, catalog_get(r->catalog, part->text));
			break;
		case PART_PLURAL:
			write_plural(r, part->text);
			break;
		case PART_SECTION:
			ok = render_section(r, part);
			break;
		case PART_INVERTED:
			ok = value_truthy(find(r, part->text)) || render_parts(r, part->children);
			break;
		case PART_PARTIAL:
			ok = render_partial(r, part);
			break;
		}
		if (r->out->failed)
			return error_memory(r->err);
	}
	return ok;
}

/* ---- one template alone ---- */

static size_t partials_of(
    struct str json, struct template_source *out, size_t max, struct arena *arena, struct error *err)
{
	size_t n = 0;
	const struct view_value *object = json.n ? view_from_json(json, arena) : NULL;
	for (const struct view_value *v = object ? object->first : NULL; v && n < max; v = v->next) {
		out[n] = (struct template_source){ .name = str_from(v->key), .text = v->text };
		out[n].parts = template_parse(v->text, out[n].name, arena, err);
		if (!out[n].parts)
			return n;
		n++;
	}
	return n;
}

bool view_render_text(struct str template, struct str json, struct str partials, struct buf *out, struct error *err)
{
	struct template_source sources[64];
	struct arena *arena = arena_new();
	if (!arena)
		return error_memory(err);
	struct renderer r = { .templates = sources, .arena = arena, .out = out, .err = err };
	struct view_value *data = view_from_json(json, arena);
	const struct part *parts = template_parse(template, STR("template"), arena, err);
	r.n_templates = parts ? partials_of(partials, sources, 64, arena, err) : 0;
	bool ok = parts && err->code == ERR_NONE;
	if (ok && !data)
		ok = error_set(err, ERR_INVALID, "the data is no JSON");
	if (ok)
		r.stack[r.depth++] = data;
	ok = ok && render_parts(&r, parts);
	arena_free(arena);
	return ok;
}
