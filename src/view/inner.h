/* Private to view. */
#ifndef KAIRAN_VIEW_INNER_H
#define KAIRAN_VIEW_INNER_H

#include "view/view.h"

enum value_kind { VALUE_STR, VALUE_HTML, VALUE_BOOL, VALUE_LIST, VALUE_OBJECT };

struct view_value {
	enum value_kind kind;
	bool truth;
	bool *failed; /* of the whole tree */
	struct arena *arena;
	struct str text;
	const char *key; /* in an object */
	struct view_value *next, *first, *last;
};

const struct view_value *value_get(const struct view_value *object, struct str key);
bool value_truthy(const struct view_value *);

enum part_kind {
	PART_TEXT,
	PART_VALUE,
	PART_RAW,
	PART_SECTION,
	PART_INVERTED,
	PART_PARTIAL,
	PART_MESSAGE,
	PART_PLURAL
};

struct part {
	enum part_kind kind;
	struct str text;   /* of PART_TEXT; the name of the others; the msgid */
	struct str indent; /* of a standalone partial */
	struct part *next, *children;
	size_t line;
};

struct template_source {
	struct str name, text;
	struct part *parts;
};

/* template.c: parses; the parts live in the arena. An error names template and line. */
struct part *template_parse(struct str text, struct str name, struct arena *, struct error *);

/* render.c */
#define STACK_MAX (TEMPLATE_DEPTH_MAX * 2)
struct renderer {
	const struct catalog *catalog;
	const struct template_source *templates;
	size_t n_templates;
	struct arena *arena; /* for indented partials; NULL: indentation is left out */
	struct buf *out;
	struct error *err;
	const struct view_value *stack[STACK_MAX];
	size_t depth, partials;
};
bool render_parts(struct renderer *, const struct part *);

#endif
