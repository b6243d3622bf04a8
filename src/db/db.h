/*
 * db: one portable SQL interface. Today's driver is SQLite; statements are written once, in the subset that
 * PostgreSQL shares ($1 parameters, RETURNING, ON CONFLICT), so that the second driver changes nothing above.
 *
 * A database has one writing connection, taken in turn, and a reading connection a thread, opened at first use
 * and closed with the database. Statements are compiled once a connection and kept. SQLite runs in WAL mode with
 * synchronous=FULL and foreign keys on. Only `store` and `search` hold SQL.
 */
#ifndef KAIRAN_DB_H
#define KAIRAN_DB_H

#include "base/base.h"

struct db;      /* a database, shared by all threads */
struct db_conn; /* one connection, used by one thread at a time */
struct db_rows; /* a running query */

struct db_options {
	bool create;      /* make the file when absent */
	bool relaxed;     /* synchronous=NORMAL: for what can be derived again */
	size_t cache_kib; /* page cache a connection; 0: 2048 */
	/* Run on each new connection of SQLite, for functions of the search module; may be NULL. */
	bool (*on_connect)(void *sqlite3, struct error *);
};

struct db *db_open(const char *path, const struct db_options *, struct error *);
void db_close(struct db *); /* no statement may run; NULL is fine */

/* This thread's reading connection; borrowed. NULL on failure. A read sees what was committed when it began. */
struct db_conn *db_reader(struct db *, struct error *);

/* Until db_release, all that this reading connection is asked sees one state, and locks are taken once. May be nested. */
bool db_hold(struct db_conn *, struct error *);
void db_release(struct db_conn *);

/* The writer: waits its turn, begins; commit or roll back gives it back. Other processes are waited for up to
 * 10 s (then ERR_CONFLICT). Nested use by one thread is a bug. */
struct db_conn *db_begin(struct db *, struct error *);
bool db_commit(struct db_conn *, struct error *); /* false: rolled back */
void db_rollback(struct db_conn *);

/* Parameters follow the format, a letter each: s struct str (text), b struct str (blob), i int64_t,
 * d double, t bool, n (takes no argument: NULL). $1 is the first. The texts are borrowed until the statement is
 * done. `sql` must be a string literal (kept by its address). */
bool db_exec(struct db_conn *, struct error *, const char *sql, const char *format, ...);
/* Number of rows that the connection's last db_exec changed. */
int64_t db_changes(const struct db_conn *);
int64_t db_last_id(const struct db_conn *);

/* A query: NULL on failure. while (db_next(rows)) …; then db_done, which says whether it ended well. Always call
 * db_done; it makes the statement free for its next use. */
struct db_rows *db_query(struct db_conn *, struct error *, const char *sql, const char *format, ...);
bool db_next(struct db_rows *);
bool db_done(struct db_rows *); /* fills the error given to db_query */
int64_t db_int(struct db_rows *, int column);
double db_double(struct db_rows *, int column);
bool db_null(struct db_rows *, int column);
struct str db_str(struct db_rows *, int column);                 /* borrowed until db_next */
struct str db_dup(struct db_rows *, int column, struct arena *); /* copied */

/* The first column of the first row: true and *out when there is one; false with err->code ERR_NOT_FOUND or worse. */
bool db_get_int(struct db_conn *, struct error *, int64_t *out, const char *sql, const char *format, ...);

/* Brings the schema up to date in one transaction: migrations[i] is SQL text of several statements, version i+1. A
 * database of a later version is refused (ERR_CONFLICT). */
bool db_migrate(struct db *, const char *const *migrations, size_t n, struct error *);

/* Changes when another connection or process has committed; cheap (SQLite: PRAGMA data_version and this process's
 * own commits). For the follower of the change feed. */
int64_t db_signal(struct db *);

/* Whole-database integrity check; for `check`. The problems, a line each, or an empty slice. */
struct str db_check(struct db *, struct arena *, struct error *);
/* Writes the file anew without holes, and empties the WAL. Takes as long as copying it. */
bool db_compact(struct db *, struct error *);
/* What its files take, and what is free on their disk. */
bool db_space(struct db *, int64_t *bytes, int64_t *free_bytes, struct error *);
/* A consistent copy into a new file, while others write. */
bool db_backup(struct db *, const char *path, struct error *);

#endif
