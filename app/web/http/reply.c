/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the outcome of a handler to bytes. A handler leaves a model; the row of the route decides
 * whether it is sent as JSON or as a page. A failure has one shape (RFC 9457), but on the routes
 * whose clients know another: the envelope, and OFREP.
 */
#include "web/http/reply.h"

#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/http/ctx.h"
#include "web/http/envelope.h"
#include "web/http/field_name.h"
#include "web/http/form.h"
#include "web/http/ofrep.h"
#include "web/http/route.h"
#include "web/auth/session.h"
#include "web/http/site.h"
#include "web/tmpl/tmpl.h"

#define CSP_PAGE \
	"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " \
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
#define CSP_DATA "default-src 'none'; frame-ancestors 'none'"
#define TYPE_PAGE "text/html; charset=utf-8"

/* One transparent pixel as PNG: 8-bit RGBA, 1 by 1. */
static const unsigned char pixel[] = {
	0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
	0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00,
	0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0b, 0x49, 0x44, 0x41, 0x54, 0x78,
	0xda, 0x63, 0x60, 0x00, 0x02, 0x00, 0x00, 0x05, 0x00, 0x01, 0xe9, 0xfa, 0xdc, 0xd8,
	0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

struct body {
	const char *type; /* NULL: no body */
	const char *data;
	size_t len;
	bool failed; /* the template could not be rendered */
};

/* A person who follows a link gets a page even where there is none. */
static bool
wants_page(const struct ctx *c)
{
	if (c->route != NULL)
		return c->route->view != NULL;
	const char *accept = req_param(&c->req, "HTTP_ACCEPT");
	return accept != NULL && strstr(accept, "text/html") != NULL;
}

static struct json_object *
new_text(const char *s)
{
	return s == NULL ? NULL : json_object_new_string(s);
}

/* The problems as a page names them: by the labels of its fields. */
static struct json_object *
name_problems(struct ctx *c)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < problem_count(c->w.problems); i++) {
		struct json_object *o = json_item(c->w.problems->list, i);
		const char *pointer = json_text(o, "pointer");
		struct field_name field = field_name(c->w.mem, pointer != NULL ? pointer : "");
		struct json_object *named = json_object_new_object();
		json_object_object_add(named, "label", new_text(field.label));
		json_object_object_add(named, "field", new_text(field.id));
		json_object_object_add(named, "detail", new_text(json_text(o, "detail")));
		json_object_array_add(list, named);
	}
	return list;
}

/* The first of them as a sentence. */
static const char *
first_problem_named(struct ctx *c, struct json_object *list)
{
	const char *label = json_text(json_item(list, 0), "label");
	const char *detail = json_text(json_item(list, 0), "detail");

	return label == NULL ? detail : mem_printf(c->w.mem, "%s: %s", label, detail);
}

static struct json_object *
problem_model(struct ctx *c, enum err e)
{
	const struct err_info *info = err_info(e);
	struct json_object *o = mem_json(c->w.mem, json_object_new_object());
	const char *detail = c->w.detail;
	bool page = wants_page(c), some = problem_count(c->w.problems) > 0;
	struct json_object *errors = page ? name_problems(c) : json_object_get(c->w.problems->list);

	if (detail == NULL && some)
		detail = page ? first_problem_named(c, errors) : problem_first(c->w.problems);
	if (detail == NULL && e == ERR_UNAVAILABLE)
		detail = "the service cannot do this now; try again in a moment";
	json_object_object_add(o, "type",
	    json_object_new_string(
		site_url(c, mem_printf(c->w.mem, "/docs#%s", info->slug))));
	json_object_object_add(o, "title", json_object_new_string(info->title));
	json_object_object_add(o, "status", json_object_new_int(info->status));
	if (detail != NULL)
		json_object_object_add(o, "detail", json_object_new_string(detail));
	json_object_object_add(o, "request_id", json_object_new_string(c->req.id));
	json_object_object_add(o, "errors", errors);
	if (!some)
		json_remove(o, "errors");
	return o;
}

static struct body
json_body(struct json_object *model, const char *type)
{
	int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	size_t n;
	const char *text = json_object_to_json_string_length(model, flags, &n);

	return (struct body){type, text, n, false};
}

static struct body
page_body(struct ctx *c, const char *view, struct json_object *model)
{
	struct buf *page = buf_new(c->w.mem, 8192), *out = page;

	if (tmpl_render(c->tmpl, view, model, page) != OK)
		return (struct body){NULL, "", 0, true};
	if (*site_prefix(c) != '\0') {
		out = buf_new(c->w.mem, page->len + page->len / 8);
		site_add_page(c, out, page);
	}
	return (struct body){TYPE_PAGE, out->data, out->len, false};
}

/* The lists of the model that are not empty: a heading stands once, not once for each. */
static struct json_object *
make_has(struct json_object *model)
{
	struct json_object *has = json_object_new_object();

	json_object_object_foreach(json_members(model), name, value) {
		if (json_object_is_type(value, json_type_array) &&
		    json_items(value) > 0)
			json_object_object_add(has, name, json_object_new_boolean(true));
	}
	return has;
}

/* What every page of those who are signed in shows. */
static void
add_page_frame(struct ctx *c, struct json_object *model)
{
	struct json_object *page = json_object_new_object();

	json_object_object_add(page, "account", new_text(c->account->name));
	json_object_object_add(page, "role", new_text(c->account->role));
	json_object_object_add(page, "csrf", new_text(session_csrf(c)));
	json_object_object_add(page, "version", new_text(ASSAY_VERSION));
	json_object_object_add(
	    page, "no_password", json_object_new_boolean(!c->account->has_password));
	json_object_object_add(page, "editor",
	    json_object_new_boolean(strcmp(c->account->role, "viewer") != 0));
	json_object_object_add(page, "admin",
	    json_object_new_boolean(strcmp(c->account->role, "admin") == 0));
	json_object_object_add(page, "id", new_text(c->args[0]));
	json_object_object_add(page, "next", new_text(c->next));
	struct json_object *query = json_object_new_object();
	bool filtered = false;
	for (size_t i = 0; i < c->req.queries; i++) {
		json_object_object_add(
		    query, c->req.query_name[i], new_text(c->req.query_value[i]));
		filtered = filtered || *c->req.query_value[i] != '\0';
	}
	json_object_object_add(page, "filtered", json_object_new_boolean(filtered));
	json_object_object_add(page, "query", query);
	json_object_object_add(page, "has", make_has(model));
	json_object_object_add(model, "page", page);
}

/* What was chosen of a few, as {field: {value: true}}: a page says which one of its own it is. */
static struct json_object *
make_chosen(struct json_object *form)
{
	struct json_object *chosen = json_object_new_object();

	json_object_object_foreach(json_members(form), name, value) {
		if (!json_object_is_type(value, json_type_string))
			continue;
		struct json_object *of = json_object_new_object();
		json_object_object_add(chosen, name, of);
		json_object_object_add(
		    of, json_object_get_string(value), json_object_new_boolean(true));
	}
	return chosen;
}

/* A form that was refused, again: with what was typed and chosen, what is wrong beside it, and
 * whether it is of a version that is no more (stale). */
static struct body
refused_form(struct ctx *c, enum err e, struct json_object *problem)
{
	json_object_object_add(
	    problem, "stale", json_object_new_boolean(e == ERR_PRECONDITION));
	json_object_object_add(problem, "form", json_object_get(c->form));
	json_object_object_add(problem, "chosen", make_chosen(c->form));
	json_object_object_add(
	    problem, "wrong", problem_tree(c->w.mem, c->w.problems));
	return page_body(c, c->route->view, problem);
}

static struct body
make_body(struct ctx *c, enum err e)
{
	if (c->account != NULL && c->model != NULL && wants_page(c))
		add_page_frame(c, c->model);
	if (c->route != NULL && route_is_image(c->route))
		return (struct body){"image/png", (const char *)pixel, sizeof pixel, false};
	if (e == OK && (c->status == 204 || c->status == 304))
		return (struct body){NULL, "", 0, false};
	if (c->route != NULL && c->route->envelope != NULL)
		return json_body(envelope_make(c, e), "application/json; charset=utf-8");
	if (ofrep_refuses(c, e))
		return json_body(ofrep_error(c, e), "application/json; charset=utf-8");
	if (e != OK) {
		struct json_object *model = problem_model(c, e);
		if (c->account != NULL && wants_page(c))
			add_page_frame(c, model);
		if (c->form != NULL && e != ERR_FORBIDDEN)
			return refused_form(c, e, model);
		if (wants_page(c))
			return page_body(c,
			    c->account != NULL ? "admin_error.html" : "error.html", model);
		return json_body(model, "application/problem+json; charset=utf-8");
	}
	if (c->text != NULL)
		return (struct body){c->text_type, c->text->data, c->text->len, false};
	if (c->route->view != NULL)
		return page_body(c, c->route->view, c->model);
	return json_body(c->model, "application/json; charset=utf-8");
}

/* A form that did something leads on to a page; one that asks something (200) is answered. */
static bool
is_page_post(const struct ctx *c)
{
	return c->status != 200 && c->route != NULL && c->route->view != NULL &&
	    c->req.method != NULL && strcmp(c->req.method, "POST") == 0;
}

static int
status_of(const struct ctx *c, enum err e)
{
	if (c->route != NULL && route_is_image(c->route))
		return 200;
	if (ofrep_refuses(c, e))
		return ofrep_status(e);
	/* The envelope knows no 422. */
	if (e == ERR_INVALID && c->route != NULL && c->route->envelope != NULL)
		return 400;
	if (e == ERR_UNAUTHORIZED && c->location != NULL)
		return 303;
	if (e != OK)
		return err_info(e)->status;
	if (is_page_post(c))
		return 303;
	if (c->status != 0)
		return c->status;
	return c->location != NULL ? 201 : 200;
}

static void
add_retry_after(const struct ctx *c, struct buf *out)
{
	uint8_t random;

	if (c->retry_after > 0) {
		buf_printf(out, "Retry-After: %lld\r\n", (long long)c->retry_after);
		return;
	}
	hash_random(&random, 1);
	buf_printf(out, "Retry-After: %d\r\n", 1 + random % 3);
}

static void
add_cors(const struct ctx *c, struct buf *out)
{
	buf_printf(out, "Access-Control-Allow-Origin: %s\r\nVary: Origin\r\n"
	    "Access-Control-Expose-Headers: X-Request-Id, Retry-After, Link, ETag\r\n", c->origin);
	if (c->status == 204 && c->allow != NULL)
		buf_printf(out,
		    "Access-Control-Allow-Methods: %s\r\n"
		    "Access-Control-Allow-Headers: Authorization, Content-Type, "
		    "Idempotency-Key, If-Match, If-None-Match, X-API-Key, X-Assay-Signature, "
		    "X-Request-Id, baggage, sentry-trace, traceparent, tracestate\r\n"
		    "Access-Control-Max-Age: 7200\r\n",
		    c->allow);
}

static void
add_headers(const struct ctx *c, int status, const struct body *body, struct buf *out)
{
	bool page = body->type != NULL && strcmp(body->type, TYPE_PAGE) == 0;

	buf_printf(out, "X-Request-Id: %s\r\nCache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: %s\r\n"
	    "Referrer-Policy: same-origin\r\n", c->req.id, page ? CSP_PAGE : CSP_DATA);
	if (page)
		buf_str(out, "Cross-Origin-Opener-Policy: same-origin\r\n"
		    "Cross-Origin-Resource-Policy: same-origin\r\n");
	if (body->type != NULL)
		buf_printf(
		    out, "Content-Type: %s\r\nContent-Length: %zu\r\n", body->type, body->len);
	if (c->attachment != NULL && status < 300)
		buf_printf(out, "Content-Disposition: attachment; filename=\"%s\"\r\n",
		    c->attachment);
	if (c->location != NULL)
		buf_printf(out, "Location: %s\r\n", site_url(c, c->location));
	if (c->etag != NULL)
		buf_printf(out, "ETag: %s\r\n", c->etag);
	if (c->next != NULL)
		buf_printf(out, "Link: <%s>; rel=\"next\"\r\n", site_url(c, c->next));
	if (site_is_https_only(c))
		buf_str(out, "Strict-Transport-Security: max-age=31536000\r\n");
	if (c->allow != NULL && c->route == NULL)
		buf_printf(out, "Allow: %s\r\n", c->allow);
	if (c->cookie != NULL)
		buf_printf(out, "Set-Cookie: %s\r\n", c->cookie);
	if (c->origin != NULL)
		add_cors(c, out);
	if (status == 401)
		buf_str(out, "WWW-Authenticate: Bearer\r\n");
	if (status == 503 || status == 429 || c->w.later)
		add_retry_after(c, out);
}

/* Where a form leads: where it says, if that is one of the pages here; else to what was made. */
static void
find_next_page(struct ctx *c)
{
	const char *back = form_value(c, "back");
	const char *made = c->location;

	if (back != NULL && session_is_page(back))
		c->location = back;
	else if (made != NULL && strncmp(made, "/v1/", 4) == 0)
		c->location = mem_printf(c->w.mem, "/admin/%s", made + 4);
	else if (made == NULL)
		c->location = "/admin";
}

/* What goes out in place of a page that could not be rendered: the error page, or the problem as
 * JSON should that fail as well. */
static struct body
replace_page(struct ctx *c, enum err e)
{
	struct json_object *problem = problem_model(c, e);
	struct body page = page_body(c, "error.html", problem);

	return page.failed ? json_body(problem, "application/problem+json; charset=utf-8") : page;
}

int
reply_build(struct ctx *c, enum err e, struct buf *out)
{
	bool redirects = e == OK && is_page_post(c);

	if (redirects)
		find_next_page(c);
	struct body body = make_body(c, e);
	if (body.failed)
		log_say(LOG_ERROR, "template_failed", "%s %s", c->req.id,
		    c->route == NULL ? "-" : c->route->path);
	if (body.failed && !redirects) {
		if (e == OK) {
			e = ERR_INTERNAL;
			c->location = c->etag = c->next = NULL;
		}
		body = replace_page(c, e);
	}
	int status = status_of(c, e);

	buf_printf(out, "Status: %d\r\n", status);
	add_headers(c, status, &body, out);
	buf_str(out, "\r\n");
	if (!c->req.head)
		buf_add(out, body.data, body.len);
	return status;
}
