/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The registration of a device, which an app sends at every start: reading it, and merging it into
 * the stored profile. Most registrations repeat the last one; device_is_known recognizes these
 * without building the merged profile.
 */
#include "core/subject/device.h"

#include <string.h>

#include "base/buf.h"
#include "base/jsonutil.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/subject/subject.h"
#include "base/text.h"

enum { TEXT_MOST = 2048 }; /* bytes of a text field */

/* The fields that are kept, with their types. */
static const struct {
	const char *name;
	enum json_type type;
} fields[] = {
	{"channel", json_type_string},
	{"uaspec", json_type_object},
	{"fcmToken", json_type_string},
	{"producer", json_type_string},
	{"dspec", json_type_object},
	{"userDeclaredLocation", json_type_object},
};

enum { FIELDS = sizeof fields / sizeof fields[0] };

static const char *
field_fault(void *ctx, struct json_object *value, enum json_type type)
{
	if (value == NULL)
		return NULL;
	if (!json_object_is_type(value, type))
		return type == json_type_object ? "must be an object" : "must be a string";
	/* Apps send an empty text for an absent one. */
	if (type == json_type_string && json_object_get_string_len(value) > 0)
		return text_fault_json(ctx, value, TEXT_MOST);
	return NULL;
}

/* A text member; NULL when it is missing, null or empty. */
static const char *
optional_text(struct json_object *o, const char *name)
{
	struct json_object *value = json_object_object_get(o, name);

	return json_object_is_type(value, json_type_string) && json_object_get_string_len(value) > 0
	    ? json_object_get_string(value) : NULL;
}

static void
read_ext(struct json_object *ext, struct problems *problems, struct registration *out)
{
	static const char *const names[] = {"userid", "url"};

	if (ext == NULL)
		return;
	if (!json_object_is_type(ext, json_type_object)) {
		problem_add(problems, "/request/ext", "must be an object");
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		struct json_object *value = json_object_object_get(ext, names[i]);
		const char *fault = field_fault(problems, value, json_type_string);
		if (fault != NULL)
			problem_add(problems, mem_printf(problems, "/request/ext/%s", names[i]),
			    "%s", fault);
	}
	out->user = optional_text(ext, "userid");
	out->url = optional_text(ext, "url");
	const char *fault = out->user == NULL ? NULL :
	    subject_fault(problems, out->user, strlen(out->user));
	if (fault != NULL)
		problem_add(problems, "/request/ext/userid", "%s", fault);
}

static bool
equals_text(struct json_object *value, const char *text)
{
	size_t n = strlen(text);

	return json_object_is_type(value, json_type_string) &&
	    (size_t)json_object_get_string_len(value) == n &&
	    memcmp(json_object_get_string(value), text, n) == 0;
}

bool
device_read(struct json_object *request, const char *did, struct problems *problems,
    struct registration *out)
{
	size_t before = problem_count(problems);

	*out = (struct registration){.request = request};
	if (!json_object_is_type(request, json_type_object)) {
		problem_add(problems, "request", "Request should not be empty");
		return false;
	}
	for (size_t i = 0; i < FIELDS; i++) {
		struct json_object *value = json_object_object_get(request, fields[i].name);
		const char *fault = field_fault(problems, value, fields[i].type);
		if (fault != NULL)
			problem_add(problems, mem_printf(problems, "/request/%s", fields[i].name),
			    "%s", fault);
	}
	struct json_object *own = json_object_object_get(request, "did");
	/* Some apps leave it empty, because the path has the id. */
	if (own != NULL && !equals_text(own, "") && !equals_text(own, did))
		problem_add(problems, "/request/did", "differs from the device in the path");
	read_ext(json_object_object_get(request, "ext"), problems, out);
	out->producer = optional_text(request, "producer");
	return problem_count(problems) == before;
}

static void
set_member(struct json_object *o, const char *name, struct json_object *value)
{
	json_object_object_add(o, name, value);
}

/* Sets all members of from in o; from may be NULL. */
static void
set_members(struct json_object *o, struct json_object *from)
{
	if (from == NULL)
		return;
	json_object_object_foreach(json_members(from), name, value) {
		set_member(o, name, json_object_get(value));
	}
}

/* The text s as valid UTF-8, on ctx: each invalid byte becomes U+FFFD. */
static const char *
valid_utf8(void *ctx, const char *s)
{
	size_t left = strlen(s);
	struct buf *out = buf_new(ctx, left + 1);

	while (left > 0) {
		size_t n = utf8_char(s, left);
		if (n > 0)
			buf_add(out, s, n);
		else
			buf_str(out, "\xef\xbf\xbd");
		n = n > 0 ? n : 1;
		s += n;
		left -= n;
	}
	return out->data;
}

static const char *const location_fields[] = {"state", "district", "city", "country"};

enum { LOCATION_FIELDS = sizeof location_fields / sizeof location_fields[0] };

/* Replaces the location as a whole, because the old one may have had more members. */
static void
set_location(struct json_object *o, struct json_object *location)
{
	for (size_t i = 0; location != NULL && i < LOCATION_FIELDS; i++)
		json_remove(o, location_fields[i]);
	set_members(o, location);
}

struct json_object *
device_merge(void *ctx, struct json_object *stored, const struct registration *r,
    const struct sighting *seen)
{
	struct json_object *o = mem_json(ctx, json_object_new_object());

	set_members(o, stored);
	for (size_t i = 0; i < FIELDS; i++) {
		struct json_object *value = json_object_object_get(r->request, fields[i].name);
		if (value != NULL)
			set_member(o, fields[i].name, json_object_get(value));
	}
	if (seen->user_agent != NULL)
		set_member(o, "user_agent",
		    json_object_new_string(valid_utf8(ctx, seen->user_agent)));
	if (json_object_object_get(o, "first_access") == NULL)
		set_member(o, "first_access", json_object_new_string(seen->now));
	set_member(o, "last_access", json_object_new_string_len(seen->now, 10));
	set_location(o, seen->location);
	return o;
}

static bool
is_number(struct json_object *o)
{
	return json_object_is_type(o, json_type_int) || json_object_is_type(o, json_type_double);
}

static bool
same_members(struct json_object *a, struct json_object *b)
{
	if (json_member_count(a) != json_member_count(b))
		return false;
	json_object_object_foreach(json_members(a), name, value) {
		struct json_object *other;
		if (!json_object_object_get_ex(b, name, &other) || !device_same(value, other))
			return false;
	}
	return true;
}

/* The recursion is bounded: json_read refuses values deeper than JSON_DEPTH. */
bool
device_same(struct json_object *a, struct json_object *b)
{
	if (is_number(a) && is_number(b))
		return json_object_equal(a, b) ||
		    json_object_get_double(a) == json_object_get_double(b);
	if (json_object_is_type(a, json_type_object) && json_object_is_type(b, json_type_object))
		return same_members(a, b);
	if (!json_object_is_type(a, json_type_array) || !json_object_is_type(b, json_type_array))
		return json_object_equal(a, b) != 0;
	size_t n = json_items(a);
	if (n != json_items(b))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!device_same(json_item(a, i), json_item(b, i)))
			return false;
	return true;
}

/* Whether the member has this text. */
static bool
has_text(struct json_object *o, const char *name, const char *text)
{
	return equals_text(json_object_object_get(o, name), text);
}

static bool
same_location(struct json_object *stored, struct json_object *location)
{
	for (size_t i = 0; location != NULL && i < LOCATION_FIELDS; i++)
		if (!json_object_equal(json_object_object_get(stored, location_fields[i]),
			json_object_object_get(location, location_fields[i])))
			return false;
	return true;
}

bool
device_is_known(void *ctx, struct json_object *stored, const struct registration *r,
    const struct sighting *seen)
{
	char day[] = "2026-11-21";

	memcpy(day, seen->now, sizeof day - 1);
	if (stored == NULL || json_object_object_get(stored, "first_access") == NULL ||
	    !has_text(stored, "last_access", day))
		return false;
	for (size_t i = 0; i < FIELDS; i++) {
		struct json_object *value = json_object_object_get(r->request, fields[i].name);
		if (value != NULL &&
		    !device_same(value, json_object_object_get(stored, fields[i].name)))
			return false;
	}
	return (seen->user_agent == NULL || has_text(stored, "user_agent", seen->user_agent) ||
		   has_text(stored, "user_agent", valid_utf8(ctx, seen->user_agent))) &&
	    same_location(stored, seen->location);
}
