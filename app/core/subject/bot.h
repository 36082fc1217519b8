/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_BOT_H
#define CORE_SUBJECT_BOT_H

#include <stdbool.h>

/* Whether a user agent is a bot's, by the list in core/subject/bots.def, in any case of letters.
 * NULL and "" are not. */
bool bot_is(const char *user_agent);

#endif
