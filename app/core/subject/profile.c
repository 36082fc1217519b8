/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page view summary of a user over a rolling window. It changes without any write, when a view
 * leaves the window or a future view enters it; a row knows until when it is valid, so that it can
 * be cached.
 */
#include "core/subject/profile.h"

#include "base/instant.h"
#include "base/mem.h"

static struct json_object *
shared_member(struct json_object *row, const char *name)
{
	return json_object_get(json_object_object_get(row, name));
}

/* An integer member; fallback when it is null or missing. */
static int64_t
int_member(struct json_object *row, const char *name, int64_t fallback)
{
	struct json_object *o = json_object_object_get(row, name);

	return json_object_is_type(o, json_type_int) ? json_object_get_int64(o) : fallback;
}

void
profile_set_span(struct json_object *row, int64_t now)
{
	int64_t never = now + 365 * INSTANT_DAY;
	/* A view is in the window while now <= its time + 7 days. */
	int64_t leaves = int_member(row, "first_us", never) + PROFILE_DAYS * INSTANT_DAY + 1;
	int64_t comes = int_member(row, "next_us", never);

	json_object_object_add(row, "from_us", json_object_new_int64(now));
	json_object_object_add(row, "until_us",
	    json_object_new_int64(leaves < comes ? leaves : comes));
}

bool
profile_is_valid_at(struct json_object *row, int64_t now)
{
	return now >= int_member(row, "from_us", INT64_MAX) && now < int_member(row, "until_us", 0);
}

struct json_object *
profile_week(void *ctx, const char *user_id, struct json_object *row)
{
	struct json_object *o = mem_json(ctx, json_object_new_object());

	json_object_object_add(o, "user_id", json_object_new_string(user_id));
	json_object_object_add(
	    o, "number_pages_viewed_the_last_7_days", shared_member(row, "views"));
	json_object_object_add(o, "time_spent_on_site_last_7_days", shared_member(row, "minutes"));
	json_object_object_add(o, "number_of_days_active_last_7_days", shared_member(row, "days"));
	json_object_object_add(o, "most_viewed_page_last_7_days", shared_member(row, "favourite"));
	json_object_object_add(o, "number_distinct_pages_last_7_days", shared_member(row, "pages"));
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
	json_object_object_add(o, "number_pages_viewed", shared_member(row, "views"));
	json_object_object_add(o, "time_spent_on_site", shared_member(row, "minutes"));
	json_object_object_add(o, "number_of_days_active", shared_member(row, "days"));
	json_object_object_add(o, "most_viewed_page", shared_member(row, "favourite"));
	json_object_object_add(o, "number_distinct_pages", shared_member(row, "pages"));
	json_object_object_add(o, "days", json_object_new_int64(days));
	json_object_object_add(o, "from", instant_json(now - days * INSTANT_DAY));
	json_object_object_add(o, "to", instant_json(now));
	return o;
}
