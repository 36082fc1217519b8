/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_SELFCHECK_WORDS_H
#define VIEW_SELFCHECK_WORDS_H

#include <json-c/json.h>

/*
 * The self-checks (service/selfcheck.h) in words, on ctx: [{kind: "users", arms: "control 512, x
 * 498", goal, split, values, verdict, alarm}, ..]. alarm is one sentence that names what speaks
 * against the installation; null when nothing does.
 */
struct json_object *selfcheck_words(void *ctx, struct json_object *list);

#endif
