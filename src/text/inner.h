/* Private to text: folded characters that know where they came from. */
#ifndef KAIRAN_TEXT_INNER_H
#define KAIRAN_TEXT_INNER_H

#include "text/text.h"

/* One folded character, and the bytes of the original that it stands for. */
struct unit {
	uint32_t cp, start, end;
};

struct units {
	struct unit *v;
	size_t n, cap;
	struct arena *arena;
	bool after_vu; /* the last unit was ヴ, which takes a small vowel into itself */
	bool slow;     /* some characters took the library */
	bool failed;
};

/* fold.c: the text as folded characters. The spelling variants are joined here and nowhere else. */
bool fold_units(struct units *out, struct str s, struct arena *);

/* kanji.c: the character of today's standard for an old form (國 → 国), else the same. */
uint32_t kanji_standard(uint32_t cp);

#endif
