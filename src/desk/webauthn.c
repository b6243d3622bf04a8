#include "desk/passkey.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

/* What the browser offers in the order that we ask for. */
static const int ALGORITHMS[] = { COSE_ES256, COSE_EDDSA, COSE_RS256 };

static const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

/* ---- who asks ---- */

static struct str host_of(struct str authority)
{
	if (str_starts(authority, STR("[")))
		return authority; /* an IPv6 address, with brackets */
	for (size_t i = 0; i < authority.n; i++) {
		if (authority.p[i] == ':')
			return str_sub(authority, 0, i);
	}
	return authority;
}

/* Passkeys are bound to a domain; an address is none. */
static bool is_domain(struct str host)
{
	bool letter = false;
	if (!host.p)
		return false;
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];
		bool lower = c >= 'a' && c <= 'z';
		if (!lower && !(c >= '0' && c <= '9') && c != '-' && c != '.')
			return false;
		letter |= lower;
	}
	return host.n > 0 && host.n <= 253 && letter;
}

static struct str lower(struct arena *arena, struct str s)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < s.n; i++)
		buf_addc(&out, s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i]);
	return buf_take(&out, arena);
}

/* Browsers leave out the port that a scheme has by itself. */
static struct str without_usual_port(struct str scheme, struct str authority)
{
	struct str usual = str_eq(scheme, STR("https")) ? STR(":443") : STR(":80");
	return str_ends(authority, usual) ? str_sub(authority, 0, authority.n - usual.n) : authority;
}

bool webauthn_party(struct str base_url, struct str host, struct webauthn_party *out, struct arena *arena)
{
	struct str scheme = STR("http"), authority = lower(arena, host);
	if (base_url.n) {
		struct str url = lower(arena, base_url);
		ptrdiff_t at = str_find(url, STR("://"));
		if (at < 0)
			return false;
		scheme = str_sub(url, 0, (size_t)at);
		authority = str_skip(url, (size_t)at + 3);
		authority = str_split(&authority, '/');
	}
	authority = without_usual_port(scheme, authority);
	out->id = host_of(authority);
	out->origin =
	    arena_printf(arena, "%.*s://%.*s", (int)scheme.n, scheme.p, (int)authority.n, authority.p ? authority.p : "");
	bool local = str_eq(out->id, STR("localhost")) || str_ends(out->id, STR(".localhost"));
	return out->origin.p && is_domain(out->id) && (local || (base_url.n && str_eq(scheme, STR("https"))));
}

/* ---- the client data ---- */

static struct str text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_string(value) ? str_of(json_string_value(value), json_string_length(value)) : STR("");
}

static bool check_client_data(const json_t *object, const char *type, const struct webauthn_party *party,
    struct str *challenge, struct arena *arena, struct error *err)
{
	if (!str_eq(text_of(object, "type"), str_from(type)))
		return error_set(err, ERR_DENIED, "the browser signed something else");
	if (!str_eq(text_of(object, "origin"), party->origin))
		return error_set(err, ERR_DENIED, "the passkey was asked for by another site's page");
	if (json_is_true(json_object_get(object, "crossOrigin")) || json_object_get(object, "topOrigin"))
		return error_set(err, ERR_DENIED, "the passkey was asked for in another site's frame");
	if (!base64url_bytes(arena, text_of(object, "challenge"), challenge) || challenge->n == 0)
		return error_set(err, ERR_INVALID, "the client data have no challenge");
	return true;
}

bool webauthn_client_data(struct str json, const char *type, const struct webauthn_party *party, struct str *challenge,
    struct arena *arena, struct error *err)
{
	if (json.n > CLIENT_DATA_MAX)
		return error_set(err, ERR_TOO_LARGE, "client data have at most %zu bytes", CLIENT_DATA_MAX);
	json_t *object = json_loadb(json.p ? json.p : "", json.n, JSON_REJECT_DUPLICATES, NULL);
	bool ok = json_is_object(object) ? check_client_data(object, type, party, challenge, arena, err)
	                                 : error_set(err, ERR_INVALID, "the client data are no JSON object");
	json_decref(object);
	return ok;
}

/* ---- authenticator data: domain's hash (32), flags (1), counter (4), perhaps a credential, perhaps extensions ---- */

#define USER_PRESENT 0x01
#define HAS_CREDENTIAL 0x40
#define FLAGS_AT 32
#define CREDENTIAL_AT 37
#define AAGUID_BYTES 16
#define CBOR_DEPTH_MAX 4 /* as CTAP 2 has it */

/* The number in the head of a CBOR item; false when it is cut short, or of no definite length, which CTAP 2 forbids. */
static bool cbor_head(struct str *s, unsigned *major, uint64_t *number)
{
	if (s->n == 0)
		return false;
	unsigned first = (unsigned char)s->p[0], low = first & 31;
	size_t more = low < 24 ? 0 : (size_t)1 << (low - 24);
	if (low > 27 || s->n < 1 + more)
		return false;
	*major = first >> 5;
	*number = more ? 0 : low;
	for (size_t i = 1; i <= more; i++)
		*number = *number << 8 | (unsigned char)s->p[i];
	*s = str_skip(*s, 1 + more);
	return true;
}

/* Steps over an item. The library makes room for what a head promises: here no promise is larger than what follows. */
static bool cbor_skip(struct str *s, int depth)
{
	unsigned major;
	uint64_t n;
	if (depth > CBOR_DEPTH_MAX || !cbor_head(s, &major, &n))
		return false;
	if (major == 2 || major == 3) {
		bool fits = n <= s->n;
		*s = fits ? str_skip(*s, (size_t)n) : *s;
		return fits;
	}
	uint64_t items = major == 4 ? n : major == 5 ? 2 * n : major == 6 ? 1 : 0;
	if (n > s->n && items)
		return false;
	for (; items; items--) {
		if (!cbor_skip(s, depth + 1))
			return false;
	}
	return true;
}

static bool data_fit(struct str data)
{
	if (data.n < CREDENTIAL_AT)
		return false;
	struct str rest = str_skip(data, CREDENTIAL_AT);
	if ((unsigned char)data.p[FLAGS_AT] & HAS_CREDENTIAL) {
		if (rest.n < AAGUID_BYTES + 2)
			return false;
		size_t n = (size_t)(unsigned char)rest.p[AAGUID_BYTES] << 8 | (unsigned char)rest.p[AAGUID_BYTES + 1];
		if (n > CREDENTIAL_MAX || rest.n < AAGUID_BYTES + 2 + n)
			return false;
		rest = str_skip(rest, AAGUID_BYTES + 2 + n);
	}
	while (rest.n) {
		if (!cbor_skip(&rest, 0))
			return false;
	}
	return true;
}

/* ---- registration ---- */

static bool looks_right(const struct webauthn_answer *a, struct error *err)
{
	if (a->credential.n > CREDENTIAL_MAX || a->client_data.n > CLIENT_DATA_MAX ||
	    a->authenticator_data.n > AUTHENTICATOR_DATA_MAX || a->signature.n > SIGNATURE_MAX)
		return error_set(err, ERR_TOO_LARGE, "the authenticator's answer is too long");
	return data_fit(a->authenticator_data) ? true : error_set(err, ERR_INVALID, "the authenticator's data are damaged");
}

static bool keep(struct arena *arena, struct str *out, const unsigned char *p, size_t n)
{
	*out = arena_dup(arena, str_of((const char *)p, n));
	return out->p && p && n > 0;
}

static bool read_credential(const fido_cred_t *cred, struct passkey *out, struct arena *arena, struct error *err)
{
	if (!(fido_cred_flags(cred) & USER_PRESENT))
		return error_set(err, ERR_DENIED, "nobody touched the authenticator");
	if (fido_cred_id_len(cred) > CREDENTIAL_MAX ||
	    !keep(arena, &out->credential, fido_cred_id_ptr(cred), fido_cred_id_len(cred)) ||
	    !keep(arena, &out->public_key, fido_cred_pubkey_ptr(cred), fido_cred_pubkey_len(cred)))
		return error_set(err, ERR_INVALID, "the authenticator named no key");
	out->algorithm = fido_cred_type(cred);
	out->counter = fido_cred_sigcount(cred);
	return true;
}

/* libfido2 reads the data only for the algorithm that it was told. */
static bool try_algorithm(
    int algorithm, const struct webauthn_answer *a, struct passkey *out, struct arena *arena, struct error *err)
{
	fido_cred_t *cred = fido_cred_new();
	struct str data = a->authenticator_data;
	bool ok = false;
	if (!cred)
		return error_memory(err);
	if (fido_cred_set_type(cred, algorithm) == FIDO_OK &&
	    fido_cred_set_authdata_raw(cred, bytes_of(data), data.n) == FIDO_OK)
		ok = read_credential(cred, out, arena, err);
	else
		error_set(err, ERR_INVALID, "the authenticator's data are damaged, or its key is of an unknown kind");
	fido_cred_free(&cred);
	return ok;
}

bool webauthn_register(const struct webauthn_party *party, const struct webauthn_answer *a, struct passkey *out,
    struct arena *arena, struct error *err)
{
	unsigned char domain[crypto_hash_sha256_BYTES];
	struct str data = a->authenticator_data;
	if (!looks_right(a, err))
		return false;
	crypto_hash_sha256(domain, bytes_of(party->id), party->id.n);
	if (data.n < sizeof domain || memcmp(data.p, domain, sizeof domain) != 0)
		return error_set(err, ERR_DENIED, "the passkey was made for another site");
	fido_init(0);
	for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++) {
		if (try_algorithm(ALGORITHMS[i], a, out, arena, err))
			return true;
		if (err->code != ERR_INVALID)
			return false;
	}
	return false;
}

/* ---- signing in ---- */

static bool fill_assertion(fido_assert_t *assertion, const struct webauthn_party *party,
    const struct webauthn_answer *a, bool alone, struct arena *arena)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *id = arena_cstr(arena, party->id);
	crypto_hash_sha256(hash, bytes_of(a->client_data), a->client_data.n);
	return id && fido_assert_set_rp(assertion, id) == FIDO_OK &&
	       fido_assert_set_clientdata_hash(assertion, hash, sizeof hash) == FIDO_OK &&
	       fido_assert_set_count(assertion, 1) == FIDO_OK && fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
	       fido_assert_set_uv(assertion, alone ? FIDO_OPT_TRUE : FIDO_OPT_OMIT) == FIDO_OK &&
	       fido_assert_set_authdata_raw(assertion, 0, bytes_of(a->authenticator_data), a->authenticator_data.n) ==
	           FIDO_OK &&
	       fido_assert_set_sig(assertion, 0, bytes_of(a->signature), a->signature.n) == FIDO_OK;
}

static bool verify_with(const fido_assert_t *assertion, int algorithm, struct str key)
{
	bool ok = false;
	es256_pk_t *es256 = algorithm == COSE_ES256 ? es256_pk_new() : NULL;
	eddsa_pk_t *eddsa = algorithm == COSE_EDDSA ? eddsa_pk_new() : NULL;
	rs256_pk_t *rs256 = algorithm == COSE_RS256 ? rs256_pk_new() : NULL;
	if (es256 && es256_pk_from_ptr(es256, key.p, key.n) == FIDO_OK)
		ok = fido_assert_verify(assertion, 0, algorithm, es256) == FIDO_OK;
	if (eddsa && eddsa_pk_from_ptr(eddsa, key.p, key.n) == FIDO_OK)
		ok = fido_assert_verify(assertion, 0, algorithm, eddsa) == FIDO_OK;
	if (rs256 && rs256_pk_from_ptr(rs256, key.p, key.n) == FIDO_OK)
		ok = fido_assert_verify(assertion, 0, algorithm, rs256) == FIDO_OK;
	es256_pk_free(&es256);
	eddsa_pk_free(&eddsa);
	rs256_pk_free(&rs256);
	return ok;
}

bool webauthn_verify(const struct webauthn_party *party, const struct webauthn_answer *a, const struct passkey *k,
    bool alone, int64_t *counter, struct error *err)
{
	if (!looks_right(a, err))
		return false;
	fido_init(0);
	struct arena *arena = arena_new();
	fido_assert_t *assertion = fido_assert_new();
	bool ok = arena && assertion && fill_assertion(assertion, party, a, alone, arena) &&
	          verify_with(assertion, k->algorithm, k->public_key);
	if (ok)
		*counter = fido_assert_sigcount(assertion, 0);
	else
		error_set(err, ERR_DENIED, "the passkey's signature is not right");
	fido_assert_free(&assertion);
	arena_free(arena);
	return ok;
}
