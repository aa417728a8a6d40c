#include "base/signals.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>

void annot_signals_hold(sigset_t *ret_before)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
	sigset_t all;
	sigfillset(&all);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		sigdelset(&all, faults[i]);
	pthread_sigmask(SIG_BLOCK, &all, ret_before);
}

void annot_signals_let(const sigset_t *before)
{
	int error = errno;
	pthread_sigmask(SIG_SETMASK, before, NULL);
	errno = error;
}
