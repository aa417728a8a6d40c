#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct running {
	pid_t pid;
	int out, err; /* -1: ended */
	int64_t deadline_ms;
	size_t message_len;
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The input as a file of nobody's, at its start; -1. */
static int make_input(struct annot_bytes input)
{
	int fd = memfd_create("annot-intake", MFD_CLOEXEC);
	for (size_t at = 0; fd >= 0 && at < input.len;) {
		ssize_t n = pwrite(fd, input.data + at, input.len - at, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(fd);
			return -1;
		}
		at += (size_t)n;
	}
	return fd;
}

static void limit(pid_t pid, size_t memory, int seconds)
{
	struct rlimit none = {0, 0}, cpu = {(rlim_t)seconds, (rlim_t)seconds},
		      most = {memory, memory};
	prlimit(pid, RLIMIT_CORE, &none, NULL);
	prlimit(pid, RLIMIT_CPU, &cpu, NULL);
	if (memory > 0)
		prlimit(pid, RLIMIT_AS, &most, NULL);
}

/* 0 or an errno. */
static int spawn(const struct child *c, int in, int out, int err, pid_t *ret)
{
	char path[4096] = "PATH=";
	const char *own = getenv("PATH");
	char locale[] = "LC_ALL=C.UTF-8";
	snprintf(path + strlen(path), sizeof path - strlen(path), "%s",
		 own ? own : "/usr/local/bin:/usr/bin:/bin");
	char *const env[] = {path, locale, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
	/* Also what whoever started us left open. */
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	int why = posix_spawnp(ret, c->argv[0], &files, &attributes,
			       (char *const *)(uintptr_t)c->argv, env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return why;
}

static enum annot_status start(const struct child *c, struct running *ret, struct annot_error *err)
{
	int in = make_input(c->input), out[2] = {-1, -1}, messages[2] = {-1, -1}, why = EIO;
	if (in >= 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(messages, O_CLOEXEC) == 0)
		why = spawn(c, in, out[1], messages[1], &ret->pid);
	else if (errno != 0)
		why = errno;
	const int ours[] = {in, out[1], messages[1]};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (ours[i] >= 0)
			close(ours[i]);
	ret->out = out[0];
	ret->err = messages[0];
	if (why == 0) {
		limit(ret->pid, c->memory, c->seconds);
		ret->deadline_ms = now_ms() + (int64_t)c->seconds * 1000;
		return ANNOT_OK;
	}
	if (ret->out >= 0)
		close(ret->out);
	if (ret->err >= 0)
		close(ret->err);
	return annot_fail(err, why == ENOENT ? ANNOT_NOT_FOUND : ANNOT_UNREADABLE,
			  "%s cannot be run: %s", c->argv[0], strerror(why));
}

/* Reads what is there; closes at the end. */
static void take(int *fd, struct annot_buf *output, struct running *r, struct child_end *end)
{
	char piece[1 << 16];
	ssize_t n = read(*fd, piece, sizeof piece);
	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close(*fd);
		*fd = -1;
		return;
	}
	if (output) {
		annot_buf_add(output, piece, (size_t)n);
		return;
	}
	for (ssize_t i = 0; i < n && r->message_len < CHILD_MESSAGE_MAX; i++)
		end->message[r->message_len++] = piece[i];
}

static enum annot_status follow(struct running *r, struct annot_buf *output, struct child_end *end,
				struct annot_error *err)
{
	while (r->out >= 0 || r->err >= 0) {
		struct pollfd ready[2] = {{r->out, POLLIN, 0}, {r->err, POLLIN, 0}};
		int64_t left = r->deadline_ms - now_ms();
		int n = poll(ready, 2, left > 0 ? (int)left : 0);
		if (n == 0)
			return annot_fail(err, ANNOT_TIMEOUT, "it took too long");
		if (n < 0 && errno != EINTR)
			return annot_fail(err, ANNOT_INTERNAL, "poll: %s", strerror(errno));
		if (n > 0 && ready[0].revents)
			take(&r->out, output, r, end);
		if (n > 0 && ready[1].revents)
			take(&r->err, NULL, r, end);
		if (output->failed)
			return annot_buf_check(output, "its text", err);
	}
	return ANNOT_OK;
}

/* It may have closed its output and go on. */
static enum annot_status await_end(const struct running *r, struct annot_error *err)
{
	int ended = (int)syscall(SYS_pidfd_open, r->pid, 0);
	struct pollfd ready = {ended, POLLIN, 0};
	int n;
	if (ended < 0) /* a kernel before 5.3: its limit of CPU time is left */
		return ANNOT_OK;
	do {
		int64_t left = r->deadline_ms - now_ms();
		n = poll(&ready, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	close(ended);
	return n > 0 ? ANNOT_OK : annot_fail(err, ANNOT_TIMEOUT, "it took too long");
}

enum annot_status child_run(const struct child *c, struct annot_buf *output, struct child_end *ret,
			    struct annot_error *err)
{
	struct running r = {0};
	struct child_end end = {0};
	int how = 0;
	annot_buf_puts(output, "");
	TRY(start(c, &r, err));
	enum annot_status status = follow(&r, output, &end, err);
	if (status == ANNOT_OK)
		status = await_end(&r, err);
	if (status != ANNOT_OK)
		kill(r.pid, SIGKILL);
	if (r.out >= 0)
		close(r.out);
	if (r.err >= 0)
		close(r.err);
	while (waitpid(r.pid, &how, 0) < 0 && errno == EINTR)
		;
	end.message[strcspn(end.message, "\r\n")] = '\0';
	end.code = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
	end.signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
	*ret = end;
	return status;
}
