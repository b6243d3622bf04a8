#include "store/inner.h"

/* A menu is kept as a text, a link a line: the address, a space, the label. */

static bool valid_address(struct str url)
{
	static const char *const schemes[] = { "https://", "http://", "mailto:" };
	bool known = str_starts(url, STR("/")) && !str_starts(url, STR("//"));
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		known = known || (str_starts_ci(url, str_from(schemes[i])) && url.n > str_from(schemes[i]).n);
	for (size_t i = 0; i < url.n; i++)
		known = known && (unsigned char)url.p[i] > ' ' && url.p[i] != 127 && url.p[i] != '\\' && url.p[i] != '"';
	return known && url.n <= URL_MAX;
}

static bool valid_label(struct str label)
{
	for (size_t i = 0; i < label.n; i++) {
		if ((unsigned char)label.p[i] < ' ' || label.p[i] == 127)
			return false;
	}
	return label.n > 0 && label.n <= MENU_LABEL_MAX;
}

bool menu_parse(
    struct str text, struct menu_link **out, size_t *n, size_t *line, struct arena *arena, struct error *err)
{
	*n = *line = 0;
	*out = arena_array(arena, MENU_LINKS_MAX, sizeof **out);
	if (!*out)
		return error_memory(err);
	while (text.n) {
		struct str rest = str_trim(str_split(&text, '\n'));
		*line += 1;
		if (rest.n == 0)
			continue;
		if (*n == MENU_LINKS_MAX)
			return error_set(err, ERR_TOO_LARGE, "a menu has at most %d links", MENU_LINKS_MAX);
		struct menu_link link = { .url = str_split(&rest, ' '), .label = str_trim(rest) };
		if (!valid_address(link.url) || !valid_label(link.label))
			return error_set(err, ERR_INVALID,
			    "line %zu of the menu: a link is an address (/…, https://…, mailto:…), a space, and a label of at most %d bytes",
			    *line, MENU_LABEL_MAX);
		(*out)[(*n)++] = link;
	}
	return true;
}

struct str menu_text(const struct menu_link *links, size_t n, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < n; i++) {
		buf_add(&out, links[i].url);
		buf_addc(&out, ' ');
		buf_add(&out, links[i].label);
		buf_addc(&out, '\n');
	}
	return buf_take(&out, arena);
}
