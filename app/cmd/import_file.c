/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Splits a file into records. An overlong line or a quote that is never closed must cost one
 * record, and neither memory nor the rest of the file.
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
	bool skipping; /* inside of a line that is too long */
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

/* Skips a byte order mark at the start. */
static void
skip_bom(struct import_file *f)
{
	if (!f->begun && f->to >= 3 && memcmp(f->data, "\xef\xbb\xbf", 3) == 0)
		f->from = 3;
	f->begun = f->begun || f->to >= 3;
}

/* Reads more bytes behind what is left, and gives the last line its end. False at the end. */
static bool
fill_buffer(struct import_file *f)
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
	/* A last line without an end is as good as one with it, unless it is being skipped. */
	if (n < 0 || (!f->skipping && (f->to == 0 || f->data[f->to - 1] == '\n')))
		return false;
	f->data[f->to++] = '\n';
	return true;
}

/* The length of the next line with its end; 0 when more must be read. */
static size_t
line_length(const struct import_file *f)
{
	const char *at = f->data + f->from;
	const char *end = memchr(at, '\n', f->to - f->from);

	return end == NULL ? 0 : (size_t)(end + 1 - at);
}

/* Takes the first n bytes as a record and counts their lines. */
static void
take_record(struct import_file *f, struct import_record *r, size_t n, const char *fault)
{
	const char *s = f->data + f->from;
	const char *end = s + n;

	*r = (struct import_record){f->line, s, n, fault};
	/* A quoted field may have line ends; in CSV, a lone CR ends a line, too. */
	for (; s < end; s++)
		f->line += *s == '\n' || (f->csv && *s == '\r' && (s + 1 == end || s[1] != '\n'));
	f->from += n;
}

/*
 * The length of the next record; 0 when more must be read to know. whole: the file has ended.
 */
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

/*
 * Handles a record that does not end within the buffer: a quoted field or a line that is not
 * closed. True when *r is the faulty record, false when the rest of the line must be skipped.
 */
static bool
take_broken(struct import_file *f, struct import_record *r)
{
	size_t n = record_length(f, true);
	char last = n == 0 ? '\0' : f->data[f->from + n - 1];

	if (last == '\n' || last == '\r') {
		take_record(f, r, n, "a quoted field does not end");
		return true;
	}
	f->from = f->to;
	f->skipping = true;
	return false;
}

/* Skips the rest of an overlong line; true when it has ended and *r reports it. */
static bool
take_rest(struct import_file *f, struct import_record *r)
{
	size_t n = line_length(f);

	f->skipping = n == 0;
	if (n > 0)
		take_record(f, r, n, "longer than 1 MiB");
	else
		f->from = f->to;
	return n > 0;
}

/* Takes the next record, if the buffer has one. */
static bool
take_any(struct import_file *f, struct import_record *r)
{
	size_t left = f->to - f->from;

	if (f->skipping)
		return take_rest(f, r);
	size_t n = record_length(f, f->ended);
	if (n > 0) {
		take_record(f, r, n, n > IMPORT_RECORD ? "longer than 1 MiB" : NULL);
		return true;
	}
	return left > IMPORT_RECORD ? take_broken(f, r) : false;
}

/* Whether the record is blank and is passed over. */
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
		if (f->ended || !fill_buffer(f))
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
	/* EINTR: a signal stopped the import, which is no fault of the file. */
	return f->error == 0 || f->error == EINTR ? NULL : strerror(f->error);
}
