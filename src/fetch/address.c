#include "fetch/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct network {
	unsigned char address[16]; /* an IPv4 one as ::ffff:a.b.c.d */
	int bits;
};

/* Not of the public internet: the special-purpose registries of RFC 6890 and its updates, multicast, and the ways in
 * which IPv6 carries IPv4 addresses (NAT64, 6to4, Teredo, the deprecated compatible ones). */
static const char *const CLOSED[] = { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
	"192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "::/96",
	"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48",
	"3fff::/20", "5f00::/16", "fc00::/7", "fe80::/9", "ff00::/8" };

static bool parse_network(struct str s, struct network *out)
{
	static const unsigned char MAPPED[12] = { [10] = 0xFF, [11] = 0xFF };
	char text[64];
	struct str bits = s, address = str_split(&bits, '/');
	int64_t n = 128;
	bool has_bits = address.n < s.n;
	if (address.n == 0 || address.n >= sizeof text || (has_bits && !str_to_int(bits, &n)))
		return false;
	memcpy(text, address.p, address.n);
	text[address.n] = '\0';
	if (inet_pton(AF_INET, text, out->address + 12) == 1) {
		memcpy(out->address, MAPPED, sizeof MAPPED);
		n = has_bits ? n + 96 : 128;
		out->bits = (int)n;
		return n >= 96 && n <= 128;
	}
	out->bits = (int)n;
	return inet_pton(AF_INET6, text, out->address) == 1 && n >= 0 && n <= 128;
}

static bool contains(const struct network *net, const unsigned char address[16])
{
	int bytes = net->bits / 8, rest = net->bits % 8;
	if (memcmp(net->address, address, (size_t)bytes) != 0)
		return false;
	return rest == 0 || (net->address[bytes] ^ address[bytes]) >> (8 - rest) == 0;
}

/* The next network of the list; an empty slice at its end. */
static struct str next_network(struct str *list)
{
	struct str one = { 0 };
	while (one.n == 0 && list->n)
		one = str_trim(str_split(list, ' '));
	return one;
}

static bool is_in_list(const char *allow, const unsigned char address[16])
{
	struct str list = str_from(allow), one;
	struct network net;
	while ((one = next_network(&list)).n) {
		if (parse_network(one, &net) && contains(&net, address))
			return true;
	}
	return false;
}

bool fetch_policy_check(const struct fetch_policy *policy, struct error *err)
{
	struct str list = str_from(policy->allow), one;
	struct network net;
	while ((one = next_network(&list)).n) {
		if (!parse_network(one, &net))
			return error_set(err, ERR_USAGE, "\"%.*s\" is no network, such as 10.0.0.0/8 or ::1", (int)one.n, one.p);
	}
	return true;
}

bool fetch_address_allowed(const struct sockaddr *sa, const char *allow)
{
	unsigned char address[16] = { [10] = 0xFF, [11] = 0xFF };
	struct network net;
	if (sa->sa_family == AF_INET)
		memcpy(address + 12, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
	else if (sa->sa_family == AF_INET6)
		memcpy(address, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
	else
		return false;
	if (is_in_list(allow, address))
		return true;
	for (size_t i = 0; i < sizeof CLOSED / sizeof *CLOSED; i++) {
		if (!parse_network(str_from(CLOSED[i]), &net) || contains(&net, address))
			return false;
	}
	return true;
}
