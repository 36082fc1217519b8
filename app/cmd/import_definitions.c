/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay import definitions: what differs from the stored definitions goes through the same
 * operations as changes by people. A definition that refers to a later one in the file, or loses a
 * group that a later one still names, is tried again after the others. Those that are left and need
 * each other are written together, in one transaction. What a change renames in others counts for
 * those that the file does not have; the others end as the file has them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "cmd/definition_item.h"
#include "cmd/definitions.h"
#include "service/change.h"
#include "service/decision/segmentation_set.h"

/* An import under way. */
struct definition_job {
	void *mem;
	struct work *w;
	struct json_object *stored;
	FILE *out; /* for problems; NULL: not printed, in tries that are not the last */
	int64_t made, changed, kept, bad; /* counts of definitions, each in one of them */
};

/* Prints a problem with its place in the file. */
static void
print_problem(const struct definition_job *j, const struct definition_item *it, const char *pointer,
    const char *why)
{
	static const char request[] = "/request";

	/* The API takes an experiment as the member `request`; in the file it stands alone. */
	if (strncmp(pointer, request, sizeof request - 1) == 0)
		pointer += sizeof request - 1;
	if (j->out != NULL)
		fprintf(j->out, "/%s/%zu%s%s: %s\n", definitions_parts[it->part], it->index,
		    *pointer == '/' || *pointer == '\0' ? "" : " ", pointer, why);
}

/* Prints the problems of the last operation, or its error. */
static void
print_problems(const struct definition_job *j, const struct definition_item *it, enum err e)
{
	const struct work *w = j->w;
	size_t n = problem_count(w->problems);

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_item(w->problems->list, i);
		print_problem(j, it, json_object_get_string(json_object_object_get(o, "pointer")),
		    json_object_get_string(json_object_object_get(o, "detail")));
	}
	if (n == 0)
		print_problem(j, it, "", w->detail != NULL ? w->detail : err_info(e)->title);
}

/* Runs an operation on a definition or several; it prints no problem. */
static enum err
run_import(struct definition_job *j, change_fn *run, void *arg)
{
	struct json_object *answer;

	work_begin(j->w, definition_item_clock(), command_actor());
	j->w->intent.action = "import definitions";
	return change_run(j->w, run, arg, &answer);
}

/* Counts a definition that is as the file has it now. */
static void
count_done(struct definition_job *j, struct definition_item *it)
{
	it->done = true;
	j->made += it->stored == NULL;
	j->changed += it->stored != NULL;
}

/* Tries one definition; false when it failed. */
static bool
import_once(struct definition_job *j, struct definition_item *it)
{
	it->id = json_text(it->o, definitions_id(it->part));
	if (it->id == NULL) {
		print_problem(j, it, mem_printf(j->mem, "/%s", definitions_id(it->part)),
		    "is missing or no text");
		return false;
	}
	if (it->repeated) {
		print_problem(j, it, mem_printf(j->mem, "/%s", definitions_id(it->part)),
		    "is that of an earlier one in the file");
		return false;
	}
	if (!definition_item_differs(it, j->stored)) {
		j->kept++;
		it->kept = it->done = true;
		return true;
	}
	enum err e = run_import(j, definition_item_import, it);
	if (e == OK)
		count_done(j, it);
	else
		print_problems(j, it, e);
	work_end(j->w);
	return e == OK;
}

/* Marks a definition whose id an earlier one has. */
static void
mark_repeated(struct json_object *seen, struct definition_item *it)
{
	const char *id = json_text(it->o, definitions_id(it->part));

	it->repeated = id != NULL && json_object_object_get_ex(seen, id, NULL);
	if (id != NULL)
		json_object_object_add(seen, id, NULL);
}

/* The definitions of the document, as an array on ctx; returns their number. */
static size_t
list_items(void *ctx, struct json_object *document, struct definition_item **out)
{
	struct json_object *seen;
	size_t n = 0;

	*out = NULL;
	for (size_t part = 0; part < DEFINITIONS_PARTS; part++) {
		struct json_object *list =
		    json_object_object_get(document, definitions_parts[part]);
		size_t more = json_items(list);
		*out = mem_check(
		    talloc_realloc(ctx, *out, struct definition_item, n + more + 1));
		seen = mem_json(ctx, json_object_new_object());
		for (size_t i = 0; i < more; i++, n++) {
			(*out)[n] = (struct definition_item){
			    .mem = ctx, .part = part, .index = i, .o = json_item(list, i)};
			mark_repeated(seen, &(*out)[n]);
		}
	}
	return n;
}

/* Definitions to be written together. */
struct together {
	struct definition_item **list;
	size_t n;
	size_t at; /* the one that is being written */
};

/* Those that are left and may refer to each other, on j->mem. */
static struct together
list_rest(struct definition_job *j, struct definition_item *items, size_t n)
{
	struct together t = {.list = mem_array(j->mem, struct definition_item *, n + 1)};

	for (size_t i = 0; i < n; i++)
		if (!items[i].done && items[i].id != NULL && !items[i].repeated &&
		    items[i].part >= DEFINITIONS_SEGMENTATIONS)
			t.list[t.n++] = &items[i];
	return t;
}

/*
 * The change of several definitions: first each as the file has it, whatever it refers to; then the
 * rules and criteria of each once more, which checks them against all of the others.
 */
static enum err
import_together(struct work *w, void *arg, struct json_object **answer)
{
	struct together *t = arg;
	struct json_object *ids = mem_json(w->mem, json_object_new_object()), *none;
	enum err e = OK;

	segmentation_set_forget(w);
	change_nothing(w); /* each part is noted by itself */
	for (t->at = 0; t->at < t->n; t->at++)
		json_object_object_add(ids, t->list[t->at]->id, NULL);
	change_together(w, ids);
	for (t->at = 0; e == OK && t->at < t->n; t->at += e == OK)
		e = definition_item_free_slots(w, t->list[t->at]);
	if (e == OK)
		for (t->at = 0; e == OK && t->at < t->n; t->at += e == OK)
			e = change_part(w, definition_item_import, t->list[t->at], &none);
	change_together(w, NULL);
	if (e == OK)
		for (t->at = 0; e == OK && t->at < t->n; t->at += e == OK)
			e = definition_item_import_rules(w, t->list[t->at], &none);
	*answer = NULL;
	return e;
}

/*
 * Writes definitions together that could not be written one by one: as many of them as are right,
 * so the one that is refused is left out until the others pass. False: not two of them are.
 */
static bool
import_rest(struct definition_job *j, struct definition_item *items, size_t n)
{
	struct together t = list_rest(j, items, n);

	while (t.n > 1) {
		enum err e = run_import(j, import_together, &t);
		segmentation_set_forget(j->w);
		work_end(j->w);
		for (size_t i = 0; i < t.n; i++) {
			t.list[i]->before = NULL; /* was of that work */
			if (e == OK)
				count_done(j, t.list[i]);
		}
		if (e == OK)
			return true;
		/* The refusal of one is worth another try without it; a broken database is not. */
		if (t.at >= t.n || e == ERR_UNAVAILABLE || e == ERR_INTERNAL)
			return false;
		memmove(&t.list[t.at], &t.list[t.at + 1],
		    (t.n - t.at - 1) * sizeof(struct definition_item *));
		t.n--;
	}
	return false;
}

/* Tries the definitions again as long as one of them succeeds. */
static void
import_rounds(struct definition_job *j, struct definition_item *items, size_t n)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < n; i++)
			if (!items[i].done && import_once(j, &items[i]))
				moved = true;
	}
}

/*
 * Writes rules and criteria again that a later change renamed something in, although the file says
 * otherwise.
 */
static enum err
import_renamed(struct definition_job *j, struct db *db, struct definition_item *items, size_t n)
{
	struct json_object *stored;
	enum err e = definitions_load(db, j->mem, &stored);

	for (size_t i = 0; e == OK && i < n; i++) {
		struct definition_item *it = &items[i];
		if (!it->done || !definition_item_rules_differ(it, stored))
			continue;
		enum err refused = run_import(j, definition_item_import_rules, it);
		if (refused != OK)
			print_problems(j, it, refused);
		work_end(j->w);
		/* It was counted when it was imported: count it anew, by how this change ended. */
		j->kept -= it->kept;
		j->changed += it->kept && refused == OK;
		j->changed -= !it->kept && it->stored != NULL && refused != OK;
		j->made -= it->stored == NULL && refused != OK;
		j->bad += refused != OK;
	}
	return e;
}

/* Imports all definitions and prints the problems of those that cannot be. */
static enum err
import_all(struct definition_job *j, struct db *db, struct definition_item *items, size_t n)
{
	do
		import_rounds(j, items, n);
	while (import_rest(j, items, n));
	/* From here on each is tried for the last time, so its problems are worth printing. */
	j->out = stderr;
	enum err e = import_renamed(j, db, items, n);
	for (size_t i = 0; i < n; i++)
		j->bad += !items[i].done && !import_once(j, &items[i]);
	return e;
}

/*
 * The file as JSON, on ctx; NULL after printing why not. Each definition is checked by its
 * operation later.
 */
static struct json_object *
read_document(void *ctx, const char *name)
{
	int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	struct json_object *o = fd < 0 ? NULL : json_object_from_fd(fd);

	if (fd < 0)
		fprintf(stderr, "assay import: %s: %s\n", name, strerror(errno));
	else if (o == NULL)
		fprintf(stderr, "assay import: %s: %s\n", name, json_util_get_last_err());
	else if (!json_object_is_type(o, json_type_object))
		fprintf(stderr, "assay import: %s: must be an object of lists\n", name);
	if (fd > STDIN_FILENO)
		close(fd);
	return json_object_is_type(o, json_type_object) ? mem_json(ctx, o) : NULL;
}

int
definitions_import(const struct command *c, const char *file)
{
	struct definition_job j = {.mem = c->mem};
	struct json_object *document = read_document(c->mem, file);
	struct db *db = setup_owner_db(c->mem, c->conf);
	struct definition_item *items;

	if (document == NULL)
		return EXIT_FAILED;
	/* Definitions are read as the owner, and changed with the role that requests have. */
	j.w = setup_work(c->mem, c->conf, setup_db(c->mem, c->conf, setup_share()));
	if (j.w == NULL)
		return EXIT_FAILED;
	db_set_deadline(j.w->db, INT64_MAX); /* nobody waits at the other end of a request */
	if (definitions_load(db, c->mem, &j.stored) != OK)
		return command_db_failed(db);
	size_t n = list_items(c->mem, document, &items);
	if (import_all(&j, db, items, n) != OK)
		return command_db_failed(db);
	fprintf(stderr, "%lld made, %lld changed, %lld as they were, %lld bad\n",
	    (long long)j.made, (long long)j.changed, (long long)j.kept, (long long)j.bad);
	return j.bad == 0 ? EXIT_DONE : EXIT_FAILED;
}
