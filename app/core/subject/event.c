/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Builds telemetry events. Their shape, including members that are always null, is that of the
 * original system, whose pipelines read them.
 */
#include "core/subject/event.h"

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"

static struct json_object *
make_context(void)
{
	struct json_object *o = json_object_new_object();
	struct json_object *pdata = json_object_new_object();

	json_add_text(pdata, "id", "AnalyticsAPI");
	json_add_text(pdata, "ver", "3.0");
	json_add_text(pdata, "pid", "experiment");
	json_add_text(pdata, "model", NULL);
	json_add_text(o, "channel", "analytics.api");
	json_object_object_add(o, "pdata", pdata);
	json_add_text(o, "env", "analytics");
	json_add_text(o, "sid", NULL);
	json_add_text(o, "did", NULL);
	json_add_text(o, "cdata", NULL);
	json_add_text(o, "rollup", NULL);
	return o;
}

static struct json_object *
make_param(const struct lookup_request *who, const struct match *m)
{
	struct json_object *o = json_object_new_object();

	json_add_text(o, "title", "experiment");
	if (m != NULL)
		json_add_text(o, "experimentId", m->experiment->id);
	json_add_text(o, "userId", who->user);
	json_add_text(o, "deviceId", who->device);
	json_add_text(o, "url", who->url);
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
	json_add_text(o, "type", "api_access");
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
	json_add_text(actor, "id", "");
	json_add_text(actor, "type", "System");
	json_add_text(o, "eid", eid);
	json_object_object_add(o, "ets", json_object_new_int64(head.now / INSTANT_MS));
	json_add_text(o, "ver", "3.0");
	json_add_text(o, "mid", head.mid);
	json_object_object_add(o, "actor", actor);
	json_object_object_add(o, "context", make_context());
	json_add_text(o, "object", NULL);
	if (head.tags != NULL)
		json_object_object_add(edata, "tags", json_object_get(head.tags));
	json_object_object_add(o, "edata", edata);
	json_add_text(o, "@timestamp", mem_printf(ctx, "%.19s+00:00", now));
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

	json_add_text(edata, "type", "assignment");
	json_add_text(edata, subject_field(a->kind), a->subject);
	json_add_text(edata, "segmentation", a->segmentation);
	json_object_object_add(edata, "group", json_object_get(a->group));
	json_object_object_add(edata, "groupId", json_object_get(a->group_id));
	json_add_text(edata, "reason", a->reason);
	json_add_text(edata, "by", a->by);
	return make_event(ctx, head, "AUDIT", edata);
}
