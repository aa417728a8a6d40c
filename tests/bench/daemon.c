#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/auto.h"

#include "bench.h"

enum { START_TRIES = 2000, START_PAUSE_NS = 5000000, SYNCS = 150, SYNC_BYTES = 32768 };

extern char **environ;
static pid_t child; /* the daemon that runs; 0 if none */

static void end_child(void)
{
	if (child > 0 && kill(child, SIGKILL) == 0)
		waitpid(child, NULL, 0);
}

static pid_t spawn(const char *const *argv, const char *output)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0600);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	int failed = posix_spawn(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		die("%s: %s", argv[0], strerror(failed));
	return pid;
}

static void output_path(const char *dir, char ret[BENCH_PATH_MAX])
{
	snprintf(ret, BENCH_PATH_MAX, "%s.out", dir);
}

void daemon_start(const char *program, const char *dir, const char *socket)
{
	char url[BENCH_PATH_MAX], output[BENCH_PATH_MAX];
	const struct timespec pause = {.tv_nsec = START_PAUSE_NS};
	snprintf(url, sizeof url, "ipc://%s", socket);
	output_path(dir, output);
	const char *const argv[] = {program, "--corpus",    dir,       "--listen",
				    url,     "--log-level", "warning", NULL};
	atexit(end_child);
	child = spawn(argv, output);
	for (int i = 0; i < START_TRIES; i++) {
		int fd = connection_open(socket), status;
		if (fd >= 0) {
			close(fd);
			return;
		}
		if (waitpid(child, &status, WNOHANG) == child) {
			child = 0;
			die("annotd did not start: see %s", output);
		}
		nanosleep(&pause, NULL);
	}
	die("annotd does not answer on %s", socket);
}

void daemon_stop(void)
{
	int status;
	kill(child, SIGTERM);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die("annotd did not end well");
	child = 0;
}

double daemon_memory(void)
{
	char path[BENCH_PATH_MAX], line[256];
	double ret = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)child);
	AUTO_FILE FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f)) {
		if (strncmp(line, "RssAnon:", 8) == 0)
			ret = strtod(line + 8, NULL);
	}
	if (ret == 0)
		die("%s has no RssAnon", path);
	return ret;
}

static void print_thread(const char *stat)
{
	unsigned long user = 0, system = 0;
	const char *name = strchr(stat, '('), *end = strrchr(stat, ')');
	if (!name || !end)
		return;
	if (sscanf(end, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) !=
	    2)
		return;
	if (user + system > 0)
		fprintf(stderr, "  %-16.*s user %.2f s, system %.2f s\n", (int)(end - name - 1),
			name + 1, (double)user / (double)sysconf(_SC_CLK_TCK),
			(double)system / (double)sysconf(_SC_CLK_TCK));
}

void daemon_threads(void)
{
	char path[BENCH_PATH_MAX], line[1024];
	snprintf(path, sizeof path, "/proc/%d/task", (int)child);
	DIR *folder = opendir(path);
	if (!folder)
		die("%s: %s", path, strerror(errno));
	for (const struct dirent *e; (e = readdir(folder));) {
		snprintf(path, sizeof path, "/proc/%d/task/%s/stat", (int)child, e->d_name);
		AUTO_FILE FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (f && fgets(line, sizeof line, f))
			print_thread(line);
	}
	closedir(folder);
}

double daemon_offline(const char *program, const char *command, const char *dir)
{
	const char *const argv[] = {program, command, "--corpus", dir, NULL};
	char output[BENCH_PATH_MAX];
	int status;
	output_path(dir, output);
	double start = now_s();
	pid_t pid = spawn(argv, output);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die("annotd %s: see %s", command, output);
	return now_s() - start;
}

double database_bytes(const char *dir, const char *name)
{
	static const char *const parts[] = {"", "-wal"};
	double ret = 0;
	for (size_t i = 0; i < COUNT(parts); i++) {
		char path[BENCH_PATH_MAX];
		struct stat s;
		snprintf(path, sizeof path, "%s/%s%s", dir, name, parts[i]);
		if (stat(path, &s) == 0)
			ret += (double)s.st_size;
	}
	if (ret == 0)
		die("%s/%s is not there", dir, name);
	return ret;
}

struct figures disk_sync(const char *dir)
{
	static const char block[SYNC_BYTES] = {1};
	char path[BENCH_PATH_MAX];
	uint64_t took[SYNCS];
	snprintf(path, sizeof path, "%s/sync", dir);
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	double start = now_s();
	for (size_t i = 0; i < SYNCS; i++) {
		double before = now_s();
		if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd) != 0)
			die("%s: %s", path, strerror(errno));
		took[i] = (uint64_t)((now_s() - before) * 1e9);
	}
	double seconds = now_s() - start;
	unlink(path);
	return figures_of(took, SYNCS, seconds);
}
