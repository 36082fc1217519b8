/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_CSV_CSV_SCAN_H
#define BASE_CSV_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* The scanner below base/csv/csv.h: fields and records as ranges of the text. */

enum { CSV_COLUMNS = 100 };

#define CSV_SAVE "save the file as \"CSV UTF-8\""

struct csv_span {
	const char *s;
	size_t n;
	bool quoted; /* it was in quotes: doubled ones inside stand for one */
};

struct csv_scan {
	size_t n;    /* fields up to the last that is not blank */
	size_t seen; /* fields */
	bool quoted; /* any of them */
	struct csv_span fields[CSV_COLUMNS];
	const char *fault; /* static; NULL: none */
};

/* The fault of a record whose quoted field does not end; compared by address. */
extern const char csv_scan_endless[];

/* Scans the record at s into *r, and returns its line end, or end. */
const char *csv_scan_record(const char *s, const char *end, char separator, struct csv_scan *r);

/*
 * The start of the header row: after a BOM, blank lines, and a line "sep=;", whose separator is
 * then *said (otherwise 0). NULL when the text is not whole and the row may begin after it.
 */
const char *csv_scan_preamble(const char *s, const char *end, bool whole, char *said);

/* The separator that occurs most often in the row at s outside of quotes. */
char csv_scan_separator(const char *s, const char *end);

/* The byte after the line end at s. */
const char *csv_scan_next_line(const char *s, const char *end);

/* Whether the n bytes at s are blanks and line ends. */
bool csv_scan_blank(const char *s, size_t n);

/*
 * The length of the first record in the len bytes at text, with its line end. Unless the text is
 * known to be whole, 0 when the record does not end within them, or when they end with CR, which
 * LF may follow.
 */
size_t csv_record(const char *text, size_t len, char separator, bool whole);

/* The same for the whole header: BOM, blank lines, a line "sep=;", the header row. Sets *separator
 * unless it returns 0. */
size_t csv_header(const char *text, size_t len, bool whole, char *separator);

/* A message when the text is UTF-16, which csv_open cannot read; otherwise NULL. */
const char *csv_encoding_fault(const char *text, size_t len);

#endif
