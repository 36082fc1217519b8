/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a record ends. What is too long, and a quote that is never closed, must cost one line and
 * neither the memory nor the rest of the file.
 */
#include "cmd/import_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/csv/csv.h"
#include "base/mem.h"

enum { ROOM = 2 * IMPORT_RECORD };

struct import_file {
	int fd;
	bool csv;
	char separator; /* of CSV, from the header on; 0 before */
	bool begun, ended;
	bool skipping; /* the rest of a line that is too long */
	int error;
	int64_t line; /* of data[from] */
	size_t from, to;
	char data[ROOM + 2]; /* room for a last line end, and NUL */
};

struct import_file *
import_file_new(void *ctx, int fd, bool csv)
{
	struct import_file *f = mem_new(ctx, struct import_file);

	f->fd = fd;
	f->csv = csv;
	f->line = 1;
	return f;
}

static void
skip_bom(struct import_file *f)
{
	if (!f->begun && f->to >= 3 && memcmp(f->data, "\xef\xbb\xbf", 3) == 0)
		f->from = 3;
	f->begun = f->begun || f->to >= 3;
}

/* More bytes behind what is left; the last line gets its end. False when there are no more. */
static bool
refill(struct import_file *f)
{
	memmove(f->data, f->data + f->from, f->to - f->from);
	f->to -= f->from;
	f->from = 0;
	ssize_t n = read(f->fd, f->data + f->to, ROOM - f->to);
	if (n > 0) {
		f->to += (size_t)n;
		skip_bom(f);
		return true;
	}
	f->error = n < 0 ? errno : 0;
	f->ended = true;
	if (n < 0 || (!f->skipping && (f->to == 0 || f->data[f->to - 1] == '\n')))
		return false;
	f->data[f->to++] = '\n';
	return true;
}

static size_t
line_length(const struct import_file *f)
{
	const char *at = f->data + f->from;
	const char *end = memchr(at, '\n', f->to - f->from);

	return end == NULL ? 0 : (size_t)(end + 1 - at);
}

/* Gives the first n bytes as a record. */
static void
take(struct import_file *f, struct import_record *r, size_t n, const char *fault)
{
	const char *s = f->data + f->from;
	const char *end = s + n;

	*r = (struct import_record){f->line, s, n, fault};
	for (; s < end; s++)
		f->line += *s == '\n' || (f->csv && *s == '\r' && (s + 1 == end || s[1] != '\n'));
	f->from += n;
}

/* The length of the record that what is left begins with; 0 when more must be read to know.
 * whole: there will be no more. */
static size_t
record_length(struct import_file *f, bool whole)
{
	const char *s = f->data + f->from;
	size_t left = f->to - f->from;

	if (!f->csv)
		return line_length(f);
	return f->separator == '\0' ? csv_header(s, left, whole, &f->separator)
	                            : csv_record(s, left, f->separator, whole);
}

/* What is left begins with no whole record, and there is no room or nothing more to read: a quoted
 * field does not end, or the line does not. */
static bool
take_broken(struct import_file *f, struct import_record *r)
{
	size_t n = record_length(f, true);
	char last = n == 0 ? '\0' : f->data[f->from + n - 1];

	if (last == '\n' || last == '\r') {
		take(f, r, n, "a quoted field does not end");
		return true;
	}
	f->from = f->to;
	f->skipping = true;
	return false;
}

/* The rest of a line that is too long, of which the beginning is gone already. */
static bool
take_rest(struct import_file *f, struct import_record *r)
{
	size_t n = line_length(f);

	f->skipping = n == 0;
	if (n > 0)
		take(f, r, n, "longer than 1 MiB");
	else
		f->from = f->to;
	return n > 0;
}

static bool
take_any(struct import_file *f, struct import_record *r)
{
	size_t left = f->to - f->from;

	if (f->skipping)
		return take_rest(f, r);
	size_t n = record_length(f, f->ended);
	if (n > 0) {
		take(f, r, n, n > IMPORT_RECORD ? "longer than 1 MiB" : NULL);
		return true;
	}
	return left > IMPORT_RECORD ? take_broken(f, r) : false;
}

static bool
is_blank(const struct import_record *r)
{
	return r->fault == NULL && strspn(r->text, " \t\r\n") >= r->len;
}

bool
import_file_next(struct import_file *f, struct import_record *r)
{
	for (;;) {
		if (f->error != 0)
			return false;
		if (take_any(f, r)) {
			if (!is_blank(r))
				return true;
			continue;
		}
		if (f->ended || !refill(f))
			if (f->error != 0 || f->from == f->to)
				return false;
	}
}

int64_t
import_file_line(const struct import_file *f)
{
	return f->line;
}

const char *
import_file_error(const struct import_file *f)
{
	return f->error == 0 || f->error == EINTR ? NULL : strerror(f->error);
}
