/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDLER_AUDIT_H
#define HANDLER_AUDIT_H

#include "base/err.h"
#include "service/change.h"
#include "web/http/ctx.h"

/*
 * Notes in the audit log what the request of c, which ended with e, has changed: definitions,
 * accounts, keys, by whom, with what was before and what is after; and forms that were refused
 * because of a role. Everything else is left out.
 */
void audit_note(struct ctx *c, enum err e);

struct audited_making {
	struct ctx *c;
	handler_fn *make;
};

static inline enum err
make_within(struct work *w, void *arg, struct json_object **answer)
{
	const struct audited_making *m = arg;
	enum err e = m->make(m->c);

	(void)w;
	*answer = m->c->model;
	return e;
}

/* Runs make, which leaves its answer in c->model, as a change (service/change.h). */
static inline enum err
idempotency_run(struct ctx *c, handler_fn *make)
{
	return change_run(&c->w, make_within, &(struct audited_making){c, make}, &c->model);
}

#endif
