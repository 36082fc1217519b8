/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Self-checks in words, for the first page and `assay doctor`.
 */
#include "view/selfcheck_words.h"

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"

/* A number with three digits; what to say where there is none. */
static const char *
number_words(void *ctx, struct json_object *o, const char *name, const char *none)
{
	struct json_object *x = json_object_object_get(o, name);

	return x == NULL ? none : mem_printf(ctx, "%.3g", json_object_get_double(x));
}

static bool
is_ok(struct json_object *o, const char *name)
{
	struct json_object *part = json_object_object_get(o, name);

	return json_object_get_boolean(json_object_object_get(part, "ok"));
}

/* "control 512, x 498" */
static const char *
arms_words(void *ctx, struct json_object *arms)
{
	struct buf *out = buf_new(ctx, 64);

	for (size_t i = 0; i < json_items(arms); i++)
		buf_printf(out, "%s%s %s", i == 0 ? "" : ", ",
		    json_text(json_item(arms, i), "name"),
		    json_object_get_string(json_object_object_get(
			json_item(arms, i), "participants")));
	return out->data;
}

static const char *
split_words(void *ctx, struct json_object *o)
{
	return mem_printf(ctx, "%s, p at any time %s", is_ok(o, "split") ? "sound" : "broken",
	    number_words(ctx, json_object_object_get(o, "split"), "p_any_time", "unknown"));
}

static const char *
values_words(void *ctx, struct json_object *o)
{
	struct json_object *uniform = json_object_object_get(o, "uniform");
	int64_t days = json_object_get_int64(json_object_object_get(uniform, "days"));

	if (days == 0)
		return "no day with enough conversions yet";
	return mem_printf(ctx, "%s over %lld %s, p %s",
	    is_ok(o, "uniform") ? "uniform" : "not uniform", (long long)days,
	    days == 1 ? "day" : "days", number_words(ctx, uniform, "p", "unknown"));
}

/* What is wrong with the self-check of that kind; NULL: nothing. */
static const char *
alarm_words(void *ctx, struct json_object *o, const char *kind, const char *verdict)
{
	if (json_object_get_boolean(json_object_object_get(o, "ok")))
		return NULL;
	if (!is_ok(o, "split"))
		return mem_printf(ctx, "The self-check of %s is split wrongly (%s): do not trust "
		    "the splits of experiments.", kind, arms_words(ctx,
			json_object_object_get(o, "arms")));
	if (!is_ok(o, "uniform"))
		return mem_printf(ctx, "The p values of the self-check of %s are %s: the results "
		    "of experiments may be wrong.", kind, values_words(ctx, o));
	return mem_printf(ctx, "The self-check of %s, in which nothing differs, says: %s", kind,
	    verdict);
}

static struct json_object *
words_of(void *ctx, struct json_object *o)
{
	struct json_object *out = json_object_new_object();
	const char *kind = mem_printf(ctx, "%ss", json_text(o, "kind"));
	const char *goal = json_text(o, "goal");
	const char *verdict = json_text(json_object_object_get(o, "verdict"), "text");

	json_add_text(out, "kind", kind);
	json_add_text(out, "arms", arms_words(ctx, json_object_object_get(o, "arms")));
	json_add_text(out, "goal", goal == NULL ? "none was hit yet" : goal);
	json_add_text(out, "split", split_words(ctx, o));
	json_add_text(out, "values", values_words(ctx, o));
	json_add_text(out, "verdict", verdict);
	json_add_text(out, "alarm", alarm_words(ctx, o, kind, verdict));
	return out;
}

struct json_object *
selfcheck_words(void *ctx, struct json_object *list)
{
	struct json_object *out = mem_json(ctx, json_object_new_array());

	for (size_t i = 0; i < json_items(list); i++)
		json_object_array_add(out, words_of(ctx, json_item(list, i)));
	return out;
}
