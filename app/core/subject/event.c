/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events in the shape that the telemetry pipeline of the original system reads.
 */
#include "core/subject/event.h"

#include "base/instant.h"
#include "base/mem.h"

static void
add(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, value == NULL ? NULL : json_object_new_string(value));
}

static struct json_object *
make_context(void)
{
	struct json_object *o = json_object_new_object();
	struct json_object *pdata = json_object_new_object();

	add(pdata, "id", "AnalyticsAPI");
	add(pdata, "ver", "3.0");
	add(pdata, "pid", "experiment");
	add(pdata, "model", NULL);
	add(o, "channel", "analytics.api");
	json_object_object_add(o, "pdata", pdata);
	add(o, "env", "analytics");
	add(o, "sid", NULL);
	add(o, "did", NULL);
	add(o, "cdata", NULL);
	add(o, "rollup", NULL);
	return o;
}

static struct json_object *
make_param(const struct lookup_request *who, const struct match *m)
{
	struct json_object *o = json_object_new_object();

	add(o, "title", "experiment");
	if (m != NULL)
		add(o, "experimentId", m->experiment->id);
	add(o, "userId", who->user);
	add(o, "deviceId", who->device);
	add(o, "url", who->url);
	return o;
}

static struct json_object *
make_data(const struct lookup_request *who, const struct match *list, size_t n)
{
	struct json_object *o = json_object_new_object();
	struct json_object *params = json_object_new_array();

	for (size_t i = 0; i < n; i++)
		json_object_array_add(params, make_param(who, &list[i]));
	if (n == 0)
		json_object_array_add(params, make_param(who, NULL));
	add(o, "type", "api_access");
	json_object_object_add(o, "params", params);
	return o;
}

static struct json_object *
make_event(void *ctx, struct event_head head, const char *eid, struct json_object *edata)
{
	struct json_object *o = mem_json(ctx, json_object_new_object());
	struct json_object *actor = json_object_new_object();
	char now[INSTANT_TEXT];

	instant_format(head.now, now);
	add(actor, "id", "");
	add(actor, "type", "System");
	add(o, "eid", eid);
	json_object_object_add(o, "ets", json_object_new_int64(head.now / INSTANT_MS));
	add(o, "ver", "3.0");
	add(o, "mid", head.mid);
	json_object_object_add(o, "actor", actor);
	json_object_object_add(o, "context", make_context());
	add(o, "object", NULL);
	if (head.tags != NULL)
		json_object_object_add(edata, "tags", json_object_get(head.tags));
	json_object_object_add(o, "edata", edata);
	add(o, "@timestamp", mem_printf(ctx, "%.19s+00:00", now));
	return o;
}

struct json_object *
event_lookup(void *ctx, struct event_head head, const struct lookup_request *who,
    const struct match *list, size_t n)
{
	return make_event(ctx, head, "LOG", make_data(who, list, n));
}

struct json_object *
event_assignment(void *ctx, struct event_head head, const struct event_assignment *a)
{
	struct json_object *edata = json_object_new_object();

	add(edata, "type", "assignment");
	add(edata, subject_field(a->kind), a->subject);
	add(edata, "segmentation", a->segmentation);
	json_object_object_add(edata, "group", json_object_get(a->group));
	json_object_object_add(edata, "groupId", json_object_get(a->group_id));
	add(edata, "reason", a->reason);
	add(edata, "by", a->by);
	return make_event(ctx, head, "AUDIT", edata);
}
