/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exports of groups: what the database gives as numbers becomes names in columns.
 */
#include "view/group_export.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv/csv.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"

/* A group that somebody is in. */
struct entry {
	int64_t place; /* of the column, from 1 on */
	int64_t nr;
};

struct entries {
	size_t n;
	struct entry *list; /* by place and number */
};

/* For qsort and bsearch over the groups of a column. */
static int
compare_groups(const void *a, const void *b)
{
	const struct group_export_group *left = a, *right = b;

	return (left->nr > right->nr) - (left->nr < right->nr);
}

/* By column, then by number of the group: the order of cells, and of names within one. */
static int
compare_entries(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int order = (left->place > right->place) - (left->place < right->place);

	return order != 0 ? order : (left->nr > right->nr) - (left->nr < right->nr);
}

/* Reads a column. Its groups are sorted, because a row looks up one of them for each entry. */
static void
read_column(void *ctx, struct json_object *row, struct group_export_column *out)
{
	struct json_object *groups = json_object_object_get(row, "groups");

	*out = (struct group_export_column){
		.id = json_object_get_string(json_object_object_get(row, "id")),
		.n = json_items(groups),
	};
	out->groups = mem_array(ctx, struct group_export_group, out->n + 1);
	for (size_t i = 0; i < out->n; i++) {
		struct json_object *o = json_item(groups, i);
		out->groups[i] = (struct group_export_group){
			json_object_get_int64(json_object_object_get(o, "id")),
			json_object_get_string(json_object_object_get(o, "name"))};
	}
	if (out->n > 1)
		qsort(out->groups, out->n, sizeof *out->groups, compare_groups);
}

struct group_export *
group_export_new(void *ctx, struct json_object *rows)
{
	struct group_export *r = mem_new(ctx, struct group_export);

	r->n = json_items(rows);
	r->columns = mem_array(r, struct group_export_column, r->n + 1);
	for (size_t i = 0; i < r->n; i++)
		read_column(r, json_item(rows, i), &r->columns[i]);
	return r;
}

/* Reads two array literals of PostgreSQL of the same length, {1,2} and {7,8}, without a copy. */
static struct entries
read_entries(const char *places, const char *groups)
{
	struct entries e = {1, NULL};
	const char *place = places + 1, *group = groups + 1;
	char *end;

	for (const char *s = places; *s != '\0'; s++)
		e.n += *s == ',';
	e.list = mem_array(NULL, struct entry, e.n);
	for (size_t i = 0; i < e.n; i++) {
		e.list[i].place = strtoll(place, &end, 10);
		place = end + 1;
		e.list[i].nr = strtoll(group, &end, 10);
		group = end + 1;
	}
	if (e.n > 1)
		qsort(e.list, e.n, sizeof *e.list, compare_entries);
	return e;
}

/* The next name that the entries have for the column at place, from *i on; NULL behind the last. */
static const char *
next_name(const struct group_export *r, const struct entries *e, size_t place, size_t *i)
{
	const struct group_export_column *column = &r->columns[place - 1];

	for (; *i < e->n && e->list[*i].place <= (int64_t)place; ++*i) {
		const struct group_export_group wanted = {.nr = e->list[*i].nr};
		const struct group_export_group *g =
		    e->list[*i].place < (int64_t)place || column->n == 0
		    ? NULL
		    : bsearch(&wanted, column->groups, column->n, sizeof wanted, compare_groups);
		if (g == NULL)
			continue;
		++*i;
		return g->name;
	}
	return NULL;
}

void
group_export_head(const struct group_export *r, struct buf *out)
{
	buf_str(out, "user_id");
	for (size_t i = 0; i < r->n; i++) {
		buf_char(out, ',');
		csv_text(out, r->columns[i].id);
	}
	buf_str(out, "\r\n");
}

void
group_export_csv(const struct group_export *r, const char *user, const char *places,
    const char *groups, struct buf *out)
{
	struct entries e = read_entries(places, groups);
	size_t i = 0;

	csv_text(out, user);
	for (size_t place = 1; place <= r->n; place++) {
		const char *name = next_name(r, &e, place, &i), *more;
		buf_char(out, ',');
		for (; name != NULL && (more = next_name(r, &e, place, &i)) != NULL;)
			name = mem_printf(e.list, "%s; %s", name, more);
		if (name != NULL)
			csv_text(out, name);
	}
	buf_str(out, "\r\n");
	talloc_free(e.list);
}

/* One name, or a list of them; null for none. */
static struct json_object *
names_at(const struct group_export *r, const struct entries *e, size_t place, size_t *i)
{
	const char *name = next_name(r, e, place, i), *more;
	struct json_object *out = name == NULL ? NULL : json_object_new_string(name);

	while (out != NULL && (more = next_name(r, e, place, i)) != NULL) {
		if (json_object_is_type(out, json_type_string)) {
			struct json_object *list = json_object_new_array();
			json_object_array_add(list, out);
			out = list;
		}
		json_object_array_add(out, json_object_new_string(more));
	}
	return out;
}

void
group_export_line(const struct group_export *r, const char *user, const char *places,
    const char *groups, struct buf *out)
{
	struct entries e = read_entries(places, groups);
	struct json_object *o = json_object_new_object(), *names = json_object_new_object();
	size_t i = 0;

	json_object_object_add(o, "user_id", json_object_new_string(user));
	json_object_object_add(o, "groups", names);
	for (size_t place = 1; place <= r->n; place++)
		json_object_object_add(names, r->columns[place - 1].id,
		    names_at(r, &e, place, &i));
	buf_str(out, json_plain(o));
	buf_char(out, '\n');
	json_object_put(o);
	talloc_free(e.list);
}
