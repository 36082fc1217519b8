/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads page views. Each problem of an item is reported at its own pointer, so that a batch can
 * store its valid items and list the others.
 */
#include "core/subject/page_view.h"

#include <string.h>

#include "base/mem.h"
#include "core/subject/subject.h"
#include "base/text.h"

/* A mandatory text member; NULL, with a problem added, when it is missing or not valid. */
static const char *
read_required_text(struct json_object *o, const char *field, size_t max, const char *at,
    struct problems *problems)
{
	struct json_object *value = json_object_object_get(o, field);
	const char *fault = text_fault_json(problems, value, max);

	if (fault == NULL)
		return json_object_get_string(value);
	problem_add(problems, mem_printf(problems, "%s/%s", at, field), "%s", fault);
	return NULL;
}

static const char *
read_optional_text(struct json_object *o, const char *field, const char *at,
    struct problems *problems)
{
	if (json_object_object_get(o, field) == NULL)
		return NULL;
	return read_required_text(o, field, PAGE_VIEW_URL, at, problems);
}

static const char *
timestamp_fault(struct json_object *value, int64_t now, int64_t *out)
{
	if (!json_object_is_type(value, json_type_string))
		return "must be a string: an RFC 3339 date-time with an offset";
	const char *text = json_object_get_string(value);
	if (!instant_parse(text, (size_t)json_object_get_string_len(value), out))
		return "must be an RFC 3339 date-time with an offset, as 2012-12-02T00:30:12.984Z";
	if (*out < 0)
		return "must not lie before 1970";
	if (*out > now + INSTANT_DAY)
		return "must not lie more than a day in the future";
	return NULL;
}

bool
page_view_read(struct json_object *o, int64_t now, const char *at, struct problems *problems,
    struct page_view *out)
{
	unsigned kinds = 1u << SUBJECT_USER | 1u << SUBJECT_SESSION;
	size_t before = problem_count(problems);

	if (!json_object_is_type(o, json_type_object)) {
		problem_add(problems, at, "must be an object");
		return false;
	}
	out->subject = subject_read(problems, o, kinds, at, problems);
	out->name = read_required_text(o, "name", PAGE_VIEW_NAME, at, problems);
	const char *fault = timestamp_fault(json_object_object_get(o, "timestamp"), now, &out->at);
	if (fault != NULL)
		problem_add(problems, mem_printf(problems, "%s/timestamp", at), "%s", fault);
	out->url = read_optional_text(o, "url", at, problems);
	out->referrer = read_optional_text(o, "referrer", at, problems);
	return problem_count(problems) == before;
}
