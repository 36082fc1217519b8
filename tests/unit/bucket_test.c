/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The draw against the published vectors, which another language computed, and at its edges.
 */
#include "core/experiment/bucket.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "suites.h"

#define VECTORS "tests/unit/vectors/bucketing.json"

enum { CASES = 42 };

/* The lists that the vectors name. */
static const struct {
	const char *name;
	const char *alternatives;
} lists[] = {
    {"equal2", "[{\"name\":\"control\",\"weight\":null,\"enabled\":true},"
               "{\"name\":\"b\",\"weight\":null,\"enabled\":true}]"},
    {"equal3", "[{\"name\":\"control\",\"weight\":null,\"enabled\":true},"
               "{\"name\":\"b\",\"weight\":null,\"enabled\":true},"
               "{\"name\":\"c\",\"weight\":null,\"enabled\":true}]"},
    {"w_90_10", "[{\"name\":\"control\",\"weight\":90,\"enabled\":true},"
                "{\"name\":\"b\",\"weight\":10,\"enabled\":true}]"},
    {"w_0_1_99", "[{\"name\":\"control\",\"weight\":0,\"enabled\":true},"
                 "{\"name\":\"b\",\"weight\":1,\"enabled\":true},"
                 "{\"name\":\"c\",\"weight\":99,\"enabled\":true}]"},
};

static const char *
text(struct json_object *o, const char *name)
{
	return json_object_get_string(json_object_object_get(o, name));
}

/* The name that u draws from the list, "-" for nothing, on ctx. */
static const char *
drawn_name(void *ctx, const char *list, double u)
{
	struct json_object *o = mem_json(ctx, json_tokener_parse(list));

	ck_assert_ptr_nonnull(o);
	struct json_object *picked = bucket_pick(o, u);
	return picked == NULL ? "-" : text(picked, "name");
}

START_TEST(buckets_and_draws_are_those_of_the_vectors)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *file = mem_json(ctx, json_object_from_file(VECTORS));
	struct json_object *cases = json_object_object_get(file, "cases");

	ck_assert_uint_eq(json_object_array_length(cases), CASES);
	struct json_object *o = json_object_array_get_idx(cases, (size_t)_i);
	double u = bucket_of(text(o, "salt"), text(o, "id"));
	ck_assert_double_eq(u, json_object_get_double(json_object_object_get(o, "u")));
	if (strcmp(text(o, "salt"), "4f1d:redraw:3") == 0)
		ck_assert_double_eq(bucket_redraw("4f1d", 3, text(o, "id")), u);
	for (int i = 0; i < ROWS(lists); i++)
		ck_assert_str_eq(drawn_name(ctx, lists[i].alternatives, u), text(o, lists[i].name));
	talloc_free(ctx);
}
END_TEST

#define A(weight, enabled) "{\"name\":\"a\",\"weight\":" weight ",\"enabled\":" enabled "}"
#define B(weight, enabled) "{\"name\":\"b\",\"weight\":" weight ",\"enabled\":" enabled "}"
#define C(weight, enabled) "{\"name\":\"c\",\"weight\":" weight ",\"enabled\":" enabled "}"

/* The largest u that a hash can give. */
#define LAST (1 - 1 / 9007199254740992.0)

static const struct {
	const char *list;
	double u;
	const char *name;
} edges[] = {
    /* The cumulative share must exceed u: at the boundary the next one begins. */
    {"[" A("1", "true") "," B("1", "true") "]", 0, "a"},
    {"[" A("1", "true") "," B("1", "true") "]", 0.5 - 1e-9, "a"},
    {"[" A("1", "true") "," B("1", "true") "]", 0.5, "b"},
    {"[" A("1", "true") "," B("1", "true") "]", LAST, "b"},
    /* One weight is missing: the draw is uniform. */
    {"[" A("99", "true") "," B("null", "true") "]", 0.6, "b"},
    /* Disabled alternatives and those of weight 0 are left out, wherever they stand. */
    {"[" A("5", "false") "," B("1", "true") "," C("1", "true") "]", 0, "b"},
    {"[" A("1", "true") "," B("5", "false") "," C("1", "true") "]", 0.5, "c"},
    {"[" A("1", "true") "," B("1", "true") "," C("5", "false") "]", LAST, "b"},
    {"[" A("0", "true") "," B("1", "true") "," C("0", "true") "]", 0, "b"},
    {"[" A("0", "true") "," B("1", "true") "," C("0", "true") "]", LAST, "b"},
    {"[" A("null", "true") "," B("null", "false") "," C("null", "true") "]", 0.5, "c"},
    /* Shares that do not add up to 1 in floating point: the last u still draws one. */
    {"[" A("0.1", "true") "," B("0.2", "true") "," C("0.3", "true") "]", LAST, "c"},
    /* Nobody to draw. */
    {"[]", 0, "-"},
    {"[" A("1", "false") "]", 0.5, "-"},
    {"[" A("0", "true") "]", 0.5, "-"},
};

START_TEST(the_first_alternative_whose_cumulative_share_exceeds_u_is_drawn)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(drawn_name(ctx, edges[_i].list, edges[_i].u), edges[_i].name);
	talloc_free(ctx);
}
END_TEST

#define LIST3(a, b, c) \
	"[{\"id\":1,\"name\":\"a\"," a "},{\"id\":7,\"name\":\"b\"," b "}," \
	"{\"id\":3,\"name\":\"c\"," c "}]"
#define ON(weight) "\"weight\":" weight ",\"enabled\":true"
#define OFF(weight) "\"weight\":" weight ",\"enabled\":false"

static const struct {
	const char *list;
	double share[3]; /* of 1, 7 and 3 */
} shares[] = {
    {LIST3(ON("null"), ON("null"), ON("null")), {1 / 3.0, 1 / 3.0, 1 / 3.0}},
    {LIST3(ON("99"), ON("1"), ON("0")), {0.99, 0.01, 0}},
    {LIST3(ON("99"), ON("1"), ON("null")), {1 / 3.0, 1 / 3.0, 1 / 3.0}},
    {LIST3(ON("1.5"), OFF("7"), ON("0.5")), {0.75, 0, 0.25}},
    {LIST3(ON("null"), OFF("null"), ON("null")), {0.5, 0, 0.5}},
    {LIST3(OFF("1"), OFF("1"), ON("1")), {0, 0, 1}},
    {LIST3(OFF("1"), OFF("1"), OFF("1")), {0, 0, 0}},
    {LIST3(ON("0"), OFF("1"), ON("0")), {0, 0, 0}},
};

/* At the end of each cumulative share the draw goes over to the next alternative. */
START_TEST(shares_by_number_are_those_of_the_draw)
{
	static const char *const ids[] = {"1", "7", "3"};
	void *ctx = mem_ctx(NULL);
	struct json_object *list = mem_json(ctx, json_tokener_parse(shares[_i].list));
	struct json_object *o = mem_json(ctx, bucket_allocation(list));
	double below = 0;

	ck_assert_int_eq(json_object_object_length(o), 3);
	for (size_t i = 0; i < 3; i++) {
		double share = json_object_get_double(json_object_object_get(o, ids[i]));
		ck_assert_double_eq_tol(share, shares[_i].share[i], 1e-12);
		struct json_object *self = json_object_array_get_idx(list, i);
		if (share > 0) {
			ck_assert_ptr_eq(bucket_pick(list, below + 1e-9), self);
			ck_assert_ptr_eq(bucket_pick(list, below + share - 1e-9), self);
		}
		below += share;
	}
	talloc_free(ctx);
}
END_TEST

Suite *
bucket_suite(void)
{
	Suite *s = suite_create("bucket");
	TCase *t = tcase_create("bucket");

	tcase_add_loop_test(t, buckets_and_draws_are_those_of_the_vectors, 0, CASES);
	tcase_add_loop_test(
	    t, the_first_alternative_whose_cumulative_share_exceeds_u_is_drawn, 0, ROWS(edges));
	tcase_add_loop_test(t, shares_by_number_are_those_of_the_draw, 0,
	    ROWS(shares));
	suite_add_tcase(s, t);
	return s;
}
