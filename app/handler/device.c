/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices register at every start of an app, and learn which experiments apply. A registration
 * that changes nothing writes nothing.
 */
#include "core/device.h"

#include <ctype.h>
#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/bucket.h"
#include "core/delivery.h"
#include "core/event.h"
#include "handler/entries.h"
#include "handler/experiment.h"
#include "handler/find.h"
#include "handler/routes.h"
#include "store/db.h"
#include "store/telemetry.h"
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

/* Where the client is; NULL when its address is missing, private or unknown. */
static enum err
locate(struct ctx *c, struct json_object **place)
{
	const char *address = client_address(c);
	struct db_rows *rows;

	*place = NULL;
	if (address == NULL)
		return OK;
	enum err e = db_query(c->db, c->mem, QUERY_location_find, &address, &rows);
	if (e == OK && db_count(rows) > 0)
		*place = json_object_object_get(mem_json(c->mem, db_row_json(rows, 0)), "place");
	return e;
}

/* Stores what has changed; leaves the record as it is afterwards. */
static enum err
store(struct ctx *c, const struct registration *r, struct json_object **record)
{
	struct json_object *stored = json_object_object_get(*record, "attributes");
	struct sighting seen = {.user_agent = req_param(&c->req, "HTTP_USER_AGENT")};
	char now[INSTANT_TEXT];
	struct entry entry;
	int64_t changed;

	instant_format(c->now, now);
	seen.now = now;
	struct json_object *merged = device_merge(c->mem, stored, r, &seen);
	if (stored != NULL && device_same(stored, merged))
		return OK;
	enum err e = locate(c, &seen.location);
	if (e != OK)
		return e;
	merged = device_merge(c->mem, stored, r, &seen);
	if (!directory_entry(c->subject, merged, "/request", c->problems, &entry))
		return ERR_INVALID;
	e = entries_store(c, &entry, 1, SUBJECT_DEVICE, &changed);
	return e == OK ? find_record(c, c->subject, record) : e;
}

static void
put(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, value == NULL ? NULL : json_object_new_string(value));
}

/* What the asker gets of the experiment; NULL: nothing, it is not delivered. */
static struct json_object *
alternative_for(struct ctx *c, const struct active *a, const struct asker *who)
{
	const char *unit = who->user != NULL ? who->user : who->device;

	if (a->state == STATE_ENABLED) {
		const char *salt = mem_printf(c->mem, "%s:alternative", a->salt);
		return bucket_pick(a->alternatives, bucket_of(salt, unit));
	}
	for (size_t i = 0; a->state == STATE_DEFAULT && a->standard != NULL &&
	     i < json_object_array_length(a->alternatives); i++) {
		struct json_object *o = json_object_array_get_idx(a->alternatives, i);
		if (strcmp(json_object_get_string(json_object_object_get(o, "name")),
			a->standard) == 0)
			return o;
	}
	return NULL;
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

/* What is not delivered drops out of found, so that telemetry tells of what was answered. */
static void
answer(struct ctx *c, const struct asker *who, struct found *found)
{
	struct json_object *actions = json_object_new_array();
	size_t kept = 0;

	for (size_t i = 0; i < found->n; i++) {
		struct json_object *alternative = alternative_for(c, found->list[i].active, who);
		if (alternative == NULL)
			continue;
		json_object_array_add(actions, make_action(found->list[i].active, alternative));
		found->list[kept++] = found->list[i];
	}
	found->n = kept;
	c->model = mem_json(c->mem, json_object_new_object());
	put(c->model, "message", "Device registered successfully");
	json_object_object_add(c->model, "actions", actions);
}

/* An id as telemetry shows it: itself where the operator asked for that, else a keyed hash. */
static const char *
shown(struct ctx *c, const char *id)
{
	char *hash = mem_array(c->mem, char, HASH_HEX);
	size_t n = strlen(c->conf->log_key);

	if (id == NULL || c->conf->telemetry_raw_ids != 0)
		return id;
	hash_hex(id, strlen(id), c->conf->log_key, n > 64 ? 64 : n, hash);
	return hash;
}

static void
tell(struct ctx *c, const struct asker *who, const struct found *found)
{
	struct asker hidden = *who;
	char mid[33];

	metric_add(METRIC_lookups_total, 1);
	if (c->telemetry == NULL)
		return;
	hash_random_hex(mid, 16);
	for (char *s = mid; *s != '\0'; s++)
		*s = (char)toupper((unsigned char)*s);
	hidden.device = shown(c, who->device);
	hidden.user = shown(c, who->user);
	telemetry_write(c->telemetry,
	    event_lookup(c->mem, (struct event_head){c->now, mid}, &hidden, found->list, found->n));
}

enum err
device_register(struct ctx *c)
{
	struct json_object *request, *device, *user = NULL;
	struct registration r;
	struct found found;
	enum err e = path_device(c);

	if (e == OK)
		e = experiment_request(c, &request);
	if (e != OK)
		return e;
	if (!device_read(request, c->args[0], c->problems, &r))
		return ERR_INVALID;
	e = find_record(c, c->subject, &device);
	if (e == OK)
		e = store(c, &r, &device);
	if (e == OK && r.user != NULL)
		e = find_record(c, subject_text(c->mem, SUBJECT_USER, r.user), &user);
	if (e != OK)
		return e;
	struct asker who = {
	    c->args[0], r.user, r.url, lookup_client(r.producer), experiment_today(c)};
	e = find_matches(c, &who, device, user, &found);
	if (e != OK)
		return e;
	answer(c, &who, &found);
	tell(c, &who, &found);
	return OK;
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
