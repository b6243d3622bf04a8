#include "web/inner.h"

/* A thread's slot. Threads beyond SLOTS share: all that is kept by slot is counted atomically, so sharing costs time only. */
unsigned slot_mine(void)
{
	static atomic_uint given;
	static _Thread_local unsigned mine; /* plus one */
	if (mine == 0)
		mine = atomic_fetch_add_explicit(&given, 1, memory_order_relaxed) % SLOTS + 1;
	return mine - 1;
}
