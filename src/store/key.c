#include "store/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The key file. The database knows its key by a fingerprint, so that another site's file, or none, is told at once. */

#define SEALED "x1." /* before a sealed secret; base32, as they once stood here, has no full stop */

/* The numbers and contexts of crypto_kdf: never to be changed, or what was made with them is lost. */
static const struct {
	uint64_t id;
	char context[crypto_kdf_CONTEXTBYTES];
} PURPOSES[STORE_KEYS] = {
	[KEY_FINGERPRINT] = { 1, "kairanid" },
	[KEY_TOTP] = { 2, "kairtotp" },
	[KEY_SIGNIN] = { 3, "kairsign" },
	[KEY_MAIL] = { 4, "kairmail" },
	[KEY_WEBHOOK] = { 5, "kairhook" },
	[KEY_SIGNER] = { 6, "kairhand" },
	[KEY_LOG] = { 7, "kairtlog" },
	[KEY_WITHDRAW] = { 8, "kairdraw" },
};

static void derive(const unsigned char master[KEY_BYTES], enum store_key which, unsigned char out[KEY_BYTES])
{
	crypto_kdf_derive_from_key(out, KEY_BYTES, PURPOSES[which].id, PURPOSES[which].context, master);
}

bool store_key(const struct store *store, enum store_key which, unsigned char out[KEY_BYTES], struct error *err)
{
	if (store->has_key) {
		derive(store->key, which, out);
		return true;
	}
	if (err)
		*err = store->key_error;
	if (store->key_error.code)
		return false;
	return error_set(err, ERR_UNAVAILABLE, "the site's key file was not opened");
}

/* ---- the file ---- */

static bool read_key(const char *path, unsigned char out[KEY_BYTES], struct error *err)
{
	unsigned char more[KEY_BYTES + 1];
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(
		    err, errno == ENOENT ? ERR_NOT_FOUND : ERR_UNAVAILABLE, "the key file %s: %s", path, strerror(errno));
	bool open_to_others = fstat(fd, &info) != 0 || (info.st_mode & 077);
	ssize_t n = read(fd, more, sizeof more);
	close(fd);
	if (n == KEY_BYTES && !open_to_others)
		memcpy(out, more, KEY_BYTES);
	sodium_memzero(more, sizeof more);
	if (open_to_others)
		return error_set(err, ERR_UNAVAILABLE, "others may read the key file %s: chmod 600 %s", path, path);
	return n == KEY_BYTES ? true
	                      : error_set(err, ERR_UNAVAILABLE, "the key file %s is not %d bytes long", path, KEY_BYTES);
}

static bool write_new(const char *path, const unsigned char key[KEY_BYTES])
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, key, KEY_BYTES) == KEY_BYTES && fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	return ok;
}

/* The new name must be on disk before the database counts on it. */
static void sync_folder(const char *path)
{
	char folder[4096];
	const char *slash = strrchr(path, '/');
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	int fd = open(folder[0] ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
}

/* Whole or not at all; when another process was quicker, its file is the one. */
static bool make_key(const char *path, struct error *err)
{
	unsigned char key[KEY_BYTES];
	char temp[4096];
	int n = snprintf(temp, sizeof temp, "%s.%ld.tmp", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof temp)
		return error_set(err, ERR_TOO_LARGE, "the path %.80s… is too long", path);
	random_bytes(key, sizeof key);
	bool ok = write_new(temp, key) && (link(temp, path) == 0 || errno == EEXIST);
	if (!ok)
		error_set(err, ERR_IO, "cannot make the key file %s: %s", path, strerror(errno));
	unlink(temp);
	sodium_memzero(key, sizeof key);
	if (ok)
		sync_folder(path);
	return ok;
}

/* ---- what the database knows of it ---- */

static bool known_fingerprint(struct store *store, struct arena *arena, struct str *out, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows = conn ? db_query(conn, err, "SELECT value FROM meta WHERE name = 'key'", "") : NULL;
	*out = STR("");
	if (rows && db_next(rows))
		*out = db_dup(rows, 0, arena);
	return rows && db_done(rows);
}

static struct str fingerprint_of(const unsigned char key[KEY_BYTES], struct arena *arena)
{
	unsigned char id[KEY_BYTES];
	char hex[HASH_HEX_MAX];
	derive(key, KEY_FINGERPRINT, id);
	hash_hex(str_of((const char *)id, sizeof id), 16, hex);
	return arena_dup(arena, str_from(hex));
}

static bool keep_fingerprint(struct store *store, struct str fingerprint, struct error *err)
{
	struct store_tx *tx = store_begin(store, err);
	if (tx && db_exec(tx->conn, err,
	              "INSERT INTO meta (name, value) VALUES ('key', $1)"
	              " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
	              "s", fingerprint))
		return store_commit(tx, err);
	store_rollback(tx);
	return false;
}

/* ---- one-time secrets that stand readable, from before there was a key ---- */

static struct str about_totp(struct arena *arena, int64_t person)
{
	return arena_printf(arena, "totp of %lld", (long long)person);
}

bool totp_seal(const struct store *store, int64_t person, struct str secret, struct str *out, struct arena *arena,
    struct error *err)
{
	unsigned char key[KEY_BYTES];
	if (!store_key(store, KEY_TOTP, key, err))
		return false;
	struct str text = base64url(arena, seal(arena, key, about_totp(arena, person), secret));
	sodium_memzero(key, sizeof key);
	*out = arena_printf(arena, SEALED "%.*s", (int)text.n, text.p ? text.p : "");
	return out->p && text.n ? true : error_memory(err);
}

bool totp_unseal(
    const struct store *store, int64_t person, struct str kept, struct str *out, struct arena *arena, struct error *err)
{
	unsigned char key[KEY_BYTES];
	struct str sealed;
	if (!store_key(store, KEY_TOTP, key, err))
		return false;
	bool ok = str_starts(kept, STR(SEALED)) && base64url_bytes(arena, str_skip(kept, sizeof SEALED - 1), &sealed) &&
	          unseal(arena, key, about_totp(arena, person), sealed, out);
	sodium_memzero(key, sizeof key);
	return ok ? true : error_set(err, ERR_UNAVAILABLE, "a one-time secret is damaged, or not of this site's key");
}

struct readable {
	int64_t id;
	struct str secret;
};

static bool list_readable(struct store_tx *tx, struct readable *out, size_t *n, struct arena *arena, struct error *err)
{
	struct db_rows *rows = db_query(
	    tx->conn, err, "SELECT id, totp FROM person WHERE totp <> '' AND SUBSTR(totp, 1, 3) <> $1", "s", STR(SEALED));
	while (rows && *n < PEOPLE_MAX && db_next(rows))
		out[(*n)++] = (struct readable){ db_int(rows, 0), db_dup(rows, 1, arena) };
	return rows && db_done(rows);
}

static bool seal_them(struct store_tx *tx, size_t *n, struct arena *arena, struct error *err)
{
	struct readable *all = arena_array(arena, PEOPLE_MAX, sizeof *all);
	if (!all)
		return error_memory(err);
	if (!list_readable(tx, all, n, arena, err))
		return false;
	for (size_t i = 0; i < *n; i++) {
		struct str sealed;
		if (!totp_seal(tx->store, all[i].id, all[i].secret, &sealed, arena, err) ||
		    !db_exec(tx->conn, err, "UPDATE person SET totp = $1 WHERE id = $2", "si", sealed, all[i].id))
			return false;
	}
	return true;
}

/* The file is written anew afterwards: what stood readable must not stay in its unused pages. */
static bool seal_readable(struct store *store, struct arena *arena, struct error *err)
{
	size_t n = 0;
	int64_t any;
	struct db_conn *conn = db_reader(store->db, err);
	if (!conn || !db_get_int(conn, err, &any,
	                 "SELECT COUNT(*) FROM person WHERE totp <> '' AND SUBSTR(totp, 1, 3) <> $1", "s", STR(SEALED)))
		return false;
	if (any == 0)
		return true;
	struct store_tx *tx = store_begin(store, err);
	if (!tx || !seal_them(tx, &n, arena, err)) {
		store_rollback(tx);
		return false;
	}
	return store_commit(tx, err) && db_compact(store->db, err);
}

/* ---- opening ---- */

static bool find_key(struct store *store, const char *path, struct arena *arena, struct error *err)
{
	struct str known;
	struct error why = { 0 };
	if (!known_fingerprint(store, arena, &known, err))
		return false;
	bool found = read_key(path, store->key, &why);
	if (!found && why.code == ERR_NOT_FOUND && known.n == 0)
		found = make_key(path, err) && read_key(path, store->key, err);
	else if (!found && why.code == ERR_NOT_FOUND)
		error_set(err, ERR_UNAVAILABLE,
		    "the site's key file %s is gone: put it back from where you keep it, or see `kairan key --help`", path);
	else if (!found && err)
		*err = why;
	if (!found)
		return false;
	struct str mine = fingerprint_of(store->key, arena);
	if (!mine.p)
		return error_memory(err);
	if (known.n && !str_eq(known, mine))
		return error_set(err, ERR_UNAVAILABLE,
		    "the key file %s is another site's: put this site's back, or see `kairan key --help`", path);
	return known.n || keep_fingerprint(store, mine, err);
}

bool store_use_key(struct store *store, const char *path, struct error *err)
{
	struct error why = { 0 };
	struct arena *arena = arena_new();
	if (!arena)
		return error_memory(err);
	store->has_key = sodium_init() >= 0 && find_key(store, path, arena, &why);
	bool ok = store->has_key && seal_readable(store, arena, &why);
	if (!store->has_key)
		sodium_memzero(store->key, sizeof store->key);
	store->key_error = why;
	arena_free(arena);
	if (!ok && err)
		*err = why;
	return ok;
}

bool store_new_key(struct store *store, const char *path, struct error *err)
{
	bool ok = false;
	if (file_exists(path))
		return error_set(err, ERR_EXISTS, "%s is there already; move it away first", path);
	struct arena *arena = arena_new();
	if (!arena)
		return error_memory(err);
	if (sodium_init() >= 0 && make_key(path, err) && read_key(path, store->key, err))
		ok = keep_fingerprint(store, fingerprint_of(store->key, arena), err);
	store->has_key = ok;
	arena_free(arena);
	return ok;
}

void store_forget_key(struct store *store)
{
	sodium_memzero(store->key, sizeof store->key);
}
