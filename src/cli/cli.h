/*
 * cli: the command line. `kairan [-C DIR] COMMAND`; one file a command. Results go to stdout, messages to stderr.
 * Exit status: 0 done, 1 failed, 2 wrong usage.
 *
 * The top of the program: nothing else may include this.
 */
#ifndef KAIRAN_CLI_H
#define KAIRAN_CLI_H

#include "base/base.h"
#include "search/search.h"
#include "store/store.h"

enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct cli {
	const char *dir; /* of the site */
	int argc;        /* of the command: argv[0] is its name */
	char **argv;
};

struct command {
	const char *name;
	const char *arguments; /* for the usage line */
	const char *summary;
	int (*run)(struct cli *);
};

int command_init(struct cli *);
int command_demo(struct cli *);
int command_serve(struct cli *);
int command_import(struct cli *);
int command_search(struct cli *);
int command_article(struct cli *);
int command_category(struct cli *);
int command_setting(struct cli *);
int command_media(struct cli *);
int command_synonym(struct cli *);
int command_pin(struct cli *);
int command_question(struct cli *);
int command_unanswered(struct cli *);
int command_user(struct cli *);
int command_campaign(struct cli *);
int command_key(struct cli *);
int command_mail(struct cli *);
int command_token(struct cli *);
int command_reindex(struct cli *);
int command_check(struct cli *);
int command_backup(struct cli *);
int command_restore(struct cli *);
int command_bench(struct cli *);

/* ---- options.c ---- */

struct option_spec {
	const char *name;   /* "--limit" */
	const char **value; /* set to what follows, or */
	bool *flag;         /* set to true */
	const char *help;
};

/* Reads options anywhere among the arguments, up to "--"; what is left stays in argv[1..], and its number in
 * *n_left. Prints what is wrong, or the help, and returns false with *status set. */
bool options_read(struct cli *, const struct option_spec *, size_t n, const char *arguments, const char *about,
    size_t min_left, size_t max_left, size_t *n_left, int *status);
int fail(const struct error *, const char *what); /* prints "kairan: what: why"; EXIT_FAILED, or EXIT_USAGE */
bool print_json(void *json);                      /* a json_t, which it takes over; a line on stdout */

/* ---- place.c: the files of a site ---- */

struct place {
	char conf[4096], data[4096], store[4096], index[4096], theme[4096];
	char key[4096]; /* kairan.conf may name another than data/secret.key */
};
bool place_of(const char *dir, struct place *out, struct error *);
/* Opens the site's database and key file; says how to make a site where there is none. Without a good key file all goes on
 * that needs none, after a line on stderr. */
struct store *place_store(const struct place *, struct error *);
/* Opens the index and brings it up to date. */
struct search *place_search(const struct place *, struct store *, struct error *);
bool place_make(const char *dir, struct error *); /* `init`: fine when there already */

/* ---- frame.c: commands on what the store keeps ---- */

struct on_store {
	struct cli *cli;
	size_t left; /* arguments after the command's name */
	struct store *store;
	struct arena *arena;
};
/* Opens the store of the site, runs, closes; `options` are the command's own. */
int on_store(struct cli *, size_t left, int (*run)(const struct on_store *, const void *options), const void *options);
/* A change in a transaction of its own: whole or not at all. */
bool in_one(const struct on_store *, bool (*change)(const struct on_store *, struct store_tx *, void *, struct error *),
    void *what, struct error *);
int remove_one(const struct on_store *, int64_t id, bool (*remove)(struct store_tx *, int64_t, struct error *));

/* ---- conf.c: kairan.conf(5) ---- */

struct conf {
	char listen[256];
	char metrics[256];                        /* empty: none */
	char fetch_allow[1024], fetch_proxy[256]; /* for struct fetch_policy; empty: none */
	char mail_from[256], mail_bounces[256], mail_smtp[512], mail_sendmail[1024], mail_password[4096]; /* empty: none */
	int64_t mail_rate, signatures_an_hour;
	char forwarded_by[32]; /* one of WEB_FORWARDED; empty: none */
	char key[4096];        /* relative to the site's folder; empty: data/secret.key */
	int64_t threads, workers, connections, connections_per_address, timeout, cache_mib;
};
/* The defaults where the file is absent. An error names file, line and what may stand there. */
bool conf_read(const char *path, struct conf *out, struct error *);
struct mail_settings;
void conf_mail(const struct conf *, struct mail_settings *out); /* borrows */
extern const char CONF_TEMPLATE[];                              /* what `init` writes */

/* ---- metrics.c: Prometheus text on a listener of its own; nothing in it tells one reader from another ---- */

struct web;
struct metrics {
	struct web *site_web;
	struct search *search;
	int64_t began; /* when the server started */
};
struct web *metrics_start(struct metrics *, const char *listen, struct error *);

/* ---- pictures.c: narrower forms of images, and what an import brought made bare ---- */

/* Makes the forms of one image that waits for them; *found: there was one. */
bool pictures_next(struct store *, bool *found, struct error *);
struct pictures;
struct pictures *pictures_start(struct store *, struct error *); /* a thread that does so as long as there are any */
void pictures_stop(struct pictures *);                           /* NULL is fine; gives up what is being decoded */

/* ---- server.c ---- */

struct server_options {
	struct store *store;
	struct search *search;
	const struct conf *conf;
	const char *theme_dir; /* NULL: none */
	bool dev;
};
/* Serves until SIGTERM or SIGINT; prints the address on stdout once it answers. */
bool server_run(const struct server_options *, struct error *);

#endif
