/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDLER_ROUTES_H
#define HANDLER_ROUTES_H

#include "web/http/route.h"

/* All handlers of routes.def: one with another signature does not compile. */
#define ROUTE(method, path, key, audit, limit, budget, run, view, doc) handler_fn run;
#define ENVELOPE(method, path, key, audit, limit, budget, run, id, doc) handler_fn run;
#define OFREP(method, path, key, audit, limit, budget, run, doc) handler_fn run;
#define JOINT(method, path, key, limit, budget, run, join, doc) handler_fn run; joint_fn join;
#include "handler/routes.def"
#undef ROUTE
#undef ENVELOPE
#undef OFREP
#undef JOINT

/* The rows of routes.def, in order. */
extern const struct routes routes_all;

#endif
