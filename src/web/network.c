#include "web/inner.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Networks are told apart by a keyed hash of their first bytes. The key is thrown away each hour, and with it all that could
 * connect one hour with the next. */

#define HOUR 3600
#define PREFIX_MAX 7 /* the family, and 24 or 48 bits */

const char *const WEB_FORWARDED[WEB_FORWARDED_BY] = { "X-Forwarded-For", "X-Real-IP", "Forwarded" };

struct networks {
	pthread_mutex_t lock;
	int64_t hour;
	unsigned char key[KEY_BYTES];
};

struct networks *networks_new(void)
{
	struct networks *n = calloc(1, sizeof *n);
	if (n)
		pthread_mutex_init(&n->lock, NULL);
	return n;
}

void networks_free(struct networks *n)
{
	if (!n)
		return;
	pthread_mutex_destroy(&n->lock);
	free(n);
}

/* ---- addresses ---- */

/* What an address is worth: a peer that is near may be a proxy, one that is here is nobody. */
enum nearness { HERE, NEAR, FAR };

static enum nearness nearness_4(const unsigned char *a)
{
	if (a[0] == 127 || a[0] == 0)
		return HERE;
	bool near = a[0] == 10 || (a[0] == 172 && (a[1] & 0xf0) == 16) || (a[0] == 192 && a[1] == 168) ||
	            (a[0] == 169 && a[1] == 254);
	return near ? NEAR : FAR;
}

static enum nearness nearness_6(const struct in6_addr *a)
{
	if (IN6_IS_ADDR_LOOPBACK(a) || IN6_IS_ADDR_UNSPECIFIED(a))
		return HERE;
	return (a->s6_addr[0] & 0xfe) == 0xfc || IN6_IS_ADDR_LINKLOCAL(a) ? NEAR : FAR;
}

static enum nearness prefix_4(const unsigned char *a, char out[PREFIX_MAX], size_t *n)
{
	out[0] = 4;
	memcpy(out + 1, a, 3);
	*n = 4;
	return nearness_4(a);
}

static enum nearness prefix_6(const struct in6_addr *a, char out[PREFIX_MAX], size_t *n)
{
	if (IN6_IS_ADDR_V4MAPPED(a))
		return prefix_4(a->s6_addr + 12, out, n);
	out[0] = 6;
	memcpy(out + 1, a->s6_addr, 6);
	*n = 7;
	return nearness_6(a);
}

static enum nearness of_peer(const struct sockaddr *a, char out[PREFIX_MAX], size_t *n)
{
	*n = 0;
	if (a && a->sa_family == AF_INET)
		return prefix_4((const unsigned char *)&((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr, out, n);
	if (a && a->sa_family == AF_INET6)
		return prefix_6(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, out, n);
	return HERE;
}

/* "203.0.113.7", "203.0.113.7:1234", "2001:db8::1", "[2001:db8::1]:443", and any of these after "for=", quoted. */
static enum nearness of_text(struct str text, char out[PREFIX_MAX], size_t *n)
{
	char copy[INET6_ADDRSTRLEN + 1];
	struct in_addr v4;
	struct in6_addr v6;
	*n = 0;
	ptrdiff_t at = str_find_ci(text, STR("for="));
	if (at >= 0) {
		text = str_skip(text, (size_t)at + 4);
		text = str_split(&text, ';');
	}
	text = str_trim(text);
	while (text.n && (text.p[0] == '"' || text.p[0] == '['))
		text = str_skip(text, 1);
	ptrdiff_t end = str_find(text, STR("]")), quote = str_find(text, STR("\""));
	if (end < 0 && str_find(text, STR(".")) >= 0)
		end = str_find(text, STR(":"));
	if (end >= 0 || quote >= 0)
		text = str_sub(text, 0, (size_t)(end >= 0 ? end : quote));
	if (text.n == 0 || text.n >= sizeof copy)
		return HERE;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET, copy, &v4) == 1)
		return prefix_4((const unsigned char *)&v4.s_addr, out, n);
	return inet_pton(AF_INET6, copy, &v6) == 1 ? prefix_6(&v6, out, n) : HERE;
}

/* Our own proxy writes last; what stands before may be anybody's invention. */
static struct str last_of(struct str list)
{
	struct str last = STR("");
	while (list.n) {
		struct str one = str_trim(str_split(&list, ','));
		last = one.n ? one : last;
	}
	return last;
}

static struct str name_of(struct networks *networks, struct str prefix, struct arena *arena)
{
	unsigned char key[KEY_BYTES];
	int64_t hour = clock_now() / HOUR;
	pthread_mutex_lock(&networks->lock);
	if (networks->hour != hour)
		random_bytes(networks->key, sizeof networks->key);
	networks->hour = hour;
	memcpy(key, networks->key, sizeof key);
	pthread_mutex_unlock(&networks->lock);
	struct str name = stamp(arena, key, prefix);
	explicit_bzero(key, sizeof key);
	return name;
}

struct str network_name(
    struct networks *networks, const struct sockaddr *peer, struct str forwarded, struct arena *arena)
{
	char prefix[PREFIX_MAX];
	size_t n;
	enum nearness near = of_peer(peer, prefix, &n);
	/* A peer that is near, and says nothing, may be a proxy for everybody. */
	if (near != FAR)
		near = forwarded.n ? of_text(last_of(forwarded), prefix, &n) : HERE;
	struct str name = near == HERE || n == 0 ? STR("") : name_of(networks, str_of(prefix, n), arena);
	explicit_bzero(prefix, sizeof prefix);
	return name;
}
