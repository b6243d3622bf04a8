#include "db/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 10000 /* how long another process may hold the database */

bool sqlite_fail(struct db_conn *conn, struct error *err, const char *what)
{
	int code = conn->handle ? sqlite3_extended_errcode(conn->handle) : SQLITE_NOMEM;
	const char *why = conn->handle ? sqlite3_errmsg(conn->handle) : "out of memory";
	enum error_code kind = ERR_DB;
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		kind = ERR_CONFLICT;
		why = "another process holds the database; try again when it is done";
		break;
	case SQLITE_NOMEM:
		kind = ERR_MEMORY;
		break;
	case SQLITE_FULL:
		kind = ERR_IO;
		why = "the disk is full";
		break;
	case SQLITE_CONSTRAINT:
		kind = ERR_EXISTS;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		why = "the file is damaged or is no database";
		break;
	}
	error_set(err, kind, "%s: %s", what, why);
	error_detail(err, "SQLite %d: %s", code, conn->handle ? sqlite3_errmsg(conn->handle) : "");
	return false;
}

bool sqlite_run(struct db_conn *conn, const char *sql, struct error *err)
{
	if (sqlite3_exec(conn->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return sqlite_fail(conn, err, conn->db->path);
}

static bool set_up(struct db_conn *conn, bool write, struct error *err)
{
	char pragma[64];
	size_t cache = conn->db->options.cache_kib ? conn->db->options.cache_kib : 2048;
	sqlite3_extended_result_codes(conn->handle, 1);
	sqlite3_busy_timeout(conn->handle, BUSY_MS);
	snprintf(pragma, sizeof pragma, "PRAGMA cache_size=-%zu", cache);
	if (!sqlite_run(conn, pragma, err) || !sqlite_run(conn, "PRAGMA foreign_keys=ON", err))
		return false;
	/* What was deleted is overwritten in its page. */
	if (!sqlite_run(conn, "PRAGMA secure_delete=ON", err))
		return false;
	if (write) {
		const char *sync = conn->db->options.relaxed ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL";
		if (!sqlite_run(conn, "PRAGMA journal_mode=WAL", err) || !sqlite_run(conn, sync, err))
			return false;
	}
	return !conn->db->options.on_connect || conn->db->options.on_connect(conn->handle, err);
}

struct db_conn *sqlite_connect(struct db *db, bool write, struct error *err)
{
	struct db_conn *conn = calloc(1, sizeof *conn);
	if (!conn) {
		error_memory(err);
		return NULL;
	}
	conn->db = db;
	/* Readers are opened for writing too: SQLite must be able to recover a WAL that a crash has left. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (db->options.create && write ? SQLITE_OPEN_CREATE : 0);
	if (sqlite3_open_v2(db->path, &conn->handle, flags, NULL) != SQLITE_OK) {
		sqlite_fail(conn, err, db->path);
		sqlite_disconnect(conn);
		return NULL;
	}
	if (set_up(conn, write, err))
		return conn;
	sqlite_disconnect(conn);
	return NULL;
}

void sqlite_disconnect(struct db_conn *conn)
{
	if (!conn)
		return;
	for (size_t i = 0; i < STATEMENTS_MAX; i++) {
		if (conn->statements[i])
			sqlite3_finalize(conn->statements[i]->stmt);
		free(conn->statements[i]);
	}
	sqlite3_close(conn->handle);
	free(conn);
}
