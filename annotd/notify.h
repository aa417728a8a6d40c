/*
 * Telling the service manager how far we are: one datagram to NOTIFY_SOCKET, as sd_notify(3)
 * describes. Not through libsystemd, which has the process load four libraries for compression and
 * cryptography: the protocol is stable by promise, and sd_notify(3) shows such a function for those
 * who do not want to.
 */
#ifndef ANNOTD_NOTIFY_H
#define ANNOTD_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STATUS=…" and so on, one a line; nothing happens where there is no NOTIFY_SOCKET. */
void notify(const char *state);

/* How long the service manager waits for WATCHDOG=1 before it takes this process for dead, in
 * microseconds (sd_watchdog_enabled(3)); 0: it does not watch. */
uint64_t notify_watchdog_us(void);

#endif
