/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parsing the parameters of a web server into a request: what is accepted, and what is refused
 * before any route is looked up.
 */
#include "web/http/req.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "suites.h"
#include "web/http/ctx.h"

#define BROKEN "the path holds a broken escape, NUL or bad UTF-8"
#define DOTS "a segment of the path is empty, . or .."
#define SLASH "the path must start with a slash"
#define TWICE "a header is given twice"

/* A body that arrives in pieces and may end early. */
struct body {
	const char *data;
	size_t left;
	size_t taken;
};

static size_t
read_body(void *from, char *out, size_t n)
{
	struct body *b = from;
	size_t got = n < b->left ? n : b->left;

	if (b->data != NULL)
		memcpy(out, b->data + b->taken, got);
	b->left -= got;
	b->taken += got;
	return got;
}

/* Parses a request; env ends with NULL and must outlive c. The caller resets c. */
static enum err
parse_env(struct ctx *c, const char *const *env, struct body *body)
{
	*c = (struct ctx){0};
	ctx_begin(c, 0, 0);
	req_open(c, (struct req_source){env, read_body, body});
	return req_parse(c);
}

/* GET uri. */
static enum err
parse_uri(struct ctx *c, const char *uri)
{
	static char parameter[8192];
	static const char *const env[] = {"REQUEST_METHOD=GET", parameter, NULL};
	struct body none = {0};

	snprintf(parameter, sizeof parameter, "REQUEST_URI=%s", uri);
	return parse_env(c, env, &none);
}

static const struct {
	const char *uri;
	const char *segments[4];
} paths[] = {
    {"/", {NULL}},
    {"/?", {NULL}},
    {"/page", {"page"}},
    {"/v1/user/7/export", {"v1", "user", "7", "export"}},
    {"/user/a%2Fb", {"user", "a/b"}},
    {"/user/a%5cb", {"user", "a\\b"}},
    {"/user/%2F%2f", {"user", "//"}},
    /* Decoded once, and only once. */
    {"/user/a%252Fb", {"user", "a%2Fb"}},
    {"/user/%25", {"user", "%"}},
    {"/user/%20a%20", {"user", " a "}},
    {"/user/a+b", {"user", "a+b"}},
    {"/user/%C3%A9", {"user", "\xc3\xa9"}},
    {"/user/\xc3\xa9", {"user", "\xc3\xa9"}},
    {"/user/...", {"user", "..."}},
    {"/user/.a", {"user", ".a"}},
    {"/user/%2e%2e%2e", {"user", "..."}},
    {"/user/a%2F..", {"user", "a/.."}},
    {"/user/a;b=c", {"user", "a;b=c"}},
    {"/user/a%0Ab", {"user", "a\nb"}},
    {"/user/%3F%23", {"user", "?#"}},
    {"/page#/x", {"page"}},
};

START_TEST(splits_the_path_and_decodes_segments_once)
{
	struct ctx c;

	ck_assert_msg(parse_uri(&c, paths[_i].uri) == OK, "%s: %s", paths[_i].uri, c.w.detail);
	for (size_t i = 0; i < 4; i++)
		ck_assert_pstr_eq(c.req.segment[i], paths[_i].segments[i]);
	ck_assert_uint_eq(c.req.segments < 4 ? paths[_i].segments[c.req.segments] == NULL : 1, 1);
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *uri;
	enum err err;
	const char *detail;
} bad_paths[] = {
    {"", ERR_SYNTAX, SLASH},
    {"?a=b", ERR_SYNTAX, SLASH},
    {"page", ERR_SYNTAX, SLASH},
    {"*", ERR_SYNTAX, SLASH},
    {"http://localhost/page", ERR_SYNTAX, SLASH},
    {"//", ERR_SYNTAX, DOTS},
    {"//page", ERR_SYNTAX, DOTS},
    {"/page/", ERR_SYNTAX, DOTS},
    {"/user//7", ERR_SYNTAX, DOTS},
    {"/.", ERR_SYNTAX, DOTS},
    {"/..", ERR_SYNTAX, DOTS},
    {"/user/../page", ERR_SYNTAX, DOTS},
    {"/user/./7", ERR_SYNTAX, DOTS},
    {"/user/%2e%2e/page", ERR_SYNTAX, DOTS},
    {"/user/%2E", ERR_SYNTAX, DOTS},
    {"/user/.%2e", ERR_SYNTAX, DOTS},
    {"/user/%00", ERR_SYNTAX, BROKEN},
    {"/user/a%00b", ERR_SYNTAX, BROKEN},
    {"/user/%", ERR_SYNTAX, BROKEN},
    {"/user/%2", ERR_SYNTAX, BROKEN},
    {"/user/%2/7", ERR_SYNTAX, BROKEN},
    {"/user/%2?f", ERR_SYNTAX, BROKEN},
    {"/user/%g0", ERR_SYNTAX, BROKEN},
    {"/user/%0g", ERR_SYNTAX, BROKEN},
    {"/user/%%", ERR_SYNTAX, BROKEN},
    {"/user/%+1", ERR_SYNTAX, BROKEN},
    {"/user/%u0041", ERR_SYNTAX, BROKEN},
    {"/user/%FF", ERR_SYNTAX, BROKEN},
    {"/user/%C3", ERR_SYNTAX, BROKEN},
    {"/user/%C3/%A9", ERR_SYNTAX, BROKEN},
    {"/user/%C0%AF", ERR_SYNTAX, BROKEN},
    {"/user/%ED%A0%80", ERR_SYNTAX, BROKEN},
    {"/user/%F4%90%80%80", ERR_SYNTAX, BROKEN},
    {"/user/\xc3", ERR_SYNTAX, BROKEN},
    {"/1/2/3/4/5/6/7/8/9", ERR_NOT_FOUND, "no such path"},
};

START_TEST(refuses_malformed_paths)
{
	struct ctx c;

	ck_assert_int_eq(parse_uri(&c, bad_paths[_i].uri), bad_paths[_i].err);
	ck_assert_str_eq(c.w.detail, bad_paths[_i].detail);
	ctx_reset(&c);
}
END_TEST

START_TEST(accepts_paths_up_to_the_limit_of_segments)
{
	struct ctx c;

	ck_assert_int_eq(parse_uri(&c, "/1/2/3/4/5/6/7/8"), OK);
	ck_assert_uint_eq(c.req.segments, REQ_SEGMENTS);
	ck_assert_str_eq(c.req.segment[REQ_SEGMENTS - 1], "8");
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *query;
	const char *names[3];
	const char *values[3];
} queries[] = {
    {"", {NULL}, {NULL}},
    {"&&", {NULL}, {NULL}},
    {"days=7", {"days"}, {"7"}},
    {"days=7&after=x", {"days", "after"}, {"7", "x"}},
    {"&days=7&&after=x&", {"days", "after"}, {"7", "x"}},
    {"days", {"days"}, {""}},
    {"days=", {"days"}, {""}},
    {"=7", {""}, {"7"}},
    {"a=b=c", {"a"}, {"b=c"}},
    {"a=b?c/d", {"a"}, {"b?c/d"}},
    {"a=1+2&b+c=%2B", {"a", "b c"}, {"1 2", "+"}},
    {"%61=%C3%A9%26%3D", {"a"}, {"\xc3\xa9&="}},
    {"a=%252F", {"a"}, {"%2F"}},
    {"a=1&A=2&b=3", {"a", "A", "b"}, {"1", "2", "3"}},
};

START_TEST(decodes_the_query)
{
	char uri[256];
	struct ctx c;
	size_t n = 0;

	snprintf(uri, sizeof uri, "/page?%s", queries[_i].query);
	ck_assert_int_eq(parse_uri(&c, uri), OK);
	for (; n < 3 && queries[_i].names[n] != NULL; n++)
		ck_assert_pstr_eq(req_query(&c.req, queries[_i].names[n]), queries[_i].values[n]);
	ck_assert_uint_eq(c.req.queries, n);
	ck_assert_ptr_null(req_query(&c.req, "other"));
	ctx_reset(&c);
}
END_TEST

static const char *const bad_queries[] = {
    "a=%", "a=%4", "a=%zz", "%=1", "%00", "a=%00", "a=%FF", "%C3=1", "a=1&b=%C0%80"};

START_TEST(refuses_a_malformed_query)
{
	char uri[256];
	struct ctx c;

	snprintf(uri, sizeof uri, "/page?%s", bad_queries[_i]);
	ck_assert_int_eq(parse_uri(&c, uri), ERR_SYNTAX);
	ck_assert_str_eq(c.w.detail, "the query holds a broken escape, NUL or bad UTF-8");
	ctx_reset(&c);
}
END_TEST

START_TEST(refuses_a_parameter_given_twice)
{
	static const char *const uris[] = {
	    "/page?days=7&days=7", "/page?a=1&d%61ys=7&days", "/page?days&x&days="};
	struct ctx c;

	ck_assert_int_eq(parse_uri(&c, uris[_i]), ERR_SYNTAX);
	ck_assert_uint_eq(problem_count(c.w.problems), 1);
	ck_assert_str_eq(json_object_to_json_string_ext(c.w.problems->list, JSON_C_TO_STRING_PLAIN),
	    "[{\"pointer\":\"days\",\"detail\":\"is given twice\"}]");
	ctx_reset(&c);
}
END_TEST

START_TEST(accepts_at_most_32_parameters)
{
	struct ctx c;
	struct buf *uri = buf_new(NULL, 0);

	buf_str(uri, "/page?");
	for (int i = 0; i < REQ_QUERIES; i++)
		buf_printf(uri, "p%d=%d&", i, i);
	ck_assert_int_eq(parse_uri(&c, uri->data), OK);
	ck_assert_str_eq(req_query(&c.req, "p31"), "31");
	ctx_reset(&c);
	buf_str(uri, "more");
	ck_assert_int_eq(parse_uri(&c, uri->data), ERR_SYNTAX);
	ck_assert_str_eq(c.w.detail, "the query has more than 32 parameters");
	ctx_reset(&c);
	talloc_free(uri);
}
END_TEST

static const struct {
	const char *env[6];
	enum err err;
} headers[] = {
    {{"HTTP_HOST=a", "HTTP_X_HOST=b"}, OK},
    {{"HTTP_A=1", "HTTP_AB=1", "HTTP_A_B=1"}, OK},
    {{"HTTP_ACCEPT=text/html, */*", "HTTP_AUTHORIZATION=Bearer x"}, OK},
    {{"SERVER_NAME=a", "SERVER_NAME=b"}, OK},
    {{"HTTP_HOST=a", "HTTP_HOST=b"}, ERR_SYNTAX},
    {{"HTTP_HOST=a", "HTTP_X=1", "HTTP_HOST=a"}, ERR_SYNTAX},
    {{"HTTP_X_REAL_IP=1.2.3.4", "HTTP_ACCEPT=*/*", "HTTP_X_REAL_IP=127.0.0.1"}, ERR_SYNTAX},
    {{"HTTP_X=", "HTTP_X="}, ERR_SYNTAX},
    {{"HTTP_AUTHORIZATION=Bearer a, Bearer b"}, ERR_SYNTAX},
    {{"HTTP_X_API_KEY=a, b"}, ERR_SYNTAX},
    {{"HTTP_IDEMPOTENCY_KEY=a,b"}, ERR_SYNTAX},
    {{"HTTP_ORIGIN=https://a, https://b"}, ERR_SYNTAX},
    {{"CONTENT_TYPE=application/json, text/plain"}, ERR_SYNTAX},
};

START_TEST(refuses_a_header_given_twice)
{
	const char *env[9] = {"REQUEST_METHOD=GET", "REQUEST_URI=/page"};
	struct body none = {0};
	struct ctx c;

	memcpy(env + 2, headers[_i].env, sizeof headers[_i].env);
	ck_assert_int_eq(parse_env(&c, env, &none), headers[_i].err);
	ck_assert_pstr_eq(c.w.detail, headers[_i].err == OK ? NULL : TWICE);
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *method, *seen;
	bool head;
} methods[] = {
    {"REQUEST_METHOD=GET", "GET", false},
    {"REQUEST_METHOD=HEAD", "GET", true},
    {"REQUEST_METHOD=DELETE", "DELETE", false},
    {"REQUEST_METHOD=TRACE", "TRACE", false},
    {"REQUEST_METHOD=head", "head", false},
    {"REQUEST_METHOD=", "", false},
    {"X=", "", false},
};

START_TEST(treats_head_as_get)
{
	const char *env[] = {methods[_i].method, "REQUEST_URI=/page", NULL};
	struct body none = {0};
	struct ctx c;

	ck_assert_int_eq(parse_env(&c, env, &none), OK);
	ck_assert_str_eq(c.req.method, methods[_i].seen);
	ck_assert_int_eq(c.req.head, methods[_i].head);
	ctx_reset(&c);
}
END_TEST

START_TEST(requires_a_uri)
{
	const char *env[] = {"REQUEST_METHOD=GET", NULL};
	struct body none = {0};
	struct ctx c;

	ck_assert_int_eq(parse_env(&c, env, &none), ERR_SYNTAX);
	ck_assert_uint_eq(strlen(c.req.id), 32);
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *tags; /* what If-None-Match says */
	bool has;         /* it has "1.2-x" */
} tags[] = {
    {"*", true},
    {"\"1.2-x\"", true},
    /* Web servers that compress add a suffix. */
    {"W/\"1.2-x\"", true},
    {"\"1.2-x-gzip\"", true},
    {"\"1.2-x-br\"", true},
    {"\"1.2-x-deflate\"", true},
    {"\"1.2-x-zstd\"", true},
    {"W/\"1.2-x-bzip2\"", true},
    /* As some clients keep it. */
    {"1.2-x", true},
    {"W/1.2-x-gzip", true},
    {"\"other\", W/\"1.2-x\"", true},
    {"other,1.2-x", true},
    {"\"other\" , \t\"1.2-x\" ", true},
    {"", false},
    {"\"\"", false},
    {"\"1.2\"", false},
    {"\"1.2-x-gzip-gzip\"", false},
    {"\"1.2-x-other\"", false},
    {"\"1.2-xx\"", false},
    {"\"other\"", false},
    {"-gzip", false},
};

START_TEST(recognises_its_tag_in_every_form_of_if_none_match)
{
	char parameter[100];
	const char *env[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/page", parameter, NULL};
	struct body none = {0};
	struct ctx c;

	snprintf(parameter, sizeof parameter, "HTTP_IF_NONE_MATCH=%s", tags[_i].tags);
	ck_assert_int_eq(parse_env(&c, env, &none), OK);
	ck_assert_int_eq(req_has_already(&c.req, "\"1.2-x\""), tags[_i].has);
	ctx_reset(&c);
}
END_TEST

Suite *
req_suite(void)
{
	Suite *s = suite_create("req");
	TCase *t = tcase_create("head");

	tcase_add_loop_test(t, splits_the_path_and_decodes_segments_once, 0, ROWS(paths));
	tcase_add_loop_test(t, refuses_malformed_paths, 0, ROWS(bad_paths));
	tcase_add_test(t, accepts_paths_up_to_the_limit_of_segments);
	tcase_add_loop_test(t, decodes_the_query, 0, ROWS(queries));
	tcase_add_loop_test(t, refuses_a_malformed_query, 0, ROWS(bad_queries));
	tcase_add_loop_test(t, refuses_a_parameter_given_twice, 0, 3);
	tcase_add_test(t, accepts_at_most_32_parameters);
	tcase_add_loop_test(t, refuses_a_header_given_twice, 0, ROWS(headers));
	tcase_add_loop_test(t, treats_head_as_get, 0, ROWS(methods));
	tcase_add_test(t, requires_a_uri);
	tcase_add_loop_test(t, recognises_its_tag_in_every_form_of_if_none_match, 0, ROWS(tags));
	suite_add_tcase(s, t);
	return s;
}
