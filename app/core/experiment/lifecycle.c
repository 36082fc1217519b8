/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of all changes of status. experiment_status.sql makes a change only from one of the
 * statuses in the row, so two requests cannot both make it. A refresh keeps the status ACTIVE: the
 * old audience stays in effect until the new one is complete.
 */
#include "core/experiment/lifecycle.h"

#include <assert.h>
#include <string.h>

#define MAPPED "Experiment is actively mapped"

static const struct move_info moves[MOVE__MAX] = {
	[MOVE_STOP] = {"stop", "{SUBMITTED,PROCESSING,ACTIVE}", "STOPPED", "Experiment is stopped"},
	[MOVE_RESUME] = {"resume", "{STOPPED}", "ACTIVE", MAPPED},
	[MOVE_REFRESH] = {"refresh", "{ACTIVE}", "ACTIVE", MAPPED},
	[MOVE_BEGIN] = {"begin", "{SUBMITTED}", "PROCESSING", "Experiment is being mapped"},
	[MOVE_MAP] = {"map", "{SUBMITTED,PROCESSING,ACTIVE}", "ACTIVE", MAPPED},
	[MOVE_FAIL] = {"fail", "{SUBMITTED,PROCESSING}", "FAILED", "Experiment Failed"},
	[MOVE_END] = {"end", "{ACTIVE}", "INACTIVE", "Experiment is over"},
};

const struct move_info *
lifecycle_move(enum move m)
{
	assert(m < MOVE__MAX);
	return &moves[m];
}

bool
lifecycle_is_going(const char *status)
{
	static const char *const going[] = {"SUBMITTED", "PROCESSING", "ACTIVE"};

	for (size_t i = 0; i < sizeof going / sizeof going[0]; i++)
		if (strcmp(status, going[i]) == 0)
			return true;
	return false;
}
