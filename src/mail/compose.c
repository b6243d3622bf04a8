#include "mail/mail.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <stdio.h>

/* GMime knows RFC 2045, 2047, 2231 and 5322. What it is given has been looked at: it folds and encodes, and we refuse. */

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- what may stand in a header ---- */

static bool header_fits(struct str s, size_t max, const char *what, struct error *err)
{
	if (s.n > max)
		return error_set(err, ERR_TOO_LARGE, "%s of a mail has at most %zu bytes", what, max);
	if (!utf8_valid(s))
		return error_set(err, ERR_INVALID, "%s of a mail is not well-formed UTF-8", what);
	for (size_t at = 0; at < s.n;) {
		uint32_t cp = utf8_next(s, &at);
		if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029)
			return error_set(err, ERR_INVALID, "%s of a mail has a control character", what);
	}
	return true;
}

static bool party_fits(const struct mail_party *p, const char *what, struct error *err)
{
	char space[512];
	struct str same;
	struct arena *arena = arena_new();
	snprintf(space, sizeof space, "the name (%s)", what);
	bool ok = arena && header_fits(p->name, MAIL_NAME_MAX, space, err);
	/* As mail_address left it, or it is none. */
	struct str plain = ok ? p->address : STR("");
	struct buf bare = { 0 };
	for (size_t i = 0; i < plain.n; i++) {
		if (plain.p[i] != '"')
			buf_addc(&bare, plain.p[i]);
	}
	ok = ok && mail_address(buf_str(&bare), &same, arena, err);
	if (ok && !str_eq(same, plain))
		ok = error_set(err, ERR_INVALID, "an address (%s) was not looked at", what);
	buf_free(&bare);
	arena_free(arena);
	return ok;
}

static bool link_fits(struct str url, struct error *err)
{
	bool ok = url.n == 0 || (str_starts(url, STR("https://")) && url.n <= URL_MAX / 8);
	for (size_t i = 0; ok && i < url.n; i++)
		ok = url.p[i] > ' ' && url.p[i] < 0x7F && url.p[i] != '<' && url.p[i] != '>' && url.p[i] != ',';
	return ok ? true : error_set(err, ERR_INVALID, "an unsubscribe link is a plain https address");
}

static bool lang_fits(struct str lang, struct error *err)
{
	bool ok = lang.n <= 35;
	for (size_t i = 0; ok && i < lang.n; i++) {
		char c = lang.p[i];
		ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
	}
	return ok ? true : error_set(err, ERR_INVALID, "a mail's language is a tag such as ja");
}

static bool message_fits(const struct mail_message *m, struct error *err)
{
	if (m->text.n > MAIL_TEXT_MAX)
		return error_set(err, ERR_TOO_LARGE, "the text of a mail has at most %zu bytes", MAIL_TEXT_MAX);
	if (!utf8_valid(m->text) || str_find(m->text, str_of("", 1)) >= 0)
		return error_set(err, ERR_INVALID, "the text of a mail is not well-formed UTF-8");
	return header_fits(m->subject, MAIL_SUBJECT_MAX, "the subject", err) && party_fits(&m->from, "from", err) &&
	       party_fits(&m->to, "to", err) && (m->reply_to.address.n == 0 || party_fits(&m->reply_to, "reply to", err)) &&
	       link_fits(m->unsubscribe, err) && lang_fits(m->lang, err);
}

/* ---- RFC 2047 ---- */

#define WORD_BYTES 45 /* a word of at most 75 characters: 60 of base64 and 12 around them */

static bool is_ascii(struct str s)
{
	if (!s.p)
		return true;
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

/* Words of whole characters and lawful length; GMime makes longer ones. */
static void add_words(struct buf *out, struct str text)
{
	for (size_t at = 0; at < text.n;) {
		size_t end = text.n - at > WORD_BYTES ? utf8_floor(text, at + WORD_BYTES) : text.n;
		char *word = g_base64_encode((const guchar *)text.p + at, end - at);
		buf_adds(out, at ? "\n =?UTF-8?B?" : "=?UTF-8?B?");
		buf_adds(out, word);
		buf_adds(out, "?=");
		g_free(word);
		at = end;
	}
}

/* In place of what GMime would write. */
static void set_raw(GMimeMessage *message, const char *name, struct buf *value)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
	GMimeHeader *header = g_mime_header_list_get_header(list, name);
	buf_addc(value, '\n');
	buf_addc(value, '\0');
	if (header && !value->failed)
		g_mime_header_set_raw_value(header, value->p);
	buf_free(value);
}

/* ---- the message ---- */

static const char *c_string(struct arena *arena, struct str s)
{
	char *copy = arena_cstr(arena, s);
	return copy ? copy : "";
}

static void add_party(
    GMimeMessage *out, GMimeAddressType type, const char *header, const struct mail_party *p, struct arena *arena)
{
	struct buf raw = { 0 };
	g_mime_message_add_mailbox(out, type, p->name.n ? c_string(arena, p->name) : NULL, c_string(arena, p->address));
	if (is_ascii(p->name))
		return;
	buf_addc(&raw, ' ');
	add_words(&raw, p->name);
	buf_adds(&raw, "\n <");
	buf_add(&raw, p->address);
	buf_addc(&raw, '>');
	set_raw(out, header, &raw);
}

static void add_subject(GMimeMessage *out, struct str subject, struct arena *arena)
{
	struct buf raw = { 0 };
	g_mime_message_set_subject(out, c_string(arena, subject), "utf-8");
	if (is_ascii(subject))
		return;
	buf_addc(&raw, ' ');
	add_words(&raw, subject);
	set_raw(out, "Subject", &raw);
}

static void set_header(GMimeMessage *out, const char *name, const char *value)
{
	g_mime_object_set_header(GMIME_OBJECT(out), name, value, NULL);
}

static void add_headers(GMimeMessage *out, const struct mail_message *m, struct arena *arena)
{
	GDateTime *date = g_date_time_new_from_unix_utc(m->at);
	struct str domain = mail_domain(m->from.address), id = random_token(arena, 18);
	g_mime_message_set_date(out, date);
	g_date_time_unref(date);
	add_party(out, GMIME_ADDRESS_TYPE_FROM, "From", &m->from, arena);
	add_party(out, GMIME_ADDRESS_TYPE_TO, "To", &m->to, arena);
	if (m->reply_to.address.n)
		add_party(out, GMIME_ADDRESS_TYPE_REPLY_TO, "Reply-To", &m->reply_to, arena);
	add_subject(out, m->subject, arena);
	g_mime_message_set_message_id(
	    out, c_string(arena, arena_printf(arena, "%.*s@%.*s", (int)id.n, id.p, (int)domain.n, domain.p)));
	if (m->lang.n)
		set_header(out, "Content-Language", c_string(arena, m->lang));
	/* Holiday notices and the like need not answer (RFC 3834). */
	set_header(out, "Auto-Submitted", "auto-generated");
	if (m->unsubscribe.n == 0)
		return;
	set_header(out, "List-Unsubscribe",
	    c_string(arena, arena_printf(arena, "<%.*s>", (int)m->unsubscribe.n, m->unsubscribe.p)));
	set_header(out, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
}

static void add_text(GMimeMessage *out, struct str text)
{
	GMimePart *part = g_mime_part_new_with_type("text", "plain");
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text.p ? text.p : "", text.n);
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "format", "flowed");
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "delsp", "yes");
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(
	    part, is_ascii(text) ? GMIME_CONTENT_ENCODING_7BIT : GMIME_CONTENT_ENCODING_BASE64);
	g_mime_message_set_mime_part(out, GMIME_OBJECT(part));
	g_object_unref(part);
	g_object_unref(content);
	g_object_unref(stream);
}

static bool write_out(GMimeMessage *message, struct buf *out, struct error *err)
{
	GMimeFormatOptions *options = g_mime_format_options_new();
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	bool ok = g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream) >= 0;
	if (ok && bytes->len <= MAIL_MESSAGE_MAX)
		buf_add(out, str_of((const char *)bytes->data, bytes->len));
	else
		ok = error_set(err, ERR_TOO_LARGE, "the mail would be larger than %zu bytes", MAIL_MESSAGE_MAX);
	g_object_unref(stream);
	g_byte_array_free(bytes, TRUE);
	g_mime_format_options_free(options);
	return ok && (!out->failed || error_memory(err));
}

bool mail_compose(const struct mail_message *m, struct buf *out, struct error *err)
{
	struct buf text = { 0 };
	if (!message_fits(m, err))
		return error_context(err, "composing a mail");
	struct arena *arena = arena_new();
	if (!arena)
		return error_memory(err);
	pthread_once(&once, g_mime_init);
	GMimeMessage *message = g_mime_message_new(FALSE);
	mail_flow(m->text, &text);
	add_headers(message, m, arena);
	add_text(message, buf_str(&text));
	bool ok = text.failed ? error_memory(err) : write_out(message, out, err);
	g_object_unref(message);
	buf_free(&text);
	arena_free(arena);
	return ok;
}
