/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay user: accounts are made here, by whoever may connect as the owner. There is no default
 * password, and none is printed: a link that works once lets somebody in, who then sets one.
 */
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/net/public_url.h"
#include "cmd/command.h"
#include "core/subject/account.h"
#include "web/auth/sign_in_link.h"

static int
refuse(const char *why)
{
	fprintf(stderr, "assay user: %s\n\n", why);
	return EXIT_USAGE;
}

/* A link for the account; statement q makes it, resets it or leaves it as it is. */
static int
make_link(const struct command *c, enum query q, const char *name, const char *role)
{
	struct db *db = setup_owner_db(c->mem, c->conf);
	const char *path;

	if (sign_in_link_make(db, c->mem, &(struct sign_in_link_order){q, name, role}, &path) != OK)
		return command_db_failed(db);
	if (path == NULL) {
		fprintf(stderr, "assay user: %s %s\n", name,
		    q == QUERY_account_add ? "is there already" : "is no account, or disabled");
		return EXIT_FAILED;
	}
	puts(public_url_make(c->mem, c->conf->public_url, path));
	return EXIT_DONE;
}

static int
add(const struct command *c)
{
	const char *role = command_option(c, "--role");
	const char *name = c->argv[1];
	const char *fault = account_name_fault(c->mem, name);

	if (role == NULL || !account_is_role(role))
		return refuse("--role must be viewer, editor or admin");
	if (fault != NULL)
		return refuse(mem_printf(c->mem, "NAME %s", fault));
	return make_link(c, QUERY_account_add, name, role);
}

static int
disable(const struct command *c)
{
	struct db *db = setup_owner_db(c->mem, c->conf);
	char now[INSTANT_TEXT];
	struct db_rows *rows;

	instant_format(instant_now(), now);
	const char *params[] = {c->argv[1], now};
	if (db_query(db, c->mem, QUERY_account_disable, params, &rows) != OK)
		return command_db_failed(db);
	if (db_count(rows) == 0) {
		fprintf(stderr, "assay user: %s is no account\n", c->argv[1]);
		return EXIT_FAILED;
	}
	printf("%s is disabled and signed out everywhere\n", c->argv[1]);
	return EXIT_DONE;
}

static int
list(const struct command *c)
{
	struct db *db = setup_owner_db(c->mem, c->conf);
	struct db_rows *rows;

	if (db_query(db, c->mem, QUERY_account_list, NULL, &rows) != OK)
		return command_db_failed(db);
	printf("%-20s  %-6s  %-8s  %s\n", "name", "role", "state", "created");
	for (int i = 0; i < db_count(rows); i++)
		printf("%-20s  %-6s  %-8s  %.10s\n", db_cell(rows, i, "name"),
		    db_cell(rows, i, "role"), db_cell(rows, i, "state"),
		    db_cell(rows, i, "created_at"));
	return EXIT_DONE;
}

int
command_user(const struct command *c)
{
	if (c->argc == 4 && strcmp(c->argv[0], "add") == 0)
		return add(c);
	if (c->argc == 2 && strcmp(c->argv[0], "reset") == 0)
		return make_link(c, QUERY_account_reset, c->argv[1], NULL);
	if (c->argc == 2 && strcmp(c->argv[0], "link") == 0)
		return make_link(c, QUERY_account_link, c->argv[1], NULL);
	if (c->argc == 2 && strcmp(c->argv[0], "disable") == 0)
		return disable(c);
	if (c->argc == 1 && strcmp(c->argv[0], "list") == 0)
		return list(c);
	return EXIT_USAGE;
}
