#include "db/db.h"

#include "db/sqlite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* A thread that ends takes its connection with it. */
static void thread_ended(void *value)
{
	struct db_conn *conn = value;
	struct db *db = conn->db;
	pthread_mutex_lock(&db->lock);
	for (struct db_conn **at = &db->readers; *at; at = &(*at)->next) {
		if (*at == conn) {
			*at = conn->next;
			break;
		}
	}
	pthread_mutex_unlock(&db->lock);
	sqlite_disconnect(conn);
}

/* SQLite counts its memory under one lock, for which many readers would wait at each allocation. */
static void count_no_memory(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

struct db *db_open(const char *path, const struct db_options *options, struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct db *db = calloc(1, sizeof *db);
	pthread_once(&once, count_no_memory);
	if (!db || !(db->path = strdup(path))) {
		free(db);
		error_memory(err);
		return NULL;
	}
	db->options = *options;
	pthread_mutex_init(&db->lock, NULL);
	pthread_mutex_init(&db->writer_lock, NULL);
	if (pthread_key_create(&db->reader_key, thread_ended) != 0) {
		error_set(err, ERR_INTERNAL, "too many databases are open");
		free(db->path);
		free(db);
		return NULL;
	}
	db->writer = sqlite_connect(db, true, err);
	if (db->writer)
		return db;
	error_context(err, "opening the database");
	db_close(db);
	return NULL;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	pthread_key_delete(db->reader_key);
	while (db->readers) {
		struct db_conn *next = db->readers->next;
		sqlite_disconnect(db->readers);
		db->readers = next;
	}
	sqlite_disconnect(db->signal);
	sqlite_disconnect(db->writer);
	pthread_mutex_destroy(&db->lock);
	pthread_mutex_destroy(&db->writer_lock);
	free(db->path);
	free(db);
}

struct db_conn *db_reader(struct db *db, struct error *err)
{
	struct db_conn *conn = pthread_getspecific(db->reader_key);
	if (conn)
		return conn;
	conn = sqlite_connect(db, false, err);
	if (!conn)
		return NULL;
	if (pthread_setspecific(db->reader_key, conn) != 0) {
		sqlite_disconnect(conn);
		error_memory(err);
		return NULL;
	}
	pthread_mutex_lock(&db->lock);
	conn->next = db->readers;
	db->readers = conn;
	pthread_mutex_unlock(&db->lock);
	return conn;
}

struct db_conn *db_begin(struct db *db, struct error *err)
{
	pthread_mutex_lock(&db->writer_lock);
	if (sqlite_run(db->writer, "BEGIN IMMEDIATE", err)) {
		db->writer->writing = true;
		return db->writer;
	}
	pthread_mutex_unlock(&db->writer_lock);
	return NULL;
}

static void give_back(struct db_conn *conn)
{
	conn->writing = false;
	pthread_mutex_unlock(&conn->db->writer_lock);
}

bool db_hold(struct db_conn *conn, struct error *err)
{
	if (conn->held == 0 && !db_exec(conn, err, "BEGIN", ""))
		return false;
	conn->held++;
	return true;
}

void db_release(struct db_conn *conn)
{
	struct error ignored = { 0 };
	if (--conn->held == 0)
		db_exec(conn, &ignored, "COMMIT", "");
}

bool db_commit(struct db_conn *conn, struct error *err)
{
	bool ok = sqlite_run(conn, "COMMIT", err);
	if (!ok && !sqlite3_get_autocommit(conn->handle))
		sqlite3_exec(conn->handle, "ROLLBACK", NULL, NULL, NULL);
	give_back(conn);
	return ok;
}

void db_rollback(struct db_conn *conn)
{
	/* Some errors (a full disk) have rolled back already. */
	if (!sqlite3_get_autocommit(conn->handle))
		sqlite3_exec(conn->handle, "ROLLBACK", NULL, NULL, NULL);
	give_back(conn);
}

static bool apply(struct db_conn *conn, const char *const *migrations, size_t n, struct error *err)
{
	int64_t version;
	char pragma[64];
	if (!db_get_int(conn, err, &version, "PRAGMA user_version", ""))
		return false;
	if (version < 0 || (size_t)version > n)
		return error_set(err, ERR_CONFLICT,
		    "this database was made by a later version of the program (schema %lld, known %zu); use that one",
		    (long long)version, n);
	for (size_t i = (size_t)version; i < n; i++) {
		if (!sqlite_run(conn, migrations[i], err))
			return error_context(err, "bringing the schema to version %zu", i + 1);
	}
	if ((size_t)version == n)
		return true;
	snprintf(pragma, sizeof pragma, "PRAGMA user_version=%zu", n);
	return sqlite_run(conn, pragma, err);
}

bool db_migrate(struct db *db, const char *const *migrations, size_t n, struct error *err)
{
	int64_t version;
	/* Asked first without a lock, so that opening an up-to-date database waits for no writer. */
	struct db_conn *reader = db_reader(db, err);
	if (!reader || !db_get_int(reader, err, &version, "PRAGMA user_version", ""))
		return false;
	if (version == (int64_t)n)
		return true;
	struct db_conn *conn = db_begin(db, err);
	if (!conn)
		return false;
	if (apply(conn, migrations, n, err))
		return db_commit(conn, err);
	db_rollback(conn);
	return false;
}

int64_t db_signal(struct db *db)
{
	int64_t version = 0;
	struct error err = { 0 };
	pthread_mutex_lock(&db->lock);
	if (!db->signal)
		db->signal = sqlite_connect(db, false, &err);
	if (db->signal)
		db_get_int(db->signal, &err, &version, "PRAGMA data_version", "");
	pthread_mutex_unlock(&db->lock);
	return version;
}

struct str db_check(struct db *db, struct arena *arena, struct error *err)
{
	struct buf out = { 0 };
	struct db_conn *conn = db_reader(db, err);
	struct db_rows *rows = conn ? db_query(conn, err, "PRAGMA integrity_check(20)", "") : NULL;
	if (!rows)
		return STR("");
	while (db_next(rows)) {
		if (str_eq(db_str(rows, 0), STR("ok")))
			continue;
		buf_add(&out, db_str(rows, 0));
		buf_addc(&out, '\n');
	}
	db_done(rows);
	return buf_take(&out, arena);
}

bool db_compact(struct db *db, struct error *err)
{
	struct db_conn *conn = db_begin(db, err);
	if (!conn)
		return false;
	bool ok = sqlite_run(conn, "COMMIT", err) && sqlite_run(conn, "VACUUM", err) &&
	          sqlite_run(conn, "PRAGMA wal_checkpoint(TRUNCATE)", err);
	give_back(conn);
	return ok;
}

bool db_backup(struct db *db, const char *path, struct error *err)
{
	sqlite3 *to = NULL;
	struct db_conn *conn = db_reader(db, err);
	if (!conn)
		return false;
	/* Made before SQLite opens it, so that nobody else may read it at any time. */
	int made = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (made < 0)
		return error_set(err, ERR_IO, "cannot write %s", path);
	close(made);
	bool ok = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK;
	sqlite3_backup *copy = ok ? sqlite3_backup_init(to, "main", conn->handle, "main") : NULL;
	/* All pages in one step: a copy in several would start again at each write in between. */
	ok = copy && sqlite3_backup_step(copy, -1) == SQLITE_DONE;
	ok = copy && sqlite3_backup_finish(copy) == SQLITE_OK && ok;
	if (!ok)
		error_set(err, ERR_IO, "cannot copy the database to %s: %s", path, to ? sqlite3_errmsg(to) : "out of memory");
	sqlite3_close(to);
	return ok;
}

bool db_space(struct db *db, int64_t *bytes, int64_t *free_bytes, struct error *err)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	struct statvfs disk;
	*bytes = 0;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		char path[4096];
		struct stat file;
		int n = snprintf(path, sizeof path, "%s%s", db->path, endings[i]);
		if (n > 0 && (size_t)n < sizeof path && stat(path, &file) == 0)
			*bytes += file.st_size;
	}
	if (statvfs(db->path, &disk) != 0)
		return error_set(err, ERR_IO, "cannot tell the room on the disk");
	*free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	return true;
}
