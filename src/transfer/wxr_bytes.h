/* Private to transfer: the bytes of an export, unpacked and made into what XML may hold. */
#ifndef KAIRAN_WXR_BYTES_H
#define KAIRAN_WXR_BYTES_H

#include "base/base.h"

struct wxr_bytes;

struct wxr_bytes *wxr_bytes_open(const char *file, struct error *); /* NULL: with the reason */
void wxr_bytes_close(struct wxr_bytes *);                           /* NULL is fine */
/* The next piece, borrowed until the next call; empty at the end. */
bool wxr_bytes_next(struct wxr_bytes *, struct str *chunk, struct error *);
double wxr_bytes_part(const struct wxr_bytes *); /* of the file that is read, 0 to 1 */
uint64_t wxr_bytes_replaced(const struct wxr_bytes *);

/* Appends what of `in` is whole characters, with what XML forbids replaced: a space for a control character, U+FFFD for
 * what is no UTF-8. Returns the bytes used: an unfinished character at the end waits for the next piece unless `last`. */
size_t wxr_clean(struct buf *out, struct str in, bool last, uint64_t *replaced);

#endif
