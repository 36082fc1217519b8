/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_NET_PUBLIC_URL_H
#define BASE_NET_PUBLIC_URL_H

#include <stdbool.h>

/*
 * The address at which browsers reach this service, "https://host[:port][/prefix]": the key
 * public_url. Empty when it is not configured. A slash at the end does not matter.
 */

/* Whether s is such an address, or empty. A prefix has at most 4 segments of A-Z a-z 0-9 - . _ ~ */
bool public_url_is_valid(const char *s);

/* Its origin as browsers send it (lower case, without the default port), on ctx; "" when url is
 * empty. */
const char *public_url_origin(void *ctx, const char *url);

/* Its path prefix, "/prefix" without a slash at the end, on ctx; "" when there is none. */
const char *public_url_prefix(void *ctx, const char *url);

/* The address of a path of this service, on ctx. path itself when url is empty, or when path does
 * not start with a slash ("?after=x"). */
const char *public_url_make(void *ctx, const char *url, const char *path);

#endif
