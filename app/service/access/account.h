/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_ACCESS_ACCOUNT_H
#define SERVICE_ACCESS_ACCOUNT_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/*
 * Accounts of people (core/subject/account.h). No one sets the password of another account: a link
 * that works once, within 24 hours, signs its owner in, who then chooses a password. Its token is
 * in the answer as once: {token}, is shown once and stored nowhere. A change needs the session of
 * an admin (w->actor.session) or the owner role; ERR_FORBIDDEN. An account cannot change its own
 * rights, so at least one admin always remains; ERR_CONFLICT.
 */
struct account_input {
	const char *name;
	const char *role; /* "viewer", "editor" or "admin" */
};

/* Reads {name, role} and reports every problem with its pointer: ERR_INVALID. */
enum err account_input_read(struct work *w, struct json_object *form, struct account_input *out)
    must_check;

/* All accounts by name, as an array of rows of sql/query/account_list.sql. */
enum err account_list(struct work *w, struct json_object **list) must_check;

/* Adds an account: {name, role, once}. ERR_CONFLICT when the name is taken. */
enum err account_add(struct work *w, const struct account_input *in, struct json_object **answer)
    must_check;

/*
 * Removes the password, ends all sessions and enables a disabled account: {name, once}.
 * ERR_NOT_FOUND.
 */
enum err account_reset(struct work *w, const char *name, struct json_object **answer) must_check;

/*
 * Makes a new link, which replaces those before: {name, once}. For the owner role only.
 * ERR_NOT_FOUND, also for a disabled account.
 */
enum err account_link(struct work *w, const char *name, struct json_object **answer) must_check;

/* Gives the account another role, {role}, and ends its sessions. ERR_INVALID, ERR_NOT_FOUND. */
enum err account_set_role(struct work *w, const struct account_input *in,
    struct json_object **answer) must_check;

/* Disables the account, {state}, and ends its sessions. ERR_NOT_FOUND. */
enum err account_disable(struct work *w, const char *name, struct json_object **answer) must_check;

#endif
