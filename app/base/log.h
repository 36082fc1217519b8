/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

/*
 * logfmt on standard error, a line at most 4 KiB and one write(2) each, so that lines of many
 * processes never mix. Values are quoted and escaped where they need it: one event is one line,
 * whatever a client put into it.
 */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_line {
	size_t len;
	char text[4096];
};

/* Lines above level are dropped from now on. The default is LOG_INFO. */
void log_set_level(enum log_level level);

/* A line from parts: begin with time, level and event, add pairs, send. */
void log_begin(struct log_line *l, enum log_level level, const char *event);
void log_text(struct log_line *l, const char *key, const char *value);
void log_number(struct log_line *l, const char *key, int64_t value);
void log_send(struct log_line *l, enum log_level level);

/* A whole line with one formatted detail. */
void log_say(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
