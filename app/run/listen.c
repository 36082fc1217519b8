/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The listening socket. It outlives every worker, so the parent holds it. libfcgi could open it,
 * but calls exit() when it cannot.
 */
#include "run/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"

enum { BACKLOG = 1024, SYSTEMD_FD = 3 };

static bool
is_listening(int fd)
{
	int on = 0;
	socklen_t n = sizeof on;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on != 0;
}

static int
inherited_socket(void)
{
	const char *pid = getenv("LISTEN_PID");
	int64_t ours;

	if (is_listening(STDIN_FILENO))
		return STDIN_FILENO;
	if (pid != NULL && num_int(pid, 1, INT32_MAX, &ours) && ours == getpid() &&
	    is_listening(SYSTEMD_FD))
		return SYSTEMD_FD;
	return -1;
}

static int
fail_listen(int fd, const char *where)
{
	log_say(LOG_ERROR, "listen", "%s: %s", where, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Removes a socket file that no process listens on, which a crash left behind; one that is in use
 * is an error. */
static bool
is_free(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = connect(fd, (const struct sockaddr *)address, sizeof *address);
	int why = errno;

	close(fd);
	if (r == 0) {
		errno = EADDRINUSE;
		return false;
	}
	if (why == ECONNREFUSED)
		unlink(address->sun_path);
	return true;
}

static bool
set_group(const char *path, const char *group)
{
	if (*group == '\0')
		return true;
	const struct group *g = getgrnam(group);
	if (g == NULL) {
		errno = ENOENT;
		return false;
	}
	return chown(path, (uid_t)-1, g->gr_gid) == 0;
}

static int
open_unix(const struct conf *conf)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(conf->listen) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return fail_listen(-1, conf->listen);
	}
	strcpy(address.sun_path, conf->listen);
	if (!is_free(&address))
		return fail_listen(-1, conf->listen);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t mask = umask(0117);
	int bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
	umask(mask);
	if (bound != 0 || !set_group(conf->listen, conf->listen_group) || listen(fd, BACKLOG) != 0)
		return fail_listen(fd, conf->listen);
	return fd;
}

static int
open_tcp(const struct conf *conf)
{
	char host[256];
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found;
	const char *colon = strrchr(conf->listen, ':');
	int on = 1;

	errno = EINVAL;
	if (colon == NULL || (size_t)(colon - conf->listen) >= sizeof host)
		return fail_listen(-1, conf->listen);
	memcpy(host, conf->listen, (size_t)(colon - conf->listen));
	host[colon - conf->listen] = '\0';
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return fail_listen(-1, conf->listen);
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	int bound = bind(fd, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return bound == 0 && listen(fd, BACKLOG) == 0 ? fd : fail_listen(fd, conf->listen);
}

int
listen_open(const struct conf *conf, const char **made)
{
	int fd = inherited_socket();

	*made = NULL;
	if (fd >= 0) {
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		return fd;
	}
	if (*conf->listen != '/')
		return open_tcp(conf);
	fd = open_unix(conf);
	if (fd >= 0)
		*made = conf->listen;
	return fd;
}
