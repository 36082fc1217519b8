/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay key: keys are made here, by whoever may connect as the owner, and nowhere else.
 */
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/num.h"
#include "command.h"
#include "core/tag.h"
#include "core/text.h"
#include "web/auth.h"

enum { NAME_MOST = 100, DAYS_MOST = 3650 };

/* "https://a.example,https://b.example" as a JSON array; NULL when one is no origin. */
static struct json_object *
read_origins(void *mem, const char *text)
{
	struct json_object *list = mem_json(mem, json_object_new_array());
	char *rest = mem_dup(mem, text == NULL ? "" : text);

	for (char *origin; (origin = strsep(&rest, ",")) != NULL;) {
		if (*origin == '\0')
			continue;
		const char *host = strstr(origin, "://");
		if (host == NULL || host[3] == '\0' || strpbrk(host + 3, "/ \"") != NULL)
			return NULL;
		json_object_array_add(list, json_object_new_string(origin));
	}
	return list;
}

static int
refuse(const char *why)
{
	fprintf(stderr, "assay key: %s\n\n", why);
	return EXIT_USAGE;
}

/* A mistyped --origin or --days would make a key that may do more than was meant. */
static bool
options_known(const struct command *c)
{
	static const char *const known[] = {"--class", "--name", "--origin", "--days", "--tags"};

	for (int i = 1; i < c->argc; i += 2) {
		size_t k = 0;
		while (k < sizeof known / sizeof known[0] && strcmp(c->argv[i], known[k]) != 0)
			k++;
		if (k == sizeof known / sizeof known[0] || i + 1 == c->argc)
			return false;
	}
	return true;
}

static int
create(const struct command *c)
{
	const char *kind = command_option(c, "--class");
	const char *name = command_option(c, "--name");
	const char *days_text = command_option(c, "--days");
	const char *tags = command_option(c, "--tags");
	char text[AUTH_KEY_TEXT], id[AUTH_KEY_ID], digest[AUTH_DIGEST_HEX];
	char now[INSTANT_TEXT], expires[INSTANT_TEXT];
	int64_t days = 0;

	if (!options_known(c))
		return refuse(
		    "options are --class, --name, --origin, --days and --tags, each with a value");
	if (kind == NULL || (strcmp(kind, "client") != 0 && strcmp(kind, "server") != 0 &&
	    strcmp(kind, "admin") != 0))
		return refuse("--class must be client, server or admin");
	if (name == NULL)
		name = kind;
	if (text_fault(c->mem, name, strlen(name), NAME_MOST) != NULL)
		return refuse("--name must be 1 to 100 bytes without control characters");
	if (days_text != NULL && !num_int(days_text, 1, DAYS_MOST, &days))
		return refuse("--days must be a whole number from 1 to 3650");
	if (tags != NULL && !tag_key_is(tags))
		return refuse("--tags must be 1 to 255 of A-Z a-z 0-9 . - _");
	struct json_object *origins = read_origins(c->mem, command_option(c, "--origin"));
	if (origins == NULL)
		return refuse("--origin must be like https://www.example.org, without a path");
	auth_make_key(kind, text, id, digest);
	instant_format(instant_now(), now);
	instant_format(instant_now() + days * INSTANT_DAY, expires);
	struct db *db = boot_owner_db(c->mem, c->conf);
	const char *params[] = {id, kind, name, digest, json_object_to_json_string(origins), now,
		days == 0 ? NULL : expires, tags == NULL ? "" : tags};
	if (db_query(db, c->mem, QUERY_key_create, params, NULL) != OK)
		return command_db_failed(db);
	puts(text);
	return EXIT_DONE;
}

static int
list(const struct command *c)
{
	struct db *db = boot_owner_db(c->mem, c->conf);
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(instant_now(), now);
	if (db_query(db, c->mem, QUERY_key_list, (const char *const[]){now}, &rows) != OK)
		return command_db_failed(db);
	printf("%-8s  %-6s  %-7s  %-10s  %-16s  %-16s  %s\n", "id", "class", "state", "created",
	    "expires", "last used", "name and origins");
	for (int i = 0; i < db_count(rows); i++)
		printf("%-8s  %-6s  %-7s  %-10s  %-16s  %-16s  %s %s\n", db_cell(rows, i, "id"),
		    db_cell(rows, i, "kind"), db_cell(rows, i, "state"),
		    db_cell(rows, i, "created"), db_cell(rows, i, "expires"),
		    db_cell(rows, i, "last_used"), db_cell(rows, i, "name"),
		    db_cell(rows, i, "origins"));
	return EXIT_DONE;
}

static int
revoke(const struct command *c)
{
	struct db *db = boot_owner_db(c->mem, c->conf);
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
	if (c->argc >= 1 && strcmp(c->argv[0], "create") == 0)
		return create(c);
	if (c->argc == 1 && strcmp(c->argv[0], "list") == 0)
		return list(c);
	if (c->argc == 2 && strcmp(c->argv[0], "revoke") == 0)
		return revoke(c);
	return EXIT_USAGE;
}
