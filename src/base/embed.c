#include "base/base.h"
#include "base/embedded.h"

const struct embedded_file *embedded_all(size_t *n)
{
	*n = EMBEDDED_COUNT;
	return EMBEDDED_FILES;
}

const struct embedded_file *embedded_find(struct str path)
{
	size_t low = 0, high = EMBEDDED_COUNT;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(str_from(EMBEDDED_FILES[middle].path), path);
		if (order == 0)
			return &EMBEDDED_FILES[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
