/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Routing: which row of the table, 404, 405 with the allowed methods, 413.
 */
#include "web/http/route.h"

#include <string.h>

#include "base/mem.h"
#include "handler/routes.h"
#include "suites.h"
#include "web/http/ctx.h"

static enum err
never(struct ctx *c)
{
	(void)c;
	return ERR_INTERNAL;
}

enum row {
	FRONT, PAGE, USER_LIST, USER, USER_ERASE, USER_PUT, EXPORT, TAG, SHADOWED, IMAGE,
	DOCS, LOGIN, CSV, ROW__NONE
};

#define ROW(method, path, key, limit, view) \
	{method, path, key, false, limit, 100, never, NULL, view, NULL, false, ""}

static const struct route list[] = {
    [FRONT] = ROW("GET", "/", KEY_NONE, 0, NULL),
    [PAGE] = ROW("POST", "/page", KEY_NONE, 100, NULL),
    [USER_LIST] = ROW("GET", "/user/list", KEY_NONE, 10, NULL),
    [USER] = ROW("GET", "/user/:id", KEY_NONE, 10, NULL),
    [USER_ERASE] = ROW("DELETE", "/user/:id", KEY_NONE, 10, NULL),
    [USER_PUT] = ROW("PUT", "/user/:id", KEY_NONE, 1000, NULL),
    [EXPORT] = ROW("GET", "/user/:id/export", KEY_NONE, 10, NULL),
    [TAG] = ROW("GET", "/user/:id/tag/:scope/:key", KEY_NONE, 10, NULL),
    [SHADOWED] = ROW("GET", "/user/:name", KEY_NONE, 10, NULL),
    [IMAGE] = ROW("GET", "/goal/:name.png", KEY_NONE, 10, NULL),
    [DOCS] = ROW("GET", "/docs", KEY_NONE, 10, "docs.html"),
    [LOGIN] = ROW("POST", "/admin/login", KEY_NONE, 10, "login.html"),
    [CSV] = ROW("GET", "/admin/:id/x.csv", ROLE_VIEWER, 10, NULL),
};

static const struct routes routes = {list, sizeof list / sizeof list[0], NULL};

/* A request of this method whose segments, split at blanks, are those of path. */
static void
begin_request(struct ctx *c, const char *method, const char *path, size_t body_len)
{
	*c = (struct ctx){0};
	ctx_begin(c, 0, 0);
	c->routes = routes_index(c->w.mem, &routes);
	c->req.method = method;
	c->req.body_len = body_len;
	char *rest = mem_dup(c->w.mem, path);
	for (char *s = strsep(&rest, " "); s != NULL; s = strsep(&rest, " "))
		if (*s != '\0')
			c->req.segment[c->req.segments++] = s;
}

static const struct {
	const char *method, *path;
	enum row row;
	const char *args[CTX_ARGS];
} found[] = {
    {"GET", "", FRONT, {NULL}},
    {"GET", "v1", FRONT, {NULL}},
    {"POST", "page", PAGE, {NULL}},
    {"POST", "v1 page", PAGE, {NULL}},
    {"GET", "user 7", USER, {"7"}},
    {"GET", "v1 user 7", USER, {"7"}},
    {"GET", "v1 user v1", USER, {"v1"}},
    {"DELETE", "user 7", USER_ERASE, {"7"}},
    {"PUT", "user list", USER_PUT, {"list"}},
    {"GET", "user a/b", USER, {"a/b"}},
    {"GET", "user :id", USER, {":id"}},
    {"GET", "user 7 export", EXPORT, {"7"}},
    {"GET", "v1 user 7 tag global quiz.grade", TAG, {"7", "global", "quiz.grade"}},
    {"GET", "v1 goal buy.png", IMAGE, {"buy"}},
    {"GET", "goal a.png.png", IMAGE, {"a.png"}},
    {"GET", "goal .png", IMAGE, {""}},
    {"GET", "docs", DOCS, {NULL}},
    {"POST", "admin login", LOGIN, {NULL}},
    {"GET", "admin 7 x.csv", CSV, {"7"}},
    /* The first row that fits wins. */
    {"GET", "user list", USER_LIST, {NULL}},
    {"GET", "user lists", USER, {"lists"}},
    {"GET", "user lis", USER, {"lis"}},
};

START_TEST(finds_the_row_with_and_without_the_prefix)
{
	struct ctx c;

	begin_request(&c, found[_i].method, found[_i].path, 0);
	ck_assert_int_eq(route_match(&c), OK);
	ck_assert_ptr_eq(c.route, &list[found[_i].row]);
	for (int i = 0; i < CTX_ARGS && found[_i].args[i] != NULL; i++)
		ck_assert_pstr_eq(c.args[i], found[_i].args[i]);
	ctx_reset(&c);
}
END_TEST

static const char *const unknown[] = {"pages", "pag", "Page", "page x", "user", "v1 user",
    "v1 v1 page", "V1 page", "v2 page", "user 7 exports", "user 7 export x", "user 7 tag",
    "user 7 tag a", "user 7 tag a b c", "x", "goal", "goal buy", "goal png", "goal buy.PNG",
    "goal buy.png x", "v1 docs", "v1 admin login", "v1 admin 7 x.csv"};

START_TEST(refuses_unknown_paths)
{
	static const char *const methods[] = {"GET", "POST", "OPTIONS", ""};
	struct ctx c;

	for (int i = 0; i < ROWS(methods); i++) {
		begin_request(&c, methods[i], unknown[_i], 0);
		ck_assert_int_eq(route_match(&c), ERR_NOT_FOUND);
		ck_assert_str_eq(c.w.detail, "no such path");
		ck_assert_ptr_null(c.route);
		ck_assert_ptr_null(c.allow);
		ctx_reset(&c);
	}
}
END_TEST

static const struct {
	const char *method, *path, *allow;
} refused[] = {
    {"POST", "", "GET, HEAD, OPTIONS"},
    {"GET", "page", "POST, OPTIONS"},
    {"OPTIONS", "v1 page", "POST, OPTIONS"},
    {"TRACE", "page", "POST, OPTIONS"},
    {"post", "page", "POST, OPTIONS"},
    {"", "page", "POST, OPTIONS"},
    {"POST", "user 7 export", "GET, HEAD, OPTIONS"},
    {"PATCH", "user 7", "GET, HEAD, DELETE, PUT, OPTIONS"},
};

START_TEST(a_wrong_method_is_told_the_allowed_ones)
{
	struct ctx c;

	begin_request(&c, refused[_i].method, refused[_i].path, 0);
	ck_assert_int_eq(route_match(&c), ERR_METHOD);
	ck_assert_str_eq(c.allow, refused[_i].allow);
	ck_assert_str_eq(
	    c.w.detail, mem_printf(c.w.mem, "this path answers %s", refused[_i].allow));
	ck_assert_ptr_null(c.route);
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *method, *path;
	size_t body_len;
	const char *detail; /* NULL: it fits */
} bodies[] = {
    {"POST", "page", 0, NULL},
    {"POST", "page", 100, NULL},
    {"POST", "page", 101, "the body has 101 bytes, the limit is 100"},
    {"GET", "", 0, NULL},
    {"GET", "", 1, "the body has 1 bytes, the limit is 0"},
    {"PUT", "user 7", 1000, NULL},
    {"DELETE", "user 7", 1000, "the body has 1000 bytes, the limit is 10"},
    {"POST", "page", SIZE_MAX, "the body has 18446744073709551615 bytes, the limit is 100"},
};

START_TEST(a_large_body_is_told_the_limit)
{
	struct ctx c;

	begin_request(&c, bodies[_i].method, bodies[_i].path, bodies[_i].body_len);
	ck_assert_int_eq(route_match(&c), bodies[_i].detail == NULL ? OK : ERR_TOO_LARGE);
	ck_assert_pstr_eq(c.w.detail, bodies[_i].detail);
	ctx_reset(&c);
}
END_TEST

START_TEST(an_image_is_recognised_by_its_path)
{
	struct ctx c;

	for (int i = 0; i < ROWS(list); i++)
		ck_assert_int_eq(route_is_image(&list[i]), i == IMAGE);
	begin_request(&c, "GET", "goal buy.png", 0);
	route_match_image(&c);
	ck_assert_ptr_eq(c.route, &list[IMAGE]);
	ctx_reset(&c);
	begin_request(&c, "GET", "user 7", 0);
	route_match_image(&c);
	ck_assert_ptr_null(c.route);
	ctx_reset(&c);
	begin_request(&c, "POST", "goal buy.png", 0);
	route_match_image(&c);
	ck_assert_ptr_null(c.route);
	ctx_reset(&c);
}
END_TEST

/* The path of a row as a request has it, with "x" for each argument. */
static void
begin_at_row(struct ctx *c, const struct route *row)
{
	begin_request(c, row->method, "", 0);
	c->routes = routes_index(c->w.mem, &routes_all);
	char *rest = mem_dup(c->w.mem, row->path + 1);
	for (char *s = strsep(&rest, "/"); s != NULL; s = strsep(&rest, "/")) {
		const char *suffix = *s == ':' ? strchr(s, '.') : NULL;
		if (*s == ':')
			s = mem_printf(c->w.mem, "x%s", suffix == NULL ? "" : suffix);
		if (*s != '\0')
			c->req.segment[c->req.segments++] = s;
	}
}

START_TEST(the_index_finds_every_route)
{
	const struct route *row = &routes_all.list[_i];
	struct ctx c;

	begin_at_row(&c, row);
	ck_assert_int_eq(route_match(&c), OK);
	ck_assert_ptr_nonnull(c.route);
	ck_assert_msg(c.route <= row, "%s %s: %s", row->method, row->path, c.route->path);
	ck_assert_str_eq(c.route->method, row->method);
	ctx_reset(&c);
}
END_TEST

Suite *
route_suite(void)
{
	Suite *s = suite_create("route");
	TCase *t = tcase_create("route");

	tcase_add_loop_test(t, finds_the_row_with_and_without_the_prefix, 0, ROWS(found));
	tcase_add_loop_test(t, refuses_unknown_paths, 0, ROWS(unknown));
	tcase_add_loop_test(t, a_wrong_method_is_told_the_allowed_ones, 0, ROWS(refused));
	tcase_add_loop_test(t, a_large_body_is_told_the_limit, 0, ROWS(bodies));
	tcase_add_test(t, an_image_is_recognised_by_its_path);
	tcase_add_loop_test(
	    t, the_index_finds_every_route, 0, (int)routes_all.count);
	suite_add_tcase(s, t);
	return s;
}
