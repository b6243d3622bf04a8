/* Private to bench_campaign. */
#ifndef KAIRAN_BENCH_H
#define KAIRAN_BENCH_H

#include <stdbool.h>
#include <stddef.h>

bool next_token(char *out, size_t size); /* of standard input, by any thread; false: no more */
int get_all(const char *host, const char *port, const char *path, int clients, double seconds);
int post_all(const char *host, const char *port, const char *path, int clients);

#endif
