/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page with the list of experiments: filters, sortable columns, pages.
 */
#include "service/definition/experiment_list.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/num.h"
#include "core/experiment/delivery.h"
#include "handler/routes.h"
#include "view/form_choice.h"
#include "web/http/ctx.h"
#include "web/http/paging.h"

static const struct form_choice statuses[] = {{"", "any"}, {"SUBMITTED", "SUBMITTED"},
	{"PROCESSING", "PROCESSING"}, {"ACTIVE", "ACTIVE"}, {"STOPPED", "STOPPED"},
	{"INACTIVE", "INACTIVE"}, {"FAILED", "FAILED"}, {NULL, NULL}};

static const struct form_choice states[] = {{"", "any"}, {"default", "default"},
	{"enabled", "enabled"}, {"track", "track"}, {NULL, NULL}};

/* Orders of the list, and whether the first page of each begins at its end. */
static const struct {
	const char *word;
	bool latest;
} orders[] = {{"name", false}, {"created", true}, {"updated", true}, {"start", true}};

/*
 * The head of a column: its order (none: the list is in another), and the link that sorts by it or
 * reverses it.
 */
static struct json_object *
make_column_head(struct ctx *c, const char *word, bool latest)
{
	const char *sort = req_query(&c->req, "sort");
	struct json_object *head = json_object_new_object();
	bool down = sort != NULL && *sort == '-';
	bool here = sort != NULL && strcmp(sort + down, word) == 0;
	const char *other = (here ? !down : latest) ? "-" : "";

	if (here)
		json_object_object_add(head, "order",
		    json_object_new_string(down ? "descending" : "ascending"));
	json_object_object_add(head, "link", json_object_new_string(
	    req_with(c, "sort", mem_printf(c->w.mem, "%s%s", other, word))));
	return head;
}

/* The value of the list that equals the text but for case; "" when there is none. */
static const char *
find_choice(const struct form_choice *list, const char *text)
{
	for (; text != NULL && list->value != NULL; list++)
		if (strcasecmp(list->value, text) == 0)
			return list->value;
	return "";
}

/* The choices of the filters, with what the query has chosen. */
static void
add_filter_choices(struct ctx *c, const struct experiment_filter *filter)
{
	const char *state = filter->state;
	int64_t number;

	if (state != NULL && num_int(state, 0, 9, &number))
		state = delivery_word((int)number);
	json_object_object_add(
	    c->model, "statuses", form_choices(statuses, find_choice(statuses, filter->status)));
	json_object_object_add(c->model, "states", form_choices(states, find_choice(states,
	    state)));
}

/* GET /admin/experiments */
enum err
experiments_page(struct ctx *c)
{
	struct paging page;
	struct json_object *list, *heads;
	const char *next;
	enum err e = paging_read(c, PAGING_DEFAULT, &page);
	struct experiment_filter filter = {
		.sort = req_query(&c->req, "sort"),
		.after = page.after,
		.limit = page.limit,
		.status = req_query(&c->req, "status"),
		.status_at = "status",
		.state = req_query(&c->req, "state"),
		.client = req_query(&c->req, "client"),
		.q = req_query(&c->req, "q"),
	};

	if (e == OK)
		e = experiment_list(&c->w, &filter, &list, &next);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "experiments", json_object_get(list));
	paging_next(c, next);
	heads = json_object_new_object();
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
		json_object_object_add(
		    heads, orders[i].word, make_column_head(c, orders[i].word, orders[i].latest));
	json_object_object_add(c->model, "heads", heads);
	add_filter_choices(c, &filter);
	return OK;
}
