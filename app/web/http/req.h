/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_REQ_H
#define WEB_HTTP_REQ_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct ctx;

enum {
	REQ_BODY_MAX = 8 << 20,  /* the largest body of any route */
	REQ_DRAIN_MAX = 9 << 20, /* what the web servers let through */
	REQ_SEGMENTS = 8,        /* of a path */
	REQ_QUERIES = 32,        /* pairs of a query */
	REQ_ID = 65,             /* a request id with NUL */
};

/* The source of a request: parameters as "NAME=value", NULL-terminated, and a body that read
 * delivers. They must outlive the request. */
struct req_source {
	const char *const *env;
	size_t (*read)(void *from, char *out, size_t n);
	void *from;
};

struct req {
	struct req_source source;
	const char *const *params; /* the entries of source.env, in a hash table by name */
	size_t params_mask;        /* its size, a power of 2, minus 1 */
	bool header_twice;         /* source.env has a header more than once */
	const char *method;
	const char *uri; /* what is routed: set before req_parse, or REQUEST_URI */
	bool head; /* HEAD: answered as GET, without the body */
	size_t segments;
	const char *segment[REQ_SEGMENTS]; /* of the path, percent-decoded once */
	size_t queries;
	const char *query_name[REQ_QUERIES];
	const char *query_value[REQ_QUERIES];
	const char *body; /* NULL: none, or too large to keep */
	size_t body_len;  /* as announced */
	const char *coding; /* Content-Encoding of the body; NULL: none */
	char id[REQ_ID];
};

/* Sets c->req.source; the parameters can be asked for from then on. An empty source has none. */
void req_open(struct ctx *c, struct req_source source);

/*
 * Reads c->req from c->req.source: method, path, query, request id, body. ERR_SYNTAX for what no
 * route could accept: a path with ., .., empty segments or %00, a query parameter or a header that
 * is given twice, a body shorter than announced.
 */
enum err req_parse(struct ctx *c) must_check;

/* The value of a parameter (a header is HTTP_ and its name), or NULL. */
const char *req_param(const struct req *r, const char *name);

/* The value of a query parameter, or NULL. */
const char *req_query(const struct req *r, const char *name);

/*
 * The opaque part, of *len bytes, of the entity tag at the start of the text, as it was before a
 * web server compressed the answer: some add the coding ("x-gzip"), some make it weak (W/"x").
 * Clients that drop the quotes are understood, too. Not for tags with a comma, a blank or a quote
 * in them.
 */
const char *req_opaque_tag(const char *tag, size_t *len);

/* Whether If-None-Match says that the client has the version etag (in quotes). */
bool req_has_already(const struct req *r, const char *etag);

/* Whether the Content-Type is JSON, NDJSON, or CSV. */
bool req_is_json(const struct req *r);
bool req_is_ndjson(const struct req *r);
bool req_is_csv(const struct req *r);

/* Percent-decodes the n bytes at s into a text on ctx, + to blank if plus. NULL when an escape
 * is broken, or the result holds NUL or is not UTF-8. */
char *req_decode(void *ctx, const char *s, size_t n, bool plus);

/* The query of c with this value for name, on c->w.mem, and without `after` unless that is name:
 * another filter starts again at the first page. */
const char *req_with(struct ctx *c, const char *name, const char *value);

#endif
