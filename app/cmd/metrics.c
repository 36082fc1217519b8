/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay metrics: asks the running pool over its socket, as a web server would, because the counters
 * are in memory that the pool shares. No key is needed: the pool knows the user of the process from
 * the socket (web/http/fcgi.h).
 */
#include <errno.h>
#include <fastcgi.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "web/http/fcgi.h"

enum { PATIENCE = 10 /* seconds */, LONGEST = 127 /* of a parameter, as one byte says it */ };

/* Appends a FastCGI record. */
static void
add_record(struct buf *out, unsigned char type, const void *data, size_t n)
{
	const FCGI_Header header = {
		.version = FCGI_VERSION_1,
		.type = type,
		.requestIdB0 = 1,
		.contentLengthB1 = (unsigned char)(n >> 8),
		.contentLengthB0 = (unsigned char)n,
	};

	buf_add(out, &header, sizeof header);
	buf_add(out, data, n);
}

/* Appends a name and value; both shorter than 128 bytes, so that one byte holds a length. */
static void
add_param(struct buf *out, const char *name, const char *value)
{
	buf_char(out, (char)(strlen(name) & LONGEST));
	buf_char(out, (char)(strlen(value) & LONGEST));
	buf_str(out, name);
	buf_str(out, value);
}

/* The records of the request GET /metrics. */
static struct buf *
make_metrics_request(void *mem)
{
	const FCGI_BeginRequestBody begin = {.roleB0 = FCGI_RESPONDER};
	struct buf *params = buf_new(mem, 256), *out = buf_new(mem, 512);

	add_param(params, "REQUEST_METHOD", "GET");
	add_param(params, "REQUEST_URI", "/metrics");
	add_param(params, FCGI_LOCAL, "1");
	add_record(out, FCGI_BEGIN_REQUEST, &begin, sizeof begin);
	add_record(out, FCGI_PARAMS, params->data, params->len);
	/* An empty record ends a stream: these are all parameters, and there is no body. */
	add_record(out, FCGI_PARAMS, "", 0);
	add_record(out, FCGI_STDIN, "", 0);
	return out;
}

/* The answer, headers and body, without its records; NULL when it is incomplete. */
static struct buf *
take_answer(void *mem, const struct buf *in)
{
	struct buf *out = buf_new(mem, in->len);
	FCGI_Header h;

	for (size_t at = 0; in->len - at >= sizeof h;) {
		memcpy(&h, in->data + at, sizeof h);
		size_t n = (size_t)h.contentLengthB1 << 8 | h.contentLengthB0;
		at += sizeof h;
		if (h.type == FCGI_END_REQUEST)
			return out;
		if (in->len - at < n + h.paddingLength)
			return NULL;
		if (h.type == FCGI_STDOUT)
			buf_add(out, in->data + at, n);
		at += n + h.paddingLength;
	}
	return NULL;
}

/*
 * Everything that the pool sends until it closes the connection, which it does after one answer
 * because the request has no FCGI_KEEP_CONN; NULL with errno on failure.
 */
static struct buf *
exchange_records(void *mem, int fd, const struct buf *request)
{
	struct buf *in = buf_new(mem, 65536);
	char chunk[16384];
	ssize_t n;

	if (send(fd, request->data, request->len, MSG_NOSIGNAL) != (ssize_t)request->len)
		return NULL;
	while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0)
		buf_add(in, chunk, (size_t)n);
	return n == 0 ? in : NULL;
}

/* A connection to the pool; -1 with errno. */
static int
connect_pool(const char *path)
{
	const struct timeval limit = {.tv_sec = PATIENCE};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	strcpy(address.sun_path, path); /* command_metrics() has checked that it fits */
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Prints why the socket cannot be used; EXIT_FAILED. */
static int
fail_with(const char *path, const char *why)
{
	fprintf(stderr, "assay metrics: %s: %s\n", path, why);
	return EXIT_FAILED;
}

/* Prints the body of the answer. */
static int
print_metrics(const struct command *c, const char *path, const struct buf *answer)
{
	static const char good[] = "Status: 200\r\n";
	struct buf *text = take_answer(c->mem, answer);
	const char *body = text == NULL ? NULL : strstr(text->data, "\r\n\r\n");

	if (body == NULL)
		return fail_with(path, "the answer is cut off");
	if (strncmp(text->data, good, sizeof good - 1) != 0)
		return fail_with(path, "refused: only root and the user of the pool may ask");
	fputs(body + 4, stdout);
	return EXIT_DONE;
}

int
command_metrics(const struct command *c)
{
	const char *path = c->conf->listen;
	struct sockaddr_un address;

	if (c->argc > 0)
		return EXIT_USAGE;
	if (*path != '/' || strlen(path) >= sizeof address.sun_path)
		return fail_with(path, "`listen` is no unix socket: ask GET /metrics with a key");
	int fd = connect_pool(path);
	if (fd < 0)
		return fail_with(path, strerror(errno));
	const struct buf *answer = exchange_records(c->mem, fd, make_metrics_request(c->mem));
	int why = errno;
	close(fd);
	return answer == NULL ? fail_with(path, strerror(why)) : print_metrics(c, path, answer);
}
