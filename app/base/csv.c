/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading CSV, a record at a time, in memory that is bounded by the record.
 */
#include "base/csv.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

struct csv {
	const char *s;
	const char *end;
	size_t columns;
	const char *names[CSV_COLUMNS];
	const char *fault; /* of the header: every record has it */
};

struct record {
	size_t n;
	const char *fields[CSV_COLUMNS];
	bool quoted; /* any of them */
	const char *fault;
};

static bool
at_line_end(const struct csv *c)
{
	return c->s == c->end || *c->s == '\n' || *c->s == '\r';
}

static void
skip_line_end(struct csv *c)
{
	if (c->s < c->end && *c->s == '\r')
		c->s++;
	if (c->s < c->end && *c->s == '\n')
		c->s++;
}

/* A field in quotes; a doubled quote is one. Leaves c behind the closing quote. */
static void
read_quoted(struct csv *c, struct buf *out, struct record *r)
{
	for (c->s++; c->s < c->end; c->s++) {
		if (*c->s != '"') {
			buf_char(out, *c->s);
			continue;
		}
		if (c->s + 1 == c->end || c->s[1] != '"') {
			c->s++;
			return;
		}
		buf_char(out, *c->s++);
	}
	r->fault = "a quoted field does not end";
}

static const char *
read_field(struct csv *c, void *ctx, struct record *r)
{
	struct buf *out = buf_new(ctx, 32);
	bool quoted = c->s < c->end && *c->s == '"';

	r->quoted = r->quoted || quoted;
	if (quoted)
		read_quoted(c, out, r);
	const char *from = c->s;
	while (!at_line_end(c) && *c->s != ',')
		c->s++;
	if (c->s > from && quoted)
		r->fault = "text behind a quoted field";
	buf_add(out, from, (size_t)(c->s - from));
	if (memchr(out->data, '\0', out->len) != NULL || !utf8_valid(out->data, out->len))
		r->fault = "a field holds NUL or is not UTF-8";
	return out->data;
}

/* Reads to the end of the record, whatever is in it, so that the next call finds the next. */
static void
read_record(struct csv *c, void *ctx, struct record *r)
{
	*r = (struct record){0};
	for (;;) {
		const char *field = read_field(c, ctx, r);
		if (r->n == CSV_COLUMNS)
			r->fault = "more than 100 columns";
		else
			r->fields[r->n++] = field;
		if (at_line_end(c))
			break;
		c->s++;
	}
	skip_line_end(c);
}

static bool
is_blank(const struct record *r)
{
	return r->n == 1 && !r->quoted && r->fault == NULL &&
	    strspn(r->fields[0], " \t") == strlen(r->fields[0]);
}

static void
read_header(struct csv *c)
{
	struct record r = {0};

	while (c->s < c->end) {
		read_record(c, c, &r);
		if (!is_blank(&r))
			break;
	}
	c->columns = r.n;
	c->fault = r.fault != NULL ? "the header row cannot be read" : NULL;
	for (size_t i = 0; i < r.n; i++) {
		c->names[i] = r.fields[i];
		if (*r.fields[i] == '\0')
			c->fault = "the header row has a column without a name";
		for (size_t k = 0; k < i; k++)
			if (strcmp(c->names[k], c->names[i]) == 0)
				c->fault = "the header row names a column twice";
	}
}

struct csv *
csv_open(void *ctx, const char *text, size_t len)
{
	struct csv *c = mem_new(ctx, struct csv);

	c->s = text;
	c->end = text + len;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		c->s += 3;
	read_header(c);
	return c;
}

void
csv_feed(struct csv *c, const char *text, size_t len)
{
	c->s = text;
	c->end = text + len;
}

const char *
csv_fault(const struct csv *c)
{
	return c->fault;
}

bool
csv_has(const struct csv *c, const char *name)
{
	for (size_t i = 0; i < c->columns; i++)
		if (strcmp(c->names[i], name) == 0)
			return true;
	return false;
}

/* Behind the field at s: behind its closing quote, or where its line or the field itself ends. */
static const char *
skip_field(const char *s, const char *end)
{
	if (*s == '"')
		for (s++; s < end && (*s != '"' || (s + 1 < end && s[1] == '"')); s++)
			s += *s == '"';
	while (s < end && *s != ',' && *s != '\n' && *s != '\r')
		s++;
	return s;
}

size_t
csv_record(const char *text, size_t len)
{
	const char *s = text;
	const char *end = text + len;

	while (s < end && (s = skip_field(s, end)) < end) {
		if (*s == '\n')
			return (size_t)(s + 1 - text);
		if (*s == '\r')
			return s + 1 == end ? 0 : (size_t)(s + 1 + (s[1] == '\n') - text);
		s++;
	}
	return 0;
}

bool
csv_next(struct csv *c, void *ctx, struct json_object **row, const char **fault)
{
	struct record r;

	*row = NULL;
	do {
		if (c->s == c->end)
			return false;
		read_record(c, ctx, &r);
	} while (is_blank(&r));
	*fault = c->fault != NULL ? c->fault : r.fault;
	if (*fault == NULL && r.n != c->columns)
		*fault = mem_printf(ctx, "%zu fields, but the header row has %zu", r.n, c->columns);
	if (*fault != NULL)
		return true;
	*row = mem_json(ctx, json_object_new_object());
	for (size_t i = 0; i < r.n; i++)
		if (*r.fields[i] != '\0')
			json_object_object_add(
			    *row, c->names[i], json_object_new_string(r.fields[i]));
	return true;
}

void
csv_text(struct buf *out, const char *s)
{
	const char *guard = *s != '\0' && strchr("=+-@\t\r", *s) != NULL ? "'" : "";

	if (strpbrk(s, ",\"\r\n") == NULL) {
		buf_str(out, guard);
		buf_str(out, s);
		return;
	}
	buf_char(out, '"');
	buf_str(out, guard);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_char(out, '"');
		buf_char(out, *s);
	}
	buf_char(out, '"');
}
