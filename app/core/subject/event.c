/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Builds telemetry events. Their shape, including members that are always null, is that of the
 * original system, whose pipelines read them.
 */
#include "core/subject/event.h"

#include "base/instant.h"
#include "base/mem.h"

static void
add_text(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, value == NULL ? NULL : json_object_new_string(value));
}

static struct json_object *
make_context(void)
{
	struct json_object *o = json_object_new_object();
	struct json_object *pdata = json_object_new_object();

	add_text(pdata, "id", "AnalyticsAPI");
	add_text(pdata, "ver", "3.0");
	add_text(pdata, "pid", "experiment");
	add_text(pdata, "model", NULL);
	add_text(o, "channel", "analytics.api");
	json_object_object_add(o, "pdata", pdata);
	add_text(o, "env", "analytics");
	add_text(o, "sid", NULL);
	add_text(o, "did", NULL);
	add_text(o, "cdata", NULL);
	add_text(o, "rollup", NULL);
	return o;
}

static struct json_object *
make_param(const struct lookup_request *who, const struct match *m)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "title", "experiment");
	if (m != NULL)
		add_text(o, "experimentId", m->experiment->id);
	add_text(o, "userId", who->user);
	add_text(o, "deviceId", who->device);
	add_text(o, "url", who->url);
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
	add_text(o, "type", "api_access");
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
	add_text(actor, "id", "");
	add_text(actor, "type", "System");
	add_text(o, "eid", eid);
	json_object_object_add(o, "ets", json_object_new_int64(head.now / INSTANT_MS));
	add_text(o, "ver", "3.0");
	add_text(o, "mid", head.mid);
	json_object_object_add(o, "actor", actor);
	json_object_object_add(o, "context", make_context());
	add_text(o, "object", NULL);
	if (head.tags != NULL)
		json_object_object_add(edata, "tags", json_object_get(head.tags));
	json_object_object_add(o, "edata", edata);
	add_text(o, "@timestamp", mem_printf(ctx, "%.19s+00:00", now));
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

	add_text(edata, "type", "assignment");
	add_text(edata, subject_field(a->kind), a->subject);
	add_text(edata, "segmentation", a->segmentation);
	json_object_object_add(edata, "group", json_object_get(a->group));
	json_object_object_add(edata, "groupId", json_object_get(a->group_id));
	add_text(edata, "reason", a->reason);
	add_text(edata, "by", a->by);
	return make_event(ctx, head, "AUDIT", edata);
}
