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

static bool spawn(const char *command, char *const argv[], int in, int keep_out, pid_t *pid, struct error *err)
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
	posix_spawn_file_actions_addclose(&actions, keep_out);
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

static void judge(int status, struct mail_report *out)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	bool final = code == EX_DATAERR || code == EX_NOUSER || code == EX_NOHOST;
	*out = (struct mail_report){ .code = code, .result = code == 0 ? MAIL_SENT : final ? MAIL_REFUSED : MAIL_LATER };
	if (code)
		snprintf(out->why, sizeof out->why, "the command ended with %d", code);
}

#define SECONDS 300
#define NAP_MS 20

/* One that does not end is ended. */
static void wait_for(pid_t pid, const atomic_bool *stop, int *status)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	for (int waited = 0; waited < SECONDS * 1000 && !(stop && atomic_load(stop)); waited += NAP_MS) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return;
		nanosleep(&nap, NULL);
	}
	kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
}

bool sendmail_run(const char *command, struct str return_path, struct str to, struct str message,
    const atomic_bool *stop, struct mail_report *out, struct arena *arena, struct error *err)
{
	int pipes[2], status = 0;
	pid_t pid;
	char *from = arena_cstr(arena, return_path), *recipient = arena_cstr(arena, to),
	     *name = arena_cstr(arena, str_from(command));
	char i[] = "-i", f[] = "-f", end[] = "--";
	if (!from || !recipient || !name)
		return error_memory(err);
	char *const argv[] = { name, i, f, from, end, recipient, NULL };
	if (pipe2(pipes, O_CLOEXEC) != 0)
		return error_set(err, ERR_IO, "cannot make a pipe: %s", strerror(errno));
	bool ok = spawn(command, argv, pipes[0], pipes[1], &pid, err);
	close(pipes[0]);
	if (ok)
		write_message(pipes[1], message);
	close(pipes[1]);
	if (!ok)
		return false;
	wait_for(pid, stop, &status);
	judge(status, out);
	return true;
}
