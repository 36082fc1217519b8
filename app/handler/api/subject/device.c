/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices register at every start of an app, and learn which experiments apply. A registration
 * that changes nothing writes nothing.
 */
#include "core/subject/device.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/mem.h"
#include "core/experiment/delivery.h"
#include "web/auth/client_key.h"
#include "service/decision/enrolment.h"
#include "service/subject/directory_store.h"
#include "handler/api/experiment/experiment.h"
#include "service/decision/subject_record.h"
#include "handler/routes.h"
#include "service/decision/telemetry_event.h"
#include "web/http/subject_input.h"
#include "store/db/db.h"
#include "store/cache/record.h"
#include "web/http/peer_address.h"
#include "web/auth/client_rate.h"
#include "web/http/body.h"
#include "web/http/ctx.h"

static enum err
path_device(struct ctx *c)
{
	const char *id = c->args[0];
	const char *fault = subject_fault(c->w.mem, id, strlen(id));

	if (fault != NULL)
		return fail(&c->w, ERR_INVALID, "/did", "%s", fault);
	c->subject = subject_text(c->w.mem, SUBJECT_DEVICE, id);
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
	enum err e = db_query(c->w.db, c->w.mem, QUERY_location_find, &address, &rows);
	if (e == OK && db_count(rows) > 0)
		*place = json_object_object_get(mem_json(c->w.mem, db_row_json(rows, 0)), "place");
	return e;
}

/* What the cache keeps of an address at which a record was found right. */
static const char *
mark_of(struct ctx *c, const char *address)
{
	char digest[HASH_HEX];

	hash_hex(address, strlen(address), NULL, 0, digest);
	return mem_printf(c->w.mem, "%s", digest);
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

	instant_format(c->w.now, now);
	seen.now = now;
	if (device_is_known(c->w.mem, stored, r, &seen) && is_settled(*record, mark))
		return OK;
	enum err e = locate(c, address, *record, &seen.location);
	if (e != OK)
		return e;
	if (device_is_known(c->w.mem, stored, r, &seen)) {
		json_object_object_add(*record, "settled_at", json_object_new_string(mark));
		*settled = true;
		return OK;
	}
	struct json_object *merged = device_merge(c->w.mem, stored, r, &seen);
	if (!directory_entry(c->subject, merged, "/request", c->w.problems, &entry))
		return ERR_INVALID;
	e = directory_store_store(&c->w, &entry, 1, SUBJECT_DEVICE, &changed);
	return e == OK ? subject_record_get(&c->w, c->subject, record) : e;
}

/* A registration on its way. */
struct arrival {
	struct registration said;
	struct json_object *places[4];  /* where a signature may stand; ends with NULL */
	struct json_object *records[2]; /* of the device, and of the user (NULL: none) */
	bool shut; /* the device is known and not proven: nothing is stored of it */
};

/* Whether the key may name the device and the user. */
static enum err
check_key(struct ctx *c, const struct arrival *a)
{
	const char *member, *why = NULL;
	enum err e = client_key_check(c, a->places, "");

	if (e == OK && a->said.user != NULL)
		why = client_key_refusal(c, subject_text(c->w.mem, SUBJECT_USER, a->said.user),
		    a->places, &member);
	if (why == NULL)
		return e;
	return fail(&c->w, ERR_FORBIDDEN, strcmp(member, "signature") == 0
	    ? "/request/ext/signature" : "/request/ext/userid", "%s", why);
}

/* Counts a device that nobody has heard of. The user is counted when he is enrolled, which is only
 * known after the device is stored: here is seen that there will be room for him, too. */
static enum err
count_new(struct ctx *c, const struct arrival *a)
{
	int64_t device = subject_record_is_new(a->records[0]);
	int64_t user = a->records[1] != NULL && subject_record_is_new(a->records[1]);
	enum err e = client_rate_look(c, device + user);

	return e == OK && c->w.admit != NULL ? c->w.admit(&c->w, device) : e;
}

/* Reads the records, and leaves that of the device as this registration makes it. */
static enum err
take(struct ctx *c, struct arrival *a)
{
	struct record_slot slot = {.kind = RECORD_SUBJECT, .subject = c->subject, .now = c->w.now};
	const char *address = peer_address(c);
	struct json_object *found;
	bool offer, settled = false;
	enum err e = subject_record_read(&c->w, &slot, address, &found, &offer);

	if (e == OK && a->said.user != NULL)
		e = subject_record_get(
		    &c->w, subject_text(c->w.mem, SUBJECT_USER, a->said.user), &a->records[1]);
	if (e != OK)
		return e;
	a->records[0] = found;
	a->shut = json_object_object_get(found, "attributes") != NULL &&
	    !client_key_proves(c, c->subject, a->places);
	e = count_new(c, a);
	if (e == OK && !a->shut)
		e = store(c, &a->said, address, &a->records[0], &settled);
	if (e == OK && a->records[0] == found && (offer || settled))
		subject_record_offer(&c->w, &slot, found);
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
 * answered. A device that is not proven is told what it is enrolled in, and enrolled in nothing.
 */
static enum err
answer(struct ctx *c, const struct asker *who, const struct arrival *a, struct found *found)
{
	struct json_object *actions = json_object_new_array();
	struct outcome *list = mem_array(c->w.mem, struct outcome, found->n + 1);
	struct visitor unit = {
		.subject = who->user != NULL ? subject_text(c->w.mem, SUBJECT_USER, who->user)
		                             : c->subject,
		.bot = visitor_is_bot(c, NULL),
		.record = a->records[who->user != NULL],
		.counted = who->user == NULL,
	};
	size_t kept = 0;

	c->model = mem_json(c->w.mem, json_object_new_object());
	put(c->model, "message", "Device registered successfully");
	json_object_object_add(c->model, "actions", actions);
	for (size_t i = 0; i < found->n; i++)
		list[i] = (struct outcome){.experiment = found->list[i].active,
			.selected = !is_live(found->list[i].active)};
	enum err e = OK;
	if (a->shut && who->user == NULL)
		enrolment_look(&c->w, &unit, list, found->n);
	else
		e = enrolment_run(&c->w, &unit, list, found->n);
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
	struct json_object *body, *request;
	struct arrival a = {.shut = false};
	const struct registration *r = &a.said;
	struct found found;
	enum err e = path_device(c);

	if (e == OK)
		e = body_json(c, &body);
	if (e != OK)
		return e;
	request = json_object_object_get(body, "request");
	if (!device_read(request, c->args[0], c->w.problems, &a.said))
		return ERR_INVALID;
	a.places[0] = body;
	a.places[1] = request;
	a.places[2] = json_object_object_get(request, "ext");
	e = check_key(c, &a);
	if (e == OK)
		e = take(c, &a);
	if (e != OK)
		return e;
	struct asker who = {
	    c->args[0], r->user, r->url, lookup_client(r->producer), work_today(&c->w)};
	e = subject_record_matches(&c->w, &who, a.records, &found);
	if (e != OK)
		return e;
	e = answer(c, &who, &a, &found);
	if (e == OK)
		telemetry_event_lookup(&c->w, &who, a.records[1], &found);
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
		e = db_query(c->w.db, c->w.mem, QUERY_profile_get, &c->subject, &rows);
	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return fail_detail(&c->w, ERR_NOT_FOUND, "this device has not registered");
	struct json_object *row = mem_json(c->w.mem, db_row_json(rows, 0));
	struct json_object *attributes = json_object_object_get(row, "attributes");
	struct json_object *location = json_object_new_object();
	put_place(location, attributes, "state");
	put_place(location, attributes, "district");
	c->model = mem_json(c->w.mem, json_object_get(attributes));
	json_object_object_add(c->model, "ipLocation", location);
	return OK;
}
