#include "campaign/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* Organisers' keys as text: a word for the kind, then base64url of 32 bytes and a checksum, so that a slip is seen. */

#define CHECK_BYTES 4
#define RAW (SEAL_KEY_BYTES + CHECK_BYTES)
#define PUBLIC_WORD "kcp1."
#define SECRET_WORD "kcs1."

static void checksum(const char *word, const unsigned char key[SEAL_KEY_BYTES], unsigned char out[CHECK_BYTES])
{
	unsigned char all[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)word, strlen(word));
	crypto_hash_sha256_update(&state, key, SEAL_KEY_BYTES);
	crypto_hash_sha256_final(&state, all);
	memcpy(out, all, CHECK_BYTES);
	sodium_memzero(all, sizeof all);
	sodium_memzero(&state, sizeof state);
}

static void write_key(const char *word, const unsigned char key[SEAL_KEY_BYTES], char out[CAMPAIGN_KEY_TEXT])
{
	unsigned char raw[RAW];
	size_t n = strlen(word);
	memcpy(raw, key, SEAL_KEY_BYTES);
	checksum(word, key, raw + SEAL_KEY_BYTES);
	memcpy(out, word, n);
	sodium_bin2base64(out + n, CAMPAIGN_KEY_TEXT - n, raw, sizeof raw, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(raw, sizeof raw);
}

static bool read_key(const char *word, struct str text, unsigned char out[SEAL_KEY_BYTES], struct error *err)
{
	unsigned char raw[RAW + 2], check[CHECK_BYTES];
	size_t n = 0;
	text = str_trim(text);
	if (!str_starts(text, str_from(word)))
		return error_set(err, ERR_INVALID, "such a key begins with \"%s\"", word);
	struct str rest = str_skip(text, strlen(word));
	bool ok = sodium_base642bin(
	              raw, sizeof raw, rest.p, rest.n, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	          n == RAW;
	if (ok) {
		checksum(word, raw, check);
		ok = sodium_memcmp(check, raw + SEAL_KEY_BYTES, CHECK_BYTES) == 0;
	}
	if (ok)
		memcpy(out, raw, SEAL_KEY_BYTES);
	sodium_memzero(raw, sizeof raw);
	return ok ? true : error_set(err, ERR_INVALID, "the key is cut short or mistyped: copy it again, whole");
}

/* A point of small order as a public key would make every box readable for all. */
static bool is_weak(const unsigned char key[SEAL_KEY_BYTES])
{
	unsigned char one[crypto_scalarmult_SCALARBYTES] = { 8 }, out[crypto_scalarmult_BYTES];
	return crypto_scalarmult(out, one, key) != 0;
}

bool public_key_parse(struct str text, unsigned char out[SEAL_KEY_BYTES], struct error *err)
{
	return read_key(PUBLIC_WORD, text, out, err);
}

bool public_key_read(struct str text, unsigned char out[SEAL_KEY_BYTES], struct error *err)
{
	if (str_starts(str_trim(text), STR(SECRET_WORD)))
		return error_set(err, ERR_INVALID,
		    "this is the secret key, which must never leave your machine: give the one that begins with \"kcp1.\"");
	if (!public_key_parse(text, out, err))
		return false;
	return is_weak(out) ? error_set(err, ERR_INVALID, "this key would protect nothing") : true;
}

bool secret_key_read(struct str text, unsigned char out[SEAL_KEY_BYTES], struct error *err)
{
	return read_key(SECRET_WORD, text, out, err);
}

void public_key_write(const unsigned char key[SEAL_KEY_BYTES], char out[CAMPAIGN_KEY_TEXT])
{
	write_key(PUBLIC_WORD, key, out);
}

void secret_key_write(const unsigned char key[SEAL_KEY_BYTES], char out[CAMPAIGN_KEY_TEXT])
{
	write_key(SECRET_WORD, key, out);
}

void key_pair_new(unsigned char public_key[SEAL_KEY_BYTES], unsigned char secret_key[SEAL_KEY_BYTES])
{
	random_bytes(secret_key, SEAL_KEY_BYTES);
	key_public_of(secret_key, public_key);
}

void key_public_of(const unsigned char secret_key[SEAL_KEY_BYTES], unsigned char out[SEAL_KEY_BYTES])
{
	crypto_scalarmult_base(out, secret_key);
}

/* ---- the file ---- */

static const char ABOUT[] =
    "# The secret key of a Kairan campaign. It opens what people who sign entrusted to you.\n"
    "# Keep it on your own machine and a copy of it in a safe place; never on the server, never in a mail.\n"
    "# If it is lost, nobody can read the signatures. If it is stolen, who has the server's data can.\n"
    "# The public key, which the campaign needs: ";

bool key_file_write(const char *path, const unsigned char secret_key[SEAL_KEY_BYTES], struct error *err)
{
	unsigned char public_key[SEAL_KEY_BYTES];
	char secret_text[CAMPAIGN_KEY_TEXT], public_text[CAMPAIGN_KEY_TEXT];
	struct buf text = { 0 };
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return error_set(err, ERR_EXISTS, "%s is there already: a key is never written over", path);
	if (fd < 0)
		return error_set(err, ERR_IO, "cannot make %s: %s", path, strerror(errno));
	key_public_of(secret_key, public_key);
	public_key_write(public_key, public_text);
	secret_key_write(secret_key, secret_text);
	buf_printf(&text, "%s%s\n%s\n", ABOUT, public_text, secret_text);
	bool ok = !text.failed && write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
	ok = close(fd) == 0 && ok;
	if (!ok) {
		error_set(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
		unlink(path);
	}
	sodium_memzero(secret_text, sizeof secret_text);
	buf_wipe(&text);
	return ok;
}

bool key_file_read(const char *path, unsigned char secret_key[SEAL_KEY_BYTES], struct error *err)
{
	struct buf text = { 0 };
	bool ok = false;
	if (!file_read(path, CAMPAIGN_KEY_FILE_MAX, &text, err))
		return false;
	struct str rest = buf_str(&text);
	error_set(err, ERR_INVALID, "%s holds no secret key of a campaign", path);
	while (rest.n && !ok) {
		struct str line = str_trim(str_split(&rest, '\n'));
		if (line.n == 0 || line.p[0] == '#')
			continue;
		ok = secret_key_read(line, secret_key, err);
		if (!ok)
			error_context(err, "reading %s", path);
		break;
	}
	if (ok && err)
		*err = (struct error){ 0 };
	buf_wipe(&text);
	return ok;
}
