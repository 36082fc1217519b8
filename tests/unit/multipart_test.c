/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Splitting multipart forms at their boundaries, and refusing malformed ones.
 */
#include "base/multipart.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "suites.h"

#define NAME(s) "Content-Disposition: form-data; name=\"" s "\""
#define TYPE "multipart/form-data; boundary=B"

/* The parts as name=data; a file as name@data; "!" at the end when the body is broken. */
static const char *
parts_of(void *ctx, const char *type, const char *body)
{
	struct buf *out = buf_new(ctx, 64);
	struct multipart m;
	struct multipart_part part;

	if (!multipart_open(ctx, type, body, strlen(body), &m))
		return "no";
	while (multipart_next(&m, ctx, &part)) {
		buf_printf(out, "%s%c", part.name, part.file ? '@' : '=');
		buf_add(out, part.data, part.len);
		buf_char(out, ';');
	}
	buf_str(out, m.broken ? "!" : "");
	return out->data;
}

static const struct {
	const char *type, *body, *parts;
} cases[] = {
    {TYPE, "--B\r\n" NAME("a") "\r\n\r\n1\r\n--B--\r\n", "a=1;"},
    {TYPE, "--B\r\n" NAME("a") "\r\n\r\n\r\n--B--", "a=;"},
    {TYPE, "--B\r\n" NAME("a") "\r\n\r\n1\r\n2\r\n--Bx\r\n--B--\r\n", "a=1\r\n2;!"},
    {TYPE, "--B\r\n" NAME("a") "\r\n\r\n1\r\n2\r\n-B\r\n\r\n--B--\r\n", "a=1\r\n2\r\n-B\r\n;"},
    {TYPE, "--B\r\n" NAME("f") "; filename=\"x\"\r\nContent-Type: text/csv\r\n\r\nu,g\r\n--B\r\n"
	NAME("b") "\r\n\r\n2\r\n--B--\r\n", "f@u,g;b=2;"},
    {TYPE, "--B\r\n" NAME("f") "; filename=\"\"\r\n\r\n\r\n--B--\r\n", "f@;"},
    {TYPE, "--B\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B--\r\n", "a=1;"},
    {"Multipart/Form-Data; Boundary=\"B c\"", "--B c\r\n" NAME("a") "\r\n\r\n1\r\n--B c--", "a=1;"},
    {TYPE, "--B--\r\n", ""},
    {TYPE, "", "!"},
    {TYPE, "--B", "!"},
    {TYPE, "--C\r\n" NAME("a") "\r\n\r\n1\r\n--C--", "!"},
    {TYPE, "--B\r\n" NAME("a") "\r\n\r\n1\r\n", "!"},
    {TYPE, "--B\r\n" NAME("a") "\r\n", "!"},
    {TYPE, "--B\r\nX: y\r\n\r\n1\r\n--B--", "!"},
    {TYPE, "--B\r\n\r\n\r\n1\r\n--B--", "!"},
    {"multipart/form-data", "--B--", "no"},
    {"multipart/form-data; boundary=", "--B--", "no"},
    {"multipart/form-data; boundary=" "1234567890123456789012345678901234567890"
	"1234567890123456789012345678901", "--B--", "no"},
    {"text/csv; boundary=B", "--B--", "no"},
};

START_TEST(cuts_a_form_at_its_boundaries)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(parts_of(ctx, cases[_i].type, cases[_i].body), cases[_i].parts);
	talloc_free(ctx);
}
END_TEST

START_TEST(takes_at_most_5000_parts)
{
	static const char part[] = "--B\r\n" NAME("a") "\r\n\r\n\r\n";
	void *ctx = mem_ctx(NULL);
	struct buf *body = buf_new(ctx, 1 << 20);
	struct multipart m;
	struct multipart_part out;
	size_t parts = 0;

	for (int i = 0; i < MULTIPART_PARTS + _i; i++)
		buf_str(body, part);
	buf_str(body, "--B--\r\n");
	ck_assert(multipart_open(ctx, TYPE, body->data, body->len, &m));
	while (multipart_next(&m, ctx, &out))
		parts++;
	ck_assert_uint_eq(parts, MULTIPART_PARTS);
	ck_assert_int_eq(m.broken, _i > 0);
	talloc_free(ctx);
}
END_TEST

Suite *
multipart_suite(void)
{
	Suite *s = suite_create("multipart");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, cuts_a_form_at_its_boundaries, 0, ROWS(cases));
	tcase_add_loop_test(t, takes_at_most_5000_parts, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
