#include "store/inner.h"

#include "image/image.h"

#define NAME_MAX_BYTES 120
#define HASH_BYTES 16

/* A file name for an address: letters, digits, CJK kept; no folders, no leading dots. */
struct str media_clean_name(struct str name, struct arena *arena)
{
	struct buf out = { 0 };
	for (size_t i = name.n; i > 0; i--) {
		if (name.p[i - 1] == '/' || name.p[i - 1] == '\\') {
			name = str_skip(name, i);
			break;
		}
	}
	name = str_sub(name, 0, utf8_floor(name, NAME_MAX_BYTES));
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		bool fine = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		            c == '_' || c == '-' || (c == '.' && out.n > 0);
		buf_addc(&out, fine ? (char)c : '-');
	}
	if (out.n == 0)
		buf_adds(&out, "image");
	struct str cleaned = buf_take(&out, arena);
	return utf8_clean(arena, cleaned);
}

bool media_save(
    struct store_tx *tx, struct str name, struct str data, struct media *out, struct arena *arena, struct error *err)
{
	char hash[HASH_HEX_MAX];
	*out = (struct media){ .data = data };
	if (data.n > MEDIA_MAX)
		return error_set(err, ERR_TOO_LARGE, "the image is larger than %zu MiB", MEDIA_MAX / MIB);
	if (!image_read(data, &out->type, &out->width, &out->height))
		return error_set(err, ERR_INVALID, "this is no PNG, JPEG, GIF, WebP or AVIF image");
	hash_hex(data, HASH_BYTES, hash);
	out->hash = arena_dup(arena, str_from(hash));
	/* What an editor replaced does not come back with the next import. */
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT name FROM media_alias WHERE old = $1 UNION ALL SELECT name FROM media WHERE hash = $1", "s", out->hash);
	bool there = rows && db_next(rows);
	out->name = there ? db_dup(rows, 0, arena) : media_clean_name(name, arena);
	if (!rows || !db_done(rows))
		return false;
	if (there)
		return true;
	out->is_new = true;
	return db_exec(tx->conn, err,
	           "INSERT INTO media (hash, name, type, width, height, data) VALUES ($1, $2, $3, $4, $5, $6)", "sssiib",
	           out->hash, out->name, out->type, (int64_t)out->width, (int64_t)out->height, data) &&
	       media_info_add(tx, out->hash, MEDIA_RAW, err);
}

bool media_find(
    struct store *store, struct str hash, bool with_data, struct media *out, struct arena *arena, struct error *err)
{
	struct db_conn *conn = db_reader(store->db, err);
	struct db_rows *rows = conn
	                           ? db_query(conn, err,
	                                 "SELECT hash, name, type, width, height, CASE WHEN $2 = 1 THEN data END FROM media"
	                                 " WHERE hash = COALESCE((SELECT media FROM media_alias WHERE old = $1), $1)",
	                                 "st", hash, with_data)
	                           : NULL;
	bool found = rows && db_next(rows);
	if (found)
		*out = (struct media){ .hash = db_dup(rows, 0, arena),
			.name = db_dup(rows, 1, arena),
			.type = db_dup(rows, 2, arena),
			.width = (int)db_int(rows, 3),
			.height = (int)db_int(rows, 4),
			.data = with_data ? db_dup(rows, 5, arena) : STR("") };
	if (!rows || !db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such image");
}
