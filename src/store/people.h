/*
 * Part of store.h, to be included through it: the site's key, the people who work at the desk, how they sign in, and their
 * sessions. Passwords are argon2id; tokens and recovery codes are kept as hashes alone, one-time secrets sealed.
 */
#ifndef KAIRAN_STORE_PEOPLE_H
#define KAIRAN_STORE_PEOPLE_H

#include "base/base.h"

struct store;
struct store_tx;

/* ---- the site's key ------------------------------------------------------------------------------------- */

/* A file of KEY_BYTES random bytes, outside the database and its backups; the keys of its purposes are derived from it. */
enum store_key {
	KEY_FINGERPRINT,
	KEY_TOTP,
	KEY_SIGNIN,
	KEY_MAIL,
	KEY_WEBHOOK,
	KEY_SIGNER,
	KEY_LOG,
	KEY_WITHDRAW,
	STORE_KEYS
};
/* Reads the file, and makes it where the site has had none; seals what stood readable before. On failure all that needs
 * no key goes on, and what does need it gives the same error, ERR_UNAVAILABLE: the file is gone, another site's, readable
 * for others. */
bool store_use_key(struct store *, const char *path, struct error *);
bool store_key(const struct store *, enum store_key, unsigned char out[KEY_BYTES], struct error *);
/* Makes a new one for a site whose key is lost; what was sealed under the old one stays unreadable. ERR_EXISTS. */
bool store_new_key(struct store *, const char *path, struct error *);

/* ---- people ------------------------------------------------------------------------------------------- */

enum role { ROLE_OWNER, ROLE_EDITOR, ROLE_TRANSLATOR, ROLE_AUTHOR, ROLE_REVIEWER, ROLES };
struct str role_name(enum role); /* "owner" */
bool role_parse(struct str name, enum role *out);

struct person {
	int64_t id;
	struct str login; /* a-z, 0-9, "-", "_", "."; no mail address is kept */
	struct str name;  /* as others at the desk read it; empty: the login */
	struct str lang;  /* of the desk's pages; empty: the site's */
	enum role role;
	bool has_password, has_totp, has_passkeys; /* set by reads */
	int64_t created_at;
};
bool person_list(struct store *, struct person **out, size_t *n, struct arena *, struct error *); /* by login */
bool person_by_login(struct store *, struct str login, struct person *out, struct arena *, struct error *);
/* Sets the id. ERR_INVALID for a login of other characters, ERR_EXISTS for one that is taken. */
bool person_add(struct store_tx *, struct person *, struct error *);
bool person_set_lang(struct store_tx *, int64_t id, struct str lang, struct error *);
bool person_remove(struct store_tx *, int64_t id, struct error *); /* ERR_CONFLICT for the last owner */
bool person_by_id(struct store *, int64_t id, struct person *out, struct arena *, struct error *);
/* Another role ends the person's sessions, and what they could still take back. ERR_CONFLICT for the last owner. */
bool person_set_role(struct store_tx *, int64_t id, enum role, struct error *);
bool person_set_name(struct store_tx *, int64_t id, struct str name, struct error *); /* trimmed; ERR_INVALID */
/* When the invitation of this person ends; 0: there is none that is still good. */
bool invitation_ends(struct store *, int64_t person, int64_t now, int64_t *at, struct error *);
bool invitation_withdraw(struct store_tx *, int64_t person, struct error *); /* ERR_NOT_FOUND: there is none */

/* A link's token by which a person chooses a password, once, within INVITATION_SECONDS; it ends an earlier one. Only its
 * hash is kept. */
bool person_invite(struct store_tx *, int64_t id, int64_t now, struct str *token, struct arena *, struct error *);
/* ERR_NOT_FOUND: used, too late, or never given. */
bool invitation_find(struct store *, struct str token, int64_t now, struct person *out, struct arena *, struct error *);

/* argon2id in its textual form. Slow on purpose (some tenths of a second, 64 MiB): on a worker, and in no transaction.
 * ERR_INVALID under PASSWORD_MIN characters, ERR_TOO_LARGE over PASSWORD_MAX. */
bool password_hash(struct str password, struct str *out, struct arena *, struct error *);
/* Ends the invitation and all sessions of the person, and sets the password. */
bool invitation_accept(struct store_tx *, struct str token, struct str hash, int64_t now, struct person *out,
    struct arena *, struct error *);

/* A try to sign in. `device` is what an earlier sign-in by the same browser gave; `binding` names the browser's present
 * visit (its form's token). */
struct signin_try {
	struct str login, password, code, device, binding;
};
struct signin_done {
	struct person who;
	struct str token;   /* of the session that was started; or, where the second step is still to be taken, empty and */
	struct str pending; /* what says that the password was right, for SIGNIN_PENDING_SECONDS and this visit */
	struct str device;  /* to be kept by the browser; empty without a key */
};
/* Checks login, password and, where the person has set up a second step, the code of an app or a recovery code; without a
 * code, somebody with passkeys is asked for the second step by `pending`. Slow, takes a transaction of its own. ERR_DENIED
 * does not say which was wrong. ERR_CONFLICT: too many tries. ERR_UNAVAILABLE: somebody else's is just being checked, or
 * the key file is gone.
 *
 * Tries by strangers are held back by account and all together (SIGNIN_ limits), one is hashed at a time, and what does not
 * fit is turned away at once. A browser that was in before is no stranger: it has an allowance of its own, so that no
 * flood of others makes it wait. Memory keeps the counts, and no address. */
bool signin(
    struct store *, const struct signin_try *, int64_t now, struct signin_done *, struct arena *, struct error *);
/* The second step by a code: try->login is not looked at, `pending` says who it is. */
bool signin_second(struct store *, struct str pending, const struct signin_try *, int64_t now, struct signin_done *,
    struct arena *, struct error *);
/* Whose sign-in it is, without using it up. */
bool signin_pending_is(struct store *, struct str pending, struct str binding, int64_t now, struct person *,
    struct arena *, struct error *);
/* What a browser may keep to be known again, after an invitation. Empty without a key. */
struct str signin_device(struct store *, const struct person *, int64_t now, struct arena *);
/* The same check of the password alone, of somebody who is in, before they change what guards the account. */
bool person_verify(
    struct store *, const struct person *, struct str password, int64_t now, struct arena *, struct error *);
/* Sets the password and ends all sessions but one. */
bool person_set_password(struct store_tx *, int64_t id, struct str hash, int64_t session, struct error *);

struct session {
	int64_t id, person, created_at, seen_at;
};
/* Who has this token; ERR_NOT_FOUND when it is none, was ended or is too old. */
bool session_find(struct store *, struct str token, int64_t now, struct session *out, struct person *who,
    struct arena *, struct error *);
/* Notes that it is in use, at most every few minutes; takes a transaction of its own only then. */
bool session_touch(struct store *, const struct session *, int64_t now, struct error *);
bool session_list(
    struct store *, int64_t person, int64_t now, struct session **out, size_t *n, struct arena *, struct error *);
bool session_end(struct store_tx *, int64_t person, int64_t id, struct error *); /* ERR_NOT_FOUND: not this person's */
bool session_end_others(struct store_tx *, int64_t person, int64_t but, struct error *); /* but 0: all */

/* Time-based codes, RFC 6238: SHA-1, six digits, 30 s, as every app knows them. Secrets are base32. */
struct str totp_new_secret(struct arena *);
bool totp_code(struct str secret, int64_t step, char out[7]); /* false: no base32 */
/* True for the code of now, or of one step before or after; *step says of which. */
bool totp_check(struct str secret, struct str code, int64_t now, int64_t *step);
/* Turns it on, and gives RECOVERY_CODES codes, each good for one sign-in; only their hashes are kept. */
bool person_set_totp(struct store_tx *, int64_t id, struct str secret, int64_t step, struct str **codes, size_t *n,
    struct arena *, struct error *);
bool person_clear_totp(struct store_tx *, int64_t id, struct error *); /* the codes go when no passkey is left either */
bool recovery_count(struct store *, int64_t person, int64_t *n, struct error *);

/* WebAuthn passkeys and security keys. What they are is read and verified by the desk; this is what is kept. */
struct passkey {
	int64_t id, person;
	struct str credential;                /* the authenticator's name for it, raw; unique */
	int algorithm;                        /* COSE */
	struct str public_key;                /* raw, as libfido2 has it */
	struct str name;                      /* the person's; at most PASSKEY_NAME_MAX bytes */
	int64_t counter, created_at, used_at; /* used_at 0: never */
};
/* What a browser has signed must begin with this: good once, for this visit, for PASSKEY_SECONDS. */
bool passkey_challenge(
    struct store *, struct str binding, int64_t now, struct str *out, struct arena *, struct error *);
bool passkey_challenge_good(struct store *, struct str challenge, struct str binding, int64_t now, struct error *);
/* Opaque, the same for ever: the user handle of WebAuthn. */
struct str passkey_handle(struct store *, int64_t person, struct arena *);
bool passkey_list(struct store *, int64_t person, struct passkey **out, size_t *n, struct arena *, struct error *);
bool passkey_find(struct store *, struct str credential, struct passkey *out, struct arena *, struct error *);
/* Uses the challenge up (ERR_DENIED when it was used). ERR_EXISTS for a credential that is there, ERR_TOO_LARGE past
 * PASSKEYS_EACH. *n codes are given where there were none yet. */
bool passkey_add(struct store_tx *, const struct passkey *, struct str challenge, int64_t now, struct str **codes,
    size_t *n, struct arena *, struct error *);
bool passkey_remove(
    struct store_tx *, int64_t person, int64_t id, struct error *); /* ERR_NOT_FOUND: not this person's */
bool passkey_clear(struct store_tx *, int64_t person, struct error *);
/* After the desk has verified the signature: uses the challenge up, looks at the counter, starts a session. `pending`
 * is of the password before it, or empty where the passkey stands alone. ERR_DENIED: the challenge was used, the counter
 * went back (noted in the audit log), or the passkey is another person's. */
bool signin_passkey(struct store *, const struct passkey *, int64_t counter, struct str challenge, struct str pending,
    struct str binding, int64_t now, struct signin_done *, struct arena *, struct error *);

#endif
