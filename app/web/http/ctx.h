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

	/* Borrowed from the worker. */
	const struct routes *routes;
	const struct tmpl_set *tmpl;
	struct keyring *keys;
	struct model_cache *sessions;
	struct password_places *hashing; /* of all workers */
	struct rate_table *rates;    /* limits of client keys, shared by all workers; NULL: none */
	_Atomic int64_t *sign_outs;  /* counts ended sessions, shared by all workers */

	/* The request; all of it is on mem and dies with it. */
	int64_t began; /* monotonic */
	struct req req;
	const struct route *route;  /* NULL until one matched */
	const char *args[CTX_ARGS]; /* the decoded :segments of the path, in order */
	const char *key_id;         /* NULL: no key */
	enum key_class key_class;   /* of that key */
	const struct key_bounds *bounds; /* of a client key; NULL: none */
	const char *tag_prefix;     /* prefix of the tags that the key may write; NULL: any */
	bool local;                 /* sent by a command of this program, not by a web server */
	const struct account *account; /* the signed-in account; NULL: none */
	const struct form *sent;    /* the fields of the form, once one was asked for */
	struct json_object *form;   /* the form as JSON; NULL: none */
	const char *cookie;         /* to set: the value of Set-Cookie; NULL: none */
	const char *subject;        /* subject, for the log (hashed there); may be NULL */

	/* Set by the handler of a joint route (web/http/route.h). */
	void *held; /* what it has read, on w.mem, for `join`; NULL: the request needs no more */
	bool alone; /* not to be committed together with others */

	/* The answer, set by the handler. */
	struct json_object *model; /* the answer; NULL with status 204 */
	struct buf *text;          /* an answer other than JSON, with its type */
	const char *text_type;
	const char *attachment; /* the file's name for Content-Disposition; NULL: none */
	int status;           /* 0: 200, 201 with a location, or by the error */
	const char *location; /* of the created object */
	const char *etag;     /* version of the answer, in quotes */
	const char *next;     /* address of the next page: Link rel="next" */
	const char *allow;    /* methods of the path, for 405 and OPTIONS */
	const char *origin;   /* origin of a page that may read the answer (CORS) */
	int64_t retry_after;  /* seconds to wait, with 429; 0: a few */
};

/* Prepares c, whose borrowed members are set, for the next request. */
void ctx_begin(struct ctx *c, int64_t now, int64_t monotonic);

/* Frees everything of the request. */
void ctx_reset(struct ctx *c);

/* Begins a CSV answer, c->text, as a file of that name. Characters other than ASCII letters,
 * digits and -._~ become _. With ?bom=1 it begins with a BOM, which Excel needs. */
void ctx_csv(struct ctx *c, const char *name);

#endif
