/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Instants as integers. strptime reads neither fractions nor offsets with a colon and accepts 30
 * February, so RFC 3339 is parsed here, strictly. A parser function that meets something else sets
 * scan.bad and goes on; the callers check it once at the end.
 */
#include "base/instant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct scan {
	const char *s; /* next byte */
	const char *end;
	bool bad; /* the text does not have the expected form */
};

static int64_t
clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * INSTANT_SECOND + ts.tv_nsec / 1000;
}

int64_t
instant_now(void)
{
	return clock_us(CLOCK_REALTIME);
}

int64_t
instant_monotonic(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar, counting years from March. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = y >= 0 ? y / 400 : (y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	    day_of_year - 719468;
}

static int
month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Exactly that many decimal digits, of a value up to max. */
static int
scan_digits(struct scan *in, int digits, int max)
{
	int v = 0;

	for (; digits > 0; digits--, in->s++) {
		if (in->s == in->end || *in->s < '0' || *in->s > '9') {
			in->bad = true;
			return 0;
		}
		v = v * 10 + (*in->s - '0');
	}
	in->bad = in->bad || v > max;
	return v;
}

/* Steps over one byte, which must be a or b. */
static void
scan_either(struct scan *in, char a, char b)
{
	if (in->s == in->end || (*in->s != a && *in->s != b))
		in->bad = true;
	else
		in->s++;
}

/* The fraction after the seconds, if there is one, truncated to milliseconds; in microseconds. */
static int64_t
scan_fraction(struct scan *in)
{
	if (in->s == in->end || *in->s != '.')
		return 0;
	int64_t us = 0;
	int64_t unit = 100 * INSTANT_MS;
	const char *first = ++in->s;
	for (; in->s < in->end && *in->s >= '0' && *in->s <= '9'; in->s++, unit /= 10)
		if (unit >= INSTANT_MS)
			us += (*in->s - '0') * unit;
	in->bad = in->bad || in->s == first;
	return us;
}

/* "Z" or "+hh:mm", in seconds east of UTC. */
static int64_t
scan_offset(struct scan *in)
{
	if (in->s < in->end && (*in->s == 'Z' || *in->s == 'z')) {
		in->s++;
		return 0;
	}
	bool west = in->s < in->end && *in->s == '-';
	scan_either(in, '+', '-');
	int64_t h = scan_digits(in, 2, 23);
	scan_either(in, ':', ':');
	int64_t s = h * 3600 + scan_digits(in, 2, 59) * 60;
	return west ? -s : s;
}

bool
instant_parse(const char *s, size_t n, int64_t *out)
{
	struct scan in = {s, s + n, false};

	int year = scan_digits(&in, 4, 9999);
	scan_either(&in, '-', '-');
	int month = scan_digits(&in, 2, 12);
	scan_either(&in, '-', '-');
	int day = scan_digits(&in, 2, 31);
	scan_either(&in, 'T', 't');
	int64_t second = scan_digits(&in, 2, 23) * 3600;
	scan_either(&in, ':', ':');
	second += scan_digits(&in, 2, 59) * 60;
	scan_either(&in, ':', ':');
	int leap = scan_digits(&in, 2, 60);
	int64_t us = scan_fraction(&in);
	second += leap - scan_offset(&in);
	if (in.bad || in.s != in.end || month == 0 || day == 0 || day > month_days(year, month))
		return false;
	int64_t total = days_of(year, month, day) * 86400 + second;
	if (leap == 60 && total % 86400 != 0)
		return false;
	/* An offset may lead out of the years that can be written with four digits. */
	if (total < days_of(0, 1, 1) * 86400 || total >= days_of(10000, 1, 1) * 86400)
		return false;
	*out = total * INSTANT_SECOND + (leap == 60 ? 0 : us);
	return true;
}

/* Appends an offset in the form of RFC 3339 at `to`. One of no known form stays as it is, and
 * instant_parse() refuses it. */
static char *
add_offset(char *to, const char *s, const char *end)
{
	size_t n = (size_t)(end - s);

	if (n == 0)
		*to++ = 'Z';
	if (n == 5 && s[3] != ':') { /* +0530 */
		memcpy(to, s, 3);
		to[3] = ':';
		memcpy(to + 4, s + 3, 2);
		return to + 6;
	}
	memcpy(to, s, n);
	to += n;
	if (n == 3) { /* +05 */
		memcpy(to, ":00", 3);
		to += 3;
	}
	return to;
}

bool
instant_parse_any(const char *s, size_t n, int64_t *out)
{
	enum { LENGTH = 64, DATE = 10, MINUTE = 16 };
	char text[LENGTH + 16];
	const char *end = s + n;
	char *to = text + MINUTE;

	if (n < MINUTE || n > LENGTH)
		return false;
	memcpy(text, s, MINUTE);
	if (text[DATE] == ' ')
		text[DATE] = 'T';
	s += MINUTE;
	bool seconds = end - s >= 3 && *s == ':';
	memcpy(to, seconds ? s : ":00", 3);
	to += 3;
	s += seconds ? 3 : 0;
	if (seconds && s < end && (*s == '.' || *s == ',' || *s == ':')) {
		*to++ = '.';
		for (s++; s < end && *s >= '0' && *s <= '9'; s++)
			*to++ = *s;
	}
	if (end - s > 1 && *s == ' ')
		s++;
	to = add_offset(to, s, end);
	return instant_parse(text, (size_t)(to - text), out);
}

void
instant_format(int64_t t, char out[INSTANT_TEXT])
{
	int64_t ms = t / INSTANT_MS - (t % INSTANT_MS < 0);
	time_t second = (time_t)(ms / 1000 - (ms % 1000 < 0));
	unsigned rest = (unsigned)(ms - second * 1000) % 1000;
	struct tm tm = {0};

	/* Not strftime: its %Y writes the year 99 with two digits. */
	gmtime_r(&second, &tm);
	snprintf(out, INSTANT_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
	    (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
	    (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
	    (unsigned)tm.tm_sec % 100, rest);
}

bool
instant_day(const char *text, int64_t *day)
{
	char midnight[sizeof "2026-11-21T00:00:00Z"];
	int64_t at;

	if (strlen(text) < sizeof "2026-11-21" - 1)
		return false;
	snprintf(midnight, sizeof midnight, "%.10sT00:00:00Z", text);
	if (!instant_parse(midnight, strlen(midnight), &at))
		return false;
	*day = at / INSTANT_DAY - (at % INSTANT_DAY < 0);
	return true;
}
