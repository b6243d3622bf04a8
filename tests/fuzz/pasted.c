#include "doc_check.h"

#include "doc/tree.h"
#include "doc/md.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Letters and digits alone. Not compared: where lines and cells end, signs that Markdown may read as its own (code that begins
 * or ends with backticks beside other code), and our reader's own marks, which are replaced on one side only. */
static struct str words(struct str s, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t at = 0; at < s.n;) {
		uint32_t cp = utf8_next(s, &at);
		bool blank = cp < 0x80 && !((cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z'));
		/* White space of any width. */
		blank = blank || cp == 0x85 || cp == 0xA0 || cp == 0x3000 || cp == 0xFEFF || (cp >= 0x2000 && cp <= 0x200D) ||
		        cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x2060 || cp == 0x1680;
		if (cp >= 0xFDD0 && cp <= 0xFDEF)
			cp = UTF8_REPLACEMENT;
		if (!blank)
			buf_addcp(&out, cp);
	}
	return buf_take(&out, arena);
}

/* The Markdown of a pasted text renders as the same words, none lost and none come in, where its elements are rightly nested;
 * of any other it is well formed, and renders. */
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
		if (!str_eq(want, got) && html_quick(utf8_clean(arena, html), arena)) {
			fprintf(stderr, "html:     %.*s\nmarkdown: %.*s\nwant:     %.*s\ngot:      %.*s\n", (int)n, html.p,
			    (int)markdown.n, markdown.p, (int)want.n, want.p, (int)got.n, got.p);
			must(false);
		}
		/* With its notes too it is well formed. */
		options = (struct doc_options){ .format = DOC_HTML };
		must(doc_to_markdown(html, &options, &markdown, arena, &err) && utf8_valid(markdown));
	}
	arena_free(arena);
	return 0;
}
