/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A profile is a fact about a rolling window, so it changes without any write: this room knows
 * until when one holds, which lets it be cached at all.
 */
#include "core/subject/profile.h"

#include "base/instant.h"
#include "base/mem.h"

static struct json_object *
member(struct json_object *row, const char *name)
{
	return json_object_get(json_object_object_get(row, name));
}

/* An integer member; fallback when it is null or missing. */
static int64_t
number(struct json_object *row, const char *name, int64_t fallback)
{
	struct json_object *o = json_object_object_get(row, name);

	return json_object_is_type(o, json_type_int) ? json_object_get_int64(o) : fallback;
}

void
profile_set_span(struct json_object *row, int64_t now)
{
	int64_t never = now + 365 * INSTANT_DAY;
	/* A view is in the window while now <= its time + 7 days. */
	int64_t leaves = number(row, "first_us", never) + PROFILE_DAYS * INSTANT_DAY + 1;
	int64_t comes = number(row, "next_us", never);

	json_object_object_add(row, "from_us", json_object_new_int64(now));
	json_object_object_add(row, "until_us",
	    json_object_new_int64(leaves < comes ? leaves : comes));
}

bool
profile_holds(struct json_object *row, int64_t now)
{
	return now >= number(row, "from_us", INT64_MAX) && now < number(row, "until_us", 0);
}

struct json_object *
profile_week(void *ctx, const char *user_id, struct json_object *row)
{
	struct json_object *o = mem_json(ctx, json_object_new_object());

	json_object_object_add(o, "user_id", json_object_new_string(user_id));
	json_object_object_add(o, "number_pages_viewed_the_last_7_days", member(row, "views"));
	json_object_object_add(o, "time_spent_on_site_last_7_days", member(row, "minutes"));
	json_object_object_add(o, "number_of_days_active_last_7_days", member(row, "days"));
	json_object_object_add(o, "most_viewed_page_last_7_days", member(row, "favourite"));
	json_object_object_add(o, "number_distinct_pages_last_7_days", member(row, "pages"));
	return o;
}

static struct json_object *
instant_json(int64_t t)
{
	char text[INSTANT_TEXT];

	instant_format(t, text);
	return json_object_new_string(text);
}

struct json_object *
profile_window(void *ctx, const char *user_id, struct json_object *row, int64_t days, int64_t now)
{
	struct json_object *o = mem_json(ctx, json_object_new_object());

	json_object_object_add(o, "user_id", json_object_new_string(user_id));
	json_object_object_add(o, "number_pages_viewed", member(row, "views"));
	json_object_object_add(o, "time_spent_on_site", member(row, "minutes"));
	json_object_object_add(o, "number_of_days_active", member(row, "days"));
	json_object_object_add(o, "most_viewed_page", member(row, "favourite"));
	json_object_object_add(o, "number_distinct_pages", member(row, "pages"));
	json_object_object_add(o, "days", json_object_new_int64(days));
	json_object_object_add(o, "from", instant_json(now - days * INSTANT_DAY));
	json_object_object_add(o, "to", instant_json(now));
	return o;
}
