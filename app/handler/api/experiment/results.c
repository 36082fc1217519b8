/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results as JSON or CSV, for programs by API key and for people from the page of an experiment.
 */
#include "service/definition/results.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "web/http/ctx.h"
#include "view/results_csv.h"

/* Reads the results of the experiment of the path into the model. */
static enum err
read_results(struct ctx *c)
{
	const char *day = req_query(&c->req, "through");
	enum err e = day == NULL ? results_read(&c->w, c->args[0], &c->model)
	    : results_read_through(&c->w, c->args[0], day, &c->model);

	return e == ERR_NOT_FOUND ? fail_missing(&c->w, "experiment") : e;
}

/* Replaces the answer by the CSV form of the model. */
static void
answer_csv(struct ctx *c)
{
	ctx_csv(c, mem_printf(c->w.mem, "%s-results.csv", c->args[0]));
	buf_str(c->text, results_csv(c->w.mem, c->model));
}

/* GET /v1/experiment/:id/results */
enum err
experiment_results(struct ctx *c)
{
	const char *format = req_query(&c->req, "format");
	enum err e = read_results(c);

	if (format == NULL || strcmp(format, "json") == 0 || e != OK)
		return e;
	if (strcmp(format, "csv") != 0)
		return fail(&c->w, ERR_INVALID, "format", "must be json or csv");
	answer_csv(c);
	return OK;
}

/* GET /admin/experiment/:id/results.csv */
enum err
tab_results_csv(struct ctx *c)
{
	enum err e = read_results(c);

	if (e == OK)
		answer_csv(c);
	return e;
}
