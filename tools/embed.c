/*
 * Build tool: writes every file below the named folders into one C file, sorted by path, as the table that
 * src/base/embedded.h declares; and a depfile, so that the build notices changed, new and removed files.
 *
 *   embed OUT.c OUT.d ROOT FOLDER...
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char **paths;
static size_t n_paths;
static FILE *deps;

static void die(const char *what, const char *path)
{
	fprintf(stderr, "embed: cannot %s %s\n", what, path);
	exit(1);
}

static char *join(const char *a, const char *b)
{
	size_t n = strlen(a) + strlen(b) + 2;
	char *s = malloc(n);
	if (!s)
		die("allocate for", b);
	snprintf(s, n, "%s/%s", a, b);
	return s;
}

static void add(char *path)
{
	char **grown = realloc(paths, (n_paths + 1) * sizeof *paths);
	if (!grown)
		die("allocate for", path);
	paths = grown;
	paths[n_paths++] = path;
}

static void walk(const char *root, const char *folder)
{
	char *full = join(root, folder);
	DIR *dir = opendir(full);
	if (!dir)
		return;
	fprintf(deps, " %s", full);
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (entry->d_name[0] == '.')
			continue;
		char *path = join(folder, entry->d_name), *at = join(root, path);
		struct stat info;
		if (stat(at, &info) != 0)
			die("look at", at);
		if (S_ISDIR(info.st_mode))
			walk(root, path);
		else if (strcmp(entry->d_name, "README.md") != 0)
			add(path);
		free(at);
	}
	closedir(dir);
	free(full);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t write_bytes(FILE *out, const char *path)
{
	FILE *in = fopen(path, "rb");
	size_t n = 0;
	if (!in)
		die("open", path);
	for (int c; (c = fgetc(in)) != EOF; n++)
		fprintf(out, n % 32 == 31 ? "\\%03o\"\n\"" : "\\%03o", (unsigned)c);
	fclose(in);
	return n;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		die("run without", "OUT.c OUT.d ROOT FOLDER...");
	FILE *out = fopen(argv[1], "w");
	deps = fopen(argv[2], "w");
	if (!out || !deps)
		die("write", argv[1]);
	fprintf(deps, "%s:", argv[1]);
	for (int i = 4; i < argc; i++)
		walk(argv[3], argv[i]);
	if (n_paths)
		qsort(paths, n_paths, sizeof *paths, by_path);
	fprintf(out, "#include \"base/embedded.h\"\n\nconst struct embedded_file EMBEDDED_FILES[] = {\n");
	for (size_t i = 0; i < n_paths; i++) {
		char *full = join(argv[3], paths[i]);
		fprintf(out, "\t{ \"%s\", { \"", paths[i]);
		size_t n = write_bytes(out, full);
		fprintf(out, "\", %zu } },\n", n);
		fprintf(deps, " %s", full);
		free(full);
	}
	fprintf(out, "\t{ \"\", { \"\", 0 } },\n};\nconst size_t EMBEDDED_COUNT = %zu;\n", n_paths);
	fprintf(deps, "\n");
	return fclose(out) != 0 || fclose(deps) != 0;
}
