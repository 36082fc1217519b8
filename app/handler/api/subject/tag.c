/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tags: values of any shape that the operator's programs keep of a user.
 */
#include "base/jsonutil.h"
#include "core/subject/tag.h"

#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "core/audience/condition.h"
#include "service/decision/subject_record.h"
#include "web/http/subject_path.h"
#include "handler/routes.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/cache/record.h"
#include "web/http/body.h"
#include "web/http/ctx.h"

/* Tags of one user in one scope on their way into the database. */
struct tags {
	const char *scope;
	struct buf *keys, *values;
	int64_t made, gone;
};

static enum err
check_scope(struct ctx *c, const char *scope)
{
	const char *fault = scope == NULL ? "is missing" : tag_scope_fault(c->w.mem, scope);

	return fault == NULL ? OK : fail(&c->w, ERR_INVALID, "scope", "%s", fault);
}

static enum err
check_key(struct ctx *c, const char *key, const char *at)
{
	if (tag_key_is(key))
		return OK;
	return fail(&c->w, ERR_INVALID, at, "must be 1 to %d of A-Z a-z 0-9 . - _", TAG_KEY);
}

/* Anybody with a server key reads; some keys write only what begins with their prefix. */
static enum err
check_writer(struct ctx *c, const char *key)
{
	if (tag_key_allowed(key, c->tag_prefix))
		return OK;
	return fail_detail(&c->w, ERR_FORBIDDEN, "the key may only write tags that begin with `%s`",
	    c->tag_prefix);
}

/* /user/:id/tag/:scope/:key */
static enum err
read_path(struct ctx *c)
{
	enum err e = subject_path_user(c);

	if (e == OK)
		e = check_scope(c, c->args[1]);
	return e == OK ? check_key(c, c->args[2], "key") : e;
}

static enum err
load(struct ctx *c, struct json_object **tags)
{
	struct json_object *record;
	enum err e = subject_record_get(&c->w, c->subject, &record);

	if (e == OK)
		*tags = json_object_object_get(record, "tags");
	return e;
}

static void
begin(struct ctx *c, struct tags *t, const char *scope)
{
	*t = (struct tags){.scope = scope, .keys = buf_new(c->w.mem, 256),
		.values = buf_new(c->w.mem, 256)};
	pgtype_array_open(t->keys);
	pgtype_array_open(t->values);
}

/* text NULL: the tag goes. */
static void
add(struct tags *t, const char *key, const char *text)
{
	pgtype_array_item(t->keys, key);
	pgtype_array_item(t->values, text);
}

static enum err
value_text(struct ctx *c, struct json_object *value, const char *at, const char **text)
{
	size_t n = strlen("null");

	*text = value == NULL ? "null"
	    : json_object_to_json_string_length(
		  value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n);
	return n <= TAG_VALUE ? OK
			      : fail(&c->w, ERR_TOO_LARGE, at,
				    "has %zu bytes as JSON, the limit is %d", n, TAG_VALUE);
}

static enum err
store(struct ctx *c, struct tags *t)
{
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now, now);
	pgtype_array_close(t->keys);
	pgtype_array_close(t->values);
	const char *params[] = {c->subject, t->scope, t->keys->data, t->values->data, c->key_id,
		now, mem_printf(c->w.mem, "%d", TAG_MOST)};
	enum err e = record_invalidate_kind(c->w.records, RECORD_SUBJECT, &c->subject, 1);
	if (e == OK)
		e = db_query(c->w.db, c->w.mem, QUERY_tag_put, params, &rows);
	if (e == OK)
		e = record_invalidate_kind(c->w.records, RECORD_SUBJECT, &c->subject, 1);
	if (e != OK)
		return e;
	if (db_cell(rows, 0, "made") == NULL)
		return fail(&c->w, ERR_INVALID, "", "a user has at most %d tags", TAG_MOST);
	t->made = db_int(rows, 0, "made");
	t->gone = db_int(rows, 0, "gone");
	return OK;
}

static void
answer_one(struct ctx *c, struct json_object *value)
{
	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "scope", json_object_new_string(c->args[1]));
	json_object_object_add(c->model, "key", json_object_new_string(c->args[2]));
	json_object_object_add(c->model, "value", json_object_get(value));
}

static enum err
no_tag(struct ctx *c)
{
	return fail_detail(&c->w, ERR_NOT_FOUND, "the user has no such tag");
}

enum err
tag_get(struct ctx *c)
{
	struct json_object *tags;
	enum err e = read_path(c);

	if (e == OK)
		e = load(c, &tags);
	if (e != OK)
		return e;
	for (size_t i = 0; i < json_items(tags); i++) {
		struct json_object *row = json_item(tags, i);
		const char *scope = json_object_get_string(json_item(row, 0));
		const char *key = json_object_get_string(json_item(row, 1));
		if (strcmp(scope, c->args[1]) != 0 || strcmp(key, c->args[2]) != 0)
			continue;
		answer_one(c, json_item(row, 2));
		return OK;
	}
	return no_tag(c);
}

enum err
tag_put(struct ctx *c)
{
	struct json_object *body, *value;
	struct tags t;
	const char *text;
	enum err e = read_path(c);

	if (e == OK)
		e = check_writer(c, c->args[2]);
	if (e == OK)
		e = body_json(c, &body);
	if (e != OK)
		return e;
	if (!json_object_is_type(body, json_type_object) ||
	    !json_object_object_get_ex(body, "value", &value))
		return fail(&c->w, ERR_INVALID, "/value", "is missing");
	e = value_text(c, value, "/value", &text);
	if (e != OK)
		return e;
	begin(c, &t, c->args[1]);
	add(&t, c->args[2], text);
	e = store(c, &t);
	if (e != OK)
		return e;
	c->status = t.made > 0 ? 201 : 0;
	answer_one(c, value);
	return OK;
}

enum err
tag_drop(struct ctx *c)
{
	struct tags t;
	enum err e = read_path(c);

	if (e == OK)
		e = check_writer(c, c->args[2]);
	if (e != OK)
		return e;
	begin(c, &t, c->args[1]);
	add(&t, c->args[2], NULL);
	e = store(c, &t);
	if (e == OK && t.gone == 0)
		return no_tag(c);
	c->status = 204;
	return e;
}

/* The tags of a scope, {key: value}. */
static enum err
answer_scope(struct ctx *c, const char *scope)
{
	struct json_object *tags, *out = json_object_new_object();
	enum err e = load(c, &tags);

	c->model = mem_json(c->w.mem, json_object_new_object());
	json_object_object_add(c->model, "scope", json_object_new_string(scope));
	json_object_object_add(c->model, "tags", out);
	for (size_t i = 0; e == OK && i < json_items(tags); i++) {
		struct json_object *row = json_item(tags, i);
		if (strcmp(json_object_get_string(json_item(row, 0)), scope) == 0)
			json_object_object_add(out,
			    json_object_get_string(json_item(row, 1)),
			    json_object_get(json_item(row, 2)));
	}
	return e;
}

enum err
tags_get(struct ctx *c)
{
	const char *scope = req_query(&c->req, "scope");
	enum err e = subject_path_user(c);

	if (e == OK)
		e = check_scope(c, scope);
	return e == OK ? answer_scope(c, scope) : e;
}

static enum err
read_batch(struct ctx *c, struct json_object *body, struct tags *t)
{
	const struct condition_reader r = {.ctx = c->w.mem};
	enum err e = OK;

	json_object_object_foreach(json_members(body), key, value) {
		const char *at = condition_pointer(&r, "", key), *text = NULL;
		e = check_key(c, key, at);
		if (e == OK)
			e = check_writer(c, key);
		if (e == OK && value != NULL)
			e = value_text(c, value, at, &text);
		if (e != OK)
			return e;
		add(t, key, text);
	}
	return e;
}

enum err
tags_put(struct ctx *c)
{
	const char *scope = req_query(&c->req, "scope");
	struct json_object *body;
	struct tags t;
	enum err e = subject_path_user(c);

	if (e == OK)
		e = check_scope(c, scope);
	if (e == OK)
		e = body_json(c, &body);
	if (e != OK)
		return e;
	if (!json_object_is_type(body, json_type_object))
		return fail(&c->w, ERR_INVALID, "", "must be an object {key: value}");
	if (json_member_count(body) > TAG_MOST)
		return fail_detail(&c->w, ERR_TOO_LARGE, "a batch holds at most %d tags", TAG_MOST);
	begin(c, &t, scope);
	e = read_batch(c, body, &t);
	if (e == OK)
		e = store(c, &t);
	return e == OK ? answer_scope(c, scope) : e;
}
