/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay import definitions: what differs from what is stored goes through the routes by which
 * people define things. What refers to something that comes later in the file is tried again.
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
#include "cmd/inside.h"

struct job {
	void *mem;
	struct ctx ctx;
	struct json_object *stored;
	FILE *out; /* where problems are told; NULL: nowhere, in tries that are not the last */
	int64_t made, changed, kept, bad;
};

/* A definition of the file. */
struct item {
	size_t part, index;
	const char *id;
	struct json_object *o;
	bool done;
};

static void
tell(const struct job *j, const struct item *it, const char *pointer, const char *why)
{
	static const char request[] = "/request";

	if (strncmp(pointer, request, sizeof request - 1) == 0)
		pointer += sizeof request - 1;
	if (j->out != NULL)
		fprintf(j->out, "/%s/%zu%s%s: %s\n", definitions_parts[it->part], it->index,
		    *pointer == '/' || *pointer == '\0' ? "" : " ", pointer, why);
}

static void
tell_all(const struct job *j, const struct item *it, enum err e)
{
	const struct ctx *c = &j->ctx;
	size_t n = problem_count(c->w.problems);

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_item(c->w.problems->list, i);
		tell(j, it, json_object_get_string(json_object_object_get(o, "pointer")),
		    json_object_get_string(json_object_object_get(o, "detail")));
	}
	if (n == 0)
		tell(j, it, "", c->w.detail != NULL ? c->w.detail : err_info(e)->title);
}

/* One request; what is wrong is told. */
static bool
ask(struct job *j, const struct item *it, const struct inside *r)
{
	enum err e = inside_run(&j->ctx, r);

	if (e != OK)
		tell_all(j, it, e);
	ctx_reset(&j->ctx);
	return e == OK;
}

static const char *
escaped(void *ctx, const char *s)
{
	struct buf *out = buf_new(ctx, 64);

	for (; *s != '\0'; s++)
		buf_printf(out, "%%%02X", (unsigned char)*s);
	return out->data;
}

static const char *
path_of(const struct job *j, const struct item *it, const char *tail)
{
	static const char *const routes[DEFINITIONS_PARTS] = {
	    "goal", "layer", "segmentation", "experiment"};

	return mem_printf(
	    j->mem, "/v1/%s/%s%s", routes[it->part], escaped(j->mem, it->id), tail);
}

static struct json_object *
wrapped(struct json_object *o)
{
	struct json_object *out = json_object_new_object();

	json_object_object_add(out, "request", o);
	return out;
}

/* Stops or resumes, as the definition says; stored: whether it is stopped now. */
static bool
stop(struct job *j, const struct item *it, bool stored)
{
	bool wanted = json_object_get_boolean(json_object_object_get(it->o, "stopped"));
	struct inside r = {.method = "POST", .now = instant_now(),
		.path = path_of(j, it, wanted ? "/stop" : "/resume")};

	return wanted == stored || ask(j, it, &r);
}

/* It is made as on its first day: one that has begun may be carried over. */
static int64_t
first_day(struct json_object *o)
{
	struct json_object *start = json_object_object_get(json_object_object_get(o, "data"),
	    "startDate");
	int64_t now = instant_now(), at = now;

	if (json_object_is_type(start, json_type_string)) {
		char *text = mem_printf(NULL, "%sT00:00:00Z", json_object_get_string(start));
		if (!instant_parse(text, strlen(text), &at))
			at = now;
		talloc_free(text);
	}
	return at < now ? at : now - now % INSTANT_MS;
}

static bool
make(struct job *j, const struct item *it)
{
	static const char *const paths[DEFINITIONS_PARTS] = {
	    "/v1/goal", "/v1/layer", "/v1/segmentation", "/v1/experiment/create"};
	struct json_object *body = NULL;
	struct inside r = {.method = "POST", .path = paths[it->part], .now = instant_now()};

	json_object_deep_copy(it->o, &body, NULL);
	if (it->part == 3) {
		json_remove(body, "stopped");
		body = wrapped(body);
		r.now = first_day(it->o);
	}
	r.body = mem_json(j->mem, body);
	if (!ask(j, it, &r))
		return false;
	j->made++;
	return it->part != 3 || stop(j, it, false);
}

/* The members that differ from what is stored. */
static struct json_object *
differences(const struct job *j, const struct item *it, struct json_object *stored)
{
	struct json_object *out = mem_json(j->mem, json_object_new_object());

	json_object_object_foreach(json_members(it->o), name, value) {
		if (!json_object_equal(value, json_object_object_get(stored, name)))
			json_object_object_add(out, name, json_object_get(value));
	}
	return out;
}

/* State and stop have routes of their own. */
static bool
change_delivery(struct job *j, const struct item *it, struct json_object *stored)
{
	struct json_object *state = json_object_object_get(it->o, "state");
	struct json_object *body = mem_json(j->mem, json_object_new_object());
	struct inside r = {.method = "POST", .path = path_of(j, it, "/state"), .body = body,
		.now = instant_now()};
	bool stopped = json_object_get_boolean(json_object_object_get(stored, "stopped"));

	json_object_object_add(body, "state", json_object_get(state));
	if (state != NULL && !json_object_equal(state, json_object_object_get(stored, "state")) &&
	    !ask(j, it, &r))
		return false;
	return !json_object_object_get_ex(it->o, "stopped", NULL) || stop(j, it, stopped);
}

static bool
change(struct job *j, const struct item *it, struct json_object *stored)
{
	struct json_object *body = differences(j, it, stored);
	struct inside r = {.method = "PATCH", .path = path_of(j, it, ""), .now = instant_now()};

	if (json_member_count(body) == 0) {
		j->kept++;
		return true;
	}
	if (it->part == 1) {
		tell(j, it, "", "is there already, and a layer stays as it is");
		return false;
	}
	if (it->part == 3) {
		json_remove(body, "state");
		json_remove(body, "stopped");
	}
	r.body = it->part == 3 ? mem_json(j->mem, wrapped(json_object_get(body))) : body;
	if (json_member_count(body) > 0 && !ask(j, it, &r))
		return false;
	if (it->part == 3 && !change_delivery(j, it, stored))
		return false;
	j->changed++;
	return true;
}

static bool
take(struct job *j, struct item *it)
{
	struct json_object *id = json_object_object_get(it->o, definitions_id(it->part));

	if (!json_object_is_type(it->o, json_type_object) ||
	    !json_object_is_type(id, json_type_string)) {
		tell(j, it, mem_printf(j->mem, "/%s", definitions_id(it->part)),
		    "is missing or no text");
		return false;
	}
	it->id = json_object_get_string(id);
	struct json_object *stored = definitions_find(j->stored, it->part, it->id);
	return stored == NULL ? make(j, it) : change(j, it, stored);
}

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

/* Again and again, as long as it helps: what refers to others waits until they are there. */
static void
take_all(struct job *j, struct item *items, size_t n)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < n; i++)
			if (!items[i].done && take(j, &items[i]))
				items[i].done = moved = true;
	}
	j->out = stderr;
	for (size_t i = 0; i < n; i++)
		j->bad += !items[i].done && !take(j, &items[i]);
}

/* The file as JSON, on ctx; NULL after telling why not. Each definition is guarded by its route. */
static struct json_object *
read_file(void *ctx, const char *name)
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
	struct job j = {.mem = c->mem};
	struct json_object *document = read_file(c->mem, file);
	struct db *db = setup_owner_db(c->mem, c->conf);
	struct item *items;

	if (document == NULL || setup_ctx(c->mem, c->conf, setup_share(), &j.ctx) != OK)
		return EXIT_FAILED;
	if (definitions_load(db, c->mem, &j.stored) != OK)
		return command_db_failed(db);
	size_t n = list_items(c->mem, document, &items);
	take_all(&j, items, n);
	fprintf(stderr, "%lld made, %lld changed, %lld as they were, %lld bad\n",
	    (long long)j.made, (long long)j.changed, (long long)j.kept, (long long)j.bad);
	return j.bad == 0 ? EXIT_DONE : EXIT_FAILED;
}
