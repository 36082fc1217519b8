/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is in a segmentation, and who is in which of a context: page by page, and without an effect.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/experiment/decide.h"
#include "view/group_export.h"
#include "core/audience/segmentation.h"
#include "service/decision/experiment_set.h"
#include "handler/routes.h"
#include "service/decision/segmentation_set.h"
#include "store/db/db.h"
#include "web/http/ctx.h"

enum { PAGE = 100, PAGE_MOST = 1000, CELLS = 200000 /* of a page of CSV at most */ };

struct page {
	const char *after; /* as a subject */
	int64_t limit;
};

static enum err
read_page(struct ctx *c, int64_t standard, struct page *out)
{
	const char *limit = req_query(&c->req, "limit"), *after = req_query(&c->req, "after");

	out->limit = standard;
	out->after = mem_printf(c->w.mem, "u:%s", after != NULL ? after : "");
	if (limit == NULL || num_int(limit, 1, PAGE_MOST, &out->limit))
		return OK;
	return fail(&c->w, ERR_INVALID, "limit", "must be a whole number from 1 to %d", PAGE_MOST);
}

/* Groups of a segmentation, or alternatives of an experiment. */
struct source {
	const struct segmentation *s;
	const struct active *experiment;
};

static enum err
find_source(struct ctx *c, struct source *out)
{
	enum err e = segmentation_set_one(&c->w, c->args[0], &out->s);

	if (e == ERR_NOT_FOUND)
		e = experiment_set_one(&c->w, c->args[0], &out->experiment);
	if (e == ERR_NOT_FOUND)
		return fail_detail(&c->w, e, "there is no such segmentation");
	if (e == OK && out->s != NULL && out->s->type == SEGMENTATION_RULE)
		return fail_detail(&c->w, ERR_CONFLICT,
		    "its groups are computed by rules: it has no members that could be listed");
	return e;
}

static const char *
group_name(const struct source *from, int64_t nr)
{
	if (from->s != NULL) {
		const struct group *g = segmentation_group(from->s, nr);
		return g == NULL ? NULL : g->name;
	}
	struct json_object *o = decide_numbered(from->experiment->alternatives, (int)nr);
	return json_object_get_string(json_object_object_get(o, "name"));
}

/* The number of the group that ?group= names, as text; NULL when it names none. */
static enum err
wanted_group(struct ctx *c, const struct source *from, const char **out)
{
	const char *name = req_query(&c->req, "group");
	const struct group *g = NULL;
	struct json_object *o = NULL;

	*out = NULL;
	if (name == NULL)
		return OK;
	if (from->s != NULL)
		g = segmentation_wanted(from->s, mem_json(c->w.mem, json_object_new_string(name)));
	else
		o = decide_named(from->experiment->alternatives, name);
	if (g == NULL && o == NULL)
		return fail(&c->w, ERR_INVALID, "group", "is no group of this segmentation");
	int64_t nr = g != NULL ? g->nr : decide_number(o);
	*out = mem_printf(c->w.mem, "%lld", (long long)nr);
	return OK;
}

/* A group that is gone is null: whoever is in it is in none. */
static struct json_object *
member(const struct source *from, const struct db_rows *rows, int i)
{
	struct json_object *o = db_row_json(rows, i), *group = NULL;
	int64_t nr = db_int(rows, i, "group_nr");
	const char *name = group_name(from, nr);

	if (name != NULL) {
		group = json_object_new_object();
		json_object_object_add(group, "id", json_object_new_int64(nr));
		json_object_object_add(group, "name", json_object_new_string(name));
	}
	json_remove(o, "group_nr");
	json_object_object_add(o, "group", group);
	return o;
}

enum err
members_list(struct ctx *c)
{
	struct source from = {0};
	struct page page;
	const char *group;
	struct db_rows *rows;
	enum err e = read_page(c, PAGE, &page);

	if (e == OK)
		e = find_source(c, &from);
	if (e == OK)
		e = wanted_group(c, &from, &group);
	if (e != OK)
		return e;
	int64_t nr = from.s != NULL ? from.s->nr : from.experiment->nr;
	const char *params[] = {mem_printf(c->w.mem, "%lld", (long long)nr), page.after,
		mem_printf(c->w.mem, "%lld", (long long)page.limit), group};
	e = db_query(c->w.db, c->w.mem,
	    from.s != NULL ? QUERY_membership_list : QUERY_enrolment_members, params, &rows);
	if (e != OK)
		return e;
	struct json_object *list = json_object_new_array();
	int n = db_count(rows);
	for (int i = 0; i < n; i++)
		json_object_array_add(list, member(&from, rows, i));
	const char *next = n >= page.limit ? db_cell(rows, n - 1, "user_id") : NULL;
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "members", list);
	json_object_object_add(
	    c->model, "next", next == NULL ? NULL : json_object_new_string(next));
	if (next != NULL)
		c->next = req_with(c, "after", next);
	return OK;
}

static enum err
load_columns(struct ctx *c, const char *context, struct group_export **out)
{
	struct json_object *columns = mem_json(c->w.mem, json_object_new_array());
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_group_export_columns, &context, &rows);

	if (e != OK)
		return e;
	for (int i = 0; i < db_count(rows); i++)
		json_object_array_add(columns, db_row_json(rows, i));
	*out = group_export_new(c->w.mem, columns);
	return OK;
}

enum err
members_export(struct ctx *c)
{
	const char *given = req_query(&c->req, "context");
	const char *context = given == NULL ? "global" : given;
	struct group_export *r;
	struct page page;
	struct db_rows *rows;
	enum err e = read_page(c, PAGE_MOST, &page);

	if (e == OK)
		e = load_columns(c, context, &r);
	if (e != OK)
		return e;
	if (page.limit * (int64_t)r->n > CELLS)
		page.limit = CELLS / (int64_t)r->n + 1;
	const char *params[] = {group_export_numbers(c->w.mem, r, false),
	    group_export_places(c->w.mem, r, false), group_export_numbers(c->w.mem, r, true),
	    group_export_places(c->w.mem, r, true),
	    strcmp(context, "global") == 0 ? "true" : "false", page.after,
	    mem_printf(c->w.mem, "%lld", (long long)page.limit)};
	e = db_query(c->w.db, c->w.mem, QUERY_group_export_page, params, &rows);
	if (e != OK)
		return e;
	int n = db_count(rows);
	ctx_csv(c, "groups.csv");
	group_export_head(r, c->text);
	for (int i = 0; i < n; i++)
		group_export_csv(r, db_cell(rows, i, "user_id"), db_cell(rows, i, "columns"),
		    db_cell(rows, i, "groups"), c->text);
	if (n > 0 && *db_cell(rows, 0, "more") == 't')
		c->next = req_with(c, "after", db_cell(rows, n - 1, "user_id"));
	return OK;
}
