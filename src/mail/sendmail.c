#include "mail/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

/* A local sendmail command, as postfix, opensmtpd, exim, msmtp and others bring one: no shell, the recipient after "--". */

static bool spawn(const char *command, char *const argv[], int in, int complaints, pid_t *pid, struct error *err)
{
	static char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	int why = posix_spawn(pid, command, &actions, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return why == 0 ? true : error_set(err, ERR_IO, "cannot run %s: %s", command, strerror(why));
}

/* It reads lines that end as the system's do. A command that ends early is told by its status. */
static void write_message(int fd, struct str message)
{
	for (size_t at = 0; at < message.n;) {
		size_t end = at;
		while (end < message.n && !(message.p[end] == '\r' && end + 1 < message.n && message.p[end + 1] == '\n'))
			end++;
		for (size_t from = at; from < end;) {
			ssize_t n = write(fd, message.p + from, end - from);
			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0)
				return;
			from += (size_t)n;
		}
		at = end + (end < message.n);
	}
}

/* What the command complains of goes nowhere, for it names people; but some (OpenSMTPD's) tell nothing by their status, and
 * say there what the server said: "command failed: 550 5.1.1 …". */
struct complaint {
	int fd;
	size_t n;
	char text[512];
};

static void listen_to(struct complaint *c)
{
	char rest[512];
	for (;;) {
		bool fits = c->n < sizeof c->text - 1;
		ssize_t n = read(c->fd, fits ? c->text + c->n : rest, fits ? sizeof c->text - 1 - c->n : sizeof rest);
		if (n <= 0)
			return;
		c->n += fits ? (size_t)n : 0;
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A server's final refusal among words: three digits of the five hundreds, alone. */
static int refusal_in(const struct complaint *c, char status[12])
{
	for (size_t i = 0; i + 4 < c->n; i++) {
		const char *p = c->text + i;
		bool starts = i == 0 || p[-1] == ' ' || p[-1] == '\n';
		if (!starts || p[0] != '5' || !is_digit(p[1]) || !is_digit(p[2]) || (p[3] != ' ' && p[3] != '-'))
			continue;
		status_read(str_of(p + 4, c->n - i - 4), status);
		return 500 + (p[1] - '0') * 10 + p[2] - '0';
	}
	return 0;
}

static void judge(int status, const struct complaint *c, struct mail_report *out)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	*out = (struct mail_report){ .code = code, .result = code == 0 ? MAIL_SENT : MAIL_LATER };
	if (code == 0)
		return;
	snprintf(out->why, sizeof out->why, "the command ended with %d", code);
	int refusal = code == EX_TEMPFAIL ? 0 : refusal_in(c, out->status);
	if (refusal)
		out->code = refusal;
	if (refusal || code == EX_DATAERR || code == EX_NOUSER || code == EX_NOHOST)
		out->result = MAIL_REFUSED;
}

#define SECONDS 300
#define NAP_MS 20

/* One that does not end is ended. */
static void wait_for(pid_t pid, const atomic_bool *stop, struct complaint *c, int *status)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	for (int waited = 0; waited < SECONDS * 1000 && !(stop && atomic_load(stop)); waited += NAP_MS) {
		listen_to(c);
		if (waitpid(pid, status, WNOHANG) == pid) {
			listen_to(c);
			return;
		}
		nanosleep(&nap, NULL);
	}
	kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
}

static bool run(const char *command, char *const argv[], struct str message, const atomic_bool *stop,
    struct complaint *c, int *status, struct error *err)
{
	int in[2], out[2];
	pid_t pid;
	if (pipe2(in, O_CLOEXEC) != 0)
		return error_set(err, ERR_IO, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return error_set(err, ERR_IO, "cannot make a pipe: %s", strerror(errno));
	}
	(void)fcntl(out[0], F_SETFL, O_NONBLOCK);
	bool ok = spawn(command, argv, in[0], out[1], &pid, err);
	close(in[0]);
	close(out[1]);
	if (ok)
		write_message(in[1], message);
	close(in[1]);
	c->fd = out[0];
	if (ok)
		wait_for(pid, stop, c, status);
	close(out[0]);
	return ok;
}

bool sendmail_run(const char *command, struct str return_path, struct str to, struct str message,
    const atomic_bool *stop, struct mail_report *out, struct arena *arena, struct error *err)
{
	int status = 0;
	struct complaint complaint = { 0 };
	char *from = arena_cstr(arena, return_path), *recipient = arena_cstr(arena, to),
	     *name = arena_cstr(arena, str_from(command));
	char i[] = "-i", f[] = "-f", end[] = "--";
	if (!from || !recipient || !name)
		return error_memory(err);
	char *const argv[] = { name, i, f, from, end, recipient, NULL };
	if (!run(command, argv, message, stop, &complaint, &status, err))
		return false;
	judge(status, &complaint, out);
	return true;
}
