/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of routes.def as an array.
 */
#include "handler/routes.h"

#define KIB 1024
#define MIB 1048576
#define AUDIT true
#define QUIET false

static const struct route list[] = {
#define ROUTE(method, path, key, audit, limit, budget, run, view, doc) \
	{method, path, key, audit, limit, budget, run, NULL, view, NULL, false, doc},
#define ENVELOPE(method, path, key, audit, limit, budget, run, id, doc) \
	{method, path, key, audit, limit, budget, run, NULL, NULL, id, false, doc},
#define OFREP(method, path, key, audit, limit, budget, run, doc) \
	{method, path, key, audit, limit, budget, run, NULL, NULL, NULL, true, doc},
#define JOINT(method, path, key, limit, budget, run, join, doc) \
	{method, path, key, QUIET, limit, budget, run, join, NULL, NULL, false, doc},
#include "handler/routes.def"
#undef ROUTE
#undef ENVELOPE
#undef OFREP
#undef JOINT
};

const struct routes routes_all = {list, sizeof list / sizeof list[0], NULL};
