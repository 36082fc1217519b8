/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: no allocation, no lock, no stdio, so that it can speak when nothing else works.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/instant.h"

static enum log_level threshold = LOG_INFO;

void
log_set_level(enum log_level level)
{
	threshold = level;
}

static void
put(struct log_line *l, char c)
{
	/* One byte is kept for the line's end. */
	if (l->len < sizeof l->text - 1)
		l->text[l->len++] = c;
}

static void
put_str(struct log_line *l, const char *s)
{
	while (*s != '\0')
		put(l, *s++);
}

static bool
is_bare(const char *s)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f || *s == '"' || *s == '=' || *s == '\\')
			return false;
	return true;
}

static void
put_escaped(struct log_line *l, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	if (c == '"' || c == '\\') {
		put(l, '\\');
		put(l, (char)c);
		return;
	}
	if (c >= ' ' && c < 0x7f) {
		put(l, (char)c);
		return;
	}
	put_str(l, "\\x");
	put(l, hex[c >> 4]);
	put(l, hex[c & 15]);
}

void
log_text(struct log_line *l, const char *key, const char *value)
{
	put(l, ' ');
	put_str(l, key);
	put(l, '=');
	if (is_bare(value)) {
		put_str(l, value);
		return;
	}
	put(l, '"');
	for (; *value != '\0'; value++)
		put_escaped(l, (unsigned char)*value);
	put(l, '"');
}

void
log_number(struct log_line *l, const char *key, int64_t value)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%lld", (long long)value);
	log_text(l, key, digits);
}

void
log_begin(struct log_line *l, enum log_level level, const char *event)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};
	char now[INSTANT_TEXT];

	instant_format(instant_now(), now);
	l->len = 0;
	put_str(l, "ts=");
	put_str(l, now);
	log_text(l, "level", names[level]);
	log_text(l, "event", event);
}

void
log_send(struct log_line *l, enum log_level level)
{
	if (level > threshold)
		return;
	l->text[l->len] = '\n';
	/* A log that cannot be written has nowhere to complain. */
	ssize_t n = write(STDERR_FILENO, l->text, l->len + 1);
	(void)n;
}

void
log_say(enum log_level level, const char *event, const char *fmt, ...)
{
	struct log_line l;
	char detail[1024];
	va_list ap;

	if (level > threshold)
		return;
	va_start(ap, fmt);
	vsnprintf(detail, sizeof detail, fmt, ap);
	va_end(ap);
	log_begin(&l, level, event);
	log_text(&l, "detail", detail);
	log_send(&l, level);
}
