#include "doc_check.h"

#include "doc/tree.h"
#include "doc/md.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Words alone: where lines and cells end is not compared, and our reader's own marks are replaced on one side only. */
static struct str words(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t at = 0; at < s.n;) {
		uint32_t cp = utf8_next(s, &at);
		bool blank = cp <= ' ' || cp == '|';
		if (cp >= 0xFDD0 && cp <= 0xFDEF)
			cp = UTF8_REPLACEMENT;
		if (!blank)
			buf_addcp(&out, cp);
		else if (out.n && out.p[out.n - 1] != ' ')
			buf_addc(&out, ' ');
	}
	return str_trim(buf_take(&out, arena));
}

/* The same but for a space more: an inline element that holds blocks ends a paragraph. No two words run together. */
static bool alike(struct str want, struct str got)
{
	size_t i = 0;
	for (size_t k = 0; k < got.n; k++) {
		if (i < want.n && want.p[i] == got.p[k])
			i++;
		else if (got.p[k] != ' ')
			return false;
	}
	return i == want.n;
}

/* The Markdown of a pasted text renders as the same plain text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct doc_options options = { .format = DOC_HTML, .no_citations = true };
	struct str html = str_of((const char *)data, n), markdown;
	if (arena && n < 20000) {
		struct builder b = { .arena = arena, .options = &options, .pasted = true };
		struct node *root = html_clean(&b, utf8_clean(arena, html));
		struct buf text = { 0 };
		struct doc doc;
		must(root != NULL);
		pasted_tidy(&b, root);
		lines_join(&b, root);
		write_text(&text, root, false);
		struct str want = words(buf_take(&text, arena), arena);
		must(md_write(&b, root, NULL, &markdown));
		options.format = DOC_MARKDOWN;
		must(utf8_valid(markdown) && doc_render(&doc, markdown, &options, arena, &err));
		struct str got = words(doc.text, arena);
		if (!alike(want, got)) {
			fprintf(stderr, "html:     %.*s\nmarkdown: %.*s\nwant:     %.*s\ngot:      %.*s\n", (int)n, html.p, (int)markdown.n,
				markdown.p, (int)want.n, want.p, (int)got.n, got.p);
			must(false);
		}
		/* With its notes too it is well formed. */
		options = (struct doc_options){ .format = DOC_HTML };
		must(doc_to_markdown(html, &options, &markdown, arena, &err) && utf8_valid(markdown));
	}
	arena_free(arena);
	return 0;
}
