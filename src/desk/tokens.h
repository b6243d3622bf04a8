/* Pages for programs: tokens, webhooks. Private to this module. */
#ifndef KAIRAN_DESK_TOKENS_H
#define KAIRAN_DESK_TOKENS_H

#include "desk/page.h"

bool tokens_page(struct desk_page *); /* tokens.c */
bool tokens_send(struct desk_page *);
bool webhooks_page(struct desk_page *); /* webhooks.c */
bool webhooks_send(struct desk_page *);
bool webhook_page(struct desk_page *);
bool webhook_send(struct desk_page *);

#endif
