/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the commands share.
 */
#include "cmd/command.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *
command_option(const struct command *c, const char *name)
{
	for (int i = 0; i + 1 < c->argc; i++)
		if (strcmp(c->argv[i], name) == 0)
			return c->argv[i + 1];
	return NULL;
}

struct actor
command_actor(void)
{
	static char name[64];
	const struct passwd *user = getpwuid(geteuid());

	if (user == NULL)
		snprintf(name, sizeof name, "cli:%lld", (long long)geteuid());
	else
		snprintf(name, sizeof name, "cli:%.48s", user->pw_name);
	return (struct actor){.command = name, .trusted = true};
}

int
command_db_failed(const struct db *db)
{
	fprintf(stderr, "assay: %s\n", db_message(db));
	return EXIT_FAILED;
}
