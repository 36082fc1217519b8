/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_NET_NET_H
#define BASE_NET_NET_H

#include <stdbool.h>
#include <stdint.h>

enum {
	NET_BYTES = 16,
	NET_TEXT = 50, /* an address or a /64 as text, with its NUL */
};

/* An internet address. IPv4 is stored in its IPv4-mapped form, so that both notations of an
 * address are equal. */
struct net_address {
	uint8_t bytes[NET_BYTES];
};

/* A network: the addresses that share the first bits of first. */
struct net {
	struct net_address first;
	int bits; /* 0..128; of an IPv4 network 96 more than its written prefix length */
};

/* Reads an address as proxies write it: IPv4, IPv6 or IPv4-mapped, optionally with brackets, a
 * port, a zone or quotes. */
bool net_read_address(const char *s, struct net_address *out);

/* Reads an address, or a network such as "192.0.2.0/24"; bits after the prefix are ignored. */
bool net_read(const char *s, struct net *out);

/* Whether a is in the network. */
bool net_contains(const struct net *n, const struct net_address *a);

/* Whether s is a list of addresses and networks, separated by commas or blanks. It may be empty. */
bool net_is_list(const char *s);

/* Whether a is in one of the networks of such a list. */
bool net_list_contains(const char *list, const struct net_address *a);

/* Prints an address in its usual shortest form, IPv4 with dots. */
void net_print(const struct net_address *a, char out[NET_TEXT]);

/* Prints the unit that one subscriber has: an IPv4 address, or the /64 of an IPv6 address. */
void net_print_subscriber(const struct net_address *a, char out[NET_TEXT]);

#endif
