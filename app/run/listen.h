/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_LISTEN_H
#define RUN_LISTEN_H

#include "base/conf.h"

/*
 * The listening socket, non-blocking: fd 0 when it is one (spawn-fcgi), the one of systemd when
 * LISTEN_FDS says so, else made here from conf->listen ("/path", mode 0660, or "host:port").
 * -1 after saying why not; *made is the path to remove at the end, or NULL.
 */
int listen_open(const struct conf *conf, const char **made);

#endif
