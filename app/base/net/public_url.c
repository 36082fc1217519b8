/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The public address of the service (the key public_url) and its parts: origin, path prefix, and
 * the addresses of pages below it. Proxies in front may change host and prefix, so links that
 * leave the service are made from this address and never from the request.
 */
#include "base/net/public_url.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/net/net.h"
#include "base/num.h"

enum { SEGMENTS = 4, HOST = 253 };

static const char safe[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

/* What follows "scheme://"; NULL when the scheme is neither http nor https. */
static const char *
skip_scheme(const char *s)
{
	return strncasecmp(s, "https://", 8) == 0 ? s + 8 :
	    strncasecmp(s, "http://", 7) == 0 ? s + 7 : NULL;
}

/* Whether the n bytes are a host, with or without a port. */
static bool
is_host(const char *s, size_t n)
{
	char text[HOST + 8];
	struct net_address address;
	int64_t port;

	if (n == 0 || n >= sizeof text)
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	if (*text == '[')
		return strchr(text, '%') == NULL && net_read_address(text, &address);
	char *colon = strchr(text, ':');
	if (colon != NULL && !num_int(colon + 1, 1, 65535, &port))
		return false;
	if (colon != NULL)
		*colon = '\0';
	return *text != '\0' && *text != '.' && text[strspn(text, safe)] == '\0';
}

/* Up to SEGMENTS segments of safe characters, none of them . or .. */
static bool
is_path_prefix(const char *s)
{
	for (int segments = 0; *s == '/' && s[1] != '\0'; segments++) {
		size_t n = strspn(s + 1, safe);
		bool dots = strspn(s + 1, ".") == n && n <= 2;
		if (n == 0 || dots || segments == SEGMENTS)
			return false;
		s += 1 + n;
	}
	return *s == '\0' || strcmp(s, "/") == 0;
}

bool
public_url_is_valid(const char *s)
{
	const char *host = skip_scheme(s);

	if (*s == '\0')
		return true;
	if (host == NULL)
		return false;
	size_t n = strcspn(host, "/");
	return is_host(host, n) && is_path_prefix(host + n);
}

const char *
public_url_origin(void *ctx, const char *url)
{
	const char *host = skip_scheme(url);

	if (host == NULL)
		return "";
	char *origin = mem_dupn(ctx, url, (size_t)(host - url) + strcspn(host, "/"));
	for (char *s = origin; *s != '\0'; s++)
		*s = (char)tolower((unsigned char)*s);
	const char *usual = strncmp(origin, "https", 5) == 0 ? ":443" : ":80";
	size_t n = strlen(origin), m = strlen(usual);
	if (strcmp(origin + n - m, usual) == 0)
		origin[n - m] = '\0';
	return origin;
}

const char *
public_url_prefix(void *ctx, const char *url)
{
	const char *host = skip_scheme(url);

	if (host == NULL)
		return "";
	char *prefix = mem_dup(ctx, host + strcspn(host, "/"));
	size_t n = strlen(prefix);
	if (n > 0 && prefix[n - 1] == '/')
		prefix[n - 1] = '\0';
	return prefix;
}

const char *
public_url_make(void *ctx, const char *url, const char *path)
{
	if (*url == '\0' || *path != '/')
		return path;
	return mem_printf(
	    ctx, "%s%s%s", public_url_origin(ctx, url), public_url_prefix(ctx, url), path);
}
