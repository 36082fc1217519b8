/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only user of libfcgi. It reads without a deadline, and its own accept waits 2 s for a silent
 * connection; so this file accepts, sets time-outs on the socket and hands it over. libfcgi never
 * gets the listening socket: after a connection that breaks it would accept the next one itself,
 * and read that without time-outs.
 */
#include "web/http/fcgi.h"

#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/mem.h"

enum { IO_SECONDS = 2 };

/* The largest request that fcgi_is_whole() recognizes, in bytes. */
enum { WHOLE_MOST = 16384 };

struct fcgi {
	FCGX_Request request;
	int listen_fd;
};

struct fcgi *
fcgi_new(void *ctx, int listen_fd)
{
	struct fcgi *f = mem_new(ctx, struct fcgi);

	f->listen_fd = listen_fd;
	if (FCGX_Init() != 0 || FCGX_InitRequest(&f->request, -1, 0) != 0)
		mem_check(NULL);
	return f;
}

bool
fcgi_accept(struct fcgi *f)
{
	const struct timeval limit = {.tv_sec = IO_SECONDS};
	int fd = accept4(f->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	f->request.ipcFd = fd;
	/* Otherwise libfcgi would first close the descriptor that it remembers from the last
	 * request. */
	f->request.keepConnection = 1;
	return true;
}

bool
fcgi_is_whole(const struct fcgi *f)
{
	unsigned char data[WHOLE_MOST];
	ssize_t got = recv(f->request.ipcFd, data, sizeof data, MSG_PEEK | MSG_DONTWAIT);
	size_t n = got < 0 ? 0 : (size_t)got;

	for (size_t at = 0; at + sizeof(FCGI_Header) <= n;) {
		const FCGI_Header *h = (const FCGI_Header *)(data + at);
		size_t len = (size_t)h->contentLengthB1 << 8 | h->contentLengthB0;
		at += sizeof *h + len + h->paddingLength;
		/* The body ends with an empty record. */
		if (h->type == FCGI_STDIN && len == 0)
			return at <= n;
	}
	return false;
}

bool
fcgi_begin(struct fcgi *f)
{
	return FCGX_Accept_r(&f->request) == 0;
}

bool
fcgi_is_abandoned(const struct fcgi *f)
{
	struct pollfd p = {.fd = f->request.ipcFd, .events = POLLRDHUP};

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void
fcgi_drop(struct fcgi *f)
{
	FCGX_Free(&f->request, 1);
}

const char *const *
fcgi_env(const struct fcgi *f)
{
	return (const char *const *)f->request.envp;
}

bool
fcgi_is_local(const struct fcgi *f)
{
	struct ucred peer;
	socklen_t n = sizeof peer;

	return FCGX_GetParam(FCGI_LOCAL, f->request.envp) != NULL &&
	    getsockopt(f->request.ipcFd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
	    (peer.uid == 0 || peer.uid == geteuid());
}

size_t
fcgi_read(struct fcgi *f, char *out, size_t n)
{
	size_t total = 0;

	while (total < n) {
		size_t want = n - total > INT_MAX ? INT_MAX : n - total;
		int got = FCGX_GetStr(out + total, (int)want, f->request.in);
		if (got <= 0)
			break;
		total += (size_t)got;
	}
	return total;
}

void
fcgi_finish(struct fcgi *f, const char *data, size_t n)
{
	FCGX_PutStr(data, n > INT_MAX ? INT_MAX : (int)n, f->request.out);
	/* Closing a socket with unread data may discard the answer, so libfcgi waits until the
	 * other side has closed. When everything was read there is nothing to wait for. */
	if (FCGX_GetChar(f->request.in) == EOF && FCGX_GetError(f->request.in) == 0)
		FCGX_Detach(&f->request);
	FCGX_Finish_r(&f->request);
}
