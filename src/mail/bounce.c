#include "mail/inner.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* class "." subject "." detail, RFC 3463: one digit, and up to three each. */
void status_read(struct str text, char out[12])
{
	size_t n = 0, part = 0, dots = 0;
	text = str_trim(text);
	while (n < text.n && n < 11 && (is_digit(text.p[n]) || text.p[n] == '.')) {
		bool dot = text.p[n] == '.';
		if (dot && (part == 0 || ++dots > 2))
			break;
		part = dot ? 0 : part + 1;
		if (part > 3)
			break;
		n++;
	}
	out[0] = '\0';
	if (dots != 2 || part == 0 || part > 3 || text.p[1] != '.' || text.p[0] < '2' || text.p[0] > '5')
		return;
	memcpy(out, text.p, n);
	out[n] = '\0';
}

/* ---- whose it is ---- */

/* The token in "name+b-12-0123456789abcdef@example.org". */
static bool read_token(struct store *store, struct str to, int64_t *id, struct arena *arena, struct error *err)
{
	struct mail_settings any = { .from = "x@localhost" };
	struct str want, mine, rest;
	ptrdiff_t at = str_find(to, STR("+b-"));
	if (at < 0)
		return error_set(err, ERR_NOT_FOUND, "the message did not come to a return path of this site");
	rest = str_skip(to, (size_t)at + 1);
	struct str token = str_split(&rest, '@'), number = str_skip(token, 2);
	number = str_split(&number, '-');
	if (token.n > 64 || !str_to_int(number, id) || *id <= 0)
		return error_set(err, ERR_NOT_FOUND, "the return path is none of this site");
	if (!mail_return_path(store, &any, *id, &want, arena, err))
		return false;
	mine = str_skip(want, 2); /* "x+" */
	mine = str_split(&mine, '@');
	return same_bytes(mine, token) ? true : error_set(err, ERR_NOT_FOUND, "the return path is none of this site");
}

static bool find_token(
    struct store *store, GMimeMessage *message, struct str to, int64_t *id, struct arena *arena, struct error *err)
{
	static const char *const names[] = { "Delivered-To", "X-Original-To", "Envelope-To", "To" };
	if (to.n)
		return read_token(store, to, id, arena, err);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct error why = { 0 };
		const char *value = g_mime_object_get_header(GMIME_OBJECT(message), names[i]);
		if (value && read_token(store, str_from(value), id, arena, &why))
			return true;
		if (why.code != ERR_NONE && why.code != ERR_NOT_FOUND) {
			*err = why;
			return false;
		}
	}
	return error_set(err, ERR_NOT_FOUND, "the message did not come to a return path of this site");
}

/* ---- what it says: fields of message/delivery-status ---- */

static struct str content_of(GMimeObject *part, struct arena *arena)
{
	struct str text = STR("");
	GMimeDataWrapper *content = GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;
	if (!content)
		return text;
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	if (g_mime_data_wrapper_write_to_stream(content, stream) >= 0 && bytes->len <= MAIL_MESSAGE_MAX)
		text = arena_dup(arena, str_of((const char *)bytes->data, bytes->len));
	g_object_unref(stream);
	g_byte_array_free(bytes, TRUE);
	return text;
}

static void read_report(struct str text, bool *failed, char status[12])
{
	while (text.n) {
		struct str value = str_split(&text, '\n'), name = str_split(&value, ':');
		if (str_eq_ci(str_trim(name), STR("Action")))
			*failed |= str_starts_ci(str_trim(value), STR("failed"));
		if (str_eq_ci(str_trim(name), STR("Status")) && !status[0])
			status_read(value, status);
	}
}

struct search {
	struct arena *arena;
	bool found, failed;
	char status[12];
};

static void look(GMimeObject *parent, GMimeObject *part, gpointer user)
{
	struct search *s = user;
	GMimeContentType *type = g_mime_object_get_content_type(part);
	(void)parent;
	if (s->found || !g_mime_content_type_is_type(type, "message", "delivery-status"))
		return;
	s->found = true;
	read_report(content_of(part, s->arena), &s->failed, s->status);
}

static GMimeMessage *parse(struct str text)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text.p ? text.p : "", text.n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

bool mail_bounce_read(struct store *store, struct str text, struct str to, struct mail_bounce *out, struct arena *arena,
    struct error *err)
{
	*out = (struct mail_bounce){ 0 };
	if (text.n > MAIL_MESSAGE_MAX)
		return error_set(err, ERR_TOO_LARGE, "a bounce of more than %zu bytes is not read", MAIL_MESSAGE_MAX);
	pthread_once(&once, g_mime_init);
	GMimeMessage *message = parse(text);
	if (!message)
		return error_set(err, ERR_INVALID, "this is no mail");
	struct search s = { .arena = arena };
	g_mime_message_foreach(message, look, &s);
	bool ok = find_token(store, message, to, &out->id, arena, err);
	if (ok && !s.found)
		ok = error_set(err, ERR_INVALID, "the message has no delivery report");
	out->final = s.failed && (s.status[0] == '5' || !s.status[0]);
	out->status = arena_dup(arena, str_from(s.status));
	g_object_unref(message);
	return ok;
}
