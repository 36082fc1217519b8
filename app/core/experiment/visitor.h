/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_VISITOR_H
#define CORE_EXPERIMENT_VISITOR_H

#include <json-c/json.h>
#include <stdbool.h>

/* Somebody for whom experiments are decided. */
struct visitor {
	const char *subject;            /* core/subject/subject.h */
	bool bot;                       /* by the user agent; who is known to be no human is, too */
	struct json_object *attributes; /* of the request, over those of the profile; NULL: none */
	struct json_object *record;     /* service/decision/subject_record.h; NULL: not read yet */
	bool counted; /* by the limit of new subjects, or beyond it */
};

#endif
