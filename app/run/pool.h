/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include "run/setup.h"

/*
 * Checks everything, opens the socket and keeps conf->workers workers alive until SIGTERM or
 * SIGINT: respawn with back-off, SIGHUP reads file again and replaces the workers one at a time,
 * SIGTERM passes on, waits grace_seconds, then kills. A worker whose request takes 5 s more than
 * its route's budget is killed, and so is one that does not leave within grace_seconds when it is
 * replaced. Returns the exit code.
 */
int pool_run(const struct conf *conf, const char *file);

#endif
