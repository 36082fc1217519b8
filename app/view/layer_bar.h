/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_LAYER_BAR_H
#define VIEW_LAYER_BAR_H

#include <json-c/json.h>

/*
 * Adds to a layer {members: [{experiment, slots: [[first, last], ..]}, ..]} how its slots are drawn
 * on a bar 600 wide: bars [{number, experiment, first, last, series, x, w, label}], numbered by
 * experiment from 1 on.
 */
void layer_bar_add(struct json_object *layer);

#endif
