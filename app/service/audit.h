/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_AUDIT_H
#define SERVICE_AUDIT_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/*
 * What a row of the audit log says besides actor, action and request, which the work has. Lent.
 */
struct audit_entry {
	const char *target; /* id of what was changed; NULL: that of the subject or answer */
	struct json_object *before; /* as it was; NULL: nothing, or not kept */
	struct json_object *after;  /* the answer; NULL: nothing */
	const char *const *subjects; /* concerned, "u:alice"; their erasure blanks before and
					after */
	size_t subject_count;
};

/*
 * Writes the row of the change that is being made on w, whose intent names the action. To be called
 * in the transaction of the change. ERR_UNAVAILABLE, ERR_INTERNAL.
 */
enum err audit_add(struct work *w, const struct audit_entry *entry) must_check;

/* Which rows of the audit log are read. */
struct audit_page {
	const char *after;   /* rows below this number, as a text; NULL: from the newest */
	const char *account; /* by that account; NULL: any */
	const char *target;  /* of that target; NULL: any */
	int64_t limit;
};

/*
 * Rows of the audit log as an array on w->mem, the newest first: {nr, at, account, key_id, action,
 * target, status, refused, before, after}. *next: `after` of the following page, NULL: the last
 * one. ERR_INVALID with a problem at "after".
 */
enum err audit_list(struct work *w, const struct audit_page *page, struct json_object **out,
    const char **next) must_check;

/*
 * audit_list() of what was done to the experiment page->target; rows about a goal or layer of that
 * id are left out. page->account does not count.
 */
enum err audit_experiment_list(struct work *w, const struct audit_page *page,
    struct json_object **out, const char **next) must_check;

/*
 * Logs that the actor was not allowed to do `action`; the refusal stands even if the row is lost,
 * which the process log then says.
 */
void audit_refusal(struct work *w, const char *action, const char *target);

/*
 * An answer without its secrets (`once`), which are shown but never stored; may be answer itself.
 */
struct json_object *audit_without_secrets(struct work *w, struct json_object *answer);

/*
 * How the log names a subject: a keyed digest, which cannot be turned back into an id. On w->mem.
 */
const char *audit_subject(struct work *w, const char *subject);

#endif
