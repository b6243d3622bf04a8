/*
 * fetch: one bounded request to another host, over libcurl: a page to cite or to translate, a link to check, a webhook.
 *
 * It blocks, so it runs on workers alone. Only http and https; no cookies, no referrer, no password in an address;
 * certificates are checked. The addresses asked for come from outside, so the host behind a name may be this machine or
 * its network: an address that is not of the public internet is refused at the moment of connecting, whatever the name
 * said before and wherever a redirect leads (RFC 6890's tables), unless the operator allows it (`fetch_allow`).
 */
#ifndef KAIRAN_FETCH_H
#define KAIRAN_FETCH_H

#include "base/base.h"

struct sockaddr; /* of <sys/socket.h> */

/* What the operator allows. Texts must outlive what uses them; zeroes: the public internet, directly. */
struct fetch_policy {
	const char *allow; /* private networks that may be asked: "10.0.0.0/8 ::1 192.168.1.7"; may be NULL */
	/* "socks5h://127.0.0.1:9050"; then names are resolved there, and only literal addresses are refused here; may be
	 * NULL */
	const char *proxy;
};
/* Are the networks of `allow` well-formed? ERR_USAGE names the one that is not. */
bool fetch_policy_check(const struct fetch_policy *, struct error *);

struct fetch_header {
	struct str name, value;
};

struct fetch_request {
	const char *method; /* "GET", "HEAD", "POST" … ; NULL: GET */
	struct str url;
	struct str body; /* of a POST or PUT */
	const struct fetch_header *headers;
	size_t n_headers;
	size_t body_max;           /* of the answer, unpacked; 0: FETCH_BODY_MAX */
	int seconds;               /* for all of it; 0: FETCH_SECONDS */
	int redirects;             /* followed at most; 0: none, the answer is then the redirect itself */
	bool cut;                  /* an answer over body_max is cut, not refused */
	const volatile bool *stop; /* true: give up at once (the process ends); may be NULL */
};

struct fetch_answer {
	int status;             /* 200, 404 …: any of them is an answer, not an error */
	struct str url;         /* where the answer came from, after redirects */
	struct str type;        /* Content-Type as sent; empty: none */
	struct str location;    /* of a redirect that was not followed, made absolute; empty: none */
	struct str retry_after; /* as sent; empty: none */
	struct str body;
	bool was_cut;
};

/* All of the answer is in the arena. ERR_INVALID: no address that may be asked for; ERR_DENIED: it leads to a private
 * network; ERR_TOO_LARGE; ERR_UNAVAILABLE: no answer in time, no such host, refused, no good certificate. */
bool fetch(
    const struct fetch_policy *, const struct fetch_request *, struct fetch_answer *, struct arena *, struct error *);

/* Is this an address of the public internet, or within `allow`? For tests, and for `fetch`. */
bool fetch_address_allowed(const struct sockaddr *, const char *allow);

#endif
