/* A site in memory-backed files for the importers' fuzz targets, and one input as a file. */
#ifndef KAIRAN_FUZZ_IMPORTING_H
#define KAIRAN_FUZZ_IMPORTING_H

#include "transfer/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct fuzz_site {
	char dir[64], input[320];
	struct store *store;
};

static inline struct fuzz_site *fuzz_site(const char *folder, const char *file)
{
	static struct fuzz_site site;
	char path[320];
	struct error err = { 0 };
	if (site.store)
		return &site;
	snprintf(site.dir, sizeof site.dir, "%s/kairan-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(site.dir))
		abort();
	snprintf(path, sizeof path, "%.60s/%s", site.dir, folder);
	mkdir(path, 0700);
	snprintf(site.input, sizeof site.input, "%.60s/%s/%s", site.dir, folder, file);
	snprintf(path, sizeof path, "%.60s/site.db", site.dir);
	site.store = store_open(path, true, &err);
	if (!site.store)
		abort();
	return &site;
}

static inline void fuzz_write(const struct fuzz_site *site, const uint8_t *data, size_t n)
{
	FILE *out = fopen(site->input, "wb");
	if (!out || fwrite(data, 1, n, out) != n)
		abort();
	fclose(out);
}

#endif
