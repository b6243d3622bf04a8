#include "base/base.h"

#include <stdio.h>
#include <string.h>

bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
{
	if (!err)
		return false;
	err->code = code;
	err->detail[0] = '\0';
	va_list args;
	va_start(args, fmt);
	vsnprintf(err->message, sizeof err->message, fmt, args);
	va_end(args);
	return false;
}

bool error_context(struct error *err, const char *fmt, ...)
{
	if (!err)
		return false;
	char cause[ERROR_MESSAGE_MAX];
	memcpy(cause, err->message, sizeof cause);
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(err->message, sizeof err->message, fmt, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof err->message)
		snprintf(err->message + n, sizeof err->message - (size_t)n, ": %s", cause);
	if (err->code == ERR_NONE)
		err->code = ERR_INTERNAL;
	return false;
}

void error_detail(struct error *err, const char *fmt, ...)
{
	if (!err)
		return;
	va_list args;
	va_start(args, fmt);
	vsnprintf(err->detail, sizeof err->detail, fmt, args);
	va_end(args);
}

bool error_memory(struct error *err)
{
	return error_set(err, ERR_MEMORY, "out of memory");
}
