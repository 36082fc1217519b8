/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decision gate by gate: each alone, every pair of them, and what each depends on. The salt
 * and the ids are those of the published vectors.
 */
#include "core/experiment/decide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/experiment/delivery.h"
#include "suites.h"

#define TODAY "2026-11-21"
#define ALTERNATIVES \
	"[{\"id\":1,\"name\":\"control\",\"weight\":null,\"enabled\":true}," \
	"{\"id\":2,\"name\":\"red\",\"weight\":null,\"enabled\":true}," \
	"{\"id\":3,\"name\":\"blue\",\"weight\":null,\"enabled\":true}," \
	"{\"id\":4,\"name\":\"old\",\"weight\":null,\"enabled\":false}]"

enum { CONTROL = 1, RED, BLUE, OLD };

static struct experiment experiment;
static struct decision_request question;
static struct enrolled row;
static struct layer layer;

/* A request of user1, who is drawn into red, for an experiment in which no earlier gate applies. */
static void
setup(void)
{
	experiment = (struct experiment){
		.nr = 1,
		.id = "e",
		.status = "ACTIVE",
		.start = TODAY,
		.salt = "4f1d",
		.traffic = 100,
		.state = STATE_ENABLED,
		.default_name = "blue",
		.alternatives = json_tokener_parse(ALTERNATIVES),
	};
	question = (struct decision_request){.experiment = &experiment, .id = "user1",
		.kind = SUBJECT_USER, .today = TODAY, .in_audience = true};
	row = (struct enrolled){BLUE, false};
	layer = (struct layer){.id = "l", .salt = "4f1d:alternative", .unit = SUBJECT_USER};
	layer.ranges = calloc(2, sizeof *layer.ranges);
}

static void
teardown(void)
{
	json_object_put(experiment.alternatives);
	free(layer.ranges);
}

static void
check_decision(enum reason reason, int alternative, bool enrol)
{
	struct decision d = decide(&question);

	ck_assert_str_eq(decide_word(d.reason), decide_word(reason));
	ck_assert_int_eq(decide_number(d.alternative), alternative);
	ck_assert_int_eq(d.enrol, enrol);
}

/* What makes each gate apply, in the order of the gates. */
static void by_bot(void) { question.bot = true; }
static void by_status(void) { experiment.status = "STOPPED"; }
static void by_state(void) { experiment.state = STATE_DEFAULT; }
static void by_row(void) { question.enrolled = &row; }
static void by_track(void) { experiment.state = STATE_TRACK; }
static void by_audience(void) { question.in_audience = false; }
static void by_traffic(void) { experiment.traffic = 0; }
static void by_layer(void) { experiment.layer = &layer; }
static void by_force(void) { question.force = "blue"; }
static void by_nothing(void) { }

static const struct {
	const char *gate;
	void (*apply)(void);
	enum reason reason;
	int alternative;
	bool enrol;
} gates[] = {
    {"bot", by_bot, REASON_BOT, CONTROL, false},
    {"in_effect", by_status, REASON_STOPPED, BLUE, false},
    {"default", by_state, REASON_DEFAULT, BLUE, false},
    {"enrolled", by_row, REASON_ENROLLED, BLUE, false},
    {"track", by_track, REASON_TRACK, CONTROL, false},
    {"audience", by_audience, REASON_NOT_IN_AUDIENCE, CONTROL, false},
    {"rollout", by_traffic, REASON_NOT_IN_ROLLOUT, CONTROL, false},
    {"layer", by_layer, REASON_EXCLUDED_BY_LAYER, CONTROL, false},
    {"forced", by_force, REASON_FORCED, BLUE, true},
    {"assigned", by_nothing, REASON_ASSIGNED, RED, true},
};

enum { BOT = 0, STATE = 2, TRACK = 4 };

/* All pairs, and each with itself, but for two states, which exclude each other. */
START_TEST(of_two_gates_the_earlier_decides)
{
	int earlier = _i / ROWS(gates), later = _i % ROWS(gates);
	/* Where everybody sees the default, a bot does, too. */
	bool bot_by_default = earlier == BOT && later == STATE;

	if (earlier > later || (earlier == STATE && later == TRACK))
		return;
	gates[later].apply();
	gates[earlier].apply();
	check_decision(gates[earlier].reason, bot_by_default ? BLUE : gates[earlier].alternative,
	    gates[earlier].enrol);
}
END_TEST

/* The later gates need a subject; these three answer a request that names none. */
START_TEST(bot_status_and_state_decide_without_a_subject)
{
	struct decision d = {.reason = REASON_UNKNOWN};

	question.id = NULL;
	gates[_i].apply();
	ck_assert_int_eq(decide_for_anybody(&question, &d), _i <= STATE);
	ck_assert_int_eq(d.reason, _i <= STATE ? gates[_i].reason : REASON_UNKNOWN);
	if (_i <= STATE)
		ck_assert_int_eq(decide_number(d.alternative), gates[_i].alternative);
}
END_TEST

static const char *
member(struct json_object *gate, const char *name)
{
	return json_object_get_string(json_object_object_get(gate, name));
}

START_TEST(explain_lists_all_gates_and_one_of_them_decides)
{
	gates[_i].apply();
	struct decision d = decide(&question);
	struct json_object *list = decide_explain(&question);

	ck_assert_int_eq((int)json_object_array_length(list), ROWS(gates));
	for (int i = 0; i < ROWS(gates); i++) {
		struct json_object *o = json_object_array_get_idx(list, (size_t)i);
		ck_assert_str_eq(member(o, "gate"), gates[i].gate);
		ck_assert_str_eq(member(o, "decides"), i == _i ? "true" : "false");
		if (i != _i && i != ROWS(gates) - 1)
			ck_assert_str_eq(member(o, "applies"), "false");
		if (i != _i)
			continue;
		ck_assert_str_eq(member(o, "reason"), decide_word(d.reason));
		ck_assert_str_eq(member(o, "alternative"), member(d.alternative, "name"));
	}
	json_object_put(list);
}
END_TEST

/* The table of the three states. */
static const struct {
	int state;
	const char *default_name;
	bool enrolled;
	enum reason reason;
	int alternative;
	bool enrol;
} states[] = {
    {STATE_DEFAULT, "red", true, REASON_DEFAULT, RED, false},
    {STATE_DEFAULT, "red", false, REASON_DEFAULT, RED, false},
    {STATE_DEFAULT, NULL, true, REASON_DEFAULT, CONTROL, false},
    {STATE_DEFAULT, NULL, false, REASON_DEFAULT, CONTROL, false},
    {STATE_DEFAULT, "gone", false, REASON_DEFAULT, CONTROL, false},
    {STATE_ENABLED, "red", true, REASON_ENROLLED, BLUE, false},
    {STATE_ENABLED, "blue", false, REASON_ASSIGNED, RED, true},
    {STATE_ENABLED, NULL, false, REASON_ASSIGNED, RED, true},
    {STATE_TRACK, "red", true, REASON_ENROLLED, BLUE, false},
    {STATE_TRACK, "red", false, REASON_TRACK, CONTROL, false},
    {STATE_TRACK, NULL, true, REASON_ENROLLED, BLUE, false},
};

START_TEST(each_state_shows_enrolled_and_others_their_alternative)
{
	experiment.state = states[_i].state;
	experiment.default_name = states[_i].default_name;
	question.enrolled = states[_i].enrolled ? &row : NULL;
	check_decision(states[_i].reason, states[_i].alternative, states[_i].enrol);
}
END_TEST

START_TEST(a_bot_sees_the_default_in_state_default_and_otherwise_control)
{
	question.bot = true;
	question.enrolled = states[_i].enrolled ? &row : NULL;
	experiment.state = states[_i].state;
	experiment.default_name = states[_i].default_name;
	check_decision(REASON_BOT,
	    states[_i].state == STATE_DEFAULT ? states[_i].alternative : CONTROL, false);
}
END_TEST

static const struct {
	const char *status, *start, *end;
	enum reason reason;
} times[] = {
    {"ACTIVE", TODAY, NULL, REASON_ASSIGNED}, {"ACTIVE", TODAY, TODAY, REASON_ASSIGNED},
    {"ACTIVE", "2026-11-20", "2026-11-22", REASON_ASSIGNED},
    {"ACTIVE", "2025-12-31", "2027-01-01", REASON_ASSIGNED},
    {"ACTIVE", "2026-11-22", NULL, REASON_NOT_STARTED},
    {"ACTIVE", "2026-11-22", "2026-11-30", REASON_NOT_STARTED},
    {"ACTIVE", "2027-01-01", NULL, REASON_NOT_STARTED},
    {"ACTIVE", "2026-11-01", "2026-11-20", REASON_ENDED},
    {"ACTIVE", "2025-11-22", "2025-12-31", REASON_ENDED},
    {"INACTIVE", "2026-11-01", "2026-11-20", REASON_ENDED},
    {"STOPPED", TODAY, NULL, REASON_STOPPED}, {"STOPPED", "2026-11-22", NULL, REASON_STOPPED},
    {"STOPPED", "2026-11-01", "2026-11-20", REASON_STOPPED},
    {"SUBMITTED", TODAY, NULL, REASON_NOT_ACTIVE},
    {"SUBMITTED", "2026-11-22", NULL, REASON_NOT_ACTIVE},
    {"PROCESSING", TODAY, NULL, REASON_NOT_ACTIVE}, {"FAILED", TODAY, NULL, REASON_NOT_ACTIVE},
};

START_TEST(it_is_in_effect_while_active_from_first_to_last_day)
{
	bool in = times[_i].reason == REASON_ASSIGNED;

	experiment.status = times[_i].status;
	experiment.start = times[_i].start;
	experiment.end = times[_i].end;
	check_decision(times[_i].reason, in ? RED : BLUE, in);
	question.enrolled = &row;
	check_decision(in ? REASON_ENROLLED : times[_i].reason, BLUE, false);
}
END_TEST

static void
replace_alternatives(const char *alternatives)
{
	json_object_put(experiment.alternatives);
	experiment.alternatives = json_tokener_parse(alternatives);
}

START_TEST(the_enrolled_keep_a_disabled_alternative)
{
	row = (struct enrolled){OLD, _i == 1};
	by_row();
	check_decision(_i == 1 ? REASON_FORCED : REASON_ENROLLED, OLD, false);
}
END_TEST

/*
 * Enrolled once, a subject stays in the experiment: it is drawn again even where audience,
 * roll-out, layer or state would keep out a new subject.
 */
START_TEST(an_enrolled_subject_is_drawn_again_when_its_alternative_is_gone)
{
	row = (struct enrolled){9, _i == 1};
	by_row();
	by_force();
	by_audience();
	by_traffic();
	by_layer();
	question.id = "user2";
	for (int n = 0; n < 2; n++) {
		check_decision(REASON_ASSIGNED, RED, true);
		ck_assert_int_eq(decide(&question).gone, 9);
		by_track();
	}
	by_state();
	check_decision(REASON_DEFAULT, BLUE, false);
	ck_assert_int_eq(decide(&question).gone, 0);
}
END_TEST

/* What salt 4f1d draws of control and red for subjects that were in blue, as published. */
static const struct {
	const char *id;
	int equal, weighted; /* 1 to 1, 90 to 10 */
} redraws[] = {
    {"019mr8mf4r", RED, RED}, {"user1", CONTROL, CONTROL}, {"user2", CONTROL, CONTROL},
    {"a", RED, CONTROL}, {"\xc3\xa9", RED, CONTROL}, {"\xf0\x9f\x98\x80", RED, RED},
};

START_TEST(drawing_again_is_independent_and_by_the_remaining_weights)
{
	by_row();
	question.id = redraws[_i].id;
	replace_alternatives("[{\"id\":1,\"name\":\"control\",\"weight\":null,\"enabled\":true},"
	      "{\"id\":2,\"name\":\"red\",\"weight\":null,\"enabled\":true}]");
	check_decision(REASON_ASSIGNED, redraws[_i].equal, true);
	replace_alternatives("[{\"id\":1,\"name\":\"control\",\"weight\":90,\"enabled\":true},"
	      "{\"id\":2,\"name\":\"red\",\"weight\":10,\"enabled\":true}]");
	check_decision(REASON_ASSIGNED, redraws[_i].weighted, true);
}
END_TEST

/* 3,000 are drawn among three; those of the last are drawn again among the two that are left. */
START_TEST(drawing_again_spreads_its_subjects_and_moves_nobody_else)
{
	int again[OLD] = {0};
	char id[32];

	for (int i = 0; i < 3000; i++) {
		snprintf(id, sizeof id, "user-%d", i);
		question.id = id;
		question.enrolled = NULL;
		replace_alternatives(ALTERNATIVES);
		row = (struct enrolled){decide_number(decide(&question).alternative), false};
		replace_alternatives(
		    "[{\"id\":1,\"name\":\"control\",\"weight\":null,\"enabled\":true},"
		    "{\"id\":2,\"name\":\"red\",\"weight\":null,\"enabled\":true}]");
		by_row();
		struct decision d = decide(&question);
		if (row.alternative == BLUE)
			again[decide_number(d.alternative)]++;
		else
			ck_assert_int_eq(decide_number(d.alternative), row.alternative);
	}
	/* The hash is fixed, so are the counts: within five standard deviations of a half. */
	ck_assert_int_gt(again[CONTROL], 420);
	ck_assert_int_gt(again[RED], 420);
}
END_TEST

/* Where ids fall in the roll-out of salt 4f1d, as published. */
static const struct {
	const char *id;
	double traffic;
	int64_t modulus;
	bool in;
} rollouts[] = {
    {"user1", 100, 0, true}, {"user2", 100, 0, true}, {"a", 0, 0, false},
    {"user1", 10.481549, 0, false}, {"user1", 10.48155, 0, true},
    {"user2", 95.01019, 0, false}, {"user2", 95.0102, 0, true}, {"123", 50, 0, true},
    {"d5fd92df-2683-4357-8620-45bc0683f38c", 98.8, 0, false},
    /* user3 is in 1 of 2, 3 and 4; user1 in none. */
    {"user1", 100, 1, true}, {"user1", 100, 2, false}, {"user1", 100, 3, false},
    {"user3", 100, 2, true}, {"user3", 100, 3, true}, {"user3", 100, 5, false},
    {"user3", 0, 2, false},
};

START_TEST(the_roll_out_takes_those_of_modulus_and_traffic)
{
	question.id = rollouts[_i].id;
	experiment.traffic = rollouts[_i].traffic;
	experiment.modulus = rollouts[_i].modulus;
	ck_assert_int_eq(decide(&question).reason,
	    rollouts[_i].in ? REASON_ASSIGNED : REASON_NOT_IN_ROLLOUT);
}
END_TEST

/* What salt 4f1d draws of three; independent of the roll-out. */
static const struct {
	const char *id;
	int alternative;
} draws[] = {
    {"019mr8mf4r", RED}, {"user1", RED}, {"user2", CONTROL}, {"a", CONTROL}, {"123", CONTROL},
    {"\xc3\xa9", CONTROL}, {"\xf0\x9f\x98\x80", BLUE},
    {"d5fd92df-2683-4357-8620-45bc0683f38c", RED},
};

START_TEST(the_draw_is_that_of_the_published_vectors)
{
	question.id = draws[_i].id;
	check_decision(REASON_ASSIGNED, draws[_i].alternative, true);
}
END_TEST

/* user1 has slot 4687 of the layer. */
static const struct {
	int first, last, other_first, other_last;
	enum subject_kind unit;
	bool in;
} slots[] = {
    {4687, 4687, -1, -1, SUBJECT_USER, true}, {0, 9999, -1, -1, SUBJECT_USER, true},
    {0, 4687, -1, -1, SUBJECT_USER, true}, {4687, 9999, -1, -1, SUBJECT_USER, true},
    {0, 4686, 4687, 4690, SUBJECT_USER, true}, {0, 4686, 4688, 9999, SUBJECT_USER, false},
    {0, 4686, -1, -1, SUBJECT_USER, false}, {4688, 9999, -1, -1, SUBJECT_USER, false},
    {0, 9999, -1, -1, SUBJECT_SESSION, false}, {0, 9999, -1, -1, SUBJECT_DEVICE, false},
};

START_TEST(a_layer_admits_its_kind_of_subject_within_the_slots)
{
	layer.unit = slots[_i].unit;
	layer.n = slots[_i].other_first < 0 ? 1 : 2;
	layer.ranges[0].first = slots[_i].first;
	layer.ranges[0].last = slots[_i].last;
	layer.ranges[1].first = slots[_i].other_first;
	layer.ranges[1].last = slots[_i].other_last;
	by_layer();
	check_decision(slots[_i].in ? REASON_ASSIGNED : REASON_EXCLUDED_BY_LAYER,
	    slots[_i].in ? RED : CONTROL, slots[_i].in);
}
END_TEST

START_TEST(every_reason_has_its_word)
{
	static const char *const words[] = {"BOT", "NOT_ACTIVE", "STOPPED", "NOT_STARTED", "ENDED",
	    "DEFAULT", "ENROLLED", "FORCED", "TRACK", "NOT_IN_AUDIENCE", "NOT_IN_ROLLOUT",
	    "EXCLUDED_BY_LAYER", "ASSIGNED", "NOT_ENROLLED", "UNKNOWN"};

	ck_assert_int_eq(ROWS(words), REASON__MAX);
	ck_assert_str_eq(decide_word((enum reason)_i), words[_i]);
}
END_TEST

Suite *
decide_suite(void)
{
	Suite *s = suite_create("decide");
	TCase *t = tcase_create("decide");
	int n = ROWS(gates);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, of_two_gates_the_earlier_decides, 0, n * n);
	tcase_add_loop_test(t, bot_status_and_state_decide_without_a_subject, 0, n);
	tcase_add_loop_test(t, explain_lists_all_gates_and_one_of_them_decides, 0, n);
	tcase_add_loop_test(
	    t, each_state_shows_enrolled_and_others_their_alternative, 0, ROWS(states));
	tcase_add_loop_test(
	    t, a_bot_sees_the_default_in_state_default_and_otherwise_control, 0, ROWS(states));
	tcase_add_loop_test(t, it_is_in_effect_while_active_from_first_to_last_day, 0, ROWS(times));
	tcase_add_loop_test(t, the_enrolled_keep_a_disabled_alternative, 0, 2);
	tcase_add_loop_test(
	    t, an_enrolled_subject_is_drawn_again_when_its_alternative_is_gone, 0, 2);
	tcase_add_loop_test(t,
	    drawing_again_is_independent_and_by_the_remaining_weights, 0,
	    ROWS(redraws));
	tcase_add_test(t, drawing_again_spreads_its_subjects_and_moves_nobody_else);
	tcase_add_loop_test(t, the_roll_out_takes_those_of_modulus_and_traffic, 0, ROWS(rollouts));
	tcase_add_loop_test(t, the_draw_is_that_of_the_published_vectors, 0, ROWS(draws));
	tcase_add_loop_test(t, a_layer_admits_its_kind_of_subject_within_the_slots, 0, ROWS(slots));
	tcase_add_loop_test(t, every_reason_has_its_word, 0, REASON__MAX);
	suite_add_tcase(s, t);
	return s;
}
