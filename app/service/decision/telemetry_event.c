/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events for external analysis: look-ups, enrolments and group assignments, appended to the
 * telemetry file after they are committed. Subject ids are hashed with the log key unless the
 * operator asked for raw ids.
 */
#include "service/decision/telemetry_event.h"

#include <ctype.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/metric.h"
#include "core/subject/event.h"
#include "core/subject/tag.h"
#include "store/telemetry.h"
#include "store/work.h"

/*
 * An id as events show it: itself where the operator asked for that, else a keyed hash. NULL for
 * NULL.
 */
static const char *
shown_id(struct work *w, const char *id)
{
	char *hash = mem_array(w->mem, char, HASH_HEX);
	size_t n = strlen(w->conf->log_key);

	if (id == NULL || w->conf->telemetry_raw_ids != 0)
		return id;
	hash_hex(id, strlen(id), w->conf->log_key, n > 64 ? 64 : n, hash);
	return hash;
}

/* The members that all events have. record (NULL: none) supplies the tags of context. */
static struct event_head
make_event_head(struct work *w, struct json_object *record, const char *context)
{
	char *mid = mem_array(w->mem, char, 33);

	hash_random_hex(mid, 16);
	for (char *s = mid; *s != '\0'; s++)
		*s = (char)toupper((unsigned char)*s);
	return (struct event_head){w->now, mid,
		tag_event(w->mem, json_object_object_get(record, "tags"), context)};
}

void
telemetry_event_lookup(struct work *w, const struct lookup_request *who, struct json_object *record,
    const struct found *found)
{
	struct lookup_request hidden = *who;

	metric_add(METRIC_lookups_total, 1);
	if (w->telemetry == NULL)
		return;
	hidden.device = shown_id(w, who->device);
	hidden.user = shown_id(w, who->user);
	struct event_head head = make_event_head(w, record, TAG_GLOBAL);
	telemetry_write(
	    w->telemetry, event_lookup(w->mem, head, &hidden, found->list, found->n));
}

void
telemetry_event_enrolled(struct work *w, const struct visitor *who,
    const struct enrolment_outcome *o)
{
	if (w->telemetry == NULL)
		return;
	struct event_assignment a = {
		.subject = shown_id(w, subject_id(who->subject)),
		.kind = subject_kind(who->subject),
		.segmentation = o->experiment->id,
		.group = json_object_object_get(o->decision.alternative, "name"),
		.group_id = json_object_object_get(o->decision.alternative, "id"),
		.reason = decide_word(o->decision.reason),
		.by = work_actor(w),
	};
	struct event_head head = make_event_head(w, who->record, TAG_GLOBAL);
	telemetry_write(w->telemetry, event_assignment(w->mem, head, &a));
}

void
telemetry_event_placed(struct work *w, const struct visitor *who, const struct segmentation *s,
    const struct group *g, const char *by)
{
	if (w->telemetry == NULL)
		return;
	struct event_assignment a = {
		.subject = shown_id(w, subject_id(who->subject)),
		.kind = subject_kind(who->subject),
		.segmentation = s->id,
		.group = mem_json(w->mem, json_object_new_string(g->name)),
		.group_id = mem_json(w->mem, json_object_new_int64(g->nr)),
		.reason = "ASSIGNED",
		.by = by,
	};
	struct event_head head = make_event_head(w, who->record, s->context);
	telemetry_write(w->telemetry, event_assignment(w->mem, head, &a));
}
