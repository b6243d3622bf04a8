/* The table that tools/embed.c writes at build time; only embed.c reads it. */
#ifndef KAIRAN_EMBEDDED_H
#define KAIRAN_EMBEDDED_H

#include "base/base.h"

extern const size_t EMBEDDED_COUNT;
extern const struct embedded_file EMBEDDED_FILES[];

#endif
