#include "desk/desk.h"

/* RFC 4180, and what spreadsheets write besides: semicolons or tabs, and line ends of any kind. */

char csv_separator(struct str text)
{
	static const char signs[] = { ',', ';', '\t' };
	size_t counts[3] = { 0 }, best = 0;
	bool quoted = false;
	for (size_t i = 0; i < text.n && (quoted || (text.p[i] != '\n' && text.p[i] != '\r')); i++) {
		quoted ^= text.p[i] == '"';
		for (size_t k = 0; k < 3; k++)
			counts[k] += !quoted && text.p[i] == signs[k];
	}
	for (size_t k = 1; k < 3; k++)
		best = counts[k] > counts[best] ? k : best;
	return signs[best];
}

/* One field; *at stands on what ended it, or at the end. False for a quote that does not close, or text behind one. */
static bool read_field(struct str text, size_t *at, char separator, struct buf *out)
{
	if (*at >= text.n || text.p[*at] != '"') {
		while (*at < text.n && text.p[*at] != separator && text.p[*at] != '\n' && text.p[*at] != '\r')
			buf_addc(out, text.p[(*at)++]);
		return true;
	}
	for (*at += 1; *at < text.n; *at += 1) {
		bool quote = text.p[*at] == '"';
		if (quote && *at + 1 < text.n && text.p[*at + 1] == '"')
			*at += 1;
		else if (quote)
			break;
		buf_addc(out, text.p[*at]);
	}
	if (*at >= text.n)
		return false;
	*at += 1;
	return *at == text.n || text.p[*at] == separator || text.p[*at] == '\n' || text.p[*at] == '\r';
}

bool csv_row(struct str *text, char separator, struct str *fields, size_t max, size_t *n, struct arena *arena)
{
	size_t at = 0;
	bool fine = true;
	*n = 0;
	for (bool more = true; more && fine;) {
		struct buf field = { 0 };
		fine = read_field(*text, &at, separator, &field);
		struct str value = buf_take(&field, arena);
		if (*n < max)
			fields[(*n)++] = value;
		more = fine && at < text->n && text->p[at] == separator;
		at += more;
	}
	if (fine && at < text->n && text->p[at] == '\r')
		at++;
	if (fine && at < text->n && text->p[at] == '\n')
		at++;
	*text = str_skip(*text, at);
	return fine;
}
