/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_TELEMETRY_H
#define STORE_TELEMETRY_H

#include <json-c/json.h>

/*
 * Events for others to read: NDJSON, a line a write(2), so that lines of many workers never mix.
 * A worker opens the file when it starts; SIGHUP to the pool, which replaces the workers, makes
 * them open it again.
 */
struct telemetry;

/* On the talloc context ctx; NULL when path is "" (off) or cannot be opened, which is logged. */
struct telemetry *telemetry_open(void *ctx, const char *path);

/* Appends event as a line. What cannot be written at once is lost and counted; t may be NULL. */
void telemetry_write(struct telemetry *t, struct json_object *event);

#endif
