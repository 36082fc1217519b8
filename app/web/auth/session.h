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

/* Its digest, by which the database knows the session, in hexadecimal; NULL when there is none. */
const char *session_digest(struct ctx *c);

/* Sets c->account if somebody is signed in, for a page that has no route to say who may see it. */
void session_recall(struct ctx *c);

/*
 * Checks that somebody is signed in whose role allows the route of c, and for a form that it is
 * one of ours: sets c->account. Who is not signed in is sent to the sign-in page (303) with
 * ERR_UNAUTHORIZED. ERR_FORBIDDEN otherwise.
 */
enum err session_check(struct ctx *c) must_check;

/*
 * The CSRF token for a page, on c->w.mem: other bytes each time. A web server that compresses pages
 * would otherwise tell it by their lengths to whoever can make a browser ask often (BREACH).
 */
const char *session_csrf(struct ctx *c);

/* Sets the cookie to the token of a session; NULL: the browser forgets it. */
void session_set_cookie(struct ctx *c, const char *token);

/* Sessions may have ended, or may do less: no worker believes what it knows of any. What is changed
 * elsewhere, as by a command, is known 100 ms later where somebody only looks, and at once to
 * forms. */
void session_ended(struct ctx *c);

/* Whether where is the address of one of the pages here, so that it can be gone to. */
bool session_is_page(const char *where);

/* ERR_FORBIDDEN when a form was sent from a page of another site, by what the browser says. */
enum err session_check_origin(struct ctx *c) must_check;

#endif
