#include "image/inner.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#endif

/* The child's confinement. First what holds while the library is loaded, then, before the first byte of the file is looked
 * at, the system calls: what is left can compute, take memory within its limit, start threads of its own, and write to
 * the socket that it was given. It opens no file, makes no connection, starts no program. */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* glibc has an enumeration of its own for what is limited. */
#ifdef __GLIBC__
static void limit(__rlimit_resource_t what, rlim_t most)
#else
static void limit(int what, rlim_t most)
#endif
{
	struct rlimit value = { most, most };
	setrlimit(what, &value);
}

void confine_limits(bool later)
{
#ifndef SANITIZED
	limit(RLIMIT_AS, IMAGE_MEMORY); /* the sanitizers' own maps are larger than any limit */
#endif
	limit(RLIMIT_CPU, IMAGE_SECONDS);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 64);
#ifdef __linux__
	struct sched_param none = { 0 };
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	if (later)
		sched_setscheduler(0, SCHED_IDLE, &none);
#endif
	if (later)
		setpriority(PRIO_PROCESS, 0, 15);
}

#ifdef __linux__

static bool allow_all(scmp_filter_ctx filter)
{
	static const int calls[] = { SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(recvfrom),
		SCMP_SYS(sendto), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(lseek), SCMP_SYS(munmap),
		SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mincore), SCMP_SYS(brk), SCMP_SYS(futex),
		SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
		SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(sched_yield),
		SCMP_SYS(sched_getaffinity), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
		SCMP_SYS(gettimeofday), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(getpid), SCMP_SYS(gettid),
		SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(getrusage), SCMP_SYS(restart_syscall) };
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false;
	}
	/* Threads but no processes; clone3 hides its flags in memory, and the C library then takes clone. Memory that runs as
	 * code cannot be had any more. */
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
	           SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0)) == 0;
}

bool confine_calls(bool *filter)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool ok = context && allow_all(context) && seccomp_load(context) == 0;
	if (context)
		seccomp_release(context);
	*filter = ok;
	return ok;
}

#else

bool confine_calls(bool *filter)
{
	*filter = false;
	return true;
}

#endif
