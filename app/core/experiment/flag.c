/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A decision as a flag of OFREP, the OpenFeature Remote Evaluation Protocol. Reasons stay within
 * the five words that the protocol publishes, because generated clients refuse others; the exact
 * word is in the metadata. These are flat, and have no clock and no request id: clients compare
 * answers by their ETag.
 */
#include "core/experiment/flag.h"

#include <string.h>

#include "base/jsonutil.h"
#include "core/experiment/delivery.h"

static const char *const type_words[FLAG__MAX] = {
	[FLAG_NAME] = "name",
	[FLAG_BOOLEAN] = "boolean",
	[FLAG_STRING] = "string",
	[FLAG_NUMBER] = "number",
	[FLAG_OBJECT] = "object",
	[FLAG_MIXED] = "mixed",
};

const char *
flag_type_word(enum flag_type type)
{
	return type_words[type];
}

/* The type of one payload; FLAG_NAME where there is none. */
static enum flag_type
payload_type(struct json_object *payload)
{
	switch (json_object_get_type(payload)) {
	case json_type_null:
		return FLAG_NAME;
	case json_type_boolean:
		return FLAG_BOOLEAN;
	case json_type_int:
	case json_type_double:
		return FLAG_NUMBER;
	case json_type_string:
		return FLAG_STRING;
	default:
		return FLAG_OBJECT;
	}
}

enum flag_type
flag_type(struct json_object *alternatives)
{
	enum flag_type type = FLAG_NAME;

	for (size_t i = 0; i < json_items(alternatives); i++) {
		enum flag_type one = payload_type(
		    json_object_object_get(json_item(alternatives, i), "payload"));
		if (one != FLAG_NAME && type != FLAG_NAME && one != type)
			return FLAG_MIXED;
		type = one != FLAG_NAME ? one : type;
	}
	return type;
}

/* Whether the alternative is that of everybody who takes no part in an experiment. */
static bool
is_control(struct json_object *alternative)
{
	const char *name = json_text(alternative, "name");

	return name != NULL && strcmp(name, DELIVERY_CONTROL) == 0;
}

static const char *
reason_word(const struct decision *d)
{
	switch (d->reason) {
	case REASON_ASSIGNED:
	case REASON_ENROLLED:
		return "SPLIT";
	case REASON_FORCED:
		return "TARGETING_MATCH";
	case REASON_DEFAULT:
	case REASON_NOT_ACTIVE:
	case REASON_NOT_STARTED:
	case REASON_ENDED:
	case REASON_STOPPED:
		return is_control(d->alternative) ? "DISABLED" : "STATIC";
	case REASON_NOT_IN_AUDIENCE:
	case REASON_NOT_IN_ROLLOUT:
	case REASON_EXCLUDED_BY_LAYER:
	case REASON_TRACK:
	case REASON_BOT:
		return "STATIC";
	default:
		return "UNKNOWN";
	}
}

/* An assignment and the enrolment that it becomes are told alike, or the second answer of a client
 * would differ from the first. */
static enum reason
told_reason(enum reason reason)
{
	return reason == REASON_ASSIGNED ? REASON_ENROLLED : reason;
}

/*
 * Adds a member that the object does not have yet, under a literal: neither looked up nor copied,
 * because all flags of a page are made for each of its requests.
 */
static void
add_member(struct json_object *o, const char *name, struct json_object *value)
{
	json_object_object_add_ex(
	    o, name, value, JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

/* id is the experiment's. */
static struct json_object *
make_metadata(const struct flag_decision *f, struct json_object *id)
{
	struct json_object *o = json_object_new_object();
	const char *reason = decide_word(told_reason(f->decision.reason));

	add_member(o, "experiment", json_object_get(id));
	add_member(o, "reason", json_object_new_string(reason));
	add_member(o, "enrolled", json_object_new_boolean(f->enrolled));
	if (f->ignores_attributes)
		add_member(o, "attributes", json_object_new_string("ignored"));
	return o;
}

struct json_object *
flag_new(const struct flag_decision *f)
{
	struct json_object *o = json_object_new_object();
	struct json_object *alternative = f->decision.alternative;
	struct json_object *payload = json_object_object_get(alternative, "payload");

	struct json_object *name = json_object_object_get(alternative, "name");
	struct json_object *id = json_object_new_string(f->experiment->id);

	add_member(o, "key", id);
	if (payload != NULL)
		add_member(o, "value", json_object_get(payload));
	else if (flag_type(f->experiment->alternatives) == FLAG_NAME)
		add_member(o, "value", json_object_get(name));
	add_member(o, "reason", json_object_new_string(reason_word(&f->decision)));
	add_member(o, "variant", json_object_get(name));
	add_member(o, "metadata", make_metadata(f, id));
	return o;
}

struct json_object *
flag_error(const char *key, const char *code, const char *details)
{
	struct json_object *o = json_object_new_object();

	if (key != NULL)
		json_add_text(o, "key", key);
	json_add_text(o, "errorCode", code);
	json_add_text(o, "errorDetails", details);
	return o;
}
