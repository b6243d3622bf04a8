/* What the files of mail share. Private to this module. */
#ifndef KAIRAN_MAIL_INNER_H
#define KAIRAN_MAIL_INNER_H

#include "mail/mail.h"

/* ---- sendmail.c ---- */
bool sendmail_run(const char *command, struct str return_path, struct str to, struct str message,
    const atomic_bool *stop, struct mail_report *, struct arena *, struct error *);

/* ---- bounce.c ---- */
/* "5.1.1" at the start of a text, after white space; what is none leaves `out` empty. */
void status_read(struct str text, char out[12]);

#endif
