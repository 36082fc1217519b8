/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forms as JSON: what a page sends becomes the same input that a program sends, so that an
 * operation has one input only. The body is read once for a request, when something first asks for
 * a field.
 */
#include "web/http/form.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/multipart.h"
#include "base/utf8.h"
#include "web/http/ctx.h"

#define FORM "application/x-www-form-urlencoded"

enum { FIELDS_MOST = MULTIPART_PARTS, DEPTH_MOST = 8, ROWS_MOST = 100 };

/* A field as it was sent: a text, or the bytes of a file within the body. */
struct form_field {
	char *name;
	char *value; /* NULL: a file */
	const char *file;
	size_t len;
};

/* The fields of a body up to the first fault. Read once for a request, on its memory. */
struct form {
	struct form_field *fields;
	size_t n, room;
	bool multipart;
	enum err fault; /* OK: the form was read to its end */
	const char *why;
};

static void
add_form_field(struct form *form, struct form_field field)
{
	if (form->n == form->room) {
		form->room = form->room == 0 ? 32 : 2 * form->room;
		form->fields = mem_check(talloc_realloc(
		    form, form->fields, struct form_field, form->room));
	}
	form->fields[form->n++] = field;
}

static void
note_fault(struct form *form, enum err e, const char *why)
{
	form->fault = e;
	form->why = why;
}

/* Browsers send line breaks as CR LF; they become LF. */
static void
join_breaks(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++)
		if (s[0] != '\r' || s[1] != '\n')
			*to++ = *s;
	*to = '\0';
}

/* Adds a decoded field, unless it could not be decoded. */
static void
add_form_text(struct form *form, char *name, char *value)
{
	if (name == NULL || value == NULL) {
		note_fault(form, ERR_SYNTAX, "a field of the form cannot be read");
		return;
	}
	join_breaks(value);
	add_form_field(form, (struct form_field){.name = name, .value = value});
}

static void
read_pairs(struct form *form, const char *s)
{
	while (*s != '\0' && form->fault == OK) {
		size_t n = strcspn(s, "&"), eq = strcspn(s, "=&");
		add_form_text(form, req_decode(form, s, eq, true),
		    eq < n ? req_decode(form, s + eq + 1, n - eq - 1, true) : mem_dup(form, ""));
		s += n + (s[n] == '&');
	}
}

/* A copy of the n bytes at s; NULL when they are not text. */
static char *
copy_form_text(void *ctx, const char *s, size_t n)
{
	return memchr(s, '\0', n) == NULL && utf8_valid(s, n) ? mem_dupn(ctx, s, n) : NULL;
}

/* After a fault only files are still read. */
static void
read_form_parts(struct form *form, struct multipart *m)
{
	struct multipart_part part;

	while (multipart_next(m, form, &part))
		if (part.file)
			add_form_field(form, (struct form_field){.name = mem_dup(form, part.name),
			    .file = part.data, .len = part.len});
		else if (form->fault == OK)
			add_form_text(form, copy_form_text(form, part.name, strlen(part.name)),
			    copy_form_text(form, part.data, part.len));
	if (form->fault != OK || !m->broken)
		return;
	if (m->parts > MULTIPART_PARTS)
		note_fault(form, ERR_TOO_LARGE, "the form has too many fields");
	else
		note_fault(form, ERR_SYNTAX, "a field of the form cannot be read");
}

static const struct form *
sent_form(struct ctx *c)
{
	const struct req *r = &c->req;
	struct multipart m;

	if (c->sent != NULL)
		return c->sent;
	struct form *form = mem_new(c->w.mem, struct form);
	form->multipart =
	    multipart_open(form, req_param(r, "CONTENT_TYPE"), r->body, r->body_len, &m);
	if (form->multipart)
		read_form_parts(form, &m);
	else if (r->body != NULL)
		read_pairs(form, r->body);
	c->sent = form;
	return form;
}

const char *
form_value(struct ctx *c, const char *name)
{
	const struct form *form = sent_form(c);

	for (size_t i = 0; i < form->n; i++)
		if (form->fields[i].value != NULL && strcmp(form->fields[i].name, name) == 0)
			return form->fields[i].value;
	return NULL;
}

size_t
form_rows(struct ctx *c, const char *name)
{
	const struct form *form = sent_form(c);
	size_t n = strlen(name), most = 0;

	for (size_t i = 0; i < form->n; i++) {
		const char *field = form->fields[i].name;
		char *end = NULL;
		unsigned long row = 0;
		if (form->fields[i].value == NULL || strncmp(field, name, n) != 0 ||
		    field[n] != '.')
			continue;
		row = strtoul(field + n + 1, &end, 10);
		if (end > field + n + 1 && *end == '.' && row < ROWS_MOST && row + 1 > most)
			most = row + 1;
	}
	return most;
}

const char *
form_file(struct ctx *c, const char *name, size_t *len)
{
	const struct form *form = sent_form(c);

	for (size_t i = 0; i < form->n; i++) {
		const struct form_field *f = &form->fields[i];
		*len = f->len;
		if (f->value == NULL && f->len > 0 && strcmp(f->name, name) == 0)
			return f->file;
	}
	return NULL;
}

/* The texts between the commas. A list that is too long is read only as far as shows that it is. */
static struct json_object *
split_list(const char *text)
{
	struct json_object *list = json_object_new_array();

	for (const char *s = text; *s != '\0' && json_items(list) <= JSON_VALUES_MANY;
	     s += *s == ',') {
		s += strspn(s, " ");
		size_t n = strcspn(s, ",");
		size_t kept = n;
		while (kept > 0 && s[kept - 1] == ' ')
			kept--;
		if (kept > 0)
			json_object_array_add(list, json_object_new_string_len(s, (int)kept));
		s += n;
	}
	return list;
}

/* Reads a text as JSON. A number that is not one stays a text, which the operation refuses in its
 * own words. */
static enum err
read_as_json(struct ctx *c, const struct form_field *f, bool number, struct json_object **out,
    size_t *values)
{
	struct json_fault fault;
	enum err e = json_read(c->w.mem, f->value, strlen(f->value), out, &fault);

	*values += fault.values;
	if (e == OK) {
		json_object_get(*out);
		return OK;
	}
	if (!number)
		return fail(&c->w, ERR_INVALID, mem_printf(c->w.mem, "/%s", f->name),
		    "line %u, column %u: %s", fault.line, fault.column, fault.why);
	*out = json_object_new_string(f->value);
	return OK;
}

/* The value of a field of that type, which the caller owns. Adds to *values how many values it
 * has. */
static enum err
make_value(struct ctx *c, const struct form_field *f, const char *type, struct json_object **out,
    size_t *values)
{
	*out = NULL;
	if (strcmp(type, "number") == 0 || strcmp(type, "json") == 0)
		return read_as_json(c, f, *type == 'n', out, values);
	if (strcmp(type, "flag") == 0)
		*out = json_object_new_boolean(strcmp(f->value, "false") != 0);
	else if (strcmp(type, "list") == 0)
		*out = split_list(f->value);
	else
		*out = json_object_new_string(f->value);
	*values += 1 + json_items(*out);
	return OK;
}

/* Sets value at the dotted path below o, and takes it over. */
static enum err
set_at_path(struct ctx *c, struct json_object *o, char *way, struct json_object *value)
{
	int depth = 0;

	for (char *dot; (dot = strchr(way, '.')) != NULL; way = dot + 1) {
		struct json_object *next;
		*dot = '\0';
		if (!json_object_object_get_ex(o, way, &next)) {
			next = json_object_new_object();
			json_object_object_add(o, way, next);
		}
		if (!json_object_is_type(next, json_type_object) || ++depth > DEPTH_MOST) {
			json_object_put(value);
			return fail_detail(&c->w, ERR_SYNTAX, "the fields of the form clash");
		}
		o = next;
	}
	json_object_object_add(o, way, value);
	return OK;
}

static bool
has_numbered_members(struct json_object *o)
{
	bool all = json_member_count(o) > 0;

	json_object_object_foreach(json_members(o), name, value) {
		(void)value;
		all = all && *name != '\0' && strspn(name, "0123456789") == strlen(name);
	}
	return all;
}

/* Turns objects whose members are all numbered into lists, except the form itself. The caller owns
 * the result. */
static struct json_object *
number_lists(struct json_object *o, bool whole)
{
	if (!json_object_is_type(o, json_type_object))
		return json_object_get(o);
	bool list = !whole && has_numbered_members(o);
	struct json_object *out = list ? json_object_new_array() : json_object_new_object();
	json_object_object_foreach(json_members(o), name, value) {
		if (list)
			json_object_array_add(out, number_lists(value, false));
		else
			json_object_object_add(out, name, number_lists(value, false));
	}
	return out;
}

/* Adds the value of a field to o, if it has one. */
static enum err
take_field(struct ctx *c, struct json_object *o, struct form_field f, size_t *values)
{
	/* The path is cut where its parts end. */
	char *path = f.name = mem_dup(c->w.mem, f.name);
	char *colon = strrchr(path, ':');
	const char *type = colon == NULL ? "" : colon + 1;
	struct json_object *value;

	if (colon != NULL)
		*colon = '\0';
	if (*f.value == '\0' && strcmp(type, "text") != 0)
		return OK;
	enum err e = make_value(c, &f, type, &value, values);
	if (e != OK)
		return e;
	if (*values > JSON_VALUES_MANY) {
		json_object_put(value);
		return fail_detail(&c->w, ERR_TOO_LARGE,
		    "the fields of a form hold at most %d values", JSON_VALUES_MANY);
	}
	return set_at_path(c, o, path, value);
}

static enum err
take_fields(struct ctx *c, const struct form *form, struct json_object *o)
{
	size_t texts = 0, values = 0;

	for (size_t i = 0; i < form->n; i++) {
		if (form->fields[i].value == NULL)
			continue;
		if (texts++ == FIELDS_MOST)
			return fail_detail(&c->w, ERR_TOO_LARGE, "the form has too many fields");
		enum err e = take_field(c, o, form->fields[i], &values);
		if (e != OK)
			return e;
	}
	return form->fault == OK ? OK : fail_detail(&c->w, form->fault, "%s", form->why);
}

enum err
form_json(struct ctx *c, struct json_object **out)
{
	struct json_object *raw = mem_json(c->w.mem, json_object_new_object());
	const char *type = req_param(&c->req, "CONTENT_TYPE");
	const struct form *form = sent_form(c);

	if (!form->multipart && (type == NULL || strncasecmp(type, FORM, sizeof FORM - 1) != 0))
		return fail_detail(&c->w, ERR_MEDIA_TYPE, "the body must be " FORM);
	enum err e = take_fields(c, form, raw);
	json_remove(raw, "csrf");
	json_remove(raw, "back");
	*out = mem_json(c->w.mem, number_lists(raw, true));
	c->form = *out;
	return e;
}
