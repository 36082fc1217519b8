/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is no person, by what a client says of itself.
 */
#include "core/subject/bot.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *fragment;
	bool bot;
} list[] = {
#define BOT(fragment) {fragment, true},
#define HUMAN(fragment) {fragment, false},
#include "core/subject/bots.def"
#undef BOT
#undef HUMAN
};

enum { LIST = sizeof list / sizeof list[0] };

static size_t
count(const char *text, const char *fragment)
{
	size_t n = 0;

	for (const char *at = text; (at = strcasestr(at, fragment)) != NULL; at++)
		n++;
	return n;
}

/* How often the fragment stands in the text within something that only looks like it. */
static size_t
excused(const char *text, const char *fragment)
{
	size_t n = 0;

	for (size_t i = 0; i < LIST; i++)
		if (!list[i].bot && strstr(list[i].fragment, fragment) != NULL)
			n += count(text, list[i].fragment);
	return n;
}

bool
bot_is(const char *user_agent)
{
	if (user_agent == NULL)
		return false;
	for (size_t i = 0; i < LIST; i++)
		if (list[i].bot &&
		    count(user_agent, list[i].fragment) > excused(user_agent, list[i].fragment))
			return true;
	return false;
}
