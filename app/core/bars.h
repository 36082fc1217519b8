/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BARS_H
#define BARS_H

#include <json-c/json.h>
#include <stdint.h>

enum { BARS_WIDTH = 600, BARS_HEIGHT = 120 }; /* of the drawing, in its own units */

/*
 * Adds to each row of list (an array of objects, or NULL) the bar of its number `views` in a
 * drawing of BARS_WIDTH x BARS_HEIGHT: x, y, w, h; the highest takes all the height, and one that
 * is not 0 can be seen. The sum of the numbers.
 */
int64_t bars_add(struct json_object *list);

#endif
