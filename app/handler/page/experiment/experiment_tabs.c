/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of one experiment that only show it: results, health, audience, history, and the
 * explanation of a decision.
 */
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/model_cache.h"
#include "view/chart.h"
#include "view/criteria_words.h"
#include "view/json_diff.h"
#include "view/health.h"
#include "core/subject/subject.h"
#include "view/experiment_tab.h"
#include "handler/routes.h"
#include "service/audit.h"
#include "service/decision/assignment.h"
#include "service/decision/enrolment.h"
#include "service/definition/experiment.h"
#include "service/definition/preview.h"
#include "service/definition/results.h"
#include "service/definition/unconfirmed.h"
#include "web/http/ctx.h"
#include "web/http/subject_input.h"
#include "web/http/subject_path.h"

enum { CHANGES = 10, COUNTED = 100000 };

/* How old the number of sessions may be that wait to be confirmed. */
#define AGE (2 * INSTANT_SECOND)

/* Begins the page of the experiment of the path, on that tab. */
static enum err
load_tab(struct ctx *c, const char *tab)
{
	struct experiment_answer a = {0};
	enum err e = experiment_get(&c->w, c->args[0], &a);

	if (e == ERR_NOT_FOUND)
		return fail_missing(&c->w, "experiment");
	if (e == OK)
		c->model = experiment_tab_model(c->w.mem, a.definition, tab);
	return e;
}

/* What tabs show of the results: {results, kind, chart, health}. */
static enum err
make_shown(struct ctx *c, struct json_object **out)
{
	struct json_object *results;
	enum err e = results_read(&c->w, c->args[0], &results);

	if (e != OK)
		return e;
	*out = mem_json(c->w.mem, json_object_new_object());
	chart_shares(c->w.mem, results);
	json_add_text(*out, "kind", chart_kind(results));
	json_object_object_add(*out, "results", json_object_get(results));
	json_object_object_add(*out, "chart", json_object_get(chart_results(c->w.mem, results)));
	json_object_object_add(*out, "health", json_object_get(health_of(c->w.mem, results)));
	return OK;
}

/*
 * Begins a tab with results. They are computed once per stamp of counts and definition; results
 * newer than their stamp are replaced at the next request.
 */
static enum err
load_results(struct ctx *c, const char *tab)
{
	const char *id = c->args[0], *stamp;
	struct json_object *shown = NULL;
	enum err e = load_tab(c, tab);

	if (e == OK)
		e = results_stamp(&c->w, id, &stamp);
	if (e != OK)
		return e;
	if (stamp != NULL)
		shown = model_cache_find(c->w.models, id, stamp);
	/* The stamp is read before the results, so that they are never older than it says. */
	if (shown == NULL) {
		e = make_shown(c, &shown);
		if (e == OK && stamp != NULL)
			model_cache_keep(c->w.models, id, stamp, shown);
	}
	if (e != OK)
		return e;
	/* The members are shared with the cache: a page adds to its own model only. */
	json_object_object_foreach(json_members(shown), name, value) {
		json_object_object_add(c->model, name, json_object_get(value));
	}
	return OK;
}

/* Adds the day since which everyone sees the default, if the experiment was started before. */
static void
add_ended(struct ctx *c)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
	    "Sep", "Oct", "Nov", "Dec"};
	struct json_object *definition = json_object_object_get(c->model, "definition");
	const char *at = json_text(definition, "ended_at"), *state = json_text(definition, "state");
	const char *made = json_text(definition, "createdOn");
	unsigned year, month, day;

	if (at == NULL || state == NULL || strcmp(state, "default") != 0 ||
	    (made != NULL && strcmp(at, made) == 0) ||
	    sscanf(at, "%4u-%2u-%2u", &year, &month, &day) != 3 || month < 1 || month > 12)
		return;
	struct json_object *ended = json_object_new_object();
	json_add_text(ended, "day", mem_printf(c->w.mem, "%u %s %u", day, months[month - 1], year));
	json_object_object_add(
	    ended, "default", json_object_get(json_object_object_get(definition, "default")));
	json_object_object_add(c->model, "ended", ended);
}

/*
 * Adds the sessions that results leave out. The page is shown without it when counting takes too
 * long.
 */
static enum err
add_unconfirmed(struct ctx *c)
{
	const char *words = NULL;
	enum err e = unconfirmed_words(&c->w, c->args[0], AGE, &words);

	json_add_text(c->model, "unconfirmed", words);
	c->w.detail = e == ERR_UNAVAILABLE ? NULL : c->w.detail;
	return e == ERR_UNAVAILABLE ? OK : e;
}

/* GET /admin/experiment/:id */
enum err
tab_results(struct ctx *c)
{
	enum err e = load_results(c, "results");

	if (e != OK)
		return e;
	add_ended(c);
	return add_unconfirmed(c);
}

/* GET /admin/experiment/:id/health */
enum err
tab_health(struct ctx *c)
{
	enum err e = load_results(c, "health");

	return e == OK ? add_unconfirmed(c) : e;
}

/* The ids of a sample, with the address of the page of each. */
static struct json_object *
make_people(struct ctx *c, struct json_object *ids, bool devices)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < json_items(ids); i++) {
		const char *id = json_object_get_string(json_item(ids, i));
		struct json_object *o = json_object_new_object();
		c->subject = subject_text(c->w.mem, devices ? SUBJECT_DEVICE : SUBJECT_USER, id);
		json_add_text(o, "id", id);
		json_add_text(o, "way", subject_path_query(c));
		json_object_array_add(list, o);
	}
	c->subject = NULL;
	return list;
}

/*
 * Adds the size of the audience and ten of its profiles; neither where counting takes too long.
 */
static enum err
add_sample(struct ctx *c, struct json_object *criteria)
{
	struct json_object *found = NULL;
	const char *type = json_object_get_string(json_object_object_get(criteria, "type"));
	enum err e = preview_count(&c->w, criteria, "/criteria", &found);

	if (e == OK) {
		preview_put_words(&c->w, found);
		json_object_object_add(found, "sample",
		    make_people(c, json_object_object_get(found, "sample"),
			strncmp(type, "device", strlen("device")) == 0));
		json_object_object_add(c->model, "sample", json_object_get(found));
		return OK;
	}
	if (e == ERR_UNAVAILABLE)
		json_add_text(c->model, "late", "Counting takes too long just now.");
	else if (e == ERR_INVALID)
		json_object_object_add(c->model, "live", json_object_new_boolean(true));
	else
		return e;
	/* The page is shown all the same, so the problems of counting are not its own. */
	c->w.problems = problem_new(c->w.mem);
	return OK;
}

/* How many are enrolled so far, by kind. */
static enum err
add_enrolled(struct ctx *c)
{
	struct json_object *counts;
	enum err e = enrolment_counts(&c->w, c->args[0], COUNTED + 1, &counts);

	if (e == ERR_UNAVAILABLE)
		json_add_text(c->model, "late", "Counting takes too long just now.");
	if (e != OK)
		return e == ERR_UNAVAILABLE ? OK : e;
	struct json_object *enrolled = json_object_new_object();
	json_object_object_add(c->model, "enrolled", enrolled);
	json_object_object_foreach(json_members(counts), kind, n) {
		json_add_text(enrolled, kind, json_object_get_int64(n) > COUNTED
		    ? mem_printf(c->w.mem, "more than %d", COUNTED)
		    : json_object_get_string(n));
	}
	return OK;
}

/* GET /admin/experiment/:id/audience */
enum err
tab_audience(struct ctx *c)
{
	enum err e = load_tab(c, "audience");

	if (e == OK)
		e = add_enrolled(c);
	if (e != OK)
		return e;
	struct json_object *definition = json_object_object_get(c->model, "definition");
	struct json_object *criteria = json_object_object_get(definition, "criteria");
	if (criteria == NULL)
		return OK;
	/* The text of the JSON, too: words leave out how conditions are written. */
	struct json_object *told = json_object_new_object();
	json_object_object_add(told, "type",
	    json_object_get(json_object_object_get(criteria, "type")));
	json_object_object_add(
	    told, "words", json_object_get(criteria_words(c->w.mem, criteria)));
	json_add_text(told, "json", json_readable(criteria));
	json_object_object_add(c->model, "criteria", told);
	return add_sample(c, criteria);
}

/* Replaces the values before and after by their difference. */
static void
add_difference(struct ctx *c, struct json_object *row)
{
	struct json_object *pair[2] = {
	    json_object_object_get(row, "before"), json_object_object_get(row, "after")};
	const char *texts[2];

	json_diff_texts(c->w.mem, pair, texts);
	json_add_text(row, "was", texts[0]);
	json_add_text(row, "is", texts[1]);
	json_remove(row, "before");
	json_remove(row, "after");
}

/* GET /admin/experiment/:id/history */
enum err
tab_history(struct ctx *c)
{
	const struct audit_page page = {.after = req_query(&c->req, "after"),
		.target = c->args[0], .limit = CHANGES};
	struct json_object *list;
	const char *next;
	enum err e = load_tab(c, "history");

	if (e != OK)
		return e;
	e = audit_experiment_list(&c->w, &page, &list, &next);
	if (e != OK) {
		/* A refused ?after= is shown on this page, which needs the list. */
		json_object_object_add(c->model, "changes", json_object_new_array());
		return e;
	}
	for (size_t i = 0; i < json_items(list); i++)
		add_difference(c, json_item(list, i));
	json_object_object_add(c->model, "changes", json_object_get(list));
	if (next != NULL)
		c->next = req_with(c, "after", next);
	return OK;
}

/* The question that a gate asks, in words. */
static const char *
question_of(const char *gate)
{
	static const char *const questions[][2] = {{"bot", "Is it a bot?"},
	    {"in_effect", "Is the experiment out of effect?"},
	    {"default", "Does everybody see the default?"},
	    {"enrolled", "Is it enrolled already?"}, {"track", "Is nobody new enrolled?"},
	    {"audience", "Is it outside of the audience?"},
	    {"rollout", "Is it outside of the roll-out?"},
	    {"layer", "Is its slot of the layer another's?"},
	    {"forced", "Was an alternative asked for?"}, {"assigned", "Then the draw decides"}};

	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
		if (strcmp(questions[i][0], gate) == 0)
			return questions[i][1];
	return gate;
}

/* A gate as people read it: its question, and what it looked at as text. */
static struct json_object *
make_gate(struct json_object *gate)
{
	static const char *const own[] = {
	    "gate", "applies", "decides", "reason", "alternative"};
	struct json_object *out = json_object_new_object();

	json_add_text(out, "question",
	    question_of(json_object_get_string(json_object_object_get(gate, "gate"))));
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		json_object_object_add(
		    out, own[i], json_object_get(json_object_object_get(gate, own[i])));
		json_remove(gate, own[i]);
	}
	if (json_member_count(gate) > 0)
		json_add_text(out, "looked_at", json_readable(gate));
	return out;
}

/* Adds the decision for the subject of the query; an empty field of the form names none. */
static enum err
add_explanation(struct ctx *c)
{
	struct json_object *told, *list = json_object_new_array();
	struct visitor who;
	enum err e = visitor_query(c, &who);

	json_object_object_add(c->model, "gates", list);
	if (e == OK)
		e = assignment_explain(&c->w, &who, c->args[0], &told);
	if (e != OK)
		return e;
	struct json_object *gates = json_object_object_get(told, "gates");
	for (size_t i = 0; i < json_items(gates); i++)
		json_object_array_add(list, make_gate(json_item(gates, i)));
	json_add_text(told, "payload", json_readable(json_object_object_get(told, "payload")));
	json_add_text(told, "way", subject_path_query(c));
	json_remove(told, "gates");
	json_object_object_add(c->model, "told", json_object_get(told));
	return OK;
}

/* GET /admin/experiment/:id/explain */
enum err
tab_explain(struct ctx *c)
{
	enum err e = load_tab(c, "explain");

	if (e != OK)
		return e;
	json_object_object_add(c->model, "form", subject_path_searches(c,
	    mem_printf(c->w.mem, "/admin/experiment/%s/explain", c->args[0]), "Show for"));
	return c->req.queries > 0 ? add_explanation(c) : OK;
}
