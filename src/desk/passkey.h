/* Passkeys at the desk: WebAuthn level 3, as far as one site needs it. Private to this module. */
#ifndef KAIRAN_DESK_PASSKEY_H
#define KAIRAN_DESK_PASSKEY_H

#include "desk/page.h"

/* ---- webauthn.c: what browsers and authenticators say, and whether it is true ---- */

/* Who asks: the page's origin, and the domain that passkeys are bound to. */
struct webauthn_party {
	struct str origin, id;
};
/* From the site's base_url; without one from the request's host, where that is this machine. False where passkeys cannot
 * be: under a bare address (but for localhost), or a host that nobody vouches for. */
bool webauthn_party(struct str base_url, struct str host, struct webauthn_party *out, struct arena *);

/* A browser's answer, decoded. */
struct webauthn_answer {
	struct str credential, client_data, authenticator_data, signature; /* signature empty: of a registration */
};
/* What the browser let sign: of this type ("webauthn.get"), from this origin, in no frame of another's. *challenge is what
 * it answers. ERR_DENIED, ERR_INVALID. */
bool webauthn_client_data(struct str json, const char *type, const struct webauthn_party *, struct str *challenge,
    struct arena *, struct error *);
/* Reads a new credential: sets credential, algorithm, public_key and counter. No attestation is asked for, so that none is
 * read: the authenticator data tell all that is kept. ERR_INVALID, ERR_DENIED when another site's. */
bool webauthn_register(
    const struct webauthn_party *, const struct webauthn_answer *, struct passkey *out, struct arena *, struct error *);
/* Verifies an assertion by a credential's key; `alone`: the authenticator must have verified its user. ERR_DENIED. */
bool webauthn_verify(const struct webauthn_party *, const struct webauthn_answer *, const struct passkey *, bool alone,
    int64_t *counter, struct error *);

/* ---- passkey.c ---- */

/* Puts what the script needs under "passkey_options"; nothing where passkeys cannot be. `who` NULL: any passkey of the
 * site, alone; else theirs, after the password. */
bool passkey_show_signin(struct desk_page *, const struct person *who);
bool passkey_show_account(struct desk_page *);
bool passkey_add_send(struct desk_page *);
bool passkey_remove_send(struct desk_page *);
bool passkey_signin_send(struct desk_page *);
bool recovery_show(struct desk_page *, const struct str *codes, size_t n, bool of_passkey);
/* Asks a form's password of somebody who is in; *fits false: the problem is set. */
bool desk_password_fits(struct desk_page *, bool *fits);
/* After a sign-in: the cookies, and on to the desk. */
bool signin_entered(struct desk_page *, const struct signin_done *);
/* The page of the second step; `pending` says that the password was right. */
bool signin_second_show(struct desk_page *, const struct person *, struct str pending);
bool signin_second_send(struct desk_page *);

#endif
