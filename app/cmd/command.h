/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "run/setup.h"
#include "store/work.h"

/* What a command gets: the configuration, and the words behind its name. */
struct command {
	void *mem; /* freed when the command is over */
	const struct conf *conf;
	const char *file; /* of the configuration, or NULL */
	int argc;
	char **argv; /* the operands: the words behind the command's name that are no options */
	const struct option *options; /* that the command has; the last has no name */
	const char **values;          /* of these options; NULL: not given */
};

/* A command returns an exit code; on EXIT_USAGE its usage is printed. */
typedef int command_fn(const struct command *c);

command_fn command_doctor;
command_fn command_export;
command_fn command_import;
command_fn command_key;
command_fn command_metrics;
command_fn command_simulate;
command_fn command_user;

/* The value of the option of that name ("class"), "" of one without a value; NULL: not given. */
const char *command_option(const struct command *c, const char *name);

/* Whether no other options are given than these n: a part of a command has only some of them. */
bool command_has_only(const struct command *c, size_t n, const char *const names[]);

/*
 * The actor of a command, "cli:<system user>". It has access to the database anyway, so it may do
 * everything.
 */
struct actor command_actor(void);

/*
 * A work for the operations of the command, over the owner's connection. What they change is in the
 * audit log as `action` ("key create"; NULL: not audited). It lives as long as c->mem. NULL, after
 * printing why, when the configuration cannot be used.
 */
struct work *command_work(const struct command *c, const char *action);

/* Prints on standard error why the operation of the command `name` failed; EXIT_FAILED. */
int command_failed(const struct work *w, const char *name);

/* Prints on standard error why the database could not be used; EXIT_FAILED. */
int command_db_failed(const struct db *db);

#endif
