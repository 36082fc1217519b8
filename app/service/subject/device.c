/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices register at every start of an app and are told which experiments apply. A registration
 * that changes nothing writes nothing, and needs no query while the cache has the record of the
 * device: next to the record the cache keeps a digest of the address for which the stored location
 * is known to be right (settled_at), so the location need not be looked up again.
 *
 * The profile and the enrolments are stored by separate changes. Each is right without the other,
 * and an app that lost the answer registers again.
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
struct device_visit {
	const struct device_input *in;
	const char *device, *user;      /* subjects; user NULL: none */
	struct json_object *records[2]; /* of the device, and of the user (NULL: none) */
	bool closed; /* a known device without proof of identity: nothing of it is changed */
};

/*
 * The location of the client's address; NULL when unknown. A record that was just read from the
 * database has it as `place`.
 */
static enum err
find_location(struct work *w, const char *address, struct json_object *record,
    struct json_object **place)
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

/* The digest that the cache keeps of the address; NULL for none. */
static const char *
address_digest(struct work *w, const char *address)
{
	char digest[HASH_HEX];

	if (address == NULL)
		return NULL;
	hash_hex(address, strlen(address), NULL, 0, digest);
	return mem_dup(w->mem, digest);
}

/*
 * Whether the stored location is right for the address. A client without an address keeps its
 * location.
 */
static bool
is_settled(struct json_object *record, const char *digest)
{
	const char *last = json_text(record, "settled_at");

	return digest == NULL || (last != NULL && strcmp(last, digest) == 0);
}

/*
 * Stores the profile where it changed and leaves the record as it is afterwards. *settled: the
 * cache is to be told that the location is right for this address.
 */
static enum err
store_profile(struct work *w, struct device_visit *a, bool *settled)
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
	enum err e = find_location(w, a->in->address, record, &seen.location);
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

/*
 * Counts a device that is seen for the first time against the limit on new subjects. Its user is
 * counted when it is enrolled; here is only checked that the limit leaves room for it, because the
 * device is stored before that. ERR_THROTTLED.
 */
static enum err
admit_new_subjects(struct work *w, const struct device_visit *a)
{
	int64_t device = subject_record_is_new(a->records[0]);
	int64_t user = a->records[1] != NULL && subject_record_is_new(a->records[1]);

	if (w->admit == NULL)
		return OK;
	enum err e = w->may_admit(w, device + user);
	return e == OK ? w->admit(w, device) : e;
}

/*
 * Reads the records and stores the profile; the record of the device is then as this registration
 * leaves it.
 */
static enum err
load_and_store(struct work *w, struct device_visit *a)
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
	e = admit_new_subjects(w, a);
	if (e == OK && !a->closed)
		e = store_profile(w, a, &settled);
	if (e == OK && a->records[0] == found && (offer || settled))
		subject_record_offer(w, &slot, found);
	return e;
}

/* The action by which an app applies an alternative. The caller owns it. */
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

/*
 * The action for an alternative, made once per definition: it is stored in the alternative and
 * lives as long as the worker holds the definition. The caller owns a reference.
 */
static struct json_object *
shared_action(const struct experiment *a, struct json_object *alternative)
{
	struct json_object *action = json_object_object_get(alternative, "action");

	if (action == NULL) {
		action = make_action(a, alternative);
		json_object_object_add(alternative, "action", action);
	}
	return json_object_get(action);
}

/* Whether the audience is evaluated at each request. */
static bool
is_live(const struct experiment *a)
{
	return a->criteria != NULL && a->criteria->live;
}

/*
 * Whether the app is told of the experiment: to subjects enrolled in it, and to all where a default
 * was promoted.
 */
static bool
is_delivered(const struct enrolment_outcome *o)
{
	if (o->experiment->state == STATE_DEFAULT)
		return o->experiment->default_name != NULL;
	return o->enrolled && o->decision.reason != REASON_BOT;
}

/*
 * Decides the experiments that were found and enrols. The unit is the user if there is one,
 * whichever of the two was in the audience. What is not delivered is removed from found, so that
 * telemetry reports what was answered. A device without proof of identity is told of its enrolments
 * but not enrolled.
 */
static enum err
decide_all(struct work *w, const struct device_visit *a, struct found *found,
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
		    actions, shared_action(list[i].experiment, list[i].decision.alternative));
		found->list[kept++] = found->list[i];
	}
	found->n = kept;
	return e;
}

enum err
device_register(struct work *w, const struct device_input *in, struct json_object **answer)
{
	const struct registration *r = &in->said;
	struct device_visit a = {.in = in, .device = subject_text(w->mem, SUBJECT_DEVICE, in->id),
		.user = r->user == NULL ? NULL : subject_text(w->mem, SUBJECT_USER, r->user)};
	struct lookup_request lookup = {
	    in->id, r->user, r->url, lookup_client(r->producer), work_today(w)};
	struct json_object *actions = json_object_new_array();
	struct found found;

	*answer = mem_json(w->mem, json_object_new_object());
	json_add_text(*answer, "message", "Device registered successfully");
	json_object_object_add(*answer, "actions", actions);
	enum err e = load_and_store(w, &a);
	if (e == OK)
		e = subject_record_matches(w, &lookup, a.records, &found);
	if (e == OK)
		e = decide_all(w, &a, &found, actions);
	if (e == OK)
		telemetry_event_lookup(w, &lookup, a.records[1], &found);
	return e;
}

/* Adds a member of the location; "" where it is unknown, as the apps expect. */
static void
add_location(struct json_object *location, struct json_object *attributes, const char *name)
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
	add_location(location, attributes, "state");
	add_location(location, attributes, "district");
	*answer = mem_json(w->mem, json_object_get(attributes));
	json_object_object_add(*answer, "ipLocation", location);
	return OK;
}
