#include "../unit.h"

#include "doc/doc.h"

#include <dirent.h>
#include <stdio.h>

/* Every file NAME.md and NAME.html under cases/ is rendered and compared with NAME.md.expected or NAME.html.expected, so
 * that a case is two files anybody can add. KAIRAN_CASES_WRITE=1 writes what comes out: read it before it is committed. */

static const char *const KINDS[] = { "mark without source", "source without mark", "removed", "remote image",
	"too deep" };

static void add_field(struct buf *out, const char *name, struct str value)
{
	if (value.n)
		buf_printf(out, "  %s: %.*s\n", name, (int)value.n, value.p);
}

static void dump_citations(struct buf *out, const struct doc *d)
{
	if (d->n_citations)
		buf_printf(out, "\n== sources %.*s\n", (int)d->citations_heading.n, d->citations_heading.p);
	for (size_t i = 0; i < d->n_citations; i++) {
		const struct doc_citation *c = &d->citations[i];
		buf_printf(out, "%d (%.*s), marks: %d\n", c->number, (int)c->label.n, c->label.p, c->marks);
		add_field(out, "html", c->html);
		add_field(out, "url", c->url);
		add_field(out, "outlet", c->outlet);
		add_field(out, "published", c->published);
		add_field(out, "accessed", c->accessed);
	}
}

static struct str dump(const struct doc *d, struct arena *arena)
{
	struct buf out = { 0 };
	buf_add(&out, d->html);
	if (out.n && out.p[out.n - 1] != '\n')
		buf_addc(&out, '\n');
	dump_citations(&out, d);
	if (d->n_warnings)
		buf_adds(&out, "\n== warnings\n");
	for (size_t i = 0; i < d->n_warnings; i++)
		buf_printf(&out, "%s: %.*s\n", KINDS[d->warnings[i].kind], (int)d->warnings[i].text.n, d->warnings[i].text.p);
	buf_adds(&out, "\n== text\n");
	buf_add(&out, d->text);
	return buf_take(&out, arena);
}

static struct str render(struct str body, enum doc_format format, struct arena *arena)
{
	struct doc doc;
	struct error err = { 0 };
	struct doc_options options = { .format = format, .lang = STR("ja") };
	assert_true(doc_render(&doc, body, &options, arena, &err));
	return dump(&doc, arena);
}

static bool check_case(const char *dir, const char *name, struct arena *arena)
{
	struct buf body = { 0 }, want = { 0 };
	struct error err = { 0 };
	struct str path = arena_printf(arena, "%s/%s", dir, name), expected = arena_printf(arena, "%s.expected", path.p);
	assert_true(file_read(path.p, MIB, &body, &err));
	struct str got = render(buf_str(&body), str_ends(str_from(name), STR(".md")) ? DOC_MARKDOWN : DOC_HTML, arena);
	if (getenv("KAIRAN_CASES_WRITE"))
		assert_true(file_write(expected.p, got, &err));
	bool same = file_read(expected.p, MIB, &want, &err) && str_eq(got, buf_str(&want));
	if (!same)
		printf("%s: got\n%.*s\n%s: wanted\n%.*s\n", name, (int)got.n, got.p, name, (int)want.n, want.p ? want.p : "");
	buf_free(&body);
	buf_free(&want);
	return same;
}

static void each_case_comes_out_as_expected(void **state)
{
	(void)state;
	const char *dir = CASES_DIR;
	struct arena *arena = arena_new();
	DIR *d = opendir(dir);
	size_t cases = 0, wrong = 0;
	assert_non_null(d);
	for (struct dirent *entry; (entry = readdir(d));) {
		struct str name = str_from(entry->d_name);
		if (!str_ends(name, STR(".md")) && !str_ends(name, STR(".html")))
			continue;
		cases++;
		wrong += !check_case(dir, entry->d_name, arena);
		arena_reset(arena);
	}
	closedir(d);
	arena_free(arena);
	assert_true(cases > 10);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_case_comes_out_as_expected) };
	return cmocka_run_group_tests_name("doc/cases", tests, NULL, NULL);
}
