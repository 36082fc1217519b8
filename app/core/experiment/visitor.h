/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_VISITOR_H
#define CORE_EXPERIMENT_VISITOR_H

#include <json-c/json.h>
#include <stdbool.h>

/* The subject of a request for which experiments are decided, and what the request says of it. */
struct visitor {
	const char *subject;            /* core/subject/subject.h */
	bool bot;                       /* by the user agent, or the profile says human: false */
	struct json_object *attributes; /* from the request; override the profile; NULL: none */
	struct json_object *record;     /* service/decision/subject_record.h; NULL: not read yet */
	bool counted; /* needs no further check against the limit of new subjects */
};

#endif
