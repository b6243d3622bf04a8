#include "fetch/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>

struct transfer {
	const struct fetch_policy *policy;
	const struct fetch_request *request;
	CURL *curl;
	struct buf body;
	size_t body_max;
	bool too_large, denied;
};

static void set_up(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct transfer *t = user;
	size_t bytes = size * n, room = t->body_max - t->body.n;
	buf_add(&t->body, str_of(p, bytes < room ? bytes : room));
	t->too_large = bytes > room;
	return t->too_large || t->body.failed ? 0 : bytes;
}

/* The one place that sees where a connection really goes. */
static curl_socket_t on_open(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct transfer *t = user;
	(void)purpose;
	if (!t->policy->proxy && !fetch_address_allowed(&to->addr, t->policy->allow)) {
		t->denied = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static int on_progress(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
	const struct transfer *t = user;
	(void)total, (void)now, (void)up_total, (void)up_now;
	return t->request->stop && *t->request->stop;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			return true;
	}
	return false;
}

/* Behind a proxy the connection is the proxy's, so that a literal private address must be told by its text. */
static bool literal_allowed(CURLU *url, const struct fetch_policy *policy)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} a = { 0 };
	char *host = NULL;
	if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return false;
	struct str name = str_from(host);
	bool allowed = !str_eq_ci(name, STR("localhost")) && !(name.n > 10 && str_ends(name, STR(".localhost")));
	if (name.n && name.p[0] == '[') {
		host[name.n - 1] = '\0';
		a.v6.sin6_family = AF_INET6;
		allowed = inet_pton(AF_INET6, host + 1, &a.v6.sin6_addr) == 1 && fetch_address_allowed(&a.any, policy->allow);
	} else if (inet_pton(AF_INET, host, &a.v4.sin_addr) == 1) {
		a.v4.sin_family = AF_INET;
		allowed = fetch_address_allowed(&a.any, policy->allow);
	}
	curl_free(host);
	return allowed;
}

/* May this be asked for at all? Nothing but http and https, and no user or password in it. */
static bool check_url(const struct fetch_policy *policy, struct str url, struct arena *arena, struct error *err)
{
	CURLU *parsed = curl_url();
	char *scheme = NULL, *user = NULL, *text = arena_cstr(arena, url);
	bool ok = parsed && text && url.n <= FETCH_URL_MAX && !has_control(url) &&
	          curl_url_set(parsed, CURLUPART_URL, text, 0) == CURLUE_OK &&
	          curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	          (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0) &&
	          curl_url_get(parsed, CURLUPART_USER, &user, 0) == CURLUE_NO_USER;
	if (!ok)
		error_set(
		    err, ERR_INVALID, "\"%.*s\" is no address of a page (https://…)", (int)(url.n > 200 ? 200 : url.n), url.p);
	else if (policy->proxy && !literal_allowed(parsed, policy))
		ok = error_set(err, ERR_DENIED, "the address leads to a private network");
	curl_free(scheme);
	curl_free(user);
	curl_url_cleanup(parsed);
	return ok;
}

static bool set_headers(struct transfer *t, struct curl_slist **list, struct arena *arena, struct error *err)
{
	for (size_t i = 0; i < t->request->n_headers; i++) {
		const struct fetch_header *h = &t->request->headers[i];
		if (h->name.n == 0 || has_control(h->name) || has_control(h->value) || str_find(h->name, STR(":")) >= 0)
			return error_set(err, ERR_INVALID, "a header is not well-formed");
		struct str line = arena_printf(arena, "%.*s: %.*s", (int)h->name.n, h->name.p, (int)h->value.n, h->value.p);
		struct curl_slist *longer = line.p ? curl_slist_append(*list, line.p) : NULL;
		if (!longer)
			return error_memory(err);
		*list = longer;
	}
	curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, *list);
	return true;
}

static void set_method(struct transfer *t)
{
	const char *method = t->request->method ? t->request->method : "GET";
	if (strcmp(method, "HEAD") == 0) {
		curl_easy_setopt(t->curl, CURLOPT_NOBODY, 1L);
		return;
	}
	if (strcmp(method, "GET") == 0)
		return;
	curl_easy_setopt(t->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->request->body.n);
	curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, t->request->body.n ? t->request->body.p : "");
	curl_easy_setopt(t->curl, CURLOPT_CUSTOMREQUEST, method);
}

static void set_options(struct transfer *t, const char *url, uint64_t until)
{
	CURL *c = t->curl;
	uint64_t now = clock_mono_us();
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_PROXY, t->policy->proxy ? t->policy->proxy : ""); /* not what the environment says */
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, until > now ? (long)((until - now) / 1000) + 1 : 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)FETCH_CONNECT_SECONDS);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Kairan/" KAIRAN_VERSION);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
}

static struct str info(CURL *c, CURLINFO which, struct arena *arena)
{
	char *text = NULL;
	curl_easy_getinfo(c, which, &text);
	return text ? utf8_clean(arena, arena_dup(arena, str_from(text))) : STR("");
}

static bool take_answer(
    struct transfer *t, struct str url, struct fetch_answer *out, struct arena *arena, struct error *err)
{
	struct curl_header *retry = NULL;
	long status = 0;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	out->status = (int)status;
	out->url = arena_dup(arena, url);
	out->type = info(t->curl, CURLINFO_CONTENT_TYPE, arena);
	out->location = info(t->curl, CURLINFO_REDIRECT_URL, arena);
	if (curl_easy_header(t->curl, "Retry-After", 0, CURLH_HEADER, -1, &retry) == CURLHE_OK)
		out->retry_after = arena_dup(arena, str_from(retry->value));
	out->was_cut = t->too_large;
	out->body = t->body.n ? arena_dup(arena, buf_str(&t->body)) : STR("");
	return out->body.p && out->url.p ? true : error_memory(err);
}

static bool explain(const struct transfer *t, CURLcode code, struct str url, struct error *err)
{
	if (t->denied)
		return error_set(err, ERR_DENIED, "the address leads to a private network");
	if (t->too_large)
		return error_set(err, ERR_TOO_LARGE, "the answer is larger than %zu KiB", t->body_max / KIB);
	if (t->body.failed || code == CURLE_OUT_OF_MEMORY)
		return error_memory(err);
	return error_set(err, ERR_UNAVAILABLE, "%.*s gave no answer: %s", (int)(url.n > 200 ? 200 : url.n), url.p,
	    curl_easy_strerror(code));
}

static bool fetch_once(struct transfer *t, struct str url, uint64_t until, struct fetch_answer *out,
    struct arena *arena, struct error *err)
{
	struct curl_slist *headers = NULL;
	char *text = arena_cstr(arena, url);
	bool ok = false;
	if (!check_url(t->policy, url, arena, err))
		return false;
	t->curl = text ? curl_easy_init() : NULL;
	if (!t->curl)
		return error_memory(err);
	if (set_headers(t, &headers, arena, err)) {
		set_options(t, text, until);
		set_method(t);
		CURLcode code = curl_easy_perform(t->curl);
		bool answered = code == CURLE_OK || (t->too_large && t->request->cut);
		ok = answered ? take_answer(t, url, out, arena, err) : explain(t, code, url, err);
	}
	curl_slist_free_all(headers);
	curl_easy_cleanup(t->curl);
	buf_free(&t->body);
	return ok;
}

bool fetch(const struct fetch_policy *policy, const struct fetch_request *request, struct fetch_answer *out,
    struct arena *arena, struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	uint64_t until = clock_mono_us() + (uint64_t)(request->seconds ? request->seconds : FETCH_SECONDS) * 1000000;
	struct str url = request->url;
	pthread_once(&once, set_up);
	for (int followed = 0;; followed++) {
		struct transfer t = {
			.policy = policy, .request = request, .body_max = request->body_max ? request->body_max : FETCH_BODY_MAX
		};
		*out = (struct fetch_answer){ 0 };
		if (!fetch_once(&t, url, until, out, arena, err))
			return false;
		if (out->location.n == 0 || request->redirects == 0)
			return true;
		if (followed == request->redirects)
			return error_set(err, ERR_UNAVAILABLE, "the address leads on more than %d times", request->redirects);
		url = out->location;
	}
}
