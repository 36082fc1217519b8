/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The context of an operation: its memory, its clock, on whose behalf it runs, and the problems it
 * reports, in words that every caller can show.
 */
#include "store/work.h"

#include <stdarg.h>
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"

/* A talloc pool in which a usual operation fits, so that it costs one allocation. */
enum { POOL = 32768 };

void
work_begin(struct work *w, int64_t now, struct actor actor)
{
	struct work fresh = {
		.conf = w->conf,
		.db = w->db,
		.cache = w->cache,
		.records = w->records,
		.experiments = w->experiments,
		.segmentations = w->segmentations,
		.telemetry = w->telemetry,
		.models = w->models,
		.mem = mem_check(talloc_pool(NULL, POOL)),
		.now = now,
		.actor = actor,
	};

	*w = fresh;
	w->problems = problem_new(w->mem);
}

void
work_end(struct work *w)
{
	talloc_free(w->mem);
	w->mem = NULL;
}

void
work_forget(struct work *w)
{
	/* The old list stays allocated: values that were read may refer to it. */
	w->problems = problem_new(w->mem);
	w->detail = NULL;
	w->later = false;
}

void
work_set_now(struct work *w, int64_t now)
{
	w->now = now;
	*w->now_text = *w->today = '\0';
}

const char *
work_now_text(struct work *w)
{
	if (*w->now_text == '\0')
		instant_format(w->now, w->now_text);
	return w->now_text;
}

const char *
work_today(struct work *w)
{
	if (*w->today == '\0')
		memcpy(w->today, work_now_text(w), WORK_DATE - 1);
	return w->today;
}

const char *
work_actor(const struct work *w)
{
	const struct actor *a = &w->actor;

	return a->key_id != NULL ? a->key_id : a->account != NULL ? a->account : a->command;
}

enum err
fail(struct work *w, enum err e, const char *pointer, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	problem_add(w->problems, pointer, "%s", mem_vprintf(w->mem, fmt, ap));
	va_end(ap);
	return e;
}

enum err
fail_detail(struct work *w, enum err e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	w->detail = mem_vprintf(w->mem, fmt, ap);
	va_end(ap);
	return e;
}

enum err
fail_missing(struct work *w, const char *what)
{
	return fail_detail(w, ERR_NOT_FOUND, "there is no such %s", what);
}
