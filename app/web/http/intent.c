/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a request tells the operation behind it: its name for the audit log, and the Idempotency-
 * Key with which a client that lost the answer may send it again.
 */
#include "web/http/intent.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "web/http/ctx.h"
#include "web/http/form.h"

enum { KEY_MOST = 128 };

bool
intent_is_key(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f)
			return false;
	return n > 0 && n <= KEY_MOST;
}

/* Appends the body, but for the token in the form of somebody signed in: it is masked anew in every
 * page, and a form that is sent again from a page that was loaded again is the same request. */
static void
add_body(struct ctx *c, struct buf *b)
{
	const char *body = c->req.body, *token = NULL, *at = NULL;
	size_t n = c->req.body_len;

	if (body == NULL)
		return;
	if (c->account != NULL)
		token = form_value(c, "csrf");
	if (token != NULL && *token != '\0')
		at = memmem(body, n, token, strlen(token));
	if (at == NULL) {
		buf_add(b, body, n);
		return;
	}
	buf_add(b, body, (size_t)(at - body));
	at += strlen(token);
	buf_add(b, at, n - (size_t)(at - body));
}

/* The digest of what makes two requests equal: method, address, body. */
static const char *
request_digest(struct ctx *c)
{
	const char *uri = req_param(&c->req, "REQUEST_URI");
	struct buf *b = buf_new(c->w.mem, c->req.body_len + 256);
	char hash[HASH_HEX];

	buf_str(b, c->req.method);
	buf_char(b, ' ');
	buf_str(b, uri);
	buf_char(b, '\n');
	add_body(c, b);
	hash_hex(b->data, b->len, NULL, 0, hash);
	return mem_dup(c->w.mem, hash);
}

enum err
intent_read(struct ctx *c)
{
	const char *key = req_param(&c->req, "HTTP_IDEMPOTENCY_KEY");

	if (!c->route->audited)
		return OK;
	c->w.intent.action = mem_printf(c->w.mem, "%s %s", c->req.method, c->route->path);
	c->w.intent.request_id = c->req.id;
	if (key == NULL)
		return OK;
	if (!intent_is_key(key))
		return fail_detail(&c->w, ERR_SYNTAX,
		    "Idempotency-Key must be 1 to %d visible characters", KEY_MOST);
	c->w.intent.idempotency_key = key;
	c->w.intent.digest = request_digest(c);
	return OK;
}
