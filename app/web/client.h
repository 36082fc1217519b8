/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>

struct ctx;

/*
 * The address of the client, on c->mem: what the web server says, or, when that is one of the
 * configured proxies, what the proxy says last in X-Forwarded-For, or X-Real-IP. NULL when it is
 * no address.
 */
const char *client_address(struct ctx *c);

/* Whether the client came by TLS: to the web server, or to one of those proxies, which then says
 * so in X-Forwarded-Proto. */
bool client_is_secure(struct ctx *c);

#endif
