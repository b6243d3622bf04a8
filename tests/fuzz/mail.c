#include "mail/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A site without articles, for the key of return paths. */
static struct store *site(void)
{
	static struct store *store;
	char dir[] = "/tmp/kairan-fuzz-mail-XXXXXX", path[128], key[128];
	struct error err = { 0 };
	if (store)
		return store;
	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof path, "%s/kairan.db", dir);
	snprintf(key, sizeof key, "%s/secret.key", dir);
	store = store_open(path, true, &err);
	if (!store || !store_use_key(store, key, &err))
		abort();
	unlink(path);
	unlink(key);
	return store;
}

static void addresses(struct str text, struct arena *arena)
{
	struct error err = { 0 };
	struct str out, again;
	if (!mail_address(text, &out, arena, &err))
		return;
	for (size_t i = 0; i < out.n; i++) {
		if ((unsigned char)out.p[i] <= ' ' || (unsigned char)out.p[i] >= 0x7F || strchr("<>,;:()[]\\", out.p[i]))
			abort();
	}
	/* What came out without quotes goes in again. */
	if (out.n == 0 || (out.p[0] != '"' && (!mail_address(out, &again, arena, &err) || !str_eq(out, again))))
		abort();
}

/* Each line of the headers is one of ours, whatever name, subject and text say. */
static void compose(struct str text, struct arena *arena)
{
	struct error err = { 0 };
	struct buf out = { 0 };
	struct str rest = text, name = str_split(&rest, '\n'), subject = str_split(&rest, '\n');
	struct mail_message m = { .from = { name, STR("a@example.org") },
		.to = { subject, STR("b@example.org") },
		.subject = subject,
		.text = rest,
		.lang = STR("ja"),
		.unsubscribe = STR("https://example.org/u") };
	if (mail_compose(&m, &out, &err)) {
		struct str headers = buf_str(&out), line;
		ptrdiff_t end = str_find(headers, STR("\r\n\r\n"));
		if (end < 0)
			abort();
		headers = str_sub(headers, 0, (size_t)end + 2);
		int count = 0;
		while ((line = str_split(&headers, '\n')).n)
			count += line.p[0] != ' ' && line.p[0] != '\t';
		if (count != 12)
			abort();
	}
	buf_free(&out);
	(void)arena;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = str_of((const char *)data, n), line = text;
	struct error err = { 0 };
	struct mail_bounce b;
	struct buf flowed = { 0 };
	struct arena *arena = arena_new();
	if (!arena)
		abort();
	addresses(str_split(&line, '\n'), arena);
	compose(text, arena);
	mail_flow(text, &flowed);
	buf_free(&flowed);
	if (mail_bounce_read(site(), text, STR(""), &b, arena, &err) && b.id <= 0)
		abort();
	arena_free(arena);
	return 0;
}
