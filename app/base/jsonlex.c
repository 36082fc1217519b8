/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strings and numbers of JSON. This is where a text can do harm: bytes that are not UTF-8, escapes
 * that end a C string early, numbers that a parser clamps silently. All of that is refused here.
 */
#include "base/jsonlex.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The value of the four hexadecimal digits at p; -1 when they are not there. */
static int
read_hex4(const char *p, const char *end)
{
	int n = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char lower = (char)(p[i] | 0x20);
		bool letter = lower >= 'a' && lower <= 'f';
		if (!letter && !is_digit(p[i]))
			return -1;
		n = n * 16 + (letter ? lower - 'a' + 10 : p[i] - '0');
	}
	return n;
}

/* As read_escape(), for the \u escape at p. */
static size_t
read_unicode_escape(const char *p, const char *end, unsigned *c)
{
	int high = read_hex4(p + 2, end);

	if (high < 0)
		return 0;
	*c = (unsigned)high;
	if (high < 0xd800 || high > 0xdbff || end - p < 12 || p[6] != '\\' || p[7] != 'u')
		return 6;
	int low = read_hex4(p + 8, end);
	if (low < 0xdc00 || low > 0xdfff)
		return 6;
	*c = 0x10000U + (((unsigned)high & 0x3ff) << 10) + ((unsigned)low & 0x3ff);
	return 12;
}

/* Reads the escape at p, a backslash: returns its length in the text, with the code point in *c; 0
 * when it is not valid. A lone half of a surrogate pair is returned as it is. */
static size_t
read_escape(const char *p, const char *end, unsigned *c)
{
	static const char names[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";

	if (end - p < 2)
		return 0;
	if (p[1] == 'u')
		return read_unicode_escape(p, end, c);
	const char *name = memchr(names, p[1], sizeof(names) - 1);
	if (name == NULL)
		return 0;
	*c = (unsigned)means[name - names];
	return 2;
}

/* Steps over an escape, and adds to *saved how many bytes decoding it removes. */
static const char *
scan_escape(const char **at, const char *end, size_t *saved)
{
	char utf8[4];
	unsigned c = 0;
	size_t raw = read_escape(*at, end, &c);

	if (raw == 0)
		return "escape is not valid";
	if (c == 0)
		return "\\u0000 is not allowed";
	if (c >= 0xd800 && c <= 0xdfff)
		return "surrogate without its other half";
	*at += raw;
	*saved += raw - utf8_encode(utf8, c);
	return NULL;
}

/* Steps over a character that is_plain_char() does not accept. */
static const char *
scan_special(const char **at, const char *end, size_t *saved)
{
	if (**at == '\\')
		return scan_escape(at, end, saved);
	if ((unsigned char)**at < 0x20)
		return "control character in a string";
	size_t n = utf8_char(*at, (size_t)(end - *at));
	*at += n;
	return n > 0 ? NULL : "bytes are not UTF-8";
}

static bool
is_plain_char(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

const char *
jsonlex_string(const char **at, const char *end, struct jsonlex_span *span)
{
	const char *from = *at + 1;
	const char *p = from;
	size_t saved = 0;

	for (;;) {
		while (p < end && is_plain_char(*p))
			p++;
		if (p == end)
			return "string is not closed";
		if (*p == '"')
			break;
		const char *why = scan_special(&p, end, &saved);
		if (why != NULL) {
			*at = p;
			return why;
		}
	}
	size_t raw = (size_t)(p - from);
	*span = (struct jsonlex_span){.at = from, .raw = raw, .size = raw - saved};
	*at = p + 1;
	return NULL;
}

void
jsonlex_decode(const struct jsonlex_span *span, char *out)
{
	const char *p = span->at;
	const char *end = p + span->raw;

	while (p < end) {
		unsigned c;
		if (*p != '\\') {
			*out++ = *p++;
			continue;
		}
		p += read_escape(p, end, &c);
		out += utf8_encode(out, c);
	}
}

/* Whether the integer of n digits at p fits an int64_t. */
static bool
fits_int(const char *p, size_t n, bool negative)
{
	if (n != 19)
		return n < 19;
	return memcmp(p, negative ? "9223372036854775808" : "9223372036854775807", 19) <= 0;
}

/* Whether the number of len characters at p fits a double: not infinite, and not rounded to zero
 * unless it is zero. */
static bool
fits_double(const char *p, size_t len)
{
	char digits[JSON_NUMBER + 1] = "";
	char text[JSON_NUMBER + 32];
	size_t n = 0;
	size_t i = 0;
	size_t point = len;

	/* Move the point into the exponent: strtod() expects the point of the locale. */
	for (; p[i] != 'e' && p[i] != 'E'; i++) {
		if (p[i] == '.')
			point = i + 1;
		else
			digits[n++] = p[i];
	}
	int shift = point < i ? (int)(i - point) : 0;
	snprintf(text, sizeof(text), "%.*s", (int)(len - i - 1), p + i + 1);
	long exponent = strtol(text, NULL, 10);
	if (exponent < -9999 || exponent > 9999)
		exponent = exponent < 0 ? -9999 : 9999;
	snprintf(text, sizeof(text), "%se%ld", digits, exponent - shift);
	double d = strtod(text, NULL);
	return isfinite(d) && (d != 0 || strspn(digits, "-0") == n);
}

/* The first byte at or after p that is not a digit. */
static const char *
skip_digits(const char *p, const char *end)
{
	while (p < end && is_digit(*p))
		p++;
	return p;
}

/* The end of the optional fraction at p; NULL when it has no digit. */
static const char *
skip_fraction(const char *p, const char *end)
{
	if (p == end || *p != '.')
		return p;
	const char *q = skip_digits(p + 1, end);
	return q > p + 1 ? q : NULL;
}

/* The end of the optional exponent at p; NULL when it has no digit. */
static const char *
skip_exponent(const char *p, const char *end)
{
	if (p == end || (*p != 'e' && *p != 'E'))
		return p;
	p++;
	if (p < end && (*p == '+' || *p == '-'))
		p++;
	const char *q = skip_digits(p, end);
	return q > p ? q : NULL;
}

const char *
jsonlex_number(const char **at, const char *end)
{
	static const char invalid[] = "number is not valid";
	const char *from = *at;
	bool negative = *from == '-';
	const char *digits = from + negative;
	const char *whole = skip_digits(digits, end);

	if (whole == digits || (*digits == '0' && whole > digits + 1))
		return invalid;
	const char *fraction = skip_fraction(whole, end);
	if (fraction == NULL)
		return invalid;
	const char *p = skip_exponent(fraction, end);
	if (p == NULL)
		return invalid;
	if (p - from > JSON_NUMBER)
		return "number is too long";
	if (p == whole && !fits_int(digits, (size_t)(whole - digits), negative))
		return "integer is out of range";
	if (p > fraction && !fits_double(from, (size_t)(p - from)))
		return "number is out of range";
	*at = p;
	return NULL;
}
