/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_ROUTE_H
#define WEB_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct ctx;

/* Who may call a route. Each class of keys includes the one before. */
enum key_class {
	KEY_NONE,   /* anybody */
	KEY_METRICS, /* reads /metrics and nothing else; an admin key may, too */
	KEY_CLIENT, /* public keys, in pages and apps */
	KEY_SERVER, /* the operator's own programs */
	KEY_ADMIN,  /* definitions and keys */
	ROLE_VIEWER, /* a signed-in account; each role includes the one before */
	ROLE_EDITOR, /* may change definitions */
	ROLE_ADMIN,  /* keys, accounts, erasure */
};

/* A handler fills the ctx and never writes a byte. */
typedef enum err handler_fn(struct ctx *c);

/*
 * Ends n requests, at least one, of which handlers have left c->held: does what they ask for, with
 * one commit where that is possible, and fills each ctx. errs[i] is how list[i] has ended.
 */
typedef void joint_fn(struct ctx *const list[], enum err errs[], size_t n);

struct route {
	const char *method;
	const char *path; /* "/user/:id": segments after a colon become c->args; "/:name.png":
			     so does what stands before the suffix */
	enum key_class key;
	bool audited; /* its changes are in the audit log, and it accepts an Idempotency-Key */
	size_t body_limit; /* bytes */
	int budget_ms;     /* time limit of the handler */
	handler_fn *run;
	joint_fn *join;       /* NULL: run does everything */
	const char *view;     /* template of a page; NULL: JSON */
	const char *envelope; /* id of the envelope of its answers; NULL: none */
	bool ofrep;           /* its errors are those of OFREP (web/http/ofrep.h) */
	const char *doc;      /* one line for the documentation page */
};

struct route_index;

struct routes {
	const struct route *list;
	size_t count;
	const struct route_index *index; /* set by routes_index() */
};

/* The same routes with an index over their paths, which route_match needs; on the talloc context
 * ctx. */
const struct routes *routes_index(void *ctx, const struct routes *routes);

/*
 * Finds the route of c->req in c->routes, with or without the prefix /v1 (pages only without), and
 * sets c->route, c->args and, where the path exists, c->allow. On pages of signed-in accounts it
 * removes empty query parameters. ERR_NOT_FOUND, ERR_METHOD, or ERR_TOO_LARGE when the body is
 * over the limit of the route.
 */
enum err route_match(struct ctx *c) must_check;

/* Whether it is a page, or another resource of signed-in accounts. */
bool route_is_page(const struct route *route);

/*
 * Whether it answers with an image: its path ends in .png. A page that embeds an image can neither
 * send a header nor handle an error, so the key may be in the query, as `key`, and the answer is
 * an image in any case.
 */
bool route_is_image(const struct route *route);

/* For a request that could not be parsed completely: sets c->route if it asks for an image. */
void route_match_image(struct ctx *c);

#endif
