/* Runs a fuzz target once on each file named, or on each file of each folder named. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int run_file(const char *path)
{
	FILE *in = fopen(path, "rb");
	if (!in) {
		perror(path);
		return 1;
	}
	fseek(in, 0, SEEK_END);
	long size = ftell(in);
	rewind(in);
	uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
	size_t n = data && size > 0 ? fread(data, 1, (size_t)size, in) : 0;
	fclose(in);
	if (!data)
		return 1;
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 0;
}

static int run_path(const char *path, int *count)
{
	struct stat info;
	if (stat(path, &info) != 0) {
		perror(path);
		return 1;
	}
	if (!S_ISDIR(info.st_mode)) {
		*count += 1;
		return run_file(path);
	}
	DIR *dir = opendir(path);
	int failed = dir == NULL;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		char full[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(full, sizeof full, "%s/%s", path, entry->d_name);
		failed |= run_path(full, count);
	}
	if (dir)
		closedir(dir);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0, count = 0;
	for (int i = 1; i < argc; i++)
		failed |= run_path(argv[i], &count);
	printf("%d inputs replayed\n", count);
	return failed;
}
