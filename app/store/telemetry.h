/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_TELEMETRY_H
#define STORE_TELEMETRY_H

#include <json-c/json.h>

/*
 * Events for other programs: NDJSON, one write(2) per line, so that lines of several workers never
 * mix. A worker opens the file when it starts; SIGHUP to the pool replaces the workers, which open
 * it again.
 */
struct telemetry;

/* On the talloc context ctx; NULL when path is "" (off) or cannot be opened, which is logged. */
struct telemetry *telemetry_open(void *ctx, const char *path);

/* Appends an event as a line. One that cannot be written at once is dropped and counted; t may be
 * NULL. */
void telemetry_write(struct telemetry *t, struct json_object *event);

#endif
