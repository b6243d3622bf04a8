#include "site/page.h"

/* Licences as people write them and as pages name them, told apart by what stands in them. */

static bool has(struct str text, const char *word)
{
	return str_find_ci(text, str_from(word)) >= 0;
}

/* Between characters that are no letters: "nc" is not in "licence". */
static bool has_part(struct str text, const char *part)
{
	struct str word = str_from(part), rest = text;
	for (ptrdiff_t at; (at = str_find_ci(rest, word)) >= 0; rest = str_skip(rest, (size_t)at + 1)) {
		size_t from = (size_t)(rest.p - text.p) + (size_t)at, end = from + word.n;
		char before = from ? (char)(text.p[from - 1] | 32) : ' ', after = end < text.n ? (char)(text.p[end] | 32) : ' ';
		if ((before < 'a' || before > 'z') && (after < 'a' || after > 'z'))
			return true;
	}
	return false;
}

/* "4.0" anywhere in it; empty when no version is named. */
static struct str version_in(struct str text)
{
	static const char *const all[] = { "4.0", "3.0", "2.5", "2.1", "2.0", "1.0" };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (has(text, all[i]))
			return str_from(all[i]);
	}
	return STR("");
}

static bool read_commons(struct str text, struct licence *out, struct arena *arena)
{
	static const struct {
		const char *code, *path, *name;
	} known[] = { { "CC BY", "by", N_("Creative Commons Attribution") },
		{ "CC BY-SA", "by-sa", N_("Creative Commons Attribution-ShareAlike") },
		{ "CC BY-ND", "by-nd", N_("Creative Commons Attribution-NoDerivatives") },
		{ "CC BY-NC", "by-nc", N_("Creative Commons Attribution-NonCommercial") },
		{ "CC BY-NC-SA", "by-nc-sa", N_("Creative Commons Attribution-NonCommercial-ShareAlike") },
		{ "CC BY-NC-ND", "by-nc-nd", N_("Creative Commons Attribution-NonCommercial-NoDerivatives") } };
	bool by = has_part(text, "by") || has(text, "attribution") || has(text, "表示");
	bool nc = has_part(text, "nc") || has(text, "noncommercial") || has(text, "non-commercial") || has(text, "非営利");
	bool sa = has_part(text, "sa") || has(text, "sharealike") || has(text, "share-alike") || has(text, "share alike") ||
	          has(text, "継承");
	bool nd = has_part(text, "nd") || has(text, "noderiv") || has(text, "no-deriv") || has(text, "no deriv") ||
	          has(text, "改変禁止");
	if (!by && !nc && !sa && !nd)
		return false;
	struct str version = version_in(text);
	size_t i = (size_t)(nc ? 3 : 0) + (size_t)(sa ? 1 : 0) + (size_t)(nd && !sa ? 2 : 0);
	out->name = known[i].name;
	out->forbids_changes = nd;
	out->code = arena_printf(arena, "%s%s%.*s", known[i].code, version.n ? " " : "", (int)version.n, version.p);
	out->url = version.n ? arena_printf(arena, "https://creativecommons.org/licenses/%s/%.*s/", known[i].path,
	                           (int)version.n, version.p)
	                     : STR("");
	return true;
}

bool licence_read(struct str text, struct licence *out, struct arena *arena)
{
	static const struct {
		const char *word;
		bool part;
		struct licence is;
	} known[] = {
		{ "cc0", false,
		    { .code = { "CC0 1.0", 7 },
		        .name = N_("Creative Commons Zero: no rights reserved"),
		        .url = { "https://creativecommons.org/publicdomain/zero/1.0/", 50 } } },
		{ "publicdomain/zero", false,
		    { .code = { "CC0 1.0", 7 },
		        .name = N_("Creative Commons Zero: no rights reserved"),
		        .url = { "https://creativecommons.org/publicdomain/zero/1.0/", 50 } } },
		{ "publicdomain/mark", false,
		    { .code = { "PDM 1.0", 7 },
		        .name = N_("Public domain"),
		        .url = { "https://creativecommons.org/publicdomain/mark/1.0/", 50 } } },
		{ "public domain", false, { .name = N_("Public domain") } },
		{ "パブリックドメイン", false, { .name = N_("Public domain") } },
		{ "gfdl", true,
		    { .code = { "GFDL", 4 },
		        .name = N_("GNU Free Documentation License"),
		        .url = { "https://www.gnu.org/licenses/fdl-1.3.html", 41 } } },
		{ "gnu free documentation", false,
		    { .code = { "GFDL", 4 },
		        .name = N_("GNU Free Documentation License"),
		        .url = { "https://www.gnu.org/licenses/fdl-1.3.html", 41 } } },
		{ "open government licence", false,
		    { .code = { "OGL 3.0", 7 },
		        .name = N_("Open Government Licence"),
		        .url = { "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", 74 } } },
		{ "all rights reserved", false, { .name = N_("All rights reserved"), .reserved = true } },
		{ "無断転載", false, { .name = N_("All rights reserved"), .reserved = true } },
		{ "©", false, { .name = N_("All rights reserved"), .reserved = true } },
		{ "copyright", true, { .name = N_("All rights reserved"), .reserved = true } },
	};
	*out = (struct licence){ 0 };
	bool commons = has(text, "creative commons") || has(text, "creativecommons.org/licenses") || has_part(text, "cc") ||
	               has(text, "クリエイティブ・コモンズ");
	if (commons && !has(text, "cc0") && !has(text, "publicdomain") && read_commons(text, out, arena))
		return true;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i].part ? has_part(text, known[i].word) : has(text, known[i].word)) {
			*out = known[i].is;
			return true;
		}
	}
	return false;
}
