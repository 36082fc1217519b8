/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Self-checks in words: without a finding, and with each of the three findings.
 */
#include "view/selfcheck_words.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "given.h"
#include "suites.h"

#define ARMS "\"arms\": [{\"name\": \"control\", \"participants\": 512}, " \
	"{\"name\": \"x\", \"participants\": 498}]"
#define SOUND "\"split\": {\"ok\": true, \"p_any_time\": 1.0}"
#define UNIFORM "\"uniform\": {\"ok\": true, \"days\": 28, \"distance\": 0.1, \"p\": 0.43218}"
#define OPEN "\"verdict\": {\"text\": \"No difference shown yet.\", \"state\": \"open\"}"

static const struct {
	const char *given;
	const char *split, *values, *goal, *alarm;
} cases[] = {
    {"{\"kind\": \"user\", \"goal\": \"buy\", \"ok\": true, " ARMS "," SOUND "," UNIFORM "," OPEN
     "}", "sound, p at any time 1", "uniform over 28 days, p 0.432", "buy", NULL},
    {"{\"kind\": \"user\", \"goal\": null, \"ok\": true, " ARMS "," SOUND "," OPEN
     ", \"uniform\": {\"ok\": true, \"days\": 0, \"distance\": null, \"p\": null}}",
	"sound, p at any time 1", "no day with enough conversions yet", "none was hit yet", NULL},
    {"{\"kind\": \"user\", \"goal\": \"buy\", \"ok\": false, " ARMS "," UNIFORM "," OPEN
     ", \"split\": {\"ok\": false, \"p_any_time\": 0.0000012}}", "broken, p at any time 1.2e-06",
	"uniform over 28 days, p 0.432", "buy",
	"The self-check of users is split wrongly (control 512, x 498): do not trust the splits of "
	"experiments."},
    {"{\"kind\": \"user\", \"goal\": \"buy\", \"ok\": false, " ARMS "," SOUND "," OPEN
     ", \"uniform\": {\"ok\": false, \"days\": 1, \"distance\": 0.9, \"p\": 0.0001}}",
	"sound, p at any time 1", "not uniform over 1 day, p 0.0001", "buy",
	"The p values of the self-check of users are not uniform over 1 day, p 0.0001: the results "
	"of experiments may be wrong."},
    {"{\"kind\": \"user\", \"goal\": \"buy\", \"ok\": false, " ARMS "," SOUND "," UNIFORM
     ", \"verdict\": {\"text\": \"Winner: x.\", \"state\": \"winner\"}}",
	"sound, p at any time 1", "uniform over 28 days, p 0.432", "buy",
	"The self-check of users, in which nothing differs, says: Winner: x."},
};

START_TEST(a_self_check_is_put_into_words)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *list = mem_json(ctx, json_object_new_array());

	json_object_array_add(list, json_object_get(given_json(ctx, cases[_i].given)));
	struct json_object *o = json_item(selfcheck_words(ctx, list), 0);
	ck_assert_str_eq(json_text(o, "kind"), "users");
	ck_assert_str_eq(json_text(o, "arms"), "control 512, x 498");
	ck_assert_str_eq(json_text(o, "split"), cases[_i].split);
	ck_assert_str_eq(json_text(o, "values"), cases[_i].values);
	ck_assert_str_eq(json_text(o, "goal"), cases[_i].goal);
	ck_assert_pstr_eq(json_text(o, "alarm"), cases[_i].alarm);
	talloc_free(ctx);
}
END_TEST

Suite *
selfcheck_words_suite(void)
{
	Suite *s = suite_create("selfcheck_words");
	TCase *t = tcase_create("selfcheck_words");

	tcase_add_loop_test(t, a_self_check_is_put_into_words, 0, ROWS(cases));
	suite_add_tcase(s, t);
	return s;
}
