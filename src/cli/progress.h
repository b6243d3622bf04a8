/* Private to cli: the line that a long command keeps on the terminal. */
#ifndef KAIRAN_CLI_PROGRESS_H
#define KAIRAN_CLI_PROGRESS_H

#include "base/base.h"

/* "1234 articles, 1050 a second, 34 %, 2 min 5 s left". `part` of the work is done, 0 to 1 (outside of it: unknown) in
 * `seconds`. Without articles yet it says that the file is being read. Returns out, which is always ended. */
const char *progress_line(char *out, size_t size, size_t articles, double part, double seconds);

#endif
