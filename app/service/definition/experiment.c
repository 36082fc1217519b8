/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Definitions of experiments as they are stored.
 */
#include "service/definition/experiment.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "store/db/db.h"
#include "store/work.h"

enum err
experiment_find(struct work *w, const char *id, struct json_object **out, const char **version)
{
	struct db_rows *rows;
	enum err e = db_query(w->db, w->mem, QUERY_experiment_get, &id, &rows);

	if (e != OK)
		return e;
	if (db_count(rows) == 0)
		return ERR_NOT_FOUND;
	*version = db_cell(rows, 0, "version");
	*out = mem_json(w->mem, db_row_json(rows, 0));
	/* of the view, for lists */
	json_remove(*out, "nr");
	json_remove(*out, "start");
	return OK;
}

const char *
experiment_version(struct work *w, const char *version)
{
	return mem_dupn(w->mem, version, strspn(version, "0123456789"));
}
