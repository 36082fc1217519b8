/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One table decides: 404 when no row has the path, 405 with Allow when rows have it but not the
 * method, and the limits of the row that fits.
 */
#include "web/http/route.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "web/http/ctx.h"

/* What a segment has where the pattern, of n bytes, says ":name" or ":name.suffix"; NULL: it does
 * not end so. */
static const char *
argument(struct ctx *c, const char *part, size_t n, const char *segment)
{
	const char *suffix = memchr(part, '.', n);
	size_t len = strlen(segment);

	if (suffix == NULL)
		return segment;
	size_t tail = n - (size_t)(suffix - part);
	if (len < tail || memcmp(segment + len - tail, suffix, tail) != 0)
		return NULL;
	return mem_dupn(c->w.mem, segment, len - tail);
}

bool
route_is_page(const struct route *route)
{
	return route->view != NULL || route->key >= ROLE_VIEWER;
}

/* Whether the route has the shape of the path; notes its arguments. Of a page, /v1 is no prefix. */
static bool
fits(struct ctx *c, const struct route *route)
{
	const struct req *r = &c->req;
	size_t i = !route_is_page(route) && r->segments > 0 && strcmp(r->segment[0], "v1") == 0;
	size_t args = 0;

	for (const char *s = route->path; s[0] == '/' && s[1] != '\0'; i++) {
		const char *part = s + 1;
		size_t n = strcspn(part, "/");
		if (i >= r->segments)
			return false;
		if (*part == ':' && (c->args[args] = argument(c, part, n, r->segment[i])) != NULL)
			args++;
		else if (*part == ':')
			return false;
		else if (strlen(r->segment[i]) != n || memcmp(r->segment[i], part, n) != 0)
			return false;
		s = part + n;
	}
	return i == r->segments;
}

static void
allow(struct ctx *c, const char *method)
{
	const char *also = strcmp(method, "GET") == 0 ? ", HEAD" : "";
	size_t n = strlen(method);

	for (const char *s = c->allow; s != NULL && *s != '\0'; s += strspn(s, ", ")) {
		size_t word = strcspn(s, ",");
		if (word == n && memcmp(s, method, n) == 0)
			return;
		s += word;
	}
	c->allow = mem_printf(c->w.mem, "%s%s%s%s", c->allow == NULL ? "" : c->allow,
	    c->allow == NULL ? "" : ", ", method, also);
}

static enum err
check_body(struct ctx *c)
{
	size_t limit = c->route->body_limit;

	const char *coding = c->req.coding;

	if (c->req.body_len > limit)
		return fail_detail(&c->w, ERR_TOO_LARGE, "the body has %zu bytes, the limit is %zu",
		    c->req.body_len, limit);
	if (coding != NULL && *coding != '\0' && strcasecmp(coding, "identity") != 0)
		return fail_detail(
		    &c->w, ERR_MEDIA_TYPE, "the body must be sent without a Content-Encoding");
	return OK;
}

/* A form sends all of its fields: on a page, one that was left empty was not filled in. */
static void
drop_empty_queries(struct req *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->queries; i++) {
		if (*r->query_value[i] == '\0')
			continue;
		r->query_name[kept] = r->query_name[i];
		r->query_value[kept++] = r->query_value[i];
	}
	r->queries = kept;
}

enum err
route_match(struct ctx *c)
{
	struct req *r = &c->req;

	for (size_t i = 0; i < c->routes->count; i++) {
		const struct route *route = &c->routes->list[i];
		if (!fits(c, route))
			continue;
		if (strcmp(route->method, r->method) == 0) {
			c->route = route;
			if (route->key >= ROLE_VIEWER)
				drop_empty_queries(r);
			return check_body(c);
		}
		allow(c, route->method);
	}
	if (c->allow == NULL)
		return fail_detail(&c->w, ERR_NOT_FOUND, "no such path");
	c->allow = mem_printf(c->w.mem, "%s, OPTIONS", c->allow);
	return fail_detail(&c->w, ERR_METHOD, "this path answers %s", c->allow);
}

bool
route_is_image(const struct route *route)
{
	size_t n = strlen(route->path);

	return n > 4 && strcmp(route->path + n - 4, ".png") == 0;
}

void
route_match_image(struct ctx *c)
{
	for (size_t i = 0; i < c->routes->count; i++) {
		const struct route *route = &c->routes->list[i];
		if (route_is_image(route) && strcmp(route->method, c->req.method) == 0 &&
		    fits(c, route))
			c->route = route;
	}
}
