/* Telling the service manager how far we are: one datagram to NOTIFY_SOCKET, as sd_notify(3)
 * describes. */
#ifndef ANNOTD_NOTIFY_H
#define ANNOTD_NOTIFY_H

/* "READY=1" and so on; nothing happens where there is no NOTIFY_SOCKET. */
void notify(const char *state);

#endif
