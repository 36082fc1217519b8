/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay import definitions: what differs from the stored definitions goes through the same
 * operations as changes by people. A definition that refers to a later one in the file, or loses a
 * group that a later one still names, is tried again after the others.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "cmd/definitions.h"
#include "service/change.h"
#include "service/definition/experiment_state.h"
#include "service/definition/goal.h"
#include "service/definition/layer.h"
#include "service/definition/segmentation.h"

/* An import under way. */
struct definition_job {
	void *mem;
	struct work *w;
	struct json_object *stored;
	FILE *out; /* for problems; NULL: not printed, in tries that are not the last */
	int64_t made, changed, kept, bad;
};

/* A definition of the file. */
struct item {
	size_t part, index;
	const char *id;
	struct json_object *o;
	struct json_object *stored;  /* NULL: nothing */
	struct json_object *changes; /* the members that differ from it */
	bool done;
};

/* Prints a problem with its place in the file. */
static void
print_problem(const struct definition_job *j, const struct item *it, const char *pointer,
    const char *why)
{
	static const char request[] = "/request";

	if (strncmp(pointer, request, sizeof request - 1) == 0)
		pointer += sizeof request - 1;
	if (j->out != NULL)
		fprintf(j->out, "/%s/%zu%s%s: %s\n", definitions_parts[it->part], it->index,
		    *pointer == '/' || *pointer == '\0' ? "" : " ", pointer, why);
}

/* Prints the problems of the last operation, or its error. */
static void
print_problems(const struct definition_job *j, const struct item *it, enum err e)
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

/* The wall clock as operations see it, in whole milliseconds. */
static int64_t
clock_now(void)
{
	int64_t now = instant_now();

	return now - now % INSTANT_MS;
}

/* An experiment is created as on its first day, so that one that has begun can be imported. */
static int64_t
first_day(struct json_object *o)
{
	const char *start = json_text(json_object_object_get(o, "data"), "startDate");
	int64_t now = clock_now(), at;

	if (start == NULL)
		return now;
	char *text = mem_printf(NULL, "%sT00:00:00Z", start);
	bool read = instant_parse(text, strlen(text), &at);
	talloc_free(text);
	return read && at < now ? at : now;
}

static enum err
import_goal(struct work *w, const struct item *it, struct json_object **answer)
{
	struct goal_input in;
	enum err e = goal_input_read(w, it->changes, true, &in);

	if (e != OK)
		return e;
	return it->stored == NULL ? goal_add(w, &in, answer)
				  : goal_change(w, it->id, &in, answer);
}

static enum err
import_layer(struct work *w, const struct item *it, struct json_object **answer)
{
	struct layer_input in;

	if (it->stored != NULL)
		return fail(
		    w, ERR_CONFLICT, "", "is there already, and a layer stays as it is");
	enum err e = layer_input_read(w, it->changes, true, &in);
	return e == OK ? layer_add(w, &in, answer) : e;
}

static enum err
import_segmentation(struct work *w, const struct item *it, struct json_object **answer)
{
	struct segmentation_definition in;
	struct segmentation_change change;
	enum err e;

	if (it->stored == NULL) {
		e = segmentation_input_read(w, it->changes, true, &in);
		return e == OK ? segmentation_add(w, &in, answer) : e;
	}
	e = segmentation_change_read(w, it->changes, true, &change);
	return e == OK ? segmentation_change(w, it->id, &change, answer) : e;
}

static enum err
create_experiment(struct work *w, struct json_object *request, struct experiment_answer *a)
{
	struct definition d;

	work_set_now(w, first_day(request));
	enum err e = experiment_input_read(w, request, &d);
	if (e == OK)
		e = experiment_create(w, &d, a);
	/* The audit row, and a stop that follows, are of now. */
	work_set_now(w, clock_now());
	if (e == OK && json_text(a->definition, "err") != NULL)
		return fail(w, ERR_CONFLICT, "", "somebody else creates it just now");
	return e;
}

static enum err
change_stored_experiment(struct work *w, const struct experiment_target *t,
    struct json_object *request, struct json_object *state, struct experiment_answer *a)
{
	struct json_object *delivered = mem_json(w->mem, json_object_new_object());
	struct experiment_delivery delivery;
	struct experiment_changes changes;
	enum err e = OK;

	if (json_member_count(request) > 0)
		e = experiment_changes_read(w, request, &changes);
	if (e == OK && json_member_count(request) > 0)
		e = experiment_change(w, t, &changes, a);
	if (e != OK || state == NULL)
		return e;
	json_object_object_add(delivered, "state", json_object_get(state));
	e = experiment_delivery_read(w, delivered, &delivery);
	return e == OK ? experiment_deliver(w, t, &delivery, a) : e;
}

/* Creates or changes an experiment; state and status have operations of their own. */
static enum err
import_experiment(struct work *w, const struct item *it, struct json_object **answer)
{
	struct json_object *request = mem_json_copy(w->mem, it->changes);
	struct json_object *state = json_object_object_get(it->changes, "state");
	struct experiment_target t = {.id = it->id};
	struct experiment_answer a = {0};
	bool is = json_object_get_boolean(json_object_object_get(it->stored, "stopped"));
	bool told = json_object_object_get_ex(it->o, "stopped", NULL);
	bool stop = json_object_get_boolean(json_object_object_get(it->o, "stopped"));
	enum err e;

	json_remove(request, "stopped");
	if (it->stored == NULL) {
		e = create_experiment(w, request, &a);
	} else {
		json_remove(request, "state");
		e = change_stored_experiment(w, &t, request, state, &a);
	}
	if (e == OK && told && stop != is)
		e = experiment_move(w, &t, stop ? MOVE_STOP : MOVE_RESUME, &a);
	*answer = a.definition;
	return e;
}

/* The change of one definition: everything that differs, in one transaction. */
static enum err
import_item(struct work *w, void *arg, struct json_object **answer)
{
	static enum err (*const parts[DEFINITIONS_PARTS])(
	    struct work *w, const struct item *it, struct json_object **answer) = {
		import_goal, import_layer, import_segmentation, import_experiment};
	const struct item *it = arg;

	return parts[it->part](w, it, answer);
}

/* The members that differ from what is stored; all of them when nothing is. */
static struct json_object *
changed_members(void *mem, struct json_object *wanted, struct json_object *stored)
{
	struct json_object *out = mem_json(mem, json_object_new_object());

	json_object_object_foreach(json_members(wanted), name, value) {
		if (stored == NULL ||
		    !json_object_equal(value, json_object_object_get(stored, name)))
			json_object_object_add(out, name, json_object_get(value));
	}
	return out;
}

/* Tries one definition; false when it failed. */
static bool
import_once(struct definition_job *j, struct item *it)
{
	const char *id = json_text(it->o, definitions_id(it->part));
	struct json_object *answer;

	if (id == NULL) {
		print_problem(j, it, mem_printf(j->mem, "/%s", definitions_id(it->part)),
		    "is missing or no text");
		return false;
	}
	it->id = id;
	it->stored = definitions_find(j->stored, it->part, id);
	it->changes = changed_members(j->mem, it->o, it->stored);
	if (it->stored != NULL && json_member_count(it->changes) == 0) {
		j->kept++;
		return true;
	}
	work_begin(j->w, clock_now(), command_actor());
	j->w->intent.action = "import definitions";
	enum err e = change_run(j->w, import_item, it, &answer);
	if (e != OK)
		print_problems(j, it, e);
	work_end(j->w);
	j->made += e == OK && it->stored == NULL;
	j->changed += e == OK && it->stored != NULL;
	return e == OK;
}

/* The definitions of the document, as an array on ctx; returns their number. */
static size_t
list_items(void *ctx, struct json_object *document, struct item **out)
{
	size_t n = 0;

	*out = NULL;
	for (size_t part = 0; part < DEFINITIONS_PARTS; part++) {
		struct json_object *list =
		    json_object_object_get(document, definitions_parts[part]);
		size_t more = json_items(list);
		*out = mem_check(talloc_realloc(ctx, *out, struct item, n + more + 1));
		for (size_t i = 0; i < more; i++)
			(*out)[n++] = (struct item){
			    .part = part, .index = i, .o = json_item(list, i)};
	}
	return n;
}

/*
 * Tries the definitions again as long as one of them succeeds; the last round prints problems.
 */
static void
import_all(struct definition_job *j, struct item *items, size_t n)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < n; i++)
			if (!items[i].done && import_once(j, &items[i]))
				items[i].done = moved = true;
	}
	j->out = stderr;
	for (size_t i = 0; i < n; i++)
		j->bad += !items[i].done && !import_once(j, &items[i]);
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
	struct item *items;

	if (document == NULL)
		return EXIT_FAILED;
	j.w = setup_work(c->mem, c->conf, setup_db(c->mem, c->conf, setup_share()));
	if (j.w == NULL)
		return EXIT_FAILED;
	db_set_deadline(j.w->db, INT64_MAX);
	if (definitions_load(db, c->mem, &j.stored) != OK)
		return command_db_failed(db);
	size_t n = list_items(c->mem, document, &items);
	import_all(&j, items, n);
	fprintf(stderr, "%lld made, %lld changed, %lld as they were, %lld bad\n",
	    (long long)j.made, (long long)j.changed, (long long)j.kept, (long long)j.bad);
	return j.bad == 0 ? EXIT_DONE : EXIT_FAILED;
}
