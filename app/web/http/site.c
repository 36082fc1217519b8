/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The public address of this service in requests and answers. Inside the program paths have no
 * prefix; it is removed from requests and added to what is sent here, and nowhere else.
 */
#include "web/http/site.h"

#include <string.h>

#include "base/mem.h"
#include "base/net/public_url.h"
#include "web/http/peer_address.h"
#include "web/http/ctx.h"

static const char *
configured_url(const struct ctx *c)
{
	return c->w.conf == NULL ? "" : c->w.conf->public_url;
}

const char *
site_prefix(const struct ctx *c)
{
	return public_url_prefix(c->w.mem, configured_url(c));
}

const char *
site_url(const struct ctx *c, const char *path)
{
	return public_url_make(c->w.mem, configured_url(c), path);
}

bool
site_is_https_only(const struct ctx *c)
{
	return strncasecmp(configured_url(c), "https:", 6) == 0;
}

bool
site_is_secure(struct ctx *c)
{
	return *configured_url(c) != '\0' ? site_is_https_only(c) : peer_is_secure(c);
}

const char *
site_origin(struct ctx *c)
{
	const char *host = req_param(&c->req, "HTTP_HOST");

	if (*configured_url(c) != '\0')
		return public_url_origin(c->w.mem, configured_url(c));
	return mem_printf(c->w.mem, "%s://%s", peer_is_secure(c) ? "https" : "http",
	    host == NULL ? "" : host);
}

/* Paths that monitoring on the same machine requests without the prefix. */
static bool
is_probe(const char *uri)
{
	static const char *const probes[] = {"/healthz", "/readyz", "/metrics"};
	size_t n = strcspn(uri, "?#");

	for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++)
		if (strlen(probes[i]) == n && memcmp(uri, probes[i], n) == 0)
			return true;
	return false;
}

enum err
site_cut(struct ctx *c)
{
	const char *uri = req_param(&c->req, "REQUEST_URI"), *prefix = site_prefix(c);
	size_t n = strlen(prefix);

	c->req.uri = uri;
	if (uri == NULL || n == 0 || is_probe(uri))
		return OK;
	if (strncmp(uri, prefix, n) != 0 || strchr("/?#", uri[n]) == NULL)
		return ERR_NOT_FOUND;
	c->req.uri = uri[n] == '/' ? uri + n : mem_printf(c->w.mem, "/%s", uri + n);
	return OK;
}

/* Whether the value at s, in the text from start on, belongs to an attribute with an address. */
static bool
is_attribute(const char *start, const char *s)
{
	static const char *const names[] = {" href=\"", " src=\"", " action=\""};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t n = strlen(names[i]);
		if ((size_t)(s - start) >= n && memcmp(s - n, names[i], n) == 0)
			return true;
	}
	return false;
}

/* Templates write addresses as `name="/..`; quotes in data are escaped, so that data never looks
 * like one. */
void
site_add_page(const struct ctx *c, struct buf *out, const struct buf *page)
{
	const char *prefix = site_prefix(c), *from = page->data, *end = page->data + page->len;

	for (const char *s = from; *prefix != '\0' && (s = strstr(s, "=\"/")) != NULL; s += 3) {
		if (!is_attribute(page->data, s + 2) || s[3] == '/')
			continue;
		buf_add(out, from, (size_t)(s + 2 - from));
		buf_str(out, prefix);
		from = s + 2;
	}
	buf_add(out, from, (size_t)(end - from));
}
