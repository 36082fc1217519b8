/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay user: manages accounts as the owner of the database. There is no default password and none
 * is printed: a link that works once signs the person in, who then chooses a password.
 */
#include <stdio.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/net/public_url.h"
#include "cmd/command.h"
#include "core/subject/account.h"
#include "service/access/account.h"

/* Prints what is wrong with an argument. */
static int
print_name_fault(const char *what, const char *why)
{
	fprintf(stderr, "assay user: %s %s\n\n", what, why);
	return EXIT_USAGE;
}

/*
 * Prints the link of an answer, or why there is none. The address is all that goes to standard
 * output, so that a script can send it on.
 */
static int
print_link(const struct command *c, const struct work *w, enum err e, struct json_object *answer)
{
	const char *name = c->argv[1];

	if (e == ERR_NOT_FOUND || e == ERR_CONFLICT)
		fprintf(stderr, "assay user: %s %s\n", name,
		    e == ERR_CONFLICT ? "is there already" : "is no account, or disabled");
	if (e != OK)
		return e == ERR_NOT_FOUND || e == ERR_CONFLICT
		    ? EXIT_FAILED : command_failed(w, "user");
	const char *token = json_text(json_object_object_get(answer, "once"), "token");
	puts(public_url_make(
	    c->mem, c->conf->public_url, account_link_path(c->mem, token)));
	return EXIT_DONE;
}

static int
add_account(const struct command *c)
{
	struct account_input in = {c->argv[1], command_option(c, "role")};
	const char *fault = account_name_fault(c->mem, in.name);
	struct json_object *answer;

	if (in.role == NULL || !account_is_role(in.role))
		return print_name_fault("--role", "must be viewer, editor or admin");
	if (fault != NULL)
		return print_name_fault("NAME", fault);
	struct work *w = command_work(c, "user add");
	if (w == NULL)
		return EXIT_FAILED;
	enum err e = account_add(w, &in, &answer);
	return print_link(c, w, e, answer);
}

typedef enum err link_fn(struct work *w, const char *name, struct json_object **answer);

/* Runs an operation that answers a link. */
static int
print_new_link(const struct command *c, const char *action, link_fn *run)
{
	struct work *w = command_work(c, action);
	struct json_object *answer;

	if (w == NULL)
		return EXIT_FAILED;
	enum err e = run(w, c->argv[1], &answer);
	return print_link(c, w, e, answer);
}

static int
disable_account(const struct command *c)
{
	struct work *w = command_work(c, "user disable");
	struct json_object *answer;

	if (w == NULL)
		return EXIT_FAILED;
	enum err e = account_disable(w, c->argv[1], &answer);
	if (e == ERR_NOT_FOUND)
		fprintf(stderr, "assay user: %s is no account\n", c->argv[1]);
	if (e != OK)
		return e == ERR_NOT_FOUND ? EXIT_FAILED : command_failed(w, "user");
	printf("%s is disabled and signed out everywhere\n", c->argv[1]);
	return EXIT_DONE;
}

/* Prints a table of all accounts. */
static int
list_accounts(const struct command *c)
{
	struct work *w = command_work(c, NULL);
	struct json_object *accounts;

	if (w == NULL || account_list(w, &accounts) != OK)
		return w == NULL ? EXIT_FAILED : command_failed(w, "user");
	printf("%-20s  %-6s  %-8s  %s\n", "name", "role", "state", "created");
	for (size_t i = 0; i < json_items(accounts); i++) {
		struct json_object *a = json_item(accounts, i);
		printf("%-20s  %-6s  %-8s  %.10s\n", json_text(a, "name"), json_text(a, "role"),
		    json_text(a, "state"), json_text(a, "created_at"));
	}
	return EXIT_DONE;
}

int
command_user(const struct command *c)
{
	if (c->argc == 2 && strcmp(c->argv[0], "add") == 0)
		return add_account(c);
	if (!command_has_only(c, 0, NULL))
		return EXIT_USAGE;
	if (c->argc == 2 && strcmp(c->argv[0], "reset") == 0)
		return print_new_link(c, "user reset", account_reset);
	if (c->argc == 2 && strcmp(c->argv[0], "link") == 0)
		return print_new_link(c, "user link", account_link);
	if (c->argc == 2 && strcmp(c->argv[0], "disable") == 0)
		return disable_account(c);
	if (c->argc == 1 && strcmp(c->argv[0], "list") == 0)
		return list_accounts(c);
	return EXIT_USAGE;
}
