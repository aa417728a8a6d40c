/*
 * Signals that wait while something is done that must not stop halfway. A signal to the process
 * goes to any thread that takes it, so this holds only where no other thread does: threads that
 * nobody expects (client's, of nng) are started with all signals held.
 */
#ifndef ANNOT_BASE_SIGNALS_H
#define ANNOT_BASE_SIGNALS_H

#include <signal.h>

/* Of this thread, all but those that a fault of its own raises. */
void annot_signals_hold(sigset_t *ret_before);
/* As they were before; errno stays. */
void annot_signals_let(const sigset_t *before);

#endif
