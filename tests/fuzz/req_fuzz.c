/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes requests as a web server hands them over: a line NAME=value a parameter, an empty line,
 * the body. What is accepted has decoded texts and a route of the table; what is refused gets an
 * answer that is a well-formed head and a well-formed problem, whatever the client put into it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/reply.h"
#include "web/tmpl/tmpl.h"

enum { PARAMS = 64 };

struct input {
	const char *env[PARAMS + 2];
	const char *body;
	size_t left;
};

static struct tmpl_set *pages;
static const struct routes *table;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char message[TMPL_MESSAGE];

	(void)argc;
	(void)argv;
	hash_init();
	pages = tmpl_new(NULL);
	table = routes_index(NULL, &routes_all);
	must(tmpl_load(pages, "templates", message) == OK);
	return 0;
}

static size_t
deliver(void *from, char *out, size_t n)
{
	struct input *in = from;
	size_t take = n < in->left ? n : in->left;

	memcpy(out, in->body, take);
	in->body += take;
	in->left -= take;
	return take;
}

/* A parameter has a name, and no server passes on a NUL or a line break in its value. */
static void
split(void *ctx, const uint8_t *data, size_t size, struct input *in)
{
	const char *s = (const char *)data;
	const char *end = s + size;
	bool length = false;
	size_t n = 0;

	while (s < end && *s != '\n' && n < PARAMS) {
		const char *stop = memchr(s, '\n', (size_t)(end - s));
		char *line = mem_dupn(ctx, s, (size_t)((stop == NULL ? end : stop) - s));
		if (line[0] != '=' && strchr(line, '=') != NULL)
			in->env[n++] = line;
		length = length || strncmp(line, "CONTENT_LENGTH=", 15) == 0;
		s = stop == NULL ? end : stop + 1;
	}
	in->body = s < end ? s + 1 : end;
	in->left = (size_t)(end - in->body);
	if (!length)
		in->env[n++] = mem_printf(ctx, "CONTENT_LENGTH=%zu", in->left);
}

static void
check_text(const char *s)
{
	must(s != NULL && utf8_valid(s, strlen(s)));
}

static void
check_request(const struct req *r)
{
	must(r->segments <= REQ_SEGMENTS && r->queries <= REQ_QUERIES);
	for (size_t i = 0; i < r->segments; i++) {
		check_text(r->segment[i]);
		must(*r->segment[i] != '\0');
		must(strcmp(r->segment[i], ".") != 0 && strcmp(r->segment[i], "..") != 0);
	}
	for (size_t i = 0; i < r->queries; i++) {
		check_text(r->query_name[i]);
		check_text(r->query_value[i]);
		must(req_query(r, r->query_name[i]) == r->query_value[i]);
	}
	must(*r->id != '\0' && strlen(r->id) < REQ_ID);
	must(r->body == NULL || r->body[r->body_len] == '\0');
}

/* The pattern of the route with its arguments filled in is the path that was asked for. */
static void
check_route(const struct ctx *c)
{
	const struct req *r = &c->req;
	size_t i = r->segments > 0 && strcmp(r->segment[0], "v1") == 0;
	size_t args = 0;

	must(c->route >= c->routes->list && c->route < c->routes->list + c->routes->count);
	must(strcmp(c->route->method, r->method) == 0 && r->body_len <= c->route->body_limit);
	for (const char *s = c->route->path; s[0] == '/' && s[1] != '\0'; i++) {
		size_t n = strcspn(s + 1, "/");
		must(i < r->segments);
		if (s[1] == ':')
			must(args < CTX_ARGS && c->args[args++] == r->segment[i]);
		else
			must(strlen(r->segment[i]) == n && memcmp(r->segment[i], s + 1, n) == 0);
		s += 1 + n;
	}
	must(i == r->segments && (args == CTX_ARGS || c->args[args] == NULL));
}

/* Lines of a name, a colon and visible text, then an empty line, then the body. */
static void
check_answer(void *ctx, const struct buf *out)
{
	const char *body = strstr(out->data, "\r\n\r\n");
	struct json_object *problem;
	struct json_fault fault;

	must(body != NULL && strlen(out->data) == out->len);
	for (const char *s = out->data; s < body + 2; s++) {
		size_t name = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
		must(name > 0 && s[name] == ':' && s[name + 1] == ' ');
		for (s += name; *s != '\r'; s++)
			must(*s >= ' ' && *s <= '~');
		must(*++s == '\n');
	}
	body += 4;
	if (*body == '{') {
		must(json_read(ctx, body, strlen(body), &problem, &fault) == OK);
		must(json_object_object_get(problem, "status") != NULL);
	}
	must(strstr(body, "<script") == NULL || *body == '{');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx c = {.routes = table, .tmpl = pages};
	struct input in = {{NULL}, NULL, 0};
	struct json_object *body;

	ctx_begin(&c, 0, 0);
	split(c.w.mem, data, size, &in);
	req_open(&c, (struct req_source){in.env, deliver, &in});
	enum err e = req_parse(&c);
	if (e == OK) {
		check_request(&c.req);
		e = route_match(&c);
	}
	must((c.allow != NULL) == (e == ERR_METHOD) || c.route != NULL);
	if (e == OK) {
		check_route(&c);
		e = req_is_ndjson(&c.req) ? ERR_INVALID : body_json(&c, &body);
	}
	if (e != OK) {
		struct buf *out = buf_new(c.w.mem, 1024);
		must(reply_build(&c, e, out) == err_info(e)->status);
		if (!c.req.head)
			check_answer(c.w.mem, out);
	}
	ctx_reset(&c);
	return 0;
}
