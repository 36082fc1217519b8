/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices register at every start of an app, and learn which experiments apply. A registration
 * that changes nothing writes nothing.
 */
#include "core/device.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/mem.h"
#include "core/delivery.h"
#include "handler/enrol.h"
#include "handler/entries.h"
#include "handler/experiment.h"
#include "handler/find.h"
#include "handler/routes.h"
#include "handler/tell.h"
#include "handler/visitor.h"
#include "store/db.h"
#include "store/record.h"
#include "web/client.h"
#include "web/ctx.h"

static enum err
path_device(struct ctx *c)
{
	const char *id = c->args[0];
	const char *fault = subject_fault(c->mem, id, strlen(id));

	if (fault != NULL)
		return fail(c, ERR_INVALID, "/did", "%s", fault);
	c->subject = subject_text(c->mem, SUBJECT_DEVICE, id);
	return OK;
}

/* Where address is; NULL when that is unknown. A record that was just read tells it. */
static enum err
locate(struct ctx *c, const char *address, struct json_object *record, struct json_object **place)
{
	struct db_rows *rows;

	*place = NULL;
	if (address == NULL || json_object_object_get_ex(record, "place", place))
		return OK;
	enum err e = db_query(c->db, c->mem, QUERY_location_find, &address, &rows);
	if (e == OK && db_count(rows) > 0)
		*place = json_object_object_get(mem_json(c->mem, db_row_json(rows, 0)), "place");
	return e;
}

/* What the cache keeps of an address at which a record was found right. */
static const char *
mark_of(struct ctx *c, const char *address)
{
	char digest[HASH_HEX];

	hash_hex(address, strlen(address), NULL, 0, digest);
	return mem_printf(c->mem, "%s", digest);
}

/* A client without an address is wherever it was. */
static bool
is_settled(struct json_object *record, const char *mark)
{
	const char *last = json_object_get_string(json_object_object_get(record, "settled_at"));

	return mark == NULL || (last != NULL && strcmp(last, mark) == 0);
}

/* Stores what has changed; leaves the record as it is afterwards. settled: the cache is to know. */
static enum err
store(struct ctx *c, const struct registration *r, const char *address,
    struct json_object **record, bool *settled)
{
	struct json_object *stored = json_object_object_get(*record, "attributes");
	struct sighting seen = {.user_agent = req_param(&c->req, "HTTP_USER_AGENT")};
	const char *mark = address == NULL ? NULL : mark_of(c, address);
	char now[INSTANT_TEXT];
	struct entry entry;
	int64_t changed;

	instant_format(c->now, now);
	seen.now = now;
	if (device_is_known(c->mem, stored, r, &seen) && is_settled(*record, mark))
		return OK;
	enum err e = locate(c, address, *record, &seen.location);
	if (e != OK)
		return e;
	if (device_is_known(c->mem, stored, r, &seen)) {
		json_object_object_add(*record, "settled_at", json_object_new_string(mark));
		*settled = true;
		return OK;
	}
	struct json_object *merged = device_merge(c->mem, stored, r, &seen);
	if (!directory_entry(c->subject, merged, "/request", c->problems, &entry))
		return ERR_INVALID;
	e = entries_store(c, &entry, 1, SUBJECT_DEVICE, &changed);
	return e == OK ? find_record(c, c->subject, record) : e;
}

/* The record of the device as this registration leaves it. */
static enum err
take(struct ctx *c, const struct registration *r, struct json_object **record)
{
	struct record_slot slot = {.kind = RECORD_SUBJECT, .subject = c->subject, .now = c->now};
	const char *address = client_address(c);
	struct json_object *found;
	bool offer, settled = false;
	enum err e = find_open(c, &slot, address, &found, &offer);

	if (e != OK)
		return e;
	*record = found;
	e = store(c, r, address, record, &settled);
	if (e == OK && *record == found && (offer || settled))
		find_offer(c, &slot, found);
	return e;
}

static void
put(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, value == NULL ? NULL : json_object_new_string(value));
}

static struct json_object *
make_action(const struct active *a, struct json_object *alternative)
{
	struct json_object *o = json_object_new_object();
	struct json_object *data = json_object_new_object();

	put(data, "id", a->id);
	put(data, "name", a->name);
	put(data, "startDate", a->start);
	put(data, "endDate", a->end);
	put(data, "key", a->key);
	json_object_object_add(data, "alternative",
	    json_object_get(json_object_object_get(alternative, "name")));
	json_object_object_add(data, "payload",
	    json_object_get(json_object_object_get(alternative, "payload")));
	put(data, "experimentId", a->id);
	put(data, "experimentName", a->name);
	put(data, "title", "experiment");
	put(o, "type", "experiment");
	json_object_object_add(o, "data", data);
	return o;
}

/* The action for an alternative, made once for all who get it: it hangs on the alternative, as long
 * as the worker holds that definition. The caller owns a reference. */
static struct json_object *
share_action(const struct active *a, struct json_object *alternative)
{
	struct json_object *action = json_object_object_get(alternative, "action");

	if (action == NULL) {
		action = make_action(a, alternative);
		json_object_object_add(alternative, "action", action);
	}
	return json_object_get(action);
}

static bool
is_live(const struct active *a)
{
	return a->criteria != NULL && a->criteria->live;
}

/* An experiment is told of to who is enrolled in it, and where a default was promoted. */
static bool
is_delivered(const struct outcome *o)
{
	if (o->experiment->state == STATE_DEFAULT)
		return o->experiment->standard != NULL;
	return o->enrolled && o->decision.reason != REASON_BOT;
}

/*
 * Decides what was found and enrols. The unit is the user if there is one; whoever of the two was
 * in the audience. What is not delivered drops out of found, so that telemetry tells of what was
 * answered.
 */
static enum err
answer(struct ctx *c, const struct asker *who, struct json_object *records[2],
    struct found *found)
{
	struct json_object *actions = json_object_new_array();
	struct outcome *list = mem_array(c->mem, struct outcome, found->n + 1);
	struct visitor unit = {
		.subject = who->user != NULL ? subject_text(c->mem, SUBJECT_USER, who->user)
		                             : c->subject,
		.bot = visitor_is_bot(c, NULL),
		.record = records[who->user != NULL],
	};
	size_t kept = 0;

	c->model = mem_json(c->mem, json_object_new_object());
	put(c->model, "message", "Device registered successfully");
	json_object_object_add(c->model, "actions", actions);
	for (size_t i = 0; i < found->n; i++)
		list[i] = (struct outcome){.experiment = found->list[i].active,
			.selected = !is_live(found->list[i].active)};
	enum err e = enrol_run(c, &unit, list, found->n);
	for (size_t i = 0; e == OK && i < found->n; i++) {
		if (!is_delivered(&list[i]))
			continue;
		json_object_array_add(
		    actions, share_action(list[i].experiment, list[i].decision.alternative));
		found->list[kept++] = found->list[i];
	}
	found->n = kept;
	return e;
}

enum err
device_register(struct ctx *c)
{
	struct json_object *request, *records[2] = {NULL, NULL};
	struct registration r;
	struct found found;
	enum err e = path_device(c);

	if (e == OK)
		e = experiment_request(c, &request);
	if (e != OK)
		return e;
	if (!device_read(request, c->args[0], c->problems, &r))
		return ERR_INVALID;
	e = take(c, &r, &records[0]);
	if (e == OK && r.user != NULL)
		e = find_record(c, subject_text(c->mem, SUBJECT_USER, r.user), &records[1]);
	if (e != OK)
		return e;
	struct asker who = {
	    c->args[0], r.user, r.url, lookup_client(r.producer), experiment_today(c)};
	e = find_matches(c, &who, records, &found);
	if (e != OK)
		return e;
	e = answer(c, &who, records, &found);
	if (e == OK)
		tell_lookup(c, &who, records[1], &found);
	return e;
}

/* "" where nothing is known, as the apps expect it. */
static void
put_place(struct json_object *location, struct json_object *attributes, const char *name)
{
	struct json_object *value = json_object_object_get(attributes, name);

	json_object_object_add(location, name, value != NULL ? json_object_get(value)
	                                                     : json_object_new_string(""));
}

enum err
device_profile(struct ctx *c)
{
	struct db_rows *rows;
	enum err e = path_device(c);

	if (e == OK)
		e = db_query(c->db, c->mem, QUERY_profile_get, &c->subject, &rows);
	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return fail_detail(c, ERR_NOT_FOUND, "this device has not registered");
	struct json_object *row = mem_json(c->mem, db_row_json(rows, 0));
	struct json_object *attributes = json_object_object_get(row, "attributes");
	struct json_object *location = json_object_new_object();
	put_place(location, attributes, "state");
	put_place(location, attributes, "district");
	c->model = mem_json(c->mem, json_object_get(attributes));
	json_object_object_add(c->model, "ipLocation", location);
	return OK;
}
