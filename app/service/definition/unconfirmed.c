/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counts sessions that wait to be confirmed as human. Results leave them out, so a site that never
 * calls /v1/confirm_human would see an experiment without participants and no reason for it.
 */
#include "service/definition/unconfirmed.h"

#include <stdbool.h>

#include "base/mem.h"
#include "store/db/db.h"
#include "store/work.h"
#include "base/model_cache.h"

enum err
unconfirmed_count(struct work *w, const char *id, int64_t age, int64_t *out)
{
	const char *name = mem_printf(w->mem, "unconfirmed %lld %s", (long long)age, id);
	const char *stamp = mem_printf(w->mem, "%lld", (long long)(w->now / age));
	struct json_object *kept = model_cache_find(w->models, name, stamp);
	struct db_rows *rows;

	if (kept == NULL) {
		const char *params[] = {id, mem_printf(w->mem, "%d", UNCONFIRMED_MOST + 1)};
		enum err e = db_query(w->db, w->mem, QUERY_unconfirmed_count, params, &rows);
		if (e != OK)
			return e;
		kept = mem_json(w->mem, db_row_json(rows, 0));
		model_cache_keep(w->models, name, stamp, kept);
	}
	*out = json_object_get_int64(json_object_object_get(kept, "sessions"));
	return OK;
}

enum err
unconfirmed_words(struct work *w, const char *id, int64_t age, const char **out)
{
	int64_t n = 0;
	enum err e = unconfirmed_count(w, id, age, &n);

	*out = NULL;
	if (e != OK || n == 0)
		return e;
	bool more = n > UNCONFIRMED_MOST;
	if (n == 1)
		*out = "1 session has not been confirmed as human and is not counted.";
	else
		*out = mem_printf(w->mem,
		    "%s%lld sessions have not been confirmed as human and are not counted.",
		    more ? "More than " : "", (long long)(more ? UNCONFIRMED_MOST : n));
	return OK;
}
