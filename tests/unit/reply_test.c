/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers, byte by byte: status, headers and the common form of problems.
 */
#include "web/http/reply.h"

#include <string.h>

#include "base/mem.h"
#include "suites.h"
#include "web/http/ctx.h"
#include "web/http/route.h"
#include "web/tmpl/tmpl.h"

#define DATA "application/json; charset=utf-8"
#define PAGE "text/html; charset=utf-8"
#define PROBLEM "application/problem+json; charset=utf-8"

static const struct route data =
    {"GET", "/data", KEY_NONE, false, 0, 100, NULL, NULL, NULL, NULL, false, ""};
static const struct route page =
    {"GET", "/page", KEY_NONE, false, 0, 100, NULL, NULL, "page.html", NULL, false, ""};
static const struct route image =
    {"GET", "/i.png", KEY_NONE, false, 0, 100, NULL, NULL, NULL, NULL, false, ""};
static const struct route lost =
    {"GET", "/lost", KEY_NONE, false, 0, 100, NULL, NULL, "lost.html", NULL, false, ""};

static const struct route flag =
    {"POST", "/flag", KEY_NONE, false, 0, 100, NULL, NULL, NULL, NULL, true, ""};

static const char *const plain_env[] = {"HTTP_ACCEPT=*/*", NULL};
static const char *const browser_env[] = {"HTTP_ACCEPT=text/html,*/*;q=0.8", NULL};
static const char *const silent_env[] = {NULL};

static void
add_template(struct tmpl_set *set, const char *name, const char *text)
{
	char message[TMPL_MESSAGE] = "";

	ck_assert_msg(tmpl_add(set, name, text, strlen(text), message) == OK, "%s", message);
}

/* A request on a route, or on none, whose answer is {"a":"<1>"}. */
static void
begin_request(struct ctx *c, const struct route *route)
{
	*c = (struct ctx){0};
	ctx_begin(c, 0, 0);
	struct tmpl_set *set = tmpl_new(c->w.mem);
	add_template(set, "page.html", "<p>{{a}}</p>");
	/* It includes itself twice, so that rendering exceeds its limit and fails. */
	add_template(set, "endless.html", "{{#a}}{{> endless.html}}{{> endless.html}}{{/a}}");
	add_template(set, "error.html", "<h1>{{status}} {{title}}</h1>{{detail}} {{request_id}}");
	c->tmpl = set;
	c->route = route;
	req_open(c, (struct req_source){.env = plain_env});
	strcpy(c->req.id, "id-1");
	c->model = mem_json(c->w.mem, json_tokener_parse("{\"a\":\"<1>\"}"));
}

static struct buf *
build_reply(struct ctx *c, enum err e, int status)
{
	struct buf *out = buf_new(c->w.mem, 0);

	ck_assert_int_eq(reply_build(c, e, out), status);
	const char *line = mem_printf(c->w.mem, "Status: %d\r\n", status);
	ck_assert_mem_eq(out->data, line, strlen(line));
	return out;
}

static const char *
body_of(const struct buf *out)
{
	const char *end = strstr(out->data, "\r\n\r\n");

	ck_assert_ptr_nonnull(end);
	return end + 4;
}

/* The value of a header, on out; NULL when it is missing. */
static const char *
header(struct buf *out, const char *name)
{
	const char *at = strstr(out->data, mem_printf(out, "\r\n%s: ", name));

	if (at == NULL || at >= body_of(out))
		return NULL;
	at += strlen(name) + 4;
	return mem_dupn(out, at, strcspn(at, "\r"));
}

static void
check_content_length(struct buf *out)
{
	const char *n = mem_printf(out, "%zu", strlen(body_of(out)));

	ck_assert_str_eq(header(out, "Content-Length"), n);
}

static const struct {
	const struct route *route;
	int set; /* by the handler */
	const char *text;
	const char *body, *type;
} answers[] = {
    {&data, 0, NULL, "{\"a\":\"<1>\"}", DATA},
    {&data, 503, NULL, "{\"a\":\"<1>\"}", DATA},
    {&page, 0, NULL, "<p>&lt;1&gt;</p>", PAGE},
    {&data, 0, "a <1>\n", "a <1>\n", "text/plain"},
    {&page, 0, "", "", "text/plain"},
    {&data, 204, NULL, "", NULL},
    {&page, 204, "a <1>\n", "", NULL},
};

START_TEST(a_failed_template_answers_an_error_without_the_model)
{
	static const struct route endless =
    {
		"GET", "/endless", KEY_NONE, false, 0, 100, NULL, NULL, "endless.html", NULL,
		false, ""};
	const struct route *route = _i % 2 == 0 ? &lost : &endless;
	struct ctx c;

	begin_request(&c, route);
	c.location = "/elsewhere";
	if (_i >= 2)
		c.tmpl = tmpl_new(c.w.mem);
	struct buf *out = build_reply(&c, OK, 500);
	ck_assert_ptr_null(header(out, "Location"));
	ck_assert_str_eq(header(out, "Content-Type"), _i >= 2 ? PROBLEM : PAGE);
	ck_assert_ptr_nonnull(strstr(body_of(out), "Internal error"));
	ck_assert_ptr_null(strstr(body_of(out), "<1>"));
	ctx_reset(&c);
}
END_TEST

START_TEST(a_redirect_needs_no_template)
{
	static const struct route form =
    {
		"POST", "/lost", KEY_NONE, false, 0, 100, NULL, NULL, "lost.html", NULL,
		false, ""};
	struct ctx c;

	begin_request(&c, &form);
	c.req.method = "POST";
	c.location = "/admin/next";
	struct buf *out = build_reply(&c, OK, 303);
	ck_assert_str_eq(header(out, "Location"), "/admin/next");
	ck_assert_str_eq(body_of(out), "");
	ctx_reset(&c);
}
END_TEST

START_TEST(a_success_has_the_format_of_its_route)
{
	struct ctx c;

	begin_request(&c, answers[_i].route);
	c.status = answers[_i].set;
	if (answers[_i].text != NULL) {
		c.text = buf_new(c.w.mem, 0);
		c.text_type = "text/plain";
		buf_str(c.text, answers[_i].text);
	}
	struct buf *out = build_reply(&c, OK, answers[_i].set == 0 ? 200 : answers[_i].set);
	ck_assert_str_eq(body_of(out), answers[_i].body);
	ck_assert_pstr_eq(header(out, "Content-Type"), answers[_i].type);
	if (answers[_i].type == NULL)
		ck_assert_ptr_null(header(out, "Content-Length"));
	else
		check_content_length(out);
	ctx_reset(&c);
}
END_TEST

START_TEST(every_answer_has_the_common_headers)
{
	static const char *const marks[][2] = {{"X-Request-Id", "id-1"},
	    {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"},
	    {"Referrer-Policy", "same-origin"}};
	struct ctx c;

	begin_request(&c, &data);
	c.status = _i == OK ? 204 : 0;
	struct buf *out = build_reply(
	    &c, (enum err)_i, _i == OK ? 204 : err_info((enum err)_i)->status);
	for (int i = 0; i < ROWS(marks); i++)
		ck_assert_pstr_eq(header(out, marks[i][0]), marks[i][1]);
	ctx_reset(&c);
}
END_TEST

START_TEST(head_has_the_headers_of_get_and_no_body)
{
	static const enum err outcomes[] = {OK, ERR_NOT_FOUND};
	struct ctx c;

	begin_request(&c, &data);
	enum err e = outcomes[_i];
	struct buf *get = build_reply(&c, e, err_info(e)->status);
	c.req.head = true;
	struct buf *head = build_reply(&c, e, err_info(e)->status);
	ck_assert_str_eq(body_of(head), "");
	ck_assert_uint_eq(head->len, (size_t)(body_of(get) - get->data));
	ck_assert_mem_eq(head->data, get->data, head->len);
	ctx_reset(&c);
}
END_TEST

START_TEST(problems_have_the_documented_form)
{
	enum err e = (enum err)_i;
	const struct err_info *info = err_info(e);
	struct ctx c;

	begin_request(&c, &data);
	ck_assert_int_eq(fail_detail(&c.w, e, "because of %d", 7), e);
	fail(&c.w, e, "/a/0", "must be \"%s\"", "x");
	ck_assert_int_eq(fail(&c.w, e, "days", "is given twice"), e);
	struct buf *out = build_reply(&c, e, info->status);
	ck_assert_str_eq(body_of(out),
	    mem_printf(c.w.mem,
		"{\"type\":\"/docs#%s\",\"title\":\"%s\","
		"\"status\":%d,\"detail\":\"because of 7\",\"request_id\":\"id-1\",\"errors\":["
		"{\"pointer\":\"/a/0\",\"detail\":\"must be \\\"x\\\"\"},"
		"{\"pointer\":\"days\",\"detail\":\"is given twice\"}]}",
		info->slug, info->title, info->status));
	ck_assert_str_eq(header(out, "Content-Type"), PROBLEM);
	check_content_length(out);
	ctx_reset(&c);
}
END_TEST

static const struct {
	enum err e;
	const char *body;
} silent[] = {
    {ERR_INTERNAL,
	"{\"type\":\"/docs#internal\",\"title\":\"Internal error\",\"status\":500,"
	"\"request_id\":\"id-1\"}"},
    {ERR_UNAVAILABLE,
	"{\"type\":\"/docs#unavailable\",\"title\":\"Not available at the moment\","
	"\"status\":503,\"detail\":\"the service cannot do this now; try again in a moment\","
	"\"request_id\":\"id-1\"}"},
};

START_TEST(a_problem_omits_unknown_members)
{
	struct ctx c;

	begin_request(&c, &data);
	struct buf *out = build_reply(&c, silent[_i].e, err_info(silent[_i].e)->status);
	ck_assert_str_eq(body_of(out), silent[_i].body);
	ctx_reset(&c);
}
END_TEST

START_TEST(unavailable_has_a_retry_after)
{
	static const enum err outcomes[] = {
	    ERR_UNAVAILABLE, ERR_THROTTLED, ERR_INTERNAL, ERR_NOT_FOUND};
	struct ctx c;

	begin_request(&c, &data);
	for (int i = 0; i < 50; i++) {
		enum err e = outcomes[_i];
		struct buf *out = build_reply(&c, e, err_info(e)->status);
		const char *seconds = header(out, "Retry-After");
		if (e != ERR_UNAVAILABLE && e != ERR_THROTTLED) {
			ck_assert_ptr_null(seconds);
			continue;
		}
		ck_assert_uint_eq(strlen(seconds), 1);
		ck_assert(seconds[0] >= '1' && seconds[0] <= '3');
	}
	ctx_reset(&c);
}
END_TEST

static const struct {
	const struct route *route;
	const char *const *env;
	bool page;
} problems[] = {
    {NULL, plain_env, false},
    {NULL, silent_env, false},
    {NULL, browser_env, true},
    {&page, plain_env, true},
    {&page, browser_env, true},
    {&data, browser_env, false},
};

START_TEST(pages_show_problems_as_html)
{
	struct ctx c;

	begin_request(&c, problems[_i].route);
	req_open(&c, (struct req_source){.env = problems[_i].env});
	fail_detail(&c.w, ERR_NOT_FOUND, "no <such> path");
	struct buf *out = build_reply(&c, ERR_NOT_FOUND, 404);
	ck_assert_str_eq(header(out, "Content-Type"), problems[_i].page ? PAGE : PROBLEM);
	if (problems[_i].page)
		ck_assert_str_eq(body_of(out), "<h1>404 Not found</h1>no &lt;such&gt; path id-1");
	check_content_length(out);
	ctx_reset(&c);
}
END_TEST

#define ALLOW "POST, OPTIONS"
#define A "https://a.example"
#define DATA_POLICY "default-src 'none'; frame-ancestors 'none'"
#define PAGE_POLICY \
	"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " \
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
#define CREDENTIALS \
	"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key, " \
	"X-Assay-Signature, X-Request-Id, baggage, sentry-trace, traceparent, tracestate"
#define EXPOSED "X-Request-Id, Retry-After, Link, ETag"

/* The state in which a handler leaves a request, and a header that follows; NULL: is absent. */
static const struct {
	const struct route *route;
	enum err e;
	int set; /* by the handler */
	const char *location, *next, *allow, *origin;
	int sent;
	const char *name, *value;
} rows[] = {
    {&data, OK, 0, "/v1/thing/7", NULL, NULL, NULL, 201, "Location", "/v1/thing/7"},
    {&data, OK, 0, NULL, "/x?after=7", NULL, NULL, 200, "Link", "</x?after=7>; rel=\"next\""},
    {&data, OK, 0, NULL, NULL, NULL, NULL, 200, "Location", NULL},
    {&data, OK, 0, NULL, NULL, NULL, NULL, 200, "Link", NULL},
    {&data, ERR_CONFLICT, 0, "/v1/thing/7", NULL, NULL, NULL, 409, "Retry-After", NULL},
    {&data, ERR_UNAUTHORIZED, 0, NULL, NULL, NULL, NULL, 401, "WWW-Authenticate", "Bearer"},
    {&data, ERR_FORBIDDEN, 0, NULL, NULL, NULL, NULL, 403, "WWW-Authenticate", NULL},
    /* A failure never has the status of a success. */
    {NULL, ERR_UNAVAILABLE, 204, NULL, NULL, ALLOW, NULL, 503, "Content-Type", PROBLEM},
    {&image, ERR_UNAUTHORIZED, 0, NULL, NULL, NULL, NULL, 200, "Content-Type", "image/png"},
    /* Clients of OFREP read the body of these three statuses only. */
    {&flag, ERR_SYNTAX, 0, NULL, NULL, NULL, NULL, 400, "Content-Type", DATA},
    {&flag, ERR_INVALID, 0, NULL, NULL, NULL, NULL, 400, "Content-Type", DATA},
    {&flag, ERR_TOO_LARGE, 0, NULL, NULL, NULL, NULL, 400, "Content-Type", DATA},
    {&flag, ERR_MEDIA_TYPE, 0, NULL, NULL, NULL, NULL, 400, "Content-Type", DATA},
    {&flag, ERR_NOT_FOUND, 0, NULL, NULL, NULL, NULL, 404, "Content-Type", DATA},
    {&flag, ERR_INTERNAL, 0, NULL, NULL, NULL, NULL, 500, "Content-Type", DATA},
    {&flag, ERR_UNAUTHORIZED, 0, NULL, NULL, NULL, NULL, 401, "Content-Type", PROBLEM},
    {&flag, ERR_FORBIDDEN, 0, NULL, NULL, NULL, NULL, 403, "Content-Type", PROBLEM},
    {&flag, ERR_THROTTLED, 0, NULL, NULL, NULL, NULL, 429, "Content-Type", PROBLEM},
    {&flag, ERR_UNAVAILABLE, 0, NULL, NULL, NULL, NULL, 503, "Content-Type", PROBLEM},
    /* What a browser may do with a page, and with anything else. */
    {&page, OK, 0, NULL, NULL, NULL, NULL, 200, "Content-Security-Policy", PAGE_POLICY},
    {&page, OK, 0, NULL, NULL, NULL, NULL, 200, "Cross-Origin-Opener-Policy", "same-origin"},
    {&page, OK, 0, NULL, NULL, NULL, NULL, 200, "Cross-Origin-Resource-Policy", "same-origin"},
    {&data, OK, 0, NULL, NULL, NULL, NULL, 200, "Content-Security-Policy", DATA_POLICY},
    {&data, OK, 0, NULL, NULL, NULL, NULL, 200, "Cross-Origin-Resource-Policy", NULL},
    /* Rows of the same path that were passed on the way to the right one are no answer. */
    {NULL, ERR_METHOD, 0, NULL, NULL, ALLOW, NULL, 405, "Allow", ALLOW},
    {NULL, OK, 204, NULL, NULL, ALLOW, NULL, 204, "Allow", ALLOW},
    {&data, OK, 0, NULL, NULL, ALLOW, NULL, 200, "Allow", NULL},
    {NULL, ERR_NOT_FOUND, 0, NULL, NULL, NULL, NULL, 404, "Allow", NULL},
    /* Another origin may read only where that is allowed. */
    {&data, OK, 0, NULL, NULL, NULL, NULL, 200, "Access-Control-Allow-Origin", NULL},
    {&data, OK, 0, NULL, NULL, NULL, NULL, 200, "Access-Control-Expose-Headers", NULL},
    {&data, OK, 0, NULL, NULL, NULL, A, 200, "Access-Control-Allow-Origin", A},
    {&data, OK, 0, NULL, NULL, NULL, A, 200, "Vary", "Origin"},
    {&data, OK, 0, NULL, NULL, NULL, A, 200, "Access-Control-Expose-Headers", EXPOSED},
    {&data, ERR_INVALID, 0, NULL, NULL, NULL, A, 422, "Access-Control-Allow-Origin", A},
    /* Only a preflight is answered with the methods and headers that are allowed. */
    {&data, OK, 0, NULL, NULL, ALLOW, A, 200, "Access-Control-Allow-Methods", NULL},
    {NULL, OK, 204, NULL, NULL, NULL, A, 204, "Access-Control-Allow-Methods", NULL},
    {NULL, OK, 204, NULL, NULL, ALLOW, NULL, 204, "Access-Control-Allow-Methods", NULL},
    {NULL, OK, 204, NULL, NULL, ALLOW, A, 204, "Access-Control-Allow-Methods", ALLOW},
    {NULL, OK, 204, NULL, NULL, ALLOW, A, 204, "Access-Control-Allow-Headers", CREDENTIALS},
    {NULL, OK, 204, NULL, NULL, ALLOW, A, 204, "Access-Control-Max-Age", "7200"},
};

START_TEST(each_outcome_has_its_headers)
{
	struct ctx c;

	begin_request(&c, rows[_i].route);
	c.status = rows[_i].set;
	c.location = rows[_i].location;
	c.next = rows[_i].next;
	c.allow = rows[_i].allow;
	c.origin = rows[_i].origin;
	struct buf *out = build_reply(&c, rows[_i].e, rows[_i].sent);
	ck_assert_pstr_eq(header(out, rows[_i].name), rows[_i].value);
	ctx_reset(&c);
}
END_TEST

Suite *
reply_suite(void)
{
	Suite *s = suite_create("reply");
	TCase *t = tcase_create("reply");

	tcase_add_loop_test(t, a_failed_template_answers_an_error_without_the_model, 0, 4);
	tcase_add_test(t, a_redirect_needs_no_template);
	tcase_add_loop_test(t, a_success_has_the_format_of_its_route, 0, ROWS(answers));
	tcase_add_loop_test(t, every_answer_has_the_common_headers, 0, ERR__MAX);
	tcase_add_loop_test(t, head_has_the_headers_of_get_and_no_body, 0, 2);
	tcase_add_loop_test(t, problems_have_the_documented_form, ERR_SYNTAX, ERR__MAX);
	tcase_add_loop_test(t, a_problem_omits_unknown_members, 0, ROWS(silent));
	tcase_add_loop_test(t, unavailable_has_a_retry_after, 0, 4);
	tcase_add_loop_test(t, pages_show_problems_as_html, 0, ROWS(problems));
	tcase_add_loop_test(t, each_outcome_has_its_headers, 0, ROWS(rows));
	suite_add_tcase(s, t);
	return s;
}
