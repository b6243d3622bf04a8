#include "text/text.h"

#define SAMPLE_MAX 4000 /* bytes that are looked at */

/* Among languages in Latin script: the one whose commonest words occur most. */
static struct str by_words(struct str text)
{
	static const struct {
		const char *lang, *words;
	} common[] = {
		{ "en", " the of and to in is that for it with as are this be on " },
		{ "de", " der die und das ist nicht ein zu den mit von auf eine für dem " },
		{ "fr", " le la les des et est une pour dans que qui sur pas au du " },
		{ "es", " el la los las de que y en un una por con para es se " },
		{ "pt", " o os as de que e em um uma para com não por é do " },
		{ "it", " il lo gli di che e un una per con non è sono della nel " },
		{ "nl", " de het een van en dat niet op te zijn met voor die aan " },
	};
	size_t best = 0, score = 0, words = 0;
	for (size_t l = 0; l < sizeof common / sizeof *common; l++) {
		struct str rest = text;
		size_t n = 0;
		words = 0;
		while (rest.n) {
			char padded[24] = " ";
			struct str word = str_split(&rest, ' ');
			words += word.n > 0;
			if (word.n == 0 || word.n > 12)
				continue;
			for (size_t i = 0; i < word.n; i++)
				padded[i + 1] = (char)(word.p[i] >= 'A' && word.p[i] <= 'Z' ? word.p[i] + 32 : word.p[i]);
			padded[word.n + 1] = ' ';
			n += str_find(str_from(common[l].words), str_of(padded, word.n + 2)) >= 0;
		}
		if (n > score) {
			score = n;
			best = l;
		}
	}
	return words >= 3 && score > 0 ? str_from(common[best].lang) : STR("");
}

struct str text_language(struct str text)
{
	size_t kana = 0, han = 0, hangul = 0, latin = 0, cyrillic = 0, thai = 0;
	text = str_sub(text, 0, utf8_floor(text, SAMPLE_MAX));
	for (size_t at = 0; at < text.n;) {
		uint32_t cp = utf8_next(text, &at);
		kana += cp_is_kana(cp);
		han += cp_is_han(cp);
		hangul += cp >= 0xAC00 && cp <= 0xD7A3;
		latin += (cp | 32) >= 'a' && (cp | 32) <= 'z';
		cyrillic += cp >= 0x400 && cp <= 0x4FF;
		thai += cp >= 0xE00 && cp <= 0xE7F;
	}
	/* A character of Japanese says about as much as three Latin letters; names and code in Latin do not change that. */
	if (kana && (kana + han) * 6 > latin)
		return STR("ja");
	if (hangul * 3 > latin && hangul)
		return STR("ko");
	if (han * 6 > latin && han)
		return kana ? STR("ja") : han > 8 ? STR("zh") : STR("");
	if (cyrillic > latin)
		return STR("ru");
	if (thai > latin)
		return STR("th");
	return by_words(text);
}

bool text_is_stopword(struct str folded, struct str lang)
{
	static const char en[] =
	    " a an and are can do does for how i in is it my of on or the to what when where which who why with ";
	static const char ja[] =
	    " との とは ては では です ます ませ せん する した して には への とか から まで ので のに どう すか ですか を は が の に へ と で も や か ";
	char padded[40] = " ";
	(void)lang;
	if (folded.n == 0 || folded.n > 30)
		return false;
	for (size_t i = 0; i < folded.n; i++)
		padded[i + 1] = folded.p[i];
	padded[folded.n + 1] = ' ';
	struct str needle = str_of(padded, folded.n + 2);
	return str_find(str_from(en), needle) >= 0 || str_find(str_from(ja), needle) >= 0;
}
