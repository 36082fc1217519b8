/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Idempotency-Key: a client that lost the answer may ask again without making a second thing.
 */
#include "web/http/idempotency.h"

#include <string.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "web/http/ctx.h"

enum { KEY_MOST = 128 };

bool
once_is_key(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f)
			return false;
	return n > 0 && n <= KEY_MOST;
}

/* What makes two requests the same: method, address, body. */
static void
digest(const struct ctx *c, char out[HASH_HEX])
{
	const char *uri = req_param(&c->req, "REQUEST_URI");
	struct buf *b = buf_new(c->w.mem, c->req.body_len + 256);

	buf_str(b, c->req.method);
	buf_char(b, ' ');
	buf_str(b, uri);
	buf_char(b, '\n');
	if (c->req.body != NULL)
		buf_add(b, c->req.body, c->req.body_len);
	hash_hex(b->data, b->len, NULL, 0, out);
}

/* From here on, until the transaction ends, nobody else works on it. */
static enum err
lock(struct ctx *c, const char *key)
{
	struct db_rows *rows;
	enum err e = db_query(c->w.db, c->w.mem, QUERY_idempotency_lock,
	    (const char *const[]){c->key_id, key}, &rows);

	if (e != OK || *db_cell(rows, 0, "ours") == 't')
		return e;
	c->w.later = true;
	return fail_detail(&c->w, ERR_CONFLICT, "a request with this Idempotency-Key is under way");
}

/* The stored answer in *found, or NULL when this request is the first. */
static enum err
find(struct ctx *c, const char *key, const char *hash, struct json_object **found)
{
	char since[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(c->w.now - INSTANT_DAY, since);
	enum err e = db_query(c->w.db, c->w.mem, QUERY_idempotency_find,
	    (const char *const[]){c->key_id, key, since}, &rows);
	if (e != OK || db_count(rows) == 0)
		return e;
	struct json_object *row = mem_json(c->w.mem, db_row_json(rows, 0));
	struct json_object *stored = json_object_object_get(row, "stored");
	*found = json_object_object_get(stored, "answer");
	if (strcmp(json_object_get_string(json_object_object_get(stored, "hash")), hash) != 0)
		return fail(&c->w, ERR_INVALID, "Idempotency-Key", "was used for another request");
	return OK;
}

static enum err
keep(struct ctx *c, const char *key, const char *hash)
{
	const char *answer = json_plain(c->model);
	char now[INSTANT_TEXT];

	instant_format(c->w.now, now);
	return db_query(c->w.db, c->w.mem, QUERY_idempotency_keep,
	    (const char *const[]){c->key_id, key, hash, answer, now}, NULL);
}

static enum err
run_in_transaction(struct ctx *c, const char *key, handler_fn *make)
{
	struct json_object *found = NULL;
	char hash[HASH_HEX];

	digest(c, hash);
	enum err e = lock(c, key);
	if (e == OK)
		e = find(c, key, hash, &found);
	if (e != OK || found != NULL) {
		c->model = found;
		return e;
	}
	e = make(c);
	return e == OK ? keep(c, key, hash) : e;
}

enum err
idempotency_run(struct ctx *c, handler_fn *make)
{
	const char *key = req_param(&c->req, "HTTP_IDEMPOTENCY_KEY");

	/* Answers are kept by API key, which a page has not. */
	if (key == NULL || c->key_id == NULL)
		return make(c);
	if (!once_is_key(key))
		return fail_detail(&c->w, ERR_SYNTAX,
		    "Idempotency-Key must be 1 to %d visible characters", KEY_MOST);
	enum err e = db_begin(c->w.db);
	if (e != OK)
		return e;
	e = run_in_transaction(c, key, make);
	if (e == OK)
		return db_commit(c->w.db);
	db_rollback(c->w.db);
	return e;
}
