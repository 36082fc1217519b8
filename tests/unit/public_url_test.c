/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The public address: what is accepted, and its parts.
 */
#include "base/net/public_url.h"

#include "base/mem.h"
#include "suites.h"

static const struct {
	const char *url, *origin, *prefix, *page;
} good[] = {
    {"", "", "", "/a?b"},
    {"https://a.example", "https://a.example", "", "https://a.example/a?b"},
    {"https://a.example/", "https://a.example", "", "https://a.example/a?b"},
    {"HTTPS://A.Example:443/Ab/", "https://a.example", "/Ab", "https://a.example/Ab/a?b"},
    {"http://a:80/b", "http://a", "/b", "http://a/b/a?b"},
    {"https://a:80/b/c", "https://a:80", "/b/c", "https://a:80/b/c/a?b"},
    {"http://[::1]:8080/x", "http://[::1]:8080", "/x", "http://[::1]:8080/x/a?b"},
    {"http://127.0.0.1:8080", "http://127.0.0.1:8080", "", "http://127.0.0.1:8080/a?b"},
    {"https://a/1/2/3/4", "https://a", "/1/2/3/4", "https://a/1/2/3/4/a?b"},
};

START_TEST(a_public_url_has_an_origin_and_a_prefix)
{
	void *ctx = mem_ctx(NULL);

	ck_assert(public_url_is_valid(good[_i].url));
	ck_assert_str_eq(public_url_origin(ctx, good[_i].url), good[_i].origin);
	ck_assert_str_eq(public_url_prefix(ctx, good[_i].url), good[_i].prefix);
	ck_assert_str_eq(public_url_make(ctx, good[_i].url, "/a?b"), good[_i].page);
	ck_assert_str_eq(public_url_make(ctx, good[_i].url, "?after=1"), "?after=1");
	talloc_free(ctx);
}
END_TEST

static const char *const bad[] = {"a.example", "//a.example", "ftp://a.example", "https://",
	"https:///b", "https://a b", "https://u:p@a.example", "https://a?b", "https://a/#b",
	"https://a/b?c", "https://a/b//c", "https://a//", "https://a/../b", "https://a/./b",
	"https://a/b/..", "https://a/%20", "https://a/1/2/3/4/5", "https://a:", "https://a:0",
	"https://a:65536", "https://a:x", "https://:80", "https://[::1", "https://[x]",
	"https://a/\"b", "https://a/b;c", "https://a,https://b", "https://\xc3\xa9.example"};

START_TEST(refuses_every_other_public_url)
{
	ck_assert_msg(!public_url_is_valid(bad[_i]), "%s", bad[_i]);
}
END_TEST

Suite *
public_url_suite(void)
{
	Suite *s = suite_create("public_url");
	TCase *t = tcase_create("public_url");

	tcase_add_loop_test(t, a_public_url_has_an_origin_and_a_prefix, 0, ROWS(good));
	tcase_add_loop_test(t, refuses_every_other_public_url, 0, ROWS(bad));
	suite_add_tcase(s, t);
	return s;
}
