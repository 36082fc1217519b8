/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From FastCGI parameters to a request. The path comes from REQUEST_URI alone, which both web
 * servers pass unchanged; each segment is decoded once, after the split, so that %2F is legal
 * within an id. The parameters are indexed when the request is opened, because they are asked for
 * many times.
 */
#include "web/http/req.h"

#include <ctype.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "base/utf8.h"
#include "web/http/ctx.h"

/* Headers that may have only one value; lighttpd joins repeated ones with a comma. */
static const char *const single[] = {"HTTP_AUTHORIZATION", "HTTP_X_API_KEY",
	"HTTP_IDEMPOTENCY_KEY", "HTTP_ORIGIN", "HTTP_X_ASSAY_SIGNATURE", "CONTENT_TYPE"};

/* The slot of a parameter: where it is, or the empty one where it belongs. */
static size_t
find_param(const struct req *r, const char *name, size_t n)
{
	size_t i = text_hash(name, n) & r->params_mask;

	while (r->params[i] != NULL &&
	    (strncmp(r->params[i], name, n) != 0 || r->params[i][n] != '='))
		i = (i + 1) & r->params_mask;
	return i;
}

void
req_open(struct ctx *c, struct req_source source)
{
	static const char *const nothing[] = {NULL};
	struct req *r = &c->req;
	size_t n = 0, slots = 64;

	r->source = source;
	if (source.env == NULL)
		r->source.env = nothing;
	while (r->source.env[n] != NULL)
		n++;
	while (slots < 2 * n)
		slots *= 2;
	const char **params = mem_check(talloc_zero_array(c->w.mem, const char *, slots));
	r->params = params;
	r->params_mask = slots - 1;
	for (const char *const *e = r->source.env; *e != NULL; e++) {
		size_t len = strcspn(*e, "=");
		size_t i = find_param(r, *e, len);
		if (params[i] != NULL)
			r->header_twice = r->header_twice || strncmp(*e, "HTTP_", 5) == 0;
		else if ((*e)[len] == '=')
			params[i] = *e;
	}
}

const char *
req_param(const struct req *r, const char *name)
{
	size_t n = strlen(name);
	const char *found = r->params[find_param(r, name, n)];

	return found == NULL ? NULL : found + n + 1;
}

const char *
req_query(const struct req *r, const char *name)
{
	for (size_t i = 0; i < r->queries; i++)
		if (strcmp(r->query_name[i], name) == 0)
			return r->query_value[i];
	return NULL;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *
req_decode(void *ctx, const char *s, size_t n, bool plus)
{
	char *out = mem_dupn(ctx, s, n);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		char c = s[i] == '+' && plus ? ' ' : s[i];
		if (c == '%') {
			int high = i + 2 < n ? hex_digit(s[i + 1]) : -1;
			int low = high < 0 ? -1 : hex_digit(s[i + 2]);
			if (low < 0)
				return NULL;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (c == '\0')
			return NULL;
		out[len++] = c;
	}
	out[len] = '\0';
	return utf8_valid(out, len) ? out : NULL;
}

const char *
req_with(struct ctx *c, const char *name, const char *value)
{
	struct buf *out = buf_new(c->w.mem, 256);

	buf_printf(out, "?%s=", name);
	buf_url(out, value);
	for (size_t i = 0; i < c->req.queries; i++) {
		const char *other = c->req.query_name[i];
		if (strcmp(other, name) == 0 || strcmp(other, "after") == 0)
			continue;
		buf_char(out, '&');
		buf_url(out, other);
		buf_char(out, '=');
		buf_url(out, c->req.query_value[i]);
	}
	return out->data;
}

static enum err
check_headers(struct ctx *c)
{
	if (c->req.header_twice)
		return fail_detail(&c->w, ERR_SYNTAX, "a header is given twice");
	for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
		const char *value = req_param(&c->req, single[i]);
		if (value != NULL && strchr(value, ',') != NULL)
			return fail_detail(&c->w, ERR_SYNTAX, "a header is given twice");
	}
	return OK;
}

/* The id that the client chose, if it is short and safe to print; otherwise a new one. */
static void
set_id(struct req *r)
{
	static const char safe[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	const char *given = req_param(r, "HTTP_X_REQUEST_ID");
	size_t n = given == NULL ? 0 : strlen(given);

	if (n > 0 && n < REQ_ID && strspn(given, safe) == n)
		memcpy(r->id, given, n + 1);
	else
		hash_random_hex(r->id, 16);
}

static enum err
parse_path(struct ctx *c, const char *path, size_t len)
{
	struct req *r = &c->req;
	const char *end = path + len;

	if (len == 0 || *path != '/')
		return fail_detail(&c->w, ERR_SYNTAX, "the path must start with a slash");
	if (len == 1)
		return OK;
	for (const char *s = path; s < end;) {
		const char *from = s + 1;
		s = memchr(from, '/', (size_t)(end - from));
		if (s == NULL)
			s = end;
		char *segment = req_decode(c->w.mem, from, (size_t)(s - from), false);
		if (segment == NULL)
			return fail_detail(
			    &c->w, ERR_SYNTAX, "the path holds a broken escape, NUL or bad UTF-8");
		if (*segment == '\0' || strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
			return fail_detail(
			    &c->w, ERR_SYNTAX, "a segment of the path is empty, . or ..");
		if (r->segments == REQ_SEGMENTS)
			return fail_detail(&c->w, ERR_NOT_FOUND, "no such path");
		r->segment[r->segments++] = segment;
	}
	return OK;
}

static enum err
parse_query_pair(struct ctx *c, const char *s, size_t n)
{
	struct req *r = &c->req;
	const char *eq = memchr(s, '=', n);
	size_t name_len = eq == NULL ? n : (size_t)(eq - s);
	char *name = req_decode(c->w.mem, s, name_len, true);
	char *value = eq == NULL ? mem_dup(c->w.mem, "") :
	    req_decode(c->w.mem, eq + 1, n - name_len - 1, true);

	if (name == NULL || value == NULL)
		return fail_detail(
		    &c->w, ERR_SYNTAX, "the query holds a broken escape, NUL or bad UTF-8");
	if (r->queries == REQ_QUERIES)
		return fail_detail(
		    &c->w, ERR_SYNTAX, "the query has more than %d parameters", REQ_QUERIES);
	if (req_query(r, name) != NULL)
		return fail(&c->w, ERR_SYNTAX, name, "is given twice");
	r->query_name[r->queries] = name;
	r->query_value[r->queries++] = value;
	return OK;
}

static enum err
parse_query(struct ctx *c, const char *query)
{
	while (*query != '\0') {
		size_t n = strcspn(query, "&");
		if (n > 0) {
			enum err e = parse_query_pair(c, query, n);
			if (e != OK)
				return e;
		}
		query += n + (query[n] == '&');
	}
	return OK;
}

/* Reads and drops a body over the limit: a web server that is still sending must not find the
 * socket closed, or it answers by itself. */
static void
drain_body(struct req *r, size_t len)
{
	char scrap[16384];
	size_t got = 1;

	for (size_t left = len > REQ_DRAIN_MAX ? REQ_DRAIN_MAX : len; left > 0 && got > 0;
	     left -= got)
		got = r->source.read(
		    r->source.from, scrap, left < sizeof scrap ? left : sizeof scrap);
}

static enum err
read_body(struct ctx *c)
{
	struct req *r = &c->req;
	const char *text = req_param(r, "CONTENT_LENGTH");
	int64_t len = 0;

	if (text != NULL && *text != '\0' && !num_int(text, 0, INT64_MAX, &len))
		return fail_detail(&c->w, ERR_SYNTAX, "Content-Length is not a number");
	r->body_len = (size_t)len;
	if (len > REQ_BODY_MAX) {
		drain_body(r, r->body_len);
		return OK;
	}
	if (len == 0)
		return OK;
	char *body = mem_check(talloc_size(c->w.mem, r->body_len + 1));
	if (r->source.read(r->source.from, body, r->body_len) != r->body_len)
		return fail_detail(&c->w, ERR_SYNTAX, "the body is shorter than announced");
	body[r->body_len] = '\0';
	r->body = body;
	return OK;
}

enum err
req_parse(struct ctx *c)
{
	struct req *r = &c->req;
	const char *uri = r->uri != NULL ? r->uri : req_param(r, "REQUEST_URI");
	const char *method = req_param(r, "REQUEST_METHOD");

	set_id(r);
	r->head = method != NULL && strcmp(method, "HEAD") == 0;
	/* The access log needs it after the parameters are gone. */
	r->method = method == NULL ? "" : r->head ? "GET" : mem_dup(c->w.mem, method);
	r->coding = req_param(r, "HTTP_CONTENT_ENCODING");
	enum err e = read_body(c);
	if (e == OK)
		e = check_headers(c);
	r->uri = uri == NULL ? "" : uri;
	if (e != OK || uri == NULL)
		return e == OK ? ERR_SYNTAX : e;
	size_t n = strcspn(uri, "?#");
	e = parse_path(c, uri, n);
	return e == OK && uri[n] == '?' ? parse_query(c, uri + n + 1) : e;
}

/* Whether the media type of the body, without parameters, is one of the NULL-ended list. */
static bool
has_type(const struct req *r, const char *const types[])
{
	const char *type = req_param(r, "CONTENT_TYPE");

	if (type == NULL)
		return false;
	size_t n = strcspn(type, "; \t");
	for (; *types != NULL; types++)
		if (strlen(*types) == n && strncasecmp(type, *types, n) == 0)
			return true;
	return false;
}

bool
req_is_ndjson(const struct req *r)
{
	return has_type(r, (const char *const[]){"application/x-ndjson", "application/ndjson",
	    "application/jsonl", NULL});
}

bool
req_is_csv(const struct req *r)
{
	return has_type(r, (const char *const[]){"text/csv", NULL});
}

const char *
req_opaque_tag(const char *tag, size_t *len)
{
	static const char *const codings[] = {"-gzip", "-br", "-zstd", "-deflate", "-bzip2"};

	tag += strncmp(tag, "W/", 2) == 0 ? 2 : 0;
	tag += *tag == '"' ? 1 : 0;
	*len = strcspn(tag, "\", \t");
	for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
		size_t n = strlen(codings[i]);
		if (*len > n && memcmp(tag + *len - n, codings[i], n) == 0) {
			*len -= n;
			break;
		}
	}
	return tag;
}

bool
req_has_already(const struct req *r, const char *etag)
{
	const char *tags = req_param(r, "HTTP_IF_NONE_MATCH");
	size_t n = strlen(etag) - 2;

	if (tags == NULL || strcmp(tags, "*") == 0)
		return tags != NULL;
	for (const char *s = tags; *(s += strspn(s, ", \t")) != '\0'; s += strcspn(s, ",")) {
		size_t len;
		const char *tag = req_opaque_tag(s, &len);
		if (len == n && memcmp(tag, etag + 1, n) == 0)
			return true;
	}
	return false;
}

bool
req_is_json(const struct req *r)
{
	return has_type(r, (const char *const[]){"application/json", NULL});
}
