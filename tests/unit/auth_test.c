/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys, as far as they can be checked without a database: their form, missing and malformed ones,
 * local callers, and the answer while the database is unavailable.
 */
#include "web/auth/auth.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/mem.h"
#include "core/subject/key.h"
#include "store/db/db.h"
#include "suites.h"
#include "web/http/ctx.h"

#define ID "00c0ffee"
#define SECRET "000102030405060708090a0b0c0d0e0f1011121314151617"
#define SEND "send a key: Authorization: Bearer <key>"
#define UNKNOWN "the key is unknown, expired or revoked"

START_TEST(key_make_returns_keys_of_the_documented_form)
{
	static const char *const kinds[] = {"client", "server", "admin"};
	char text[KEY_TEXT], id[KEY_ID], read[KEY_ID];
	char again[KEY_TEXT], expected[KEY_TEXT];
	const char *split;

	key_make(kinds[_i], text, id);
	ck_assert_uint_eq(strlen(id), 8);
	ck_assert_uint_eq(strspn(id, "0123456789abcdef"), 8);
	snprintf(expected, sizeof expected, "asy_%s_%s_", kinds[_i], id);
	ck_assert_mem_eq(text, expected, strlen(expected));
	const char *secret = text + strlen(expected);
	ck_assert_uint_eq(strlen(secret), 48);
	ck_assert_uint_eq(strspn(secret, "0123456789abcdef"), 48);
	ck_assert(key_split(text, read, &split));
	ck_assert_str_eq(read, id);
	ck_assert_ptr_eq(split, secret);
	key_make(kinds[_i], again, id);
	ck_assert_str_ne(text, again);
}
END_TEST

/* Begins a request with these parameters; its database is a socket that does not exist. */
static void
begin_request(struct ctx *c, const char *const *env)
{
	static const struct db_conf nowhere = {
	    .url = "host=/nowhere dbname=none", .statement_timeout = 1};

	*c = (struct ctx){0};
	ctx_begin(c, 0, instant_monotonic());
	c->keys = auth_new(c->w.mem);
	c->w.db = db_new(c->w.mem, &nowhere);
	db_set_deadline(c->w.db, c->began + INSTANT_SECOND);
	req_open(c, (struct req_source){.env = env});
}

/* Checks the key of a request to a route for keys of this class; the caller resets c. */
static enum err
check_key(struct ctx *c, enum key_class class, const char *const *env)
{
	begin_request(c, env);
	struct route *route = mem_new(c->w.mem, struct route);
	route->key = class;
	route->path = "/thing";
	c->route = route;
	return auth_check(c);
}

static const struct {
	enum key_class class;
	const char *env[4];
	const char *detail; /* NULL: may pass */
} callers[] = {
    {KEY_NONE, {NULL}, NULL},
    {KEY_NONE, {"HTTP_AUTHORIZATION=Bearer nonsense"}, NULL},
    {KEY_CLIENT, {NULL}, SEND},
    {KEY_SERVER, {NULL}, SEND},
    {KEY_ADMIN, {"REMOTE_ADDR=127.0.0.1"}, SEND},
    {KEY_SERVER, {"HTTP_AUTHORIZATION=Basic dTpw"}, SEND},
    {KEY_SERVER, {"HTTP_AUTHORIZATION=Bearer"}, SEND},
    {KEY_SERVER, {"HTTP_AUTHORIZATION="}, SEND},
    {KEY_SERVER, {"HTTP_COOKIE=key=asy_server_" ID "_" SECRET}, SEND},
    {KEY_METRICS, {NULL}, SEND},
    {KEY_METRICS, {"REMOTE_ADDR=127.0.0.1"}, SEND},
    {KEY_METRICS, {"REMOTE_ADDR=::1"}, SEND},
    {KEY_METRICS, {"REMOTE_ADDR=127.0.0.1", "ASSAY_LOCAL=1"}, SEND},
};

START_TEST(a_route_with_a_key_class_requires_a_key)
{
	struct ctx c;

	enum err e = check_key(&c, callers[_i].class, callers[_i].env);
	ck_assert_int_eq(e, callers[_i].detail == NULL ? OK : ERR_UNAUTHORIZED);
	ck_assert_pstr_eq(c.w.detail, callers[_i].detail);
	ck_assert_ptr_null(c.key_id);
	ctx_reset(&c);
}
END_TEST

START_TEST(a_local_caller_needs_no_key_for_the_metrics_only)
{
	static const enum key_class classes[] = {KEY_METRICS, KEY_CLIENT, KEY_SERVER, KEY_ADMIN};
	static const char *const env[] = {NULL};
	struct ctx c;

	begin_request(&c, env);
	c.local = true;
	struct route route = {.key = classes[_i], .path = "/thing"};
	c.route = &route;
	ck_assert_int_eq(auth_check(&c), _i == 0 ? OK : ERR_UNAUTHORIZED);
	ctx_reset(&c);
}
END_TEST

START_TEST(only_an_image_accepts_a_key_in_the_query)
{
	static const char *const paths[] = {"/goal/:name", "/goal/:name.png"};
	struct ctx c;

	for (int i = 0; i < ROWS(paths); i++) {
		struct route route = {.key = KEY_CLIENT, .path = paths[i]};
		begin_request(&c, (const char *const[]){NULL});
		c.route = &route;
		c.req.query_name[0] = "key";
		c.req.query_value[0] = "nonsense";
		c.req.queries = 1;
		ck_assert_int_eq(auth_check(&c), ERR_UNAUTHORIZED);
		ck_assert_str_eq(
		    c.w.detail, i == 0 ? SEND : "the key is unknown, expired or revoked");
		ctx_reset(&c);
	}
}
END_TEST

/* No keys by their form. They are refused without a query, which a stranger could cause often. */
static const char *const broken[] = {
    "",
    " ",
    "x",
    "asy",
    "asy_",
    "asy_server",
    "asy_server_",
    "asy__",
    "asy_server_" ID,
    "asy_server_" ID "x" SECRET,
    "asy_server_00c0ffe_" SECRET,
    "asy_server_00c0ffee0_" SECRET,
    "asy_server_00C0FFEE_" SECRET,
    "asy_server_00c0ffeg_" SECRET,
    "asy_server_00c0 fee_" SECRET,
    "ASY_server_" ID "_" SECRET,
    "xasy_server_" ID "_" SECRET,
    "server_" ID "_" SECRET,
    "asy-server-" ID "-" SECRET,
    "\xff\xfe",
    "' or 1=1 --",
    "asy_server_" ID "_" SECRET SECRET,
};

START_TEST(a_malformed_key_is_refused_without_a_query)
{
	static const char *const heads[] = {
	    "HTTP_AUTHORIZATION=Bearer ", "HTTP_AUTHORIZATION=bearer   ", "HTTP_X_API_KEY="};
	struct ctx c;

	for (int i = 0; i < ROWS(heads); i++) {
		char *parameter = mem_printf(NULL, "%s%s", heads[i], broken[_i]);
		const char *const env[] = {"REMOTE_ADDR=127.0.0.1", parameter, NULL};
		ck_assert_int_eq(check_key(&c, KEY_CLIENT, env), ERR_UNAUTHORIZED);
		ck_assert_str_eq(c.w.detail, UNKNOWN);
		ck_assert_ptr_null(c.key_id);
		ctx_reset(&c);
		talloc_free(parameter);
	}
}
END_TEST

START_TEST(a_key_is_unavailable_not_unauthorized_without_a_database)
{
	static const char *const env[][2] = {
	    {"HTTP_AUTHORIZATION=Bearer asy_server_" ID "_" SECRET},
	    {"HTTP_AUTHORIZATION=BEARER asy_server_" ID "_" SECRET},
	    {"HTTP_X_API_KEY=asy_server_" ID "_" SECRET},
	    {"HTTP_X_API_KEY=asy_any_" ID "_"},
	};
	struct ctx c;

	ck_assert_int_eq(check_key(&c, KEY_CLIENT, env[_i]), ERR_UNAVAILABLE);
	ck_assert_ptr_null(c.key_id);
	ctx_reset(&c);
}
END_TEST

START_TEST(a_preflight_without_origin_needs_no_database)
{
	static const char *const env[] = {"REQUEST_METHOD=OPTIONS", NULL};
	struct ctx c;

	begin_request(&c, env);
	ck_assert_int_eq(auth_preflight(&c), OK);
	ck_assert_int_eq(c.status, 204);
	ck_assert_ptr_null(c.origin);
	ctx_reset(&c);
}
END_TEST

START_TEST(a_preflight_without_a_database_is_unavailable)
{
	static const char *const env[] = {
	    "REQUEST_METHOD=OPTIONS", "HTTP_ORIGIN=https://a.example", NULL};
	struct ctx c;

	begin_request(&c, env);
	ck_assert_int_eq(auth_preflight(&c), ERR_UNAVAILABLE);
	ck_assert_int_eq(c.status, 0);
	ck_assert_ptr_null(c.origin);
	ctx_reset(&c);
}
END_TEST

Suite *
auth_suite(void)
{
	Suite *s = suite_create("auth");
	TCase *t = tcase_create("auth");

	tcase_add_loop_test(t, key_make_returns_keys_of_the_documented_form, 0, 3);
	tcase_add_loop_test(t, a_route_with_a_key_class_requires_a_key, 0, ROWS(callers));
	tcase_add_loop_test(t, a_local_caller_needs_no_key_for_the_metrics_only, 0, 4);
	tcase_add_loop_test(t, a_malformed_key_is_refused_without_a_query, 0, ROWS(broken));
	tcase_add_loop_test(t, a_key_is_unavailable_not_unauthorized_without_a_database, 0, 4);
	tcase_add_test(t, a_preflight_without_origin_needs_no_database);
	tcase_add_test(t, a_preflight_without_a_database_is_unavailable);
	tcase_add_test(t, only_an_image_accepts_a_key_in_the_query);
	suite_add_tcase(s, t);
	return s;
}
