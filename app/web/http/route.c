/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Routing by the one table of routes: 404 when no row has the path, 405 with Allow when rows have
 * it but not with the method, otherwise the limits of the row that matches. Of the rows that match
 * the first one wins, which the index must keep: its buckets list rows in the order of the table.
 */
#include "web/http/route.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "web/http/ctx.h"

/* The argument that a segment is where the pattern, of n bytes, says ":name" or ":name.suffix";
 * NULL when the segment has another suffix. */
static const char *
read_argument(struct ctx *c, const char *part, size_t n, const char *segment)
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

enum { BUCKETS = 128 };

/* Rows by their number of segments and one of these, without /v1: the first, or the second where
 * that is "admin". A row with an argument there is in every bucket. */
struct route_index {
	struct route_bucket {
		const struct route **rows;
		size_t n;
	} buckets[BUCKETS];
};

static size_t
bucket_number(const char *segment, size_t len, size_t segments)
{
	return (text_hash(segment, len) + segments) % BUCKETS;
}

/* The bucket of a row; BUCKETS: all of them. */
static size_t
row_bucket(const char *path)
{
	const char *segment = path + 1;
	size_t len = strcspn(segment, "/"), segments = len > 0;

	for (const char *s = segment; *s != '\0'; s++)
		segments += *s == '/';
	if (len == 2 && memcmp(segment, "v1", 2) == 0)
		return BUCKETS;
	if (len == 5 && memcmp(segment, "admin", 5) == 0 && segments > 1) {
		segment += len + 1;
		len = strcspn(segment, "/");
		segments--;
	}
	return *segment == ':' ? BUCKETS : bucket_number(segment, len, segments);
}

/* The rows that a request can match. */
static const struct route_bucket *
request_bucket(const struct routes *routes, const struct req *r)
{
	size_t i = r->segments > 0 && strcmp(r->segment[0], "v1") == 0;

	i += r->segments > i + 1 && strcmp(r->segment[i], "admin") == 0;
	const char *segment = i < r->segments ? r->segment[i] : "";
	return &routes->index->buckets[bucket_number(segment, strlen(segment), r->segments - i)];
}

static void
fill_bucket(struct route_index *index, size_t number, const struct routes *routes)
{
	struct route_bucket *bucket = &index->buckets[number];

	bucket->rows = mem_array(index, const struct route *, routes->count);
	for (size_t i = 0; i < routes->count; i++) {
		size_t of = row_bucket(routes->list[i].path);
		if (of == number || of == BUCKETS)
			bucket->rows[bucket->n++] = &routes->list[i];
	}
	bucket->rows = talloc_realloc(index, bucket->rows, const struct route *, bucket->n);
}

const struct routes *
routes_index(void *ctx, const struct routes *routes)
{
	struct routes *indexed = mem_new(ctx, struct routes);
	struct route_index *index = mem_new(indexed, struct route_index);

	*indexed = (struct routes){routes->list, routes->count, index};
	for (size_t b = 0; b < BUCKETS; b++)
		fill_bucket(index, b, routes);
	return indexed;
}

bool
route_is_page(const struct route *route)
{
	return route->view != NULL || route->key >= ROLE_VIEWER;
}

/* Whether the route matches the path; sets c->args. Pages do not match with the prefix /v1. */
static bool
matches_path(struct ctx *c, const struct route *route)
{
	const struct req *r = &c->req;
	size_t i = !route_is_page(route) && r->segments > 0 && strcmp(r->segment[0], "v1") == 0;
	size_t args = 0;

	for (const char *s = route->path; s[0] == '/' && s[1] != '\0'; i++) {
		const char *part = s + 1;
		size_t n = strcspn(part, "/");
		if (i >= r->segments)
			return false;
		if (*part == ':' &&
		    (c->args[args] = read_argument(c, part, n, r->segment[i])) != NULL)
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
add_allowed_method(struct ctx *c, const char *method)
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

/* A form sends all of its fields; on a page, one that is empty was not filled in. */
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
	const struct route_bucket *bucket = request_bucket(c->routes, r);

	for (size_t i = 0; i < bucket->n; i++) {
		const struct route *route = bucket->rows[i];
		if (!matches_path(c, route))
			continue;
		if (strcmp(route->method, r->method) == 0) {
			c->route = route;
			if (route->key >= ROLE_VIEWER)
				drop_empty_queries(r);
			return check_body(c);
		}
		add_allowed_method(c, route->method);
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
	const struct route_bucket *bucket = request_bucket(c->routes, &c->req);

	for (size_t i = 0; i < bucket->n; i++) {
		const struct route *route = bucket->rows[i];
		if (route_is_image(route) && strcmp(route->method, c->req.method) == 0 &&
		    matches_path(c, route))
			c->route = route;
	}
}
