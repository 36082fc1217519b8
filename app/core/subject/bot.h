/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_BOT_H
#define CORE_SUBJECT_BOT_H

#include <stdbool.h>

/*
 * Whether a user agent is that of a crawler, a link preview, a monitor or an automated browser, by
 * the words in core/subject/bots.def and the names in core/subject/crawlers.def. NULL and "" are
 * not; neither are HTTP libraries, which apps use.
 */
bool bot_is(const char *user_agent);

#endif
