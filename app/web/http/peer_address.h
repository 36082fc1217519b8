/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_PEER_ADDRESS_H
#define WEB_HTTP_PEER_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

struct ctx;

/*
 * The address of the client, on c->w.mem: what the web server says, or, when that is one of the
 * configured proxies, the last in X-Forwarded-For that is none of them, or X-Real-IP. Without port
 * and brackets; IPv4-mapped addresses as IPv4. NULL when it is no address.
 */
const char *peer_address(struct ctx *c);

/* The network that limits for anonymous clients count by, on c->w.mem: the IPv4 address, or the
 * /64 of an IPv6 address. "" when there is no address. */
const char *peer_network(struct ctx *c);

/* The same as one number, for tables of a fixed size; 0 when there is no address. */
uint64_t peer_network_number(struct ctx *c);

/* The text of peer_network for such a number, on c->w.mem. */
const char *peer_network_text(struct ctx *c, uint64_t number);

/* Whether the client uses TLS: to the web server, or to one of the proxies, which then says so in
 * X-Forwarded-Proto. */
bool peer_is_secure(struct ctx *c);

#endif
