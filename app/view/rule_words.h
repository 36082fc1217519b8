/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_RULE_WORDS_H
#define VIEW_RULE_WORDS_H

#include <json-c/json.h>

/*
 * A valid rule (core/audience/rule.h) in words, on ctx:
 *
 *	group of grade is "low" and not (tag quiz.grade of course:x >= 50)
 */
const char *rule_words(void *ctx, struct json_object *rule);

/* Adds `rule_text`, the words, to each group of a list that has a `rule`. */
void rule_words_add(void *ctx, struct json_object *groups);

#endif
