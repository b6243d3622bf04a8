#include "doc_check.h"
#include "same_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new();
	struct error err = { 0 };
	struct doc_page page;
	struct doc doc;
	struct doc_options options = { .format = DOC_HTML };
	struct str text = str_of((const char *)data, n);
	check_document(text, DOC_HTML);
	must(!arena || text.n > 100000 || read_alike(text, arena, NULL));
	if (arena && doc_read_page(&page, text, arena, &err))
		must(utf8_valid(page.title) && doc_render_page(&doc, &page, &options, arena, &err) && utf8_valid(doc.html));
	if (arena)
		doc_autop(text, arena);
	arena_free(arena);
	return 0;
}
