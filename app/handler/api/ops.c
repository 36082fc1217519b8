/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What operators ask: whether the process is alive, whether it is ready, its version, and metrics.
 */
#include <inttypes.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "service/overview.h"
#include "service/readiness.h"
#include "service/selfcheck.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "web/http/ctx.h"

/*
 * GET /healthz asks neither database nor cache: a load balancer should not restart processes
 * because the database is down.
 */
enum err
healthz(struct ctx *c)
{
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "status", json_object_new_string("ok"));
	return OK;
}

/* GET /readyz */
enum err
readyz(struct ctx *c)
{
	bool ready;

	c->model = readiness_check(&c->w, &ready);
	c->status = ready ? 200 : 503;
	return OK;
}

/* GET /version */
enum err
version(struct ctx *c)
{
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "name", json_object_new_string("assay"));
	json_object_object_add(c->model, "version", json_object_new_string(ASSAY_VERSION));
	json_object_object_add(c->model, "schema", json_object_new_int(query_schema_version()));
	return OK;
}

/*
 * Jobs count in the database, because they may run on any machine. Their lines are left out while
 * it is down.
 */
static void
print_job_counters(struct ctx *c)
{
	static const char *const counters[][2] = {{"mappings_total", "Audiences mapped"},
	    {"mapping_failures_total", "Audiences that could not be mapped"},
	    {"mapping_seconds_total", "Time that mappings took"},
	    {"result_differences_total", "Sums of results that were not those of the rows"}};
	struct json_object *counted;

	if (overview_job_counters(&c->w, &counted) != OK)
		return;
	for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
		buf_printf(c->text, "# HELP assay_%s %s\n# TYPE assay_%s counter\nassay_%s %s\n",
		    counters[i][0], counters[i][1], counters[i][0], counters[i][0],
		    json_text(counted, counters[i][0]));
}

/* How far the folding of result changes is behind. */
static void
print_result_lag(struct ctx *c)
{
	struct json_object *lag;

	if (overview_result_lag(&c->w, &lag) != OK)
		return;
	struct json_object *folded_at = json_object_object_get(lag, "folded_at");
	buf_printf(c->text,
	    "# HELP assay_result_deltas Changes of results that are not folded yet\n"
	    "# TYPE assay_result_deltas gauge\nassay_result_deltas %" PRId64 "\n",
	    json_object_get_int64(json_object_object_get(lag, "waiting")));
	if (folded_at != NULL)
		buf_printf(c->text,
		    "# HELP assay_result_fold_lag_seconds Time since no change was waiting\n"
		    "# TYPE assay_result_fold_lag_seconds gauge\n"
		    "assay_result_fold_lag_seconds %" PRId64 "\n",
		    c->w.now / INSTANT_SECOND - json_object_get_int64(folded_at));
}

/* The head of a metric of the self-checks. */
static void
print_gauge(struct ctx *c, const char *name, const char *help)
{
	buf_printf(c->text, "# HELP assay_selfcheck_%s %s\n# TYPE assay_selfcheck_%s gauge\n", name,
	    help, name);
}

/* A member of a part of each self-check; none where it is null. */
static void
print_selfcheck_numbers(struct ctx *c, struct json_object *list, const char *name,
    const char *part, const char *member)
{
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *of = json_object_object_get(json_item(list, i), part);
		struct json_object *x = json_object_object_get(of, member);
		if (x != NULL)
			buf_printf(c->text, "assay_selfcheck_%s{kind=\"%s\"} %.6g\n", name,
			    json_text(json_item(list, i), "kind"), json_object_get_double(x));
	}
}

static void
print_selfcheck_arms(struct ctx *c, struct json_object *o)
{
	struct json_object *arms = json_object_object_get(o, "arms");

	for (size_t i = 0; i < json_items(arms); i++)
		buf_printf(c->text,
		    "assay_selfcheck_participants{kind=\"%s\",alternative=\"%s\"} %" PRId64 "\n",
		    json_text(o, "kind"), json_text(json_item(arms, i), "name"),
		    json_object_get_int64(json_object_object_get(
			json_item(arms, i), "participants")));
}

/* The p value of the last whole day. */
static void
print_selfcheck_day(struct ctx *c, struct json_object *o)
{
	struct json_object *days = json_object_object_get(o, "days");
	struct json_object *p =
	    json_object_object_get(json_item(days, json_items(days) - 1), "p");

	if (p != NULL)
		buf_printf(c->text, "assay_selfcheck_day_p{kind=\"%s\"} %.6g\n",
		    json_text(o, "kind"), json_object_get_double(p));
}

/* What the self-checks say; nothing while they are off, or the database is down. */
static void
print_selfchecks(struct ctx *c)
{
	struct json_object *list;

	if (selfcheck_read(&c->w, &list) != OK || json_items(list) == 0)
		return;
	print_gauge(c, "participants", "Participants of the self-check");
	for (size_t i = 0; i < json_items(list); i++)
		print_selfcheck_arms(c, json_item(list, i));
	print_gauge(c, "split_p", "P value of its split, which holds at any time");
	print_selfcheck_numbers(c, list, "split_p", "split", "p_any_time");
	print_gauge(c, "day_p", "P value of the last whole day");
	for (size_t i = 0; i < json_items(list); i++)
		print_selfcheck_day(c, json_item(list, i));
	print_gauge(c, "days", "Days of the last 28 that have a p value");
	print_selfcheck_numbers(c, list, "days", "uniform", "days");
	print_gauge(c, "uniform_p", "P value of the test that these are uniform");
	print_selfcheck_numbers(c, list, "uniform_p", "uniform", "p");
	print_gauge(c, "ok", "1: nothing in it speaks against the installation, verdict included");
	for (size_t i = 0; i < json_items(list); i++)
		buf_printf(c->text, "assay_selfcheck_ok{kind=\"%s\"} %d\n",
		    json_text(json_item(list, i), "kind"), json_object_get_boolean(
			json_object_object_get(json_item(list, i), "ok")));
}

/* GET /metrics */
enum err
metrics(struct ctx *c)
{
	c->text = buf_new(c->w.mem, 8192);
	c->text_type = "text/plain; version=0.0.4; charset=utf-8";
	metric_print(c->text);
	print_job_counters(c);
	print_result_lag(c);
	print_selfchecks(c);
	return OK;
}
