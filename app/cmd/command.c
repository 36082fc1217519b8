/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the commands share: their options, the actor they act as, and how they report failures.
 */
#include "cmd/command.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/mem.h"

const char *
command_option(const struct command *c, const char *name)
{
	for (size_t i = 0; c->options[i].name != NULL; i++)
		if (strcmp(c->options[i].name, name) == 0)
			return c->values[i];
	return NULL;
}

bool
command_has_only(const struct command *c, size_t n, const char *const names[])
{
	for (size_t i = 0; c->options[i].name != NULL; i++) {
		size_t k = 0;
		while (k < n && strcmp(c->options[i].name, names[k]) != 0)
			k++;
		if (c->values[i] != NULL && k == n)
			return false;
	}
	return true;
}

struct actor
command_actor(void)
{
	static char name[64]; /* the actor refers to it for as long as the command runs */
	const struct passwd *user = getpwuid(geteuid());

	/* A container may run under a number that has no name. */
	if (user == NULL)
		snprintf(name, sizeof name, "cli:%lld", (long long)geteuid());
	else
		snprintf(name, sizeof name, "cli:%.48s", user->pw_name);
	return (struct actor){.command = name, .trusted = true};
}

struct work *
command_work(const struct command *c, const char *action)
{
	struct work *w = setup_work(c->mem, c->conf, setup_owner_db(c->mem, c->conf));

	if (w == NULL)
		return NULL;
	work_begin(w, instant_now(), command_actor());
	/* No work_end follows: what an operation answers is printed, and freed with the command. */
	talloc_steal(c->mem, w->mem);
	w->intent.action = action;
	return w;
}

int
command_failed(const struct work *w, const char *name)
{
	/* The most precise reason that the operation left. */
	const char *why = w->detail != NULL ? w->detail
	    : problem_count(w->problems) > 0 ? problem_first(w->problems) : db_message(w->db);

	fprintf(stderr, "assay %s: %s\n", name, why);
	return EXIT_FAILED;
}

int
command_db_failed(const struct db *db)
{
	fprintf(stderr, "assay: %s\n", db_message(db));
	return EXIT_FAILED;
}
