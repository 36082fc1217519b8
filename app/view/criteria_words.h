/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_CRITERIA_WORDS_H
#define VIEW_CRITERIA_WORDS_H

#include <json-c/json.h>

/*
 * Stored criteria {type, filters} in words: a list with one sentence for each filter, on ctx. Empty
 * for criteria of type rule, and for none (NULL).
 */
struct json_object *criteria_words(void *ctx, struct json_object *criteria);

#endif
