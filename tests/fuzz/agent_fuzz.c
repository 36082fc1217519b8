/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes user agents: the automaton finds the same as a search for each word by itself, where
 * words may stand anywhere; what follows a bot's agent after a blank excuses nothing.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/subject/bot.h"

static const char *const anywhere[] = {
#define BOT(text) text,
#define WORD(text)
#define HUMAN(text)
#include "core/subject/bots.def"
};

static const struct {
	const char *text;
	enum { IN, AT_START, AT_END, WHOLE } where;
} named[] = {
#define CRAWLER(text, where) {text, where},
#include "core/subject/crawlers.def"
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Whether a word that may stand anywhere is in the text. */
static bool
has_word(const char *text)
{
	for (size_t i = 0; i < sizeof anywhere / sizeof anywhere[0]; i++)
		if (strcasestr(text, anywhere[i]) != NULL)
			return true;
	return false;
}

static bool
has_name(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		size_t n = strlen(named[i].text);
		const char *from = text;
		if (n > length)
			continue;
		if (named[i].where == AT_END || named[i].where == WHOLE)
			from = text + length - n;
		if (named[i].where == WHOLE && n < length)
			continue;
		if (named[i].where == AT_START ? strncmp(text, named[i].text, n) == 0
		                               : strstr(from, named[i].text) != NULL)
			return true;
	}
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	char *longer = calloc(1, size + 32);

	must(text != NULL && longer != NULL);
	memcpy(text, data, size);
	bool known = has_word(text) || has_name(text);
	bool bot = bot_is(text);
	must(bot == bot_is(text));
	must(bot || !known);
	must(!bot || known || strcasestr(text, "bot") != NULL);
	must(!bot_is(NULL));
	strcpy(longer, text);
	strcat(longer, " (compatible; Googlebot/2.1)");
	must(bot_is(longer));
	free(text);
	free(longer);
	return 0;
}
