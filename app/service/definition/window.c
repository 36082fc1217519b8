/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Windows of goals in the ledger of results. A change of a goal or of the goals of an experiment
 * adds them in its own transaction; two such changes at once may not see each other, so the jobs
 * add what is missing, too.
 */
#include "service/definition/window.h"

#include <stddef.h>

#include "store/db/db.h"
#include "store/work.h"

enum err
window_add(struct work *w, const char *experiment, const char *goal, bool fresh)
{
	const char *params[] = {experiment, goal, work_now_text(w), fresh ? "true" : "false"};

	return db_query(w->db, w->mem, QUERY_result_window_add, params, NULL);
}
