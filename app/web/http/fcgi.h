/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_FCGI_H
#define WEB_HTTP_FCGI_H

#include <stdbool.h>
#include <stddef.h>

/* One FastCGI request at a time, on a listening socket that the pool shares. */
struct fcgi;

/* On the talloc context ctx; listen_fd must be non-blocking. */
struct fcgi *fcgi_new(void *ctx, int listen_fd);

/* Takes a waiting request; false when there is none, as when a sibling was faster. */
bool fcgi_accept(struct fcgi *f);

/* Whether who asked has gone already, so that nobody would hear the answer. */
bool fcgi_is_abandoned(const struct fcgi *f);

/* Ends the request without an answer. */
void fcgi_drop(struct fcgi *f);

/* Its parameters as "NAME=value", NULL-terminated; gone after fcgi_finish. */
const char *const *fcgi_env(const struct fcgi *f);

/*
 * Whether a command of this program sends the request: it says so by a parameter that no web
 * server passes on (what clients send arrives as HTTP_*), and comes by a unix socket from root or
 * from the user that this process runs as.
 */
#define FCGI_LOCAL "ASSAY_LOCAL"
bool fcgi_is_local(const struct fcgi *f);

/* Reads up to n bytes of its body; fewer only at the end or when the web server stalls. */
size_t fcgi_read(struct fcgi *f, char *out, size_t n);

/* Sends the whole answer and ends the request. */
void fcgi_finish(struct fcgi *f, const char *data, size_t n);

#endif
