#include "../unit.h"

#include "doc/doc.h"

/* What a site's own style sheet may say, and what it may not, however it is written. */

static void what_only_sets_looks_passes(void **state)
{
	static const char *const fine[] = { "", "body { color: red }", "/* @import */ a{}",
		"a::before{content:\"@import url(//x)\"}",
		"@media (min-width:40em){ .hero{ background: url(/media/0a/x.png) } }", "a{ background:url( '/media/a.png' ) }",
		".w-1\\/2{width:50%}", "a{mask:url(#m)}", "@font-face{font-family:x;src:local(y),url(\"/media/f.woff2\")}",
		"a{scroll-behavior:smooth}", "a{width:calc((1px + 2em)*-.5e-3)}", "#url{color:red}", "a{b:1url}",
		"@supports (display:grid){a{b:c}}", "a{--x:{a:b}}", "a[href$=\".pdf\" i]{b:c}", ".見出し{b:c}",
		"a{content:'\\\n'}", ".behavior{a:b}" };
	(void)state;
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
		size_t line;
		assert_int_equal(doc_css_check(str_from(fine[i]), &line), DOC_CSS_FINE);
	}
}

static void what_reaches_out_is_refused(void **state)
{
	static const struct {
		const char *css;
		enum doc_css_problem problem;
		size_t line;
	} cases[] = { { "a{}\n@import 'x';", DOC_CSS_RULE, 2 }, { "@IMPORT url(/x)", DOC_CSS_RULE, 1 },
		{ "@\\69mport 'x'", DOC_CSS_RULE, 1 }, { "@im\\000070 ort 'x'", DOC_CSS_RULE, 1 },
		{ "@charset 'x';", DOC_CSS_RULE, 1 }, { "@namespace x 'y';", DOC_CSS_RULE, 1 },
		{ "a{b:url(//evil/x)}", DOC_CSS_ADDRESS, 1 }, { "a{\n b:\n url(https://evil)}", DOC_CSS_ADDRESS, 3 },
		{ "a{b:url('/\t/evil')}", DOC_CSS_ADDRESS, 1 }, { "a{b:url(\"/\\5c evil\")}", DOC_CSS_ADDRESS, 1 },
		{ "a{b:URL(data:image/png;base64,x)}", DOC_CSS_ADDRESS, 1 },
		{ "a{b:u\\72 l(javascript:1)}", DOC_CSS_ADDRESS, 1 }, { "a{b:url(x.png)}", DOC_CSS_ADDRESS, 1 },
		{ "a{b:url(/x\\)}", DOC_CSS_ADDRESS, 1 }, { "a{b:url(/a /b)}", DOC_CSS_ADDRESS, 1 },
		{ "a{b:url('/a' x)}", DOC_CSS_ADDRESS, 1 }, { "a{b:expression(1)}", DOC_CSS_FUNCTION, 1 },
		{ "a{b:ex\\pression(1)}", DOC_CSS_FUNCTION, 1 }, { "a{b:image-set('//x' 1x)}", DOC_CSS_FUNCTION, 1 },
		{ "a{--v:'//x';b:src(var(--v))}", DOC_CSS_FUNCTION, 1 }, { "a{behavior:url(/x.htc)}", DOC_CSS_PROPERTY, 1 },
		{ "a{-moz-binding : none}", DOC_CSS_PROPERTY, 1 }, { "a{filter:progid:DX.x()}", DOC_CSS_PROPERTY, 1 },
		{ "a{b:'x\ny'}", DOC_CSS_UNCLOSED, 1 }, { "a{", DOC_CSS_UNCLOSED, 1 }, { "a}", DOC_CSS_UNCLOSED, 1 },
		{ "a{(})", DOC_CSS_UNCLOSED, 1 }, { "/* x", DOC_CSS_UNCLOSED, 1 }, { "a{b:url(/x", DOC_CSS_UNCLOSED, 1 },
		{ "<!-- a{} -->", DOC_CSS_CHARACTER, 1 }, { "a{b:\\\nc}", DOC_CSS_CHARACTER, 1 },
		/* Read as a function, the id's bracket would hide a comment, and after it an address. */
		{ "#url(/*) \"*/) a{b:url(//evil)} \"", DOC_CSS_ADDRESS, 1 },
		{ "#url(/*)*/){} a{b:url(//evil)}", DOC_CSS_ADDRESS, 1 },
		{ "a{b:1url(/*)*/);c:url(//evil)}", DOC_CSS_ADDRESS, 1 } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t line;
		enum doc_css_problem got = doc_css_check(str_from(cases[i].css), &line);
		if (got != cases[i].problem || line != cases[i].line)
			fail_msg("%s: %d, line %zu", cases[i].css, (int)got, line);
	}
}

static void it_is_bounded(void **state)
{
	static char css[CSS_MAX + 2];
	size_t line;
	(void)state;
	for (size_t i = 0; i < sizeof css; i++)
		css[i] = '(';
	assert_int_equal(doc_css_check(str_of(css, CSS_MAX), &line), DOC_CSS_UNCLOSED);
	assert_int_equal(doc_css_check(str_of(css, CSS_MAX + 1), &line), DOC_CSS_TOO_LONG);
	for (size_t i = 0; i < sizeof css; i++)
		css[i] = ' ';
	assert_int_equal(doc_css_check(str_of(css, CSS_MAX), &line), DOC_CSS_FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_only_sets_looks_passes),
		cmocka_unit_test(what_reaches_out_is_refused),
		cmocka_unit_test(it_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
