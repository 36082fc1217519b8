/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Telemetry: what others may learn of what was answered.
 */
#include "handler/tell.h"

#include <ctype.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/event.h"
#include "core/tag.h"
#include "store/telemetry.h"
#include "web/ctx.h"
#include "web/session.h"

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

static struct event_head
make_head(struct ctx *c, struct json_object *record, const char *context)
{
	char *mid = mem_array(c->mem, char, 33);

	hash_random_hex(mid, 16);
	for (char *s = mid; *s != '\0'; s++)
		*s = (char)toupper((unsigned char)*s);
	return (struct event_head){c->now, mid,
		tag_event(c->mem, json_object_object_get(record, "tags"), context)};
}

void
tell_lookup(struct ctx *c, const struct asker *who, struct json_object *record,
    const struct found *found)
{
	struct asker hidden = *who;

	metric_add(METRIC_lookups_total, 1);
	if (c->telemetry == NULL)
		return;
	hidden.device = shown(c, who->device);
	hidden.user = shown(c, who->user);
	struct event_head head = make_head(c, record, TAG_GLOBAL);
	telemetry_write(
	    c->telemetry, event_lookup(c->mem, head, &hidden, found->list, found->n));
}

void
tell_enrolled(struct ctx *c, const struct visitor *who, const struct outcome *o)
{
	if (c->telemetry == NULL)
		return;
	struct event_assignment a = {
		.subject = shown(c, subject_id(who->subject)),
		.kind = subject_kind(who->subject),
		.segmentation = o->experiment->id,
		.group = json_object_object_get(o->decision.alternative, "name"),
		.group_id = json_object_object_get(o->decision.alternative, "id"),
		.reason = decide_word(o->decision.reason),
		.by = session_who(c),
	};
	struct event_head head = make_head(c, who->record, TAG_GLOBAL);
	telemetry_write(c->telemetry, event_assignment(c->mem, head, &a));
}

void
tell_placed(struct ctx *c, const struct visitor *who, const struct segmentation *s,
    const struct group *g)
{
	if (c->telemetry == NULL)
		return;
	struct event_assignment a = {
		.subject = shown(c, subject_id(who->subject)),
		.kind = subject_kind(who->subject),
		.segmentation = s->id,
		.group = mem_json(c->mem, json_object_new_string(g->name)),
		.group_id = mem_json(c->mem, json_object_new_int64(g->nr)),
		.reason = "ASSIGNED",
		.by = session_who(c),
	};
	struct event_head head = make_head(c, who->record, s->context);
	telemetry_write(c->telemetry, event_assignment(c->mem, head, &a));
}
