#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, size_t max, struct buf *out, const char *path, struct error *err)
{
	char chunk[16384];
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, ERR_IO, "cannot read %s: %s", path, strerror(errno));
		if (n == 0)
			return out->failed ? error_memory(err) : true;
		if ((size_t)n > max - out->n)
			return error_set(err, ERR_TOO_LARGE, "%s is larger than %zu bytes", path, max);
		buf_add(out, str_of(chunk, (size_t)n));
	}
}

bool file_read(const char *path, size_t max, struct buf *out, struct error *err)
{
	buf_clear(out);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "cannot open %s: %s", path, strerror(errno));
	bool ok = read_all(fd, max, out, path, err);
	close(fd);
	return ok;
}

static bool write_all(int fd, struct str data)
{
	while (data.n) {
		ssize_t n = write(fd, data.p, data.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data = str_skip(data, (size_t)n);
	}
	return fsync(fd) == 0;
}

bool file_write(const char *path, struct str data, struct error *err)
{
	char temp[4096];
	int n = snprintf(temp, sizeof temp, "%s.%ld.tmp", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof temp)
		return error_set(err, ERR_TOO_LARGE, "the path %.80s… is too long", path);
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_set(err, ERR_IO, "cannot write %s: %s", temp, strerror(errno));
	bool ok = write_all(fd, data);
	ok = close(fd) == 0 && ok;
	if (ok && rename(temp, path) == 0)
		return true;
	error_set(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
	unlink(temp);
	return false;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool dir_make(const char *path, struct error *err)
{
	char part[4096];
	size_t n = strlen(path);
	if (n == 0 || n >= sizeof part)
		return error_set(err, ERR_INVALID, "cannot make a folder with a path of %zu bytes", n);
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		char kept = part[i];
		part[i] = '\0';
		if (mkdir(part, 0755) != 0 && errno != EEXIST)
			return error_set(err, ERR_IO, "cannot make the folder %s: %s", part, strerror(errno));
		part[i] = kept;
	}
	return true;
}
