#include "text/text.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* MeCab's C interface as far as it is used here, from its documentation; results are read as text ("surface TAB
 * feature,feature …" a line), so that no structure's layout is leant on. */
struct text_reader {
	void *library, *model, *tagger;
	void *(*model_new)(int argc, char **argv);
	void (*model_destroy)(void *model);
	void *(*tagger_new)(void *model);
	void (*tagger_destroy)(void *tagger);
	void *(*lattice_new)(void *model);
	void (*lattice_destroy)(void *lattice);
	void (*set_sentence)(void *lattice, const char *text, size_t n);
	int (*parse)(void *tagger, void *lattice);
	const char *(*to_text)(void *lattice);
};

#define FEATURE_READING 7 /* in IPADIC; 0 is the part of speech */
#define WORDS_MAX 2048    /* of one text */

static bool find_function(struct text_reader *r, const char *name, void *out)
{
	void *found = dlsym(r->library, name);
	memcpy(out, &found, sizeof found);
	return found != NULL;
}

static bool load(struct text_reader *r)
{
	static const char *const names[] = { "libmecab.so.2", "libmecab.so", "libmecab.2.dylib" };
	for (size_t i = 0; i < sizeof names / sizeof *names && !r->library; i++)
		r->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	return r->library && find_function(r, "mecab_model_new", &r->model_new) &&
	       find_function(r, "mecab_model_destroy", &r->model_destroy) &&
	       find_function(r, "mecab_model_new_tagger", &r->tagger_new) &&
	       find_function(r, "mecab_destroy", &r->tagger_destroy) &&
	       find_function(r, "mecab_model_new_lattice", &r->lattice_new) &&
	       find_function(r, "mecab_lattice_destroy", &r->lattice_destroy) &&
	       find_function(r, "mecab_lattice_set_sentence2", &r->set_sentence) &&
	       find_function(r, "mecab_parse_lattice", &r->parse) && find_function(r, "mecab_lattice_tostr", &r->to_text);
}

static bool open_dictionary(struct text_reader *r, const char *folder)
{
	char program[] = "kairan", rc[] = "-r", none[] = "/dev/null", dir[] = "-d", path[128];
	char *argv[] = { program, rc, none, dir, path };
	size_t n = strlen(folder);
	if (n >= sizeof path)
		return false;
	memcpy(path, folder, n + 1);
	r->model = r->model_new(5, argv);
	r->tagger = r->model ? r->tagger_new(r->model) : NULL;
	return r->tagger != NULL;
}

static void close_dictionary(struct text_reader *r)
{
	if (r->tagger)
		r->tagger_destroy(r->tagger);
	if (r->model)
		r->model_destroy(r->model);
	r->tagger = r->model = NULL;
}

/* A dictionary of another kind, or in another encoding, does not know this. */
static bool knows_readings(struct text_reader *r)
{
	struct arena *arena = arena_new();
	bool knows = arena && str_eq(text_reading(r, STR("監視カメラ"), arena), STR("かんしかめら"));
	arena_free(arena);
	return knows;
}

struct text_reader *text_reader_new(void)
{
	static const char *const folders[] = { "/var/lib/mecab/dic/ipadic-utf8", "/usr/lib/mecab/dic/ipadic-utf8",
		"/usr/share/mecab/dic/ipadic-utf8", "/usr/lib64/mecab/dic/ipadic", "/usr/lib/mecab/dic/ipadic",
		"/usr/lib/mecab/dic/mecab-ipadic", "/usr/local/lib/mecab/dic/ipadic", "/var/lib/mecab/dic/ipadic" };
	struct text_reader *r = calloc(1, sizeof *r);
	bool found = r && load(r);
	for (size_t i = 0; found && i < sizeof folders / sizeof *folders; i++) {
		if (file_exists(folders[i]) && open_dictionary(r, folders[i]) && knows_readings(r))
			return r;
		close_dictionary(r);
	}
	text_reader_free(r);
	return NULL;
}

void text_reader_free(struct text_reader *r)
{
	if (!r)
		return;
	close_dictionary(r);
	if (r->library)
		dlclose(r->library);
	free(r);
}

/* ---- words ---- */

struct words {
	struct text_word *v;
	size_t n;
	struct str text;
	struct arena *arena;
};

static bool is_kana_only(struct str s)
{
	bool kana = s.n > 0;
	for (size_t at = 0; at < s.n && kana;)
		kana = cp_is_kana(utf8_next(s, &at));
	return kana;
}

static bool is_mark(uint32_t cp)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	return cp != 0x30FC && (c < UTF8PROC_CATEGORY_LU || c > UTF8PROC_CATEGORY_NO);
}

static void add_word(struct words *w, size_t start, size_t end, struct str reading, bool content)
{
	struct str surface = str_sub(w->text, start, end);
	size_t at = 0;
	if (w->n == WORDS_MAX || surface.n == 0)
		return;
	if (is_mark(utf8_next(surface, &at)) && at == surface.n)
		content = false;
	if (is_kana_only(surface))
		reading = surface;
	w->v[w->n++] = (struct text_word){ start, end, reading.n ? text_hiragana(reading, w->arena) : STR(""), content };
}

enum script { SCRIPT_SPACE, SCRIPT_MARK, SCRIPT_HAN, SCRIPT_HIRAGANA, SCRIPT_KATAKANA, SCRIPT_OTHER };

static enum script script_of(uint32_t cp)
{
	if (cp <= ' ' || cp == 0x3000 || cp == 0xA0)
		return SCRIPT_SPACE;
	if (cp_is_han(cp))
		return SCRIPT_HAN;
	if (cp >= 0x3041 && cp <= 0x309F)
		return SCRIPT_HIRAGANA;
	if (cp_is_kana(cp))
		return SCRIPT_KATAKANA;
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	return is_mark(cp) && c != UTF8PROC_CATEGORY_MN && c != UTF8PROC_CATEGORY_MC ? SCRIPT_MARK : SCRIPT_OTHER;
}

/* Words as far as scripts show them: hiragana after another script is its ending or a particle. */
static void words_by_script(struct words *w, size_t from, size_t to)
{
	for (size_t at = from; at < to;) {
		size_t start = at;
		enum script script = script_of(utf8_next(w->text, &at));
		for (size_t next = at; next < to; at = next) {
			enum script other = script_of(utf8_next(w->text, &next));
			bool lengthens = script == SCRIPT_HIRAGANA && str_starts(str_skip(w->text, at), STR("ー"));
			if (other != script && !lengthens)
				break;
		}
		if (script != SCRIPT_SPACE)
			add_word(w, start, at, STR(""), script != SCRIPT_MARK && (script != SCRIPT_HIRAGANA || start == from));
	}
}

static struct str feature(struct str features, size_t index)
{
	struct str field = STR("");
	for (size_t i = 0; i <= index; i++) {
		if (i > 0 && features.n == 0)
			return STR("");
		field = str_split(&features, ',');
	}
	return str_eq(field, STR("*")) ? STR("") : field;
}

static bool is_ascii(struct str s)
{
	bool ascii = s.n > 0;
	for (size_t i = 0; i < s.n && ascii; i++)
		ascii = (unsigned char)s.p[i] < 0x80;
	return ascii;
}

/* Not: particles, endings, marks, and what only leans on the word before it (-的, こと, -して いる). */
static bool is_content(struct str class, struct str subclass)
{
	return !str_eq(class, STR("助詞")) && !str_eq(class, STR("助動詞")) && !str_eq(class, STR("記号")) &&
	       !str_eq(subclass, STR("接尾")) && !str_eq(subclass, STR("非自立"));
}

/* Numbers and words of other scripts are ours to cut: the dictionary cuts them in the midst. */
static bool continues(const struct words *w, size_t start)
{
	size_t at = start;
	if (w->n == 0 || w->v[w->n - 1].end != start || script_of(utf8_next(w->text, &at)) != SCRIPT_OTHER)
		return false;
	at = w->v[w->n - 1].start;
	return script_of(utf8_next(w->text, &at)) == SCRIPT_OTHER;
}

/* The lines of an answer. A surface is looked for from where the last one ended: only white space lies between. */
static bool read_answer(struct words *w, struct str answer)
{
	size_t at = 0;
	while (answer.n) {
		struct str line = str_split(&answer, '\n');
		if (str_eq(line, STR("EOS")))
			break;
		struct str surface = str_split(&line, '\t'), class = feature(line, 0);
		ptrdiff_t skipped = str_find(str_skip(w->text, at), surface);
		if (surface.n == 0 || skipped < 0)
			return false;
		size_t start = at + (size_t)skipped;
		at = start + surface.n;
		if (continues(w, start))
			w->v[w->n - 1].end = at;
		else
			add_word(w, start, at, is_ascii(surface) ? STR("") : feature(line, FEATURE_READING),
			    is_content(class, feature(line, 1)));
	}
	return true;
}

/* The text as MeCab takes it: no NUL, no line's end, nothing ill-formed, and as many bytes as before. */
static char *as_sentence(struct str text, struct arena *arena)
{
	char *s = arena_cstr(arena, text);
	for (size_t i = 0; s && i < text.n; i++) {
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7F)
			s[i] = ' ';
	}
	return s;
}

static bool words_by_dictionary(struct text_reader *r, struct words *w)
{
	char *sentence = as_sentence(w->text, w->arena);
	void *lattice = sentence ? r->lattice_new(r->model) : NULL;
	if (!lattice)
		return false;
	r->set_sentence(lattice, sentence, w->text.n);
	const char *answer = r->parse(r->tagger, lattice) ? r->to_text(lattice) : NULL;
	struct str text = w->text;
	w->text = str_of(sentence, text.n);
	bool ok = answer && read_answer(w, str_from(answer));
	w->text = text;
	r->lattice_destroy(lattice);
	if (!ok)
		w->n = 0;
	return ok;
}

static bool needs_dictionary(struct str text)
{
	for (size_t at = 0; at < text.n;) {
		uint32_t cp = utf8_next(text, &at);
		if (cp_is_han(cp) || cp_is_kana(cp))
			return true;
	}
	return false;
}

bool text_words(
    struct text_reader *r, struct str text, struct text_word **out, size_t *n, struct arena *arena, struct error *err)
{
	struct words w = { .text = text, .arena = arena };
	*out = NULL;
	*n = 0;
	size_t room = text.n < WORDS_MAX ? text.n + 1 : WORDS_MAX;
	w.v = arena_array(arena, room, sizeof *w.v);
	if (!w.v)
		return error_memory(err);
	bool read = r && text.n <= READING_MAX && utf8_valid(text) && needs_dictionary(text) && words_by_dictionary(r, &w);
	if (!read)
		words_by_script(&w, 0, text.n);
	*out = w.v;
	*n = w.n;
	return true;
}

struct str text_reading(struct text_reader *r, struct str text, struct arena *arena)
{
	struct text_word *words;
	struct buf out = { 0 };
	struct error none = { 0 };
	size_t n, at = 0;
	if (!text_words(r, text, &words, &n, arena, &none))
		return text;
	for (size_t i = 0; i < n; i++) {
		buf_add(&out, str_sub(text, at, words[i].start));
		buf_add(&out, words[i].reading.n ? words[i].reading : str_sub(text, words[i].start, words[i].end));
		at = words[i].end;
	}
	buf_add(&out, str_skip(text, at));
	struct str reading = buf_take(&out, arena);
	return reading.p ? reading : text;
}
