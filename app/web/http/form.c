/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What people send from pages, as what programs send: handlers know one input only.
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

struct field {
	char *name;  /* decoded */
	char *value; /* decoded */
};

/* A form on its way through its fields. */
struct walk {
	const char *at;
	bool parts; /* it is of many parts, which m knows */
	struct multipart m;
	size_t values; /* that were made of its fields */
};

static struct walk
begin(struct ctx *c)
{
	struct walk w = {.at = c->req.body != NULL ? c->req.body : ""};

	w.parts = multipart_open(
	    c->w.mem, req_param(&c->req, "CONTENT_TYPE"), c->req.body, c->req.body_len, &w.m);
	return w;
}

/* A text on c->w.mem; NULL when the n bytes at s are none. */
static char *
make_text(struct ctx *c, const char *s, size_t n)
{
	return memchr(s, '\0', n) == NULL && utf8_valid(s, n) ? mem_dupn(c->w.mem, s, n) : NULL;
}

/* Browsers send line breaks as CR LF; inside they are LF. */
static void
join_breaks(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++)
		if (s[0] != '\r' || s[1] != '\n')
			*to++ = *s;
	*to = '\0';
}

/* The next part that is no file. */
static bool
next_part(struct ctx *c, struct multipart *m, struct field *out)
{
	struct multipart_part part;
	bool more;

	do
		more = multipart_next(m, c->w.mem, &part);
	while (more && part.file);
	if (!more)
		return false;
	out->name = make_text(c, part.name, strlen(part.name));
	out->value = make_text(c, part.data, part.len);
	return true;
}

/* The next field, on c->w.mem. False at the end; *e when it is no field. */
static bool
next_field(struct ctx *c, struct walk *w, struct field *out, enum err *e)
{
	bool more = w->parts ? next_part(c, &w->m, out) : *w->at != '\0';

	if (more && !w->parts) {
		size_t n = strcspn(w->at, "&"), eq = strcspn(w->at, "=&");
		out->name = req_decode(c->w.mem, w->at, eq, true);
		out->value = eq < n ? req_decode(c->w.mem, w->at + eq + 1, n - eq - 1, true)
		                    : mem_dup(c->w.mem, "");
		w->at += n + (w->at[n] == '&');
	}
	if (more && out->value != NULL)
		join_breaks(out->value);
	if (more ? out->name != NULL && out->value != NULL : !w->m.broken)
		return more;
	*e = w->parts && w->m.parts > MULTIPART_PARTS
	    ? fail_detail(&c->w, ERR_TOO_LARGE, "the form has too many fields")
	    : fail_detail(&c->w, ERR_SYNTAX, "a field of the form cannot be read");
	return false;
}

const char *
form_value(struct ctx *c, const char *name)
{
	struct walk w = begin(c);
	struct field f;
	enum err e = OK;

	while (next_field(c, &w, &f, &e))
		if (strcmp(f.name, name) == 0)
			return f.value;
	return NULL;
}

size_t
form_rows(struct ctx *c, const char *name)
{
	struct walk w = begin(c);
	size_t n = strlen(name), most = 0;
	struct field f;
	enum err e = OK;

	while (next_field(c, &w, &f, &e)) {
		char *end = f.name;
		unsigned long row = 0;
		if (strncmp(f.name, name, n) == 0 && f.name[n] == '.')
			row = strtoul(f.name + n + 1, &end, 10);
		if (end > f.name + n + 1 && *end == '.' && row < ROWS_MOST && row + 1 > most)
			most = row + 1;
	}
	return most;
}

const char *
form_file(struct ctx *c, const char *name, size_t *len)
{
	struct walk w = begin(c);
	struct multipart_part part;

	while (w.parts && multipart_next(&w.m, c->w.mem, &part)) {
		*len = part.len;
		if (part.file && part.len > 0 && strcmp(part.name, name) == 0)
			return part.data;
	}
	return NULL;
}

/* The texts between the commas; of too many only as many as show that. */
static struct json_object *
make_list(const char *text)
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

/* A text as the JSON that it is written as. A number that is none stays a text, which the handler
 * then refuses in its own words. */
static enum err
read_as(struct ctx *c, const struct field *f, bool number, struct json_object **out,
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

/* The value of a field of that type, which the caller owns; adds to *values how many it is made of.
 */
static enum err
make_value(struct ctx *c, const struct field *f, const char *type, struct json_object **out,
    size_t *values)
{
	*out = NULL;
	if (strcmp(type, "number") == 0 || strcmp(type, "json") == 0)
		return read_as(c, f, *type == 'n', out, values);
	if (strcmp(type, "flag") == 0)
		*out = json_object_new_boolean(strcmp(f->value, "false") != 0);
	else if (strcmp(type, "list") == 0)
		*out = make_list(f->value);
	else
		*out = json_object_new_string(f->value);
	*values += 1 + json_items(*out);
	return OK;
}

/* Puts value at the dotted way below o. */
static enum err
put(struct ctx *c, struct json_object *o, char *way, struct json_object *value)
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
is_list(struct json_object *o)
{
	bool all = json_member_count(o) > 0;

	json_object_object_foreach(json_members(o), name, value) {
		(void)value;
		all = all && *name != '\0' && strspn(name, "0123456789") == strlen(name);
	}
	return all;
}

/* Objects of numbered members become lists, but for the form itself. The result is the caller's, o
 * is not. */
static struct json_object *
tidy(struct json_object *o, bool whole)
{
	if (!json_object_is_type(o, json_type_object))
		return json_object_get(o);
	bool list = !whole && is_list(o);
	struct json_object *out = list ? json_object_new_array() : json_object_new_object();
	json_object_object_foreach(json_members(o), name, value) {
		if (list)
			json_object_array_add(out, tidy(value, false));
		else
			json_object_object_add(out, name, tidy(value, false));
	}
	return out;
}

/* Puts the value of a field into the form, if there is one. */
static enum err
take_field(struct ctx *c, struct json_object *form, const struct field *f, size_t *values)
{
	char *colon = strrchr(f->name, ':');
	const char *type = colon == NULL ? "" : colon + 1;
	struct json_object *value;

	if (colon != NULL)
		*colon = '\0';
	if (*f->value == '\0' && strcmp(type, "text") != 0)
		return OK;
	enum err e = make_value(c, f, type, &value, values);
	if (e != OK)
		return e;
	if (*values > JSON_VALUES_MANY) {
		json_object_put(value);
		return fail_detail(&c->w, ERR_TOO_LARGE,
		    "the fields of a form hold at most %d values", JSON_VALUES_MANY);
	}
	return put(c, form, f->name, value);
}

enum err
form_json(struct ctx *c, struct json_object **out)
{
	struct json_object *raw = mem_json(c->w.mem, json_object_new_object());
	const char *type = req_param(&c->req, "CONTENT_TYPE");
	struct walk w = begin(c);
	struct field f;
	enum err e = OK;

	if (!w.parts && (type == NULL || strncasecmp(type, FORM, sizeof FORM - 1) != 0))
		return fail_detail(&c->w, ERR_MEDIA_TYPE, "the body must be " FORM);
	for (int n = 0; e == OK && next_field(c, &w, &f, &e); n++) {
		if (n >= FIELDS_MOST)
			return fail_detail(&c->w, ERR_TOO_LARGE, "the form has too many fields");
		e = take_field(c, raw, &f, &w.values);
	}
	json_remove(raw, "csrf");
	json_remove(raw, "back");
	*out = mem_json(c->w.mem, tidy(raw, true));
	c->form = *out;
	return e;
}
