/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logging in logfmt. No allocation, no lock and no stdio, so that it works when nothing else does,
 * out of memory included. A line that is too long is cut.
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
put_log_char(struct log_line *l, char c)
{
	/* One byte is reserved for the line feed. */
	if (l->len < sizeof l->text - 1)
		l->text[l->len++] = c;
}

static void
put_log_text(struct log_line *l, const char *s)
{
	while (*s != '\0')
		put_log_char(l, *s++);
}

/* Printable ASCII without blanks and without the characters that logfmt gives a meaning. */
static bool
needs_no_quotes(const char *s)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f || *s == '"' || *s == '=' || *s == '\\')
			return false;
	return true;
}

static void
put_log_escaped(struct log_line *l, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	if (c == '"' || c == '\\') {
		put_log_char(l, '\\');
		put_log_char(l, (char)c);
		return;
	}
	if (c >= ' ' && c < 0x7f) {
		put_log_char(l, (char)c);
		return;
	}
	put_log_text(l, "\\x");
	put_log_char(l, hex[c >> 4]);
	put_log_char(l, hex[c & 15]);
}

void
log_text(struct log_line *l, const char *key, const char *value)
{
	put_log_char(l, ' ');
	put_log_text(l, key);
	put_log_char(l, '=');
	if (needs_no_quotes(value)) {
		put_log_text(l, value);
		return;
	}
	put_log_char(l, '"');
	for (; *value != '\0'; value++)
		put_log_escaped(l, (unsigned char)*value);
	put_log_char(l, '"');
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
	put_log_text(l, "ts=");
	put_log_text(l, now);
	log_text(l, "level", names[level]);
	log_text(l, "event", event);
}

void
log_send(struct log_line *l, enum log_level level)
{
	if (level > threshold)
		return;
	l->text[l->len] = '\n';
	/* There is nowhere to report a log that cannot be written. */
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
