/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices register at every start of an app, and learn which experiments apply. A registration that
 * changes nothing writes nothing, and asks the database nothing while the cache knows the device:
 * with its record the cache keeps a digest of the address at which the profile was last found
 * right (settled_at), so that the place of that address need not be looked up again.
 *
 * The store of the profile and the enrolments are changes of their own, not one: each is right
 * without the other, and an app that lost the answer registers again.
 */
#include "service/subject/device.h"

#include <string.h>

#include "base/hash.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "core/experiment/delivery.h"
#include "core/subject/directory.h"
#include "core/subject/subject.h"
#include "service/decision/enrolment.h"
#include "service/decision/subject_record.h"
#include "service/decision/telemetry_event.h"
#include "service/subject/directory_store.h"
#include "store/cache/record.h"
#include "store/db/db.h"
#include "store/work.h"

/* A registration under way. */
struct arrival {
	const struct device_input *in;
	const char *device, *user;      /* subjects; user NULL: none */
	struct json_object *records[2]; /* of the device, and of the user (NULL: none) */
	bool closed; /* the device is known and not proven: nothing is stored of it */
};

/* Where the client's address is; NULL when that is unknown. A record that was just read from the
 * database tells it. */
static enum err
locate(struct work *w, const char *address, struct json_object *record, struct json_object **place)
{
	struct db_rows *rows;

	*place = NULL;
	if (address == NULL || json_object_object_get_ex(record, "place", place))
		return OK;
	enum err e = db_query(w->db, w->mem, QUERY_location_find, &address, &rows);
	if (e == OK && db_count(rows) > 0)
		*place = json_object_object_get(mem_json(w->mem, db_row_json(rows, 0)), "place");
	return e;
}

/* What the cache keeps of an address at which a profile was found right; NULL for none. */
static const char *
address_digest(struct work *w, const char *address)
{
	char digest[HASH_HEX];

	if (address == NULL)
		return NULL;
	hash_hex(address, strlen(address), NULL, 0, digest);
	return mem_dup(w->mem, digest);
}

/* A client without an address is wherever it was. */
static bool
is_settled(struct json_object *record, const char *digest)
{
	const char *last = json_text(record, "settled_at");

	return digest == NULL || (last != NULL && strcmp(last, digest) == 0);
}

/* Stores what has changed; leaves the record as it is afterwards. *settled: the cache is to be told
 * that the profile is right at this address. */
static enum err
store_profile(struct work *w, struct arrival *a, bool *settled)
{
	struct json_object *record = a->records[0];
	struct json_object *stored = json_object_object_get(record, "attributes");
	const char *digest = address_digest(w, a->in->address);
	const char *now = work_now_text(w);
	struct sighting seen = {.user_agent = a->in->user_agent, .now = now};
	struct directory_entry entry;
	int64_t changed;

	if (device_is_known(w->mem, stored, &a->in->said, &seen) && is_settled(record, digest))
		return OK;
	enum err e = locate(w, a->in->address, record, &seen.location);
	if (e != OK)
		return e;
	if (device_is_known(w->mem, stored, &a->in->said, &seen)) {
		json_object_object_add(record, "settled_at", json_object_new_string(digest));
		*settled = true;
		return OK;
	}
	struct json_object *merged = device_merge(w->mem, stored, &a->in->said, &seen);
	if (!directory_entry(a->device, merged, "/request", w->problems, &entry))
		return ERR_INVALID;
	e = directory_store_store(w, &entry, 1, SUBJECT_DEVICE, &changed);
	return e == OK ? subject_record_get(w, a->device, &a->records[0]) : e;
}

/* Counts a device that is seen for the first time. Its user is counted when it is enrolled, which
 * is only known after the device was stored: here it is made sure that there will be room. */
static enum err
count_new(struct work *w, const struct arrival *a)
{
	int64_t device = subject_record_is_new(a->records[0]);
	int64_t user = a->records[1] != NULL && subject_record_is_new(a->records[1]);

	if (w->admit == NULL)
		return OK;
	enum err e = w->may_admit(w, device + user);
	return e == OK ? w->admit(w, device) : e;
}

/* Reads the records, and leaves that of the device as this registration makes it. */
static enum err
take(struct work *w, struct arrival *a)
{
	struct record_slot slot = {.kind = RECORD_SUBJECT, .subject = a->device, .now = w->now};
	struct json_object *found;
	bool offer, settled = false;
	enum err e = subject_record_read(w, &slot, a->in->address, &found, &offer);

	if (e == OK && a->user != NULL)
		e = subject_record_get(w, a->user, &a->records[1]);
	if (e != OK)
		return e;
	a->records[0] = found;
	a->closed = json_object_object_get(found, "attributes") != NULL && !a->in->proven;
	e = count_new(w, a);
	if (e == OK && !a->closed)
		e = store_profile(w, a, &settled);
	if (e == OK && a->records[0] == found && (offer || settled))
		subject_record_offer(w, &slot, found);
	return e;
}

static struct json_object *
make_action(const struct experiment *a, struct json_object *alternative)
{
	struct json_object *o = json_object_new_object();
	struct json_object *data = json_object_new_object();

	json_add_text(data, "id", a->id);
	json_add_text(data, "name", a->name);
	json_add_text(data, "startDate", a->start);
	json_add_text(data, "endDate", a->end);
	json_add_text(data, "key", a->key);
	json_object_object_add(data, "alternative",
	    json_object_get(json_object_object_get(alternative, "name")));
	json_object_object_add(data, "payload",
	    json_object_get(json_object_object_get(alternative, "payload")));
	json_add_text(data, "experimentId", a->id);
	json_add_text(data, "experimentName", a->name);
	json_add_text(data, "title", "experiment");
	json_add_text(o, "type", "experiment");
	json_object_object_add(o, "data", data);
	return o;
}

/* The action for an alternative, made once for all who get it: it hangs on the alternative, as long
 * as the worker holds that definition. The caller owns a reference. */
static struct json_object *
share_action(const struct experiment *a, struct json_object *alternative)
{
	struct json_object *action = json_object_object_get(alternative, "action");

	if (action == NULL) {
		action = make_action(a, alternative);
		json_object_object_add(alternative, "action", action);
	}
	return json_object_get(action);
}

static bool
is_live(const struct experiment *a)
{
	return a->criteria != NULL && a->criteria->live;
}

/* An experiment is told to those enrolled in it, and to all where a default was promoted. */
static bool
is_delivered(const struct enrolment_outcome *o)
{
	if (o->experiment->state == STATE_DEFAULT)
		return o->experiment->default_name != NULL;
	return o->enrolled && o->decision.reason != REASON_BOT;
}

/*
 * Decides what was found and enrols. The unit is the user if there is one, whichever of the two was
 * in the audience. What is not delivered drops out of found, so that telemetry tells of what was
 * answered. A device that is not proven is told what it is enrolled in, and enrolled in nothing.
 */
static enum err
decide_all(struct work *w, const struct arrival *a, struct found *found,
    struct json_object *actions)
{
	struct enrolment_outcome *list = mem_array(w->mem, struct enrolment_outcome, found->n + 1);
	struct visitor unit = {
		.subject = a->user != NULL ? a->user : a->device,
		.bot = a->in->bot,
		.record = a->records[a->user != NULL],
		.counted = a->user == NULL,
	};
	size_t kept = 0;
	enum err e = OK;

	for (size_t i = 0; i < found->n; i++)
		list[i] = (struct enrolment_outcome){.experiment = found->list[i].experiment,
			.selected = !is_live(found->list[i].experiment)};
	if (a->closed && a->user == NULL)
		enrolment_decide(w, &unit, list, found->n);
	else
		e = enrolment_run(w, &unit, list, found->n);
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
device_register(struct work *w, const struct device_input *in, struct json_object **answer)
{
	const struct registration *r = &in->said;
	struct arrival a = {.in = in, .device = subject_text(w->mem, SUBJECT_DEVICE, in->id),
		.user = r->user == NULL ? NULL : subject_text(w->mem, SUBJECT_USER, r->user)};
	struct lookup_request lookup = {
	    in->id, r->user, r->url, lookup_client(r->producer), work_today(w)};
	struct json_object *actions = json_object_new_array();
	struct found found;

	*answer = mem_json(w->mem, json_object_new_object());
	json_add_text(*answer, "message", "Device registered successfully");
	json_object_object_add(*answer, "actions", actions);
	enum err e = take(w, &a);
	if (e == OK)
		e = subject_record_matches(w, &lookup, a.records, &found);
	if (e == OK)
		e = decide_all(w, &a, &found, actions);
	if (e == OK)
		telemetry_event_lookup(w, &lookup, a.records[1], &found);
	return e;
}

/* "" where nothing is known, as the apps expect it. */
static void
add_place(struct json_object *location, struct json_object *attributes, const char *name)
{
	struct json_object *value = json_object_object_get(attributes, name);

	json_object_object_add(location, name, value != NULL ? json_object_get(value)
	                                                     : json_object_new_string(""));
}

enum err
device_profile(struct work *w, const char *subject, struct json_object **answer)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_profile_get, &subject, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return fail_detail(w, ERR_NOT_FOUND, "this device has not registered");
	struct json_object *row = mem_json(w->mem, db_row_json(rows, 0));
	struct json_object *attributes = json_object_object_get(row, "attributes");
	struct json_object *location = json_object_new_object();
	add_place(location, attributes, "state");
	add_place(location, attributes, "district");
	*answer = mem_json(w->mem, json_object_get(attributes));
	json_object_object_add(*answer, "ipLocation", location);
	return OK;
}
