/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_FCGI_H
#define WEB_HTTP_FCGI_H

#include <stdbool.h>
#include <stddef.h>

/* A FastCGI connection with one request, accepted from a listening socket that the pool shares. */
struct fcgi;

/* On the talloc context ctx; listen_fd must be non-blocking. */
struct fcgi *fcgi_new(void *ctx, int listen_fd);

/* Accepts a waiting connection; false when there is none, as when another worker was faster. */
bool fcgi_accept(struct fcgi *f);

/*
 * Whether the whole request has arrived already, so that nothing below waits for the web server.
 * False also for one of more than some KiB.
 */
bool fcgi_is_whole(const struct fcgi *f);

/* Reads the parameters of the request; false when the connection breaks, which ends it. */
bool fcgi_begin(struct fcgi *f);

/* Whether the client has disconnected, so that nobody would read the answer. */
bool fcgi_is_abandoned(const struct fcgi *f);

/* Ends the request without an answer. */
void fcgi_drop(struct fcgi *f);

/* Its parameters as "NAME=value", NULL-terminated; valid until fcgi_finish. */
const char *const *fcgi_env(const struct fcgi *f);

/*
 * Whether a command of this program sent the request: it has a parameter that no web server passes
 * on (headers of clients arrive as HTTP_*), and comes over a unix socket from root or from the
 * user of this process.
 */
#define FCGI_LOCAL "ASSAY_LOCAL"
bool fcgi_is_local(const struct fcgi *f);

/* Reads up to n bytes of its body; fewer only at the end or when the web server stalls. */
size_t fcgi_read(struct fcgi *f, char *out, size_t n);

/* Sends the whole answer and ends the request. */
void fcgi_finish(struct fcgi *f, const char *data, size_t n);

#endif
