/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

/*
 * A log in logfmt on standard error. Each line has at most 4 KiB and is written by one write(2),
 * so that lines of several processes never mix. Values are quoted and escaped where necessary: one
 * event is one line, whatever a client put into it.
 */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_line {
	size_t len;
	char text[4096];
};

/* From now on lines above this level are dropped. The default is LOG_INFO. */
void log_set_level(enum log_level level);

/* Builds a line: log_begin writes time, level and event, the next two append pairs, log_send
 * writes it out. */
void log_begin(struct log_line *l, enum log_level level, const char *event);
void log_text(struct log_line *l, const char *key, const char *value);
void log_number(struct log_line *l, const char *key, int64_t value);
void log_send(struct log_line *l, enum log_level level);

/* Writes a line with one formatted pair, `detail`, of at most 1,023 bytes. */
void log_say(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
