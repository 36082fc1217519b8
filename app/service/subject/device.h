/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_DEVICE_H
#define SERVICE_SUBJECT_DEVICE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"
#include "core/subject/device.h"

struct work;

/* A registration of a device, which an app sends at every start. Lent by the request. */
struct device_input {
	const char *id;           /* of the device */
	struct registration said; /* what the body says */
	const char *address;      /* of the client; NULL: not known */
	const char *user_agent;   /* of the client; NULL: none */
	bool proven; /* may change the stored profile of a known device */
	bool bot;
};

/*
 * Stores the profile of the device where it changed and answers {message, actions}: the experiments
 * that apply to the device and its user, in which they are enrolled. ERR_INVALID, ERR_THROTTLED
 * when the key may bring no more new subjects.
 */
enum err device_register(struct work *w, const struct device_input *in,
    struct json_object **answer) must_check;

/* The stored profile of a device (core/subject/subject.h), with ipLocation. ERR_NOT_FOUND. */
enum err device_profile(struct work *w, const char *subject, struct json_object **answer)
    must_check;

#endif
