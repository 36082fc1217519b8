/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay key: keys are made here, by whoever may connect as the owner.
 */
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/num.h"
#include "cmd/command.h"
#include "core/subject/key.h"
#include "core/subject/tag.h"
#include "base/text.h"
#include "web/auth/auth.h"

static int
refuse(const char *why)
{
	fprintf(stderr, "assay key: %s\n\n", why);
	return EXIT_USAGE;
}

#define OPTIONS \
	"options are --class, --scope, --name, --origin, --days, --tags, --subjects, " \
	"--attributes, --rate and --new-rate, each with a value, and --signed"

/* A mistyped --origin or --days would make a key that may do more than was meant. */
static bool
options_known(const struct command *c)
{
	static const char *const known[] = {"--class", "--name", "--origin", "--days", "--tags",
		"--scope", "--subjects", "--attributes", "--rate", "--new-rate"};

	for (int i = 1; i < c->argc; i += 2) {
		size_t k = 0;
		while (k < sizeof known / sizeof known[0] && strcmp(c->argv[i], known[k]) != 0)
			k++;
		if (k == sizeof known / sizeof known[0] || i + 1 == c->argc)
			return false;
	}
	return true;
}

/* The class of the key; NULL when --class and --scope do not say one. A scope stands in place of a
 * class and of what narrows one. */
static const char *
read_class(const struct command *c)
{
	const char *kind = command_option(c, "--class");
	const char *scope = command_option(c, "--scope");

	if (scope == NULL)
		return kind != NULL && key_is_class(kind) ? kind : NULL;
	return kind == NULL && command_option(c, "--origin") == NULL &&
		command_option(c, "--tags") == NULL && strcmp(scope, "metrics") == 0
	    ? scope
	    : NULL;
}

/* Takes --signed, which has no value, out of the words. */
static bool
take_signed(struct command *c)
{
	int kept = 0;

	for (int i = 0; i < c->argc; i++)
		if (strcmp(c->argv[i], "--signed") != 0)
			c->argv[kept++] = c->argv[i];
	bool is_signed = kept < c->argc;
	c->argc = kept;
	return is_signed;
}

/* Reads what narrows a client key; why not, or NULL. */
static const char *
read_narrow(const struct command *c, const char *kind, struct auth_narrow *out)
{
	const char *subjects = command_option(c, "--subjects");
	const char *attributes = command_option(c, "--attributes");
	unsigned kinds = key_subjects(c->mem, subjects);

	out->rate = command_option(c, "--rate");
	out->new_rate = command_option(c, "--new-rate");
	out->attributes = attributes == NULL || strcmp(attributes, "yes") == 0;
	out->subjects = key_subjects_text(c->mem, kinds);
	if (strcmp(kind, "client") != 0 && (subjects != NULL || attributes != NULL ||
	    out->rate != NULL || out->new_rate != NULL || out->is_signed))
		return "--subjects, --signed, --attributes, --rate and --new-rate are for client "
		       "keys";
	if (kinds == 0)
		return "--subjects must be some of user,device,session";
	if (attributes != NULL && !key_is_choice(attributes))
		return "--attributes must be yes or no";
	if (key_rate_fault(out->rate) != NULL || key_rate_fault(out->new_rate) != NULL)
		return "--rate and --new-rate must be whole numbers from 0 to 1000000";
	return NULL;
}

static int
create(struct command *c)
{
	struct auth_narrow narrow = {.is_signed = take_signed(c)};
	const char *kind = read_class(c);
	const char *name = command_option(c, "--name");
	const char *days_text = command_option(c, "--days");
	const char *tags = command_option(c, "--tags");
	struct auth_made made;
	int64_t days = 0;

	if (!options_known(c))
		return refuse(OPTIONS);
	if (kind == NULL)
		return refuse("--class must be client, server or admin; or, without --origin and "
		    "--tags, --scope must be metrics");
	if (name == NULL)
		name = kind;
	if (text_fault(c->mem, name, strlen(name), KEY_NAME) != NULL)
		return refuse("--name must be 1 to 100 bytes without control characters");
	if (days_text != NULL && !num_int(days_text, 1, KEY_DAYS, &days))
		return refuse("--days must be a whole number from 1 to 3650");
	if (tags != NULL && !tag_key_is(tags))
		return refuse("--tags must be 1 to 255 of A-Z a-z 0-9 . - _");
	struct json_object *origins = key_origins(c->mem, command_option(c, "--origin"));
	if (origins == NULL)
		return refuse("--origin must be like https://www.example.org, without a path");
	const char *fault = read_narrow(c, kind, &narrow);
	if (fault != NULL)
		return refuse(fault);
	struct db *db = setup_owner_db(c->mem, c->conf);
	struct auth_wish wish = {
	    kind, name, json_object_to_json_string(origins), days, tags, narrow};
	if (auth_create_key(db, c->mem, &wish, &made) != OK)
		return command_db_failed(db);
	puts(made.text);
	if (narrow.is_signed)
		puts(made.signing);
	return EXIT_DONE;
}

static int
list(const struct command *c)
{
	struct db *db = setup_owner_db(c->mem, c->conf);
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(instant_now(), now);
	if (db_query(db, c->mem, QUERY_key_list, (const char *const[]){now}, &rows) != OK)
		return command_db_failed(db);
	printf("%-8s  %-7s  %-7s  %-10s  %-16s  %-16s  %s\n", "id", "class", "state", "created",
	    "expires", "last used", "name, origins and what narrows it");
	for (int i = 0; i < db_count(rows); i++)
		printf("%-8s  %-7s  %-7s  %-10s  %-16s  %-16s  %s %s%s%s%s\n",
		    db_cell(rows, i, "id"), db_cell(rows, i, "kind"),
		    db_cell(rows, i, "state"), db_cell(rows, i, "created"),
		    db_cell(rows, i, "expires"), db_cell(rows, i, "last_used"),
		    db_cell(rows, i, "name"), db_cell(rows, i, "origins"),
		    *db_cell(rows, i, "narrowed") == '\0' ? "" : " [",
		    db_cell(rows, i, "narrowed"),
		    *db_cell(rows, i, "narrowed") == '\0' ? "" : "]");
	return EXIT_DONE;
}

static int
revoke(const struct command *c)
{
	struct db *db = setup_owner_db(c->mem, c->conf);
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(instant_now(), now);
	if (db_query(db, c->mem, QUERY_key_revoke, (const char *const[]){c->argv[1], now}, &rows) !=
	    OK)
		return command_db_failed(db);
	if (db_affected(rows) == 0) {
		fprintf(stderr, "assay key: no key %s\n", c->argv[1]);
		return EXIT_FAILED;
	}
	printf("%s is revoked; no worker accepts it for longer than a second\n", c->argv[1]);
	return EXIT_DONE;
}

int
command_key(const struct command *c)
{
	struct command words = *c;

	if (c->argc >= 1 && strcmp(c->argv[0], "create") == 0)
		return create(&words);
	if (c->argc == 1 && strcmp(c->argv[0], "list") == 0)
		return list(c);
	if (c->argc == 2 && strcmp(c->argv[0], "revoke") == 0)
		return revoke(c);
	return EXIT_USAGE;
}
