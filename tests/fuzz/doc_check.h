/* What must hold of every rendered document, whatever went in. */
#ifndef KAIRAN_FUZZ_DOC_CHECK_H
#define KAIRAN_FUZZ_DOC_CHECK_H

#include "doc/doc.h"

#include <stdlib.h>

static inline void must(bool holds)
{
	if (!holds)
		abort();
}

static inline void check_document(struct str body, enum doc_format format)
{
	static const char *const never[] = { "<script", "<style", "<svg", "<math", "<iframe", "<form", "<object",
		"<img src=\"http", "href=\"javascript", "href=\"data:" };
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct doc doc, again;
	struct doc_options options = { .format = format, .lang = STR("ja") };
	if (arena && body.n < 100000 && doc_render(&doc, body, &options, arena, &err)) {
		must(utf8_valid(doc.html) && utf8_valid(doc.text) && utf8_valid(doc.excerpt));
		for (size_t i = 0; i < sizeof never / sizeof *never; i++)
			must(str_find_ci(doc.html, str_from(never[i])) < 0);
		/* What comes out is read the same way again, by another pass over the same parser, as often as one likes. */
		options.format = DOC_HTML;
		options.no_citations = true;
		must(doc_render(&again, doc.html, &options, arena, &err));
	}
	arena_free(arena);
}

#endif
