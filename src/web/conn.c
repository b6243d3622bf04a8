#include "web/inner.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* All connections, how many come from one address, and until when each may take for what it does: silence ends one as well
 * as a byte now and then. */

#define TICKS_A_SECOND (1000 / TICK_MS)
#define ADDRESSES 1024 /* counters at first */

struct conns {
	pthread_mutex_t lock;
	struct conn *first;
	uint64_t count, cut_off;
	unsigned per_address, timeout;
	struct from {
		uint64_t address;
		unsigned n;
	} * from; /* open addressing; from_size is a power of two, over twice what is used */
	size_t from_size, from_used;
	atomic_uint now; /* ticks */
};

struct conns *conns_new(unsigned per_address, unsigned timeout_s)
{
	struct conns *all = calloc(1, sizeof *all);
	if (!all)
		return NULL;
	all->from_size = ADDRESSES;
	all->from = calloc(all->from_size, sizeof *all->from);
	all->per_address = per_address;
	all->timeout = timeout_s * TICKS_A_SECOND;
	atomic_init(&all->now, 1);
	pthread_mutex_init(&all->lock, NULL);
	if (all->from)
		return all;
	conns_free(all);
	return NULL;
}

void conns_free(struct conns *all)
{
	if (!all)
		return;
	pthread_mutex_destroy(&all->lock);
	free(all->from);
	free(all);
}

/* ---- how many from one address ---- */

/* An address as a number that says nothing of it; 0 for what is not counted. Of IPv6 the network of 64 bits, since a
 * household has that many addresses. */
static uint64_t address_of(const struct sockaddr *a)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 };
	struct str bytes = STR("");
	if (a && a->sa_family == AF_INET) {
		bytes = str_of((const char *)&((const struct sockaddr_in *)(const void *)a)->sin_addr, 4);
	} else if (a && a->sa_family == AF_INET6) {
		const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
		bool old = memcmp(v6, mapped, 12) == 0;
		if (!IN6_IS_ADDR_LOOPBACK(v6))
			bytes = old ? str_of((const char *)v6 + 12, 4) : str_of((const char *)v6, 8);
	}
	if (bytes.n == 0 || (bytes.n == 4 && bytes.p[0] == 127))
		return 0;
	return str_hash(bytes) | 1;
}

/* Where this address is counted, or may be. */
static struct from *from_find(struct from *table, size_t size, uint64_t address)
{
	size_t i = (size_t)(address >> 8) & (size - 1);
	while (table[i].address && table[i].address != address)
		i = (i + 1) & (size - 1);
	return &table[i];
}

/* A new table without the addresses that are gone; it doubles where many are left. */
static bool from_rebuild(struct conns *all)
{
	size_t live = 0;
	for (size_t i = 0; i < all->from_size; i++)
		live += all->from[i].n > 0;
	size_t size = ADDRESSES;
	while (size < live * 4)
		size *= 2;
	struct from *table = calloc(size, sizeof *table);
	if (!table)
		return false;
	for (size_t i = 0; i < all->from_size; i++) {
		if (all->from[i].n)
			*from_find(table, size, all->from[i].address) = all->from[i];
	}
	free(all->from);
	all->from = table;
	all->from_size = size;
	all->from_used = live;
	return true;
}

bool conns_allow(struct conns *all, const struct sockaddr *a)
{
	uint64_t address = address_of(a);
	if (!address)
		return true;
	pthread_mutex_lock(&all->lock);
	bool fine = from_find(all->from, all->from_size, address)->n < all->per_address;
	pthread_mutex_unlock(&all->lock);
	return fine;
}

static bool count_address(struct conns *all, uint64_t address)
{
	if (all->from_used * 2 >= all->from_size && !from_rebuild(all))
		return false;
	struct from *from = from_find(all->from, all->from_size, address);
	all->from_used += from->address == 0;
	from->address = address;
	from->n++;
	return true;
}

/* ---- opening and closing ---- */

struct conn *conn_open(struct conns *all, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD),
	                               *address = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct conn *conn = calloc(1, sizeof *conn);
	if (!conn)
		return NULL;
	conn->all = all;
	conn->fd = fd ? fd->connect_fd : -1;
	conn->address = address ? address_of(address->client_addr) : 0;
	conn->call.mhd = mhd;
	conn_limit(conn, true, 0);
	pthread_mutex_lock(&all->lock);
	if (conn->address && !count_address(all, conn->address))
		conn->address = 0;
	conn->next = all->first;
	if (conn->next)
		conn->next->prev = conn;
	all->first = conn;
	all->count++;
	pthread_mutex_unlock(&all->lock);
	return conn;
}

/* Called before the socket is closed, so that a sweep never meets the number of another. */
void conn_close(struct conn *conn)
{
	struct conns *all = conn->all;
	pthread_mutex_lock(&all->lock);
	if (conn->address)
		from_find(all->from, all->from_size, conn->address)->n--;
	*(conn->prev ? &conn->prev->next : &all->first) = conn->next;
	if (conn->next)
		conn->next->prev = conn->prev;
	all->count--;
	pthread_mutex_unlock(&all->lock);
	free(conn);
}

/* ---- time ---- */

void conn_limit(struct conn *conn, bool idle, size_t bytes)
{
	unsigned now = atomic_load_explicit(&conn->all->now, memory_order_relaxed);
	unsigned extra = (unsigned)(bytes / (SLOWEST_RATE / TICKS_A_SECOND));
	atomic_store_explicit(&conn->idle, idle, memory_order_relaxed);
	atomic_store_explicit(&conn->deadline, now + conn->all->timeout + extra + 1, memory_order_relaxed);
}

void conn_extend(struct conn *conn, size_t before, size_t now)
{
	size_t a_tick = SLOWEST_RATE / TICKS_A_SECOND;
	atomic_fetch_add_explicit(&conn->deadline, (unsigned)(now / a_tick - before / a_tick), memory_order_relaxed);
}

void conn_no_limit(struct conn *conn)
{
	atomic_store_explicit(&conn->deadline, 0, memory_order_relaxed);
}

void conns_tick(struct conns *all)
{
	atomic_fetch_add_explicit(&all->now, 1, memory_order_relaxed);
}

void conns_sweep(struct conns *all, bool drain)
{
	unsigned now = atomic_load_explicit(&all->now, memory_order_relaxed);
	pthread_mutex_lock(&all->lock);
	for (struct conn *conn = all->first; conn; conn = conn->next) {
		unsigned deadline = atomic_load_explicit(&conn->deadline, memory_order_relaxed);
		if (deadline && now >= deadline) {
			shutdown(conn->fd, SHUT_RDWR);
			all->cut_off++;
			conn_no_limit(conn);
		} else if (drain && atomic_load_explicit(&conn->idle, memory_order_relaxed)) {
			/* What has come is still read and answered; then the end is seen. */
			shutdown(conn->fd, SHUT_RD);
		}
	}
	pthread_mutex_unlock(&all->lock);
}

uint64_t conns_count(struct conns *all, uint64_t *cut_off)
{
	pthread_mutex_lock(&all->lock);
	uint64_t n = all->count;
	*cut_off = all->cut_off;
	pthread_mutex_unlock(&all->lock);
	return n;
}
