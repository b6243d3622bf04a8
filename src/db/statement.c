#include "db/sqlite.h"

#include <stdio.h>
#include <stdlib.h>

static void free_statement(struct db_rows *rows)
{
	sqlite3_finalize(rows->stmt);
	free(rows);
}

/* SQLite numbers named parameters in the order in which they first appear: note where each $N went. */
static void find_parameters(struct db_rows *rows)
{
	for (int i = 1; i <= PARAMETERS_MAX; i++) {
		char name[8];
		snprintf(name, sizeof name, "$%d", i);
		rows->index[i] = sqlite3_bind_parameter_index(rows->stmt, name);
	}
}

static struct db_rows *prepare(struct db_conn *conn, struct error *err, const char *sql)
{
	struct db_rows *rows = calloc(1, sizeof *rows);
	if (!rows) {
		error_memory(err);
		return NULL;
	}
	rows->sql = sql;
	rows->conn = conn;
	if (sqlite3_prepare_v3(conn->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &rows->stmt, NULL) != SQLITE_OK) {
		sqlite_fail(conn, err, "preparing a statement");
		free(rows);
		return NULL;
	}
	find_parameters(rows);
	return rows;
}

/* The kept statement of this literal, or a new one; a twin of its own when that one is running. */
static struct db_rows *statement(struct db_conn *conn, struct error *err, const char *sql)
{
	size_t start = ((uintptr_t)sql * 0x9E3779B97F4A7C15u) >> 32;
	for (size_t i = 0; i < STATEMENTS_MAX; i++) {
		struct db_rows **slot = &conn->statements[(start + i) % STATEMENTS_MAX];
		struct db_rows *there = *slot;
		if (there && there->sql != sql)
			continue;
		if (there && !there->busy)
			return there;
		struct db_rows *rows = prepare(conn, err, sql);
		if (rows && !there) {
			rows->kept = true;
			*slot = rows;
		}
		return rows;
	}
	return prepare(conn, err, sql);
}

static int bind_text(struct db_rows *rows, int at, struct str s, bool blob)
{
	const char *p = s.p ? s.p : "";
	if (blob)
		return sqlite3_bind_blob64(rows->stmt, at, p, s.n, SQLITE_STATIC);
	return sqlite3_bind_text64(rows->stmt, at, p, s.n, SQLITE_STATIC, SQLITE_UTF8);
}

static bool bind(struct db_rows *rows, const char *format, va_list args)
{
	for (int i = 1; format && *format; i++, format++) {
		if (i > PARAMETERS_MAX)
			return false;
		int at = rows->index[i], rc = SQLITE_MISUSE;
		switch (*format) {
		case 's':
		case 'b':
			rc = bind_text(rows, at, va_arg(args, struct str), *format == 'b');
			break;
		case 'i':
			rc = sqlite3_bind_int64(rows->stmt, at, va_arg(args, int64_t));
			break;
		case 'd':
			rc = sqlite3_bind_double(rows->stmt, at, va_arg(args, double));
			break;
		case 't':
			rc = sqlite3_bind_int(rows->stmt, at, va_arg(args, int) != 0);
			break;
		case 'n':
			rc = sqlite3_bind_null(rows->stmt, at);
			break;
		}
		if (rc != SQLITE_OK)
			return false;
	}
	return true;
}

struct db_rows *sqlite_query(struct db_conn *conn, struct error *err, const char *sql, const char *format, va_list args)
{
	struct db_rows *rows = statement(conn, err, sql);
	if (!rows)
		return NULL;
	rows->err = err;
	rows->failed = false;
	rows->busy = true;
	if (bind(rows, format, args))
		return rows;
	db_done(rows);
	error_set(err, ERR_INTERNAL, "the parameters of a statement do not fit it");
	error_detail(err, "%.200s", sql);
	return NULL;
}

struct db_rows *db_query(struct db_conn *conn, struct error *err, const char *sql, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct db_rows *rows = sqlite_query(conn, err, sql, format, args);
	va_end(args);
	return rows;
}

bool db_next(struct db_rows *rows)
{
	if (rows->failed)
		return false;
	int rc = sqlite3_step(rows->stmt);
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE) {
		rows->failed = true;
		sqlite_fail(rows->conn, rows->err, "the database");
	}
	return false;
}

bool db_done(struct db_rows *rows)
{
	bool ok = !rows->failed;
	sqlite3_reset(rows->stmt);
	sqlite3_clear_bindings(rows->stmt);
	rows->busy = false;
	rows->err = NULL;
	if (!rows->kept)
		free_statement(rows);
	return ok;
}

bool db_exec(struct db_conn *conn, struct error *err, const char *sql, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct db_rows *rows = sqlite_query(conn, err, sql, format, args);
	va_end(args);
	if (!rows)
		return false;
	int64_t before = sqlite3_total_changes64(conn->handle);
	while (db_next(rows))
		;
	conn->changes = sqlite3_total_changes64(conn->handle) - before;
	return db_done(rows);
}

int64_t db_changes(const struct db_conn *conn)
{
	return conn->changes;
}

int64_t db_last_id(const struct db_conn *conn)
{
	return sqlite3_last_insert_rowid(conn->handle);
}

bool db_get_int(struct db_conn *conn, struct error *err, int64_t *out, const char *sql, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct db_rows *rows = sqlite_query(conn, err, sql, format, args);
	va_end(args);
	if (!rows)
		return false;
	bool found = db_next(rows);
	if (found)
		*out = db_int(rows, 0);
	if (!db_done(rows))
		return false;
	return found ? true : error_set(err, ERR_NOT_FOUND, "there is no such row");
}

int64_t db_int(struct db_rows *rows, int column)
{
	return sqlite3_column_int64(rows->stmt, column);
}

double db_double(struct db_rows *rows, int column)
{
	return sqlite3_column_double(rows->stmt, column);
}

bool db_null(struct db_rows *rows, int column)
{
	return sqlite3_column_type(rows->stmt, column) == SQLITE_NULL;
}

struct str db_str(struct db_rows *rows, int column)
{
	/* A blob read as text would be converted; asked as a blob, text comes as it is stored. */
	const char *p = sqlite3_column_blob(rows->stmt, column);
	int n = sqlite3_column_bytes(rows->stmt, column);
	return str_of(p, p && n > 0 ? (size_t)n : 0);
}

struct str db_dup(struct db_rows *rows, int column, struct arena *arena)
{
	struct str copy = arena_dup(arena, db_str(rows, column));
	if (!copy.p && !rows->failed) {
		rows->failed = true;
		error_memory(rows->err);
	}
	return copy;
}
