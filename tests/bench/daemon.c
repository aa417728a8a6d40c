#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/auto.h"

#include "bench.h"

enum { START_PAUSE_NS = 200000, SYNCS = 150, SYNC_BYTES = 32768 };
#define START_MAX_S 300 /* an index of millions of records may have to be made again */

extern char **environ;
static volatile sig_atomic_t child; /* the daemon that runs; 0 if none */

static void end_child(void)
{
	if (child > 0 && kill(child, SIGKILL) == 0)
		waitpid(child, NULL, 0);
}

static void on_signal(int signal)
{
	(void)signal;
	if (child > 0)
		kill(child, SIGKILL);
	_exit(1);
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

double daemon_start(const char *program, const char *dir, const char *socket)
{
	char url[BENCH_PATH_MAX], output[BENCH_PATH_MAX];
	const struct timespec pause = {.tv_nsec = START_PAUSE_NS};
	static bool is_again;
	snprintf(url, sizeof url, "ipc://%s", socket);
	output_path(dir, output);
	const char *const argv[] = {program, "--corpus",    dir,       "--listen",
				    url,     "--log-level", "warning", NULL};
	if (!is_again) {
		atexit(end_child);
		signal(SIGINT, on_signal);
		signal(SIGTERM, on_signal);
	}
	is_again = true;
	double start = now_s();
	child = spawn(argv, output);
	while (now_s() - start < START_MAX_S) {
		int fd = connection_open(socket), status;
		if (fd >= 0) {
			close(fd);
			return now_s() - start;
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

void daemon_kill(void)
{
	end_child();
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

static void print_thread(void *arg, const char *stat)
{
	(void)arg;
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

/* Calls back with the first line of such a file of each thread. */
static void each_thread(const char *file, void (*each)(void *arg, const char *line), void *arg)
{
	char path[BENCH_PATH_MAX], line[1024];
	snprintf(path, sizeof path, "/proc/%d/task", (int)child);
	DIR *folder = opendir(path);
	if (!folder)
		die("%s: %s", path, strerror(errno));
	for (const struct dirent *e; (e = readdir(folder));) {
		snprintf(path, sizeof path, "/proc/%d/task/%s/%s", (int)child, e->d_name, file);
		AUTO_FILE FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (f && fgets(line, sizeof line, f))
			each(arg, line);
	}
	closedir(folder);
}

void daemon_threads(void)
{
	each_thread("stat", print_thread, NULL);
}

static void add_cpu(void *arg, const char *schedstat)
{
	*(double *)arg += strtod(schedstat, NULL) / 1e9;
}

double daemon_cpu(void)
{
	double ret = 0;
	each_thread("schedstat", add_cpu, &ret);
	return ret;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

double program_cpu(const char *const *argv, const char *output)
{
	struct rusage usage;
	int status;
	pid_t pid = spawn(argv, output);
	if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die("%s: see %s", argv[0], output);
	return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

double program_wall(const char *const *argv, const char *output)
{
	int status;
	double start = now_s();
	pid_t pid = spawn(argv, output);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die("%s %s: see %s", argv[0], argv[1], output);
	return now_s() - start;
}

double daemon_offline(const char *program, const char *command, const char *dir)
{
	/* The rest of what follows from the log is made and checked beside serving. */
	const char *const argv[] = {program, command, "--defer", "--corpus", dir, NULL};
	char output[BENCH_PATH_MAX];
	output_path(dir, output);
	return program_wall(argv, output);
}

double file_bytes(const char *dir, const char *name)
{
	char path[BENCH_PATH_MAX];
	struct stat s;
	snprintf(path, sizeof path, "%s/%s", dir, name);
	return stat(path, &s) == 0 ? (double)s.st_size : 0;
}

double database_bytes(const char *dir, const char *name)
{
	char wal[64];
	snprintf(wal, sizeof wal, "%s-wal", name);
	double ret = file_bytes(dir, name) + file_bytes(dir, wal);
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
