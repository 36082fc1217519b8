/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of the members of a segmentation, or of an experiment by alternative, page by page in the
 * order of users.
 */
#include "service/subject/membership_list.h"

#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/segmentation.h"
#include "core/experiment/decide.h"
#include "service/decision/experiment_set.h"
#include "service/decision/segmentation_set.h"
#include "store/db/db.h"
#include "store/work.h"

/* The definition whose members are listed. */
struct member_source {
	const struct segmentation *s; /* NULL: an experiment */
	const struct experiment *experiment;
};

/* Finds the segmentation or experiment. ERR_CONFLICT for computed groups. */
static enum err
find_member_source(struct work *w, const char *id, struct member_source *out)
{
	enum err e = segmentation_set_one(w, id, &out->s);

	if (e == ERR_NOT_FOUND) {
		out->s = NULL;
		e = experiment_set_one(w, id, &out->experiment);
	}
	if (e == ERR_NOT_FOUND)
		return fail_missing(w, "segmentation");
	if (e == OK && out->s != NULL && out->s->type == SEGMENTATION_RULE)
		return fail_detail(w, ERR_CONFLICT,
		    "its groups are computed by rules: it has no members that could be listed");
	return e;
}

/* The name of the group of that number; NULL when it has been deleted. */
static const char *
group_name(const struct member_source *from, int64_t nr)
{
	if (from->s != NULL) {
		const struct group *g = segmentation_group(from->s, nr);
		return g == NULL ? NULL : g->name;
	}
	struct json_object *o = decide_numbered(from->experiment->alternatives, (int)nr);
	return json_object_get_string(json_object_object_get(o, "name"));
}

/*
 * The number of the group of that name, as text; NULL for no name. ERR_INVALID for an unknown one.
 */
static enum err
find_group_number(struct work *w, const struct member_source *from, const char *name,
    const char **out)
{
	const struct group *g = NULL;
	struct json_object *o = NULL;

	*out = NULL;
	if (name == NULL)
		return OK;
	if (from->s != NULL)
		g = segmentation_wanted(from->s, mem_json(w->mem, json_object_new_string(name)));
	else
		o = decide_named(from->experiment->alternatives, name);
	if (g == NULL && o == NULL)
		return fail(w, ERR_INVALID, "group", "is not a group of this segmentation");
	*out = mem_printf(w->mem, "%lld", (long long)(g != NULL ? g->nr : decide_number(o)));
	return OK;
}

/*
 * A row as an answer. A deleted group is null: its members are in no group. The caller owns it.
 */
static struct json_object *
member_json(const struct member_source *from, const struct db_rows *rows, int i)
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
membership_list(struct work *w, const struct membership_filter *filter, struct json_object **list,
    const char **next)
{
	struct member_source from = {0};
	struct db_rows *rows;
	const char *group;
	enum err e = find_member_source(w, filter->segmentation, &from);

	if (e == OK)
		e = find_group_number(w, &from, filter->group, &group);
	if (e != OK)
		return e;
	int64_t nr = from.s != NULL ? from.s->nr : from.experiment->nr;
	const char *after = filter->after != NULL ? filter->after : "";
	const char *params[] = {mem_printf(w->mem, "%lld", (long long)nr),
		mem_printf(w->mem, "u:%s", after),
		mem_printf(w->mem, "%lld", (long long)filter->limit), group};
	e = db_query(w->db, w->mem,
	    from.s != NULL ? QUERY_membership_list : QUERY_enrolment_members, params, &rows);
	if (e != OK)
		return e;
	int n = db_count(rows);
	*list = mem_json(w->mem, json_object_new_array());
	for (int i = 0; i < n; i++)
		json_object_array_add(*list, member_json(&from, rows, i));
	*next = n >= filter->limit ? db_cell(rows, n - 1, "user_id") : NULL;
	return OK;
}
