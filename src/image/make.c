#include "image/inner.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The parent's side: starts the child, feeds it, bounds it, and reads what it answers as the answer of a stranger. */

#define SELF "/proc/self/exe" /* where there is none, the name that the program was called by */

#define LOOK_MS 200 /* how often time and the end of the process are looked at */

struct child {
	pid_t pid;
	int fd;
	uint64_t deadline; /* clock_mono_us */
	struct str left;   /* to be sent */
	struct buf answer;
};

static bool spawn(struct child *c, int theirs, unsigned want, struct error *err)
{
	static char lc[] = "LC_ALL=C", untrusted[] = "VIPS_BLOCK_UNTRUSTED=1", vector[] = "VIPS_NOVECTOR=1",
	            threads[] = "VIPS_CONCURRENCY=1", argument[] = CHILD_ARGUMENT, name[] = "kairan";
	char number[16];
	char *const env[] = { lc, untrusted, vector, threads, NULL }, *const argv[] = { name, argument, number, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	snprintf(number, sizeof number, "%u", want);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_adddup2(&files, theirs, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, theirs, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", 1, 0);
	int failed = access(SELF, X_OK) == 0 ? posix_spawn(&c->pid, SELF, &files, &attributes, argv, env)
	                                     : posix_spawnp(&c->pid, child_program(), &files, &attributes, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return failed ? error_set(err, ERR_UNAVAILABLE, "cannot start the image decoder: %s", strerror(failed)) : true;
}

static bool start(struct child *c, struct str data, unsigned want, struct error *err)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return error_set(err, ERR_IO, "cannot make a socket for the image decoder: %s", strerror(errno));
	*c = (struct child){ .fd = pair[0], .left = data, .answer = { .max = IMAGE_ANSWER_MAX } };
	/* Beside the child's own limit of CPU time, for one that waits; a child of low rank may have to. */
	c->deadline = clock_mono_us() + (uint64_t)IMAGE_SECONDS * (want & IMAGE_LATER ? 10 : 1) * 1000000;
	bool ok = spawn(c, pair[1], want, err);
	close(pair[1]);
	if (!ok)
		close(c->fd);
	return ok;
}

static void send_some(struct child *c)
{
	ssize_t n = send(c->fd, c->left.p, c->left.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0)
		c->left = str_skip(c->left, (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		c->left.n = 0; /* it ended, or wants no more: what it says of itself decides */
	if (c->left.n == 0)
		shutdown(c->fd, SHUT_WR);
}

/* False at the end of its answer, which may be the end of our patience. */
static bool receive_some(struct child *c)
{
	char chunk[65536];
	ssize_t n = recv(c->fd, chunk, sizeof chunk, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	buf_add(&c->answer, str_of(chunk, (size_t)n));
	return n > 0 && !c->answer.failed;
}

static atomic_bool ended;

void image_give_up(void)
{
	atomic_store(&ended, true);
}

static bool pump(struct child *c, bool *late)
{
	if (c->left.n == 0)
		shutdown(c->fd, SHUT_WR);
	for (;;) {
		struct pollfd p = { .fd = c->fd, .events = (short)(POLLIN | (c->left.n ? POLLOUT : 0)) };
		uint64_t now = clock_mono_us();
		*late = now >= c->deadline;
		if (*late || atomic_load(&ended))
			return false;
		int ready = poll(&p, 1, LOOK_MS);
		if (ready < 0 && errno != EINTR)
			return false;
		if (ready > 0 && (p.revents & POLLOUT) && c->left.n)
			send_some(c);
		if (ready > 0 && (p.revents & (POLLIN | POLLHUP | POLLERR)) && !receive_some(c))
			return !c->answer.failed;
	}
}

static bool judge(int status, bool late, struct error *err)
{
	if (atomic_load(&ended))
		return error_set(err, ERR_UNAVAILABLE, "the process ends");
	if (late || (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)))
		return error_set(err, ERR_TOO_LARGE, "the image takes more than %d seconds of work", IMAGE_SECONDS);
	switch (WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_BROKEN) {
	case CHILD_DONE:
		return true;
	case CHILD_LARGE:
		return error_set(err, ERR_TOO_LARGE, "the image has more than %d million pixels or %d frames",
		    IMAGE_PIXELS_MAX / 1000000, IMAGE_FRAMES_MAX);
	case CHILD_NO_LIBRARY:
		return error_set(err, ERR_UNAVAILABLE, "libvips is not installed, or is older than 8.13");
	case CHILD_UNCONFINED:
		return error_set(err, ERR_UNAVAILABLE, "the system does not let the image decoder be confined");
	default:
		return error_set(err, ERR_INVALID, "the image is broken: it cannot be decoded");
	}
}

/* Runs the child to its end. The answer is in c->answer, also when it failed on the way. */
static bool run(struct child *c, struct str data, unsigned want, struct error *err)
{
	bool late = false;
	int status = 0;
	if (!start(c, data, want, err))
		return false;
	if (!pump(c, &late))
		kill(c->pid, SIGKILL);
	close(c->fd);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	return judge(status, late, err);
}

/* A record with its bytes, cut off the answer. */
static bool next_record(struct str *answer, struct record *out, struct str *bytes)
{
	if (answer->n < sizeof *out)
		return false;
	memcpy(out, answer->p, sizeof *out);
	*bytes = str_sub(*answer, sizeof *out, sizeof *out + out->bytes);
	if (bytes->n != out->bytes)
		return false;
	*answer = str_skip(*answer, sizeof *out + out->bytes);
	return true;
}

#define SIZES_MAX 16

static bool take(struct str answer, unsigned want, struct image_set *out, struct arena *arena, struct error *err)
{
	struct record record;
	struct str bytes;
	out->sizes = arena_array(arena, SIZES_MAX, sizeof *out->sizes);
	if (!out->sizes)
		return error_memory(err);
	while (next_record(&answer, &record, &bytes)) {
		struct image_made made = { .data = bytes };
		bool whole = record.kind == RECORD_WHOLE;
		if (!image_read(bytes, &made.type, &made.width, &made.height) || (!whole && out->n_sizes == SIZES_MAX))
			return error_set(err, ERR_INVALID, "the image decoder answers with what is no image");
		bool is_webp = str_eq(made.type, STR("image/webp"));
		made.data = is_webp ? webp_bare(bytes, arena) : arena_dup(arena, bytes);
		if (!made.data.p)
			return error_memory(err);
		if (whole)
			out->whole = made;
		else
			out->sizes[out->n_sizes++] = made;
	}
	if (answer.n || ((want & IMAGE_WHOLE) && out->whole.data.n == 0))
		return error_set(err, ERR_INVALID, "the image decoder's answer is cut short");
	return true;
}

/* A format whose largest picture is no smaller than the whole one of the same size, or than a WebP, is worth nothing. */
static void drop_vain(struct image_set *set, struct str type, size_t other)
{
	size_t largest = 0, kept = 0;
	for (size_t i = 0; i < set->n_sizes; i++) {
		if (str_eq(set->sizes[i].type, type))
			largest = set->sizes[i].data.n;
	}
	if (other == 0 || largest < other)
		return;
	for (size_t i = 0; i < set->n_sizes; i++) {
		if (!str_eq(set->sizes[i].type, type))
			set->sizes[kept++] = set->sizes[i];
	}
	set->n_sizes = kept;
}

static void tidy(struct image_set *set, size_t whole)
{
	size_t webp = 0;
	drop_vain(set, STR("image/webp"), whole);
	drop_vain(set, STR("image/avif"), whole);
	for (size_t i = 0; i < set->n_sizes; i++) {
		if (str_eq(set->sizes[i].type, STR("image/webp")))
			webp = set->sizes[i].data.n;
	}
	drop_vain(set, STR("image/avif"), webp);
}

bool image_make(struct str data, unsigned want, struct image_set *out, struct arena *arena, struct error *err)
{
	struct child c = { 0 };
	struct str type;
	int width, height;
	*out = (struct image_set){ 0 };
	if (data.n > MEDIA_MAX)
		return error_set(err, ERR_TOO_LARGE, "the image is larger than %zu MiB", MEDIA_MAX / MIB);
	if (!image_read(data, &type, &width, &height))
		return error_set(err, ERR_INVALID, "this is no PNG, JPEG, GIF, WebP or AVIF image");
	if ((int64_t)width * height > IMAGE_PIXELS_MAX)
		return error_set(err, ERR_TOO_LARGE, "the image has more than %d million pixels", IMAGE_PIXELS_MAX / 1000000);
	bool ok = run(&c, data, want, err) && take(buf_str(&c.answer), want, out, arena, err);
	buf_free(&c.answer);
	if (ok && (want & IMAGE_WHOLE) && !str_eq(out->whole.type, type))
		return error_set(err, ERR_INVALID, "the image decoder answers with another kind of image");
	tidy(out, want & IMAGE_WHOLE ? out->whole.data.n : data.n);
	return ok;
}

bool image_powers(struct image_powers *out, struct error *err)
{
	struct child c = { 0 };
	struct record record;
	struct str bytes, answer;
	*out = (struct image_powers){ 0 };
	bool ok = run(&c, STR(""), WANT_POWERS, err);
	answer = buf_str(&c.answer);
	if (ok && next_record(&answer, &record, &bytes) && record.kind == RECORD_POWERS)
		*out = (struct image_powers){ .decodes = true,
			.webp = record.powers & 1,
			.avif = (record.powers & 2) != 0,
			.confined = (record.powers & 4) != 0 };
	buf_free(&c.answer);
	return ok;
}
