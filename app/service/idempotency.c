/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Repeated requests. An advisory lock on actor and key, held until the transaction ends, ensures
 * that only one request works under a key; the stored answer serves those after it. Lock and
 * look-up are two statements, because a statement that waits for the lock does not see what the
 * holder before committed.
 */
#include "service/idempotency.h"

#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "service/audit.h"
#include "store/db/db.h"
#include "store/db/pgtype.h"
#include "store/work.h"

/* The owner of a key. Prefixed, because an API key and an account may have the same name. */
static const char *
actor_name(struct work *w)
{
	const struct actor *a = &w->actor;

	return a->key_id != NULL ? mem_printf(w->mem, "key:%s", a->key_id)
				 : mem_printf(w->mem, "account:%s", work_actor(w));
}

/* Takes the lock without waiting. ERR_CONFLICT with w->later when another request has it. */
static enum err
lock_key(struct work *w)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_idempotency_lock,
	    (const char *const[]){actor_name(w), w->intent.idempotency_key}, &rows);

	if (e != OK || *db_cell(rows, 0, "ours") == 't')
		return e;
	w->later = true;
	return fail_detail(w, ERR_CONFLICT, "a request with this Idempotency-Key is under way");
}

enum err
idempotency_find(struct work *w, struct json_object **answer, bool *found)
{
	char since[INSTANT_TEXT];
	struct db_rows *rows;

	*found = false;
	enum err e = lock_key(w);
	if (e != OK)
		return e;
	instant_format(w->now - INSTANT_DAY, since);
	e = db_query(w->db, w->mem, QUERY_idempotency_find,
	    (const char *const[]){actor_name(w), w->intent.idempotency_key, since}, &rows);
	if (e != OK || db_count(rows) == 0)
		return e;
	struct json_object *row = mem_json(w->mem, db_row_json(rows, 0));
	struct json_object *stored = json_object_object_get(row, "stored");
	const char *digest = json_text(stored, "hash");
	if (digest == NULL || strcmp(digest, w->intent.digest) != 0)
		return fail(w, ERR_INVALID, "Idempotency-Key", "was used for another request");
	*answer = json_object_object_get(stored, "answer");
	*found = true;
	return OK;
}

enum err
idempotency_keep(struct work *w, struct json_object *answer, const char *const subjects[], size_t n)
{
	const char *now = work_now_text(w);

	const char *params[] = {actor_name(w), w->intent.idempotency_key, w->intent.digest,
		json_plain(audit_without_secrets(w, answer)), now,
		pgtype_array(w->mem, subjects, n)};
	return db_query(w->db, w->mem, QUERY_idempotency_keep, params, NULL);
}
