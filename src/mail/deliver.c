#include "mail/inner.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Delivery over SMTP by libcurl, which does TLS, authentication and the dialogue. Certificates are checked, and STARTTLS is a
 * must, but for a server on this machine. */

#define CONNECT_SECONDS 30L
#define SECONDS 300L
#define PASSWORD_FILE_MAX ((size_t)1024)

struct mailer {
	CURL *curl;
	char *sendmail;
	char *error;     /* CURL_ERROR_SIZE */
	char reply[128]; /* the start of the line by which the server refused */
	const atomic_bool *stop;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void global(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- settings ---- */

static bool is_local(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

/* The parts of the server's address, taken apart by the same library that will use it. */
struct server {
	CURLU *url;
	char *scheme, *host, *user;
};

static void server_free(struct server *s)
{
	curl_free(s->scheme);
	curl_free(s->host);
	curl_free(s->user);
	curl_url_cleanup(s->url);
}

static bool server_read(const char *text, struct server *out, struct error *err)
{
	char *password = NULL;
	*out = (struct server){ .url = curl_url() };
	bool ok = out->url && curl_url_set(out->url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	          curl_url_get(out->url, CURLUPART_SCHEME, &out->scheme, 0) == CURLUE_OK &&
	          curl_url_get(out->url, CURLUPART_HOST, &out->host, 0) == CURLUE_OK &&
	          (strcmp(out->scheme, "smtp") == 0 || strcmp(out->scheme, "smtps") == 0);
	if (ok && curl_url_get(out->url, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK)
		ok = error_set(
		    err, ERR_INVALID, "a password does not stand in the server's address: mail_password names its file");
	else if (!ok)
		error_set(err, ERR_INVALID, "mail_smtp wants an address such as smtp://user@mail.example.org:587");
	if (ok)
		(void)curl_url_get(out->url, CURLUPART_USER, &out->user, CURLU_URLDECODE);
	curl_free(password);
	if (!ok)
		server_free(out);
	return ok;
}

static bool address_fits(const char *address, const char *name, struct error *err)
{
	struct str out;
	struct arena *arena = arena_new();
	bool ok = arena && (!address || !*address || mail_address(str_from(address), &out, arena, err));
	arena_free(arena);
	return ok ? true : error_context(err, "%s", name);
}

bool mail_settings_check(const struct mail_settings *s, struct error *err)
{
	struct server server;
	if (!address_fits(s->from, "mail_from", err) || !address_fits(s->bounces, "mail_bounces", err))
		return false;
	if (s->smtp && *s->smtp) {
		if (!server_read(s->smtp, &server, err))
			return false;
		server_free(&server);
	}
	if (s->sendmail && *s->sendmail && s->sendmail[0] != '/')
		return error_set(
		    err, ERR_INVALID, "mail_sendmail wants the whole path of a command, such as /usr/sbin/sendmail");
	return true;
}

/* ---- the connection ---- */

/* The dialogue comes line by line; the first refusal is the one that counts. */
static size_t keep_reply(char *data, size_t size, size_t n, void *user)
{
	struct mailer *m = user;
	if (m->reply[0] || size * n < 4 || (data[0] != '4' && data[0] != '5'))
		return size * n;
	size_t length = size * n < sizeof m->reply - 1 ? size * n : sizeof m->reply - 1;
	memcpy(m->reply, data, length);
	m->reply[length] = '\0';
	return size * n;
}

/* The site's group may read it, as a service's secrets often are kept; everybody may not. */
static bool is_private(const char *file, struct error *err)
{
	struct stat info;
	if (stat(file, &info) != 0 || !(info.st_mode & 007))
		return true; /* reading tells what is wrong with one that is not there */
	return error_set(err, ERR_INVALID, "everybody on this machine may read %s: chmod 600 %s", file, file);
}

static bool set_password(struct mailer *m, const struct server *server, const char *file, struct error *err)
{
	struct buf text = { 0 };
	if (!server->user)
		return true;
	if (!file || !*file)
		return error_set(err, ERR_INVALID, "mail_smtp names a user: mail_password must name the file of the password");
	bool ok = is_private(file, err) && file_read(file, PASSWORD_FILE_MAX, &text, err);
	struct str password = str_trim(buf_str(&text));
	buf_addc(&text, '\0');
	if (ok && !text.failed) {
		text.p[(size_t)(password.p - text.p) + password.n] = '\0';
		ok = curl_easy_setopt(m->curl, CURLOPT_USERNAME, server->user) == CURLE_OK &&
		     curl_easy_setopt(m->curl, CURLOPT_PASSWORD, password.p) == CURLE_OK;
	}
	if (text.p)
		sodium_memzero(text.p, text.cap);
	buf_free(&text);
	return ok ? true : error_context(err, "reading the mail server's password");
}

/* The name that we greet with is the path of the address: the sender's domain, and not this machine's name. */
static bool set_url(struct mailer *m, struct server *server, struct str from, struct error *err)
{
	char path[300], *url = NULL;
	struct str domain = mail_domain(from);
	snprintf(path, sizeof path, "/%.*s", (int)(domain.n < 253 ? domain.n : 253), domain.p ? domain.p : "");
	bool ok = curl_url_set(server->url, CURLUPART_PATH, path, 0) == CURLUE_OK &&
	          curl_url_set(server->url, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
	          curl_url_get(server->url, CURLUPART_URL, &url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	          curl_easy_setopt(m->curl, CURLOPT_URL, url) == CURLE_OK;
	curl_free(url);
	return ok ? true : error_memory(err);
}

static int look_up(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct mailer *m = user;
	(void)a, (void)b, (void)c, (void)d;
	return m->stop && atomic_load(m->stop);
}

static void set_manners(struct mailer *m, const struct server *server)
{
	bool local = is_local(server->host);
	curl_easy_setopt(m->curl, CURLOPT_USE_SSL, (long)(local ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (local) { /* for smtps: a server on this machine has a certificate of its own making */
		curl_easy_setopt(m->curl, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(m->curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	curl_easy_setopt(m->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(m->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(m->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(m->curl, CURLOPT_TIMEOUT, SECONDS);
	curl_easy_setopt(m->curl, CURLOPT_ERRORBUFFER, m->error);
	curl_easy_setopt(m->curl, CURLOPT_HEADERFUNCTION, keep_reply);
	curl_easy_setopt(m->curl, CURLOPT_HEADERDATA, m);
	curl_easy_setopt(m->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(m->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(m->curl, CURLOPT_XFERINFOFUNCTION, look_up);
	curl_easy_setopt(m->curl, CURLOPT_XFERINFODATA, m);
}

static bool set_up(struct mailer *m, const struct mail_settings *s, struct error *err)
{
	struct server server;
	if (!server_read(s->smtp, &server, err))
		return false;
	bool ok = set_password(m, &server, s->password_file, err) && set_url(m, &server, str_from(s->from), err);
	if (ok)
		set_manners(m, &server);
	server_free(&server);
	return ok;
}

struct mailer *mailer_new(const struct mail_settings *s, struct error *err)
{
	bool smtp = s->smtp && *s->smtp, command = s->sendmail && *s->sendmail;
	if (!s->from || !*s->from || (!smtp && !command)) {
		error_set(err, ERR_INVALID,
		    "no mail is sent: kairan.conf must say mail_from, and mail_smtp or mail_sendmail (kairan.conf(5))");
		return NULL;
	}
	pthread_once(&once, global);
	struct mailer *m = calloc(1, sizeof *m);
	bool ok = m && (m->error = calloc(1, CURL_ERROR_SIZE)) && (smtp || (m->sendmail = strdup(s->sendmail))) &&
	          (!smtp || (m->curl = curl_easy_init()));
	if (!ok)
		error_memory(err);
	if (ok && (!smtp || set_up(m, s, err)))
		return m;
	mailer_free(m);
	return NULL;
}

void mailer_free(struct mailer *m)
{
	if (!m)
		return;
	curl_easy_cleanup(m->curl);
	free(m->sendmail);
	free(m->error);
	free(m);
}

void mailer_obey(struct mailer *m, const atomic_bool *stop)
{
	m->stop = stop;
}

/* ---- one message ---- */

static size_t give(char *out, size_t size, size_t n, void *user)
{
	struct str *left = user;
	size_t length = size * n < left->n ? size * n : left->n;
	if (length)
		memcpy(out, left->p, length);
	*left = str_skip(*left, length);
	return length;
}

/* 5xx to sender, recipient or text is final; that we may not come in at all is a matter of settings, and is tried again. */
static enum mail_result judge(CURLcode how, long code)
{
	bool settings = code == 530 || code == 534 || code == 535 || code == 538;
	bool said = how == CURLE_SEND_ERROR || how == CURLE_WEIRD_SERVER_REPLY || how == CURLE_RECV_ERROR;
	if (how == CURLE_OK)
		return MAIL_SENT;
	return said && code >= 500 && code < 600 && !settings ? MAIL_REFUSED : MAIL_LATER;
}

static void report_of(struct mailer *m, CURLcode how, struct mail_report *out)
{
	long code = 0;
	curl_easy_getinfo(m->curl, CURLINFO_RESPONSE_CODE, &code);
	*out = (struct mail_report){ .code = (int)code, .result = judge(how, code) };
	struct str reply = str_from(m->reply);
	if (reply.n > 4)
		status_read(str_skip(reply, 4), out->status);
	if (how == CURLE_OK)
		return;
	/* The server's own words may name the recipient: only its numbers are kept. What failed before it spoke is ours. */
	if (code >= 400)
		snprintf(out->why, sizeof out->why, "the mail server said %ld %s", code, out->status);
	else
		snprintf(out->why, sizeof out->why, "%.180s", m->error[0] ? m->error : curl_easy_strerror(how));
}

static bool send_smtp(struct mailer *m, struct str return_path, struct str to, struct str message,
    struct mail_report *out, struct arena *arena, struct error *err)
{
	struct str left = message;
	char *from = arena_cstr(arena, return_path), *recipient = arena_cstr(arena, to);
	struct curl_slist *list = recipient ? curl_slist_append(NULL, recipient) : NULL;
	if (!from || !list)
		return error_memory(err);
	m->reply[0] = m->error[0] = '\0';
	curl_easy_setopt(m->curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, list);
	curl_easy_setopt(m->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(m->curl, CURLOPT_READDATA, &left);
	curl_easy_setopt(m->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.n);
	report_of(m, curl_easy_perform(m->curl), out);
	curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(list);
	return true;
}

bool mailer_send(struct mailer *m, struct str return_path, struct str to, struct str message, struct mail_report *out,
    struct arena *arena, struct error *err)
{
	return m->curl ? send_smtp(m, return_path, to, message, out, arena, err)
	               : sendmail_run(m->sendmail, return_path, to, message, m->stop, out, arena, err);
}
