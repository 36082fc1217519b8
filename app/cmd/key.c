/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay key: creates, lists and revokes API keys as the owner of the database.
 */
#include <stdio.h>
#include <string.h>

#include "base/jsonutil.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "service/access/key.h"

/* An option, and the member that service/access/key.h reads from it. */
static const struct {
	const char *option, *member;
} options[] = {
	{"class", "class"}, {"scope", "scope"}, {"name", "name"}, {"origin", "origins"},
	{"days", "days"}, {"tags", "tags"}, {"subjects", "subjects"},
	{"attributes", "attributes"}, {"rate", "rate"}, {"new-rate", "new_rate"},
	{"signed", "signed"}, /* without a value */
};

enum { OPTIONS = sizeof options / sizeof options[0], WITH_VALUE = OPTIONS - 1 };

/* The options of the command as an object of texts. */
static struct json_object *
read_key_options(const struct command *c)
{
	struct json_object *form = mem_json(c->mem, json_object_new_object());

	for (size_t k = 0; k < OPTIONS; k++) {
		const char *value = command_option(c, options[k].option);
		if (value != NULL)
			json_add_text(form, options[k].member, k < WITH_VALUE ? value : "1");
	}
	return form;
}

/* Tells what is wrong, by the options; the usage is printed below it. */
static int
refuse_input(const struct work *w)
{
	for (size_t i = 0; i < json_items(w->problems->list); i++) {
		struct json_object *problem = json_item(w->problems->list, i);
		const char *member = json_text(problem, "pointer");
		for (size_t k = 0; k < OPTIONS; k++)
			if (strcmp(member + 1, options[k].member) == 0)
				fprintf(stderr, "assay key: --%s %s\n", options[k].option,
				    json_text(problem, "detail"));
	}
	fputc('\n', stderr);
	return EXIT_USAGE;
}

/* Prints the key, and below it the signing secret if it has one. */
static int
create_key(const struct command *c)
{
	struct json_object *form = read_key_options(c), *answer;
	struct key_input in;

	struct work *w = command_work(c, "key create");
	if (w == NULL)
		return EXIT_FAILED;
	/* A name is required, but at a command line the class says enough; without a class it can
	 * only be a key for metrics, or be refused. */
	if (json_text(form, "name") == NULL) {
		const char *class = json_text(form, "class");
		json_add_text(form, "name", class != NULL ? class : "metrics");
	}
	if (key_input_read(w, form, &in) != OK)
		return refuse_input(w);
	if (key_create(w, &in, &answer) != OK)
		return command_failed(w, "key");
	struct json_object *once = json_object_object_get(answer, "once");
	puts(json_text(once, "key"));
	if (json_text(once, "signing") != NULL)
		puts(json_text(once, "signing"));
	return EXIT_DONE;
}

/* Prints a table of all keys. */
static int
list_keys(const struct command *c)
{
	struct work *w = command_work(c, NULL);
	struct json_object *keys;

	if (w == NULL || key_list(w, &keys) != OK)
		return w == NULL ? EXIT_FAILED : command_failed(w, "key");
	printf("%-8s  %-7s  %-7s  %-10s  %-16s  %-16s  %s\n", "id", "class", "state", "created",
	    "expires", "last used", "name, origins and limits");
	for (size_t i = 0; i < json_items(keys); i++) {
		struct json_object *key = json_item(keys, i);
		const char *limits = json_text(key, "narrowed");
		printf("%-8s  %-7s  %-7s  %-10s  %-16s  %-16s  %s %s%s%s%s\n",
		    json_text(key, "id"), json_text(key, "kind"), json_text(key, "state"),
		    json_text(key, "created"), json_text(key, "expires"),
		    json_text(key, "last_used"), json_text(key, "name"),
		    json_text(key, "origins"), *limits == '\0' ? "" : " [", limits,
		    *limits == '\0' ? "" : "]");
	}
	return EXIT_DONE;
}

static int
revoke_key(const struct command *c)
{
	struct work *w = command_work(c, "key revoke");
	struct json_object *answer;

	if (w == NULL)
		return EXIT_FAILED;
	enum err e = key_revoke(w, c->argv[1], &answer);
	if (e == ERR_NOT_FOUND)
		fprintf(stderr, "assay key: no key %s\n", c->argv[1]);
	if (e != OK)
		return e == ERR_NOT_FOUND ? EXIT_FAILED : command_failed(w, "key");
	printf("%s is revoked; no worker accepts it for longer than a second\n", c->argv[1]);
	return EXIT_DONE;
}

int
command_key(const struct command *c)
{
	if (c->argc == 1 && strcmp(c->argv[0], "create") == 0)
		return create_key(c);
	if (!command_has_only(c, 0, NULL))
		return EXIT_USAGE;
	if (c->argc == 1 && strcmp(c->argv[0], "list") == 0)
		return list_keys(c);
	if (c->argc == 2 && strcmp(c->argv[0], "revoke") == 0)
		return revoke_key(c);
	return EXIT_USAGE;
}
