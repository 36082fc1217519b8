/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bodies and their announced lengths, content types, and the id of a request.
 */
#include "web/http/req.h"

#include <string.h>

#include "base/mem.h"
#include "suites.h"
#include "web/http/body.h"
#include "web/http/ctx.h"

/* A body of size bytes, which repeat the text. */
struct body {
	const char *text;
	size_t size;
	size_t taken;
};

static size_t
read_body(void *from, char *out, size_t n)
{
	struct body *b = from;
	size_t got = n < b->size - b->taken ? n : b->size - b->taken;
	size_t len = strlen(b->text);

	for (size_t i = 0; i < got; i++)
		out[i] = b->text[(b->taken + i) % len];
	b->taken += got;
	return got;
}

/* POST /page with up to three more parameters; the caller resets c. */
static enum err
post(struct ctx *c, const char *const more[3], struct body *body)
{
	static const char *env[6];

	env[0] = "REQUEST_METHOD=POST";
	env[1] = "REQUEST_URI=/page";
	memcpy(env + 2, more, 3 * sizeof *env);
	*c = (struct ctx){0};
	ctx_begin(c, 0, 0);
	req_open(c, (struct req_source){env, read_body, body});
	return req_parse(c);
}

static const struct {
	const char *length;
	const char *body; /* NULL: none is kept */
} lengths[] = {
    {"CONTENT_LENGTH=5", "abcde"},
    {"CONTENT_LENGTH=3", "abc"},
    {"CONTENT_LENGTH=005", "abcde"},
    {"CONTENT_LENGTH=0", NULL},
    {"CONTENT_LENGTH=", NULL},
    {"X=", NULL},
};

START_TEST(reads_the_announced_length)
{
	struct body body = {"abcdefgh", 8, 0};
	struct ctx c;

	ck_assert_int_eq(post(&c, (const char *const[3]){lengths[_i].length}, &body), OK);
	ck_assert_pstr_eq(c.req.body, lengths[_i].body);
	ck_assert_uint_eq(c.req.body_len, lengths[_i].body == NULL ? 0 : strlen(lengths[_i].body));
	ck_assert_uint_eq(body.taken, c.req.body_len);
	ctx_reset(&c);
}
END_TEST

static const char *const no_lengths[] = {"CONTENT_LENGTH=-1", "CONTENT_LENGTH=-0",
    "CONTENT_LENGTH=+5", "CONTENT_LENGTH= 5", "CONTENT_LENGTH=5 ", "CONTENT_LENGTH=5x",
    "CONTENT_LENGTH=x", "CONTENT_LENGTH=0x5", "CONTENT_LENGTH=5.0", "CONTENT_LENGTH=5, 5",
    "CONTENT_LENGTH=9223372036854775808", "CONTENT_LENGTH=99999999999999999999999999"};

START_TEST(refuses_a_malformed_length)
{
	struct body body = {"abcdefgh", 8, 0};
	struct ctx c;

	ck_assert_int_eq(post(&c, (const char *const[3]){no_lengths[_i]}, &body), ERR_SYNTAX);
	ck_assert_str_eq(c.w.detail, "Content-Length is not a number");
	ck_assert_uint_eq(body.taken, 0);
	ctx_reset(&c);
}
END_TEST

START_TEST(refuses_a_body_shorter_than_announced)
{
	static const size_t sizes[] = {0, 1, 4};
	struct body body = {"abcdefgh", sizes[_i], 0};
	struct ctx c;

	ck_assert_int_eq(post(&c, (const char *const[3]){"CONTENT_LENGTH=5"}, &body), ERR_SYNTAX);
	ck_assert_str_eq(c.w.detail, "the body is shorter than announced");
	ck_assert_ptr_null(c.req.body);
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *length;
	size_t announced;
	size_t sent;
	size_t taken;
	bool kept;
} large[] = {
    {"CONTENT_LENGTH=8388608", REQ_BODY_MAX, REQ_BODY_MAX, REQ_BODY_MAX, true},
    /* Read to the end, but not kept: the route says 413. */
    {"CONTENT_LENGTH=8388609", REQ_BODY_MAX + 1, REQ_BODY_MAX + 1, REQ_BODY_MAX + 1, false},
    {"CONTENT_LENGTH=8388700", REQ_BODY_MAX + 92, REQ_BODY_MAX + 500, REQ_BODY_MAX + 92, false},
    {"CONTENT_LENGTH=8388700", REQ_BODY_MAX + 92, 7, 7, false},
    {"CONTENT_LENGTH=99999999999", 99999999999, 10 << 20, REQ_DRAIN_MAX, false},
    {"CONTENT_LENGTH=9223372036854775807", INT64_MAX, 1, 1, false},
};

START_TEST(reads_and_drops_an_overlong_body)
{
	struct body body = {"abcdefg", large[_i].sent, 0};
	struct ctx c;

	ck_assert_int_eq(post(&c, (const char *const[3]){large[_i].length}, &body), OK);
	ck_assert_uint_eq(c.req.body_len, large[_i].announced);
	ck_assert_uint_eq(body.taken, large[_i].taken);
	ck_assert_int_eq(c.req.body != NULL, large[_i].kept);
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *type; /* NULL: none */
	bool json, ndjson;
} types[] = {
    {"CONTENT_TYPE=application/json", true, false},
    {"CONTENT_TYPE=application/json; charset=utf-8", true, false},
    {"CONTENT_TYPE=application/json;charset=utf-8", true, false},
    {"CONTENT_TYPE=application/json ", true, false},
    {"CONTENT_TYPE=Application/JSON\t; x=y", true, false},
    {"CONTENT_TYPE=application/x-ndjson", false, true},
    {"CONTENT_TYPE=application/ndjson; charset=utf-8", false, true},
    {"CONTENT_TYPE=application/JSONL", false, true},
    {"CONTENT_TYPE=application/jsonp", false, false},
    {"CONTENT_TYPE=application/jso", false, false},
    {"CONTENT_TYPE=text/json", false, false},
    {"CONTENT_TYPE=text/plain; application/json", false, false},
    {"CONTENT_TYPE=; application/json", false, false},
    {"CONTENT_TYPE= application/json", false, false},
    {"CONTENT_TYPE=application/problem+json", false, false},
    {"CONTENT_TYPE=", false, false},
    {"X=", false, false},
};

START_TEST(the_content_type_decides_what_a_body_is)
{
	struct body body = {"[7]", 3, 0};
	const char *const more[3] = {"CONTENT_LENGTH=3", types[_i].type};
	struct json_object *o = NULL;
	struct ctx c;

	ck_assert_int_eq(post(&c, more, &body), OK);
	ck_assert_int_eq(req_is_ndjson(&c.req), types[_i].ndjson);
	ck_assert_int_eq(body_json(&c, &o), types[_i].json ? OK : ERR_MEDIA_TYPE);
	ck_assert_pstr_eq(c.w.detail, types[_i].json ? NULL : "the body must be application/json");
	ck_assert_int_eq(o != NULL, types[_i].json);
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *text;
	const char *length;
	const char *detail;
} broken[] = {
    {"x", "CONTENT_LENGTH=0", "the body is empty"},
    {" ", "CONTENT_LENGTH=1", "line 1, column 2: "},
    {"{\"a\":1}\n!", "CONTENT_LENGTH=9", "line 2, column 1: "},
    {"{\"a\":1,\n \"a\":2}", "CONTENT_LENGTH=15", "line 2, column "},
    {"NaN", "CONTENT_LENGTH=3", "line 1, column 1: "},
};

START_TEST(names_the_position_of_malformed_json)
{
	struct body body = {broken[_i].text, 100, 0};
	const char *const more[3] = {broken[_i].length, "CONTENT_TYPE=application/json"};
	struct json_object *o;
	struct ctx c;

	ck_assert_int_eq(post(&c, more, &body), OK);
	ck_assert_int_eq(body_json(&c, &o), ERR_SYNTAX);
	ck_assert_msg(strncmp(c.w.detail, broken[_i].detail, strlen(broken[_i].detail)) == 0, "%s",
	    c.w.detail);
	ctx_reset(&c);
}
END_TEST

#define ID64 "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *header;
	bool kept;
} ids[] = {
    {"HTTP_X_REQUEST_ID=a", true},
    {"HTTP_X_REQUEST_ID=Az-09_.", true},
    {"HTTP_X_REQUEST_ID=" ID64, true},
    {"HTTP_X_REQUEST_ID=" ID64 "4", false},
    {"HTTP_X_REQUEST_ID=", false},
    {"HTTP_X_REQUEST_ID=a b", false},
    {"HTTP_X_REQUEST_ID=a\"b", false},
    {"HTTP_X_REQUEST_ID=a\r\nSet-Cookie: x=y", false},
    {"HTTP_X_REQUEST_ID=a<b", false},
    {"HTTP_X_REQUEST_ID=\xc3\xa9", false},
    {"X=", false},
};

START_TEST(keeps_a_harmless_request_id_or_makes_one)
{
	struct body none = {"x", 0, 0};
	const char *const more[3] = {ids[_i].header};
	char first[REQ_ID];
	struct ctx c;

	ck_assert_int_eq(post(&c, more, &none), OK);
	memcpy(first, c.req.id, REQ_ID);
	ctx_reset(&c);
	if (ids[_i].kept) {
		ck_assert_str_eq(first, ids[_i].header + sizeof "HTTP_X_REQUEST_ID=" - 1);
		return;
	}
	ck_assert_uint_eq(strlen(first), 32);
	ck_assert_uint_eq(strspn(first, "0123456789abcdef"), 32);
	ck_assert_int_eq(post(&c, more, &none), OK);
	ck_assert_str_ne(first, c.req.id);
	ctx_reset(&c);
}
END_TEST

START_TEST(finds_a_parameter_by_its_whole_name)
{
	struct body none = {"x", 0, 0};
	struct ctx c;

	ck_assert_int_eq(post(&c, (const char *const[3]){"AB=1=2", "A="}, &none), OK);
	ck_assert_str_eq(req_param(&c.req, "A"), "");
	ck_assert_str_eq(req_param(&c.req, "AB"), "1=2");
	ck_assert_ptr_null(req_param(&c.req, "B"));
	ck_assert_ptr_null(req_param(&c.req, "a"));
	ctx_reset(&c);
}
END_TEST

Suite *
req_body_suite(void)
{
	Suite *s = suite_create("req_body");
	TCase *t = tcase_create("body");

	tcase_add_loop_test(t, reads_the_announced_length, 0, ROWS(lengths));
	tcase_add_loop_test(t, refuses_a_malformed_length, 0, ROWS(no_lengths));
	tcase_add_loop_test(t, refuses_a_body_shorter_than_announced, 0, 3);
	tcase_add_loop_test(t, reads_and_drops_an_overlong_body, 0, ROWS(large));
	tcase_add_loop_test(t, the_content_type_decides_what_a_body_is, 0, ROWS(types));
	tcase_add_loop_test(t, names_the_position_of_malformed_json, 0, ROWS(broken));
	suite_add_tcase(s, t);

	t = tcase_create("parameters");
	tcase_add_loop_test(t, keeps_a_harmless_request_id_or_makes_one, 0, ROWS(ids));
	tcase_add_test(t, finds_a_parameter_by_its_whole_name);
	suite_add_tcase(s, t);
	return s;
}
