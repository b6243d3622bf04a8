#include "doc_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	check_document(str_of((const char *)data, n), DOC_MARKDOWN);
	return 0;
}
