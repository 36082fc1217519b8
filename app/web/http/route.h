/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_ROUTE_H
#define WEB_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct ctx;

/* Who may call a route. Of the keys, each class includes the one before. */
enum key_class {
	KEY_NONE,   /* anybody */
	KEY_METRICS, /* reads /metrics and nothing else; an admin key may, too */
	KEY_CLIENT, /* public keys, in pages and apps */
	KEY_SERVER, /* the operator's own programs */
	KEY_ADMIN,  /* definitions and keys */
	ROLE_VIEWER, /* somebody who is signed in to the pages; each role includes the one before */
	ROLE_EDITOR, /* changes what experiments are */
	ROLE_ADMIN,  /* keys, accounts, erasure */
};

/* What a handler is: it fills the ctx and never writes a byte. */
typedef enum err handler_fn(struct ctx *c);

struct route {
	const char *method;
	const char *path; /* "/user/:id": segments after a colon become c->args; "/:name.png":
			     so does what stands before the suffix */
	enum key_class key;
	bool audited; /* its changes are noted in the audit log, and take an Idempotency-Key */
	size_t body_limit; /* bytes */
	int budget_ms;     /* for all that the handler waits for */
	handler_fn *run;
	const char *view;     /* template of a page; NULL: JSON */
	const char *envelope; /* id of the envelope that it answers in; NULL: none */
	const char *doc;      /* one line for the documentation page */
};

struct routes {
	const struct route *list;
	size_t count;
};

/*
 * Finds the route of c->req in c->routes, with or without the prefix /v1 (pages without only), and
 * sets c->route,
 * c->args and, where the path exists, c->allow. On the pages of those who are signed in it takes
 * empty parameters of the query away. ERR_NOT_FOUND, ERR_METHOD, or ERR_TOO_LARGE when
 * the body is over the limit of the route.
 */
enum err route_match(struct ctx *c) must_check;

/* Whether it is for people: a page, or something else for those who are signed in. */
bool route_is_page(const struct route *route);

/*
 * Whether it answers an image, which its path says: it ends in .png. Whoever shows an image can
 * neither send a header nor understand an error: the key may be in the query, as `key`, and the
 * answer is an image whatever happens.
 */
bool route_is_image(const struct route *route);

/* For a request that could not be parsed to its end: sets c->route if it asks for an image. */
void route_match_image(struct ctx *c);

#endif
