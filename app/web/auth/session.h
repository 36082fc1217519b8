/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_AUTH_SESSION_H
#define WEB_AUTH_SESSION_H

#include <stdbool.h>

#include "base/err.h"

struct ctx;

/*
 * People sign in to the pages: a cookie with 32 random bytes, of which the database keeps a
 * digest; 30 minutes idle, 12 hours at most. Every form carries the session's CSRF token.
 */

/* Who is signed in. */
struct account {
	const char *id; /* its number */
	const char *name;
	const char *role; /* "viewer", "editor", "admin" */
	const char *csrf;
	bool has_password;
};

/* The token in the cookie of the request, on c->w.mem; NULL when there is none. */
const char *session_cookie(struct ctx *c);

/* Sets c->account if somebody is signed in, for a page that has no route to say who may see it. */
void session_recall(struct ctx *c);

/*
 * Checks that somebody is signed in whose role allows the route of c, and for a form that it is
 * one of ours: sets c->account. Who is not signed in is sent to the sign-in page (303) with
 * ERR_UNAUTHORIZED. ERR_FORBIDDEN otherwise.
 */
enum err session_check(struct ctx *c) must_check;

/*
 * Signs in by name and password; opens a session. ERR_INVALID for a wrong name or password alike,
 * ERR_THROTTLED, ERR_UNAVAILABLE when too many sign in at once.
 */
enum err session_sign_in(struct ctx *c, const char *name, const char *password) must_check;

/* Signs in by a one-time link's token. ERR_INVALID when it is used, unknown or too old. */
enum err session_enter(struct ctx *c, const char *token) must_check;

/* Ends the session of c. */
enum err session_sign_out(struct ctx *c) must_check;

/* Ends all sessions of whoever is signed in, and the links by which one could still get in. */
enum err session_end_all(struct ctx *c) must_check;

/*
 * Gives whoever is signed in the password fresh, in place of current, which nobody asks for where
 * there was none. All sessions end and a new one is opened. Errors as of session_sign_in.
 */
enum err session_set_password(struct ctx *c, const char *current, const char *fresh) must_check;

/* Sessions may have ended, or may do less: no worker believes what it knows of any. What is changed
 * elsewhere, as by a command, is known 100 ms later where somebody only looks, and at once to
 * forms. */
void session_ended(struct ctx *c);

/* Whether where is the address of one of the pages here, so that it can be gone to. */
bool session_is_page(const char *where);

/* ERR_FORBIDDEN when a form was sent from a page of another site, by what the browser says. */
enum err session_check_origin(struct ctx *c) must_check;

#endif
