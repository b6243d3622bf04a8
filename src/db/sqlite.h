/* Private to db: a connection of the SQLite driver and its kept statements. */
#ifndef KAIRAN_DB_SQLITE_H
#define KAIRAN_DB_SQLITE_H

#include "db/db.h"

#include <pthread.h>
#include <sqlite3.h>

#define STATEMENTS_MAX 512 /* kept a connection; a power of two, well above the number of statements there are */
#define PARAMETERS_MAX 40

struct db_rows {
	const char *sql; /* the literal's address is the key */
	sqlite3_stmt *stmt;
	int index[PARAMETERS_MAX + 1]; /* of $1, $2 … in the statement */
	struct db_conn *conn;
	struct error *err;
	bool busy, failed;
	bool kept; /* in the table; else made for one use, while its twin was running */
};

struct db_conn {
	struct db *db;
	sqlite3 *handle;
	struct db_conn *next; /* of the database's readers */
	int64_t changes;
	int held; /* how often db_hold was called */
	bool writing;
	struct db_rows *statements[STATEMENTS_MAX];
};

struct db {
	char *path;
	struct db_options options;
	struct db_conn *writer;
	pthread_mutex_t writer_lock; /* held from begin to commit or rollback */
	pthread_mutex_t lock;        /* of the list of readers and the signal's connection */
	struct db_conn *readers;
	struct db_conn *signal;
	pthread_key_t reader_key;
};

struct db_conn *sqlite_connect(struct db *, bool write, struct error *);
void sqlite_disconnect(struct db_conn *);
bool sqlite_run(struct db_conn *, const char *sql, struct error *); /* several statements, no parameters */
bool sqlite_fail(struct db_conn *, struct error *, const char *what);
struct db_rows *sqlite_query(struct db_conn *, struct error *, const char *sql, const char *format, va_list);

#endif
