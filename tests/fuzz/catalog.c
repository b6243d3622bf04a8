#include "view/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct error err = { 0 };
	struct catalog *catalog = catalog_load(str_of((const char *)data, n), "fuzz.po", &err);
	catalog_get(catalog, STR("x"));
	catalog_free(catalog);
	return 0;
}
