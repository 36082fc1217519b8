/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first page for people who are signed in: running experiments, and warnings about what is
 * wrong. It stays open on many screens, so each worker keeps its model for two seconds.
 */
#include <string.h>

#include "base/instant.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/metric.h"
#include "view/chart.h"
#include "view/selfcheck_words.h"
#include "core/experiment/delivery.h"
#include "service/decision/experiment_set.h"
#include "service/overview.h"
#include "service/readiness.h"
#include "service/selfcheck.h"
#include "service/definition/results.h"
#include "handler/routes.h"
#include "service/definition/unconfirmed.h"
#include "web/http/ctx.h"
#include "base/model_cache.h"

enum {
	SHOWN = 20,      /* experiments; each costs a read of its results */
	FEW_SLOTS = 500, /* of the 10,000 of a layer */
};

/* The key of the kept model: never the id of an experiment, by which other pages keep theirs. */
#define NAME "/admin"
#define AGE (2 * INSTANT_SECOND)
#define OLD (30 * INSTANT_SECOND)
/* Work that has waited for so long has no job that does it. */
#define LATE (600 * INSTANT_SECOND)

/* Adds a warning, and the page that shows more; words: its name, NULL: no page. */
static void
add_warning(struct json_object *list, const char *text, const char *path, const char *words)
{
	struct json_object *o = json_object_new_object();

	json_add_text(o, "text", text);
	json_add_text(o, "path", path);
	json_add_text(o, "words", words);
	json_object_array_add(list, o);
}

/* Adds a running experiment to the list, and warnings about it. */
static enum err
add_running(struct ctx *c, const struct experiment *a, struct json_object *list,
    struct json_object *warnings)
{
	struct json_object *results, *row;
	const char *waiting = NULL; /* words on sessions that results leave out, if any are old */
	enum err e = results_read(&c->w, a->id, &results);
	int64_t participants = 0;

	if (e == OK)
		e = unconfirmed_words(&c->w, a->id, OLD, &waiting);
	/* It can be deleted after the set of experiments was read. */
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (waiting != NULL)
		add_warning(warnings, mem_printf(c->w.mem, "%s: %s", a->id, waiting),
		    mem_printf(c->w.mem, "/admin/experiment/%s", a->id), "Results");
	struct json_object *arms = json_object_object_get(results, "alternatives");
	for (size_t i = 0; i < json_items(arms); i++)
		participants += json_object_get_int64(json_object_object_get(
		    json_item(arms, i), "participants"));
	row = json_object_new_object();
	json_add_text(row, "id", a->id);
	json_add_text(row, "name", a->name);
	json_add_text(row, "state", delivery_word(a->state));
	json_add_text(row, "kind", chart_kind(results));
	json_object_object_add(row, "participants", json_object_new_int64(participants));
	json_object_object_add(row, "verdict", json_object_get(json_object_object_get(
	    json_object_object_get(results, "verdict"), "text")));
	json_object_array_add(list, row);
	struct json_object *split = json_object_object_get(results, "srm");
	if (!json_object_get_boolean(json_object_object_get(split, "ok")))
		add_warning(warnings,
		    mem_printf(
			c->w.mem, "The split of %s is broken: compare nothing in it.", a->id),
		    mem_printf(c->w.mem, "/admin/experiment/%s/health", a->id), "Health");
	return OK;
}

/* What the service lacks just now: database, cache, known goals, telemetry. */
static void
warn_of_service(struct ctx *c, struct json_object *list)
{
	bool ready;
	struct json_object *state = readiness_check(&c->w, &ready);
	const char *cache = json_object_get_string(json_object_object_get(state, "cache"));

	if (!ready)
		add_warning(list, "The database cannot be used at the moment.", "/", "State");
	if (cache != NULL && strcmp(cache, "off") == 0)
		add_warning(list, "The cache is off: everything works, only slower.",
		    "/admin/settings", "Settings");
	else if (cache != NULL && strcmp(cache, "ok") != 0)
		add_warning(list, "The cache does not answer: everything works, only slower.", "/",
		    "State");
	/* Counted by all processes since the service was started, so it is not stored anywhere. */
	uint64_t unknown = metric_value(METRIC_goals_unknown_total);
	if (unknown > 0)
		add_warning(list, mem_printf(c->w.mem,
			"%llu hits named a goal that does not exist or is retired, since the start "
			"of the service.", (unsigned long long)unknown),
		    "/admin/goals", "Goals");
	if (c->w.telemetry == NULL)
		add_warning(list, "Telemetry is off: look-ups and assignments leave no events.",
		    "/admin/settings", "Settings");
}

/* Adds a warning in words; the kinds are those of overview_troubles(). */
static void
warn_of_trouble(struct ctx *c, struct json_object *list, struct json_object *trouble)
{
	const char *kind = json_text(trouble, "kind"), *id = json_text(trouble, "id");
	const char *text = json_text(trouble, "text");

	if (strcmp(kind, "failed") == 0)
		add_warning(list,
		    mem_printf(c->w.mem, "The audience of %s could not be mapped: %s", id, text),
		    mem_printf(c->w.mem, "/admin/experiment/%s/audience", id), "Audience");
	else if (strcmp(kind, "again") == 0)
		add_warning(list,
		    mem_printf(c->w.mem, "A file of members of %s cannot be worked off; tries: %s.",
			id, text),
		    mem_printf(c->w.mem, "/admin/segmentation/%s", id), "Segmentation");
	else if (strcmp(kind, "unmapped") == 0)
		add_warning(list,
		    mem_printf(c->w.mem, "The audience of %s cannot be mapped now; tries: %s.", id,
			text),
		    mem_printf(c->w.mem, "/admin/experiment/%s/audience", id), "Audience");
	else if (strcmp(kind, "layer") == 0)
		add_warning(list,
		    mem_printf(c->w.mem,
			"The layer %s is nearly full: %s of 10,000 slots are free.", id, text),
		    mem_printf(c->w.mem, "/admin/layer/%s", id), "Layer");
	else
		add_warning(list, mem_printf(c->w.mem,
		    "%s for over ten minutes: does `assay jobs` run?",
		    strcmp(kind, "jobs") == 0 ? "An audience waits to be mapped"
					      : "A file of members waits"), NULL, NULL);
}

/* What jobs could not do or have not begun, and layers that are nearly full. */
static enum err
warn_of_troubles(struct ctx *c, struct json_object *list)
{
	struct json_object *troubles;
	enum err e = overview_troubles(&c->w, FEW_SLOTS, LATE, &troubles);

	for (size_t i = 0; e == OK && i < json_items(troubles); i++)
		warn_of_trouble(c, list, json_item(troubles, i));
	return e;
}

/* How long a refusal is worth a warning. */
#define RECENT (3600 * INSTANT_SECOND)

/* Behind a proxy that the configuration does not name, all visitors share one limit. */
static enum err
warn_of_throttle(struct ctx *c, struct json_object *list)
{
	struct json_object *found;
	enum err e = overview_throttled(&c->w, RECENT, &found);

	if (e == OK && found != NULL)
		add_warning(list, mem_printf(c->w.mem,
		    "%s of %s requests refused with 429 came from one address, %s: if that is a "
		    "proxy, name it in `proxies`, or all visitors share one limit.",
		    json_object_get_string(json_object_object_get(found, "most")),
		    json_object_get_string(json_object_object_get(found, "refused")),
		    json_text(found, "address")), "/admin/settings", "Settings");
	return e;
}

static enum err
add_numbers(struct ctx *c, struct json_object *model)
{
	struct json_object *numbers;
	enum err e = overview_numbers(&c->w, &numbers);

	if (e == OK)
		json_object_object_add(model, "numbers", json_object_get(numbers));
	return e;
}

/* The self-checks, and a warning of each that speaks against the installation. */
static enum err
add_selfchecks(struct ctx *c, struct json_object *model, struct json_object *warnings)
{
	struct json_object *list;
	enum err e = selfcheck_read(&c->w, &list);

	if (e != OK)
		return e;
	struct json_object *words = selfcheck_words(c->w.mem, list);
	for (size_t i = 0; i < json_items(words); i++) {
		const char *alarm = json_text(json_item(words, i), "alarm");
		if (alarm != NULL)
			add_warning(warnings, alarm, NULL, NULL);
	}
	json_object_object_add(model, "selfchecks", json_object_get(words));
	return OK;
}

/* Makes the model of the page. */
static enum err
make_overview(struct ctx *c, const struct experiment_set *all, struct json_object *model)
{
	struct json_object *list = json_object_new_array(), *warnings = json_object_new_array();
	size_t shown = 0;
	enum err e = add_numbers(c, model);

	json_object_object_add(model, "experiments", list);
	json_object_object_add(model, "warnings", warnings);
	/* The newest are last in the set. */
	for (size_t i = all->n; e == OK && i > 0 && shown < SHOWN; i--) {
		if (all->list[i - 1].state == STATE_DEFAULT)
			continue;
		e = add_running(c, &all->list[i - 1], list, warnings);
		shown++;
	}
	if (e == OK)
		e = warn_of_troubles(c, warnings);
	if (e == OK)
		e = warn_of_throttle(c, warnings);
	if (e == OK)
		e = add_selfchecks(c, model, warnings);
	if (e == OK)
		warn_of_service(c, warnings);
	return e;
}

/* A copy, because the page adds members of its own. The values are shared. */
static struct json_object *
copy_members(struct ctx *c, struct json_object *model)
{
	struct json_object *out = mem_json(c->w.mem, json_object_new_object());

	json_object_object_foreach(json_members(model), name, value) {
		json_object_object_add(out, name, json_object_get(value));
	}
	return out;
}

/* GET /admin. The stamp changes every two seconds, and with every change of a definition. */
enum err
overview(struct ctx *c)
{
	const struct experiment_set *all;
	enum err e = experiment_set_get(&c->w, 0, &all);

	if (e != OK)
		return e;
	const char *stamp = mem_printf(c->w.mem, "%lld %lld", (long long)all->generation,
	    (long long)(c->began / AGE));
	struct json_object *model = model_cache_find(c->w.models, NAME, stamp);
	if (model == NULL) {
		model = mem_json(c->w.mem, json_object_new_object());
		e = make_overview(c, all, model);
		if (e == OK)
			model_cache_keep(c->w.models, NAME, stamp, model);
	}
	c->model = copy_members(c, model);
	return e;
}
