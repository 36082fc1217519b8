/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds where fields and records of CSV begin and end, without copying. Whole texts, parts of a
 * file and single records are all cut by this one scanner, so they always give the same records.
 */
#include "base/csv/csv_scan.h"

#include <string.h>
#include <strings.h>

const char csv_scan_endless[] = "a quoted field does not end";

static bool
is_line_end(char ch)
{
	return ch == '\n' || ch == '\r';
}

/* The next line end, or end. */
static const char *
line_end(const char *s, const char *end)
{
	while (s < end && !is_line_end(*s))
		s++;
	return s;
}

const char *
csv_scan_next_line(const char *s, const char *end)
{
	if (s < end && *s == '\r')
		s++;
	if (s < end && *s == '\n')
		s++;
	return s;
}

bool
csv_scan_blank(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && (s[i] == ' ' || s[i] == '\t' || is_line_end(s[i])))
		i++;
	return i == n;
}

/* The quote that closes the field whose text begins at s; NULL when there is none. A doubled quote
 * does not close it. */
static const char *
closing_quote(const char *s, const char *end)
{
	while (s < end && (s = memchr(s, '"', (size_t)(end - s))) != NULL) {
		if (s + 1 == end || s[1] != '"')
			return s;
		s += 2;
	}
	return NULL;
}

static void
add_field(struct csv_scan *r, struct csv_span f)
{
	if (r->seen < CSV_COLUMNS)
		r->fields[r->seen] = f;
	r->seen++;
	r->quoted = r->quoted || f.quoted;
	if (!csv_scan_blank(f.s, f.n))
		r->n = r->seen;
	if (r->n > CSV_COLUMNS)
		r->fault = "more than 100 columns";
}

/* Scans the field at s, and returns its end. After a fault that is the end of the line. */
static const char *
scan_field(const char *s, const char *end, char separator, struct csv_scan *r)
{
	struct csv_span f = {s, 0, s < end && *s == '"'};

	if (!f.quoted) {
		while (s < end && *s != separator && !is_line_end(*s))
			s++;
		f.n = (size_t)(s - f.s);
		add_field(r, f);
		return s;
	}
	const char *close = closing_quote(++f.s, end);
	if (close == NULL) {
		r->fault = csv_scan_endless;
		return line_end(s, end);
	}
	f.n = (size_t)(close - f.s);
	add_field(r, f);
	s = close + 1;
	if (s == end || *s == separator || is_line_end(*s))
		return s;
	r->fault = "text after a quoted field";
	return line_end(s, end);
}

const char *
csv_scan_record(const char *s, const char *end, char separator, struct csv_scan *r)
{
	r->n = r->seen = 0;
	r->quoted = false;
	r->fault = NULL;
	for (;;) {
		s = scan_field(s, end, separator, r);
		if (s == end || is_line_end(*s))
			return s;
		s++;
	}
}

size_t
csv_record(const char *text, size_t len, char separator, bool whole)
{
	struct csv_scan r;
	const char *end = text + len;
	const char *s = csv_scan_record(text, end, separator, &r);

	if (!whole && (r.fault == csv_scan_endless || s == end || (*s == '\r' && s + 1 == end)))
		return 0;
	return (size_t)(csv_scan_next_line(s, end) - text);
}

/* The separator that a line "sep=;" declares, which spreadsheets read and some write, possibly in
 * quotes; 0 when it declares none. */
static char
declared_separator(const char *s, size_t n)
{
	while (n > 0 && is_line_end(s[n - 1]))
		n--;
	if (n == 7 && s[0] == '"' && s[6] == '"') {
		s++;
		n -= 2;
	}
	return n == 5 && strncasecmp(s, "sep=", 4) == 0 && strchr(",;\t|", s[4]) != NULL
	    ? s[4] : '\0';
}

/*
 * Guesses the separator: the candidate that occurs most often outside of quotes. Counting ends at
 * the first line break, except for line breaks within the first field: the record ends there or
 * later with any separator, so the record alone gives the same result as a longer text.
 */
char
csv_scan_separator(const char *s, const char *end)
{
	static const char separators[] = ",;\t";
	size_t counts[sizeof separators - 1] = {0};
	const char *field = s, *first = s;

	while (first < end && (*first == ' ' || *first == '\t'))
		first++;
	while (s < end && !is_line_end(*s)) {
		const char *found = *s == '\0' || s < first ? NULL : strchr(separators, *s);
		if (s == field && *s == '"') {
			const char *close = closing_quote(s + 1, end);
			bool later = counts[0] + counts[1] + counts[2] > 0;
			if (close == NULL || (later && line_end(s, close) < close))
				break;
			s = close;
		} else if (found != NULL) {
			counts[found - separators]++;
			field = s + 1;
		}
		s++;
	}
	size_t best = 0;
	for (size_t i = 1; i < sizeof counts / sizeof counts[0]; i++)
		if (counts[i] > counts[best])
			best = i;
	return separators[best];
}

/* Steps over a BOM, blank lines and a line that declares a separator. NULL when the text is not
 * whole and the header row may begin after it. */
const char *
csv_scan_preamble(const char *s, const char *end, bool whole, char *said)
{
	*said = '\0';
	if (end - s >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	while (s < end) {
		const char *stop = csv_scan_next_line(line_end(s, end), end);
		size_t n = (size_t)(stop - s);
		char word = *said == '\0' ? declared_separator(s, n) : '\0';
		if (stop == end && !whole)
			return NULL;
		if (word == '\0' && !csv_scan_blank(s, n))
			return s;
		*said = word != '\0' ? word : *said;
		s = stop;
	}
	return whole ? s : NULL;
}

size_t
csv_header(const char *text, size_t len, bool whole, char *separator)
{
	const char *end = text + len;
	char said;
	const char *s = csv_scan_preamble(text, end, whole, &said);

	if (s == NULL)
		return 0;
	char found = said != '\0' ? said : csv_scan_separator(s, end);
	size_t n = s == end ? 0 : csv_record(s, (size_t)(end - s), found, whole);
	if (n == 0 && !whole)
		return 0;
	*separator = found;
	return (size_t)(s + n - text);
}

const char *
csv_encoding_fault(const char *text, size_t len)
{
	size_t n = 0, zeros = 0;

	/* In UTF-16, about every second byte of a header row is zero. */
	for (; n < len && n < 64 && !is_line_end(text[n]); n++)
		zeros += text[n] == '\0';
	bool utf16 = zeros > 0 && zeros * 5 >= n * 2;
	if (len >= 2)
		utf16 = utf16 || memcmp(text, "\xff\xfe", 2) == 0 ||
		    memcmp(text, "\xfe\xff", 2) == 0;
	return utf16 ? "the file is UTF-16: " CSV_SAVE : NULL;
}
