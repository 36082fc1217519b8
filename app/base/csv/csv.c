/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading CSV record by record, in memory that is bounded by the longest record. A record is first
 * scanned into spans (csv_scan.c); only those of a valid record are copied and decoded. A fault
 * costs its record, a fault of the header every record.
 */
#include "base/csv/csv.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/csv/csv_scan.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#define FORMULA "=+-@\t\r"
#define BLANK " \t"

/* U+001A, which replaces a byte that was not text: see make_text() of
 * handler/api/segmentation/upload.c. */
#define SUBSTITUTE '\x1a'

enum column_type { COLUMN_AUTO, COLUMN_TEXT, COLUMN_NUMBER };

struct column {
	const char *name;
	enum column_type type;
};

struct csv {
	const char *text;
	const char *s;
	const char *end;
	const struct csv_rules *rules;
	char separator;
	int64_t line; /* of s */
	int64_t record_line;
	size_t columns;
	struct column list[CSV_COLUMNS];
	const char *fault; /* of the header: every record has it */
};

/* The decoded text of a field, on ctx; NULL when it holds NUL or is not UTF-8. */
static char *
decode_field(void *ctx, const struct csv_span *f)
{
	char *text = mem_array(ctx, char, f->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		text[n++] = f->s[i];
		i += f->quoted && f->s[i] == '"';
	}
	text[n] = '\0';
	if (memchr(text, '\0', n) != NULL || memchr(text, SUBSTITUTE, n) != NULL ||
	    !utf8_valid(text, n))
		return NULL;
	return text;
}

/* Removes the apostrophe that csv_text() puts before a formula. */
static char *
strip_formula_guard(char *text)
{
	return text[0] == '\'' && text[1] != '\0' && strchr(FORMULA "'", text[1]) != NULL
	    ? text + 1 : text;
}

static bool
is_blank_record(const struct csv_scan *r)
{
	return r->seen == 1 && !r->quoted && r->fault == NULL &&
	    csv_scan_blank(r->fields[0].s, r->fields[0].n);
}

static void
scan_next_record(struct csv *c, struct csv_scan *r)
{
	const char *from = c->s;

	c->record_line = c->line;
	c->s = csv_scan_next_line(csv_scan_record(c->s, c->end, c->separator, r), c->end);
	for (const char *s = from; s < c->s; s++)
		c->line += *s == '\n' || (*s == '\r' && (s + 1 == c->end || s[1] != '\n'));
}

/* Whether s is one of the known names, ignoring case; *name is the known spelling. */
static bool
find_known_name(const struct csv *c, const char *s, const char **name)
{
	for (const char *const *k = c->rules == NULL ? NULL : c->rules->known;
	     k != NULL && *k != NULL; k++)
		if (strcasecmp(*k, s) == 0) {
			*name = *k;
			return true;
		}
	return false;
}

/* s without blanks at either end; changes it in place. */
static char *
trim_blanks(char *s)
{
	s += strspn(s, BLANK);
	for (size_t n = strlen(s); n > 0 && strchr(BLANK, s[n - 1]) != NULL; n--)
		s[n - 1] = '\0';
	return s;
}

/* Removes the type from the end of a header such as "age:number" and returns it. */
static enum column_type
cut_type(char *name)
{
	char *colon = strrchr(name, ':');

	if (colon == NULL)
		return COLUMN_AUTO;
	const char *word = trim_blanks(colon + 1);
	enum column_type type = strcasecmp(word, "text") == 0 ? COLUMN_TEXT
	    : strcasecmp(word, "number") == 0                 ? COLUMN_NUMBER
	                                                      : COLUMN_AUTO;
	if (type != COLUMN_AUTO)
		*colon = '\0';
	return type;
}

static void
add_column(struct csv *c, char *text)
{
	struct column *column = &c->list[c->columns];
	bool typed = c->rules != NULL && c->rules->typed;

	text = trim_blanks(text);
	column->type = typed ? cut_type(text) : COLUMN_TEXT;
	column->name = strip_formula_guard(trim_blanks(text));
	if (find_known_name(c, column->name, &column->name))
		column->type = COLUMN_TEXT;
	for (size_t k = 0; k < c->columns; k++)
		if (strcmp(c->list[k].name, column->name) == 0)
			c->fault = "the header row names a column twice";
	if (*column->name == '\0')
		c->fault = "the header row has a column without a name";
	c->columns++;
}

/* The names of the columns for a message: bounded, and in one line. */
static const char *
columns_found(struct csv *c)
{
	enum { NAMED = 20, LONGEST = 40 };
	struct buf *out = buf_new(c, 256);

	for (size_t i = 0; i < c->columns && i < NAMED; i++) {
		const char *name = c->list[i].name;
		size_t n = strlen(name) < LONGEST ? strlen(name) : LONGEST;
		while (((unsigned char)name[n] & 0xc0) == 0x80)
			n--;
		buf_printf(out, "%s`%.*s`", i == 0 ? "" : ", ", (int)n, name);
	}
	if (c->columns > NAMED)
		buf_printf(out, " and %zu more", c->columns - NAMED);
	for (size_t i = 0; i < out->len; i++)
		if ((unsigned char)out->data[i] < ' ' || out->data[i] == '\x7f')
			out->data[i] = '?';
	return out->data;
}

/* Whether the header has one of the names in "a|b|c". */
static bool
has_any_column(const struct csv *c, const char *names)
{
	for (const char *s = names; *s != '\0'; s += *s == '|') {
		size_t n = strcspn(s, "|");
		for (size_t i = 0; i < c->columns; i++)
			if (strncmp(c->list[i].name, s, n) == 0 && c->list[i].name[n] == '\0')
				return true;
		s += n;
	}
	return false;
}

static void
check_needed_columns(struct csv *c)
{
	const char *const *names = c->rules == NULL ? NULL : c->rules->needed;

	for (; c->fault == NULL && names != NULL && *names != NULL; names++) {
		if (has_any_column(c, *names))
			continue;
		struct buf *wanted = buf_new(c, 64);
		for (const char *s = *names; *s != '\0'; s++)
			buf_str(wanted, *s == '|' ? "` or `" : (char[]){*s, '\0'});
		c->fault = mem_printf(c, "the header row has no column `%s`: it has %s",
		    wanted->data, columns_found(c));
	}
}

static void
read_csv_header(struct csv *c)
{
	struct csv_scan r;

	scan_next_record(c, &r);
	if (r.fault != NULL) {
		c->fault = r.fault == csv_scan_endless ? r.fault : "the header row cannot be read";
		return;
	}
	for (size_t i = 0; i < r.n; i++) {
		char *text = decode_field(c, &r.fields[i]);
		if (text == NULL) {
			c->fault = "the header row cannot be read: it holds NUL or is not UTF-8 "
			    "(it may be Windows-1252): " CSV_SAVE;
			return;
		}
		add_column(c, text);
	}
	check_needed_columns(c);
}

struct csv *
csv_open(void *ctx, const char *text, size_t len, const struct csv_rules *rules)
{
	struct csv *c = mem_new(ctx, struct csv);
	char said;

	c->text = c->s = text;
	c->end = text + len;
	c->rules = rules;
	c->line = c->record_line = 1;
	const char *row = csv_scan_preamble(text, c->end, true, &said);
	c->separator = said != '\0' ? said : csv_scan_separator(row, c->end);
	c->fault = csv_encoding_fault(text, len);
	if (c->fault != NULL)
		return c;
	csv_seek(c, (size_t)(row - text));
	if (c->s == c->end)
		c->fault = "there is no header row";
	else
		read_csv_header(c);
	return c;
}

void
csv_feed(struct csv *c, const char *text, size_t len)
{
	c->text = c->s = text;
	c->end = text + len;
}

char
csv_separator(const struct csv *c)
{
	return c->separator;
}

size_t
csv_offset(const struct csv *c)
{
	return (size_t)(c->s - c->text);
}

int64_t
csv_line(const struct csv *c)
{
	return c->record_line;
}

void
csv_seek(struct csv *c, size_t offset)
{
	const char *to = offset < (size_t)(c->end - c->text) ? c->text + offset : c->end;

	for (; c->s < to; c->s++)
		c->line += *c->s == '\n' ||
		    (*c->s == '\r' && (c->s + 1 == c->end || c->s[1] != '\n'));
}

const char *
csv_fault(const struct csv *c)
{
	return c->fault;
}

/* Reads text as a JSON number; NULL when it is not one, or does not fit an int64_t or a double. */
static struct json_object *
parse_number(void *ctx, const char *text)
{
	const char *s = text + strspn(text, BLANK);
	struct json_fault fault;
	struct json_object *o;

	if ((*s != '-' && (*s < '0' || *s > '9')) ||
	    json_read(ctx, s, strlen(s), &o, &fault) != OK)
		return NULL;
	return json_object_get(o);
}

/* As parse_number(), and accepts a plus and leading zeros, as people write them. */
static struct json_object *
parse_loose_number(void *ctx, char *text)
{
	char *s = trim_blanks(text);
	bool minus = *s == '-';

	s += *s == '-' || *s == '+';
	while (s[0] == '0' && s[1] >= '0' && s[1] <= '9')
		s++;
	if (*s < '0' || *s > '9')
		return NULL;
	return parse_number(ctx, mem_printf(ctx, "%s%s", minus ? "-" : "", s));
}

static struct json_object *
parse_cell(void *ctx, const char *text)
{
	bool yes = strcmp(text, "true") == 0 || strcmp(text, "TRUE") == 0;
	struct json_object *number = parse_number(ctx, text);

	if (number != NULL)
		return number;
	if (yes || strcmp(text, "false") == 0 || strcmp(text, "FALSE") == 0)
		return json_object_new_boolean(yes);
	return json_object_new_string(text);
}

/* Adds the value of a cell to the row; false when it does not have the type of the column. */
static bool
add_csv_cell(void *ctx, const struct column *column, char *text, struct json_object *row)
{
	char *bare = strip_formula_guard(text);
	struct json_object *value;

	if (*text == '\0')
		return true;
	if (column->type == COLUMN_NUMBER)
		value = parse_loose_number(ctx, bare);
	else
		value = column->type == COLUMN_TEXT || bare != text ? json_object_new_string(bare)
		                                                    : parse_cell(ctx, text);
	if (value != NULL)
		json_object_object_add(row, column->name, value);
	return value != NULL;
}

static const char *
make_csv_row(const struct csv *c, void *ctx, const struct csv_scan *r, struct json_object *row)
{
	for (size_t i = 0; i < c->columns; i++) {
		char *text = decode_field(ctx, &r->fields[i]);
		if (text == NULL)
			return "a field holds NUL or is not UTF-8 (it may be Windows-1252): "
			    CSV_SAVE;
		if (!add_csv_cell(ctx, &c->list[i], text, row))
			return mem_printf(ctx, "`%s` is not a number", c->list[i].name);
	}
	return NULL;
}

bool
csv_next(struct csv *c, void *ctx, struct json_object **row, const char **fault)
{
	struct csv_scan r;

	*row = NULL;
	do {
		if (c->s == c->end)
			return false;
		scan_next_record(c, &r);
	} while (is_blank_record(&r));
	*fault = c->fault != NULL ? c->fault : r.fault;
	if (*fault == NULL && (r.n > c->columns || r.seen < c->columns))
		*fault = mem_printf(
		    ctx, "%zu fields, but the header row has %zu", r.seen, c->columns);
	if (*fault != NULL)
		return true;
	struct json_object *made = mem_json(ctx, json_object_new_object());
	*fault = make_csv_row(c, ctx, &r, made);
	*row = *fault == NULL ? made : NULL;
	return true;
}

void
csv_text(struct buf *out, const char *s)
{
	const char *guard = *s != '\0' && strchr(FORMULA "'", *s) != NULL ? "'" : "";

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
