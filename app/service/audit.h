/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_AUDIT_H
#define SERVICE_AUDIT_H

#include <json-c/json.h>
#include <stddef.h>

#include "base/err.h"

struct work;

/* What the audit log says of a change beside who asked for what, which the work knows. */
struct audit_entry {
	const char *target; /* id of what was changed; NULL: as the answer or the subjects tell */
	struct json_object *before; /* as it was; NULL: nothing, or not kept */
	struct json_object *after;  /* the answer; NULL: nothing */
	const char *const *subjects; /* "u:alice", whom it concerns, on whose erasure before and
					after go */
	size_t subject_count;
};

/*
 * Notes in the audit log what is being done on w, which names the action. To be called in the
 * transaction of the change.
 */
enum err audit_add(struct work *w, const struct audit_entry *entry) must_check;

/* Notes that the actor was not allowed to do `action`. */
void audit_refusal(struct work *w, const char *action, const char *target);

/* An answer without its secrets (`once`), which are shown but never kept; may be answer itself. */
struct json_object *audit_without_secrets(struct work *w, struct json_object *answer);

/* How the log names subjects: keyed digests, which nobody can turn back into an id. On w->mem. */
const char *audit_subject(struct work *w, const char *subject);

#endif
