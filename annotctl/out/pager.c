#include "pager.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pid_t pager_pid;

static const char *pager_program(void)
{
	const char *program = getenv("ANNOT_PAGER");
	if (!program)
		program = getenv("PAGER");
	if (program && *program)
		return program;
	/* A small system has no pager. */
	return "if command -v less >/dev/null; then exec less; else exec cat; fi";
}

void pager_begin(void)
{
	int ends[2];
	if (pager_pid || !isatty(STDOUT_FILENO) || pipe2(ends, O_CLOEXEC) != 0)
		return;
	/* F: leave at once when it fits a screen; R: let our colours through; X: keep the screen.
	 */
	setenv("LESS", "FRX", 0);
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)pager_program(), NULL};
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
	if (posix_spawnp(&pager_pid, "sh", &actions, NULL, argv, environ) == 0) {
		fflush(stdout);
		dup2(ends[1], STDOUT_FILENO);
	} else {
		pager_pid = 0;
	}
	posix_spawn_file_actions_destroy(&actions);
	close(ends[0]);
	close(ends[1]);
}

bool pager_runs(void)
{
	return pager_pid != 0;
}

void pager_end(void)
{
	if (!pager_pid)
		return;
	fclose(stdout);
	waitpid(pager_pid, NULL, 0);
	pager_pid = 0;
}
