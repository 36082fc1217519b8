/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Renders a template with a model. Every value is written by one function, which escapes it.
 * Templates are part of the program, but the model may contain anything that was sent, so a
 * rendering counts its steps and its bytes and stops before it uses up the memory.
 */
#include "web/tmpl/tmpl_walk.h"

#include <string.h>

#include "base/jsonutil.h"
#include "base/text.h"

/* A value in which names are looked up, and the frames around it. */
struct frame {
	struct json_object *value;
	const struct frame *up;
};

/* The indentation of a partial, put before each of its lines after that of the partials around
 * it. */
struct margin {
	const char *text;
	size_t len;
	const struct margin *up;
};

struct view {
	const struct tmpl_set *set;
	struct buf *out;
	size_t most;                 /* out->len beyond which to give up */
	unsigned steps;              /* left */
	unsigned depth;              /* of partials */
	const struct margin *margin; /* of the partial being rendered, or NULL */
};

/* Whether the rendering must stop; once true, it stays true. */
static bool
is_spent(const struct view *v)
{
	return v->steps == 0 || v->out->len > v->most;
}

/*
 * The value that n names, borrowed; NULL when there is none. Only the first part is looked up in
 * the enclosing frames; the others must be members of what it names.
 */
static struct json_object *
find_value(const struct tmpl_node *n, const struct frame *f)
{
	struct json_object *value = NULL;
	const char *part = n->name;

	if (n->parts == 0)
		return f->value;
	while (f != NULL && !json_object_object_get_ex(f->value, part, &value))
		f = f->up;
	for (size_t i = 1; i < n->parts; i++) {
		part += strlen(part) + 1;
		if (!json_object_object_get_ex(value, part, &value))
			return NULL;
	}
	return value;
}

static bool
is_truthy(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return false;
	case json_type_boolean:
		return json_object_get_boolean(value);
	case json_type_string:
		return json_object_get_string_len(value) > 0;
	case json_type_array:
		return json_items(value) > 0;
	default:
		return true;
	}
}

static void
render_value(struct view *v, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_string:
		buf_html(v->out, json_object_get_string(value),
		    (size_t)json_object_get_string_len(value));
		return;
	case json_type_boolean:
	case json_type_int:
	case json_type_double: {
		const char *text = json_object_get_string(value);
		buf_html(v->out, text, strlen(text));
		return;
	}
	default:
		return;
	}
}

static void
render_margin(struct view *v, const struct margin *m)
{
	if (m == NULL)
		return;
	render_margin(v, m->up);
	buf_add(v->out, m->text, m->len);
}

static void
render_text(struct view *v, const struct tmpl_node *n)
{
	const char *at = n->text;
	const char *end = n->text + n->len;
	bool fresh = n->fresh;

	if (v->margin == NULL) {
		buf_add(v->out, n->text, n->len);
		return;
	}
	do {
		if (fresh)
			render_margin(v, v->margin);
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		const char *stop = feed == NULL ? end : feed + 1;
		buf_add(v->out, at, (size_t)(stop - at));
		at = stop;
		fresh = true;
	} while (at < end && !is_spent(v));
}

/* Recursion is bounded by TMPL_DEPTH times TMPL_PARTIALS. */
static void render_nodes(struct view *v, const struct tmpl_node *n, const struct frame *f);

static void
render_section(struct view *v, const struct tmpl_node *n, const struct frame *f)
{
	struct json_object *value = find_value(n, f);
	struct frame inner = {.value = value, .up = f};

	if (!is_truthy(value))
		return;
	if (!json_object_is_type(value, json_type_array)) {
		render_nodes(v, n->child, &inner);
		return;
	}
	size_t count = json_items(value);
	for (size_t i = 0; i < count && !is_spent(v); i++) {
		v->steps--;
		inner.value = json_item(value, i);
		render_nodes(v, n->child, &inner);
	}
}

static void
render_partial(struct view *v, const struct tmpl_node *n, const struct frame *f)
{
	const struct tmpl *t = tmpl_find(v->set, n->name);
	const struct margin *outer = v->margin;
	struct margin inner = {.text = n->text, .len = n->len, .up = outer};

	if (t == NULL || v->depth == TMPL_PARTIALS)
		return;
	if (!n->fresh)
		v->margin = NULL;
	else if (n->len > 0)
		v->margin = &inner;
	v->depth++;
	render_nodes(v, t->root, f);
	v->depth--;
	v->margin = outer;
}

static void
render_node(struct view *v, const struct tmpl_node *n, const struct frame *f)
{
	switch (n->kind) {
	case TMPL_TEXT:
		render_text(v, n);
		return;
	case TMPL_VALUE:
		render_value(v, find_value(n, f));
		return;
	case TMPL_SECTION:
		render_section(v, n, f);
		return;
	case TMPL_INVERTED:
		if (!is_truthy(find_value(n, f)))
			render_nodes(v, n->child, f);
		return;
	case TMPL_PARTIAL:
		render_partial(v, n, f);
		return;
	}
}

static void
render_nodes(struct view *v, const struct tmpl_node *n, const struct frame *f)
{
	for (; n != NULL && !is_spent(v); n = n->next) {
		v->steps--;
		render_node(v, n, f);
	}
}

static size_t
name_bucket(const char *name)
{
	return text_hash(name, strlen(name)) % TMPL_BUCKETS;
}

struct tmpl **
tmpl_bucket(struct tmpl_set *set, const char *name)
{
	return &set->buckets[name_bucket(name)];
}

struct tmpl *
tmpl_find(const struct tmpl_set *set, const char *name)
{
	struct tmpl *t = set->buckets[name_bucket(name)];

	while (t != NULL && strcmp(t->name, name) != 0)
		t = t->bucket_next;
	return t;
}

enum err
tmpl_walk(
    const struct tmpl_set *set, const struct tmpl *t, struct json_object *model, struct buf *out)
{
	size_t start = out->len;
	struct view v = {.set = set, .out = out, .most = start + TMPL_OUTPUT, .steps = TMPL_STEPS};
	struct frame outermost = {.value = model};

	render_nodes(&v, t->root, &outermost);
	if (!is_spent(&v))
		return OK;
	out->len = start;
	out->data[start] = '\0';
	return ERR_INTERNAL;
}
