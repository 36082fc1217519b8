/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_ACCESS_PASSWORD_CHANGE_H
#define SERVICE_ACCESS_PASSWORD_CHANGE_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/* What a person types to change their own password. Lent by the form. */
struct password_input {
	const char *current; /* "": none was typed */
	const char *fresh;   /* the new password */
};

/*
 * Reads {current, password, again} and reports what is wrong with the new password for the account
 * of w->actor (core/subject/passphrase.h), or that the two do not match: ERR_INVALID.
 */
enum err password_input_read(struct work *w, struct json_object *form, struct password_input *out)
    must_check;

/*
 * Gives the account of w->actor.session the password of this hash. The caller has checked the
 * current one. All its sessions and links end, and a new session is opened: {once: {session}} as in
 * service/access/sign_in.h.
 */
enum err password_change(struct work *w, const char *hashed, struct json_object **answer)
    must_check;

#endif
