#include "doc/doc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool in_name(char c)
{
	/* "#" as well: what follows it is the name of a colour or an element. */
	return c == '#' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       c == '_' || (unsigned char)c >= 0x80;
}

/* Does it stand there, and not as a part of a longer name? */
static bool stands(struct str css, struct str what)
{
	for (size_t at = 0; at < css.n;) {
		ptrdiff_t found = str_find_ci(str_skip(css, at), what);
		if (found < 0)
			return false;
		at += (size_t)found;
		size_t end = at + what.n;
		if ((at == 0 || !in_name(css.p[at - 1])) && (end == css.n || what.p[what.n - 1] == '(' || !in_name(css.p[end])))
			return true;
		at++;
	}
	return false;
}

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
	if (problem == DOC_CSS_FINE && plain && (stands(css, STR("@import")) || stands(css, STR("expression("))))
		abort();
	return 0;
}
