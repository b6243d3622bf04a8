#include "store/inner.h"

/* The long texts of revisions, packed: each is kept as what makes it of an earlier one, the base; a base stands alone. So a
 * revision is read in two steps at the most, however many there are. */

struct base {
	int64_t id; /* 0: none */
	struct str text;
};

static struct str joined(struct str preface, struct str body, struct arena *arena)
{
	struct buf out = { 0 };
	buf_add(&out, preface);
	buf_add(&out, body);
	return buf_take(&out, arena);
}

/* Of a row: preface, body, packed. Rows from before texts were packed have the first two. */
static bool base_text(struct db_rows *r, int first, struct str *out, struct arena *arena, struct error *err)
{
	size_t mark;
	struct str packed = db_dup(r, first + 2, arena);
	if (packed.n)
		return text_unpack(STR(""), packed, out, &mark, arena, err);
	*out = joined(db_str(r, first), db_str(r, first + 1), arena);
	return out->p ? true : error_memory(err);
}

static bool newest_base(struct store_tx *tx, int64_t article, struct base *out, struct arena *arena, struct error *err)
{
	bool ok = true;
	*out = (struct base){ .text = STR("") };
	struct db_rows *rows = db_query(tx->conn, err,
	    "SELECT id, preface, body, packed FROM revision WHERE article = $1 AND base = 0 ORDER BY id DESC LIMIT 1", "i",
	    article);
	if (rows && db_next(rows)) {
		out->id = db_int(rows, 0);
		ok = base_text(rows, 1, &out->text, arena, err);
	}
	return rows && db_done(rows) && ok;
}

bool revision_text_pack(struct store_tx *tx, const struct article *a, struct str *packed, int64_t *base,
    struct arena *arena, struct error *err)
{
	struct base b;
	struct str text = joined(a->preface, a->body, arena), alone;
	if (!text.p)
		return error_memory(err);
	if (!newest_base(tx, a->id, &b, arena, err) || !text_pack(b.text, text, a->preface.n, packed, arena, err))
		return false;
	*base = b.id;
	if (b.id == 0)
		return true;
	/* Where little is shared with the base, it stands alone and is the base of what follows. */
	if (!text_pack(STR(""), text, a->preface.n, &alone, arena, err))
		return false;
	if (packed->n > alone.n / 2) {
		*packed = alone;
		*base = 0;
	}
	return true;
}

bool revision_text_unpack(
    struct db_conn *conn, int64_t base, struct str packed, struct article *a, struct arena *arena, struct error *err)
{
	size_t mark;
	struct str text, base_of = STR("");
	bool ok = true;
	if (packed.n == 0)
		return true;
	if (base) {
		struct db_rows *rows =
		    db_query(conn, err, "SELECT preface, body, packed FROM revision WHERE id = $1", "i", base);
		if (rows && db_next(rows))
			ok = base_text(rows, 0, &base_of, arena, err);
		if (!rows || !db_done(rows) || !ok)
			return false;
	}
	if (!text_unpack(base_of, packed, &text, &mark, arena, err))
		return error_context(err, "the text of a revision of article %lld", (long long)a->id);
	a->preface = str_sub(text, 0, mark);
	a->body = str_skip(text, mark);
	return true;
}
