/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Internet addresses and networks. inet_pton decides what an address is; this file adds the
 * decorations found in X-Forwarded-For, and one representation for IPv4 and IPv4-mapped addresses.
 */
#include "base/net/net.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

enum { MAPPED = 12 /* bytes before an IPv4 address */, LONGEST = 128 };

static const uint8_t mapped[MAPPED] = {[10] = 0xff, [11] = 0xff};
static const char separators[] = ", \t";

/* Reads an address without port and brackets. */
static bool
read_bare(const char *s, struct net_address *out)
{
	if (inet_pton(AF_INET6, s, out->bytes) == 1)
		return true;
	memcpy(out->bytes, mapped, MAPPED);
	return inet_pton(AF_INET, s, out->bytes + MAPPED) == 1;
}

static bool
is_v4(const struct net_address *a)
{
	return memcmp(a->bytes, mapped, MAPPED) == 0;
}

/* Whether s is empty or ":" and a port. */
static bool
is_port(const char *s)
{
	int64_t port;

	return *s == '\0' || (*s == ':' && num_int(s + 1, 0, 65535, &port));
}

bool
net_read_address(const char *s, struct net_address *out)
{
	char text[LONGEST];
	size_t n = strlen(s);

	if (n >= 2 && *s == '"' && s[n - 1] == '"') {
		s++;
		n -= 2;
	}
	if (n >= sizeof text)
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	char *start = text, *end;
	if (*text == '[') {
		start++;
		end = strchr(text, ']');
		if (end == NULL || !is_port(end + 1))
			return false;
		*end = '\0';
	} else if ((end = strchr(text, ':')) != NULL && strchr(end + 1, ':') == NULL) {
		if (!is_port(end))
			return false;
		*end = '\0';
	}
	end = strchr(start, '%');
	if (end != NULL && strchr(start, ':') != NULL)
		*end = '\0';
	return read_bare(start, out);
}

bool
net_read(const char *s, struct net *out)
{
	char text[LONGEST];
	size_t n = strcspn(s, "/");
	int64_t bits;

	if (n >= sizeof text)
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	if (!read_bare(text, &out->first))
		return false;
	/* The prefix length of "::ffff:192.0.2.0/120" counts from the start of the IPv6 form. */
	int before = strchr(text, ':') == NULL ? 8 * MAPPED : 0;
	out->bits = 8 * NET_BYTES;
	if (s[n] == '\0')
		return true;
	if (!num_int(s + n + 1, 0, 8 * NET_BYTES - before, &bits))
		return false;
	out->bits = before + (int)bits;
	return true;
}

bool
net_contains(const struct net *n, const struct net_address *a)
{
	int whole = n->bits / 8, rest = n->bits % 8;

	if (memcmp(n->first.bytes, a->bytes, (size_t)whole) != 0)
		return false;
	return rest == 0 || (n->first.bytes[whole] ^ a->bytes[whole]) >> (8 - rest) == 0;
}

/* Copies the next entry of the list at *rest to text; false at the end. An entry that is too long
 * for an address is cut, and cannot be parsed as one. */
static bool
next_list_entry(const char **rest, char text[LONGEST])
{
	const char *s = *rest + strspn(*rest, separators);
	size_t n = strcspn(s, separators);
	size_t kept = n < LONGEST - 1 ? n : LONGEST - 1;

	memcpy(text, s, kept);
	text[kept] = '\0';
	*rest = s + n;
	return n > 0;
}

bool
net_is_list(const char *s)
{
	char text[LONGEST];
	struct net n;

	while (next_list_entry(&s, text))
		if (!net_read(text, &n))
			return false;
	return true;
}

bool
net_list_contains(const char *list, const struct net_address *a)
{
	char text[LONGEST];
	struct net n;

	while (next_list_entry(&list, text))
		if (net_read(text, &n) && net_contains(&n, a))
			return true;
	return false;
}

void
net_print(const struct net_address *a, char out[NET_TEXT])
{
	if (is_v4(a))
		inet_ntop(AF_INET, a->bytes + MAPPED, out, NET_TEXT);
	else
		inet_ntop(AF_INET6, a->bytes, out, NET_TEXT);
}

void
net_print_subscriber(const struct net_address *a, char out[NET_TEXT])
{
	struct net_address first = *a;

	if (!is_v4(a))
		memset(first.bytes + NET_BYTES / 2, 0, NET_BYTES / 2);
	net_print(&first, out);
	if (!is_v4(a))
		strcat(out, "/64");
}
