/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_CRITERIA_WORDS_H
#define VIEW_CRITERIA_WORDS_H

#include <json-c/json.h>

/*
 * Criteria {type, filters} that were accepted once, in words: a list of one sentence for each
 * filter, on ctx. Of a rule, and of no criteria (NULL), there are none.
 */
struct json_object *criteria_words(void *ctx, struct json_object *criteria);

#endif
