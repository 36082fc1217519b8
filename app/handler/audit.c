/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who changed what, as people ask weeks later.
 */
#include "handler/audit.h"

#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/subject/subject.h"
#include "store/db/db.h"
#include "web/http/access_log.h"
#include "web/http/ctx.h"
#include "web/auth/session.h"

enum { AFTER_MOST = 65536 };

/* Whether an answer to a form tells what it did: a form without one only asked something. */
static bool
has_receipt(const struct ctx *c)
{
	return json_object_object_get_ex(c->model, "once", NULL) ||
	    json_object_object_get_ex(c->model, "deleted", NULL);
}

static bool
is_noted(const struct ctx *c, enum err e)
{
	if (c->route == NULL || strcmp(c->req.method, "GET") == 0)
		return false;
	if (c->account != NULL && c->status == 200 && !has_receipt(c))
		return false;
	return e == OK && (c->route->key == KEY_ADMIN || c->route->key >= ROLE_EDITOR);
}

/* As text, unless there is none or it is too long to be kept. */
static const char *
kept_text(struct json_object *o)
{
	const char *text = json_plain(o);

	return text != NULL && strlen(text) > AFTER_MOST ? "\"too long to be kept\"" : text;
}

/* Whether a member is shown once and kept nowhere, or names somebody, who may be erased. */
static bool
is_unkept(const char *name)
{
	for (int k = 0; k < SUBJECT__MAX; k++)
		if (strcmp(name, subject_field((enum subject_kind)k)) == 0)
			return true;
	return strcmp(name, "once") == 0;
}

static struct json_object *
outcome(struct ctx *c)
{
	struct json_object *out = mem_json(c->w.mem, json_object_new_object());

	if (!json_object_is_type(c->model, json_type_object))
		return c->model;
	json_object_object_foreach(json_members(c->model), name, value) {
		if (!is_unkept(name))
			json_object_object_add(out, name, json_object_get(value));
	}
	return out;
}

/* What was changed: what the path names, whom it was about (as the log names people), or what was
 * made. */
static const char *
target_of(const struct ctx *c)
{
	static const char *const names[] = {"expId", "id", "name"};

	if (c->args[0] == NULL && c->subject != NULL)
		return access_log_subject(c);
	for (size_t i = 0; c->args[0] == NULL && i < sizeof names / sizeof names[0]; i++) {
		struct json_object *o = json_object_object_get(c->model, names[i]);
		if (json_object_is_type(o, json_type_string))
			return json_object_get_string(o);
	}
	return c->args[0];
}

void
audit_note(struct ctx *c, enum err e)
{
	char now[INSTANT_TEXT];

	if (c->w.intent.noted || !is_noted(c, e))
		return;
	instant_format(c->w.now, now);
	const char *params[] = {now, c->account != NULL ? c->account->name : NULL, c->key_id,
		mem_printf(c->w.mem, "%s %s", c->req.method, c->route->path), target_of(c),
		mem_printf(c->w.mem, "%d", err_info(e)->status), kept_text(c->before),
		e == OK ? kept_text(outcome(c)) : NULL, c->req.id, "{}"};
	if (db_query(c->w.db, c->w.mem, QUERY_audit_add, params, NULL) != OK)
		log_say(LOG_ERROR, "audit_lost", "%s %s", params[3],
		    params[4] != NULL ? params[4] : "-");
}
