#include "leftover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIGNALS = 5, ENTRIES_SIZE = 4096 };

static const int ending[SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXFSZ};
static struct sigaction before[SIGNALS];
static const char *volatile watched;

static bool is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* One pass over the names; whether it removed something. readdir may not be called in a handler. */
static bool remove_files(int folder)
{
	_Alignas(struct dirent64) char entries[ENTRIES_SIZE];
	bool removed = false;
	long n;
	lseek(folder, 0, SEEK_SET);
	while ((n = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0)
		for (long at = 0; at < n;) {
			const struct dirent64 *entry = (const void *)(entries + at);
			if (!is_dots(entry->d_name) && unlinkat(folder, entry->d_name, 0) == 0)
				removed = true;
			at += entry->d_reclen;
		}
	return removed;
}

void leftover_remove(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	while (remove_files(fd))
		;
	close(fd);
	(void)rmdir(folder);
}

static void end(int signal_number)
{
	if (watched)
		leftover_remove(watched);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void watch(const char *folder)
{
	struct sigaction action = {.sa_handler = end};
	sigfillset(&action.sa_mask); /* one is enough */
	watched = folder;
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(ending[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
			sigaction(ending[i], &action, NULL);
}

/* Signals wait meanwhile: what has the name before it is made, or one that mkdtemp tries, is
 * somebody else's. */
bool leftover_make(char *name)
{
	sigset_t held, mask;
	sigemptyset(&held);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaddset(&held, ending[i]);
	pthread_sigmask(SIG_BLOCK, &held, &mask);
	bool made = mkdtemp(name) != NULL;
	int error = errno;
	if (made)
		watch(name);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	errno = error;
	return made;
}

void leftover_forget(void)
{
	if (!watched)
		return;
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(ending[i], &before[i], NULL);
	watched = NULL;
}
