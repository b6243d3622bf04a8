#include "doc/doc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What passes names no other host, however it is written: without a backslash, "//" stands in strings and comments alone,
 * and "@import" nowhere but there. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str css = str_of((const char *)data, n);
	size_t line, lines = 1;
	enum doc_css_problem problem = doc_css_check(css, &line);
	for (size_t i = 0; i < n; i++)
		lines += data[i] == '\n';
	if (line < 1 || line > lines || !doc_css_problem_text(problem))
		abort();
	bool plain = str_find(css, STR("\\")) < 0 && str_find(css, STR("\"")) < 0 && str_find(css, STR("'")) < 0 &&
	             str_find(css, STR("/*")) < 0;
	if (problem == DOC_CSS_FINE && plain &&
	    (str_find_ci(css, STR("@import")) >= 0 || str_find_ci(css, STR("expression(")) >= 0))
		abort();
	return 0;
}
