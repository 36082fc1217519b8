/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is at the other end. A header that anybody can send counts only when a known proxy sent it.
 */
#include "web/client.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/mem.h"
#include "web/ctx.h"

static bool
is_address(const char *s)
{
	unsigned char scrap[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, s, scrap) == 1 || inet_pton(AF_INET6, s, scrap) == 1;
}

static bool
is_proxy(const struct ctx *c, const char *address)
{
	char *rest = mem_dup(c->mem, c->conf->proxies);

	for (char *name; (name = strsep(&rest, ", ")) != NULL;)
		if (strcmp(name, address) == 0)
			return true;
	return false;
}

/* s without the blanks around it. */
static const char *
bare(struct ctx *c, const char *s)
{
	s += strspn(s, " \t");
	size_t n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return mem_dupn(c->mem, s, n);
}

/* The last address of the list that is no proxy of ours. */
static const char *
forwarded(struct ctx *c, const char *list)
{
	char *text = mem_dup(c->mem, list);

	for (char *comma; (comma = strrchr(text, ',')) != NULL; *comma = '\0') {
		const char *last = bare(c, comma + 1);
		if (!is_proxy(c, last))
			return last;
	}
	return bare(c, text);
}

const char *
client_address(struct ctx *c)
{
	const char *address = req_param(&c->req, "REMOTE_ADDR");

	if (address != NULL && *c->conf->proxies != '\0' && is_proxy(c, address)) {
		const char *list = req_param(&c->req, "HTTP_X_FORWARDED_FOR");
		const char *real = req_param(&c->req, "HTTP_X_REAL_IP");
		address = list != NULL ? forwarded(c, list) : real != NULL ? real : address;
	}
	return address != NULL && is_address(address) ? address : NULL;
}

bool
client_is_secure(struct ctx *c)
{
	const char *https = req_param(&c->req, "HTTPS");
	const char *scheme = req_param(&c->req, "REQUEST_SCHEME");
	const char *address = req_param(&c->req, "REMOTE_ADDR");
	const char *said = req_param(&c->req, "HTTP_X_FORWARDED_PROTO");

	if (https != NULL && *https != '\0' && strcmp(https, "off") != 0)
		return true;
	if (scheme != NULL && strcmp(scheme, "https") == 0)
		return true;
	return said != NULL && strcmp(said, "https") == 0 && address != NULL &&
	    is_proxy(c, address);
}
