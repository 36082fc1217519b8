/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of segmentations: the list, one with its groups and members, and the forms that move a
 * member or delete it.
 */
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "handler/routes.h"
#include "service/definition/segmentation.h"
#include "service/subject/membership.h"
#include "service/subject/membership_list.h"
#include "view/form_choice.h"
#include "view/rule_words.h"
#include "web/http/body.h"
#include "web/http/ctx.h"
#include "web/http/form.h"
#include "web/http/paging.h"
#include "web/http/subject_path.h"

enum {
	LISTED = 50,       /* segmentations, groups and members of a page */
	SHOWN = 10,        /* groups of one in the list */
	COUNTED = 1000000, /* members; counting more takes too long for a page */
};

#define LISTED_TEXT "50"

/* A member of o. */
static struct json_object *
member_of(struct json_object *o, const char *name)
{
	return json_object_object_get(o, name);
}

static void
put_number(struct json_object *o, const char *name, int64_t n)
{
	json_object_object_add(o, name, json_object_new_int64(n));
}

/* Whether o has that type. */
static bool
is_type(struct json_object *o, const char *type)
{
	return strcmp(json_object_get_string(member_of(o, "type")), type) == 0;
}

/* Leaves at most `most` items in the list; `more` is the number of the others. */
static void
cut_list(struct json_object *o, const char *name, size_t most)
{
	struct json_object *list = member_of(o, name);
	size_t n = json_items(list);

	if (n <= most)
		return;
	json_object_array_del_idx(list, most, n - most);
	put_number(o, "more", (int64_t)(n - most));
}

/* Adds the address of the export of a context. */
static void
add_export(struct ctx *c, const char *context)
{
	struct buf *path = buf_new(c->w.mem, 64);

	buf_str(path, "/admin/segmentations/export.csv?context=");
	buf_url(path, context == NULL ? "global" : context);
	json_add_text(c->model, "export", path->data);
}

/* Adds the path of the page of an experiment or segmentation. */
static void
add_definition_path(struct ctx *c, struct json_object *o, bool experiment)
{
	json_add_text(o, "path", mem_printf(c->w.mem, "/admin/%s/%s",
	    experiment ? "experiment" : "segmentation", json_object_get_string(member_of(o,
	    "id"))));
}

/* The list as the page shows it. */
static void
add_segmentation_list(struct ctx *c, struct json_object *list)
{
	static const struct form_choice types[] = {{"", "any"}, {"random", "random"},
	    {"manual", "manual"}, {"rule", "rule"}, {"experiment", "experiment"}, {NULL, NULL}};
	const char *type = req_query(&c->req, "type");

	json_object_object_add(c->model, "segmentations", json_object_get(list));
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		add_definition_path(c, o, is_type(o, "experiment"));
		cut_list(o, "groups", SHOWN);
	}
	json_object_object_add(
	    c->model, "types", form_choices(types, type == NULL ? "" : type));
}

/* GET /admin/segmentations */
enum err
segmentations_page(struct ctx *c)
{
	const char *context = req_query(&c->req, "context"), *next;
	struct json_object *list;
	struct paging page;
	enum err e = paging_read(c, LISTED, &page);

	if (e != OK)
		return e;
	struct segmentation_filter filter = {
		page.after, context, req_query(&c->req, "type"), page.limit};
	e = segmentation_list(&c->w, &filter, &list, &next);
	if (e != OK)
		return e;
	c->model = mem_json(c->w.mem, json_object_new_object());
	add_segmentation_list(c, list);
	add_export(c, context);
	paging_next(c, next);
	return OK;
}

/* Adds the definitions that refer to the segmentation. */
static enum err
add_users(struct ctx *c)
{
	struct json_object *list;
	enum err e = segmentation_referrers(&c->w, c->args[0], &list);

	if (e != OK)
		return e;
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		add_definition_path(c, o, strcmp(json_text(o, "kind"), "experiment") == 0);
	}
	json_object_object_add(c->model, "users", json_object_get(list));
	return OK;
}

/* Sets the size of the group of that number. */
static void
put_size(struct json_object *groups, int64_t nr, int64_t n)
{
	for (size_t i = 0; i < json_items(groups); i++) {
		struct json_object *o = json_item(groups, i);
		if (json_object_get_int64(member_of(o, "id")) == nr)
			put_number(o, "size", n);
	}
}

/* Adds the number of members of each group and their total, counted up to COUNTED. */
static enum err
add_sizes(struct ctx *c)
{
	struct json_object *groups = member_of(c->model, "groups"), *sizes;
	int64_t total = 0;
	enum err e = segmentation_sizes(&c->w, c->args[0], COUNTED, &sizes);

	if (e != OK)
		return e;
	for (size_t i = 0; i < json_items(groups); i++)
		put_number(json_item(groups, i), "size", 0);
	for (size_t r = 0; r < json_items(sizes); r++) {
		struct json_object *row = json_item(sizes, r);
		int64_t n = json_object_get_int64(member_of(row, "n"));
		total += n;
		put_size(groups, json_object_get_int64(member_of(row, "group_nr")), n);
	}
	put_number(c->model, "total", total);
	json_object_object_add(c->model, "bounded", json_object_new_boolean(total >= COUNTED));
	return OK;
}

/* The model that the pages of a segmentation share: definition, references to it, sizes. */
static enum err
load_segmentation_page(struct ctx *c)
{
	enum err e = segmentation_get(&c->w, c->args[0], &c->model);

	if (e != OK)
		return e;
	struct json_object *is = json_object_new_object();
	json_object_object_add(
	    is, json_text(c->model, "type"), json_object_new_boolean(true));
	json_object_object_add(c->model, "is", is);
	json_object_object_add(
	    c->model, "stored", json_object_new_boolean(!is_type(c->model, "rule")));
	json_object_object_add(c->model, "own",
	    json_object_new_boolean(!is_type(c->model, "experiment")));
	add_export(c, json_text(c->model, "context"));
	json_add_text(c->model, "version", mem_printf(c->w.mem, "\"%lld\"",
	    (long long)json_object_get_int64(member_of(c->model, "version"))));
	rule_words_add(c->w.mem, member_of(c->model, "groups"));
	e = add_users(c);
	return e == OK && !is_type(c->model, "rule") ? add_sizes(c) : e;
}

/* Adds the path of the page of each member. */
static void
add_people(struct ctx *c, struct json_object *list)
{
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		struct buf *path = buf_new(c->w.mem, 64);
		buf_str(path, "/admin/person?user_id=");
		buf_url(path, json_object_get_string(member_of(o, "user_id")));
		json_add_text(o, "path", path->data);
	}
}

/* Adds the group of the user of ?user_id=. */
static enum err
add_found(struct ctx *c)
{
	const char *id = req_query(&c->req, "user_id");
	struct json_object *found;

	if (id == NULL)
		return OK;
	enum err e = subject_path_is_user(c, id);
	if (e == OK)
		e = membership_get(&c->w, (struct membership_name){c->args[0], c->subject}, false,
		    &found);
	if (e == OK)
		json_object_object_add(c->model, "found", json_object_get(found));
	return e;
}

/* Adds a page of the members, of the group of ?group= only. */
static enum err
add_members(struct ctx *c)
{
	struct json_object *list, *listed;
	struct paging page;
	const char *next;
	enum err e = paging_read(c, LISTED, &page);

	if (e != OK)
		return e;
	struct membership_filter filter = {
		c->args[0], req_query(&c->req, "group"), page.after, page.limit};
	e = membership_list(&c->w, &filter, &list, &next);
	if (e != OK)
		return e;
	add_people(c, list);
	listed = json_object_new_object();
	json_object_object_add(listed, "members", json_object_get(list));
	json_object_object_add(c->model, "listed", listed);
	if (next != NULL)
		c->next = req_with(c, "after", next);
	return OK;
}

/* Marks the group of ?group=. */
static void
add_selected(struct ctx *c)
{
	const char *group = req_query(&c->req, "group");
	struct json_object *groups = member_of(c->model, "groups");

	for (size_t i = 0; i < json_items(groups); i++) {
		struct json_object *o = json_item(groups, i);
		const char *name = json_text(o, "name");
		json_object_object_add(o, "selected", json_object_new_boolean(
		    group != NULL && name != NULL && strcmp(group, name) == 0));
	}
}

/* GET /admin/segmentation/:id */
enum err
segmentation_page(struct ctx *c)
{
	enum err e = load_segmentation_page(c);

	if (e != OK)
		return e;
	add_selected(c);
	e = add_found(c);
	/* Nobody is a stored member of a group by rule: it is decided at each request. */
	if (e == OK && !is_type(c->model, "rule"))
		e = add_members(c);
	/* After the choice of a group and the sizes, which need all of them. */
	cut_list(c->model, "groups", LISTED);
	return e;
}

/* GET /admin/segmentation/:id/delete */
enum err
segmentation_delete_page(struct ctx *c)
{
	return load_segmentation_page(c);
}

/* POST /admin/segmentation/:id/delete */
enum err
segmentation_page_delete(struct ctx *c)
{
	struct json_object *typed;
	const char *version;
	enum err e = form_json(c, &typed);

	if (e == OK)
		e = body_if_match(c, &version);
	return e == OK ? segmentation_remove(&c->w, c->args[0], version, &c->model) : e;
}

/*
 * POST /admin/segmentation/:id/members. Puts a user into a group by hand, or removes the user from
 * it, and redirects to what became of it.
 */
enum err
segmentation_member_form(struct ctx *c)
{
	const char *doing = form_value(c, "do");
	const char *group = form_value(c, "group"), *user = form_value(c, "user_id");
	bool drop = doing != NULL && strcmp(doing, "drop") == 0;
	struct json_object *form;
	enum err e = form_json(c, &form);

	if (e != OK)
		return e;
	if (user == NULL || *user == '\0')
		return fail(&c->w, ERR_INVALID, "/user_id", "must name a user");
	e = subject_path_is_user(c, user);
	if (e != OK)
		return e;
	struct membership_name name = {c->args[0], c->subject};
	e = drop ? membership_remove(&c->w, name,
	    group == NULL || *group == '\0' ? NULL : group, &c->model)
	    : membership_put(&c->w, name, json_object_object_get(form, "group"), &c->model);
	if (e != OK)
		return e;
	struct buf *page = buf_new(c->w.mem, 128);
	buf_printf(page, "/admin/segmentation/%s?user_id=", c->args[0]);
	buf_url(page, user);
	c->location = page->data;
	return OK;
}
