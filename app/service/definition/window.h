/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_WINDOW_H
#define SERVICE_DEFINITION_WINDOW_H

#include <stdbool.h>

#include "base/err.h"

struct work;

/*
 * Windows of goals in the ledger of results (sql/migration/0004_goal_windows.sql), which keeps the
 * participants of an experiment by the day on which a window ends.
 */

/*
 * Adds the windows of goals that experiments lack: of the experiment of that id (NULL: of all), of
 * the goal of that name (NULL: of all). fresh: the experiment has no participants yet; otherwise
 * the jobs add those that there are. Within a change.
 */
enum err window_add(struct work *w, const char *experiment, const char *goal, bool fresh)
    must_check;

#endif
