#include "annotd/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/encode.h"

void notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;
	if (len == 0 || len >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')
		to.sun_path[0] = '\0'; /* the abstract name space */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	/* Nobody to tell when it fails. */
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, size);
	close(fd);
}

/* A number from the environment; 0 where there is none. */
static uint64_t number(const char *name)
{
	const char *text = getenv(name);
	uint64_t n;
	return text && annot_parse_u64(text, strlen(text), &n) ? n : 0;
}

uint64_t notify_watchdog_us(void)
{
	uint64_t pid = number("WATCHDOG_PID"); /* a parent's is not for us */
	return getenv("WATCHDOG_PID") && pid != (uint64_t)getpid() ? 0 : number("WATCHDOG_USEC");
}
