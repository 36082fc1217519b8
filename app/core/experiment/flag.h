/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_FLAG_H
#define CORE_EXPERIMENT_FLAG_H

#include <json-c/json.h>
#include <stdbool.h>

#include "core/experiment/decide.h"

/*
 * An experiment as a feature flag of OpenFeature: its value is the payload of the alternative, or
 * the alternative's name where no alternative has a payload.
 */

enum flag_type {
	FLAG_NAME, /* there are no payloads */
	FLAG_BOOLEAN,
	FLAG_STRING,
	FLAG_NUMBER,
	FLAG_OBJECT, /* arrays, too */
	FLAG_MIXED,  /* of several types: some requests for the flag get a type error */
	FLAG__MAX
};

/* The type of the payloads of these alternatives. */
enum flag_type flag_type(struct json_object *alternatives);

/* The type as answers have it, "boolean"; static. */
const char *flag_type_word(enum flag_type type);

/* What was decided of an experiment, for flag_new(). */
struct flag_decision {
	const struct experiment *experiment;
	struct decision decision;
	bool enrolled;           /* an enrolment is stored */
	bool ignores_attributes; /* the request brought some that its key does not allow */
};

/*
 * The flag, {key, value?, reason, variant, metadata}; the caller owns it. Two flags of equal
 * content have equal bytes. `value` is left out where other alternatives have a payload and this
 * one has none: the application's default applies then.
 */
struct json_object *flag_new(const struct flag_decision *f);

/* {key, errorCode, errorDetails} in place of a flag; key NULL: none. The caller owns it. */
struct json_object *flag_error(const char *key, const char *code, const char *details);

#endif
