/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_CSV_CSV_SCAN_H
#define BASE_CSV_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* The scanner beneath base/csv.h: records as stretches of the text. */

enum { CSV_COLUMNS = 100 };

#define CSV_SAVE "save the file as \"CSV UTF-8\""

struct csv_span {
	const char *s;
	size_t n;
	bool quoted; /* between quotes, in which doubled ones are one */
};

struct csv_scan {
	size_t n;    /* fields up to the last that is not blank */
	size_t seen; /* fields */
	bool quoted; /* any of them */
	struct csv_span fields[CSV_COLUMNS];
	const char *fault; /* static; NULL: none */
};

/* The fault of a record with a quoted field that does not end. */
extern const char csv_scan_endless[];

/* Scans the record at s, and returns its line end, or end. */
const char *csv_scan_record(const char *s, const char *end, char separator, struct csv_scan *r);

/*
 * Where the header row begins: behind a BOM, blank lines, and a line "sep=;", of which *said is
 * the separator, else 0. NULL when the text is not whole and the row may begin behind it.
 */
const char *csv_scan_preamble(const char *s, const char *end, bool whole, char *said);

/* What the row at s seems to be separated by: whatever it has most of outside of quotes. */
char csv_scan_separator(const char *s, const char *end);

/* Behind the line end at s. */
const char *csv_scan_next_line(const char *s, const char *end);

/* Whether the n bytes at s are blanks and line ends. */
bool csv_scan_blank(const char *s, size_t n);

/*
 * The bytes of the first record in the len bytes at text, with its line end. Unless the text is
 * known to be whole, 0 when the record does not end within them, or when a CR is the last of them,
 * which a LF may follow.
 */
size_t csv_record(const char *text, size_t len, char separator, bool whole);

/* The same of all that belongs to the header: BOM, blank lines, a line "sep=;", the header row.
 * *separator is set with it. */
size_t csv_header(const char *text, size_t len, bool whole, char *separator);

/* Why the bytes are no text that csv_open could read, for UTF-16; else NULL. */
const char *csv_encoding_fault(const char *text, size_t len);

#endif
