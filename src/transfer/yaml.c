#include "transfer/inner.h"

bool yaml_read(yaml_document_t *doc, struct str text, const char *what, size_t first_line, struct error *err)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		return error_memory(err);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.p, text.n);
	bool ok = yaml_parser_load(&parser, doc);
	if (!ok)
		error_set(err, ERR_INVALID, "%s, line %zu: %s", what, parser.problem_mark.line + first_line,
		    parser.problem ? parser.problem : "is no YAML");
	yaml_parser_delete(&parser);
	return ok;
}

struct str yaml_text(yaml_document_t *doc, int id, struct arena *arena)
{
	yaml_node_t *n = yaml_document_get_node(doc, id);
	if (!n || n->type != YAML_SCALAR_NODE)
		return STR("");
	return utf8_clean(arena, arena_dup(arena, str_of((const char *)n->data.scalar.value, n->data.scalar.length)));
}
