/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bodies with many items: JSON array, NDJSON, CSV. An invalid item is reported and does not affect
 * the others. Of lines and rows only one at a time is in memory.
 */
#include "web/http/batch_body.h"

#include <string.h>

#include "base/csv/csv.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "web/http/body.h"
#include "web/http/ctx.h"

struct reading {
	struct ctx *c;
	struct batch_body_rules rules;
	item_fn *take;
	void *to;
	struct batch_body *out;
	size_t values; /* read so far, of lines and rows */
};

static void
reject_item(struct reading *r, const struct problems *why)
{
	for (size_t i = 0; i < problem_count(why); i++) {
		struct json_object *from = json_item(why->list, i);
		const char *pointer =
		    json_object_get_string(json_object_object_get(from, "pointer"));
		const char *detail = json_object_get_string(json_object_object_get(from, "detail"));
		struct json_object *o = json_object_new_object();
		json_object_object_add(
		    o, "index", json_object_new_int64((int64_t)r->out->received));
		json_object_object_add(o, "pointer", json_object_new_string(pointer));
		json_object_object_add(o, "detail", json_object_new_string(detail));
		json_object_array_add(r->out->errors, o);
		problem_add(r->c->w.problems, pointer, "%s", detail);
	}
	r->out->bad++;
}

static void
take_item(struct reading *r, struct json_object *o, const char *at)
{
	struct problems *why = problem_new(r->c->w.mem);

	if (!r->take(r->to, o, at, why))
		reject_item(r, why);
	r->out->received++;
}

static const char *
pointer_of(const struct reading *r)
{
	return mem_printf(r->c->w.mem, "/%zu", r->out->received);
}

static enum err
too_many(const struct reading *r)
{
	return fail_detail(
	    &r->c->w, ERR_TOO_LARGE, "a batch holds at most %zu items", r->rules.most);
}

/* Lines and rows share one budget of values, however few each of them has. */
static enum err
spend_values(struct reading *r, size_t values)
{
	r->values += values;
	return r->values <= JSON_VALUES_MANY ? OK
	    : fail_detail(&r->c->w, ERR_TOO_LARGE, "a batch holds at most %d values",
		JSON_VALUES_MANY);
}

static enum err
read_array(struct reading *r, struct json_object *array)
{
	size_t n = json_items(array);

	if (n > r->rules.most)
		return too_many(r);
	for (size_t i = 0; i < n; i++)
		take_item(r, json_item(array, i), pointer_of(r));
	return OK;
}

static void
reject_text(struct reading *r, const char *detail)
{
	struct problems *why = problem_new(r->c->w.mem);

	problem_add(why, pointer_of(r), "%s", detail);
	reject_item(r, why);
	r->out->received++;
}

/* One line of NDJSON: invalid JSON is an invalid item, not an invalid request. What is not an
 * object is checked but never built. */
static enum err
take_line(struct reading *r, const char *line, size_t n)
{
	bool object = line[strspn(line, " \t\r")] == '{';
	void *mem = mem_ctx(r->c->w.mem);
	struct json_object *o = NULL;
	struct json_fault fault;
	enum err e = object ? json_read(mem, line, n, &o, &fault) : json_guard(line, n, &fault);

	if (spend_values(r, fault.values) != OK)
		return ERR_TOO_LARGE;
	if (e != OK)
		reject_text(r, mem_printf(r->c->w.mem, "column %u: %s", fault.column, fault.why));
	else if (object)
		take_item(r, o, pointer_of(r));
	else
		reject_text(r, "must be an object");
	talloc_free(mem);
	return OK;
}

static enum err
read_lines(struct reading *r)
{
	const char *end = r->c->req.body + r->c->req.body_len;

	for (const char *line = r->c->req.body, *next; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		size_t n = (size_t)(next - line);
		if (strspn(line, " \t\r") >= n)
			continue;
		if (r->out->received == r->rules.most)
			return too_many(r);
		enum err e = take_line(r, line, n);
		if (e != OK)
			return e;
	}
	return OK;
}

static enum err
read_csv_body(struct reading *r)
{
	struct csv *csv =
	    csv_open(r->c->w.mem, r->c->req.body, r->c->req.body_len, r->rules.csv);
	struct json_object *row;
	const char *fault;

	if (csv_fault(csv) != NULL)
		return fail_detail(&r->c->w, ERR_INVALID, "%s", csv_fault(csv));
	for (;;) {
		void *mem = mem_ctx(r->c->w.mem);
		if (!csv_next(csv, mem, &row, &fault))
			break;
		if (r->out->received == r->rules.most)
			return too_many(r);
		if (spend_values(r, 1 + (size_t)json_member_count(row)) != OK)
			return ERR_TOO_LARGE;
		if (fault != NULL)
			reject_text(r, fault);
		else
			take_item(r, row, pointer_of(r));
		talloc_free(mem);
	}
	return OK;
}

static enum err
read_any(struct reading *r)
{
	const struct req *req = &r->c->req;
	struct json_object *body;

	if (req_is_ndjson(req))
		return req->body == NULL ? OK : read_lines(r);
	if (r->rules.csv != NULL && req_is_csv(req))
		return req->body == NULL ? OK : read_csv_body(r);
	enum err e = body_json(r->c, &body);
	if (e != OK)
		return e;
	if (json_object_is_type(body, json_type_array))
		return read_array(r, body);
	take_item(r, body, "");
	return OK;
}

enum err
batch_body_read(
    struct ctx *c, struct batch_body_rules rules, item_fn *fn, void *to, struct batch_body *out)
{
	struct reading r = {.c = c, .rules = rules, .take = fn, .to = to, .out = out};

	*out = (struct batch_body){.errors = mem_json(c->w.mem, json_object_new_array())};
	enum err e = read_any(&r);
	if (e != OK)
		return e;
	if (out->received == 0)
		return fail_detail(&c->w, ERR_INVALID, "there is nothing in the body");
	if (out->bad == out->received)
		return fail_detail(&c->w, ERR_INVALID, "nothing was stored");
	return OK;
}
