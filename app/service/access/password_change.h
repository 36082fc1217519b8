/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_ACCESS_PASSWORD_CHANGE_H
#define SERVICE_ACCESS_PASSWORD_CHANGE_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/* What somebody types to change the own password. */
struct password_input {
	const char *current; /* "": none was typed */
	const char *fresh;
};

/* Reads {current, password, again} and notes what is wrong with the new password of the account of
 * w->actor (core/subject/passphrase.h), or that it was not typed twice alike: ERR_INVALID. */
enum err password_input_read(struct work *w, struct json_object *form, struct password_input *out)
    must_check;

/*
 * Gives the account of w->actor.session the password of this hash, once the caller has checked the
 * current one. All its sessions and links end, and a new session is opened: {once: {session}} as in
 * service/access/sign_in.h.
 */
enum err password_change(struct work *w, const char *hashed, struct json_object **answer)
    must_check;

#endif
