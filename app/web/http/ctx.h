/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_CTX_H
#define WEB_HTTP_CTX_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/work.h"
#include "web/http/req.h"
#include "web/http/route.h"

struct account;
struct form;
struct keyring;
struct key_bounds;
struct model_cache;
struct password_places;
struct rate_table;
struct tmpl_set;

enum { CTX_ARGS = 4 };

/* One request from its first byte to its log line. */
struct ctx {
	struct work w; /* what the operations of the service floor need of it */

	/* What the worker lends for all its requests. */
	const struct routes *routes;
	const struct tmpl_set *tmpl;
	struct keyring *keys;
	struct model_cache *sessions;
	struct password_places *hashing; /* of all workers */
	struct rate_table *rates;    /* limits of client keys, of all workers; NULL: none */
	_Atomic int64_t *sign_outs;  /* how often a session may have ended, by all workers */

	/* The request; all of it is on mem and dies with it. */
	int64_t began; /* monotonic */
	struct req req;
	const struct route *route;  /* NULL until one matched */
	const char *args[CTX_ARGS]; /* the decoded :segments of the path, in order */
	const char *key_id;         /* NULL: no key was needed or given */
	enum key_class key_class;   /* of that key */
	const struct key_bounds *bounds; /* of a client key; NULL: none */
	const char *tag_prefix;     /* with which tags begin that the key may write; NULL: any */
	bool local;                 /* asked by a command of this machine, not by a web server */
	const struct account *account; /* who is signed in; NULL: nobody */
	struct json_object *before; /* what a change found, for the audit log; may be NULL */
	struct json_object *input;  /* what handlers read instead of the body; NULL: the body */
	const struct form *sent;    /* the fields of the form, once one was asked for */
	struct json_object *form;   /* what was typed into a page; NULL: nothing */
	const char *cookie;         /* to set: the value of Set-Cookie; NULL: none */
	const char *subject;        /* whom it is about, for the log (hashed there); may be NULL */

	/* What the handler leaves. */
	struct json_object *model; /* the answer; NULL with status 204 */
	struct buf *text;          /* an answer that is no JSON, with its type */
	const char *text_type;
	const char *attachment; /* the file's name for Content-Disposition; NULL: none */
	int status;           /* 0: 200, or 201 with a location, or by the error */
	const char *location; /* of what was made */
	const char *etag;     /* version of what is answered, in quotes */
	const char *next;     /* the next page: Link rel="next" */
	const char *allow;    /* methods of the path, for 405 and OPTIONS */
	const char *origin;   /* echoed to a browser that may read the answer */
	int64_t retry_after;  /* seconds to wait, with 429; 0: a few */
};

/* Prepares c, of which the lent members are set, for the next request. */
void ctx_begin(struct ctx *c, int64_t now, int64_t monotonic);

/* Frees everything of the request. */
void ctx_reset(struct ctx *c);

/* Forgets what a try of a change read and found wrong, before the change is tried again. */
void ctx_forget(struct ctx *c);

/* Begins an answer of CSV, c->text, as a file of that name. A name holds ASCII letters, digits and
 * -._~ only; anything else in it becomes _. With ?bom=1 a BOM comes first, which Excel needs. */
void ctx_csv(struct ctx *c, const char *name);

#endif
