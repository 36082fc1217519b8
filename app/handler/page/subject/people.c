/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of subjects: search by id, everything stored about one, erasure.
 */
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/text.h"
#include "core/subject/subject.h"
#include "handler/routes.h"
#include "service/decision/subject_record.h"
#include "service/subject/directory_store.h"
#include "service/subject/page_view.h"
#include "service/subject/subject_data.h"
#include "web/http/ctx.h"
#include "web/http/form.h"
#include "web/http/paging.h"
#include "web/http/subject_input.h"
#include "web/http/subject_path.h"

enum {
	LISTED = 25,       /* users of the directory on a page */
	SHOWN = 50,        /* of each list on a page */
	VIEWS = 25,        /* page views on a page */
	LONG_TEXT = 200,   /* bytes of what others have written into a row */
	ATTRIBUTES = 8000, /* bytes of a profile; what is cut is in the export */
	WINDOW = 7,        /* days in which views are looked for at first */
};

/* Shortens long texts with an ellipsis. */
static void
put_cut(struct ctx *c, struct json_object *o, const char *name, const char *text)
{
	json_add_text(o, name, text == NULL ? NULL : text_cut(c->w.mem, text, LONG_TEXT));
}

/* The searches of both pages; the caller owns them. */
static struct json_object *
make_searches(const struct ctx *c)
{
	return subject_path_searches(c, "/admin/person", "Look up");
}

/* GET /admin/people. The directory, with the address of each user. */
enum err
people_page(struct ctx *c)
{
	struct paging p;
	const char *next;
	enum err e = paging_read(c, LISTED, &p);

	if (e != OK)
		return e;
	struct directory_store_page page = {req_query(&c->req, "q"), p.after, p.limit};
	e = directory_store_list(&c->w, &page, &c->model, &next);
	if (e != OK)
		return e;
	paging_next(c, next);
	json_object_object_add(c->model, "form", make_searches(c));
	struct json_object *list = json_object_object_get(c->model, "users");
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		c->subject = subject_text(c->w.mem, SUBJECT_USER,
		    json_object_get_string(json_object_object_get(o, "user_id")));
		json_add_text(o, "way", subject_path_query(c));
	}
	c->subject = NULL;
	return OK;
}

/* Reads the subject that the query names. Problems are shown at the search that was used. */
static enum err
begin_subject_page(struct ctx *c)
{
	enum err e = visitor_named(c);

	if (e != OK) {
		c->form = mem_json(c->w.mem, make_searches(c));
		return e;
	}
	struct json_object *is = json_object_new_object();
	const char *field = subject_field(subject_kind(c->subject));
	const char *kind = mem_dupn(c->w.mem, field, strlen(field) - strlen("_id"));
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "form", make_searches(c));
	json_object_object_add(is, kind, json_object_new_boolean(true));
	json_object_object_add(c->model, "is", is);
	json_add_text(c->model, "kind", kind);
	json_add_text(c->model, "id", subject_id(c->subject));
	json_add_text(c->model, "way", subject_path_query(c));
	return OK;
}

/* Adds a list, and the number of items that are not shown. */
static void
add_shown_list(struct ctx *c, const char *name, struct json_object *list, size_t more)
{
	json_object_object_add(c->model, name, list);
	if (more > 0)
		json_object_object_add(c->model, mem_printf(c->w.mem, "more_%s", name),
		    json_object_new_int64((int64_t)more));
}

/* The first items of an array; *more: the number of the others. The caller owns it. */
static struct json_object *
first_items(struct json_object *all, size_t *more)
{
	struct json_object *list = json_object_new_array();
	size_t n = json_items(all);

	*more = n > SHOWN ? n - SHOWN : 0;
	for (size_t i = 0; i < n - *more; i++)
		json_object_array_add(list, json_object_get(json_item(all, i)));
	return list;
}

/* Adds the tags of the record. */
static void
add_subject_tags(struct ctx *c, struct json_object *record)
{
	static const char *const names[] = {"scope", "key"};
	struct json_object *out = json_object_new_array();
	size_t more;
	struct json_object *tags =
	    mem_json(c->w.mem, first_items(json_object_object_get(record, "tags"), &more));

	for (size_t i = 0; i < json_items(tags); i++) {
		struct json_object *row = json_item(tags, i);
		struct json_object *tag = json_object_new_object();
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
			json_object_object_add(
			    tag, names[k], json_object_get(json_item(row, k)));
		put_cut(c, tag, "value", json_object_to_json_string_ext(
		    json_item(row, 2),
		    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_array_add(out, tag);
	}
	add_shown_list(c, "tags", out, more);
}

/* Adds the groups of the record. */
static enum err
add_groups(struct ctx *c, struct json_object *record)
{
	struct json_object *groups;
	size_t more;
	enum err e = subject_data_groups(&c->w, record, SHOWN, &groups, &more);

	if (e == OK)
		add_shown_list(c, "groups", json_object_get(groups), more);
	return e;
}

/*
 * Adds the enrolments. Their details need a query, which is run only when the record has any.
 */
static enum err
add_enrolments(struct ctx *c, struct json_object *record)
{
	struct json_object *all = json_object_object_get(record, "enrolments");
	size_t more = 0;
	enum err e = OK;

	if (json_items(all) > 0)
		e = subject_data_enrolments(&c->w, c->subject, &all);
	if (e != OK)
		return e;
	all = first_items(all, &more);
	add_shown_list(c, "enrolments", all, more);
	return OK;
}

/*
 * Adds a page of views: those before ?after= (an instant), or with ?views= the newest. The first
 * page looks at the last days only, which are in few partitions; a link leads to older ones.
 */
static enum err
add_views(struct ctx *c)
{
	const char *text = req_query(&c->req, "after");
	int64_t at = c->w.now + INSTANT_DAY + INSTANT_SECOND;
	char before[INSTANT_TEXT], from[INSTANT_TEXT];
	struct json_object *list;

	if (text != NULL && !instant_parse(text, strlen(text), &at))
		return fail(&c->w, ERR_INVALID, "after", "must be the `next` of the page before");
	/* Nothing stored is older than 1970, and PostgreSQL has no year 0. */
	instant_format(at < 0 ? 0 : at, before);
	instant_format(text != NULL ? -INSTANT_DAY : c->w.now - WINDOW * INSTANT_DAY, from);
	struct page_view_span span = {before, from, VIEWS};
	enum err e = page_view_list(&c->w, c->subject, span, &list);
	if (e != OK)
		return e;
	for (size_t i = 0; i < json_items(list); i++) {
		struct json_object *o = json_item(list, i);
		put_cut(c, o, "name", json_text(o, "name"));
		put_cut(c, o, "url", json_text(o, "url"));
		put_cut(c, o, "referrer", json_text(o, "referrer"));
	}
	/* A full page may have more behind it; else the days before the window may. */
	if (json_items(list) == VIEWS)
		c->next = req_with(c, "after", json_text(json_item(list, VIEWS - 1), "at"));
	else if (text == NULL)
		c->next = req_with(c, "after", from);
	json_object_object_add(c->model, "views", json_object_get(list));
	json_object_object_add(
	    c->model, "further", json_object_new_boolean(text != NULL));
	return OK;
}

/* Whether the page shows views only; devices have none. */
static bool
is_list(const struct ctx *c)
{
	return subject_kind(c->subject) != SUBJECT_DEVICE &&
	    (req_query(&c->req, "views") != NULL || req_query(&c->req, "after") != NULL);
}

/* Adds the profile over a week and, on their own page, the views. */
static enum err
add_page_views(struct ctx *c)
{
	struct json_object *week = NULL;
	enum err e;

	if (subject_kind(c->subject) == SUBJECT_DEVICE)
		return OK;
	e = subject_data_week(&c->w, c->subject, &week);
	if (e != OK)
		return e;
	json_object_object_add(c->model, "week", json_object_get(week));
	json_object_object_add(c->model, "listed", json_object_new_boolean(is_list(c)));
	return is_list(c) ? add_views(c) : OK;
}

/* Whether a member of o is a list with items. */
static bool
has_items(struct json_object *o, const char *name)
{
	struct json_object *list = json_object_object_get(o, name);

	return json_items(list) > 0;
}

/*
 * Whether anything is stored about the subject: seen from what was read anyway, or by a query.
 */
static enum err
find_known(struct ctx *c, bool *known)
{
	*known = has_items(c->model, "enrolments") || has_items(c->model, "groups") ||
	    has_items(c->model, "tags") || has_items(c->model, "views") ||
	    json_object_object_get(c->model, "attributes") != NULL;
	return *known ? OK : subject_data_is_known(&c->w, c->subject, known);
}

/* Adds what the record holds. */
static enum err
add_stored(struct ctx *c)
{
	struct json_object *record, *attributes;
	enum err e = subject_record_get(&c->w, c->subject, &record);

	if (e == OK)
		e = add_enrolments(c, record);
	if (e == OK)
		e = add_groups(c, record);
	if (e != OK)
		return e;
	add_subject_tags(c, record);
	attributes = json_object_object_get(record, "attributes");
	if (attributes != NULL)
		json_add_text(c->model, "attributes",
		    text_cut(c->w.mem, json_readable(attributes), ATTRIBUTES));
	return OK;
}

/* GET /admin/person */
enum err
person_page(struct ctx *c)
{
	bool known = false;
	enum err e = begin_subject_page(c);

	if (e == OK && !is_list(c))
		e = add_stored(c);
	if (e == OK)
		e = add_page_views(c);
	if (e == OK)
		e = find_known(c, &known);
	if (e == OK)
		json_object_object_add(c->model, "known", json_object_new_boolean(known));
	return e;
}

/* GET /admin/person/erase */
enum err
person_erase_page(struct ctx *c)
{
	return begin_subject_page(c);
}

/* POST /admin/person/erase. The id must be typed, so that no one is erased by accident. */
enum err
person_erase(struct ctx *c)
{
	struct json_object *typed;
	enum err e = begin_subject_page(c);

	if (e == OK)
		e = form_json(c, &typed);
	if (e != OK)
		return e;
	json_add_text(typed, "way", subject_path_query(c));
	/* `way` leads back to the form from a refusal. */
	const char *confirm = form_value(c, "confirm");
	if (confirm == NULL || strcmp(confirm, subject_id(c->subject)) != 0)
		return fail(&c->w, ERR_INVALID, "/confirm", "is not the id, so nothing was erased");
	c->status = 200;
	return subject_data_erase(&c->w, c->subject, &c->model);
}
