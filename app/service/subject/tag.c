/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operations on tags. Single tags and batches are written by the same statement, which also
 * enforces the limit on tags per user.
 */
#include "service/subject/tag.h"

#include <string.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/audience/condition.h"
#include "core/subject/tag.h"
#include "service/change.h"
#include "service/decision/subject_record.h"
#include "store/cache/record.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

enum err
tag_scope_check(struct work *w, const char *scope)
{
	const char *fault = scope == NULL ? "is missing" : tag_scope_fault(w->mem, scope);

	return fault == NULL ? OK : fail(w, ERR_INVALID, "scope", "%s", fault);
}

/* ERR_INVALID at the pointer `at` unless the text can be a key. */
static enum err
check_tag_key(struct work *w, const char *key, const char *at)
{
	if (tag_key_is_valid(key))
		return OK;
	return fail(w, ERR_INVALID, at, "must be 1 to %d of A-Z a-z 0-9 . - _", TAG_KEY);
}

enum err
tag_name_check(struct work *w, const struct tag_name *name)
{
	enum err e = tag_scope_check(w, name->scope);

	return e == OK ? check_tag_key(w, name->key, "key") : e;
}

enum err
tag_writer_check(struct work *w, const char *key, const char *prefix)
{
	if (tag_key_allowed(key, prefix))
		return OK;
	return fail_detail(
	    w, ERR_FORBIDDEN, "the key may only write tags that begin with `%s`", prefix);
}

/* The value as JSON text, which is stored as it is; at: its pointer. ERR_TOO_LARGE. */
static enum err
tag_value_text(struct work *w, struct json_object *value, const char *at, const char **text)
{
	size_t n = strlen("null");

	*text = value == NULL ? "null"
	    : json_object_to_json_string_length(
		  value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n);
	return n <= TAG_VALUE ? OK
			      : fail(w, ERR_TOO_LARGE, at,
				    "has %zu bytes as JSON, the limit is %d", n, TAG_VALUE);
}

enum err
tag_value_read(struct work *w, struct json_object *body, const char **text)
{
	struct json_object *value;

	if (!json_object_is_type(body, json_type_object) ||
	    !json_object_object_get_ex(body, "value", &value))
		return fail(w, ERR_INVALID, "/value", "is missing");
	return tag_value_text(w, value, "/value", text);
}

static enum err
fail_no_tag(struct work *w)
{
	return fail_detail(w, ERR_NOT_FOUND, "the user has no such tag");
}

/* {scope, key}, to be completed. */
static struct json_object *
make_tag_answer(struct work *w, const struct tag_name *name)
{
	struct json_object *answer = mem_json(w->mem, json_object_new_object());

	json_object_object_add(answer, "scope", json_object_new_string(name->scope));
	json_object_object_add(answer, "key", json_object_new_string(name->key));
	return answer;
}

/* The tags of a user as [[scope, key, value], ..], lent by the record. */
static enum err
load_tags(struct work *w, const char *subject, struct json_object **tags)
{
	struct json_object *record;
	enum err e = subject_record_get(w, subject, &record);

	if (e == OK)
		*tags = json_object_object_get(record, "tags");
	return e;
}

/* Whether o is that string. */
static bool
is_text(struct json_object *o, const char *text)
{
	return json_object_is_type(o, json_type_string) &&
	    strcmp(json_object_get_string(o), text) == 0;
}

enum err
tag_get(struct work *w, const struct tag_name *name, struct json_object **answer)
{
	struct json_object *tags;
	enum err e = load_tags(w, name->subject, &tags);

	if (e != OK)
		return e;
	for (size_t i = 0; i < json_items(tags); i++) {
		struct json_object *row = json_item(tags, i);
		if (!is_text(json_item(row, 0), name->scope) ||
		    !is_text(json_item(row, 1), name->key))
			continue;
		*answer = make_tag_answer(w, name);
		json_object_object_add(*answer, "value", json_object_get(json_item(row, 2)));
		return OK;
	}
	return fail_no_tag(w);
}

enum err
tag_list(struct work *w, const char *subject, const char *scope, struct json_object **answer)
{
	struct json_object *tags, *found = json_object_new_object();
	enum err e = load_tags(w, subject, &tags);

	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "scope", json_object_new_string(scope));
	json_object_object_add(*answer, "tags", found);
	for (size_t i = 0; e == OK && i < json_items(tags); i++) {
		struct json_object *row = json_item(tags, i);
		if (is_text(json_item(row, 0), scope))
			json_object_object_add(found, json_object_get_string(json_item(row, 1)),
			    json_object_get(json_item(row, 2)));
	}
	return e;
}

/* What a write did: tags created and removed. */
struct tag_write {
	int64_t made, gone;
};

/* Writes the batch as part of a change. ERR_INVALID when the user would have too many tags. */
static enum err
write_tags(struct work *w, const struct tag_batch *t, struct tag_write *out)
{
	const char *now = work_now_text(w);
	struct db_rows *rows;

	const char *params[] = {t->subject, t->scope, t->keys, t->values, work_actor(w), now,
		mem_printf(w->mem, "%d", TAG_MOST)};
	change_concerns(w, &t->subject, 1);
	enum err e = change_subjects(w, RECORD_SUBJECT, &t->subject, 1);
	if (e == OK)
		e = db_query(w->db, w->mem, QUERY_tag_put, params, &rows);
	if (e != OK)
		return e;
	if (db_cell(rows, 0, "made") == NULL)
		return fail(w, ERR_INVALID, "", "a user has at most %d tags", TAG_MOST);
	*out = (struct tag_write){db_int(rows, 0, "made"), db_int(rows, 0, "gone")};
	return OK;
}

/* One tag that is set or removed. */
struct tag_change {
	const struct tag_name *name;
	const char *text; /* NULL: it is removed */
};

/* The change as a batch of one. */
static struct tag_batch
batch_of(struct work *w, const struct tag_change *change)
{
	return (struct tag_batch){change->name->subject, change->name->scope,
	    pgtype_array(w->mem, &change->name->key, 1), pgtype_array(w->mem, &change->text,
	    1)};
}

/* The change behind tag_set(). */
static enum err
set_tag(struct work *w, void *arg, struct json_object **answer)
{
	const struct tag_change *change = arg;
	struct tag_batch t = batch_of(w, change);
	struct json_fault fault;
	struct json_object *value;
	struct tag_write written;
	enum err e = json_read(w->mem, change->text, strlen(change->text), &value, &fault);

	if (e == OK)
		e = write_tags(w, &t, &written);
	if (e != OK)
		return e;
	*answer = make_tag_answer(w, change->name);
	json_object_object_add(*answer, "value", json_object_get(value));
	json_object_object_add(*answer, "new", json_object_new_boolean(written.made > 0));
	return OK;
}

enum err
tag_set(struct work *w, const struct tag_name *name, const char *text, struct json_object **answer)
{
	return change_run(w, set_tag, &(struct tag_change){name, text}, answer);
}

/* The change behind tag_remove(). */
static enum err
delete_tag(struct work *w, void *arg, struct json_object **answer)
{
	const struct tag_change *change = arg;
	struct tag_batch t = batch_of(w, change);
	struct tag_write written;
	enum err e = write_tags(w, &t, &written);

	if (e != OK)
		return e;
	if (written.gone == 0)
		return fail_no_tag(w);
	*answer = make_tag_answer(w, change->name);
	json_object_object_add(*answer, "deleted", json_object_new_boolean(true));
	return OK;
}

enum err
tag_remove(struct work *w, const struct tag_name *name, struct json_object **answer)
{
	return change_run(w, delete_tag, &(struct tag_change){name, NULL}, answer);
}

/* Reads the members of a batch into arrays of keys and values. */
static enum err
read_tags(struct work *w, struct json_object *body, const char *prefix, struct buf *arrays[2])
{
	const struct condition_reader r = {.ctx = w->mem};
	enum err e = OK;

	json_object_object_foreach(json_members(body), key, value) {
		const char *at = condition_pointer(&r, "", key), *text = NULL;
		e = check_tag_key(w, key, at);
		if (e == OK)
			e = tag_writer_check(w, key, prefix);
		if (e == OK && value != NULL)
			e = tag_value_text(w, value, at, &text);
		if (e != OK)
			return e;
		pgtype_array_item(arrays[0], key);
		pgtype_array_item(arrays[1], text);
	}
	return e;
}

enum err
tag_batch_read(
    struct work *w, struct json_object *body, const char *prefix, struct tag_batch *out)
{
	struct buf *arrays[2];

	if (!json_object_is_type(body, json_type_object))
		return fail(w, ERR_INVALID, "", "must be an object {key: value}");
	if (json_member_count(body) > TAG_MOST)
		return fail_detail(w, ERR_TOO_LARGE, "a batch holds at most %d tags", TAG_MOST);
	for (int k = 0; k < 2; k++) {
		arrays[k] = buf_new(w->mem, 256);
		pgtype_array_open(arrays[k]);
	}
	enum err e = read_tags(w, body, prefix, arrays);
	for (int k = 0; k < 2; k++)
		pgtype_array_close(arrays[k]);
	out->keys = arrays[0]->data;
	out->values = arrays[1]->data;
	return e;
}

/*
 * The tags of the scope as this transaction sees them. They are read from the table, because a
 * record read inside the transaction could enter the cache and never be committed.
 */
static enum err
list_written(struct work *w, const struct tag_batch *t, struct json_object **answer)
{
	const char *params[] = {t->subject, t->scope};
	struct json_object *tags = json_object_new_object();
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_tag_list, params, &rows);

	*answer = mem_json(w->mem, json_object_new_object());
	json_object_object_add(*answer, "scope", json_object_new_string(t->scope));
	json_object_object_add(*answer, "tags", tags);
	for (int i = 0; e == OK && i < db_count(rows); i++) {
		struct json_object *row = mem_json(w->mem, db_row_json(rows, i));
		json_object_object_add(tags, db_cell(rows, i, "key"),
		    json_object_get(json_object_object_get(row, "value")));
	}
	return e;
}

/* The change behind tag_batch_set(). */
static enum err
set_tag_batch(struct work *w, void *arg, struct json_object **answer)
{
	const struct tag_batch *t = arg;
	struct tag_write written;
	enum err e = write_tags(w, t, &written);

	return e == OK ? list_written(w, t, answer) : e;
}

enum err
tag_batch_set(struct work *w, const struct tag_batch *batch, struct json_object **answer)
{
	struct tag_batch copy = *batch;

	return change_run(w, set_tag_batch, &copy, answer);
}
