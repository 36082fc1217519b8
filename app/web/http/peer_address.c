/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The address of the client. A header that anybody can send is believed only when the peer is one
 * of the configured proxies.
 */
#include "web/http/peer_address.h"

#include <string.h>

#include "base/mem.h"
#include "base/net/net.h"
#include "web/http/ctx.h"

/* s without the blanks around it. */
static const char *
trim_address(struct ctx *c, const char *s)
{
	s += strspn(s, " \t");
	size_t n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return mem_dupn(c->w.mem, s, n);
}

/* The last address in the list that is not a configured proxy; the first one when all are. */
static bool
read_forwarded(struct ctx *c, const char *list, struct net_address *out)
{
	char *text = mem_dup(c->w.mem, list);

	for (char *comma; (comma = strrchr(text, ',')) != NULL; *comma = '\0') {
		if (!net_read_address(trim_address(c, comma + 1), out))
			return false;
		if (!net_list_contains(c->w.conf->proxies, out))
			return true;
	}
	return net_read_address(trim_address(c, text), out);
}

/* Whether the peer is one of the configured proxies. */
static bool
is_proxied(const struct ctx *c)
{
	const char *address = req_param(&c->req, "REMOTE_ADDR");
	struct net_address peer;

	return address != NULL && net_read_address(address, &peer) &&
	    net_list_contains(c->w.conf->proxies, &peer);
}

static bool
find_client_address(struct ctx *c, struct net_address *out)
{
	const char *peer = req_param(&c->req, "REMOTE_ADDR");
	const char *list = req_param(&c->req, "HTTP_X_FORWARDED_FOR");
	const char *real = req_param(&c->req, "HTTP_X_REAL_IP");

	if (peer == NULL || !net_read_address(peer, out))
		return false;
	if (!net_list_contains(c->w.conf->proxies, out))
		return true;
	if (list != NULL)
		return read_forwarded(c, list, out);
	return real == NULL || net_read_address(trim_address(c, real), out);
}

const char *
peer_address(struct ctx *c)
{
	struct net_address address;
	char text[NET_TEXT];

	if (!find_client_address(c, &address))
		return NULL;
	net_print(&address, text);
	return mem_dup(c->w.mem, text);
}

const char *
peer_network(struct ctx *c)
{
	struct net_address address;
	char text[NET_TEXT];

	if (!find_client_address(c, &address))
		return "";
	net_print_subscriber(&address, text);
	return mem_dup(c->w.mem, text);
}

/* The bits above an IPv4 address in such a number; no /64 of the Internet begins with them. */
#define IPV4 ((uint64_t)0xffff << 32)

enum { HALF = NET_BYTES / 2 };

static uint64_t
read_half(const uint8_t bytes[HALF])
{
	uint64_t number = 0;

	for (int i = 0; i < HALF; i++)
		number = number << 8 | bytes[i];
	return number;
}

uint64_t
peer_network_number(struct ctx *c)
{
	struct net_address address;

	if (!find_client_address(c, &address))
		return 0;
	/* IPv4 is IPv4-mapped: the first half is 0, the second 0xffff and the address. */
	uint64_t first = read_half(address.bytes), second = read_half(address.bytes + HALF);
	return first == 0 && second >> 32 == IPV4 >> 32 ? second : first;
}

const char *
peer_network_text(struct ctx *c, uint64_t number)
{
	struct net_address address = {{0}};
	char text[NET_TEXT];
	int from = number >> 32 == IPV4 >> 32 ? HALF : 0;

	if (number == 0)
		return "";
	for (int i = HALF - 1; i >= 0; i--, number >>= 8)
		address.bytes[from + i] = (uint8_t)number;
	net_print_subscriber(&address, text);
	return mem_dup(c->w.mem, text);
}

bool
peer_is_secure(struct ctx *c)
{
	const char *https = req_param(&c->req, "HTTPS");
	const char *scheme = req_param(&c->req, "REQUEST_SCHEME");
	const char *said = req_param(&c->req, "HTTP_X_FORWARDED_PROTO");

	if (https != NULL && *https != '\0' && strcmp(https, "off") != 0)
		return true;
	if (scheme != NULL && strcmp(scheme, "https") == 0)
		return true;
	return said != NULL && strcmp(said, "https") == 0 && is_proxied(c);
}
