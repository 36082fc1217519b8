/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every verdict as a table of counts, and above all when there must be no winner.
 */
#include "core/stats/verdict.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "core/stats/results.h"
#include "suites.h"

#define NOBODY "Waiting for the first participant."
#define BROKEN "Do not trust these numbers: the split is broken."
#define MIXED "Do not trust these numbers: subjects saw more than one alternative."
#define UNNAMED "Name the goal that decides."
#define FLAT "No difference shown yet."
#define CONTROL_WINS "Control is better."

#define TWO "[{\"id\":1,\"name\":\"control\"},{\"id\":2,\"name\":\"b\"}]"
#define THREE \
	"[{\"id\":1,\"name\":\"control\"},{\"id\":2,\"name\":\"b\"},{\"id\":3,\"name\":\"c\"}]"
#define HALVES "{\"1\":{\"1\":0.5,\"2\":0.5,\"3\":0}}"
#define THIRDS "{\"1\":{\"1\":0.3,\"2\":0.3,\"3\":0.3}}"
#define EVEN "[[1,1,10000,0],[2,1,10000,0]]"
#define EVEN3 "[[1,1,10000,0],[2,1,10000,0],[3,1,10000,0]]"
#define BUY "[{\"nr\":7,\"name\":\"buy\",\"test\":\"chi2\"}]"
#define BUY_STAY \
	"[{\"nr\":7,\"name\":\"buy\",\"test\":\"chi2\"}," \
	"{\"nr\":8,\"name\":\"stay\",\"test\":\"mwu\"}]"
#define CLEAR "[[7,1,1,1000],[7,2,1,1300]]"
#define PLAN_FEW "{\"baseline\":0.1,\"effect\":0.02}"
#define PLAN_MANY "{\"baseline\":0.1,\"effect\":0.001}"
#define NO_PLAN "there is no plan"

static const struct {
	const char *alternatives, *exposures, *splits, *goals, *conversions, *plan;
	const char *text;   /* of the verdict */
	const char *reason; /* part of one of its reasons */
} rows[] = {
    {TWO, "[]", HALVES, BUY, "[]", NULL, NOBODY, NO_PLAN},
    {TWO, "[[9,1,50,0]]", HALVES, BUY, "[]", PLAN_FEW, NOBODY, "0 participants"},
    /* A winner, with and without a plan, and the best of two. */
    {TWO, EVEN, HALVES, BUY, CLEAR, NULL, "Winner: b.", NO_PLAN},
    {TWO, EVEN, HALVES, BUY, CLEAR, PLAN_FEW, "Winner: b.", "13 % (1300 of 10000)"},
    {THREE, EVEN3, THIRDS, BUY, "[[7,1,1,1000],[7,2,1,1300],[7,3,1,1400]]", NULL, "Winner: c.",
	"2 alternatives are better than control"},
    {THREE, EVEN3, THIRDS, BUY, "[[7,1,1,1000],[7,2,1,1300],[7,3,1,700]]", NULL, "Winner: b.",
	"c in buy: worse than control"},
    {TWO, EVEN, HALVES, BUY_STAY, "[[7,1,1,1000],[7,2,1,1300],[8,1,2,5000],[8,2,2,4000]]", NULL,
	"b wins in buy and harms stay: decide.",
	"b in stay: harm, worse than control; 0.8 a participant (8000 of 10000)"},
    /* The same numbers, and what keeps the verdict from naming a winner. */
    {TWO, "[[1,1,10000,0],[2,1,10900,0]]", HALVES, BUY, "[[7,1,1,1000],[7,2,1,1400]]", NULL,
	BROKEN, "p 7.53e-08 at any time"},
    {TWO, "[[1,1,10000,0],[2,1,10900,900]]", HALVES, BUY, "[[7,1,1,1000],[7,2,1,1400]]",
	PLAN_MANY, BROKEN, "b: 10900 participants, 10450 expected"},
    {TWO, "[[1,1,10000,101],[2,1,10000,100]]", HALVES, BUY, CLEAR, NULL, MIXED,
	"201 of 20000 participants (1.005 %)"},
    {TWO, "[[1,1,10000,0],[2,1,10000,0],[9,1,300,201]]", HALVES, BUY, CLEAR, NULL, MIXED,
	"201 of 20000"},
    {TWO, "[[1,1,10000,100],[2,1,10000,100]]", HALVES, BUY, CLEAR, NULL, "Winner: b.", NO_PLAN},
    /* A plan delays neither a winner nor harm; a reason says how much of it is done. */
    {TWO, EVEN, HALVES, BUY, CLEAR, PLAN_MANY, "Winner: b.", "13 % (1300 of 10000)"},
    {TWO, "[[1,1,2000,0],[2,1,2000,0]]", HALVES, BUY, "[[7,1,1,600],[7,2,1,300]]", PLAN_FEW,
	CONTROL_WINS, "b in buy: worse than control"},
    {TWO, "[[1,1,2525,0],[2,1,2525,0]]", HALVES, BUY, "[[7,1,1,240],[7,2,1,250]]", PLAN_FEW,
	"Keep running: 62% of the plan.", "the plan needs 4072 participants in each arm"},
    {TWO, "[[1,1,4072,0],[2,1,4072,0]]", HALVES, BUY, "[[7,1,1,384],[7,2,1,768]]", PLAN_FEW,
	"Winner: b.", "(768 of 4072)"},
    /* An arm that nobody is to get does not hold up a plan. */
    {THREE, EVEN, HALVES, BUY, CLEAR, PLAN_FEW, "Winner: b.", "c in buy: no difference shown yet"},
    /* Control, nothing, and the same difference among more comparisons. */
    {TWO, EVEN, HALVES, BUY, "[[7,1,1,1300],[7,2,1,1000]]", NULL, CONTROL_WINS,
	"b in buy: worse than control"},
    {THREE, EVEN3, THIRDS, BUY, "[[7,1,1,1300],[7,2,1,1000],[7,3,1,1310]]", NULL,
	"b is worse than control; c is undecided.", "c in buy: no difference shown yet"},
    {THREE, "[[1,1,300,0],[2,1,300,0],[3,1,300,0]]", THIRDS, BUY,
	"[[7,1,1,60],[7,2,1,40],[7,3,1,64]]", NULL, FLAT, "c in buy: no difference shown yet"},
    {TWO, EVEN, HALVES, BUY, "[[7,1,1,1000],[7,2,1,1050]]", NULL, FLAT, "difference +0.5 points"},
    {TWO, EVEN, HALVES, BUY, "[]", NULL, FLAT, "no variance in either arm"},
    {TWO, EVEN, HALVES, BUY, "[[7,2,1,10000]]", NULL, "Winner: b.", "(10000 of 10000)"},
    /* Uneven arms: no conversions of a few show nothing, and fewer than ten are not judged. */
    {TWO, "[[1,1,990,0],[2,1,10,0]]", "{\"1\":{\"1\":0.99,\"2\":0.01}}", BUY, "[[7,1,1,50]]",
	NULL, FLAT, "b in buy: no difference shown yet"},
    {TWO, "[[1,1,991,0],[2,1,9,0]]", "{\"1\":{\"1\":0.99,\"2\":0.01}}", BUY,
	"[[7,1,1,50],[7,2,1,9]]", NULL, FLAT, "fewer than 10 participants in an arm"},
    {TWO, "[[1,1,10000,0],[2,1,10600,0,600]]", HALVES, BUY, "[[7,1,1,1000],[7,2,1,1400]]", NULL,
	"Winner: b.", "600 of 20600 participants were assigned manually"},
    {TWO, EVEN, HALVES, BUY_STAY, "[[8,1,1,1000],[8,2,1,1300]]", NULL, FLAT,
	"no variance in either arm"},
    {TWO, EVEN, HALVES, BUY_STAY, "[[7,1,1,500],[7,2,1,500],[8,1,1,1300],[8,2,1,1000]]", NULL, FLAT,
	"b in stay: harm"},
    {TWO, "[[2,1,10,0]]", "{}", BUY, "[]", NULL, FLAT, "the sample ratio was not checked"},
    {TWO, EVEN, HALVES, "[]", "[]", NULL, UNNAMED, "the experiment names no goal"},
    /* Of a few participants some saw two alternatives: fewer than 10 are no reason for distrust. */
    {TWO, "[[1,1,21,0],[2,1,20,1]]", HALVES, BUY, "[]", NULL, FLAT, "no variance in either arm"},
    {TWO, "[[1,1,410,0],[2,1,400,9]]", HALVES, BUY, "[[7,1,1,40],[7,2,1,45]]", NULL, FLAT, NO_PLAN},
    {TWO, "[[1,1,410,0],[2,1,400,10]]", HALVES, BUY, "[[7,1,1,40],[7,2,1,45]]", NULL, MIXED,
	"10 of 810"},
    /* An arm with a small share is no broken split. */
    {TWO, "[[1,1,0,0],[2,1,1,0]]", "{\"1\":{\"1\":0.99,\"2\":0.01}}", BUY, "[]", NULL, FLAT,
	NO_PLAN},
    /* Two splits that are off in opposite directions do not cancel out. */
    {TWO, "[[1,1,800,0],[2,1,700,0],[1,2,700,0],[2,2,800,0]]",
	"{\"1\":{\"1\":0.67,\"2\":0.33},\"2\":{\"1\":0.33,\"2\":0.67}}", BUY, "[]", NULL, BROKEN,
	"b: 1500 participants"},
    {"[{\"id\":1,\"name\":\"control\"}]", "[[1,1,10,0]]", HALVES, BUY, "[]", NULL, FLAT,
	"only one alternative"},
    {"[]", "[]", "{}", "[]", "[]", NULL, NOBODY, NO_PLAN},
    {"[{\"id\":2,\"name\":\"b\"}]", "[[2,1,10,0]]", HALVES, BUY, "[[7,2,1,10]]", NULL, FLAT,
	"nothing to compare"},
};

static struct json_object *
parse(void *ctx, const char *text)
{
	return text == NULL ? NULL : mem_json(ctx, json_tokener_parse(text));
}

static struct json_object *
verdict(void *ctx, int i)
{
	struct results_input in = {
	    .experiment = "e",
	    .alternatives = parse(ctx, rows[i].alternatives),
	    .exposures = parse(ctx, rows[i].exposures),
	    .splits = parse(ctx, rows[i].splits),
	    .goals = parse(ctx, rows[i].goals),
	    .conversions = parse(ctx, rows[i].conversions),
	    .analysis = {.plan = parse(ctx, rows[i].plan), .has_primary = true},
	};

	return json_object_object_get(results_json(ctx, &in), "verdict");
}

START_TEST(each_state_of_the_counts_has_its_verdict)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *v = verdict(ctx, _i);
	struct json_object *reasons = json_object_object_get(v, "reasons");
	bool told = false;

	ck_assert_str_eq(
	    json_object_get_string(json_object_object_get(v, "text")), rows[_i].text);
	for (size_t i = 0; i < json_object_array_length(reasons); i++)
		told = told || strstr(json_object_get_string(json_object_array_get_idx(reasons, i)),
		    rows[_i].reason) != NULL;
	ck_assert_msg(told, "%s", json_object_get_string(reasons));
	talloc_free(ctx);
}
END_TEST

START_TEST(only_a_verdict_with_a_winner_says_winner)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *v = verdict(ctx, _i);
	bool wins = strncmp(rows[_i].text, "Winner", strlen("Winner")) == 0;
	const char *reasons = json_object_get_string(json_object_object_get(v, "reasons"));
	const char *state = json_object_get_string(json_object_object_get(v, "state"));

	ck_assert(strcasestr(reasons, "winner") == NULL);
	ck_assert_int_eq(json_object_object_get(v, "winner") != NULL, wins);
	ck_assert_int_eq(strcmp(state, "winner") == 0, wins);
	talloc_free(ctx);
}
END_TEST

START_TEST(only_a_missing_plan_is_mentioned)
{
	void *ctx = mem_ctx(NULL);
	const char *all = json_object_get_string(verdict(ctx, _i));

	ck_assert_int_eq(strstr(all, NO_PLAN) != NULL, rows[_i].plan == NULL);
	talloc_free(ctx);
}
END_TEST

/* Harm in the only secondary goal is shown; in one of a hundred it is not. The primary goal has a
 * family of its own, so that goals of little importance do not cost it power. */
START_TEST(more_secondary_goals_need_stronger_evidence)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *goals = mem_json(ctx, json_object_new_array());
	struct results_input in = {
	    .alternatives = parse(ctx, TWO),
	    .exposures = parse(ctx, EVEN),
	    .splits = parse(ctx, HALVES),
	    .goals = goals,
	    .conversions = parse(ctx, "[[1,1,1,1000],[1,2,1,850]]"),
	    .analysis = {.has_primary = true},
	};

	for (int n = 1; n <= 101; n++) {
		json_object_array_add(goals, json_object_new_object());
		json_object_object_add(json_object_array_get_idx(goals, (size_t)n - 1), "nr",
		    json_object_new_int(n - 1));
		if (n != 2 && n != 101)
			continue;
		struct json_object *v =
		    json_object_object_get(results_json(ctx, &in), "verdict");
		ck_assert_int_eq(strstr(json_object_get_string(v), "harm") != NULL, n == 2);
	}
	talloc_free(ctx);
}
END_TEST

Suite *
verdict_suite(void)
{
	Suite *s = suite_create("verdict");
	TCase *t = tcase_create("verdict");

	tcase_add_loop_test(t, each_state_of_the_counts_has_its_verdict, 0, ROWS(rows));
	tcase_add_loop_test(t, only_a_verdict_with_a_winner_says_winner, 0, ROWS(rows));
	tcase_add_loop_test(
	    t, only_a_missing_plan_is_mentioned, 0, ROWS(rows));
	tcase_add_test(t, more_secondary_goals_need_stronger_evidence);
	suite_add_tcase(s, t);
	return s;
}
